"""The contract of followed regions: what every backend does with what was painted."""

import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest

from engine import api
from engine.errors import EngineError
from engine.media import probe, read_pictures, write_film
from tests.engine.backends.contract import render
from tests.engine.moving_scene import FRAMES, HEIGHT, RATE, WIDTH, disc, overlap, scene


@pytest.fixture(scope="module")
def shot(tmp_path_factory):
    """A clip of a ball that falls and bounces, with where it is on every picture."""
    centres = [(20 + 7 * i, 20 + 34 * abs(np.sin(i / 4))) for i in range(FRAMES)]
    path = tmp_path_factory.mktemp("shot") / "shot.mkv"
    write_film(path, scene(centres), RATE, preset="take")
    return path, centres


def painted(folder, frame, x, y):
    path = folder / f"painted-{frame}.png"
    cv2.imwrite(str(path), disc(x, y))
    return api.MaskKey(frame=frame, mask=str(path))


def track_of(path, *keys):
    return api.MaskTrack(source=str(path), keys=keys, frames=FRAMES, rate=RATE)


def test_a_region_goes_where_the_painted_thing_goes(backend, shot, tmp_path):
    path, centres = shot
    told = []
    key = painted(tmp_path, 5, *centres[5])
    track = track_of(path, key)
    target = tmp_path / "masks.mkv"
    found = backend.track_mask(track, target, api.Control(tmp_path), told.append)
    assert found == api.TrackedMask(path=str(target), frames=FRAMES, lost=())
    levels = read_pictures(target)[..., 0]
    assert np.array_equal(levels[5], cv2.imread(key.mask)[..., 0]), "kept as it was painted"
    masks = levels > 127
    assert masks.shape == (FRAMES, HEIGHT, WIDTH)
    for mask, centre in zip(masks, centres, strict=True):
        assert overlap(mask, disc(*centre) > 0) > 0.75
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert target.stat().st_size < 60_000
    assert probe(target).frames == FRAMES


def test_a_region_is_followed_through_a_part_of_a_clip(backend, shot, tmp_path):
    path, centres = shot
    begin = 6
    track = replace(
        track_of(path, painted(tmp_path, 2, *centres[begin + 2])),
        frames=FRAMES - begin,
        in_s=begin / RATE,
    )
    target = tmp_path / "masks.mkv"
    backend.track_mask(track, target, api.Control(tmp_path))
    masks = read_pictures(target)[..., 0] > 127
    assert len(masks) == FRAMES - begin
    for mask, centre in zip(masks, centres[begin:], strict=True):
        assert overlap(mask, disc(*centre) > 0) > 0.7


def test_a_region_can_be_painted_again_where_it_slipped(backend, shot, tmp_path):
    path, centres = shot
    keys = painted(tmp_path, 2, *centres[2]), painted(tmp_path, 9, 100, 60)
    target = tmp_path / "masks.mkv"
    backend.track_mask(track_of(path, *keys), target, api.Control(tmp_path))
    masks = read_pictures(target)[..., 0]
    assert np.array_equal(masks[9], disc(100, 60))
    assert overlap(masks[4] > 127, disc(*centres[4]) > 0) > 0.75


def test_what_was_cancelled_leaves_nothing(backend, shot, tmp_path):
    path, centres = shot
    control, target = api.Control(tmp_path), tmp_path / "masks.mkv"
    track = track_of(path, painted(tmp_path, 5, *centres[5]))
    assert backend.track_mask(track, target, control, lambda _share: control.cancel()) is None
    assert not list(tmp_path.glob("masks*"))


def test_a_stop_is_heard_while_the_source_is_read(backend, shot, tmp_path):
    path, centres = shot
    control, target = api.Control(tmp_path), tmp_path / "masks.mkv"
    control.cancel()
    track = track_of(path, painted(tmp_path, 5, *centres[5]))
    told: list[float] = []
    assert backend.track_mask(track, target, control, told.append) is None
    assert not told


@pytest.mark.parametrize("frames", [(), (3, 3), (-1,), (FRAMES,)])
def test_keys_that_make_no_sense_are_refused_by_a_sentence(backend, shot, tmp_path, frames):
    path, _ = shot
    keys = [painted(tmp_path, frame, 20, 20) for frame in frames]
    with pytest.raises(EngineError, match=r"[Pp]aint"):
        backend.track_mask(track_of(path, *keys), tmp_path / "m.mkv", api.Control(tmp_path))


def test_a_file_that_is_gone_is_a_sentence(backend, tmp_path):
    track = track_of(tmp_path / "gone.mkv", painted(tmp_path, 0, 20, 20))
    with pytest.raises(EngineError, match=r"gone\.mkv"):
        backend.track_mask(track, tmp_path / "m.mkv", api.Control(tmp_path))


def test_tracking_may_run_beside_a_render(backend, request_, shot, tmp_path):
    path, centres = shot
    found = []
    track = track_of(path, painted(tmp_path, 5, *centres[5]))
    work = lambda: found.append(  # noqa: E731
        backend.track_mask(track, tmp_path / "m.mkv", api.Control(tmp_path))
    )
    aside = threading.Thread(target=work)
    aside.start()
    render(backend, request_, tmp_path / "render")
    aside.join()
    assert found[0].frames == FRAMES


def test_an_edit_changes_what_the_region_follows_and_nothing_else(backend, shot, tmp_path):
    can = backend.capabilities()
    size = min(can.sizes, key=lambda one: one.width * one.height)
    path, centres = shot
    key = painted(tmp_path, 0, *centres[0])
    target = tmp_path / "masks.mkv"
    backend.track_mask(track_of(path, key), target, api.Control(tmp_path))
    frames = next(one for one in can.frames if one >= 9)
    edit = api.Edit(source=str(path), instruction="make it nighttime", mask=str(target))
    request = api.ShotRequest(
        prompt="", shots=(api.ShotPlan(caption="", frames=frames),), width=size.width,
        height=size.height, rate=can.rates[0], seed=1, task=edit,
        quality=api.Quality(mode="fast", steps=2),
    )  # fmt: skip
    (take,) = render(backend, request, tmp_path / "edit")
    (still,) = render(
        backend,
        replace(request, task=replace(edit, mask=key.mask)),
        tmp_path / "still",
    )
    before = read_pictures(
        path, rate=can.rates[0], frames=frames, width=size.width, height=size.height
    ).astype(int)
    changed = np.abs(read_pictures(take.picture).astype(int) - before).max(axis=3)
    stood = np.abs(read_pictures(still.picture).astype(int) - before).max(axis=3)
    # On the last picture the followed region lies elsewhere than the one that stands still.
    assert changed[-1].any()
    assert not np.array_equal(changed[-1] > 0, stood[-1] > 0)
