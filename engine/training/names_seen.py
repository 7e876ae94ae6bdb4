"""What an eye misses in latents of the names that were asked for, as losses.

Shape letters: B clips, L video latent frames, V video tokens, K names of a kind, N all names and
anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.data.latents import kinds_of_names
from engine.training.batch import Batch

# Forms are what goes wrong; colours are right nine times in ten.
_COUNTS = {"colour": 0.4, "prop": 1.0, "material": 0.4}
_COVERED = 0.02
_BODY = 0.3
# A name is seen where the surest tokens show it.
_SUREST = 3
_UNASKED = -30.0
# Previews soon miss no more of forms than clips themselves do, and long have too much of bodies.
_EACH, _AMOUNT = 0.5, 2.0


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What clips are to show.

    Attributes:
        names: (B, N - 1) bool, what any body is called.
        most: (B, 1) tokens' worth of bodies in the fullest latent frame, as in the clip itself.
        whole: (B,) tokens' worth of bodies in all of it.
    """

    names: Tensor
    most: Tensor
    whole: Tensor

    @staticmethod
    def of(batch: Batch) -> Asked:
        """What the clips of ``batch`` show."""
        frames = batch.levels.video.shape[1]
        bodies = batch.coverage[..., -1]
        return Asked(
            names=batch.coverage[..., :-1].amax(1) > _COVERED,
            most=bodies.unflatten(1, (frames, -1)).sum(-1).amax(1, keepdim=True),
            whole=bodies.sum(1),
        )


@dataclass(frozen=True, kw_only=True)
class Missed:
    """What was missed, all of it to be less.

    Attributes:
        form: where a body is, none of the names that were said is seen.
        each: a name that was said is not seen anywhere.
        amount: more of bodies is seen in a frame than there ever is, or less of them in all.
    """

    form: Tensor
    each: Tensor
    amount: Tensor

    @property
    def total(self) -> Tensor:
        """All of it."""
        return self.form + _EACH * self.each + _AMOUNT * self.amount


def judged(seen: Tensor, asked: Asked, frames: int) -> Missed:
    """What of ``asked`` is not in the logits ``seen`` (B, V, N) of ``frames`` latent frames."""
    body = torch.sigmoid(seen[..., -1])
    where = (body * (body > _BODY)).detach()
    form = each = torch.zeros((), device=seen.device)
    for kind, names in kinds_of_names().items():
        said, sure = asked.names[:, names], F.log_softmax(seen[..., names], dim=-1)
        anyone = sure.masked_fill(~said[:, None], _UNASKED).logsumexp(-1)
        form = form - _COUNTS[kind] * (anyone * where).sum() / where.sum().clamp_min(1)
        there = sure + F.logsigmoid(seen[..., -1:])
        best = there.topk(min(_SUREST, there.shape[1]), dim=1).values.mean(1)
        each = each - _COUNTS[kind] * (best * said).sum() / said.sum().clamp_min(1)
    return Missed(form=form, each=each, amount=_amount(body, asked, frames))


def _amount(body: Tensor, asked: Asked, frames: int) -> Tensor:
    """One body that becomes two is twice as much of it."""
    in_frames = body.unflatten(1, (frames, -1)).sum(-1).clamp_min(0.05)
    more = F.relu((in_frames / asked.most.clamp_min(0.3)).log() - 0.1).mean()
    share = body.sum(1).clamp_min(1e-3) / asked.whole.clamp_min(0.5)
    return 2 * more + 0.5 * F.relu(-share.log() - 0.3).mean()
