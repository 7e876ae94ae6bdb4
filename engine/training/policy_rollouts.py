"""Rollouts of the policy: groups of clips from one prompt and one noise, parted by noisy steps.

Shape letters: G clips of a group, K noisy steps, M text tokens, H heads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from engine.data.latents import TEXT_TOKENS
from engine.diffusion.guidance import Guidance
from engine.diffusion.latent_state import starting_noise
from engine.diffusion.schedules import sampling_sigmas
from engine.models.reward_model import HEADS, Score, Words
from engine.models.signals import Latents
from engine.models.text_encoder import TextEncoder
from engine.models.transformer import DualTransformer
from engine.pipelines.render import VIDEO_SHIFT
from engine.shapes import ClipShape
from engine.training.guided_velocity import Velocity
from engine.training.policy_steps import Both, Stride, euler, noise_like, stepped
from engine.world.caption import caption
from engine.world.sampler import sample_scene
from engine.world.scene import Scene
from engine.world.seeds import PROMPTS_FROM, held_out_seed, training_seed

# Rewards of a group that differ less than this are equal: their noise is not worth learning.
_LEAST_DEVIATION = 1e-3


@dataclass(frozen=True, kw_only=True)
class HeadWeights:
    """How much each head counts for a branch; what a branch cannot change should not move it."""

    visual_quality: float = 0.0
    motion_quality: float = 0.0
    audio_visual_sync: float = 0.0
    prompt_adherence: float = 0.0
    aesthetics: float = 0.0

    def tensor(self) -> Tensor:
        """(H,) in the order of ``HEADS``."""
        return torch.tensor([float(getattr(self, head)) for head in HEADS])

    def of(self, heads: Collection[str]) -> HeadWeights:
        """The same without the heads that are not among ``heads``."""
        return replace(self, **{head: 0.0 for head in HEADS if head not in heads})


PICTURE = HeadWeights(
    visual_quality=1.0,
    motion_quality=1.0,
    audio_visual_sync=1.0,
    prompt_adherence=1.0,
    aesthetics=1.0,
)
SOUND = HeadWeights(audio_visual_sync=1.0, prompt_adherence=0.5, aesthetics=0.5)


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How clips are made while learning.

    Attributes:
        group: clips of one prompt and one initial noise.
        steps: of the sampler.
        window: noisy steps; the others are Euler's.
        hold: rollouts for which the window stands still before it slides on by a step.
        eta: of the noise that a noisy step may have.
    """

    group: int = 8
    steps: int = 8
    window: int = 2
    hold: int = 4
    eta: float = 0.7
    guidance: Guidance = field(default_factory=Guidance)

    def sigmas(self) -> list[float]:
        """``steps + 1`` levels, the same for both branches."""
        return sampling_sigmas(self.steps, VIDEO_SHIFT).tolist()

    def first(self, rollout: int) -> int:
        """First noisy step of a rollout: the window slides from noise on, and begins again.

        MixGRPO (Li et al. 2025, arXiv:2507.21802): only the steps of the window need gradients.
        The last step has no noise and is never in it.
        """
        return (rollout // self.hold) % max(1, self.steps - self.window)


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """What a clip is to show: the scene, and the states (1, M, 384) of its caption."""

    scene: Scene
    words: Words


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """One group: its noisy steps, and how much better than the group each clip became.

    Attributes:
        states: (K, G, ...) before each noisy step.
        actions: (K, G, ...) after it.
        old: (K, G) log-densities of the steps under the weights that made them.
        advantages: (G,) of the picture's and of the sound's branch.
        rewards: (G, H).
        first: index of the first noisy step.
    """

    words: Words
    states: Latents
    actions: Latents
    old: Both
    advantages: Both
    rewards: Tensor
    first: int

    def tensors(self) -> dict[str, Tensor]:
        """Everything, for a file."""
        pairs = {"states": self.states, "actions": self.actions}
        pairs |= {"old": self.old, "advantages": self.advantages}
        named: dict[str, Tensor] = {
            "words.states": self.words.states,
            "words.mask": self.words.mask,
        }
        for name, both in pairs.items():
            named |= {f"{name}.video": both.video, f"{name}.audio": both.audio}
        return named | {"rewards": self.rewards, "first": torch.tensor(self.first)}

    @staticmethod
    def of(tensors: Mapping[str, Tensor], device: torch.device) -> Rollout:
        """What ``tensors`` gave; KeyError if something is missing."""
        # Copied, so that they lie in memory as they did: where they lie can decide the last bit.
        there = {name: tensor.to(device).clone() for name, tensor in tensors.items()}
        return Rollout(
            words=Words(states=there["words.states"], mask=there["words.mask"]),
            states=Latents(video=there["states.video"], audio=there["states.audio"]),
            actions=Latents(video=there["actions.video"], audio=there["actions.audio"]),
            old=Both(video=there["old.video"], audio=there["old.audio"]),
            advantages=Both(video=there["advantages.video"], audio=there["advantages.audio"]),
            rewards=there["rewards"],
            first=int(there["first"]),
        )


def prompt_of(scene: Scene, text: TextEncoder) -> Prompt:
    """The scene's prompt in its caption's words."""
    states, mask = text.batch([caption(scene, scene.seed)], TEXT_TOKENS)
    return Prompt(scene=scene, words=Words(states=states.clone().cpu(), mask=mask.clone().cpu()))


def world_prompts(text: TextEncoder, level: int) -> Callable[[int], Prompt]:
    """Prompts of the world's scenes by number; negative ones are of scenes that are held out."""

    def of(number: int) -> Prompt:
        seed = held_out_seed(-1 - number) if number < 0 else training_seed(PROMPTS_FROM + number)
        return prompt_of(sample_scene(seed, level), text)

    return of


def sample(
    module: DualTransformer, shape: ClipShape, words: Words, sampling: Sampling, noise: Latents
) -> Latents:
    """Finished latents from ``noise`` by Euler's steps alone, as renders make them."""
    with torch.no_grad():
        velocity = Velocity(module, shape, words, sampling.guidance)
        return _ahead(velocity, noise, sampling.sigmas(), 0, sampling.steps)


def roll_out(
    module: DualTransformer,
    shape: ClipShape,
    prompt: Prompt,
    score: Score,
    sampling: Sampling,
    *,
    rollout: int,
    seed: int,
) -> Rollout:
    """One group. All of it is one clip until the noisy steps, so that part is computed once."""
    device = next(module.parameters()).device
    noise = starting_noise(module.config, shape, [seed]).on(device)
    generator = torch.Generator().manual_seed(seed ^ 0x6E01_5E00)
    words = Words(states=prompt.words.states.to(device), mask=prompt.words.mask.to(device))
    sigmas, first, group = sampling.sigmas(), sampling.first(rollout), sampling.group
    with torch.no_grad():
        alone = Velocity(module, shape, words, sampling.guidance)
        latents = _ahead(alone, noise, sigmas, 0, first)
    latents = Latents(
        video=latents.video.repeat(group, 1, 1, 1, 1), audio=latents.audio.repeat(group, 1, 1, 1)
    )
    many = words.repeated(group)
    states, actions, old = [], [], []
    for index in range(first, first + sampling.window):
        stride = Stride(sigma=sigmas[index], after=sigmas[index + 1], eta=sampling.eta)
        # With gradients, though none are taken: what is computed here is computed again when
        # learning, and must be the same to the last bit, by the same kernels.
        with torch.enable_grad():
            v = Velocity(module, shape, many, sampling.guidance)(latents, stride.levels)
        v = Latents(video=v.video.detach(), audio=v.audio.detach())
        after, density = stepped(stride, latents, v, noise_like(latents, generator))
        states.append(latents)
        actions.append(after)
        old.append(density)
        latents = after
    with torch.no_grad():
        together = Velocity(module, shape, many, sampling.guidance)
        latents = _ahead(together, latents, sigmas, first + sampling.window, sampling.steps)
        rewards = score(latents, many).float()
    return Rollout(
        words=many,
        states=_stacked(states),
        actions=_stacked(actions),
        old=Both(
            video=torch.stack([one.video for one in old]),
            audio=torch.stack([one.audio for one in old]),
        ),
        advantages=Both(video=torch.zeros(group), audio=torch.zeros(group)),
        rewards=rewards,
        first=first,
    )


def with_advantages(rollout: Rollout, weights: tuple[HeadWeights, HeadWeights]) -> Rollout:
    """How far each clip is above its group, in the group's deviations, per branch.

    Every head is normalised before heads are added up, so that none outweighs the others by the
    size of its scores (DanceGRPO, Xue et al. 2025, arXiv:2505.07818).
    """
    rewards = rollout.rewards
    deviation = rewards.std(dim=0, correction=0).clamp_min(_LEAST_DEVIATION)
    normal = (rewards - rewards.mean(dim=0)) / deviation

    def branch(chosen: HeadWeights) -> Tensor:
        shares = chosen.tensor().to(rewards.device)
        return normal @ (shares / shares.sum().clamp_min(1e-9))

    return replace(rollout, advantages=Both(video=branch(weights[0]), audio=branch(weights[1])))


def _ahead(
    velocity: Velocity, latents: Latents, sigmas: list[float], first: int, last: int
) -> Latents:
    for index in range(first, last):
        sigma, after = sigmas[index], sigmas[index + 1]
        latents = euler(latents, velocity(latents, (sigma, after)), after - sigma)
    return latents


def _stacked(latents: list[Latents]) -> Latents:
    return Latents(
        video=torch.stack([one.video for one in latents]),
        audio=torch.stack([one.audio for one in latents]),
    )
