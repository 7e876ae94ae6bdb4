"""What a backend says of a request before it is spent: findings, and what would be sent."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from engine.api import (
    Capabilities,
    Compiled,
    Edit,
    Extend,
    Finding,
    Generate,
    ShotRequest,
    Size,
    Upgrade,
    mode_of,
)
from engine.backends.repeating import repeated
from engine.backends.take_files import picture_of
from engine.backends.untrained import check_trained
from engine.conditioning.placing import left_out, sent
from engine.conditioning.references import check_references
from engine.conditioning.shots import compile_text, whole_text, whole_unwanted_text
from engine.conditioning.tags import compile_tags, pack_references, unused_tags
from engine.errors import EngineError, MediaError, MissingFileError, RequestError
from engine.media import probe
from engine.shapes import padded

MAX_TEXT_CHARACTERS = 4_000
MAX_STEPS = 1_000
MAX_SEED = 2**63 - 1


def preflight_request(request: ShotRequest, capabilities: Capabilities) -> tuple[Finding, ...]:
    """Everything that is or would be wrong with ``request`` under ``capabilities``.

    Headers of the files that are named are read as well; of an upgrade those that it repeats.

    Args:
        request: what is asked for.
        capabilities: of the backend that is asked.
    """
    if isinstance(request.task, Upgrade):
        return tuple(_check_task(request, capabilities))
    return (
        *_check_size(request, capabilities),
        *_check_rate(request, capabilities),
        *_check_frames(request, capabilities),
        *_check_numbers(request, capabilities),
        *_check_text(request, capabilities),
        *_check_tags(request, capabilities),
        *check_references(request, capabilities),
        *_check_task(sent(request), capabilities),
        *check_trained(sent(request), capabilities),
    )


def refuse(request: ShotRequest, capabilities: Capabilities) -> None:
    """Raise the first reason why ``request`` cannot be rendered, if there is one.

    Raises:
        RequestError: with the finding's sentence and remedy.
        MissingFileError: if that is about a file.
    """
    for finding in preflight_request(request, capabilities):
        if finding.level == "refused":
            kind = MissingFileError if finding.about == "file" else RequestError
            raise kind(f"{finding.sentence} {finding.remedy}".strip())


def compile_request(request: ShotRequest, capabilities: Capabilities) -> Compiled:
    """What the engine will be given for ``request``: text with slots, references, padded sizes.

    Raises:
        RequestError: if a tag is unknown or unusable.
    """
    packing = pack_references(request.references, capabilities.roles, left_out(request))
    text = compile_text(request, packing)
    negative = compile_tags(whole_unwanted_text(request), packing)
    return Compiled(
        text=text,
        negative_text=negative,
        references=packing.references,
        dropped=packing.dropped,
        width=request.width,
        height=request.height,
        padded_width=padded(request.width),
        padded_height=padded(request.height),
        frames=request.frames,
        steps=steps_of(request, capabilities),
    )


def steps_of(request: ShotRequest, capabilities: Capabilities) -> int:
    """The number of steps of ``request``: its own, or the backend's for its quality."""
    if request.quality.steps is not None:
        return request.quality.steps
    fast = request.quality.mode == "fast"
    return capabilities.fast_steps if fast else capabilities.full_steps


def nearest_sizes(width: int, height: int, sizes: tuple[Size, ...]) -> tuple[Size, ...]:
    """The (at most three) legal sizes most like ``width`` x ``height``, the likest first."""

    def unlikeness(size: Size) -> float:
        shape = math.log(size.width / size.height) - math.log(max(1, width) / max(1, height))
        area = math.log(size.width * size.height) - math.log(max(1, width) * max(1, height))
        return 2 * abs(shape) + 0.5 * abs(area)

    return tuple(sorted(sizes, key=unlikeness)[:3])


def nearest_frames(frames: int, legal: tuple[int, ...]) -> tuple[int, ...]:
    """The legal lengths next to ``frames``, below and above, ascending."""
    place = bisect_left(legal, frames)
    return tuple(legal[index] for index in (place - 1, place) if 0 <= index < len(legal))


def _refused(sentence: str, remedy: str = "") -> Finding:
    return Finding(level="refused", sentence=sentence, remedy=remedy)


