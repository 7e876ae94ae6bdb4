"""Room for the mix of a whole film: in memory, on the disk, and where there is none."""

from __future__ import annotations

import errno

import numpy as np
import pytest

from engine.errors import MediaError
from studio.export import spool as spools
from studio.export.spool import Spool, spooled_bytes

MOST = spools.IN_MEMORY_BYTES // 8


def test_a_short_sound_lies_in_memory(tmp_path):
    with Spool(tmp_path / "film.mp4") as spool:
        sound = spool.room(MOST)
        assert (sound.shape, sound.dtype, sound.any()) == ((2, MOST), np.float32, False)
        assert not isinstance(sound, np.memmap)
        assert list(tmp_path.iterdir()) == []
    assert spooled_bytes(MOST) == 0


def test_long_ones_lie_beside_the_film_each_by_itself_until_it_is_written(tmp_path):
    with Spool(tmp_path / "film.mp4") as spool:
        one, other = spool.room(MOST + 1), spool.room(MOST + 1)
        assert isinstance(one, np.memmap)
        one[:, -1] = 0.5
        assert not other.any()
        (folder,) = tmp_path.iterdir()
        sizes = [file.stat().st_size for file in folder.iterdir()]
        assert sizes == [spooled_bytes(MOST + 1)] * 2 == [8 * (MOST + 1)] * 2
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_a_sentence_and_nothing_stays(tmp_path, monkeypatch):
    def full(_file, _size_bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(spools, "claim", full)
    with (
        pytest.raises(MediaError, match=r"film\.mp4 was not written: the disk is full"),
        Spool(tmp_path / "film.mp4") as spool,
    ):
        spool.room(MOST + 1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_a_sentence(tmp_path):
    with (
        pytest.raises(MediaError, match="does not exist"),
        Spool(tmp_path / "gone" / "film.mp4") as spool,
    ):
        spool.room(MOST + 1)
