"""Whether the references of a request can be used: numbers, roles, weights, parts, files."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

from engine.api import ROLES_BY_KIND, Capabilities, Finding, Kind, Reference, ShotRequest
from engine.conditioning.placing import left_out, sent
from engine.conditioning.tags import role_text
from engine.errors import MediaError, SoundEndedError
from engine.media import MediaInfo, probe, read_sound

MAX_WEIGHT = 2.0
# What is longer than the shot by less than this is not worth a word.
_NEARLY_S = 0.25
_NOUNS: dict[Kind, tuple[str, str]] = {
    "image": ("picture", "pictures"),
    "video": ("clip", "clips"),
    "audio": ("sound", "sounds"),
}
_ONCE = ("first_frame", "last_frame", "soundtrack")


def check_references(
    request: ShotRequest, capabilities: Capabilities, *, read_files: bool = True
) -> tuple[Finding, ...]:
    """What is wrong with the references of ``request``.

    Args:
        request: what is asked for.
        capabilities: of the backend that is asked.
        read_files: whether the files' headers are read as well.
    """
    findings = [
        Finding(level="warning", sentence=f"{_name(reference)} will not be used. {why}")
        for reference, why in left_out(request).items()
        if reference.role in capabilities.roles
    ]
    request = sent(request)
    frames = max((shot.frames for shot in request.shots), default=0)
    longest_s = float(frames / request.rate) if request.rate > 0 else math.inf
    findings += [*_check_numbers(request, capabilities), *_check_once(request)]
    for reference in request.references:
        own = list(_check_reference(reference, request, capabilities))
        usable = reference.weight != 0 and all(finding.level != "refused" for finding in own)
        if read_files and usable:
            own += _check_file(reference, longest_s)
        findings += own
    return tuple(findings)


def _check_numbers(request: ShotRequest, capabilities: Capabilities) -> Iterator[Finding]:
    sent = [reference for reference in request.references if reference.weight != 0]
    limits: dict[Kind, int] = {
        "image": capabilities.max_images,
        "video": capabilities.max_videos,
        "audio": capabilities.max_tracks,
    }
    for kind, limit in limits.items():
        count = sum(reference.kind == kind for reference in sent)
        if count > limit:
            yield _refused(
                f"The shot has {count} {_noun(kind, count)}; {capabilities.name} takes at most "
                f"{limit}.",
                f"Take {count - limit} off, or set their weight to 0.",
            )
    most = capabilities.max_references
    if most is not None and len(sent) > most:
        yield _refused(
            f"The shot has {len(sent)} references; {capabilities.name} takes at most {most}.",
            f"Take {len(sent) - most} off, or set their weight to 0.",
        )
    alone = sent and all(reference.kind == "audio" for reference in sent)
    if alone and not capabilities.sound_alone:
        yield _refused(
            f"{capabilities.name} does not take sound alone.", "Add a picture or a clip."
        )


def _check_once(request: ShotRequest) -> Iterator[Finding]:
    for role in _ONCE:
        count = sum(r.role == role and r.weight != 0 for r in request.references)
        if count > 1:
            yield _refused(
                f"The shot has {count} references with the role “{role_text(role)}”.",
                "Leave one.",
            )


def _check_reference(
    reference: Reference, request: ShotRequest, capabilities: Capabilities
) -> Iterator[Finding]:
    name = _name(reference)
    known = ROLES_BY_KIND[reference.kind]
    if reference.role not in known:
        offered = ", ".join(role_text(role) for role in known)
        yield _refused(
            f"{name} is a {_noun(reference.kind, 1)} and cannot be the "
            f"{role_text(reference.role)}.",
            f"Choose one of: {offered}.",
        )
    elif reference.role not in capabilities.roles:
        yield Finding(
            level="warning",
            sentence=f"{name} will not be used: {capabilities.name} has not learned the role "
            f"“{role_text(reference.role)}”.",
            remedy="Give it another role or leave it.",
        )
    if not (math.isfinite(reference.weight) and 0 <= reference.weight <= MAX_WEIGHT):
        yield _refused(f"{name} has a weight of {reference.weight:g}.", f"Use 0 to {MAX_WEIGHT:g}.")
    yield from _check_part(reference)
    at_s = reference.at_s
    if reference.role == "keyframe" and at_s is None:
        yield _refused(f"{name} is a keyframe without a time.", "Place it in the shot.")
    length_s = float(request.frames / request.rate) if request.rate > 0 else 0.0
    if reference.weight != 0 and at_s is not None and not 0 <= at_s < length_s:
        yield _refused(
            f"{name} stands at {at_s:g} s, but the shot lasts {length_s:.2f} s.",
            "Move it into the shot.",
        )


def _check_part(reference: Reference) -> Iterator[Finding]:
    out_s = reference.out_s
    times = [reference.in_s, *([] if out_s is None else [out_s])]
    if not all(math.isfinite(time_s) and time_s >= 0 for time_s in times):
        yield _refused(
            f"{_name(reference)} has a part before its beginning.", "Choose the part again."
        )
    elif out_s is not None and out_s <= reference.in_s:
        yield _refused(
            f"The part of {_name(reference)} ends before it begins.", "Choose the part again."
        )


def _check_file(reference: Reference, longest_s: float) -> Iterator[Finding]:
    """What is wrong with the file of a reference; a shot takes ``longest_s`` of it at the most."""
    name = _name(reference)
    try:
        info = probe(Path(reference.source))
    except MediaError as error:
        sentence, remedy = _unusable(reference, error), "Choose another file, or relink it."
        yield Finding(level="refused", sentence=sentence, remedy=remedy, about="file")
        return
    yield from _check_kind(reference, info)
    if info.duration_s and reference.in_s >= info.duration_s:
        yield _refused(
            f"{name} lasts {info.duration_s:.2f} s, but its part begins at {reference.in_s:g} s.",
            "Choose the part again.",
        )
    elif info.duration_s and (reference.out_s or 0) > info.duration_s + 0.1:
        yield Finding(
            level="fixed",
            sentence=f"{name} ends at {info.duration_s:.2f} s; the part is cut there.",
        )
    if reference.kind == "image" or not info.duration_s:
        return
    part_s = min(info.duration_s, reference.out_s or math.inf) - reference.in_s
    if part_s > longest_s + _NEARLY_S:
        yield Finding(
            level="fixed",
            sentence=f"{name} lasts {part_s:.1f} s, and the shot {longest_s:.1f} s: it uses the "
            "beginning.",
            remedy="Choose the part that matters.",
        )


def _unusable(reference: Reference, error: MediaError) -> str:
    """Why a file cannot be used; of one that is gone its name and, once, where it should be."""
    file = Path(reference.source)
    if os.path.lexists(file):  # names that no disk takes are not there either
        return f"{_name(reference)} cannot be used. {error}"
    if reference.tag:
        return f"{file.name} of @{reference.tag} is not in {file.parent}."
    return f"{file.name} is not in {file.parent}."


def _is_silent(path: Path, info: MediaInfo) -> bool:
    """Whether a track of sound, of a file that states no length, ends before it begins."""
    if info.duration_s:
        return False
    try:
        read_sound(path, duration_s=_NEARLY_S)
    except SoundEndedError:
        return True
    except MediaError:  # It is said when it is read as a whole.
        return False
    return False


def _check_kind(reference: Reference, info: MediaInfo) -> Iterator[Finding]:
    name = _name(reference)
    has = {"image": "a picture", "video": "a clip", "audio": "a sound"}[info.kind]
    match reference.kind:
        case "image" if info.kind == "video":
            yield Finding(
                level="fixed",
                sentence=f"{name} is a clip; the picture at {reference.in_s:g} s stands for it.",
            )
        case "video" if info.kind == "image":
            yield _refused(f"{name} is {has}, not a clip.", "Drop it on the shot as a picture.")
        case "audio" if not info.has_audio:
            yield _refused(f"{name} is {has} without sound.", "Choose a file that has sound.")
        case "audio" if _is_silent(Path(reference.source), info):
            yield _refused(f"{name} has a track of sound, and nothing in it.",
                           "Choose a file that has sound.")  # fmt: skip
        case "image" | "video" if info.kind == "audio":
            yield _refused(f"{name} is {has}, not a {_noun(reference.kind, 1)}.",
                           "Drop it on the shot as a sound.")  # fmt: skip
        case _:
            pass


def _refused(sentence: str, remedy: str) -> Finding:
    return Finding(level="refused", sentence=sentence, remedy=remedy)


def _noun(kind: Kind, count: int) -> str:
    return _NOUNS[kind][count != 1]


def _name(reference: Reference) -> str:
    return f"@{reference.tag}" if reference.tag else Path(reference.source).name
