"""Sequences: a film of several shots, from a script or from a premise."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.chains import (
    keep_record,
    piece_of,
    render_into,
    takes_folder,
    tell_flags,
    write_joined,
)
from engine.commands.console import Meter, output, say
from engine.commands.films import (
    check,
    film_arguments,
    open_backend,
    quality_of,
    seed_argument,
)
from engine.commands.references import reference_arguments, references_of
from engine.errors import RequestError

if TYPE_CHECKING:
    from engine.api import Backend, Capabilities, Reference, ShotPlan, ShotRequest, Take
    from engine.conditioning.shot_plans import Script

HELP = "make a film of several shots from a script or a premise"
_CONTEXT_SEED = 101


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    told = parser.add_mutually_exclusive_group(required=True)
    told.add_argument(
        "--script", type=Path, metavar="FILE", help="lines: seconds | camera | what | without"
    )
    told.add_argument("--premise", metavar="TEXT", help="a paragraph, planned into shots")
    parser.add_argument("--shots", type=int, help="how many shots a premise gets")
    reference_arguments(parser)
    parser.add_argument(
        "--memory",
        choices=("auto", "on", "off"),
        default="auto",
        help="show earlier takes of a subject to later shots; auto where the weights learned it",
    )
    seed_argument(parser)
    film_arguments(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Make the film and its shots.

    Raises:
        EngineError: if it cannot be made.
    """
    began_s = time.monotonic()
    output(args.out, ".mp4")
    if args.shots is not None and args.premise is None:
        raise RequestError("A script says its own shots: leave out --shots, or give a --premise.")
    backend = open_backend(args)
    can = backend.capabilities()
    script = _script(args, can)
    contexts = in_contexts(script.shots, can)
    say(f"Shots: {len(script.shots)}. Contexts that they are made in: {len(contexts)}.")
    for index, shot in enumerate(script.shots, 1):
        say(f"  {index}. {float(shot.frames / can.rates[0]):.2f} s  {_line(shot)}")
    takes = _rendered(args, backend, script, contexts)
    flags = tell_flags(takes, "Shot")
    size, rate = (takes[0].width, takes[0].height), can.rates[0]
    total = write_joined([piece_of(take) for take in takes], args.out, size, rate)
    singles = _singles(takes, args.out)
    folder = takes_folder(args.out)
    keep_record(args.out, {"takes": [str(Path(take.folder).relative_to(folder)) for take in takes]})
    cuts = [sum(take.frames for take in takes[:index]) for index in range(1, len(takes))]
    spent_s = time.monotonic() - began_s
    say(f"{args.out} is made: {len(takes)} shots, {total} pictures, {spent_s:.1f} s.")
    return {
        "out": str(args.out),
        "shots": [
            {
                "caption": shot.caption,
                "without": shot.negative_prompt,
                "frames": shot.frames,
                "camera": vars(shot.camera),
            }
            for shot in script.shots
        ],
        "files": [str(path) for path in singles],
        "cuts": cuts,
        "frames": total,
        "seconds": float(total / rate),
        "contexts": [len(one) for one in contexts],
        "flags": flags,
        "wall_s": round(spent_s, 3),
    }


def in_contexts(shots: tuple[ShotPlan, ...], can: Capabilities) -> list[tuple[ShotPlan, ...]]:
    """Shots that are denoised together: as many as the model takes at once, evenly."""
    most_frames = can.max_frames or can.frames[-1]
    contexts: list[list[ShotPlan]] = []
    for shot in shots:
        last = contexts[-1] if contexts else []
        fits = len(last) < can.max_shots and sum(s.frames for s in last) + shot.frames
        if contexts and fits and fits <= most_frames:
            last.append(shot)
        else:
            contexts.append([shot])
    return [tuple(one) for one in contexts]


def _script(args: argparse.Namespace, can: Capabilities) -> Script:
    from engine.conditioning.shot_plans import plan_premise, read_script

    if args.premise is not None:
        return plan_premise(args.premise, can, shots=args.shots)
    try:
        text = args.script.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestError(f"{args.script} is no script: it is not text in UTF-8.") from error
    except OSError as error:
        raise RequestError(
            f"The script {args.script} cannot be read: {error.strerror or error}."
        ) from error
    return read_script(text, can)


