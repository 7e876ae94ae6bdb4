"""The director's own blind verdicts as pairs, from a file of JSON lines.

Every line is one comparison::

    {"version": 1, "axis": "motion_quality", "verdict": "a", "prompt": "A red ball drops.",
     "a": "takes/0001", "b": "takes/0002"}

``axis`` is one of ``HEADS``, ``verdict`` is ``a``, ``b`` or ``tie``, ``a`` and ``b`` are takes'
folders or latents' files, absolute or from the file's own folder. ``prompt`` may be left out where
``a`` is a take, whose recipe has it. Other keys are allowed and not read. Takes of another size or
of other codecs, or that lie no more where they lay, are no pair to learn from: their lines are left
out, and it is said how many.

Shape letters: C latent channels, L video latent frames, h w latent picture, A audio latents.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

from torch import Tensor

from engine.checkpoint import load_tensors
from engine.data.latents import TEXT_TOKENS
from engine.errors import RequestError, WeightsError
from engine.models.reward_model import HEADS
from engine.models.text_encoder import TextEncoder
from engine.training.preferences import Clip, KeptPairs, Outcome, Pair
from engine.training.telling import say

VERSION = 1
LATENTS = "latents.safetensors"
HELD_OUT_SHARE = 5
_OUTCOMES: dict[str, Outcome] = {"a": "first", "tie": "tie", "b": "second"}


def read_verdicts(
    path: Path, text: TextEncoder, channels: tuple[int, int], size: tuple[int, int, int]
) -> KeptPairs:
    """The verdicts in ``path``; about a fifth, chosen by the takes' names, is held out.

    Args:
        path: of the file.
        text: that reads the prompts.
        channels: of picture and sound that latents must have.
        size: (L, h, w) of the clips that the model learns from; others cannot share a batch.

    Raises:
        RequestError: naming the first line that is wrong, and what it should be; or if none can be
            learned from.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"The verdicts in {path} cannot be read: {error}.") from error
    pairs: list[Pair] = []
    held_out: list[Pair] = []
    left_out: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = _checked(line)
            pair = _pair(row, path.parent, text)
            _check_size(pair, channels, size)
        except _UnfitError as error:
            left_out.append(f"line {number}: {error}")
            continue
        except (RequestError, WeightsError) as error:
            raise RequestError(f"{path.name}, line {number}: {error}") from error
        # By the first take, so that a take is never on both sides.
        aside = zlib.crc32(str(row["a"]).encode()) % HELD_OUT_SHARE == 0
        (held_out if aside else pairs).append(pair)
    _tell(path, len(pairs) + len(held_out), left_out)
    if not pairs:
        pairs, held_out = held_out, []
    return KeptPairs(pairs=pairs, held_out=held_out)


class _UnfitError(RequestError):
    """A verdict in order that nothing can be learned from."""


def _tell(path: Path, kept: int, left_out: list[str]) -> None:
    """Say how many verdicts are left out and why the first of them is.

    Raises:
        RequestError: if none is left.
    """
    if not kept and not left_out:
        raise RequestError(f"{path} holds no verdicts; export some from the studio.")
    if not kept:
        raise RequestError(
            f"None of the {len(left_out)} verdicts in {path.name} can be learned from: "
            f"{left_out[0]}"
        )
    if left_out:
        say(
            f"verdicts: {kept} to learn from; {len(left_out)} left out, the first of them "
            f"{left_out[0]}"
        )


def _checked(line: str) -> dict[str, Any]:
    """The line's values, of the right names and kinds."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RequestError("this is not a line of JSON.") from error
    if not isinstance(row, dict):
        raise RequestError("a verdict is an object with axis, verdict, a and b.")
    if row.get("version") != VERSION:
        raise RequestError(
            f"its version is {row.get('version')!r}, and only version {VERSION} can be read."
        )
    if row.get("axis") not in HEADS:
        raise RequestError(f"{row.get('axis')!r} is not an axis; use one of {', '.join(HEADS)}.")
    verdict = row.get("verdict")
    if not isinstance(verdict, str) or verdict not in _OUTCOMES:
        raise RequestError(f"{verdict!r} is not a verdict; use a, b or tie.")
    for side in ("a", "b"):
        if not isinstance(row.get(side), str) or not row[side]:
            raise RequestError(f"{side!r} must name a take's folder or a file of latents.")
    if row["a"] == row["b"]:
        raise RequestError("a take was compared with itself.")
    return row


def _pair(row: dict[str, Any], folder: Path, text: TextEncoder) -> Pair:
    states, mask = text.batch([_prompt(row, folder)], TEXT_TOKENS)
    outcome = _OUTCOMES[row["verdict"]]
    return Pair(
        first=_clip(folder / row["a"]),
        second=_clip(folder / row["b"]),
        text=states[0].cpu(),
        tokens=int(mask.sum()),
        head=row["axis"],
        outcome=outcome,
        strength=0.0 if outcome == "tie" else 1.0,
        reason="verdict",
    )


def _prompt(row: dict[str, Any], folder: Path) -> str:
    """What was asked for, said in the line or by the recipe of the first take."""
    prompt = row.get("prompt")
    if isinstance(prompt, str) and prompt.strip():
        return prompt
    recipe = folder / row["a"] / "recipe.json"
    try:
        plain = json.loads(recipe.read_text(encoding="utf-8"))
        request = plain["request"]
        shot = request["shots"][plain.get("shot", 0)]
        said = " ".join(part for part in (request.get("prompt"), shot.get("caption")) if part)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise RequestError("it has no prompt, and its first take has no recipe to say it.") from (
            error
        )
    if not said.strip():
        raise RequestError("it has no prompt, and neither has the recipe of its first take.")
    return said


def _clip(place: Path) -> Clip:
    path = place / LATENTS if place.is_dir() else place
    if not path.is_file():
        raise _UnfitError(f"there are no latents at {path}; render the take again.")
    tensors, _ = load_tensors(path)
    if "video" not in tensors or "audio" not in tensors:
        raise RequestError(f"{path} has no latents of picture and sound.")
    return Clip(video=_single(tensors["video"], 4, path), audio=_single(tensors["audio"], 3, path))


def _single(tensor: Tensor, axes: int, path: Path) -> Tensor:
    """One sample's latents, which files may keep as a batch of one."""
    if tensor.ndim == axes + 1 and len(tensor) == 1:
        tensor = tensor[0]
    if tensor.ndim != axes or not tensor.is_floating_point():
        raise RequestError(f"the latents in {path} are of no shape that a clip has.")
    if not bool(tensor.isfinite().all()):
        raise RequestError(f"the latents in {path} are not finite.")
    return tensor.half()


def _check_size(pair: Pair, channels: tuple[int, int], size: tuple[int, int, int]) -> None:
    for clip in (pair.first, pair.second):
        found = (clip.video.shape[0], clip.audio.shape[1])
        if found != channels:
            raise _UnfitError(
                f"its latents have {found[0]} and {found[1]} channels, the model's {channels[0]} "
                f"and {channels[1]}: they are of other codecs."
            )
        if tuple(clip.video.shape[1:]) != size:
            raise _UnfitError(
                f"its clips are {tuple(clip.video.shape[1:])} latents long, high and wide, those "
                f"that the model learns from {size}. Compare takes of that length and size."
            )
