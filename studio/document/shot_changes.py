"""Changes to the shot list: shots, their words, references and chosen takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import isfinite
from typing import Literal, TypedDict, Unpack

from studio.document.errors import ChangeError
from studio.document.film import (
    CameraPlan,
    ColourLabel,
    Film,
    PictureSize,
    ReferenceRole,
    ReferenceSource,
    SeedPolicy,
    Shot,
    ShotReference,
    ShotSource,
    new_id,
)
from studio.document.lane import without
from studio.document.timeline_access import with_lanes
from studio.wording import tr


class ShotEdit(TypedDict, total=False):
    """What may be set on a shot."""

    name: str
    prompt: str
    negative_prompt: str
    frames: int
    rate: Fraction
    size: PictureSize | None
    seed: int
    seed_policy: SeedPolicy
    camera: CameraPlan
    locked: bool
    colour: ColourLabel
    notes: str


class CameraEdit(TypedDict, total=False):
    """What may be set on the camera's plan of a shot."""

    size: Literal["", "wide", "medium", "close"]
    move: str
    side: Literal["", "left", "right"]


class ReferenceEdit(TypedDict, total=False):
    """What may be set on a reference of a shot."""

    role: ReferenceRole
    source: ReferenceSource
    tag: str
    weight: float
    start: int
    end: int | None
    at_frame: int | None


def shot_of(film: Film, shot_id: str) -> Shot:
    """The shot with this id.

    Raises:
        ChangeError: if the film has none.
    """
    for shot in film.shots:
        if shot.id == shot_id:
            return shot
    raise ChangeError(tr("This shot is no longer in the film."))


def add_shot(film: Film, shot: Shot, at: int | None = None) -> Film:
    """Add a shot at a position of the list, or at its end."""
    return add_shots(film, [shot], at)


def add_shots(film: Film, shots: Iterable[Shot], at: int | None = None) -> Film:
    """Add shots in their order at a position of the list, or at its end.

    Raises:
        ChangeError: if one has no length or is in the list already.
    """
    added = tuple(_checked(shot) for shot in shots)
    names = [shot.id for shot in film.shots + added]
    if len(set(names)) < len(names):
        raise ChangeError(tr("This shot is in the list already."))
    at = len(film.shots) if at is None else max(0, at)
    return replace(film, shots=film.shots[:at] + added + film.shots[at:])


def duplicate_shot(film: Film, shot_id: str, *, twin_id: str | None = None) -> Film:
    """Add a copy right after a shot, without its takes."""
    shot = shot_of(film, shot_id)
    references = tuple(replace(reference, id=new_id()) for reference in shot.references)
    twin = replace(
        shot,
        id=twin_id or new_id(),
        name=f"{shot.name} copy",
        references=references,
        chosen_take_id=None,
        locked=False,
    )
    return add_shot(film, twin, film.shots.index(shot) + 1)


def remove_shots(film: Film, shot_ids: Iterable[str]) -> Film:
    """Take shots out of the list, and the clips that show them off every timeline."""
    names = set(shot_ids)
    shots = tuple(shot for shot in film.shots if shot.id not in names)
    if len(shots) == len(film.shots):
        return film
    timelines = tuple(
        with_lanes(
            timeline,
            {
                number: without(
                    track.clips,
                    (
                        clip.id
                        for clip in track.clips
                        if isinstance(clip.source, ShotSource) and clip.source.shot_id in names
                    ),
                )
                for number, track in enumerate(timeline.tracks)
            },
        )
        for timeline in film.timelines
    )
    return replace(film, shots=shots, timelines=timelines)


def move_shots(film: Film, shot_ids: Iterable[str], at: int) -> Film:
    """Move shots, in their present order, to before the one that stands at ``at`` now."""
    names = set(shot_ids)
    at = max(0, at)
    moving = tuple(shot for shot in film.shots if shot.id in names)
    before = tuple(shot for shot in film.shots[:at] if shot.id not in names)
    after = tuple(shot for shot in film.shots[at:] if shot.id not in names)
    shots = before + moving + after
    return film if shots == film.shots else replace(film, shots=shots)


