"""What was measured of an imported file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class MediaFacts:
    """What was measured of an imported file; zero or ``None`` where it has none of it.

    Attributes:
        frames: pictures of a clip at ``rate``; 1 for an image, 0 for sound alone.
        samples: samples a channel of its sound at ``sample_rate_hz``; 0 where silent.
    """

    width: int = 0
    height: int = 0
    frames: int = 0
    rate: Fraction | None = None
    samples: int = 0
    sample_rate_hz: int = 0
    channels: int = 0


UNMEASURED = MediaFacts()
"""What is known of a file that nobody has opened."""
