"""What a clock finds apart in a picture and its sound, as losses.

Shape letters: B clips, A audio latents.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

# Of the number of contacts, in its logarithm: the world's own vary by as much under one prompt.
_SLACK = 0.3
_FEWEST = 0.5
_SCARCE = 2.0
# A clock is surer of silence than anybody need be.
_SURE = 4.0
_SEEN, _UNSEEN = 0.5, 0.3


@dataclass(frozen=True, kw_only=True)
class Apart:
    """How far apart picture and sound are, all of it to be less.

    Attributes:
        heard: what is heard, from what is seen.
        fewer: contacts are seen or heard than there are in the clip itself: nothing that happens
            is no agreement.
    """

    heard: Tensor
    fewer: Tensor

    @property
    def total(self) -> Tensor:
        """All of it."""
        return self.heard + _SCARCE * self.fewer


def apart(seen: Tensor, heard: Tensor, onsets: Tensor) -> Apart:
    """How far apart the logits ``seen`` and ``heard`` (B, A) are, where ``onsets`` were wanted.

    In nats a clip. The sound is drawn to the picture, which stays as it is: drawn to one another
    both would soonest agree on less and less.
    """
    wanted, seen, heard = onsets.sum(1), _tempered(seen), _tempered(heard)
    return Apart(
        heard=_unlike_picture(heard, seen.detach().sigmoid()),
        fewer=_fewer(seen, wanted) + _fewer(heard, wanted),
    )


def _unlike_picture(heard: Tensor, seen: Tensor) -> Tensor:
    """Surely seen and not heard within a latent, or heard where nothing is likely to be seen.

    A picture shows when bodies touch less surely than a sound tells: a sound as unsure as the
    picture would be a blurred one, so where the picture leaves doubt the sound is free.
    """
    missing = seen * (seen > _SEEN) * F.softplus(-_near(heard))
    likely = _near(seen)
    needless = (1 - likely) * (likely < _UNSEEN) * F.softplus(heard)
    return (missing + needless).sum(1).mean()


def _near(values: Tensor) -> Tensor:
    """The highest of each of (B, A) and its neighbours, as far as people forgive."""
    return F.max_pool1d(values[:, None], 3, 1, 1)[:, 0]


def _fewer(logits: Tensor, wanted: Tensor) -> Tensor:
    """What is unsure counts less than its share: many doubts are no contact."""
    found = logits.sigmoid().square().sum(1)
    short = (wanted.clamp_min(_FEWEST) / found.clamp_min(1e-3)).log()
    return F.relu(short - _SLACK).mean()


def _tempered(logits: Tensor) -> Tensor:
    """As they are while doubt is left, and beyond that by their logarithm."""
    size = logits.abs()
    over = _SURE + torch.log1p((size - _SURE).clamp_min(0))
    return torch.where(size > _SURE, logits.sign() * over, logits)
