"""What a wish becomes, whoever has it: the window and the commands ask by the same words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial

import pytest

from studio.bridge.delivering import ExportWish, delivery_of, planned
from studio.document.ledger import Ledger
from studio.document.titles import GeneratorSource
from studio.export.credentials_certificate import Identity
from studio.export.presets import ExportError
from tests.studio.playback.reels import Reel


@pytest.fixture
def film(tmp_path):
    reel = Reel(tmp_path / "work", width=128, height=96)
    reel.lay("V1", GeneratorSource(colour="#204060"), 0, 48)
    made = replace(reel.film, settings=replace(reel.film.settings, loudness_lufs=-16.0))
    timeline = replace(made.timelines[0], in_frame=12, out_frame=24)
    return replace(made, timelines=(timeline,))


def plan_of(film, tmp_path, **wish):
    wish = ExportWish(path=tmp_path / wish.pop("name", "a.mp4"), **wish)
    return planned(film, film.timelines[0], tmp_path, wish)


def test_what_is_left_open_is_as_the_film_has_it(film, tmp_path):
    plan = plan_of(film, tmp_path)
    assert (plan.preset.name, plan.width, plan.height) == ("mp4", 128, 96)
    assert (plan.start, plan.end, plan.rate) == (0, 48, film.rate)
    assert plan.loudness_lufs == -16.0


def test_a_part_is_all_what_is_marked_or_what_is_named(film, tmp_path):
    spans = {part: plan_of(film, tmp_path, part=part) for part in ("all", "marked", (6, 18))}
    assert (spans["all"].start, spans["all"].end) == (0, 48)
    assert spans["marked"].start == 12
    assert spans["marked"].end < 48
    assert (spans[6, 18].start, spans[6, 18].end) == (6, 18)


@pytest.mark.parametrize(
    ("wish", "lufs"),
    [({}, -16.0), ({"loudness_lufs": -23.0}, -23.0), ({"as_mixed": True}, None)],
)
def test_a_target_of_its_own_wins_over_the_films_and_as_mixed_over_both(film, tmp_path, wish, lufs):
    assert plan_of(film, tmp_path, **wish).loudness_lufs == lufs


def test_every_wish_reaches_the_plan(film, tmp_path):
    plan = plan_of(
        film, tmp_path, name="a.webm", preset="webm", height=48, rate=Fraction(12),
        true_peak_db=-2.0,
    )  # fmt: skip
    assert (plan.preset.name, plan.height, plan.rate, plan.true_peak_db) == ("webm", 48, 12, -2.0)


def test_what_cannot_be_signed_is_refused_before_anything_is_written(film, tmp_path):
    with pytest.raises(ExportError, match="unsigned, or name another file"):
        plan_of(film, tmp_path, name="a.webm", signed=True)
    assert not (tmp_path / "a.webm").exists()


def test_a_delivery_is_signed_and_lettered_where_that_is_wished_for(film, tmp_path):
    def delivery(**wish):
        wish = ExportWish(path=tmp_path / "a.mp4", **wish)
        signer = partial(Identity, chain=b"", key=b"")
        return delivery_of(film, Ledger(), film.timelines[0], tmp_path, wish, signer)

    assert delivery().signer is None
    assert not delivery().burn_in
    assert delivery(signed=True, burn_in=True).signer is not None
    assert delivery(signed=True, burn_in=True).burn_in
