"""The words of a request: its common text, its shots with their cameras, and its edit."""

from __future__ import annotations

from engine.api import CameraPlan, Edit, ShotRequest
from engine.conditioning.tags import Packing, compile_tags

# How far apart the seeds of the shots of a sequence lie; the first has the request's own.
_SHOT_SEED = 1_000_003
_SIZE_WORDS = {"": "", "wide": "wide shot", "medium": "medium shot", "close": "close-up"}
_SIDE_WORDS = {"": "", "left": "seen from the left", "right": "seen from the right"}


def shot_seed(seed: int, shot: int) -> int:
    """The seed of a shot's noise: a shot keeps its take when others are added after it."""
    return (seed + _SHOT_SEED * shot) % 2**63


def camera_words(camera: CameraPlan) -> str:
    """``camera`` in the words of a caption; empty where it leaves everything to the prompt."""
    words = (_SIZE_WORDS[camera.size], camera.move, _SIDE_WORDS[camera.side])
    return ", ".join(word for word in words if word)


def shot_text(request: ShotRequest, shot: int) -> str:
    """Caption and camera of one shot, as written by the user."""
    plan = request.shots[shot]
    parts = (plan.caption.strip(), camera_words(plan.camera))
    return ", ".join(part for part in parts if part)


def unwanted_text(request: ShotRequest, shot: int) -> str:
    """What one shot is to be without: its own words and those for all, as written by the user."""
    own = (request.shots[shot].negative_prompt.strip(), request.negative_prompt.strip())
    return ", ".join(dict.fromkeys(part for part in own if part))


def whole_unwanted_text(request: ShotRequest) -> str:
    """What ``request`` is to be without, tags still as the user wrote them.

    Where shots differ in it they are numbered lines, below what is for all.
    """
    if len(request.shots) == 1:
        return unwanted_text(request, 0)
    own = [shot.negative_prompt.strip() for shot in request.shots]
    lines = [f"Shot {index}: {text}" for index, text in enumerate(own, start=1) if text]
    return "\n".join(part for part in (request.negative_prompt.strip(), *lines) if part)


def whole_text(request: ShotRequest) -> str:
    """All words of ``request``, tags still as the user wrote them.

    Several shots are numbered lines; an edit's instruction stands last.
    """
    parts = [request.prompt.strip()]
    if len(request.shots) == 1:
        parts.append(shot_text(request, 0))
    else:
        texts = [shot_text(request, index) for index in range(len(request.shots))]
        parts += [f"Shot {index}: {text}" for index, text in enumerate(texts, start=1)]
    if isinstance(request.task, Edit):
        parts.append(request.task.instruction.strip())
    return "\n".join(part for part in parts if part)


def compile_text(request: ShotRequest, packing: Packing) -> str:
    """``whole_text`` with its tags turned into slots.

    Raises:
        RequestError: if a tag is unknown.
    """
    return compile_tags(whole_text(request), packing)
