"""A few held-out cases of each kind, drawn once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from engine.metrics.claims.cases import Case
from engine.metrics.claims.motion import motion_claim
from engine.metrics.claims.rows import Claim
from engine.metrics.claims.suite import all_claims, drawn


@lru_cache(maxsize=8)
def _drawn(name: str, count: int) -> tuple[Case, ...]:
    return tuple(drawn(claim_named(name), count))


@lru_cache(maxsize=1)
def _claims() -> dict[str, Claim]:
    return {claim.name: claim for claim in (*all_claims(None, None), motion_claim(None))}


def claim_named(name: str) -> Claim:
    """A claim whose bodies are where they truly are, and without features of codecs."""
    return _claims()[name]


@pytest.fixture(scope="session")
def cases() -> Callable[[str, int], list[Case]]:
    return lambda name, count: list(_drawn(name, count))
