"""What plays is what is delivered: any film, picture for picture and sample for sample.

A hundred films are slow: ``pytest -m slow -s``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.bridge.burn_in import Lettering
from studio.bridge.export_sources import exporter_of
from studio.document.film import MediaSource, Subtitle
from studio.document.looks import Curve, Dissolve, GainPoint, Grade, Key, Pose
from studio.document.subtitle_changes import set_subtitles
from studio.document.titles import TitleSource
from studio.export.exporter import Exporter
from studio.export.plan import DeliverySpec, plan_export
from studio.export.presets import PRESETS
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from studio.playback.player import Paused
from studio.playback.sound_shelf import SoundShelf
from tests.studio.playback.desks import Desk
from tests.studio.playback.reels import Reel, noise, numbered

MANY = 100
PLAYED = 25
RATES = [Fraction(24), Fraction(25), Fraction(24_000, 1_001), Fraction(30_000, 1_001)]


@dataclass
class Stock:
    """Sources of several rates, sizes and kinds, one of them lost."""

    reel: Reel
    pictures: list
    sounds: list


@pytest.fixture(scope="module")
def stock(tmp_path_factory) -> Stock:
    reel = Reel(tmp_path_factory.mktemp("film"))
    checks = [np.random.default_rng(k).integers(0, 255, (36, 36, 3), np.uint8) for k in range(10)]
    pictures = [
        reel.take(numbered(12)),
        reel.take(checks, noise(24_000), rate=24),
        reel.clip_file(numbered(30), noise(24_000, 3), rate=Fraction(24_000, 1_001)),
        reel.image(checks[0]),
        TitleSource(text="Ava"),
        MediaSource(media_id="lost"),
    ]
    sounds = [pictures[1], pictures[2], reel.sound_file(noise(60_000, 5), 44_100)]
    return Stock(reel, pictures, sounds)


shares = st.floats(0, 1, allow_nan=False).map(lambda value: round(value, 3))
grades = st.builds(
    Grade, exposure=st.sampled_from([0.0, 0.7]), saturation=st.sampled_from([1.0, 0.3])
)
poses = st.builds(
    Pose, x=shares, scale=st.sampled_from([1.0, 0.5, 1.7]), crop_left=st.sampled_from([0.0, 0.4]),
    rotation_deg=st.sampled_from([0.0, 15.0]), opacity=shares,
)  # fmt: skip
curves = st.lists(
    st.builds(
        lambda field, a, b: Curve(field=field, keys=(Key(frame=0, value=a), Key(frame=9, value=b))),
        st.sampled_from(["x", "opacity"]), shares, shares,
    ),
    max_size=1,
).map(tuple)  # fmt: skip
laid = st.fixed_dictionaries(
    {
        "gap": st.sampled_from([0, 0, 3]),
        "length": st.integers(1, 16),
        "source_in": st.integers(0, 6),
        "fade_in": st.sampled_from([0, 2]),
        "speed": st.sampled_from([Fraction(1), Fraction(2), Fraction(2, 3), Fraction(0)]),
        "backwards": st.booleans(),
        "grade": grades,
        "pose": st.one_of(st.just(Pose()), poses),
        "curves": curves,
        "gain_db": st.sampled_from([0.0, -6.0]),
        "pan": st.sampled_from([0.0, -1.0, 0.3]),
        "gain_points": st.sampled_from(
            [(), (GainPoint(frame=0, gain_db=0), GainPoint(frame=6, gain_db=-60))]
        ),
        "kind": st.sampled_from(["cross", "dip", None]),
        "which": st.integers(0, 5),
    }
)


def film_of(stock: Stock, rate: Fraction, tracks: dict[str, list[dict]]) -> Reel:
    reel = stock.reel
    reel.film = replace(reel.film, rate=rate)
    for name, parts in tracks.items():
        # One track of each kind is panned and turned down as a whole.
        panned = {"gain_db": -3.0, "pan": 0.4} if name.endswith("2") else {}
        reel.change_track(name, clips=(), **panned)
        at = 0
        sources = stock.pictures if name.startswith("V") else stock.sounds
        for part in parts:
            how = dict(part)
            gap, kind = how.pop("gap"), how.pop("kind")
            source = sources[how.pop("which") % len(sources)]
            length = how.pop("length")
            how["fade_in"] = min(how["fade_in"], length)
            if kind and not gap and at and length > 2:
                how["dissolve"] = Dissolve(frames=2, before=1, kind=kind)
            reel.lay(name, source, at + gap, length, **how)
            at += gap + length
    return reel


rates = st.sampled_from(RATES)
stacks = st.fixed_dictionaries(
    {name: st.lists(laid, max_size=4) for name in ("V1", "V2", "A1", "A2")}
).filter(lambda tracks: any(tracks.values()))
said = st.lists(
    st.builds(
        lambda start, length, words: Subtitle(
            id=f"{start}", start=start, end=start + length, text=words
        ),
        st.integers(0, 30), st.integers(1, 9), st.sampled_from(["Ava.", "It <i>rains</i>,\nand"]),
    ),
    min_size=1, max_size=4, unique_by=lambda line: line.start,
)  # fmt: skip
films = given(rate=rates, tracks=stacks, order=st.randoms(use_true_random=False))


@settings(max_examples=8, deadline=None)
@films
def test_every_picture_and_sample_of_the_player_goes_into_the_encoder(
    stock, tmp_path_factory, rate, tracks, order
):
    compare(film_of(stock, rate, tracks), tmp_path_factory.getbasetemp() / "out.mp4", order)


def played_through(qtbot, stock: Stock, path: Path, rate, tracks, lines) -> tuple[int, int]:
    """Play a film to its end, and see that all is what its export gets; pictures and samples.

    By what plays it in the window, but for the time and the loudspeaker, and by what an export from
    there reads, subtitles burned in.
    """
    reel = film_of(stock, rate, tracks)
    film = reel.film = set_subtitles(reel.film, reel.timeline_id, lines)
    subtitles = film.timelines[0].subtitles
    plan = plan_export(film, film.timelines[0], path, DeliverySpec(preset=PRESETS["mp4"]))
    what = (film, reel.ledger, reel.timeline_id, reel.folder, plan)
    with exporter_of(*what, lambda _event: None, burn_in=True) as exporter:
        pictures, mix = list(exporter.pictures()), exporter.mix()
    cut, desk = reel.cut, Desk(qtbot, reel)
    try:
        desk.player._timer.timeout.disconnect()
        desk.player.play()
        desk.run(float(cut.length / rate) + 1)
        assert desk.player.state == Paused()
        heard = desk.sink.recording()
    finally:
        desk.close()
    assert mix is not None
    assert np.array_equal(heard[:, : cut.samples], mix)
    assert not heard[:, cut.samples :].any()
    lettering = Lettering(subtitles)
    assert desk.frames == list(range(cut.length))
    for _, frame, picture in desk.shown:
        assert np.array_equal(lettering.over(frame, picture), pictures[frame])
    return cut.length, cut.samples


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rate=rates, tracks=stacks, lines=said)
def test_what_is_played_to_its_end_is_what_an_export_with_subtitles_gets(
    qtbot, stock, tmp_path_factory, rate, tracks, lines
):
    played_through(qtbot, stock, tmp_path_factory.getbasetemp() / "a.mp4", rate, tracks, lines)


@pytest.mark.slow
def test_many_films_that_are_played_to_their_ends(qtbot, stock, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "a.mp4"
    done = []

    @settings(max_examples=PLAYED, deadline=None)
    @given(rate=rates, tracks=stacks, lines=said)
    def many(rate, tracks, lines):
        done.append(played_through(qtbot, stock, path, rate, tracks, lines))

    many()
    pictures, samples = (sum(one) for one in zip(*done, strict=True))
    print(f"{len(done)} films played: {pictures:,} pictures and {samples:,} samples, all the same")


@pytest.mark.slow
def test_the_same_of_many_films(stock, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "out.mp4"
    done = []

    @settings(max_examples=MANY, deadline=None)
    @films
    def many(rate, tracks, order):
        done.append(compare(film_of(stock, rate, tracks), path, order))

    many()
    pictures, samples = (sum(one) for one in zip(*done, strict=True))
    print(f"{len(done)} films: {pictures:,} pictures and {samples:,} samples, all the same")


def compare(reel: Reel, path: Path, order: Random) -> tuple[int, int]:
    """See that all is the same; how many pictures and samples were compared."""
    cut = reel.cut
    plan = plan_export(reel.film, reel.film.timelines[0], path, DeliverySpec(preset=PRESETS["mp4"]))
    exporter = Exporter(plan, FrameSource(cut), Mixer(cut))
    exported = list(exporter.pictures())
    assert len(exported) == cut.length
    # The player asks in its own order, in its own blocks, of sources of its own.
    played = FrameSource(cut, cache_bytes=0)
    frames = list(range(cut.length))
    order.shuffle(frames)
    for frame in frames:
        assert np.array_equal(played.picture(frame), exported[frame])
    played.close()
    mixer = Mixer(cut, SoundShelf(reel.film.sample_rate_hz))
    starts = range(0, cut.samples, 1_024)
    blocks = [mixer.mix(at, min(1_024, cut.samples - at)) for at in starts]
    sound = exporter.mix()
    assert sound is not None
    assert np.array_equal(np.concatenate(blocks, axis=1), sound)
    return cut.length, cut.samples
