"""Films for the tests of interchange: hypothesis draws cuts that a director could have made."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from studio.document.film import (
    Clip,
    Film,
    Marker,
    Media,
    MediaFacts,
    MediaSource,
    Shot,
    ShotSource,
    Subtitle,
    TakeSource,
    Timeline,
    Track,
    new_film,
)
from studio.document.ledger import Ledger, TakeRecord
from studio.document.looks import Dissolve, GainPoint, Grade, Pose
from studio.document.timebase import FILM_RATES
from studio.document.titles import GeneratorSource, TitleSource

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
RECIPE = '{"request":{"prompt":"a ball falls"},"sampler":"euler","steps":8,"backend":"backlot"}'


def ledger() -> Ledger:
    take = TakeRecord(
        id="take1",
        shot_id="shot1",
        folder="takes/take1",
        kind="full",
        seed=77,
        frames=500,
        rate=Fraction(12),
        width=320,
        height=180,
        samples=1_000_000,
        created="2026-01-01T00:00:00+00:00",
        recipe=RECIPE,
        weights="backlot-1 abcdef",
    )
    return Ledger().append(take)


def film(rate: Fraction = Fraction(24)) -> Film:
    media = (
        Media(
            id="m1",
            kind="video",
            name="Street",
            path="media/street.mp4",
            sha256="1" * 64,
            facts=MediaFacts(width=640, height=360, frames=9000, rate=rate, samples=9_000_000),
            rights="Own footage.",
        ),
        Media(
            id="m2",
            kind="audio",
            name="Rain",
            path="media/rain.wav",
            sha256="2" * 64,
            facts=MediaFacts(samples=9_000_000, sample_rate_hz=48_000, channels=2),
        ),
    )
    shot = Shot(id="shot1", name="Shot 1", prompt="a ball falls", chosen_take_id="take1")
    return replace(new_film("Rain", rate=rate), media=media, shots=(shot,))


SOURCES = {
    "video": [
        ShotSource(shot_id="shot1"),
        TakeSource(take_id="take1"),
        MediaSource(media_id="m1"),
        TitleSource(text="Rain\nA film"),
        GeneratorSource(kind="bars"),
    ],
    "audio": [
        ShotSource(shot_id="shot1"),
        MediaSource(media_id="m1"),
        MediaSource(media_id="m2"),
    ],
}


@st.composite
def tracks(draw, kind, number):
    clips, position = [], 0
    for place in range(draw(st.integers(0, 5))):
        gap = draw(st.sampled_from([0, 0, 1, 17, 90_000]))
        length = draw(st.integers(1, 400))
        source = draw(st.sampled_from(SOURCES[kind]))
        drawn = isinstance(source, TitleSource | GeneratorSource)
        speed = Fraction(1) if drawn else draw(st.sampled_from(SPEEDS))
        clip = Clip(
            id=f"{kind}{number}-{place}",
            source=source,
            start=position + gap,
            length=length,
            source_in=0 if drawn else draw(st.integers(0, 700)),
            source_phase=draw(st.integers(0, speed.denominator - 1)),
            speed=speed,
            backwards=False if drawn else draw(st.booleans()),
            label=draw(st.just("") | NAMES),
            fade_in=draw(st.integers(0, length // 2)),
            enabled=draw(st.booleans()),
            gain_db=draw(st.sampled_from([0.0, -6.0])),
            gain_points=draw(st.sampled_from([(), (GainPoint(frame=3, gain_db=-9.0),)])),
            pan=draw(st.sampled_from([0.0, -0.5])),
            pose=draw(st.sampled_from([Pose(), Pose(x=0.25, scale=0.5)])),
            grade=draw(st.sampled_from([Grade(), Grade(exposure=1.5)])),
            markers=draw(st.sampled_from([(), (Marker(id="k", frame=0, name="hit"),)])),
        )
        if clips and gap == 0 and length > 1 and draw(st.booleans()):
            frames = draw(st.integers(2, 24))
            kinds = draw(st.sampled_from(["cross", "dip"]))
            before = draw(st.integers(0, min(frames, clips[-1].length - 1)))
            clip = replace(clip, dissolve=Dissolve(frames=frames, before=before, kind=kinds))
        clips.append(clip)
        position = clip.end
    letter = kind[0].upper()
    return Track(
        id=f"t{kind}{number}",
        kind=kind,
        name=f"{letter}{number}",
        muted=draw(st.booleans()),
        gain_db=draw(st.sampled_from([0.0, -3.0])),
        pan=draw(st.sampled_from([0.0, 0.75])),
        clips=tuple(clips),
    )


SPEEDS = [Fraction(1), Fraction(1), Fraction(1, 2), Fraction(3, 2), Fraction(24, 25)]


@st.composite
def films(draw):
    """A film whose one timeline holds something."""
    rate = draw(st.sampled_from(FILM_RATES))
    lanes = [
        draw(tracks("audio", 2)),
        draw(tracks("audio", 1)),
        draw(tracks("video", 1)),
        draw(tracks("video", 2)),
    ]
    if not any(lane.clips for lane in lanes):
        clip = Clip(id="only", source=MediaSource(media_id="m1"), start=3, length=9)
        lanes[2] = replace(lanes[2], clips=(clip,))
    marks = draw(st.lists(st.tuples(st.integers(0, 2000), NAMES), max_size=3))
    cut = Timeline(
        id="cut",
        name=draw(NAMES),
        tracks=tuple(lanes),
        markers=tuple(
            Marker(id=f"mark{n}", frame=at, name=name, note="look", colour="red")
            for n, (at, name) in enumerate(sorted(marks))
        ),
        subtitles=(Subtitle(id="s", start=4, end=40, text="It rains."),),
    )
    return replace(film(rate), timelines=(cut,), active_timeline_id="cut")
