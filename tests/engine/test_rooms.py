import errno

import numpy as np
import pytest

from engine.rooms import claim, claimed_array


def test_an_array_has_its_room_and_keeps_what_it_held(tmp_path):
    path = tmp_path / "clips.u8"
    array = claimed_array(path, "u1", (3, 5))
    array[1] = 7
    assert path.stat().st_blocks * 512 >= 15
    longer = claimed_array(path, "u1", (4, 5))
    assert longer[1].tolist() == [7] * 5
    assert not longer[3].any()


def test_more_than_the_disk_holds_is_an_error_and_not_the_end_of_the_process(tmp_path):
    with pytest.raises(OSError) as told:  # noqa: PT011
        claimed_array(tmp_path / "clips.u8", "u1", (1 << 55,))
    assert told.value.errno in (errno.ENOSPC, errno.EFBIG)


def test_room_is_claimed_where_the_system_has_no_call_for_it(tmp_path, monkeypatch):
    monkeypatch.delattr("os.posix_fallocate")
    with (tmp_path / "sound.f32").open("ab") as file:
        file.write(b"ab")
        claim(file, 3 << 20)
    data = (tmp_path / "sound.f32").read_bytes()
    assert len(data) == 3 << 20
    assert data[:2] == b"ab"
    assert not np.frombuffer(data[2:], np.uint8).any()
