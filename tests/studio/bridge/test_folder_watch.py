"""What the watch over a film's folder says, and what it takes back."""

from __future__ import annotations

import pytest

from studio.bridge.folder_watch import LEAST_BYTES, FolderWatch


@pytest.fixture
def watched(qapp, tmp_path):
    """A watch over a file, what it said, what is over, and how many bytes are free."""
    file = tmp_path / "film" / "film.dailies"
    file.parent.mkdir()
    file.touch()
    said, over, free = [], [], [LEAST_BYTES * 2]
    watch = FolderWatch(
        file, said.append, lambda: True, lambda: None, free_bytes=lambda path: free[0]
    )
    watch.over.connect(over.append)
    yield watch, said, over, free
    watch.close()


def test_a_disk_that_is_nearly_full_is_said_once_and_taken_back(watched):
    watch, said, over, free = watched
    watch.look()
    assert not said
    free[0] = 1
    watch.look()
    watch.look()
    assert len(said) == 1
    assert "nearly full" in said[0].sentence
    free[0] = LEAST_BYTES * 2
    watch.look()
    assert over == said


def test_what_is_wrong_with_a_film_is_not_said_of_the_next(watched):
    watch, said, over, free = watched
    watch.close()
    assert not over
    free[0] = 1
    watch.look()
    watch.close()
    assert over == said


def test_a_folder_that_is_back_takes_back_that_it_was_gone(watched, tmp_path):
    watch, said, over, _ = watched
    (tmp_path / "film").rename(tmp_path / "moved")
    watch.look()
    (tmp_path / "moved").rename(tmp_path / "film")
    watch.look()
    assert over == [said[0]]
    assert [notice.level for notice in said] == ["problem", "info"]


def test_a_folder_that_comes_back_to_a_full_disk_lets_renders_go_on(watched, tmp_path):
    watch, said, over, free = watched
    (tmp_path / "film").rename(tmp_path / "moved")
    watch.look()
    (tmp_path / "moved").rename(tmp_path / "film")
    free[0] = 1
    watch.look()
    assert over == [said[0]]
    assert [notice.level for notice in said] == ["problem", "info", "problem"]
    assert "renders go on" in said[1].sentence
    assert "nearly full" in said[2].sentence
