"""The time left of an export, over all of its stages."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from studio.export.plan import ExportPlan, likely_bytes

Stage = Literal["sound", "loudness", "pictures", "writing", "signing"]

# Seconds on a small machine, by which stages that were not reached yet are reckoned: of a second of
# sound, of a million pixels, of a picture that the network enlarges, of a million bytes.
_MIXING_S = 0.05
_LEVELLING_S = 0.12
_WRITING_S = 0.005
_PIXELS_S = 0.06
_ENLARGING_S = 2.0
_SIGNING_S = 0.03

_TRUSTED_SHARE = 0.1


def stage_guesses(plan: ExportPlan) -> dict[Stage, float]:
    """About how many seconds each stage of ``plan`` takes, in their order."""
    kind, sound_s = plan.preset.kind, float(plan.duration_s)
    guesses: dict[Stage, float] = {}
    if kind in ("film", "sound", "stems"):
        guesses["sound"] = sound_s * _MIXING_S
    if plan.loudness_lufs is not None and kind in ("film", "sound"):
        guesses["loudness"] = sound_s * _LEVELLING_S
    if kind == "sound":
        guesses["writing"] = sound_s * _WRITING_S
    if kind in ("film", "pictures", "gif"):
        pixels = plan.frames * plan.width * plan.height
        enlarging_s = plan.frames * _ENLARGING_S if plan.finished else 0.0
        guesses["pictures"] = pixels / 1e6 * _PIXELS_S + enlarging_s
    if plan.signed:
        guesses["signing"] = likely_bytes(plan) / 1e6 * _SIGNING_S
    return guesses


class TimeLeft:
    """Reckons from what went by; of one thread.

    A stage that is under way goes on as it did so far. Those to come take what was guessed, times
    what those before them took over their own guesses. What went by until a stage first told of
    itself says nothing of the rest: files were opened then, and sounds decoded.

    Args:
        guesses: seconds of each stage, in their order.
        now_s: a clock.
    """

    def __init__(
        self, guesses: Mapping[Stage, float], now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._guesses = dict(guesses)
        self._now_s = now_s
        self._stage: Stage | None = None
        self._first_share = self._first_s = 0.0
        self._seen = self._seen_before = _Seen()

    def at(self, stage: Stage, share: float) -> float:
        """Seconds left when ``share`` of ``stage`` is done, from 0 to 1."""
        now_s, guess_s = self._now_s(), self._guesses.get(stage, 0.0)
        if stage != self._stage:
            self._stage, self._seen_before = stage, self._seen
            self._first_share, self._first_s = share, now_s
        done, took_s = share - self._first_share, now_s - self._first_s
        self._seen = self._seen_before.after(took_s, guess_s * done)
        pace = self._seen.pace
        # The first blocks of a stage are not like all the others.
        trust = min(1.0, done / _TRUSTED_SHARE)
        seen_s = took_s / done if done else 0.0
        here_s = trust * seen_s + (1 - trust) * guess_s * pace
        return here_s * (1 - share) + pace * sum(self._later(stage))

    def _later(self, stage: Stage) -> list[float]:
        names = list(self._guesses)
        after = names[names.index(stage) + 1 :] if stage in names else []
        return [self._guesses[name] for name in after]


@dataclass(frozen=True)
class _Seen:
    """What some work took, and what had been guessed of it."""

    took_s: float = 0.0
    guess_s: float = 0.0

    @property
    def pace(self) -> float:
        """How much slower than guessed it went."""
        known = self.took_s > 0 and self.guess_s > 0
        return self.took_s / self.guess_s if known else 1.0

    def after(self, took_s: float, guess_s: float) -> _Seen:
        """With more work."""
        return _Seen(self.took_s + took_s, self.guess_s + guess_s)
