import json
from pathlib import Path

import pytest

from studio.bridge.pending_imports import PendingImports, Wanted, pending_file


def test_what_is_wanted_is_read_again_in_its_order(tmp_path: Path):
    file = tmp_path / "imports" / "a.json"
    wanted = [
        Wanted(path=Path("/far/b.png"), bin_id="second"),
        Wanted(path=Path("/far/a.png"), shot_id="s"),
        Wanted(path=Path("/far/c.png")),
    ]
    pending = PendingImports(file)
    pending.add(wanted[:2])
    pending.add(wanted[2:])
    assert PendingImports(file).wanted == tuple(wanted)
    pending.remove([Path("/far/a.png"), Path("/never")])
    assert PendingImports(file).wanted == (wanted[0], wanted[2])
    pending.clear()
    assert PendingImports(file).wanted == ()
    assert list(file.parent.iterdir()) == []


def test_films_have_lists_of_their_own(tmp_path: Path):
    (tmp_path / "a").mkdir()
    one = pending_file(tmp_path, tmp_path / "a" / "film.dailies")
    assert one == pending_file(tmp_path, tmp_path / "a" / ".." / "a" / "film.dailies")
    assert one != pending_file(tmp_path, tmp_path / "b" / "film.dailies")
    assert one.parent == tmp_path


@pytest.mark.parametrize(
    "held", ["", "{", "7", "[7, null]", json.dumps([{"path": 3}, {"path": ""}, {"bin": "x"}])]
)
def test_a_list_that_is_none_is_empty(tmp_path: Path, held: str):
    file = tmp_path / "list.json"
    file.write_text(held)
    assert PendingImports(file).wanted == ()


def test_a_disk_that_takes_nothing_stops_no_import(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    pending = PendingImports(tmp_path / "file" / "list.json")
    pending.add([Wanted(path=Path("/far/a.png"))])
    assert len(pending.wanted) == 1
    memory = PendingImports()
    memory.add([Wanted(path=Path("/far/a.png"))])
    memory.clear()
    assert memory.wanted == ()
