"""What becomes of everything that a cut can have in each form: the table of DELIVERY.md.

    python -m tests.studio.export.round_trips

It comes back as it was; or it is carried, in a form that is only written; or the export tells that
it is dropped or changed. Nothing may be lost without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from studio.document.film import (
    Clip,
    Film,
    Marker,
    MediaSource,
    ShotSource,
    Subtitle,
    Timeline,
    Track,
)
from studio.document.looks import Curve, Dissolve, GainPoint, Grade, Key, Pose
from studio.document.titles import GeneratorSource, TitleSource
from studio.export.interchange import INTERCHANGES, Interchange
from studio.export.interchange_bring import bring_in
from studio.export.interchange_sheet import sheet_of
from tests.studio.export import cuts

Verdict = Literal["comes back", "carried", "told", "LOST"]
FOLDER = Path("/films/rain")


@dataclass(frozen=True)
class Feature:
    """Something that a cut can have.

    Attributes:
        add: gives it to a cut.
        see: what is looked at to know whether it came back.
    """

    name: str
    add: Callable[[Timeline], Timeline]
    see: Callable[[Timeline], Any]


def of_clip(title: str, track: str, **values: Any) -> Feature:
    """A feature of the second clip of a track: these values, in these fields."""

    def add(cut: Timeline) -> Timeline:
        return changed(cut, track, lambda one: (one[0], replace(one[1], **values), *one[2:]))

    return Feature(title, add, lambda cut: [getattr(clips(cut, track)[1], one) for one in values])


def of_track(title: str, **values: Any) -> Feature:
    """A feature of the track A1."""

    def add(cut: Timeline) -> Timeline:
        tracks = tuple(replace(one, **values) if one.name == "A1" else one for one in cut.tracks)
        return replace(cut, tracks=tracks)

    return Feature(title, add, lambda cut: [getattr(track_of(cut, "audio"), one) for one in values])


def track_of(cut: Timeline, kind: str) -> Track:
    return next(one for one in cut.tracks if one.kind == kind and one.clips)


def clips(cut: Timeline, name: str) -> tuple[Clip, ...]:
    return track_of(cut, "video" if name.startswith("V") else "audio").clips


def changed(cut: Timeline, name: str, change: Callable[[tuple[Clip, ...]], Any]) -> Timeline:
    tracks = tuple(
        replace(one, clips=tuple(change(one.clips))) if one.name == name else one
        for one in cut.tracks
    )
    return replace(cut, tracks=tracks)


def marked(cut: Timeline) -> Timeline:
    return replace(cut, markers=(Marker(id="k", frame=30, name="hit", note="look", colour="red"),))


def alone(cut: Timeline) -> Timeline:
    """One empty track is solo, so that the other one is not heard."""
    tracks = tuple(replace(one, solo=one.name == "A2") for one in cut.tracks)
    return replace(cut, tracks=tracks)


def subtitled(cut: Timeline) -> Timeline:
    return replace(cut, subtitles=(Subtitle(id="s", start=4, end=30, text="It rains."),))


def noted(lane: tuple[Clip, ...]) -> tuple[Clip, ...]:
    """The clips of a lane, of which the second has a marker."""
    return lane[0], replace(lane[1], markers=(Marker(id="m", frame=3, name="hit"),)), *lane[2:]


def raised(cut: Timeline) -> Timeline:
    """A clip on a second picture track."""
    clip = Clip(id="top", source=MediaSource(media_id="m1"), start=12, length=20)
    return changed(cut, "V2", lambda _: (clip,))


FEATURES = (
    Feature("where clips lie and how long they are", lambda cut: cut,
            lambda cut: [[(c.start, c.length) for c in t.clips] for t in cut.tracks if t.clips]),
    Feature("several picture tracks", raised,
            lambda cut: [len(t.clips) for t in cut.tracks if t.kind == "video" and t.clips]),
    of_clip("where in the source", "V1", source_in=19),
    of_clip("speed", "V1", speed=Fraction(3, 2)),
    of_clip("backwards", "V1", backwards=True),
    of_clip("held frame", "V1", speed=Fraction(0)),
    of_clip("what is written on a clip", "V1", label="Close"),
    of_clip("a clip switched off", "V1", enabled=False),
    of_clip("cross dissolve", "V1", dissolve=Dissolve(frames=8, before=4, kind="cross")),
    of_clip("dip to black", "V1", dissolve=Dissolve(frames=8, before=4, kind="dip")),
    of_clip("fades of the picture", "V1", fade_in=6),
    of_clip("place, size, turn", "V1", pose=Pose(x=0.25, scale=0.5, rotation_deg=9.0)),
    of_clip("opacity", "V1", pose=Pose(opacity=0.5)),
    of_clip("crop", "V1", pose=Pose(crop_left=0.25)),
    of_clip("keys", "V1", curves=(Curve(field="x", keys=(Key(frame=0, value=0.1),)),)),
    of_clip("colour", "V1", grade=Grade(exposure=1.5)),
    of_clip("title", "V1", source=TitleSource(text="Rain")),
    of_clip("generated picture", "V1", source=GeneratorSource(kind="bars")),
    Feature("marker on a clip", lambda cut: changed(cut, "V1", noted),
            lambda cut: [(m.frame, m.name) for m in clips(cut, "V1")[1].markers]),
    of_clip("label colour of a clip", "V1", colour="red"),
    of_clip("gain", "A1", gain_db=-6.0),
    of_clip("gain envelope", "A1", gain_points=(GainPoint(frame=3, gain_db=-9.0),)),
    of_clip("pan", "A1", pan=-0.5),
    of_clip("fades of the sound", "A1", fade_in=6),
    of_clip("shape of a fade", "A1", fade_in=6, fade_in_shape="sharp"),
    of_track("track muted", muted=True),
    Feature("track solo", alone, lambda cut: [track.solo for track in cut.tracks]),
    of_track("gain of a track", gain_db=-3.0),
    of_track("pan of a track", pan=0.5),
    of_track("name of a track", name="Rain"),
    Feature("markers", marked,
            lambda cut: [(m.frame, m.name, m.note, m.colour) for m in cut.markers]),
    Feature("subtitles", subtitled, lambda cut: [(s.start, s.end, s.text) for s in cut.subtitles]),
    Feature("in and out", lambda cut: replace(cut, in_frame=4, out_frame=40),
            lambda cut: (cut.in_frame, cut.out_frame)),
    Feature("shape of the frame", lambda cut: replace(cut, shape="9:16"), lambda cut: cut.shape),
)  # fmt: skip


def base() -> Film:
    """Two clips of a street and one of a take, with their sounds, one after the other."""
    film = cuts.film()
    sources = (MediaSource(media_id="m1"), MediaSource(media_id="m1"), ShotSource(shot_id="shot1"))
    made = [
        Clip(id=f"v{k}", source=source, start=48 * k, length=48, source_in=12 * k)
        for k, source in enumerate(sources)
    ]
    cut = changed(film.timelines[0], "V1", lambda _: made)
    cut = changed(cut, "A1", lambda _: [replace(one, id="a" + one.id[1:]) for one in made])
    return replace(film, timelines=(cut,))


def verdict(form: Interchange, feature: Feature, film: Film) -> Verdict:
    """What becomes of a feature on its way through a form."""
    cut = film.timelines[0]
    with_it = feature.add(cut)
    plain, sheet = (sheet_of(film, cuts.ledger(), one, FOLDER) for one in (cut, with_it))
    if form.parse is not None:
        brought = bring_in(film, cuts.ledger(), form.parse(form.render(sheet), film.rate), FOLDER)
        back = brought.change(film).timelines[-1]
        try:
            if feature.see(back) == feature.see(with_it):
                return "comes back"
        except (IndexError, StopIteration):
            pass  # what would have it did not come back
    if form.losses(sheet) != form.losses(plain):
        return "told"
    if form.parse is None and (form.render(sheet) != form.render(plain) or with_it == cut):
        return "carried"
    return "LOST"


def table() -> list[str]:
    """The rows of the table, as Markdown."""
    film = base()
    heads = [form.suffix for form in INTERCHANGES]
    rows = [f"| | {' | '.join(heads)} |", f"| --- |{' --- |' * len(heads)}"]
    for feature in FEATURES:
        found = [verdict(form, feature, film) for form in INTERCHANGES]
        rows.append(f"| {feature.name} | {' | '.join(found)} |")
    return rows


if __name__ == "__main__":
    print("\n".join(table()))
