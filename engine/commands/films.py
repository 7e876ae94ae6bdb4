"""Films made through the seam: a request rendered, written as an MP4, its take kept beside it.

The take of ``clip.mp4`` lies in ``clip.take``: its latents are what an edit starts from, as long as
the film is still the one that was written with it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import time
from collections.abc import Collection
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.arguments import number
from engine.commands.console import Meter, output, say, workspace, write_json
from engine.errors import EngineError, RequestError

if TYPE_CHECKING:
    from engine.api import Backend, Quality, ShotRequest, Take
    from engine.backends.backlot import BacklotBackend
    from engine.backends.ltx import LtxBackend

_FILM = "film.json"


def film_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of every command that makes a film."""
    from engine.api import QUALITIES, SAMPLERS

    parser.add_argument(
        "--negative", default="", metavar="TEXT", help="what is not to be seen or heard"
    )
    parser.add_argument(
        "--quality",
        choices=QUALITIES,
        default="fast",
        help="a preview in few steps, or a full render; %(default)s by default",
    )
    parser.add_argument("--steps", type=int, help="how many; the quality's own number by default")
    parser.add_argument(
        "--sampler",
        choices=SAMPLERS,
        help="how a step is taken; the backend's own way by default, heun's takes two passes",
    )
    parser.add_argument(
        "--guidance",
        type=number,
        help="how strongly the words are followed, from 0; as learned by default",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE.mp4", help="the film to write"
    )
    parser.add_argument(
        "--backend",
        choices=("backlot", "ltx"),
        default="backlot",
        help="our own model, or LTX-2 from a folder of weights that you have",
    )
    parser.add_argument(
        "--weights", type=Path, metavar="FOLDER", help="other weights than those delivered"
    )
    parser.add_argument(
        "--accept-licence",
        action="store_true",
        help="accept the licence of LTX-2's weights; without this it is shown",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")


def seed_argument(parser: argparse.ArgumentParser) -> None:
    """The seed, of every command but ``upgrade``, whose is the preview's."""
    parser.add_argument(
        "--seed", type=int, default=0, help="another number, another take; 0 by default"
    )


def open_backend(args: argparse.Namespace) -> BacklotBackend | LtxBackend:
    """The backend that ``args`` ask for; its weights are not yet read.

    Raises:
        EngineError: if its weights are missing, damaged, or under a licence not accepted.
    """
    if args.backend == "ltx":
        return _open_weights(args)
    from engine.backends.backlot import SHIPPED, BacklotBackend

    return BacklotBackend(args.weights or SHIPPED, args.device)


def _open_weights(args: argparse.Namespace) -> LtxBackend:
    from engine.backends.ltx_folder import read_licence

    if args.weights is None:
        raise RequestError("LTX-2 needs a folder of weights; name the one you have by --weights.")
    licence = read_licence(args.weights)
    if not args.accept_licence:
        say(f"{licence.text}\n")
        raise RequestError(
            f"These weights come under {licence.name}, shown above. To accept it, give "
            "--accept-licence."
        )
    from engine.backends.ltx import LtxBackend

    return LtxBackend(args.weights, args.device)


def quality_of(args: argparse.Namespace) -> Quality:
    """Quality, steps and sampler of ``args``."""
    from engine.api import Quality

    return Quality(mode=args.quality, steps=args.steps, sampler=args.sampler)


def take_folder(film: Path) -> Path:
    """Where the take of ``film`` lies."""
    return film.with_suffix(".take")


def source_of(film: Path) -> Path:
    """The take that ``film`` was written from, where it is still that film; else the file."""
    from engine.checkpoint import sha256

    folder = take_folder(film)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads((folder / _FILM).read_text(encoding="utf-8"))
        if told["sha256"] == sha256(film):
            return folder
    return film


def nearest_length(
    seconds: float, rate: Fraction, legal: tuple[int, ...], longer: tuple[int, ...] = ()
) -> int:
    """The legal number of pictures within half a latent of ``seconds``.

    ``longer`` are those that the weights make as well but were not trained on.

    Raises:
        RequestError: offering the legal lengths, if there is none.
    """
    if seconds <= 0:
        raise RequestError(f"A film of {seconds:g} s cannot be made: it must be longer than 0.")
    best = min((*legal, *longer), key=lambda frames: abs(frames / rate - seconds))
    if math.isclose(float(best / rate), seconds, abs_tol=2.5 / float(rate)):
        return best
    offered = ", ".join(f"{float(frames / rate):.2f}" for frames in legal)
    most = f", or up to {float(longer[-1] / rate):.2f} s with less to expect" if longer else ""
    raise RequestError(f"{seconds:g} s cannot be made; use one of {offered} s{most}.")


def make_film(backend: Backend, request: ShotRequest, out: Path) -> dict[str, Any]:
    """Render ``request`` and write its film to ``out``, with its take beside it.

    Raises:
        EngineError: if it cannot be rendered or written.
    """
    began_s = time.monotonic()
    output(out, ".mp4")
    warnings = check(backend, request)
    with workspace(out) as folder:
        meter = Meter("rendering, steps")
        try:
            take = rendered(backend, request, folder, meter)
        finally:
            meter.close()
        _write(take, out)
    for flag in take.flags:
        say(flag.sentence)
    spent_s = time.monotonic() - began_s
    say(f"{out} is made: {take.frames} pictures, {spent_s:.1f} s.")
    return {
        "out": str(out),
        "take": str(take_folder(out)),
        "text": backend.compile(request).text,
        "width": take.width,
        "height": take.height,
        "frames": take.frames,
        "rate": str(take.rate),
        "seconds": float(take.frames / take.rate),
        "seed": request.seed,
        "quality": request.quality.mode,
        "steps": take.recipe.steps,
        "sampler": take.recipe.sampler,
        "weights": take.recipe.weights,
        "device": take.recipe.device,
        "threads": take.recipe.threads,
        "warnings": warnings,
        "flags": [flag.name for flag in take.flags],
        "wall_s": round(spent_s, 3),
    }


def check(backend: Backend, request: ShotRequest, told: Collection[str] = ()) -> list[str]:
    """Refuse what cannot be rendered; say and return the warnings that were not ``told`` before.

    Raises:
        RequestError: with the sentence of the first refusal.
    """
    findings = backend.preflight(request)
    for finding in findings:
        if finding.level == "refused":
            raise RequestError(f"{finding.sentence} {finding.remedy}".strip())
    sentences = [f"{finding.sentence} {finding.remedy}".strip() for finding in findings]
    fresh = [sentence for sentence in dict.fromkeys(sentences) if sentence not in told]
    for sentence in fresh:
        say(sentence)
    return fresh


def rendered(
    backend: Backend, request: ShotRequest, folder: Path, meter: Meter | None = None
) -> Take:
    """The first take of ``request``, made in ``folder``.

    Raises:
        EngineError: if it cannot be rendered.
    """
    from engine.api import Control, Failed, Finished, Progress

    for event in backend.render(request, Control(folder)):
        match event:
            case Progress(step=step, of=of, eta_s=left_s) if meter is not None:
                meter.show(step, of, left_s)
            case Finished(takes=takes):
                return takes[0]
            case Failed(sentence=sentence):
                raise EngineError(sentence)
            case _:
                pass
    raise EngineError("The render ended without a take.")


def _write(take: Take, out: Path) -> None:
    from engine.checkpoint import sha256
    from engine.media import read_pictures, read_sound, write_film

    pictures = read_pictures(take.picture)
    sound = read_sound(take.sound, rate_hz=take.sample_rate_hz)
    kept, made = take_folder(out), Path(take.folder)
    film = made.with_name(f"film{out.suffix}")
    write_film(film, pictures, take.rate, sound, sample_rate_hz=take.sample_rate_hz)
    write_json(made / _FILM, {"film": out.name, "sha256": sha256(film)})
    try:
        # The film's hash in the take tells whether both belong together, so the order is free.
        if kept.exists():
            kept.replace(made.with_name("earlier"))
        made.replace(kept)
        film.replace(out)
    except OSError as error:
        raise EngineError(f"{out} was not written: {error.strerror or error}.") from error