def edit_shot(film: Film, shot_id: str, **edit: Unpack[ShotEdit]) -> Film:
    """Set words, length, seed, camera and the like of a shot.

    Raises:
        ChangeError: if it is gone, or would have no length.
    """
    return _changed(film, shot_id, lambda shot: _checked(replace(shot, **edit)))


def edit_shots(film: Film, shot_ids: Iterable[str], **edit: Unpack[ShotEdit]) -> Film:
    """Set the same on several shots.

    Raises:
        ChangeError: as ``edit_shot``; then none is changed.
    """
    for shot_id in shot_ids:
        film = edit_shot(film, shot_id, **edit)
    return film


def plan_cameras(film: Film, shot_ids: Iterable[str], **edit: Unpack[CameraEdit]) -> Film:
    """Set parts of the camera's plan on several shots and leave the other parts of each."""
    for shot_id in shot_ids:
        camera = replace(shot_of(film, shot_id).camera, **edit)
        film = edit_shot(film, shot_id, camera=camera)
    return film


def choose_take(film: Film, shot_id: str, take_id: str | None) -> Film:
    """Let a take stand for the shot in the cut.

    Raises:
        ChangeError: if the shot is gone or locked.
    """

    def chosen(shot: Shot) -> Shot:
        if shot.locked and take_id != shot.chosen_take_id:
            raise ChangeError(tr("{name} is locked; unlock it to change its take.", name=shot.name))
        return replace(shot, chosen_take_id=take_id)

    return _changed(film, shot_id, chosen)


def add_reference(
    film: Film, shot_id: str, reference: ShotReference, at: int | None = None
) -> Film:
    """Put a reference on a shot."""

    def added(shot: Shot) -> Shot:
        references = shot.references
        position = len(references) if at is None else max(0, at)
        return replace(shot, references=(*references[:position], reference, *references[position:]))

    return _changed(film, shot_id, added)


def edit_reference(
    film: Film, shot_id: str, reference_id: str, **edit: Unpack[ReferenceEdit]
) -> Film:
    """Set role, tag, weight or span of a reference."""
    if not isfinite(edit.get("weight", 1.0)):
        raise ChangeError(tr("A weight is a number from 0 to 2."))

    def edited(shot: Shot) -> Shot:
        references = tuple(
            replace(reference, **edit) if reference.id == reference_id else reference
            for reference in shot.references
        )
        return replace(shot, references=references)

    return _changed(film, shot_id, edited)


def remove_reference(film: Film, shot_id: str, reference_id: str) -> Film:
    """Take a reference off a shot."""

    def removed(shot: Shot) -> Shot:
        kept = tuple(known for known in shot.references if known.id != reference_id)
        return replace(shot, references=kept)

    return _changed(film, shot_id, removed)


def order_references(film: Film, shot_id: str, reference_ids: Sequence[str]) -> Film:
    """Put the references of a shot in this order; those not named keep theirs at the end."""
    ranks = {reference_id: rank for rank, reference_id in enumerate(reference_ids)}

    def ordered(shot: Shot) -> Shot:
        return replace(
            shot,
            references=tuple(
                sorted(shot.references, key=lambda known: ranks.get(known.id, len(ranks)))
            ),
        )

    return _changed(film, shot_id, ordered)


def _changed(film: Film, shot_id: str, change: Callable[[Shot], Shot]) -> Film:
    shot = shot_of(film, shot_id)
    new = change(shot)
    if new == shot:
        return film
    return replace(film, shots=tuple(new if known is shot else known for known in film.shots))


def _checked(shot: Shot) -> Shot:
    if shot.frames < 1 or shot.rate <= 0:
        raise ChangeError(tr("A shot needs at least one frame."))
    return shot
