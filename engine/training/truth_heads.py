"""What the truth heads are asked for: which names cover a token, and where contacts begin."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from engine.models.signals import Prediction
from engine.training.batch import Batch


def truth_loss(result: Prediction, batch: Batch) -> Tensor:
    """Cross entropy of both heads; the picture's is a sum over names.

    Heads of weights that were taught colours alone have too few names, and are not asked.
    """
    heard = F.binary_cross_entropy_with_logits(result.audio_truth.float().squeeze(-1), batch.onsets)
    if result.video_truth.shape[-1] != batch.coverage.shape[-1]:
        return heard
    seen = F.binary_cross_entropy_with_logits(
        result.video_truth.float(), batch.coverage, reduction="none"
    )
    return seen.sum(-1).mean() + heard
