"""Makes EXAMPLES.md again: every example's command, run with the weights of assets/weights.

    .venv/bin/python packaging/examples.py [--only NAME ...] [--keep DIR]

Some minutes on two idle cores. Pictures go to assets/examples; what is measured (seconds, memory,
hashes) goes onto the page beside its command. Without ``--only`` the page is written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count, islice
from pathlib import Path

import cv2
import numpy as np

from engine.media import probe, read_pictures, write_film, write_wav
from engine.shapes import SAMPLE_RATE_HZ, ClipShape
from engine.world.clips import make_clips, subject_picture
from engine.world.sampler import sample_scene
from engine.world.seeds import held_out_seed

ROOT = Path(__file__).parents[1]
SHAPE = ClipShape(width=128, height=72, frames=25)
PICTURES, ACROSS_PX = 6, 176
_SUBJECTS = ("ball", "drum", "box")


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a command came to: its line, seconds, and the most memory it held."""

    line: str
    seconds: float
    peak_mb: float
    code: int = 0


@dataclass(kw_only=True)
class Example:
    """A part of the page.

    Attributes:
        say: what it shows, above the commands.
        strip: films whose pictures stand under it, a row each.
        after: what was measured.
    """

    title: str
    say: str
    ran: list[Ran] = field(default_factory=list)
    strip: list[Path] = field(default_factory=list)
    after: str = ""


def references(work: Path) -> Example:
    """Nine pictures, three clips and three tracks in one request."""
    words = ["generate", "--prompt", "A red @ball rolls past a blue @drum and a @box in the park"]
    roles = ("environment", "style", "subject", "subject", "last_frame", "style")
    for name in _SUBJECTS:
        words += ["--image", f"{name}.png"]
    for index, role in enumerate(roles):
        words += ["--image", f"picture{index}.png:{role}"]
    for index, role in enumerate(("motion", "camera:0.8", "subject")):
        words += ["--video", f"clip{index}.mp4:{role}"]
    for index, role in enumerate(("voice", "music", "music:0.5")):
        words += ["--audio", f"track{index}.wav:{role}"]
    made = engine(work, *words, "--out", "references.mp4")
    return Example(
        title="Fifteen references",
        say="Nine pictures, three clips and three tracks; roles that the weights did not learn "
        "are taken and named before they are used.",
        ran=[made],
        strip=[work / "references.mp4"],
    )


def region(work: Path) -> Example:
    """A painted region of imported footage."""
    mask = np.zeros((72, 128), np.uint8)
    mask[:32] = 255
    cv2.imwrite(str(work / "sky.png"), mask)
    words = ["edit", "--source", "footage.mov", "--instruction", "make it night"]
    words += ["--mask", "sky.png", "--strength", 0.9, "--keep", "sound", "--out", "region.mp4"]
    made = engine(work, *words)
    before, after = (read_pictures(work / name) for name in ("footage.mov", "region.mp4"))
    below = np.abs(before[:, 64:].astype(int) - after[: len(before), 64:]).max()
    return Example(
        title="A painted region of imported footage",
        say="Above the footage, below the edit: only the upper part was painted. What is kept is "
        "pasted from the source, faded over as far as the decoder reaches.",
        ran=[made],
        strip=[work / "footage.mov", work / "region.mp4"],
        after=f"In the lowest rows no value is further from the footage than {below} of 255 "
        "(the film's own compression).",
    )


def sound_alone(work: Path) -> Example:
    """The sound of a take made again, its picture kept."""
    first = engine(
        work, "generate", "--prompt", "A red rubber ball bounces in the kitchen by day",
        "--seed", 3, "--out", "bounce.mp4",
    )  # fmt: skip
    words = ["edit", "--source", "bounce.mp4", "--instruction", "a metal ball"]
    again = engine(work, *words, "--keep", "picture", "--sound-strength", 1, "--out", "metal.mp4")
    one, two = (
        read_pictures(work / name / "picture.mkv") for name in ("bounce.take", "metal.take")
    )
    return Example(
        title="The sound alone",
        say="A retake of the sound under a picture that stays what it is.",
        ran=[first, again],
        strip=[work / "metal.mp4"],
        after=f"The two takes' pictures are {_same(np.array_equal(one, two))}, bit for bit.",
    )


