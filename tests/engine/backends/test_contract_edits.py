"""The contract of edits: what every backend keeps, and where it changes something."""

import dataclasses

import numpy as np
import pytest

from engine import api
from engine.media import read_pictures, read_sound, write_film
from tests.engine.backends.contract import bits, render


def test_an_edit_keeps_what_it_is_told_to_keep(backend, request_, tmp_path):
    if "edit" not in backend.capabilities().modes:
        pytest.skip("does not edit")
    (take,) = render(backend, request_, tmp_path / "take")
    edit = api.Edit(source=take.folder, instruction="make it nighttime", keep_sound=True)
    request = dataclasses.replace(request_, task=edit)
    (night,) = render(backend, request, tmp_path / "night")
    assert bits(night)[1] == bits(take)[1]
    assert bits(night)[0] != bits(take)[0]
    edit = dataclasses.replace(edit, keep_sound=False, keep_picture=True)
    request = dataclasses.replace(request_, task=edit)
    (heard,) = render(backend, request, tmp_path / "heard")
    assert bits(heard)[0] == bits(take)[0]
    assert bits(heard)[1] != bits(take)[1]


def test_an_edit_changes_its_span_and_nothing_else(backend, request_, tmp_path):
    if "edit" not in backend.capabilities().modes:
        pytest.skip("does not edit")
    (take,) = render(backend, request_, tmp_path / "take")
    edit = api.Edit(
        source=take.folder, instruction="make it nighttime", picture_strength=1.0, start_frame=5
    )
    (night,) = render(backend, dataclasses.replace(request_, task=edit), tmp_path / "night")
    before, after = read_pictures(take.picture), read_pictures(night.picture)
    assert np.array_equal(before[:5], after[:5])
    assert not np.array_equal(before[5:], after[5:])
    begin = round(5 / request_.rate * take.sample_rate_hz)
    old, new = (read_sound(one.sound, rate_hz=one.sample_rate_hz) for one in (take, night))
    assert np.array_equal(old[:, :begin], new[:, :begin])
    assert not np.array_equal(old[:, begin:], new[:, begin:])


def test_an_edit_takes_the_part_of_its_source_that_it_names(backend, request_, tmp_path):
    if "edit" not in backend.capabilities().modes:
        pytest.skip("does not edit")
    frames, rate = request_.frames, request_.rate
    begin = 5  # pictures into the source
    shades = np.arange(begin + frames, dtype=np.uint8)[:, None, None, None] * 9 + 20
    pictures = np.tile(shades, (1, request_.height, request_.width, 3))
    sound_hz = 24_000
    samples = round((begin + frames) / rate * sound_hz)
    ramp = np.linspace(-0.5, 0.5, samples, dtype=np.float32)
    write_film(tmp_path / "long.mkv", pictures, rate, np.stack([ramp, -ramp]), preset="take")
    edit = api.Edit(
        source=str(tmp_path / "long.mkv"),
        instruction="night",
        in_s=begin / rate,
        picture_strength=0.0,
        keep_sound=True,
    )
    (take,) = render(backend, dataclasses.replace(request_, task=edit), tmp_path / "take")
    assert np.abs(read_pictures(take.picture).astype(int) - pictures[begin:]).max() <= 1
    heard = read_sound(take.sound, rate_hz=sound_hz)
    begin_sample = round(begin / rate * sound_hz)
    length = min(heard.shape[1], samples - begin_sample)
    inner = slice(500, length - 500)  # the ends ring where a backend has another sample rate
    assert np.abs(heard[0, inner] - ramp[begin_sample:][inner]).max() < 0.02


def test_an_edit_changes_its_painted_region_and_keeps_what_is_far(backend, request_, tmp_path):
    if "edit" not in backend.capabilities().modes:
        pytest.skip("does not edit")
    import cv2

    (take,) = render(backend, request_, tmp_path / "take")
    mask = np.zeros((request_.height, request_.width, 3), np.uint8)
    mask[-10:, -10:] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    edit = api.Edit(
        source=take.folder,
        instruction="make it nighttime",
        picture_strength=1.0,
        keep_sound=True,
        mask=str(tmp_path / "mask.png"),
    )
    (night,) = render(backend, dataclasses.replace(request_, task=edit), tmp_path / "night")
    before, after = read_pictures(take.picture), read_pictures(night.picture)
    assert np.array_equal(before[:, :3, :3], after[:, :3, :3])
    assert not np.array_equal(before[:, -10:, -10:], after[:, -10:, -10:])
    assert bits(night)[1] == bits(take)[1]
