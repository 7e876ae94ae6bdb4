from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.plain import from_plain, to_plain
from engine.world.cast import SPECIES, Identity, identity_vector, is_held_out
from engine.world.cast_shapes import Sheet
from engine.world.cast_sheet import puppet_picture
from engine.world.casting import draw_identity


def identities(count: int, *, held_out: bool) -> list[Identity]:
    random = np.random.default_rng(3)
    return [draw_identity(random, held_out=held_out) for _ in range(count)]


@given(seed=st.integers(0, 2**40), held_out=st.booleans())
@settings(deadline=None, max_examples=40)
def test_identities_keep_to_their_side_and_round_trip(seed: int, held_out: bool):
    first, again = (draw_identity(np.random.default_rng(seed), held_out=held_out) for _ in range(2))
    assert first == again
    assert is_held_out(first) == held_out
    assert from_plain(Identity, to_plain(first)) == first


def test_identities_are_many_and_of_every_species():
    drawn = identities(400, held_out=False)
    assert len(set(drawn)) == 400
    assert {one.species for one in drawn} == set(SPECIES)
    assert all(85 <= one.voice.pitch_hz <= 420 for one in drawn)
    assert all(1.0 <= one.height_m <= 1.4 for one in drawn)


def test_the_identity_vector_tells_puppets_apart():
    drawn = identities(60, held_out=True)
    vectors = np.stack([identity_vector(one) for one in drawn])
    assert vectors.dtype == np.float32
    assert vectors.min() >= 0.0
    assert vectors.max() <= 1.0
    apart = np.linalg.norm(vectors[:, None] - vectors[None], axis=-1)
    assert apart[~np.eye(60, dtype=bool)].min() > 0.5


def test_long_hair_hangs_behind_the_shoulders():
    looks = draw_identity(np.random.default_rng(4), held_out=False, species="person")
    looks = replace(
        looks, tone="fair", hat="none", accessory="none", top="sweater", pattern="plain",
        top_colour="green", hair_colour="navy",
    )  # fmt: skip
    seen = [puppet_picture(replace(looks, hair=hair), 96, 96, 5) for hair in ("bun", "long")]
    green = [((one[..., 1] > one[..., 0] + 40) & (one[..., 1] > one[..., 2] + 40)) for one in seen]
    assert green[0].sum() > 150
    assert green[1].sum() > 0.97 * green[0].sum()
    assert np.abs(seen[0].astype(int) - seen[1]).max() > 80


@pytest.mark.parametrize("species", SPECIES)
def test_a_species_can_be_asked_for(species):
    assert (
        draw_identity(np.random.default_rng(1), held_out=True, species=species).species == species
    )


def test_the_window_of_a_shape_holds_all_of_it(monkeypatch):
    """However a puppet is made and stands: windows twice as large show nothing more."""
    looks = [one for held_out in (False, True) for one in identities(40, held_out=held_out)]
    seen = [puppet_picture(one, 160, 160, seed) for seed, one in enumerate(looks)]
    spot = Sheet.spot

    def large(self, x, y, reach, turn=None, *, high=None):
        return spot(self, x, y, 2.0 * reach, turn, high=None if high is None else 2.0 * high)

    monkeypatch.setattr(Sheet, "spot", large)
    for seed, (one, before) in enumerate(zip(looks, seen, strict=True)):
        assert np.array_equal(puppet_picture(one, 160, 160, seed), before), one