def sequence(work: Path) -> Example:
    """A premise in eight shots."""
    premise = (
        "A red ball rolls in the park. It hits a blue drum. The drum falls. "
        "At night the ball bounces in the kitchen."
    )
    words = ["sequence", "--premise", premise, "--shots", 8, "--out", "sequence.mp4"]
    made = engine(work, *words, "--json", "sequence.json")
    told = json.loads((work / "sequence.json").read_text())
    return Example(
        title="Eight shots from a premise",
        say="Planned into sizes, moves and sides by rules, rendered four shots at a time; every "
        "shot is a take of its own beside the film.",
        ran=[made],
        strip=[work / "sequence.mp4"],
        after=f"{told.get('frames', '?')} pictures in all.",
    )


def extension(work: Path) -> Example:
    """A film gone on with for a minute, its memory beside that of six seconds."""
    engine(
        work, "generate", "--prompt", "A green ball rolls on the beach by day",
        "--out", "beach.mp4",
    )  # fmt: skip
    short = engine(work, "extend", "--source", "beach.mp4", "--seconds", 6, "--out", "six.mp4")
    made = engine(work, "extend", "--source", "beach.mp4", "--seconds", 60, "--out", "minute.mp4")
    length = probe(work / "minute.mp4").duration_s
    return Example(
        title="Sixty seconds more",
        say="Window by window from the latents of the one before. Memory does not grow with the "
        "length. The weights learned little of going on from other latents: what they draw "
        "pales, until the grid of their tokens shows, and bodies become more.",
        ran=[short, made],
        strip=[work / "minute.mp4"],
        after=f"{length:.1f} s long.",
    )


def interrupted(work: Path) -> Example:
    """An extension killed on its way and run again."""
    words = ["extend", "--source", "beach.mp4", "--seconds", 4]
    if not (work / "beach.mp4").is_file():
        engine(work, "generate", "--prompt", "A green ball rolls on the beach by day",
               "--out", "beach.mp4")  # fmt: skip
    whole = engine(work, *words, "--out", "whole.mp4")
    stopped = engine(work, *words, "--out", "stopped.mp4", kill_after_take=True)
    again = engine(work, *words, "--out", "stopped.mp4")
    same = _same(_hash(work / "whole.mp4") == _hash(work / "stopped.mp4"))
    return Example(
        title="Killed and gone on with",
        say="The second command is killed (SIGKILL) amid a window; the third is the same again.",
        ran=[whole, stopped, again],
        after=f"The film is {same} as the one that nobody stopped, byte for byte.",
    )


def full_size(work: Path) -> Example:
    """One shot in Fast and in Full."""
    words = ["generate", "--prompt", "A yellow ball bounces in the park by day", "--seed", 5]
    fast = engine(work, *words, "--out", "fast.mp4")
    full = engine(work, *words, "--quality", "full", "--out", "full.mp4")
    info = probe(work / "full.mp4")
    return Example(
        title="Fast and Full",
        say="From the same noise: 8 steps, and 50 that end with the upsampler where the weights "
        "have one.",
        ran=[fast, full],
        strip=[work / "fast.mp4", work / "full.mp4"],
        after=f"Full is {info.width}x{info.height}.",
    )


def one_pass(work: Path) -> Example:
    """Fifteen seconds denoised in one window."""
    made = engine(
        work, "generate", "--prompt", "A red ball bounces in the park by day", "--seed", 2,
        "--seconds", 15, "--out", "one-pass.mp4",
    )  # fmt: skip
    return Example(
        title="Fifteen seconds in one pass",
        say="181 pictures in one window. The weights learned two seconds, which is said before, as "
        "is what memory it wants where less is free: this shows that it runs and what it takes, "
        "not that it is good.",
        ran=[made],
        strip=[work / "one-pass.mp4"],
    )


EXAMPLES: dict[str, Callable[[Path], Example]] = {
    "full": full_size,
    "references": references,
    "region": region,
    "sound": sound_alone,
    "sequence": sequence,
    "extension": extension,
    "interrupted": interrupted,
    "one-pass": one_pass,
}


def engine(work: Path, *words: object, kill_after_take: bool = False) -> Ran:
    """Run a command of the engine in ``work``.

    Raises:
        RuntimeError: if it fails without having been killed.
    """
    plain = [str(word) for word in words]
    command = [sys.executable, "-m", "engine", *plain]
    return run(work, command, "python -m engine " + shlex.join(plain), kill_after_take)


