"""Clips of a folder, whoever made them: films and takes, brought to what is measured.

Pictures are taken at 128x72 and 12 a second, whatever their size, rate or how evenly they come, and
sound at 24 kHz on two sides. ``prompt`` rows hold what is read in the pictures against the names in
the clip's own words: those of a take's recipe, or of a ``caption`` in a JSON file beside a film.
``sync`` and ``stereo`` hold onsets against the contacts seen, ``sound`` tells faults. What a clip
lacks is said in a sentence, and the rest goes on. Detectors: the reader, whose errors stand in
``score world``. Chance: the pictures with the next clip's sound, and against the next clip's words.

Shape letters: T pictures, S samples.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from engine.api import Recipe
from engine.errors import EngineError
from engine.media import probe, read_pictures, read_sound
from engine.metrics.claims.rows import UNFIT, Found, correlation, mean, median, scores_of
from engine.metrics.clip_sections import SHOWN
from engine.metrics.evidence import HALF_SURE, SHAPE, spaced
from engine.metrics.looks import BODY_NAMES
from engine.metrics.matching import match, pairs
from engine.metrics.onsets import Heard, hear
from engine.metrics.page import HEARD, SEEN, Section, coloured
from engine.metrics.reader import CLIP_NAMES, Reader, Reading, Seen, read_clips
from engine.metrics.report import Score
from engine.metrics.stereo import REACH_S
from engine.metrics.strips import strip
from engine.plain import from_plain
from engine.shapes import SAMPLE_RATE_HZ, TIME_STRIDE

FILMS = (".mp4", ".mov", ".mkv", ".webm", ".m4v", ".avi")
PICTURE, SOUND, RECIPE = "picture.mkv", "sound.wav", "recipe.json"
SHORTEST_S, LONGEST_S = 1.0, 10.0
_SILENT_DB = -60.0
_ROUNDED = 0.01
# Moves are told by whole sentences, and what happens in too many words to be looked for.
_UNSAID = ("camera", "action")
_PROMPT = {f"prompt.{kind}": mean for kind in (*CLIP_NAMES, *BODY_NAMES) if kind not in _UNSAID}
_HEARD = {
    "sync.f1": mean,
    "sync.offset_ms": median,
    "stereo.correlation": correlation,
    "sound.silent_share": mean,
    "sound.clipped_share": mean,
    "sound.dc_share": mean,
}


@dataclass(frozen=True, kw_only=True)
class Filmed:
    """One clip.

    Attributes:
        video: (T, 72, 128, 3) uint8.
        sound: (2, S) float32; without samples where it has none.
        words: what it was to show; empty where nobody says.
        wordless, mute, silent: why there are no words, no sound, or nothing in it; empty where
            there are.
    """

    name: str
    video: NDArray[np.uint8]
    sound: NDArray[np.float32]
    words: str
    wordless: str = ""
    mute: str = ""
    silent: str = ""

    @property
    def said(self) -> tuple[str, ...]:
        """What is wrong with it, in sentences."""
        return tuple(one for one in (self.mute, self.silent, self.wordless) if one)


def is_film(path: Path) -> bool:
    """Whether a file is a film by its name."""
    return path.suffix.lower() in FILMS and path.is_file()


def clips_in(folder: Path) -> list[Path]:
    """Films and folders of takes in a folder, by name; a film or a take is its own only clip."""
    if is_film(folder) or (folder / PICTURE).is_file():
        return [folder]
    found = [path for path in folder.iterdir() if is_film(path)]
    found += [path.parent for path in folder.glob(f"*/{PICTURE}")]
    return sorted(found)


def open_clip(path: Path) -> Filmed:
    """A clip as it is measured.

    Raises:
        EngineError: if nothing of it can be looked at.
    """
    film = path / PICTURE if path.is_dir() else path
    info = probe(film)
    if info.kind != "video":
        raise EngineError(f"{path.name} has no moving pictures.")
    if info.duration_s < SHORTEST_S:
        length = f"{info.duration_s:.2f} s"
        raise EngineError(f"{path.name} is {length} long; a second or more is looked at.")
    length_s = min(info.duration_s, LONGEST_S)
    frames = max(1, int(length_s * SHAPE.rate + 1e-6))
    video = read_pictures(
        film, width=SHAPE.width, height=SHAPE.height, rate=SHAPE.rate, frames=frames
    )
    # The reader looks at 1 + 4k pictures.
    video = video[: 1 + (len(video) - 1) // TIME_STRIDE * TIME_STRIDE]
    sound, mute = _sound_of(path, len(video))
    silent = ""
    if sound.size and _level_db(sound) < _SILENT_DB:
        silent = f"{path.name} is silent; nothing in it can be in sync."
    words, wordless = _words_of(path, Made(info.width, info.height, info.frames, info.rate))
    return Filmed(
        name=path.name,
        video=video,
        sound=sound,
        words=words,
        wordless=wordless,
        mute=mute,
        silent=silent,
    )


def _sound_of(path: Path, pictures: int) -> tuple[NDArray[np.float32], str]:
    """The sound of so many pictures, or nothing and why there is none to be measured."""
    track = path / SOUND if path.is_dir() else path
    nothing, length_s = np.zeros((2, 0), np.float32), float(pictures / SHAPE.rate)
    if not track.is_file():
        return nothing, f"{path.name} has no sound."
    try:
        if not probe(track).has_audio:
            return nothing, f"{path.name} has no sound."
        sound = read_sound(track, rate_hz=SAMPLE_RATE_HZ, duration_s=length_s)
    except EngineError as error:
        return nothing, f"The sound of {path.name} cannot be read: {error}"
    if not np.isfinite(sound).all():
        return nothing, f"The sound of {path.name} has samples that are no numbers."
    return sound, ""


class Made(NamedTuple):
    """What a recipe and the clip beside it have in common, where they belong together."""

    width: int
    height: int
    frames: int
    rate: Fraction

    def __str__(self) -> str:
        size = f"{self.width}x{self.height}"
        return f"{self.frames} pictures of {size} at {float(self.rate):g} a second"

    def like(self, other: Made) -> bool:
        """Whether both are of one clip; rates in files are rounded."""
        return self[:3] == other[:3] and abs(self.rate / other.rate - 1) < _ROUNDED


def _words_of(path: Path, seen: Made) -> tuple[str, str]:
    """What a clip was to show, or why that is not known."""
    file = path / RECIPE if path.is_dir() else path.with_suffix(".json")
    if not file.is_file():
        return "", f"{path.name} has no words to hold it against."
    try:
        plain = json.loads(file.read_text("utf-8"))
        if not path.is_dir():
            return str(plain["caption"]), ""
        recipe = from_plain(Recipe, plain)
        request, shot = recipe.request, recipe.request.shots[recipe.shot]
    except (OSError, ValueError, KeyError, TypeError, IndexError, EngineError):
        return "", f"{file.name} of {path.name} cannot be read, so its words are not known."
    width, height = (side * recipe.scale for side in (request.width, request.height))
    made = Made(width, height, shot.frames, request.rate)
    if not made.like(seen):
        return "", (
            f"{path.name} has {seen}, and its recipe tells of {made}: it is another clip's, so "
            "its words are not held against it."
        )
    return f"{request.prompt} {shot.caption}", ""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A clip, and what is read and heard in it.

    Attributes:
        sure: surety from which a contact counts.
    """

    clip: Filmed
    reading: Reading
    heard: tuple[Heard, ...]
    sure: float

    @property
    def seen(self) -> list[Seen]:
        """The sure contacts."""
        return [one for one in self.reading.contacts if one.surety >= self.sure]


