"""Which scenes are whose: every use draws seeds of its own, so that none has seen another's.

Training scenes are counted from 0 and held-out ones from ``HELD_OUT_FROM``; within both, uses
begin at the numbers below. The transformer's clips and tasks begin at 0, as the scores do.
"""

from __future__ import annotations

HELD_OUT_FROM = 1 << 40

CODECS_FROM = 10_000_000
"""Clips that the codecs and the reader learn from."""
PAIRS_FROM = 20_000_000
"""Pairs that the reward learns from."""
PROMPTS_FROM = 40_000_000
"""Scenes that the policy is asked for."""
DOUBLES_FROM = 50_000_000
"""Clips at two sizes, that the upsampler learns from."""
CURATED_FROM = 60_000_000
"""Scenes among which those to fine-tune on are chosen."""

AGREEMENT_FROM = 30_000_000
"""Held-out scenes by which the reward is held against the truth."""


def training_seed(index: int) -> int:
    """The seed of training scene ``index``; never one that is held out.

    Raises:
        ValueError: if ``index`` is below 0, or where those that are held out begin.
    """
    if not 0 <= index < HELD_OUT_FROM:
        raise ValueError(f"there is no training scene {index}")
    return index


def held_out_seed(index: int) -> int:
    """The seed of held-out scene ``index``; never one that is trained on.

    Raises:
        ValueError: if ``index`` is below 0.
    """
    if index < 0:
        raise ValueError(f"there is no held-out scene {index}")
    return HELD_OUT_FROM + index
