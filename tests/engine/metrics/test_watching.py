"""Watching clips, with the networks told what to see."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.errors import WeightsError
from engine.metrics.looks import (
    BODY_NAMES,
    BODY_VALUES,
    Found,
    Looks,
    LooksConfig,
    cut_out,
    load_looks,
    radius_px,
    radius_target,
    to_pictures,
)
from engine.metrics.tracks import Sighting, Track
from engine.metrics.watching import presence, watch
from engine.world.scene import COLOURS, PROPS

TINY = LooksConfig(finder=8, namer=(8, 8, 8), moves=8)


class _Spot(torch.nn.Module):
    """Finds one body at the brightest cell, of 8 pixels' radius."""

    def forward(self, pictures: Tensor) -> Found:
        heat = torch.nn.functional.avg_pool2d(pictures.mean(dim=1), 4) * 20
        place = torch.zeros(len(heat), 3, *heat.shape[1:])
        place[:, 2] = radius_target(torch.tensor(8 / pictures.shape[-2]))
        return Found(heat=heat, cover=heat, place=place)


def _clip() -> Tensor:
    """A white square that moves to the right over black."""
    clip = torch.zeros(13, 48, 64, 3, dtype=torch.uint8)
    for time in range(13):
        clip[time, 20:24, 4 * time : 4 * time + 4] = 255
    return clip


def test_one_body_is_followed_through_a_clip():
    looks = Looks(TINY)
    looks.finder = _Spot()  # pyright: ignore[reportAttributeAccessIssue]
    (watched,) = watch(looks, _clip()[None])
    assert watched.count == 1
    (track,) = watched.tracks
    assert [one.time for one in track.sightings] == list(range(13))
    assert [one.x for one in track.sightings] == [4 * time + 2 for time in range(13)]
    assert track.sightings[0].radius == pytest.approx(8, rel=1e-4)
    assert watched.names["camera"].sum() == pytest.approx(1)


def test_a_clip_of_nothing_is_watched_as_well():
    (watched,) = watch(Looks(TINY), torch.zeros(1, 9, 30, 46, 3, dtype=torch.uint8))
    assert watched.names["prop"].shape == (len(PROPS),)
    assert np.isfinite(watched.names["prop"]).all()


def _track(prop: str, colour: str, pictures: int) -> Track:
    logits = np.full(BODY_VALUES, -4.0, dtype=np.float32)
    logits[PROPS.index(prop)] = 4
    logits[len(PROPS) + COLOURS.index(colour)] = 4
    one = Sighting(time=0, x=0, y=0, radius=8, surety=1, logits=logits)
    return Track(sightings=[one] * pictures)


def test_names_are_those_of_all_bodies_and_a_glimpse_counts_less():
    names = presence(
        [_track("bell", "red", 9), _track("star", "blue", 9), _track("drum", "pink", 1)]
    )
    order = np.argsort(-names["prop"])
    assert {PROPS[k] for k in order[:2]} == {"bell", "star"}
    assert PROPS[order[2]] == "drum"
    assert names["prop"][order[2]] < 0.5
    assert all(len(names[kind]) == len(options) for kind, options in BODY_NAMES.items())


def test_no_body_is_no_name():
    assert presence([])["colour"].max() == 0


def test_a_cut_out_shows_the_body_in_its_middle_at_one_size():
    pictures = to_pictures(_clip())
    places = torch.tensor([[2.0, 22.0, 4.0], [26.0, 22.0, 4.0]])
    cuts = cut_out(pictures, torch.tensor([0, 6]), places)
    assert cuts.shape == (2, 3, 32, 32)
    assert cuts[:, :, 14:18, 14:18].mean() > 0.9
    assert cuts[1, :, :4].mean() < -0.9


def test_radii_come_back_from_what_the_finder_says():
    said = radius_target(torch.tensor([0.1, 0.2]))
    assert radius_px(said, 72).tolist() == pytest.approx([7.2, 14.4])


def test_other_weights_do_not_look(tmp_path):
    from engine.checkpoint import save_tensors

    save_tensors(tmp_path / "x.safetensors", {"a": torch.zeros(1)}, {"kind": "reader"})
    with pytest.raises(WeightsError, match="not what reads bodies and moves"):
        load_looks(tmp_path / "x.safetensors")