def run(work: Path, command: list[str], shown: str, kill_after_take: bool = False) -> Ran:
    """Run ``command``, its output in a file beside; kill it once a take is there, if asked."""
    say(shown)
    began = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (work / "told.txt").open("ab") as told:
        child = subprocess.Popen(  # noqa: S603
            command, cwd=work, env=environment, stdout=told, stderr=subprocess.STDOUT
        )
        if kill_after_take:
            _await_step(work / "stopped.takes", child)
            child.kill()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode and not kill_after_take:
        raise RuntimeError(f"{shown} failed; see {work / 'told.txt'}.")
    seconds = time.monotonic() - began
    return Ran(line=shown, seconds=seconds, peak_mb=usage.ru_maxrss / 1000, code=child.returncode)


def _await_step(folder: Path, child: subprocess.Popen[bytes]) -> None:
    """Wait until the second window has saved a step."""
    while child.poll() is None and not list((folder / "002").glob("checkpoint*")):
        time.sleep(0.005)


def inputs(work: Path) -> None:
    """The files that the examples are made from, drawn by the world."""
    many = (sample_scene(held_out_seed(900 + index), 1) for index in count())
    scenes = list(islice((scene for scene in many if scene.light == "day"), 6))
    clips = make_clips(scenes, SHAPE)
    for index in range(6):
        video, sound = clips.video[index].numpy(), clips.audio[index].numpy()
        _write(work / f"picture{index}.png", video[12])
        if index < len(_SUBJECTS):
            picture = subject_picture(scenes[index], 0, 128, 128, index)
            _write(work / f"{_SUBJECTS[index]}.png", picture)
            write_film(work / f"clip{index}.mp4", video, Fraction(12))
            write_wav(work / f"track{index}.wav", sound, SAMPLE_RATE_HZ)
    write_film(work / "footage.mov", clips.video[4].numpy(), Fraction(12), clips.audio[4].numpy())


def strip(films: list[Path], target: Path) -> None:
    """Six pictures of every film in a row, the rows under one another."""
    rows = []
    for film in films:
        pictures = read_pictures(film)
        chosen = np.linspace(0, len(pictures) - 1, PICTURES).round().astype(int)
        high = round(ACROSS_PX * pictures.shape[1] / pictures.shape[2])
        shown = [
            cv2.resize(pictures[at], (ACROSS_PX, high), interpolation=cv2.INTER_CUBIC)
            for at in chosen
        ]
        gap = np.full((high, 4, 3), 255, np.uint8)
        rows += [np.concatenate([part for one in shown for part in (gap, one)][1:], axis=1)]
        rows += [np.full((4, rows[-1].shape[1], 3), 255, np.uint8)]
    target.parent.mkdir(parents=True, exist_ok=True)
    picture = np.concatenate(rows[:-1])[..., ::-1]
    cv2.imwrite(str(target), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])


def page(examples: dict[str, Example]) -> str:
    """EXAMPLES.md."""
    parts = [
        "# Examples\n\nEvery command with what came out of it, with the weights of this folder. "
        "Seconds and memory are of the machine that made the page, which did other work as well. "
        "`packaging/examples.py` makes it again.\n"
    ]
    for name, example in examples.items():
        lines = "\n".join(f"    {one.line}" for one in example.ran)
        told = "; ".join(_told(one) for one in example.ran)
        parts.append(f"## {example.title}\n\n{example.say}\n\n{lines}\n\n{told}. {example.after}\n")
        if example.strip:
            parts.append(f"![{example.title}](assets/examples/{name}.jpg)\n")
    return "\n".join(parts)


def _told(one: Ran) -> str:
    ending = "killed after " if one.code else ""
    return f"{ending}{one.seconds:.0f} s, at most {one.peak_mb:.0f} MB"


def main() -> None:
    """Make what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=EXAMPLES, metavar="NAME")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work here and leave it")
    asked = parser.parse_args()
    work = (asked.keep or Path(tempfile.mkdtemp(prefix="dailies-examples-"))).resolve()
    work.mkdir(parents=True, exist_ok=True)
    inputs(work)
    made: dict[str, Example] = {}
    for name in asked.only or EXAMPLES:
        made[name] = EXAMPLES[name](work)
        if made[name].strip:
            strip(made[name].strip, ROOT / "assets" / "examples" / f"{name}.jpg")
        say("; ".join(map(_told, made[name].ran)) + f". {made[name].after}")
    if asked.only is None:
        (ROOT / "EXAMPLES.md").write_text(page(made), encoding="utf-8")
    if asked.keep is None:
        shutil.rmtree(work)


def say(line: str) -> None:
    """Tell whoever waits."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _same(alike: bool) -> str:
    return "the same" if alike else "NOT the same"


def _write(path: Path, picture: np.ndarray) -> None:
    cv2.imwrite(str(path), picture[..., ::-1])


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
