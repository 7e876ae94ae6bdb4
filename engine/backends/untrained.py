"""What a request asks of weights that they were not trained on: told, not hidden."""

from __future__ import annotations

from collections.abc import Iterator

from engine.api import Capabilities, Edit, Extend, Finding, Pathway, ShotRequest
from engine.conditioning.tags import role_text

_SAID: dict[Pathway, str] = {
    "edit": "edits",
    "instruct": "edits by instruction",
    "region": "edits inside a painted region",
    "extend": "extensions",
    "sequence": "several shots together, so each is made as if it were alone",
    "picture_to_sound": "sound for a given picture",
}


def check_trained(request: ShotRequest, capabilities: Capabilities) -> Iterator[Finding]:
    """A warning for every pathway that ``request`` takes untrained, and for its length."""
    longest = max((shot.frames for shot in request.shots), default=0)
    if longest in capabilities.untrained_frames:
        learned_s, asked_s = (
            float(frames / request.rate) for frames in (capabilities.frames[-1], longest)
        )
        yield _warning(capabilities, f"{asked_s:.1f} s in one pass; they learned {learned_s:.1f} s")
    roles = {one.role for one in request.references if one.weight != 0}
    for role in capabilities.untrained_roles:
        if role in roles:
            yield _warning(capabilities, f"references with the role “{role_text(role)}”")
    for pathway in _pathways(request):
        if pathway in capabilities.untrained:
            yield _warning(capabilities, _SAID[pathway])


def _pathways(request: ShotRequest) -> Iterator[Pathway]:
    if len(request.shots) > 1:
        yield "sequence"
    match request.task:
        case Edit() as edit:
            yield "edit"
            if edit.method == "instruct":
                yield "instruct"
            if edit.mask is not None:
                yield "region"
            if edit.keep_picture:
                yield "picture_to_sound"
        case Extend():
            yield "extend"
        case _:
            pass


def _warning(capabilities: Capabilities, what: str) -> Finding:
    return Finding(
        level="warning",
        sentence=f"The weights of {capabilities.name} were not trained on {what}.",
        remedy="Expect less of it.",
    )
