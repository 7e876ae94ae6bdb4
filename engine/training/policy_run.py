"""A run of the policy: the one loop, with rollouts that survive a stop and an eye on the truth."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.checkpoint import load_tensors, save_tensors
from engine.metrics.matching import Interval, bootstrapped
from engine.training.loop import Run
from engine.training.policy import PolicyRecipe

_BASELINE = "baseline.safetensors"
_HACKING = "hacking.jsonl"
_EFFECT = "effect.json"


class PolicyRun(Run):
    """Measures before the first update and says when the reward leaves the truth behind.

    ``baseline.safetensors`` keeps the first measurement per clip, ``hacking.jsonl`` what was said,
    ``effect.json`` what became of every reward and measure by the last evaluation, with intervals.
    """

    def __init__(self, recipe: PolicyRecipe, folder: Path, device: torch.device) -> None:
        super().__init__(recipe, folder, device)
        self._policy = recipe

    def resume(self) -> bool:
        """Load the saved state and, where it stands between two updates, its rollouts."""
        there = super().resume()
        if there:
            self._policy.restore(self.folder, self.clock.step)
        return there

    def save(self) -> None:
        """Write the rollouts first, so that every state that can be read has its own."""
        self._policy.keep(self.folder, self.clock.step)
        super().save()
        self._policy.forget(self.folder, self.clock.step)

    def train(self) -> None:
        """Measure what there is before the first update, then run."""
        path = self.folder / _BASELINE
        if not path.is_file() and not self._spent():
            _say("policy: measuring the weights before the first update")
            self.module.eval()
            self._policy.evaluate(self.module)
            self.module.train()
            tensors = {
                name: torch.tensor(values, dtype=torch.float64)
                for name, values in self._policy.seen.items()
            }
            save_tensors(path, tensors, {"kind": "baseline"})
            _say(f"policy: before, {_figures(self._policy.seen)}")
        super().train()

    def _watch(self, loss: float) -> None:
        """What is lost lies about 0, of either sign: many times as much says nothing of it."""
        del loss
        self.clock.bad = 0

    def _evaluated(self) -> dict[str, float]:
        figures = super()._evaluated()
        before, _ = load_tensors(self.folder / _BASELINE)
        was = {name: tensor.tolist() for name, tensor in before.items()}
        effect = {"step": self.clock.step, "rows": effects(was, self._policy.seen)}
        text = json.dumps(effect, indent=1)
        (self.folder / _EFFECT).write_text(text, encoding="utf-8")
        sentences = hacked(was, self._policy.seen)
        for sentence in sentences:
            _say(f"policy: {sentence}")
            with (self.folder / _HACKING).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": self.clock.step, "says": sentence}) + "\n")
        return figures | {"hacking": float(len(sentences))}


def effects(before: dict[str, list[float]], now: dict[str, list[float]]) -> dict[str, Any]:
    """Of every reward and measure its means, and the mean change of a clip with its interval."""
    rows = {}
    for name in sorted(set(before) & set(now)):
        change = _change(before[name], now[name])
        if change.n:
            means = [float(np.nanmean(values)) for values in (before[name], now[name])]
            rows[name] = {"before": means[0], "now": means[1], "change": change.to_json()}
    return rows


def hacked(before: dict[str, list[float]], now: dict[str, list[float]]) -> list[str]:
    """A sentence for every measure of the truth that fell while the reward rose, clip by clip."""
    if "reward" not in before or "reward" not in now:
        return []
    rose = _change(before["reward"], now["reward"])
    if not rose.value > 0:
        return []
    sentences = []
    for name in sorted(set(before) & set(now)):
        if not name.startswith("truth/"):
            continue
        fell = _change(before[name], now[name])
        if not fell.value < 0:
            continue
        sure = (
            "beyond chance: the reward is being hacked; stop, or weigh it less"
            if fell.high < 0
            else "within chance so far: watch it"
        )
        sentences.append(
            f"The reward rose by {_said(rose)} while {name.removeprefix('truth/')}, which it never "
            f"saw, fell by {_said(fell)}, {sure}."
        )
    return sentences


def _change(before: list[float], now: list[float]) -> Interval:
    """Mean difference over the clips that have both."""
    pairs = zip(before, now, strict=False)
    differences = np.array([b - a for a, b in pairs if math.isfinite(a) and math.isfinite(b)])
    return bootstrapped(len(differences), lambda chosen: float(differences[chosen].mean()))


def _said(change: Interval) -> str:
    return f"{abs(change.value):.3f} ({change.low:+.3f} to {change.high:+.3f})"


def _figures(seen: dict[str, list[float]]) -> str:
    means = {name: np.nanmean(values) for name, values in seen.items() if values}
    return ", ".join(f"{name} {value:.3f}" for name, value in means.items())


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