def _check_size(request: ShotRequest, capabilities: Capabilities) -> Iterator[Finding]:
    legal = {(size.width, size.height) for size in capabilities.sizes}
    if (request.width, request.height) in legal:
        return
    near = nearest_sizes(request.width, request.height, capabilities.sizes)
    offered = " or ".join(f"{size.width}x{size.height} ({size.shape})" for size in near)
    yield _refused(
        f"{capabilities.name} cannot make pictures of {request.width}x{request.height}.",
        f"Use {offered}.",
    )


def _check_rate(request: ShotRequest, capabilities: Capabilities) -> Iterator[Finding]:
    if request.rate in capabilities.rates:
        return
    offered = " or ".join(_rate_text(rate) for rate in capabilities.rates)
    yield _refused(
        f"{capabilities.name} cannot make {_rate_text(request.rate)} pictures a second.",
        f"Use {offered}.",
    )


def _rate_text(rate: Fraction) -> str:
    return str(rate) if rate.denominator == 1 else f"{float(rate):.3f}"


def _check_frames(request: ShotRequest, capabilities: Capabilities) -> Iterator[Finding]:
    legal, lengths = capabilities.frames, capabilities.lengths
    if not request.shots:
        yield _refused("The request has no shot.", "Add at least one.")
        return
    if len(request.shots) > capabilities.max_shots:
        yield _refused(
            f"{len(request.shots)} shots were asked for; {capabilities.name} makes at most "
            f"{capabilities.max_shots} in one go.",
            "Render them apart.",
        )
    for number, shot in enumerate(request.shots, start=1):
        if shot.frames not in lengths:
            which = "The shot" if len(request.shots) == 1 else f"Shot {number}"
            near = nearest_frames(shot.frames, legal if shot.frames < legal[-1] else lengths)
            offered = " or ".join(map(str, near))
            yield _refused(
                f"{which} cannot be {_plural(shot.frames, 'picture')} long.", f"Use {offered}."
            )
    most = capabilities.max_frames or legal[-1]
    if len(request.shots) > 1 and request.frames > most:
        yield _refused(
            f"The shots are {request.frames} pictures long together; at most {most} fit.",
            "Shorten them or render them apart.",
        )


def _check_numbers(request: ShotRequest, capabilities: Capabilities) -> Iterator[Finding]:
    most = capabilities.max_variations
    if not 1 <= request.variations <= most:
        yield _refused(f"{_plural(request.variations, 'take')} at once cannot be made.",
                       f"Ask for 1 to {most}.")  # fmt: skip
    if not 0 <= request.seed <= MAX_SEED - max(0, request.variations):
        yield _refused(
            f"A seed of {request.seed} is not possible.", f"Use a number from 0 to {MAX_SEED}."
        )
    steps = request.quality.steps
    if steps is not None and not 1 <= steps <= MAX_STEPS:
        yield _refused(f"{_plural(steps, 'step')} cannot be run.", f"Use 1 to {MAX_STEPS}.")
    sampler = request.quality.sampler
    if sampler is not None and sampler not in capabilities.samplers:
        yield _refused(
            f"{capabilities.name} does not step by {sampler}.",
            f"Use {' or '.join(capabilities.samplers)}."
            if capabilities.samplers
            else "Leave it to the model.",
        )
    guidance = request.guidance
    if guidance is not None and not (math.isfinite(guidance) and 0 <= guidance <= 100):
        yield _refused(
            f"A guidance of {guidance:g} is not possible.", "Use a number from 0 to 100."
        )


def _check_text(request: ShotRequest, capabilities: Capabilities) -> Iterator[Finding]:
    text = whole_text(request)
    length = len(text) + len(whole_unwanted_text(request))
    if length > MAX_TEXT_CHARACTERS:
        yield _refused(
            f"The prompt has {length} characters; at most {MAX_TEXT_CHARACTERS} are read.",
            "Shorten it.",
        )
    if not isinstance(request.task, Generate):
        return
    words = {word.casefold() for word in re.findall(r"\w+", text)}
    if not words and not request.references:
        yield _refused("The prompt is empty.", "Say what is to be seen and heard.")
    known = {part.casefold() for word in capabilities.words for part in re.findall(r"\w+", word)}
    if words and known and not words & known:
        some = ", ".join(group.words[0] for group in capabilities.vocabulary if group.words)
        yield _refused(
            f"{capabilities.name} knows none of the words of the prompt.",
            f"Write it in English with words such as {some}.",
        )


