"""Imported footage that is changed: the part of the file that an edit takes, and its request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from engine.api import Capabilities, Edit, Quality, ShotPlan, ShotRequest
from studio.document.film import Media
from studio.render.film_paths import inside
from studio.render.requests import FAST, Desk, card_references, picture_size, worded


@dataclass(frozen=True, kw_only=True)
class Footage:
    """An imported clip, and which part of it is wanted.

    Attributes:
        in_s, out_s: where the part begins and ends in the file; ``None`` is the file's end.
    """

    media: Media
    in_s: Fraction = Fraction(0)
    out_s: Fraction | None = None

    @property
    def length_s(self) -> Fraction:
        """How long the file is."""
        facts = self.media.facts
        return facts.frames / (facts.rate or Fraction(1))


@dataclass(frozen=True, kw_only=True)
class Part:
    """What an edit takes of a file: ``frames`` pictures at ``rate``, the first at ``in_s``."""

    in_s: Fraction
    frames: int
    rate: Fraction

    @property
    def out_s(self) -> Fraction:
        """Where it ends in the file."""
        return self.in_s + self.frames / self.rate

    def picture_at(self, time_s: Fraction) -> int | None:
        """Which of its pictures stands at a time of the file; ``None`` where none does."""
        picture = (time_s - self.in_s) * self.rate // 1
        return picture if 0 <= picture < self.frames else None

    def time_of(self, picture: int) -> Fraction:
        """When one of its pictures begins in the file, in seconds."""
        return self.in_s + picture / self.rate


def part_of(footage: Footage, capabilities: Capabilities) -> Part:
    """The part of ``footage`` that an edit takes: as long as can be made, and not longer.

    What is shorter than the shortest that can be made ends on a picture that is held.
    """
    rate = capabilities.rates[0]
    end_s = footage.length_s if footage.out_s is None else min(footage.out_s, footage.length_s)
    wanted = (end_s - footage.in_s) * rate // 1
    frames = max((n for n in capabilities.frames if n <= wanted), default=min(capabilities.frames))
    return Part(in_s=footage.in_s, frames=frames, rate=rate)


def longest_s(capabilities: Capabilities) -> Fraction:
    """How much of a file can be changed at once, in seconds."""
    return max(capabilities.frames) / capabilities.rates[0]


def footage_request(
    desk: Desk, footage: Footage, edit: Edit, *, seed: int, quality: Quality = FAST
) -> ShotRequest:
    """The request that changes imported footage; its source and where it begins are filled in."""
    media = footage.media
    part = part_of(footage, desk.capabilities)
    width, height = picture_size(media.facts.width, media.facts.height, desk.capabilities)
    source = str(inside(desk.folder, media.path))
    style = desk.film.settings.style_prompt.strip()
    return ShotRequest(
        prompt=worded(desk.film, style),
        references=card_references(desk, style, set()),
        shots=(ShotPlan(caption="", frames=part.frames),),
        width=width,
        height=height,
        rate=part.rate,
        seed=seed,
        quality=quality,
        task=replace(edit, source=source, in_s=part.in_s),
    )
