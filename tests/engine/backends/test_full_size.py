"""Full renders of weights with an upsampler: larger, of the same latents and the same sound."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine import api
from engine.backends.take_files import read_latents
from engine.media import read_pictures
from tests.engine.backends.contract import bits, render, run, small_request
from tests.engine.tiny_model import enlarging_backend, tiny_backend

FULL = api.Quality(mode="full", steps=2)
FAST = api.Quality(mode="fast", steps=2)


@pytest.fixture(scope="module")
def backend():
    return enlarging_backend()


@pytest.fixture(scope="module")
def request_(backend):
    return small_request(backend, quality=FULL)


@pytest.fixture(scope="module")
def take(backend, request_, tmp_path_factory):
    return render(backend, request_, tmp_path_factory.mktemp("full"))[0]


def size_of(take):
    assert read_pictures(take.picture).shape[1:3] == (take.height, take.width)
    return take.width, take.height


def latents_of(backend, take):
    return read_latents(Path(take.folder), backend.capabilities().weights)


def edited(backend, request, source, folder, quality=FULL, **more):
    edit = api.Edit(source=source, instruction="make it nighttime", **more)
    return render(backend, dataclasses.replace(request, quality=quality, task=edit), folder)[0]


def test_full_is_twice_the_size_with_the_latents_and_the_sound_of_the_size_asked_for(
    backend, request_, take, tmp_path
):
    assert size_of(take) == (64, 64)
    assert take.recipe.scale == 2
    assert (take.recipe.request.width, take.recipe.request.height) == (32, 32)
    plain = dataclasses.replace(request_)
    (without,) = render(tiny_backend(), plain, tmp_path)
    assert size_of(without) == (32, 32)
    assert without.recipe.scale == 1
    assert bits(without)[1] == bits(take)[1]
    one, two = latents_of(backend, take), latents_of(tiny_backend(), without)
    assert np.array_equal(one["video"], two["video"])


def test_the_size_is_told_before_it_is_rendered(backend, request_, tmp_path):
    can = backend.capabilities()
    assert can.full_scale == 2
    assert any("256x144" in note for note in can.notes)
    assert backend.compile(request_).scale == 2
    fast = dataclasses.replace(request_, quality=FAST)
    assert backend.compile(fast).scale == 1
    assert backend.estimate(request_).seconds > backend.estimate(fast).seconds
    assert backend.estimate(request_).memory_bytes > backend.estimate(fast).memory_bytes
    assert size_of(render(backend, fast, tmp_path)[0]) == (32, 32)


def test_a_render_killed_after_its_last_step_ends_in_the_same_bits(
    backend, request_, take, tmp_path
):
    for event in backend.render(request_, api.Control(tmp_path)):
        if isinstance(event, api.Progress) and event.step == event.of:
            break
    events = run(backend, request_, tmp_path, backend.checkpoint(tmp_path))
    assert not [event for event in events if isinstance(event, api.Progress)]
    assert bits(events[-1].takes[0]) == bits(take)


def test_decoding_again_gives_the_large_take_back(backend, request_, tmp_path):
    (made,) = render(backend, request_, tmp_path)
    before = bits(made)
    made.picture.unlink()
    assert bits(backend.decode(Path(made.folder))) == before


def test_edits_and_extensions_go_on_from_the_latents_of_the_size_asked_for(
    backend, request_, take, tmp_path
):
    night = edited(backend, request_, take.folder, tmp_path / "night", start_frame=5)
    assert size_of(night) == (64, 64)
    kept, own = latents_of(backend, night)["video"], latents_of(backend, take)["video"]
    assert np.array_equal(kept[:, :, :2], own[:, :, :2])
    assert not np.array_equal(kept[:, :, 2:], own[:, :, 2:])
    before, after = read_pictures(take.picture), read_pictures(night.picture)
    assert np.array_equal(before[:5], after[:5])
    extend = dataclasses.replace(request_, task=api.Extend(source=take.folder))
    assert size_of(render(backend, extend, tmp_path / "more")[0]) == (64, 64)


def test_a_kept_picture_stays_what_it_is_at_the_size_it_has(backend, request_, take, tmp_path):
    (fast,) = render(backend, dataclasses.replace(request_, quality=FAST), tmp_path / "fast")
    for source, name in ((take, "full"), (fast, "fast")):
        for quality in (FAST, FULL):
            folder = tmp_path / f"{name}-{quality.mode}"
            heard = edited(backend, request_, source.folder, folder, quality, keep_picture=True)
            assert bits(heard)[0] == bits(source)[0]
            assert bits(heard)[1] != bits(source)[1]


def test_what_a_full_edit_keeps_of_a_smaller_take_is_enlarged_with_the_rest(
    backend, request_, take, tmp_path
):
    (fast,) = render(backend, dataclasses.replace(request_, quality=FAST), tmp_path / "fast")
    mask = np.zeros((32, 32), np.uint8)
    mask[16:, 16:] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    painted = {"mask": str(tmp_path / "mask.png"), "picture_strength": 1.0}
    for source in (fast, take):
        made = edited(backend, request_, source.folder, tmp_path / source.folder[-8:], **painted)
        assert size_of(made) == (64, 64)
        kept, own = latents_of(backend, made)["video"], latents_of(backend, source)["video"]
        assert np.array_equal(kept[..., :2, :2], own[..., :2, :2])
        corner = read_pictures(made.picture)[:, :8, :8]
    # Of a take as large as the result the pixels themselves are kept.
    assert np.array_equal(corner, read_pictures(take.picture)[:, :8, :8])


def test_an_upgrade_of_a_fast_take_is_large(backend, request_, tmp_path):
    (fast,) = render(backend, dataclasses.replace(request_, quality=FAST), tmp_path / "fast")
    upgrade = dataclasses.replace(request_, task=api.Upgrade(source=fast.folder))
    (full,) = render(backend, upgrade, tmp_path / "full")
    assert size_of(full) == (64, 64)
