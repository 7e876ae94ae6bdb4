from pathlib import Path

import pytest

from engine.errors import EngineError, RequestError
from engine.whole_files import refuse_unwritable, write_whole


def test_a_file_is_whole_in_a_folder_that_is_made_for_it(tmp_path: Path):
    path = tmp_path / "deep" / "a.txt"
    write_whole(path, "größer")
    write_whole(path, b"1", lasting=False)
    assert path.read_bytes() == b"1"
    assert [one.name for one in path.parent.iterdir()] == ["a.txt"]


def test_what_cannot_be_written_is_named_and_leaves_nothing(tmp_path: Path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(EngineError, match="taken could not be written"):
        write_whole(tmp_path / "taken", "words")
    assert [one.name for one in tmp_path.iterdir()] == ["taken"]


def test_a_name_is_refused_before_there_is_anything_to_write(tmp_path: Path):
    (tmp_path / "file").write_text("")
    for path, says in (
        (tmp_path, "is a folder"),
        (tmp_path / "file" / "a.txt", "not written"),
        (Path("/proc/deep/a.txt"), "not written"),
    ):
        with pytest.raises(RequestError, match=says):
            refuse_unwritable(path)
    refuse_unwritable(tmp_path / "deep" / "a.txt")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
