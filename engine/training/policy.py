"""The policy: the transformer learns what the reward model likes, by group-relative updates.

DanceGRPO (Xue et al. 2025, arXiv:2505.07818): of several clips from one prompt and one initial
noise each is compared with its group (GRPO, Shao et al. 2024, arXiv:2402.03300; no critic), and
the noisy steps that led to the better ones are made likelier, by PPO's clipped ratio (Schulman et
al. 2017, arXiv:1707.06347). Only a short window of steps is noisy (MixGRPO, arXiv:2507.21802).

Departures: picture and sound have a ratio and an advantage each, for they are steps of two
branches with their own share of the rewards; the ratio is the geometric mean over a step's
elements (as GSPO's over tokens, Zheng et al. 2025, arXiv:2507.18071), since that of all elements
together leaves any interval after one update.

Shape letters: G clips of a group, K noisy steps, H heads, N held-out clips.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from engine.checkpoint import load_tensors, save_tensors
from engine.diffusion.latent_state import starting_noise
from engine.errors import TrainingError, WeightsError
from engine.models.reward_model import HEADS, Score, Words
from engine.models.signals import Latents
from engine.models.transformer import DualTransformer
from engine.shapes import ClipShape
from engine.training.guided_velocity import Velocity
from engine.training.policy_rollouts import (
    PICTURE,
    SOUND,
    HeadWeights,
    Prompt,
    Rollout,
    Sampling,
    roll_out,
    sample,
    with_advantages,
)
from engine.training.policy_steps import Stride, log_probs, means
from engine.training.recipe import LoopConfig
from engine.world.scene import Scene

BRANCHES = ("video", "audio")
_ROLLOUT = "rollout-{index:06d}.safetensors"
_BATCH = 8


class Judge(Protocol):
    """What measures truth that the reward never saw."""

    def judge(self, clips: Latents, scenes: tuple[Scene, ...]) -> dict[str, list[float]]:
        """A value per clip by name, more being better, NaN where a clip has none."""
        ...


@dataclass(frozen=True, kw_only=True)
class PolicyConfig:
    """How the policy learns.

    Attributes:
        groups: prompts of a rollout.
        updates: optimiser steps on a rollout.
        clip: how far a ratio may go from 1 before it earns nothing more.
        kl: weight of the divergence from the first weights; 0 keeps no copy of them.
        measured: held-out prompts at every evaluation.
        seed: of prompts and noise.
    """

    sampling: Sampling = field(default_factory=Sampling)
    groups: int = 1
    updates: int = 2
    clip: float = 1e-4
    kl: float = 0.0
    picture: HeadWeights = PICTURE
    sound: HeadWeights = SOUND
    measured: int = 16
    seed: int = 0


Prompts = Callable[[int], Prompt]
"""The prompt of a number: negative ones, from -1 down, are held out."""


class PolicyRecipe:
    """Group-relative updates of ``module``.

    Args:
        module: the transformer that learns; its weights before are the reference.
        score: of finished latents and their words.
        prompts: endlessly many.
        shape: of the clips.
        config: of the loop; each step is one update.
        policy: how it learns.
        judge: measures truth beside the reward.
        about: what the weights file says of itself.
    """

    name = "policy"

    def __init__(
        self,
        module: DualTransformer,
        score: Score,
        prompts: Prompts,
        shape: ClipShape,
        config: LoopConfig,
        *,
        policy: PolicyConfig | None = None,
        judge: Judge | None = None,
        about: dict[str, str] | None = None,
    ) -> None:
        if config.accumulate != 1:
            raise TrainingError(
                "The policy learns from whole rollouts: use groups, not accumulate."
            )
        self.policy = policy or PolicyConfig()
        sampling = self.policy.sampling
        if not 1 <= sampling.window < sampling.steps or sampling.group < 2:
            raise TrainingError(
                "The policy needs groups of two or more and fewer noisy steps than steps."
            )
        self.module = module.train().requires_grad_(True)
        self.config, self.shape, self.batch = config, shape, sampling.group * self.policy.groups
        self.tokens = math.prod(shape.video_tokens) + 2 * shape.audio_latents
        self.seen: dict[str, list[float]] = {}
        self._score, self._prompts, self._judge = score, prompts, judge
        self._about = about or {}
        self._rollouts: tuple[int, list[Rollout]] = (-1, [])
        self._restored: tuple[int, list[Rollout]] = (-1, [])
        self._reference = _frozen(module) if self.policy.kl else None

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One update on the step's rollouts, which are made with the weights as they are.

        Raises:
            TrainingError: if a ratio is not exactly 1 before the first update on a rollout: what
                is learned from is then not what was done.
        """
        del generator  # Rollouts follow from their number, so that a resumed run repeats them.
        assert isinstance(module, DualTransformer)
        index, turn = divmod(step, self.policy.updates)
        rollouts = self._rollouts_of(index, module)
        parts = [self._loss(module, rollout) for rollout in rollouts]
        figures = {name: torch.stack([one[name] for one in parts]).mean() for name in parts[0]}
        first = turn == 0 and index != self._restored[0]
        off = max(float(one[f"off@{branch}"]) for one in parts for branch in BRANCHES)
        if first and off != 0:
            raise TrainingError(
                f"Before the first update a ratio is {off:g} away from 1: the steps that are "
                "learned from are not those that were made. Nothing was updated."
            )
        rewards = torch.cat([rollout.rewards for rollout in rollouts])
        for column, head in enumerate(HEADS):
            figures[f"reward@{head}"] = rewards[:, column].mean()
        figures["reward"] = self._combined(rewards, self.policy.picture).mean()
        return figures

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """Rewards, and the truth beside them, of held-out prompts by the sampler of renders.

        ``seen`` keeps them per clip. Prompts and noise are the same every time.
        """
        assert isinstance(module, DualTransformer)
        seen: dict[str, list[float]] = {}
        for start in range(0, self.policy.measured, _BATCH):
            numbers = range(start, min(start + _BATCH, self.policy.measured))
            prompts = [self._prompts(-1 - number) for number in numbers]
            clips, words = self._rendered(module, prompts, list(numbers))
            rewards = self._score(clips, words).float().cpu()
            rows = {f"reward/{head}": rewards[:, k].tolist() for k, head in enumerate(HEADS)}
            rows["reward"] = self._combined(rewards, self.policy.picture).tolist()
            rows["reward/sound"] = self._combined(rewards, self.policy.sound).tolist()
            if self._judge is not None:
                found = self._judge.judge(clips, tuple(prompt.scene for prompt in prompts))
                rows |= {f"truth/{name}": values for name, values in found.items()}
            for name, values in rows.items():
                seen.setdefault(name, []).extend(values)
        self.seen = seen
        figures = {name: _mean(values) for name, values in seen.items()}
        figures = {name: value for name, value in figures.items() if math.isfinite(value)}
        return figures | {"loss": -figures["reward"]}

    def metadata(self) -> dict[str, str]:
        """What the weights that it began from said of themselves."""
        return self._about

    def finish(self, module: nn.Module) -> None:
        """Nothing follows from the weights."""

    def keep(self, folder: Path, step: int) -> None:
        """Write the rollouts that ``step`` goes on with, if they are in use by then."""
        index, turn = divmod(step, self.policy.updates)
        known = next((all_ for at, all_ in self._known() if at == index), None)
        if turn == 0 or known is None:
            return
        tensors = {
            f"{number}.{name}": tensor
            for number, rollout in enumerate(known)
            for name, tensor in rollout.tensors().items()
        }
        save_tensors(folder / _ROLLOUT.format(index=index), tensors, {"kind": "rollouts"})

    def forget(self, folder: Path, step: int) -> None:
        """Delete the rollouts that no saved state goes on with."""
        kept = _ROLLOUT.format(index=step // self.policy.updates)
        for path in folder.glob("rollout-*.safetensors"):
            if path.name != kept:
                path.unlink(missing_ok=True)

    def restore(self, folder: Path, step: int) -> None:
        """Take the rollouts that ``step`` goes on with.

        Raises:
            WeightsError: if they are missing or damaged.
        """
        index, turn = divmod(step, self.policy.updates)
        if turn == 0:
            return
        path = folder / _ROLLOUT.format(index=index)
        tensors, _ = load_tensors(path)
        device = next(self.module.parameters()).device
        try:
            rollouts = [
                Rollout.of(_part(tensors, f"{number}."), device)
                for number in range(self.policy.groups)
            ]
        except KeyError as error:
            raise WeightsError(f"{path} is not of this run; begin in another folder.") from error
        self._restored = (index, rollouts)

    def _known(self) -> tuple[tuple[int, list[Rollout]], ...]:
        return self._restored, self._rollouts

    def _rollouts_of(self, index: int, module: DualTransformer) -> list[Rollout]:
        for at, rollouts in self._known():
            if at == index:
                return rollouts
        self._rollouts = (index, [self._made(index, k, module) for k in range(self.policy.groups)])
        return self._rollouts[1]

    def _made(self, index: int, group: int, module: DualTransformer) -> Rollout:
        policy = self.policy
        number = policy.seed * 1_000_003 + index * policy.groups + group
        made = roll_out(
            module,
            self.shape,
            self._prompts(number),
            self._score,
            policy.sampling,
            rollout=index,
            seed=number,
        )
        return with_advantages(made, (policy.picture, policy.sound))

    def _loss(self, module: DualTransformer, rollout: Rollout) -> dict[str, Tensor]:
        """Clipped surrogate of both branches, a mean over the noisy steps."""
        sampling = self.policy.sampling
        sigmas = sampling.sigmas()
        sums: dict[str, Tensor] = {}
        for k in range(sampling.window):
            at = rollout.first + k
            stride = Stride(sigma=sigmas[at], after=sigmas[at + 1], eta=sampling.eta)
            for name, value in self._step_loss(module, rollout, k, stride).items():
                if name.startswith("off@"):
                    sums[name] = torch.maximum(sums.get(name, value), value)
                else:
                    sums[name] = sums.get(name, value.new_zeros(())) + value / sampling.window
        return {"total": sums["video"] + sums["audio"] + self.policy.kl * sums["kl"]} | sums

    def _step_loss(
        self, module: DualTransformer, rollout: Rollout, k: int, stride: Stride
    ) -> dict[str, Tensor]:
        guidance = self.policy.sampling.guidance
        state = Latents(video=rollout.states.video[k], audio=rollout.states.audio[k])
        action = Latents(video=rollout.actions.video[k], audio=rollout.actions.audio[k])
        velocity = Velocity(module, self.shape, rollout.words, guidance)(state, stride.levels)
        mean = means(stride, state, velocity)
        now = log_probs(stride, action, mean)
        figures: dict[str, Tensor] = {}
        for branch, new in zip(BRANCHES, now, strict=True):
            old, gain = getattr(rollout.old, branch)[k], getattr(rollout.advantages, branch)
            elements = getattr(action, branch)[0].numel()
            ratio = ((new - old) / elements).exp()
            bounded = ratio.clamp(1 - self.policy.clip, 1 + self.policy.clip)
            figures[branch] = -torch.minimum(ratio * gain, bounded * gain).mean()
            figures[f"off@{branch}"] = (ratio.detach() - 1).abs().amax()
            figures[f"clipped@{branch}"] = (ratio.detach() != bounded.detach()).float().mean()
        figures["kl"] = mean[0].new_zeros(())
        if self._reference is not None:
            with torch.no_grad():
                was = Velocity(self._reference, self.shape, rollout.words, guidance)
                before = means(stride, state, was(state, stride.levels))
            parts = [stride.divergence(a, b).mean() for a, b in zip(mean, before, strict=True)]
            figures["kl"] = parts[0] + parts[1]
        return figures

    def _rendered(
        self, module: DualTransformer, prompts: list[Prompt], numbers: list[int]
    ) -> tuple[Latents, Words]:
        device = next(module.parameters()).device
        noise = starting_noise(module.config, self.shape, numbers).on(device)
        words = Words(
            states=torch.cat([prompt.words.states for prompt in prompts]).to(device),
            mask=torch.cat([prompt.words.mask for prompt in prompts]).to(device),
        )
        return sample(module, self.shape, words, self.policy.sampling, noise), words

    @staticmethod
    def _combined(rewards: Tensor, weights: HeadWeights) -> Tensor:
        """(N,) of (N, H): the mean by a branch's weights, for the log alone."""
        shares = weights.tensor().to(rewards.device)
        return rewards @ (shares / shares.sum().clamp_min(1e-9))


def _frozen(module: DualTransformer) -> DualTransformer:
    copy = DualTransformer(module.config)
    if module.pathways is not None:
        copy.attach_pathways()
    copy.load_state_dict(module.state_dict())
    return copy.to(next(module.parameters()).device).requires_grad_(False)


def _mean(values: list[float]) -> float:
    kept = [value for value in values if math.isfinite(value)]
    return float(np.mean(kept)) if kept else math.nan


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