def _check_tags(request: ShotRequest, capabilities: Capabilities) -> Iterator[Finding]:
    try:
        packing = pack_references(request.references, capabilities.roles, left_out(request))
        compile_text(request, packing)
        compile_tags(whole_unwanted_text(request), packing)
    except RequestError as error:
        yield _refused(str(error))
        return
    for tag in unused_tags([whole_text(request)], packing):
        yield Finding(
            level="warning",
            sentence=f"@{tag} is sent with the shot, but the prompt does not name it.",
            remedy=f"Write @{tag} where it should be seen or heard.",
        )


def _check_task(request: ShotRequest, capabilities: Capabilities) -> Iterator[Finding]:
    mode = mode_of(request.task)
    if mode not in capabilities.modes:
        yield _refused(f"{capabilities.name} cannot {mode}.", f"It can {_listed(capabilities)}.")
        return
    match request.task:
        case Edit() as edit:
            yield from _check_edit(edit, request.frames)
            yield from _check_source(edit)
        case Extend() as extend:
            yield from _check_source(extend)
        case Upgrade() as upgrade:
            yield from _check_upgrade(request, upgrade, capabilities)
        case Generate():
            pass


def _check_edit(edit: Edit, frames: int) -> Iterator[Finding]:
    for name, strength in (("picture", edit.picture_strength), ("sound", edit.sound_strength)):
        if not 0 <= strength <= 1:
            yield _refused(f"A strength of {strength} for the {name} is not possible.",
                           "Use 0 to 1.")  # fmt: skip
    if not edit.instruction.strip():
        yield _refused("The edit says nothing.", "Write what should change.")
    if edit.in_s < 0:
        yield _refused(f"The part that is taken begins {float(-edit.in_s):g} s before its source.",
                       "Begin it at 0 s or later.")  # fmt: skip
    end = frames if edit.end_frame is None else edit.end_frame
    if not 0 <= edit.start_frame < min(end, frames):
        yield _refused(f"Nothing of the {frames} pictures lies from picture {edit.start_frame} to "
                       f"{end}.", "Begin the span within them, and let it end later.")  # fmt: skip
    if edit.keep_picture and edit.keep_sound:
        yield Finding(
            level="warning",
            sentence="Picture and sound are both kept, so nothing will change.",
            remedy="Let one of them change.",
        )
    if edit.mask is not None and not Path(edit.mask).is_file():
        yield _refused(f"The mask {edit.mask} is not there.", "Paint it again.")


def _check_upgrade(
    request: ShotRequest, upgrade: Upgrade, capabilities: Capabilities
) -> Iterator[Finding]:
    """What is wrong with an upgrade, or with what it repeats: files may be gone by now."""
    if request.quality.mode != "full":
        yield _refused("An upgrade is made in full quality.", "Ask for Full.")
    if not (Path(upgrade.source) / "recipe.json").is_file():
        yield _refused(f"There is no take in {upgrade.source}.", "Choose a finished Fast take.")
        return
    try:
        again = repeated(request)
    except EngineError as error:
        yield _refused(str(error))
        return
    yield from preflight_request(again, capabilities)


def _check_source(task: Edit | Extend) -> Iterator[Finding]:
    source = Path(task.source)
    if not source.exists():
        sentence, remedy = f"{source} is not there.", "Choose another take or file, or relink it."
        yield Finding(level="refused", sentence=sentence, remedy=remedy, about="file")
    elif source.is_dir() and not picture_of(source).is_file():
        yield _refused(f"The take in {source} has no picture.", "Decode it again.")
    elif isinstance(task, Edit):
        yield from _check_pictures(picture_of(source), float(task.in_s))
        if task.mask is not None and Path(task.mask).is_file():
            yield from _check_pictures(Path(task.mask))
    elif isinstance(task, Extend):
        yield from _check_pictures(picture_of(source))


def _check_pictures(file: Path, begin_s: float = 0.0) -> Iterator[Finding]:
    """What keeps pictures of a file from being read from ``begin_s`` on."""
    try:
        info = probe(file)
    except MediaError as error:
        sentence, remedy = f"{file.name} cannot be used. {error}", "Choose another file."
        yield Finding(level="refused", sentence=sentence, remedy=remedy, about="file")
        return
    if info.kind == "audio":
        yield _refused(f"{file.name} has no picture.", "Choose a file that has.")
    elif info.duration_s and begin_s >= info.duration_s:
        yield _refused(
            f"{file.name} lasts {info.duration_s:.2f} s, but its part begins at {begin_s:g} s.",
            "Choose the part again.",
        )


def _listed(capabilities: Capabilities) -> str:
    return ", ".join(capabilities.modes)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