def look_at(reader: Reader, folder: Path, say: Callable[[str], None]) -> list[Looked]:
    """Every clip of a folder that can be looked at; what is wrong with any is said.

    Raises:
        EngineError: if there is none.
    """
    clips: list[Filmed] = []
    paths = clips_in(folder)
    if not paths:
        raise EngineError(f"There are neither weights nor clips in {folder}.")
    for path in paths:
        try:
            clips.append(open_clip(path))
        except EngineError as error:
            say(str(error))
    if not clips:
        raise EngineError(f"No clip in {folder} can be looked at.")
    for clip in clips:
        for sentence in clip.said:
            say(sentence)
    return [_looked(reader, clip) for clip in clips]


def _looked(reader: Reader, clip: Filmed) -> Looked:
    sure = reader.config.threshold
    reading = read_clips(reader, torch.from_numpy(clip.video)[None], 12.0, HALF_SURE * sure)[0]
    heard = hear(clip.sound) if clip.sound.size else ()
    return Looked(clip=clip, reading=reading, heard=heard, sure=sure)


def filmed_rows(looked: Sequence[Looked]) -> dict[str, Score]:
    """Every row over the clips of a folder, and why others have none; one clip has no chance."""
    beside: dict[str, Sequence[Looked]] = {"clips": looked}
    if len(looked) > 1:
        beside["shuffled"] = [*looked[1:], looked[0]]
    told: dict[str, list[Found]] = {}
    sounds: dict[str, list[Found]] = {}
    for name, others in beside.items():
        both = list(zip(looked, others, strict=True))
        told[name] = [_named(one.reading, other.clip) for one, other in both]
        sounds[name] = [_sounding(one, other) for one, other in both]
    return scores_of(_PROMPT, told, "clips") | scores_of(_HEARD, sounds, "clips")


