"""Windows of more than one run: extensions from history, and sequences of shots.

Shape letters: C latent channels, L latent frames, A audio latents, S shots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.diffusion.latent_state import Given
from engine.models.layout import Run, in_sequence, layout_of
from engine.models.signals import Latents
from engine.models.transformer import Context
from engine.pipelines.render import Part, Plan
from engine.pipelines.stages import Around
from engine.shapes import AUDIO_LATENTS_A_SECOND, TIME_STRIDE

# Latent frames of history that an extension goes on from: eight pictures.
HISTORY_LATENTS = 2


@dataclass(frozen=True, kw_only=True)
class History:
    """The end (or beginning) of a source, clean.

    Attributes:
        latents: the latents next to what is to be made.
        begins: whether the first of them covers one picture: the source's own beginning.
    """

    latents: Latents
    begins: bool

    @property
    def pictures(self) -> int:
        """Pictures covered."""
        count = TIME_STRIDE * self.latents.video.shape[2]
        return count - (TIME_STRIDE - 1 if self.begins else 0)


def history_of(source: Latents, rate: float, *, backward: bool) -> History:
    """The latents of ``source`` that an extension goes on from, or leads up to."""
    frames = source.video.shape[2]
    kept = min(HISTORY_LATENTS, frames)
    begins = backward or kept == frames
    pictures = TIME_STRIDE * kept - (TIME_STRIDE - 1 if begins else 0)
    sounds = min(source.audio.shape[-1], max(1, round(pictures * AUDIO_LATENTS_A_SECOND / rate)))
    video = source.video[:, :, :kept] if backward else source.video[:, :, frames - kept :]
    total = source.audio.shape[-1]
    audio = source.audio[..., :sounds] if backward else source.audio[..., total - sounds :]
    return History(latents=Latents(video=video.cpu(), audio=audio.cpu()), begins=begins)


def plan_extension(plan: Plan, history: History, *, backward: bool) -> Plan:
    """``plan`` of a generation, gone on from ``history`` or led up to it.

    The history stands in the same window, clean, on the same clock; the new clip is a run of its
    own and is decoded on its own, its sound together with the history's.
    """
    new = layout_of(plan.shape).runs[0]
    latents = history.latents
    length_s = history.pictures / float(plan.shape.rate)
    old = Run(
        latents=latents.video.shape[2],
        audio_latents=latents.audio.shape[-1],
        start_s=plan.shape.duration_s if backward else -length_s,
        begins=history.begins,
    )
    runs = (new, old) if backward else (old, new)
    pieces = (plan.start, latents) if backward else (latents, plan.start)
    kept = Given(
        clean=latents,
        video=torch.ones(old.latents, dtype=torch.bool),
        audio=torch.ones(old.audio_latents, dtype=torch.bool),
    )
    givens = (plan.given, kept) if backward else (kept, plan.given)
    around = Around(after=latents.audio) if backward else Around(before=latents.audio)
    part = Part(
        shape=plan.shape,
        video=0 if backward else old.latents,
        audio=0 if backward else old.audio_latents,
        around=around,
    )
    return replace(
        plan,
        start=_joined(pieces),
        given=_given(givens),
        layout=replace(layout_of(plan.shape), runs=runs),
        parts=(part,),
    )


def plan_sequence(plans: Sequence[Plan], *, across: bool) -> Plan:
    """The plans of single shots as one, denoised together and decoded apart.

    Args:
        plans: of the shots, all of one size, in order.
        across: whether shots attend to one another (weights that learned sequences), or each is
            as it would be alone.
    """
    shapes = tuple(plan.shape for plan in plans)
    if len(plans) == 1:
        return plans[0]
    parts, video, audio = [], 0, 0
    for shape in shapes:
        parts.append(Part(shape=shape, video=video, audio=audio))
        video, audio = video + shape.video_latents[0], audio + shape.audio_latents
    return replace(
        plans[0],
        start=_joined([plan.start for plan in plans]),
        given=_given([plan.given for plan in plans]),
        context=joined_words([plan.context for plan in plans]),
        nothing=joined_words([plan.nothing for plan in plans]),
        layout=in_sequence(shapes, across=across),
        parts=tuple(parts),
    )


def joined_words(contexts: Sequence[Context]) -> Context:
    """One context with the words of all shots, each for its own; references are for all.

    Their slots are those of the first, so all texts are numbered together.
    """
    shots = [shot for shot, context in enumerate(contexts) for _ in range(context.text.shape[1])]
    tagged = [context.text_slots for context in contexts]
    slots = [one for one in tagged if one is not None]
    return replace(
        contexts[0],
        text=torch.cat([context.text for context in contexts], dim=1),
        text_mask=torch.cat([context.text_mask for context in contexts], dim=1),
        text_slots=torch.cat(slots, dim=1) if len(slots) == len(contexts) else None,
        text_shots=torch.tensor(shots, device=contexts[0].text.device),
    )


def _joined(pieces: Sequence[Latents]) -> Latents:
    return Latents(
        video=torch.cat([one.video.cpu() for one in pieces], dim=2),
        audio=torch.cat([one.audio.cpu() for one in pieces], dim=-1),
    )


def _given(givens: Sequence[Given]) -> Given:
    """Givens of runs next to one another, level with one another in shape."""
    lattice = any(one.video.ndim == 3 for one in givens)
    sizes = next((one.video.shape[1:] for one in givens if one.video.ndim == 3), None)

    def wide(value: Tensor) -> Tensor:
        if not lattice or value.ndim == 3 or sizes is None:
            return value
        return value[:, None, None].expand(-1, *sizes)

    def most(value: Tensor | None, like: Tensor) -> Tensor:
        return torch.ones(like.shape) if value is None else value

    video_most = audio_most = None
    if any(one.video_most is not None for one in givens):
        video_most = torch.cat([wide(most(one.video_most, one.video)) for one in givens])
    if any(one.audio_most is not None for one in givens):
        audio_most = torch.cat([most(one.audio_most, one.audio) for one in givens])
    return Given(
        clean=_joined([one.clean for one in givens]),
        video=torch.cat([wide(one.video) for one in givens]),
        audio=torch.cat([one.audio for one in givens]),
        video_most=video_most,
        audio_most=audio_most,
    )
