"""Random edits to how clips look, sound and run, and to what belongs together."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import get_args

from studio.document import clip_changes, clipboard, gain_changes, group_changes, key_changes
from studio.document import dissolve_changes as dissolves
from studio.document import speed_changes as speeds
from studio.document import transform_changes as transforms
from studio.document.film import Film, Marker, Timeline, new_id
from studio.document.ledger import Ledger
from studio.document.looks import Grade, PoseField
from studio.document.titles import TitleSource

ClipEdit = Callable[[Film, Timeline, list[str], int, int, bool], Film]
FIELDS: tuple[PoseField, ...] = get_args(PoseField)


def _dissolved(film: Film, timeline: Timeline, clip_id: str, frames: int, *, dips: bool) -> Film:
    handles = dissolves.handles_at(film, Ledger(), timeline, clip_id)
    return dissolves.set_dissolve(
        film,
        timeline.id,
        clip_id,
        abs(frames),
        kind="dip" if dips else "cross",
        alignment=("centre", "start", "end")[frames % 3],
        handles=handles,
    )


LOOK_EDITS: dict[str, ClipEdit] = {
    "dissolve": lambda f, t, c, _, by, k: _dissolved(f, t, c[0], by, dips=k),
    "dissolves": lambda f, t, c, at, by, k: dissolves.set_dissolves(
        f,
        Ledger(),
        t.id,
        c,
        abs(by),
        kind="dip" if k else None,
        alignment=(None, "centre", "start", "end")[at % 4],
    ),
    "no dissolve": lambda f, t, c, *_: dissolves.remove_dissolve(f, t.id, c[0]),
    "gain point": lambda f, t, c, at, by, _: gain_changes.set_gain_point(
        f, t.id, c[0], abs(at) % 20, by / 3
    ),
    "move point": lambda f, t, c, at, by, _: gain_changes.move_gain_point(
        f, t.id, c[0], abs(at) % 20, by, by / 3
    ),
    "no point": lambda f, t, c, at, *_: gain_changes.remove_gain_point(f, t.id, c[0], abs(at) % 20),
    "gain": lambda f, t, c, _, by, __: gain_changes.set_gain(f, t.id, c, by / 3),
    "clear gain": lambda f, t, c, *_: gain_changes.clear_gain(f, t.id, c),
    "pan": lambda f, t, c, _, by, __: gain_changes.set_pan(f, t.id, c, by / 30),
    "pose": lambda f, t, c, at, by, k: transforms.set_pose(
        f, t.id, c, at if k else None, x=by / 10, scale=by / 7
    ),
    "key": lambda f, t, c, at, by, _: transforms.set_key(
        f, t.id, c[0], FIELDS[at % 9], at % 11, by / 5, "smooth"
    ),
    "move keys": lambda f, t, c, at, by, _: key_changes.move_keys(
        f, t.id, c[0], at % 11, by, FIELDS[at % 3 : 1 + at % 9]
    ),
    "no key": lambda f, t, c, at, *_: transforms.remove_key(f, t.id, c[0], FIELDS[at % 9], at % 11),
    "no keys": lambda f, t, c, at, *_: key_changes.remove_keys(f, t.id, c[0], at % 11),
    "clear keys": lambda f, t, c, at, *_: transforms.clear_keys(f, t.id, c, FIELDS[at % 9]),
    "keys": lambda f, t, c, at, *_: key_changes.toggle_keys(
        f, t.id, c, at, FIELDS[at % 3 : 1 + at % 9]
    ),
    "ease": lambda f, t, c, at, *_: key_changes.ease_keys(f, t.id, c, at, "hold"),
    "all keys": lambda f, t, c, at, *_: key_changes.clear_all_keys(f, t.id, c, at),
    "reset": lambda f, t, c, *_: transforms.reset_pose(f, t.id, c),
    "grade": lambda f, t, c, _, by, __: transforms.set_grade(f, t.id, c, exposure=by / 4),
    "same grade": lambda f, t, c, _, by, __: transforms.copy_grade(
        f, t.id, c, Grade(exposure=by / 40)
    ),
    "speed": lambda f, t, c, at, by, k: speeds.set_speed(
        f, t.id, c[:1], Fraction(1 + abs(by), 1 + abs(at) % 13), ripple=k
    ),
    "reverse": lambda f, t, c, *_: speeds.reverse_clips(f, t.id, c[:1]),
    "fit": lambda f, t, c, at, by, _: speeds.fit_to_range(
        f, t.id, c[0], abs(at), abs(at) + abs(by)
    ),
    "group": lambda f, t, c, *_: group_changes.group_clips(f, t.id, c),
    "ungroup": lambda f, t, c, *_: group_changes.ungroup_clips(f, t.id, c),
    "clip marker": lambda f, t, c, at, by, _: clip_changes.add_clip_marker(
        f, t.id, c[0], Marker(id=new_id(), frame=abs(by), name=str(at))
    ),
    "title": lambda f, t, c, at, *_: clip_changes.set_source(
        f, t.id, c[:1], TitleSource(text=str(at))
    ),
    "words": lambda f, t, c, at, *_: clip_changes.set_title(f, t.id, c[0], text=str(at)),
    "paste": lambda f, t, c, at, _, k: clipboard.paste(
        f, t.id, clipboard.copied(t, c), at, inserts=k
    )[0],
    "duplicate": lambda f, t, c, *_: clipboard.duplicate_clips(f, t.id, c)[0],
    "attributes": lambda f, t, c, *_: clipboard.paste_attributes(
        f, t.id, c, next(clip for track in t.tracks for clip in track.clips)
    ),
}