def filmed_sections(looked: Sequence[Looked]) -> list[Section]:
    """The clips on a page, those first that are least what they were to be."""
    worst = sorted(looked, key=_worth)
    return [_section(one) for one in worst[:SHOWN]]


def _worth(one: Looked) -> float:
    named = [share for row, share in _named(one.reading, one.clip).items() if row != UNFIT]
    read = np.asarray(named or [0.0], np.float64).mean()
    sync = np.asarray(_sounding(one, one).get("sync.f1", 0.0), np.float64)
    return float(sync + read) - len(one.clip.said)


def _section(one: Looked) -> Section:
    clip, parts = one.clip, []
    for kind, names in names_in(clip.words).items():
        read = one.reading.best(kind, len(names))
        parts.append(f"{kind} {coloured(', '.join(read), right=set(read) == set(names))}")
    parts += [coloured(sentence, right=False) for sentence in clip.said]
    marks = [
        ([it.time_s for it in one.seen], SEEN),
        ([it.time_s for it in one.heard], HEARD),
    ]
    title = f"{clip.name}: {clip.words}" if clip.words else clip.name
    return Section(
        title=title, said=" · ".join(parts), strips={"clip": strip(clip.video, clip.sound, marks)}
    )


def names_in(words: str) -> dict[str, list[str]]:
    """The names of the vocabulary that words say, by kind."""
    found = {}
    for kind, names in {**CLIP_NAMES, **BODY_NAMES}.items():
        said = [name for name in names if re.search(rf"\b{name}(en)?\b", words, re.IGNORECASE)]
        if said and kind not in _UNSAID:
            found[kind] = said
    return found


def _named(reading: Reading, clip: Filmed) -> Found:
    """Shares of the names in a clip's words that are read back."""
    if not clip.words:
        return {UNFIT: clip.wordless}
    return {
        f"prompt.{kind}": len(set(names) & set(reading.best(kind, len(names)))) / len(names)
        for kind, names in names_in(clip.words).items()
    }


def _sounding(one: Looked, other: Looked) -> Found:
    """Onsets of a clip's sound against contacts in another's pictures, and faults of the sound."""
    clip = other.clip
    if not clip.sound.size:
        return {UNFIT: clip.mute}
    sound = clip.sound.astype(np.float64)
    level = max(float(np.sqrt(np.square(sound).mean())), 1e-6)
    rows: Found = {
        "sound.silent_share": float(bool(clip.silent)),
        "sound.clipped_share": float((np.abs(sound) > 0.999).mean()),
        "sound.dc_share": float(np.abs(sound.mean(axis=1)).max() / level),
    }
    if clip.silent:
        return rows | {UNFIT: clip.silent}
    seen, heard = one.seen, other.heard
    wanted = spaced([it.time_s for it in seen])
    found = match([it.time_s for it in heard], wanted, [it.time_s for it in one.reading.contacts])
    if wanted:
        rows["sync.f1"] = found.f1
    rows["sync.offset_ms"] = 1000 * np.abs(found.offsets_s)
    near = pairs([it.time_s for it in heard], [it.time_s for it in seen], REACH_S)
    if near:
        rows["stereo.correlation"] = np.array([(heard[i].pan, seen[j].x) for i, j in near])
    return rows


def _level_db(sound: NDArray[np.float32]) -> float:
    return 10 * float(np.log10(max(float(np.square(sound, dtype=np.float64).mean()), 1e-12)))
