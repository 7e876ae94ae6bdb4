"""Room for the mix of a whole film: in memory, on the disk, and where there is none."""

from __future__ import annotations

import errno

import numpy as np
import pytest

from engine.errors import MediaError
from studio.export import spool as spools
from studio.export.spool import room_beside, spooled_bytes

MOST = spools.IN_MEMORY_BYTES // 8


def test_a_short_sound_lies_in_memory(tmp_path):
    sound = room_beside(tmp_path / "film.mp4", MOST)
    assert (sound.shape, sound.dtype, sound.any()) == ((2, MOST), np.float32, False)
    assert not isinstance(sound, np.memmap)
    assert spooled_bytes(MOST) == 0


def test_long_ones_lie_on_the_disk_without_a_name_that_could_stay(tmp_path):
    one, other = (room_beside(tmp_path / "film.mp4", MOST + 1) for _ in range(2))
    assert isinstance(one, np.memmap)
    one[:, -1] = 0.5
    assert (one[:, -1] == 0.5).all()
    assert not other.any()
    assert spooled_bytes(MOST + 1) == one.nbytes == 8 * (MOST + 1)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_a_sentence_and_nothing_stays(tmp_path, monkeypatch):
    def full(_file, _size_bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(spools, "claim", full)
    with pytest.raises(MediaError, match=r"film\.mp4 was not written: the disk is full"):
        room_beside(tmp_path / "film.mp4", MOST + 1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_a_sentence(tmp_path):
    with pytest.raises(MediaError, match="does not exist"):
        room_beside(tmp_path / "gone" / "film.mp4", MOST + 1)