def _rendered(
    args: argparse.Namespace,
    backend: Backend,
    script: Script,
    contexts: list[tuple[ShotPlan, ...]],
) -> list[Take]:
    takes: list[Take] = []
    told: list[str] = []
    own = _own(args, script)
    can = backend.capabilities()
    remembers = args.memory == "on" or (args.memory == "auto" and "sequence" not in can.untrained)
    for index, shots in enumerate(contexts):
        before = script.shots[: len(takes)]
        memory = _memory(before, takes, shots, can) if remembers else ()
        request = _request(args, can, script, shots, index)
        ends = {"first_frame": index > 0, "last_frame": index < len(contexts) - 1}
        shown = tuple(one for one in own if not ends.get(one.role))
        room = can.max_images - sum(one.kind == "image" for one in shown)
        request = replace(request, references=(*shown, *memory[: max(0, room)]))
        told += check(backend, request, told)
        meter = Meter(f"context {index + 1} of {len(contexts)}, steps")
        try:
            folder = takes_folder(args.out) / f"{index + 1:03d}"
            takes += render_into(backend, request, folder, meter)
        finally:
            meter.close()
    return takes


def _own(args: argparse.Namespace, script: Script) -> tuple[Reference, ...]:
    """The director's own references, with the tags that the words name them by."""
    words = (args.premise or "", script.common, *(shot.caption for shot in script.shots))
    own = references_of(args, "\n".join(words))
    if any(one.role == "soundtrack" for one in own):
        raise RequestError(
            "A sequence makes the sound of its shots and takes no soundtrack; give it as music."
        )
    return own


def _request(
    args: argparse.Namespace,
    can: Capabilities,
    script: Script,
    shots: tuple[ShotPlan, ...],
    index: int,
) -> ShotRequest:
    from engine.api import ShotRequest

    return ShotRequest(
        prompt=script.common,
        negative_prompt=", ".join(one for one in (script.unwanted, args.negative) if one),
        shots=shots,
        width=can.sizes[0].width,
        height=can.sizes[0].height,
        rate=can.rates[0],
        seed=args.seed + _CONTEXT_SEED * index,
        quality=quality_of(args),
        guidance=args.guidance,
    )


def _memory(
    before: tuple[ShotPlan, ...], takes: list[Take], shots: tuple[ShotPlan, ...], can: Capabilities
) -> tuple[Reference, ...]:
    """The newest earlier take of every subject that ``shots`` show again."""
    from engine.api import Reference
    from engine.conditioning.shot_plans import subjects_in

    wanted = {name for shot in shots for name in subjects_in(shot.caption, can)}
    memory: list[Reference] = []
    for name in sorted(wanted):
        shown = [
            take
            for shot, take in zip(before, takes, strict=True)
            if name in subjects_in(shot.caption, can)
        ]
        if shown:
            middle_s = float(shown[-1].frames / shown[-1].rate) / 2
            picture = str(shown[-1].picture.resolve())
            memory.append(Reference(kind="image", role="subject", source=picture, in_s=middle_s))
    return tuple(memory)


def _singles(takes: list[Take], out: Path) -> list[Path]:
    """Every shot as a film of its own beside the sequence."""
    from engine.media import iterate_pictures, read_sound, write_film

    paths = []
    for index, take in enumerate(takes, 1):
        path = out.with_name(f"{out.stem}-{index:02d}{out.suffix}")
        sound = read_sound(take.sound, rate_hz=take.sample_rate_hz)
        write_film(
            path, iterate_pictures(take.picture), take.rate, sound,
            sample_rate_hz=take.sample_rate_hz,
        )  # fmt: skip
        paths.append(path)
    return paths


def _line(shot: ShotPlan) -> str:
    from engine.conditioning.shots import camera_words

    camera = camera_words(shot.camera)
    return f"[{camera}] {shot.caption}" if camera else shot.caption
