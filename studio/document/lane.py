"""The kernel of a track: sorted, disjoint clips, found by bisection and carved to fit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from studio.document.film import Clip, new_id

Clips = tuple[Clip, ...]


def _start(clip: Clip) -> int:
    return clip.start


@dataclass
class Cuts:
    """Fresh ids for the right-hand parts of what one change cuts in two.

    Clips that were linked before the cut have right-hand parts that are linked after it.
    """

    links: dict[str, str] = field(default_factory=dict[str, str])

    def right_part(self, clip: Clip, frame: int) -> Clip:
        """What remains of ``clip`` from ``frame`` on, as a clip of its own."""
        link_id = None
        if clip.link_id is not None:
            link_id = self.links.setdefault(clip.link_id, new_id())
        return replace(head_at(clip, frame), id=new_id(), link_id=link_id, fade_in=0)


def first_from(clips: Clips, frame: int) -> int:
    """Position of the first clip that starts at or after ``frame``."""
    return bisect_left(clips, frame, key=_start)


def first_touching(clips: Clips, frame: int) -> int:
    """Position of the first clip that ends after ``frame``."""
    position = bisect_right(clips, frame, key=_start)
    if position and clips[position - 1].end > frame:
        return position - 1
    return position


def clip_at(clips: Clips, frame: int) -> Clip | None:
    """The clip that covers ``frame``."""
    position = first_touching(clips, frame)
    if position < len(clips) and clips[position].start <= frame:
        return clips[position]
    return None


def clips_between(clips: Clips, start: int, end: int) -> Clips:
    """The clips with a frame in ``[start, end)``, in order."""
    if end <= start:
        return ()
    return clips[first_touching(clips, start) : first_from(clips, end)]


def moved(clip: Clip, frames: int) -> Clip:
    """``clip`` later by ``frames``.

    The same as ``replace(clip, start=...)``, at a sixth of its cost: a ripple moves thousands.
    """
    twin = object.__new__(Clip)
    values = twin.__dict__
    values.update(clip.__dict__)
    values["start"] = clip.start + frames
    return twin


def head_at(clip: Clip, frame: int) -> Clip:
    """``clip`` beginning at ``frame`` with its end and its pictures where they were."""
    source_in = max(0, clip.source_in + frame - clip.start)
    return fades_fitted(replace(clip, start=frame, length=clip.end - frame, source_in=source_in))


def tail_at(clip: Clip, frame: int) -> Clip:
    """``clip`` ending before ``frame``."""
    return fades_fitted(replace(clip, length=frame - clip.start))


def fades_fitted(clip: Clip) -> Clip:
    """``clip`` with fades that are not negative and do not reach into each other."""
    fade_in = min(max(0, clip.fade_in), clip.length)
    fade_out = min(max(0, clip.fade_out), clip.length - fade_in)
    if (fade_in, fade_out) == (clip.fade_in, clip.fade_out):
        return clip
    return replace(clip, fade_in=fade_in, fade_out=fade_out)


def carved(clips: Clips, start: int, end: int, cuts: Cuts) -> Clips:
    """``clips`` with nothing left in ``[start, end)``: removed, trimmed or cut in two."""
    first, after = first_touching(clips, start), first_from(clips, end)
    if end <= start or first >= after:
        return clips
    kept: list[Clip] = []
    if clips[first].start < start:
        kept.append(replace(tail_at(clips[first], start), fade_out=0))
    last = clips[after - 1]
    if last.end > end:
        whole = last.start >= start
        kept.append(head_at(last, end) if whole else cuts.right_part(last, end))
    return clips[:first] + tuple(kept) + clips[after:]


def placed(clips: Clips, clip: Clip, cuts: Cuts) -> Clips:
    """``clips`` with ``clip`` over whatever lay there."""
    cleared = carved(clips, clip.start, clip.end, cuts)
    position = first_from(cleared, clip.start)
    return (*cleared[:position], clip, *cleared[position:])


def laid(clips: Clips, new: Clips, cuts: Cuts) -> Clips:
    """``clips`` with each of ``new`` over whatever lay there, the later over the earlier."""
    ordered = sorted(new, key=_start)
    if any(left.end > right.start for left, right in pairwise(ordered)):
        for clip in new:
            clips = placed(clips, clip, cuts)
        return clips
    for clip in ordered:
        clips = carved(clips, clip.start, clip.end, cuts)
    return tuple(sorted((*clips, *ordered), key=_start))


def opened(clips: Clips, frame: int, length: int, cuts: Cuts) -> Clips:
    """``clips`` cut at ``frame``, with all that follows moved later by ``length``."""
    parted = split(clips, frame, cuts)
    position = first_from(parted, frame)
    return parted[:position] + tuple(moved(clip, length) for clip in parted[position:])


def delayed(clips: Clips, frame: int, frames: int) -> Clips:
    """``clips`` with those that start at or after ``frame`` moved by ``frames``.

    The caller sees to it that there is room when ``frames`` is negative.
    """
    position = first_from(clips, frame)
    if position == len(clips) or not frames:
        return clips
    return clips[:position] + tuple(moved(clip, frames) for clip in clips[position:])


def closed(clips: Clips, start: int, end: int) -> Clips:
    """``clips`` with what follows ``[start, end)`` earlier by its length, if there is room.

    There is none where a clip lies in the stretch or reaches across it; sound that runs a
    little into it from the left does no harm.
    """
    position = first_from(clips, start)
    if position == len(clips):
        return clips
    floor = clips[position - 1].end if position else 0
    if clips[position].start - (end - start) < max(start, floor):
        return clips
    return delayed(clips, start, start - end)


def split(clips: Clips, frame: int, cuts: Cuts) -> Clips:
    """``clips`` with the one across ``frame`` cut there in two."""
    clip = clip_at(clips, frame)
    if clip is None or clip.start == frame:
        return clips
    position = first_touching(clips, frame)
    left = replace(tail_at(clip, frame), fade_out=0)
    return (*clips[:position], left, cuts.right_part(clip, frame), *clips[position + 1 :])


def without(clips: Clips, clip_ids: Iterable[str]) -> Clips:
    """``clips`` without those named."""
    names = set(clip_ids)
    kept = tuple(clip for clip in clips if clip.id not in names)
    return clips if len(kept) == len(clips) else kept


def faults(clips: Clips) -> list[str]:
    """What breaks the rules of a track, as sentences; empty for a sound one."""
    found: list[str] = []
    if len({clip.id for clip in clips}) < len(clips):
        found.append("Two clips have the same id.")
    for clip in clips:
        if clip.start < 0 or clip.length < 1 or clip.source_in < 0:
            found.append(f"Clip {clip.id} lies before the start or is empty.")
        if clip.fade_in < 0 or clip.fade_out < 0 or clip.fade_in + clip.fade_out > clip.length:
            found.append(f"Clip {clip.id} fades for longer than it lasts.")
    for left, right in pairwise(clips):
        if left.end > right.start:
            found.append(f"Clips {left.id} and {right.id} overlap.")
    return found
