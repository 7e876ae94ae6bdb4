"""What weights may learn beyond the first ones: roles, slots, shots; nothing until it is trained.

Shape letters: B batch, M text tokens, N tokens, D width.

Every parameter starts at zero and adds, so weights that lack them give what they gave before.
Which pathways were trained is data of the weights: the entry ``trained`` of their metadata.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

import torch
from torch import Tensor, nn

# The order is that of the embeddings' rows: add at the end.
ROLES = (
    "subject",
    "environment",
    "style",
    "first_frame",
    "last_frame",
    "keyframe",
    "motion",
    "camera",
    "voice",
    "music",
    "soundtrack",
    "source",
)
FIRST_ROLES = 6
SLOTS = 15
SHOTS = 16
PREFIX = "pathways."
# What the first weights learned; later ones say it themselves.
FIRST_TRAINED = ("subject", "first_frame", "soundtrack", "edit", "picture_to_sound")
# Weights that were fine-tuned to take a preview's strides whole.
FLOW_MAP = "flow_map"
# A flow map that is told the scale of guidance that its strides are for, and which scales.
TOLD_GUIDANCE = "told_guidance"
TOLD_SCALES = (1.0, 8.0)
_KEY = "trained"


class Pathways(nn.Module):
    """Embeddings of roles, slots and shots, and how loud each role is."""

    def __init__(self, width: int, audio_width: int) -> None:
        super().__init__()
        self.role = nn.Parameter(torch.zeros(len(ROLES), width))
        self.slot = nn.Parameter(torch.zeros(SLOTS, width))
        self.loudness = nn.Parameter(torch.zeros(len(ROLES)))
        self.shot = nn.Parameter(torch.zeros(SHOTS, width))
        self.audio_shot = nn.Parameter(torch.zeros(SHOTS, audio_width))

    def named(self, roles: Tensor, slots: Tensor) -> Tensor:
        """(..., D) what tokens of a reference gain by role and slot."""
        return self.role[roles.clamp_min(0)] + self.slot[slots.clamp(0, SLOTS - 1)]

    def tagged(self, slots: Tensor) -> Tensor:
        """(B, M, D) what text tokens gain; nothing where the slot is -1."""
        added = self.slot[slots.clamp(0, SLOTS - 1)]
        return added * (slots >= 0)[..., None].to(added.dtype)

    def biases(self, roles: Tensor, weights: Tensor | None) -> Tensor:
        """(...) bias of the scores of a reference's tokens: the role's own and the user's."""
        bias = self.loudness[roles.clamp_min(0)]
        return bias if weights is None else bias + weights.clamp_min(1e-3).log()

    def in_shots(
        self, video: Tensor, audio: Tensor, shots: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Tokens (B, N, D) of both branches with the shot that each belongs to."""
        return (
            video + self.shot[shots[0].clamp_max(SHOTS - 1)],
            audio + self.audio_shot[shots[1].clamp_max(SHOTS - 1)],
        )


def trained_of(metadata: Mapping[str, str]) -> frozenset[str]:
    """The pathways that weights with ``metadata`` were trained on.

    Roles by their names, and ``edit``, ``instruct``, ``region``, ``extend``, ``sequence``,
    ``picture_to_sound`` and ``tags`` (slots bound to words).

    Raises:
        ValueError: if the entry cannot be read.
    """
    if _KEY not in metadata:
        return frozenset(FIRST_TRAINED)
    names = json.loads(metadata[_KEY])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("the list of trained pathways is damaged")
    return frozenset(names)


def trained_entry(names: Collection[str]) -> dict[str, str]:
    """The entry of the metadata that ``trained_of`` reads."""
    return {_KEY: json.dumps(sorted(names))}
