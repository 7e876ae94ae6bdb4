"""Guidance: how strongly a step follows its words, and what the branches say together.

The guided velocity of a branch is ``v + (text - 1)(v - v_unsaid) + (coupling - 1)(v - v_apart)``:
classifier-free guidance (Ho and Salimans 2022, arXiv:2207.12598), and the same away from the pass
in which the branches do not attend to one another. Picture and sound have scales of their own:
words say what is to be seen, and what is to be heard follows from the picture.

Far from what the network would say by itself contrasts grow and lights burn out. So the spread of
the guided picture's guess is brought back towards the unguided one's (Lin et al. 2023,
arXiv:2305.08891).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.models.signals import Latents


@dataclass(frozen=True, kw_only=True)
class Scales:
    """How strongly a branch is guided; 1 is not at all.

    Attributes:
        text: away from the pass without conditions.
        coupling: away from the pass with the exchange off.
    """

    text: float = 1.0
    coupling: float = 1.0

    def guided(self, full: Tensor, unsaid: Tensor | None, apart: Tensor | None) -> Tensor:
        """The guided velocity from those of the passes; one that was not made counts nothing."""
        velocity = full
        if unsaid is not None:
            velocity = velocity + (self.text - 1) * (full - unsaid)
        if apart is not None:
            velocity = velocity + (self.coupling - 1) * (full - apart)
        return velocity


@dataclass(frozen=True, kw_only=True)
class Guidance:
    """How strongly words and coupling are followed.

    Attributes:
        text, coupling: of the picture, and of the sound where it has no scales of its own.
        sound: the sound's own scales.
        rescale: share of the spread that guidance adds to the picture which is taken back, 0 to 1.
        exchange: False renders with the exchange off throughout (the independent baseline).
        strides: the network is a flow map and is asked for whole steps.
        told: the scale of words that a flow map is told, where it learned to be.
    """

    text: float = 1.0
    coupling: float = 1.0
    sound: Scales | None = None
    rescale: float = 0.0
    exchange: bool = True
    strides: bool = False
    told: float | None = None

    @property
    def picture(self) -> Scales:
        """The picture's scales."""
        return Scales(text=self.text, coupling=self.coupling)

    @property
    def heard(self) -> Scales:
        """The sound's scales."""
        return self.sound or self.picture

    @property
    def takes_unsaid(self) -> bool:
        """Whether a pass without conditions is needed."""
        return self.text != 1 or self.heard.text != 1

    @property
    def takes_apart(self) -> bool:
        """Whether a pass with the exchange off is needed."""
        return self.exchange and (self.coupling != 1 or self.heard.coupling != 1)

    @property
    def passes(self) -> int:
        """Evaluations of the network per step."""
        return 1 + self.takes_unsaid + self.takes_apart

    def guided(
        self,
        full: Latents,
        unsaid: Latents | None,
        apart: Latents | None,
        at: tuple[Tensor, Tensor] | None = None,
        runs: Sequence[int] = (),
    ) -> Latents:
        """The guided velocities of both branches from those of the passes.

        ``at`` is the picture's state that they were asked at, and its noise levels, which spread
        over it; without it no spread is taken back. ``runs`` are the latent frames of each clip of
        a window: each has a spread of its own.
        """
        made = Latents(
            video=self.picture.guided(full.video, unsaid and unsaid.video, apart and apart.video),
            audio=self.heard.guided(full.audio, unsaid and unsaid.audio, apart and apart.audio),
        )
        if at is None or not self.rescale:
            return made
        whole = (*at, full.video, made.video)
        clips = zip(*(one.split(list(runs) or one.shape[2], dim=2) for one in whole), strict=True)
        video = torch.cat(
            [rescaled(now, level, plain, far, self.rescale) for now, level, plain, far in clips],
            dim=2,
        )
        return replace(made, video=video)


def rescaled(now: Tensor, level: Tensor, plain: Tensor, guided: Tensor, share: float) -> Tensor:
    """``guided`` with the spread of its guess of the end brought back towards that of ``plain``.

    Args:
        now: (B, ...) the state.
        level: noise levels that spread over it; where they are 0 nothing is left to guess.
        plain: velocity at it without guidance.
        guided: velocity at it with guidance.
        share: of the difference that is taken back, 0 to 1.
    """
    guess, pushed = now - level * plain, now - level * guided
    over = tuple(range(1, now.ndim))
    spread = guess.std(over, keepdim=True) / pushed.std(over, keepdim=True).clamp_min(1e-6)
    kept = (share * spread + (1 - share)) * pushed
    return torch.where(level > 0, (now - kept) / level.clamp_min(1e-6), guided)
