"""A film that holds something of every kind, by which a schema version is remembered."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from studio.document.film import (
    CameraPlan,
    Card,
    Clip,
    Film,
    Marker,
    MediaSource,
    PictureSize,
    Shot,
    ShotReference,
    Subtitle,
    TakeSource,
    Timeline,
    Track,
)
from studio.document.ledger import KeepRecord, NoteRecord, TakeKind, TakeRecord
from studio.document.library_changes import edit_film
from studio.document.looks import Curve, Dissolve, GainPoint, Grade, Key, Pose
from studio.document.project_file import create_project
from studio.document.timing import Retiming, Timing
from studio.document.titles import GeneratorSource, TitleSource, TitleStyle
from tests.studio.document.edits import film_of_clips

CREATED = "2026-01-02T03:04:05+00:00"
_TIMING = Timing(start=20, length=19, source_in=1, source_phase=0, speed=Fraction(1), fade_in=4)


def film_of_everything() -> Film:
    """Every field of clips, timelines, shots and cards at a value that is not its default."""
    film = film_of_clips(3)
    first = film.timelines[0]
    tracks = tuple(_dressed(track) for track in first.tracks)
    busy = replace(
        first,
        id="cut",
        tracks=tracks,
        in_frame=2,
        out_frame=50,
        shape="2.39",
        subtitles=(
            Subtitle(id="line0", start=3, end=15, text="Where were you?"),
            Subtitle(id="line1", start=20, end=30, text="By the sea.\nAs ever."),
        ),
    )
    tall = Timeline(id="tall", name="Reel", tracks=(_drawn(),), shape="9:16")
    return replace(
        film,
        name="Tide",
        timelines=(busy, tall),
        active_timeline_id="cut",
        shots=(_written(film.shots[0]), *film.shots[1:]),
        cards=(
            Card(
                id="ava",
                kind="character",
                tag="Ava",
                description="a girl in a red coat",
                media_ids=("m0",),
                voice_id="m0",
            ),
            Card(id="quay", kind="place", tag="Quay", media_ids=("m0",)),
            Card(id="lamp", kind="prop", tag="Lamp", description="a brass lamp"),
            Card(id="teller", kind="voice", tag="Teller", voice_id="m0"),
        ),
    )


def save_golden(folder: Path) -> None:
    """Write this version's golden film; for the day on which the schema takes a step."""
    project = create_project(folder, film_of_everything())
    store = project.store
    store.record(_take("preview"), _take("full"), _take("still"))
    store.record(KeepRecord(take_id="preview", decision="kept", created=CREATED))
    store.record(NoteRecord(take_id="full", text="The gull!", favourite=True, created=CREATED))
    store.apply(lambda film: edit_film(film, name="Tide and time"), "Rename")
    project.close()


def _take(kind: TakeKind) -> TakeRecord:
    return TakeRecord(
        id=kind,
        folder=f"takes/{kind}",
        kind=kind,
        upgrade_of="preview" if kind == "full" else None,
        frames=25,
        rate=Fraction(12),
        width=96,
        height=64,
        created=CREATED,
    )


def _written(shot: Shot) -> Shot:
    return replace(
        shot,
        prompt="@Ava on the @Quay",
        negative_prompt="rain",
        frames=49,
        size=PictureSize(width=192, height=112),
        seed=7,
        seed_policy="lock",
        camera=CameraPlan(size="close", move="push in", side="left"),
        references=(
            ShotReference(
                id="first", source=TakeSource(take_id="still"), role="first_frame", weight=0.5
            ),
            ShotReference(
                id="walk",
                source=MediaSource(media_id="m0"),
                role="keyframe",
                tag="Walk",
                start=3,
                end=9,
                at_frame=12,
            ),
        ),
        chosen_take_id="preview",
        locked=True,
        colour="pink",
        notes="The wind is the third actor.",
    )


def _dressed(track: Track) -> Track:
    clips = tuple(_worn(clip, number) for number, clip in enumerate(track.clips))
    # Only sound tracks are heard, but any may carry the fields.
    return replace(track, clips=clips, gain_db=-4.5, pan=-0.25)


def _worn(clip: Clip, number: int) -> Clip:
    if number == 0:
        return replace(
            clip,
            group_id="group",
            gain_points=(GainPoint(frame=2, gain_db=-6.0), GainPoint(frame=9, gain_db=1.5)),
            markers=(Marker(id="touch", frame=5, name="Touch", note="on the beat", colour="red"),),
        )
    if number == 1:
        return replace(
            clip,
            gain_db=-3.5,
            pan=0.5,
            fade_in=4,
            fade_out=6,
            fade_in_shape="smooth",
            fade_out_shape="sharp",
            label="wave",
            colour="blue",
            enabled=False,
            speed=Fraction(2, 3),
            source_phase=1,
            backwards=True,
            group_id="group",
            retiming=Retiming(before=_TIMING, after=replace(_TIMING, speed=Fraction(2, 3))),
        )
    return replace(
        clip,
        start=39,
        dissolve=Dissolve(frames=4, before=2, kind="dip"),
        pose=Pose(x=0.25, y=-0.1, scale=1.5, rotation_deg=10.0, crop_left=0.1, opacity=0.9),
        curves=(
            Curve(
                field="scale",
                keys=(Key(frame=0, value=1.0, easing="smooth"), Key(frame=12, value=1.2)),
            ),
        ),
        grade=Grade(exposure=0.5, contrast=1.1, saturation=0.8, temperature=-0.2),
    )


def _drawn() -> Track:
    style = TitleStyle(size=0.12, bold=True, place="lower third", motion="crawl")
    return Track(
        id="drawn",
        kind="video",
        name="V1",
        clips=(
            Clip(id="title", source=TitleSource(text="Tide", style=style), start=0, length=24),
            Clip(id="bars", source=GeneratorSource(kind="bars"), start=24, length=24),
            Clip(id="still", source=MediaSource(media_id="m0"), start=48, length=5),
        ),
    )
