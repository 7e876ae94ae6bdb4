"""Babbled speech: a line of words as syllables with stress, pitch and the mouth that says them.

Shape letters: T times.

A line's words set how many syllables there are, where it pauses and what is stressed; the sounds
are babble of the puppet's own. The mouth's opening and the loudness of the voice are one curve.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.world.actions import Talk
from engine.world.cast import Puppet, Voice

VowelName = Literal["a", "e", "i", "o", "u"]
ConsonantName = Literal["", "m", "b", "d", "g", "l", "s", "sh", "f", "h"]


@dataclass(frozen=True, kw_only=True)
class Viseme:
    """A shape of the mouth: how far it is open, how wide and how round, each 0..1."""

    opening: float
    width: float
    roundness: float


VISEMES: dict[str, Viseme] = {
    "rest": Viseme(opening=0.0, width=0.55, roundness=0.0),
    "a": Viseme(opening=1.0, width=0.62, roundness=0.15),
    "e": Viseme(opening=0.72, width=0.85, roundness=0.0),
    "i": Viseme(opening=0.50, width=1.0, roundness=0.0),
    "o": Viseme(opening=0.85, width=0.28, roundness=1.0),
    "u": Viseme(opening=0.55, width=0.08, roundness=1.0),
    "closed": Viseme(opening=0.0, width=0.45, roundness=0.2),
}
VISEME_NAMES = tuple(VISEMES)
# Nasals and stops close the lips or hide behind them; the others leave a gap of the teeth.
CONSONANTS: tuple[ConsonantName, ...] = ("m", "b", "d", "g", "l", "s", "sh", "f", "h", "")
STRESSED_S, WEAK_S = (0.235, 0.29), (0.17, 0.205)
COMMA_S, STOP_S = 0.16, 0.28
RISE_S, FALL_S = 0.055, 0.075
# Openings below this are a closed mouth's.


@dataclass(frozen=True, kw_only=True)
class Syllable:
    """One syllable.

    Attributes:
        start_s, end_s: when it sounds; its consonant, if any, comes first.
        stress: loudness, about 0.55 for weak ones to 1.
        pitch_hz, end_pitch_hz: of the voice at its start and at its end.
    """

    start_s: float
    end_s: float
    consonant: ConsonantName
    vowel: VowelName
    stress: float
    pitch_hz: float
    end_pitch_hz: float

    @property
    def onset_s(self) -> float:
        """When the vowel begins."""
        return self.start_s + consonant_s(self.consonant)

    @property
    def peak(self) -> float:
        """How far the mouth opens, 0..1."""
        return VISEMES[self.vowel].opening * (0.45 + 0.55 * self.stress)


def consonant_s(consonant: str) -> float:
    """How long a consonant lasts."""
    return {"": 0.0, "m": 0.055, "l": 0.045, "s": 0.075, "sh": 0.08, "f": 0.065}.get(
        consonant, 0.035
    )


def count_syllables(word: str) -> int:
    """Syllables of a word, by its groups of vowels; at least 1."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", letters))
    if groups > 1 and letters.endswith("e") and not letters.endswith(("le", "ee")):
        groups -= 1
    return max(1, groups)


def syllables(talk: Talk, voice: Voice) -> tuple[Syllable, ...]:
    """The syllables of a line in a voice; equal lines, seeds and voices give equal ones."""
    choose = random.Random(f"{talk.seed}/{talk.words}")
    words = talk.words.split()
    time_s, spoken = talk.start_s, []
    total = max(1, sum(count_syllables(word) for word in words))
    asks = talk.words.rstrip().endswith("?")
    for word in words:
        count = count_syllables(word)
        loud = word.isupper() and len(word.strip(".,!?")) > 1
        for index in range(count):
            strong = loud or (index == (0 if count < 3 else count - 3) and _bears(word, choose))
            low, high = STRESSED_S if strong else WEAK_S
            length = choose.uniform(low, high)
            along = len(spoken) / total
            fall = 0.10 - 0.28 * along
            if asks and along > 0.7:
                fall = 0.35 * (along - 0.55) * 2.0
            octave = voice.liveliness * (0.32 * strong + choose.uniform(-0.06, 0.06)) + fall
            pitch = voice.pitch_hz * 2.0**octave
            spoken.append(
                Syllable(
                    start_s=round(time_s, 4),
                    end_s=round(time_s + length, 4),
                    consonant=choose.choice(CONSONANTS),
                    vowel=choose.choice(("a", "a", "e", "i", "o", "o", "u")),
                    stress=round(choose.uniform(0.88, 1.0) if strong else 0.6, 3),
                    pitch_hz=round(pitch, 2),
                    end_pitch_hz=round(
                        pitch * 2.0 ** (voice.liveliness * choose.uniform(-0.2, 0.02)), 2
                    ),
                )
            )
            time_s += length
        time_s += COMMA_S if word[-1] in ",;:" else STOP_S if word[-1] in ".!?" else 0.0
    return tuple(spoken)


def _bears(word: str, choose: random.Random) -> bool:
    """Whether a word is stressed: small ones seldom are."""
    return len(word.strip(".,!?")) > 3 or choose.random() < 0.35


def all_syllables(puppet: Puppet) -> tuple[Syllable, ...]:
    """What a puppet says in all its acts, in order of time."""
    lines = [act for act in puppet.acts if isinstance(act, Talk)]
    spoken = [one for line in lines for one in syllables(line, puppet.identity.voice)]
    return tuple(sorted(spoken, key=lambda one: one.start_s))


def opening(spoken: Sequence[Syllable], times_s: np.ndarray) -> np.ndarray:
    """(T,) how far the mouth is open, 0..1: smooth, one hump a syllable."""
    curve = np.zeros(np.shape(times_s))
    for one in spoken:
        rise = np.clip((times_s - one.onset_s) / RISE_S + 0.35, 0.0, 1.0)
        fall = np.clip((one.end_s - times_s) / FALL_S + 0.25, 0.0, 1.0)
        hump = np.minimum(rise * rise * (3.0 - 2.0 * rise), fall * fall * (3.0 - 2.0 * fall))
        curve = np.maximum(curve, one.peak * hump)
    return curve


def mouth(spoken: Sequence[Syllable], times_s: np.ndarray) -> np.ndarray:
    """(T, 3) opening, width and roundness of the mouth, each 0..1."""
    rest = VISEMES["rest"]
    width, roundness = np.full(len(times_s), rest.width), np.full(len(times_s), rest.roundness)
    for one in spoken:
        shape = VISEMES[one.vowel]
        near = np.clip((times_s - one.start_s) / 0.05 + 0.5, 0.0, 1.0) * np.clip(
            (one.end_s - times_s) / 0.06 + 0.5, 0.0, 1.0
        )
        width = width + (shape.width - width) * near
        roundness = roundness + (shape.roundness - roundness) * near
    return np.stack([opening(spoken, times_s), width, roundness], axis=-1)


def viseme(spoken: Sequence[Syllable], times_s: np.ndarray) -> np.ndarray:
    """(T,) uint8, index into ``VISEME_NAMES`` of the shape that is said."""
    shapes = np.full(len(times_s), VISEME_NAMES.index("rest"), dtype=np.uint8)
    for one in spoken:
        within = (times_s >= one.start_s) & (times_s < one.end_s)
        shapes[within] = VISEME_NAMES.index(one.vowel)
        if one.consonant in ("m", "b", "f"):
            shapes[within & (times_s < one.onset_s)] = VISEME_NAMES.index("closed")
    return shapes
