"""What a request's references come to: those that its task has no use for, and each shot's own.

Pictures, keyframes and soundtracks have a place in time. Shots that are made together are one
stretch of time: its first picture opens the first shot, its last one ends the last shot, and a
keyframe stands in the shot that its time falls into.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from engine.api import Edit, Reference, ShotRequest

_STILLS = ("first_frame", "last_frame", "keyframe")
# Times that were written as seconds come back to the picture that they were meant for.
_ROUNDING = 1e-6


def left_out(request: ShotRequest) -> dict[Reference, str]:
    """The references that the task of ``request`` has no use for, each with a sentence why."""
    whys = {one: _why_left_out(one, request) for one in request.references if one.weight != 0}
    return {one: why for one, why in whys.items() if why}


def sent(request: ShotRequest) -> ShotRequest:
    """``request`` as it is made: what is left out weighs nothing.

    A soundtrack of what an edit changes is in the source's sound already, which is kept.
    """
    left = left_out(request)
    task = request.task
    if isinstance(task, Edit) and not task.keep_picture and _with_soundtrack(request):
        task = replace(task, keep_sound=True)
    references = tuple(replace(r, weight=0.0) if r in left else r for r in request.references)
    return replace(request, task=task, references=references)


def picture_at(reference: Reference, rate: Fraction) -> int:
    """The picture, of so many a second, that the time of a keyframe falls into."""
    return int((reference.at_s or 0.0) * rate + _ROUNDING)


def in_shot(reference: Reference, request: ShotRequest, shot: int) -> Reference | None:
    """``reference`` as one shot of ``request`` has it; ``None`` where it belongs to another."""
    last = len(request.shots) - 1
    if last <= 0:
        return reference
    match reference.role:
        case "first_frame":
            return reference if shot == 0 else None
        case "last_frame":
            return reference if shot == last else None
        case "keyframe":
            before = sum(one.frames for one in request.shots[:shot])
            place = picture_at(reference, request.rate) - before
            if not 0 <= place < request.shots[shot].frames:
                return None
            opens = shot > 0 and place == 0
            at_s = None if opens else (place + 0.5) / float(request.rate)
            return replace(reference, role="first_frame" if opens else "keyframe", at_s=at_s)
        case _:
            return reference


def _with_soundtrack(request: ShotRequest) -> bool:
    return any(one.role == "soundtrack" and one.weight != 0 for one in request.references)


def _why_left_out(reference: Reference, request: ShotRequest) -> str:
    match request.task:
        case Edit() as edit:
            if reference.role in _STILLS:
                return "A change starts from the pictures of its source."
            if reference.role == "soundtrack":
                anew = edit.keep_picture and not edit.keep_sound
                return "The sound is made anew." if anew else "The sound of the source is kept."
            return ""
        case _:
            alone = len(request.shots) == 1 or reference.role != "soundtrack"
            return "" if alone else "Shots that are made together make their own sound."
