"""The tracks as arrays: what makes ten thousand clips as quick to look through as ten.

All tracks lie in one array, so that a paint asks for all of them at once: a call of numpy costs
more than its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from operator import is_

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from studio.document.film import Clip, ClipSource, ColourLabel, Timeline, Track, TrackKind
from studio.ui import theme
from studio.ui.timeline_geometry import HEADER_PX, Geometry
from studio.ui.timeline_sources import SourceLook, SourceLooks

Ints = NDArray[np.int64]
Colours = NDArray[np.uint32]

LANE_FILL: dict[TrackKind, str] = {"video": theme.LANE_VIDEO, "audio": theme.LANE_AUDIO}


@dataclass(frozen=True)
class LaneFacts:
    """What of a track's clips does not depend on what becomes of their sources.

    Attributes:
        both: where each begins, and the frame after its last.
        sources: the number of the source of each, as the store counts them.
        special: positions of those that are coloured or put out by themselves.
        mixed: positions of those that begin with a dissolve.
    """

    kind: TrackKind
    clips: tuple[Clip, ...]
    both: Ints
    sources: Ints
    special: tuple[int, ...]
    mixed: Ints


@dataclass(frozen=True)
class LaneArrays:
    """A track's clips with the colours of their sources."""

    facts: LaneFacts
    table: SourceTable
    body: Colours
    top: Colours
    stripe: Colours
    hatched: Colours


@dataclass(frozen=True)
class SourceTable:
    """The looks of all sources that were met, and the colours of plain clips of them.

    Attributes:
        colours: by kind of track, body, name strip, stripe and hatched body: (S, 4).
    """

    of: SourceLooks
    looks: tuple[SourceLook, ...]
    colours: Mapping[TrackKind, Colours]


@dataclass(frozen=True)
class Sight:
    """The clips of a track that are in sight, in pixels right of the headers.

    Attributes:
        first: position of the first of them on the track.
        left, right: within the view.
    """

    first: int
    left: Ints
    right: Ints


@dataclass(frozen=True)
class Whole:
    """All tracks of a timeline, one after the other.

    Attributes:
        offsets: where each track begins, and where the last one ends.
        both, sources: as of ``LaneFacts``.
        sorted_both: the same, with every track's frames behind those of the one before it, so that
            one search finds a frame on all of them.
        pictures: which of the tracks show pictures.
    """

    lanes: tuple[LaneArrays, ...]
    offsets: Ints
    both: Ints
    sorted_both: Ints
    pictures: NDArray[np.bool_]
    sources: Ints
    body: Colours
    top: Colours
    stripe: Colours
    hatched: Colours


@dataclass(frozen=True)
class Sights:
    """The clips that lie between the edges of the view, one track after the other.

    Those of sound on lanes that are scrolled out are left away; the stripe tells of all pictures.

    Attributes:
        bounds: where each track begins among them, and where the last one ends.
        at: the place of each in ``whole``.
        track: the number of the track that each lies on.
        left, right: as of ``Sight``.
        whole_left, whole_right: also where that lies outside of the view.
    """

    whole: Whole
    firsts: Ints
    bounds: Ints
    at: Ints
    track: Ints
    left: Ints
    right: Ints
    whole_left: Ints
    whole_right: Ints

    def of(self, track: int) -> Sight:
        """Those of one track."""
        part = slice(int(self.bounds[track]), int(self.bounds[track + 1]))
        return Sight(
            int(self.firsts[track] - self.whole.offsets[track]),
            self.left[part],
            self.right[part],
        )


class LaneStore:
    """The arrays of every track, made anew only where its clips or the looks have changed."""

    def __init__(self) -> None:
        self._numbers: dict[ClipSource, int] = {}
        # By the very object: to hash a source takes longer than all the rest.
        self._met: dict[int, tuple[ClipSource, int]] = {}
        self._facts: dict[str, LaneFacts] = {}
        self._table: SourceTable | None = None
        self._arrays: dict[str, LaneArrays] = {}
        self._whole: tuple[tuple[Track, ...], SourceLooks, Whole] | None = None

    def facts(self, track: Track) -> LaneFacts:
        """What does not depend on the looks; read where its clips are others."""
        facts = self._facts.get(track.id)
        if facts is None or facts.clips is not track.clips:
            facts = self._facts[track.id] = self._read(track)
        return facts

    def sources(self) -> tuple[ClipSource, ...]:
        """What the clips of all tracks that were read show."""
        return tuple(self._numbers)

    def arrays(self, track: Track, looks: SourceLooks) -> LaneArrays:
        """The arrays of ``track``."""
        facts = self.facts(track)
        table = self._table
        if table is None or table.of is not looks or len(table.looks) < len(self._numbers):
            table = self._table = _table(self.sources(), looks)
        known = self._arrays.get(track.id)
        if known is None or known.facts is not facts or known.table is not table:
            known = self._arrays[track.id] = _coloured(facts, table)
        return known

    def sights(self, timeline: Timeline, looks: SourceLooks, geometry: Geometry) -> Sights:
        """What of ``timeline`` lies in the view."""
        return in_sight(self._joined(timeline.tracks, looks), geometry)

    def _joined(self, tracks: tuple[Track, ...], looks: SourceLooks) -> Whole:
        """All of ``tracks``; the very same ones, as they look the same, are not gone through."""
        if self._whole is not None:
            known, known_looks, whole = self._whole
            if known is tracks and known_looks is looks:
                return whole
        for track in tracks:  # all of them first, so that one table serves every track
            self.facts(track)
        lanes = tuple(self.arrays(track, looks) for track in tracks)
        if self._whole is not None and _same(self._whole[2].lanes, lanes):
            whole = self._whole[2]
        else:
            whole = _joined(lanes)
        self._whole = tracks, looks, whole
        return whole

    def _read(self, track: Track) -> LaneFacts:
        met, numbers = self._met, self._numbers
        if len(met) > _MOST_MET:
            met.clear()
        sources: list[int] = []
        starts: list[int] = []
        lengths: list[int] = []
        special: list[int] = []
        mixed: list[int] = []
        for at, clip in enumerate(track.clips):
            source = clip.source
            known = met.get(id(source))
            if known is None:
                number = numbers.setdefault(source, len(numbers))
                known = met[id(source)] = (source, number)
            sources.append(known[1])
            starts.append(clip.start)
            lengths.append(clip.length)
            if clip.colour != "none" or not clip.enabled:
                special.append(at)
            if clip.dissolve is not None:
                mixed.append(at)
        both = np.array([starts, lengths], np.int64)
        both[1] += both[0]
        return LaneFacts(
            track.kind,
            track.clips,
            both,
            np.array(sources, np.int64),
            tuple(special),
            np.array(mixed, np.int64),
        )


def mixed_in_sight(facts: LaneFacts, sight: Sight) -> list[int]:
    """Positions on the track of clips in sight, or right behind it, that begin with a dissolve."""
    if not len(facts.mixed):
        return []
    first, last = sight.first, sight.first + len(sight.left)
    return facts.mixed[(facts.mixed >= first) & (facts.mixed <= last)].tolist()


def in_sight(whole: Whole, geometry: Geometry) -> Sights:
    """The part of ``whole`` that lies between the edges of the view, as of ``Sights``."""
    count = len(whole.lanes)
    tracks = np.arange(count)
    starts, ends = whole.sorted_both
    # Not before its own track and not behind it: another's frames lie beyond those of this one.
    firsts = np.searchsorted(ends, tracks * _APART + geometry.first_frame, "right")
    afters = np.searchsorted(starts, tracks * _APART + geometry.end_frame, "left")
    told = whole.pictures.copy()
    told[[lane.number for lane in geometry.lanes_in_sight()]] = True
    counts = np.maximum(afters - firsts, 0) * told
    bounds = np.zeros(count + 1, np.int64)
    np.cumsum(counts, out=bounds[1:])
    at = np.arange(bounds[-1]) + np.repeat(firsts - bounds[:-1], counts)
    edge = geometry.width - HEADER_PX
    # Starts and ends in one array: half the calls, each of which costs more than its numbers.
    both = np.rint(whole.both[:, at] * geometry.zoom).astype(np.int64)
    both -= geometry.scroll_x
    left, right = both
    np.maximum(right, left + 1, out=right)
    inside = np.maximum(both, _INSIDE)
    np.minimum(inside, [[edge - 1], [edge]], out=inside)
    track = np.repeat(tracks, counts)
    return Sights(whole, firsts, bounds, at, track, inside[0], inside[1], left, right)


def positions_in_sight(track: Track, sight: Sight, clip_ids: AbstractSet[str]) -> list[int]:
    """Where ``clip_ids`` stand within the sight."""
    count = len(sight.left)
    known = track.positions
    if len(clip_ids) <= count:
        found = (known.get(clip_id, -1) - sight.first for clip_id in clip_ids)
        return [at for at in found if 0 <= at < count]
    clips = track.clips[sight.first : sight.first + count]
    return [at for at, clip in enumerate(clips) if clip.id in clip_ids]


def _same(known: tuple[LaneArrays, ...], lanes: tuple[LaneArrays, ...]) -> bool:
    return len(known) == len(lanes) and all(map(is_, known, lanes))


def _joined(lanes: tuple[LaneArrays, ...]) -> Whole:
    offsets = np.zeros(len(lanes) + 1, np.int64)
    np.cumsum([len(lane.facts.clips) for lane in lanes], out=offsets[1:])
    both = np.concatenate([_NONE, *(lane.facts.both for lane in lanes)], axis=1)
    apart = np.repeat(np.arange(len(lanes)) * _APART, np.diff(offsets))
    return Whole(
        lanes,
        offsets,
        both,
        both + apart,
        np.array([lane.facts.kind == "video" for lane in lanes], bool),
        np.concatenate([_NONE[0], *(lane.facts.sources for lane in lanes)]),
        *(
            np.concatenate([_NO_COLOURS, *(getattr(lane, part) for lane in lanes)])
            for part in ("body", "top", "stripe", "hatched")
        ),
    )


def _table(sources: tuple[ClipSource, ...], looks: SourceLooks) -> SourceTable:
    found = tuple(looks.of(source) for source in sources)
    return SourceTable(
        looks,
        found,
        {
            kind: np.array([_mixed(kind, "none", look) for look in found], np.uint32).reshape(-1, 4)
            for kind in LANE_FILL
        },
    )


def _coloured(facts: LaneFacts, table: SourceTable) -> LaneArrays:
    colours = table.colours[facts.kind][facts.sources]
    for at in facts.special:
        clip, look = facts.clips[at], table.looks[facts.sources[at]]
        colours[at] = _mixed(facts.kind, clip.colour, look, enabled=clip.enabled)
    return LaneArrays(facts, table, *np.ascontiguousarray(colours.T))


_KNOWN: dict[tuple[object, ...], tuple[int, int, int, int]] = {}


def _mixed(
    kind: TrackKind, colour: ColourLabel, look: SourceLook, *, enabled: bool = True
) -> tuple[int, int, int, int]:
    """Body, name strip, state stripe and the lines of the hatched body of a clip."""
    label = colour if colour != "none" else look.colour
    draft = look.content is None and not look.drawn
    key = (kind, label, draft, look.missing, look.state, enabled)
    known = _KNOWN.get(key)
    if known is not None:
        return known
    video = kind == "video"
    body = theme.VIDEO_CLIP if video else theme.AUDIO_CLIP
    top = theme.VIDEO_CLIP_TOP if video else theme.AUDIO_CLIP_TOP
    ground = LANE_FILL[kind]
    if label != "none":
        top = theme.LABEL_COLOURS[label]
        body = theme.mixed(top, ground, 0.4).name()
    if look.missing:
        top, body = theme.LOST_CLIP_TOP, theme.LOST_CLIP
    elif draft:
        top = theme.mixed(top, theme.RAISED, 0.45).name()
        body = theme.mixed(body, theme.PANEL, 0.62).name()
    fade = 0.0 if enabled else 0.6
    stripe = theme.STATE_COLOURS[look.state] if look.state and enabled else ""
    lines = theme.BAD if look.missing else theme.TEXT_FAINT
    hatch = theme.mixed(body, lines, _HATCH) if draft and video else QColor(body)
    made = (
        argb(theme.mixed(body, ground, fade)),
        argb(theme.mixed(top, ground, fade)),
        argb(QColor(stripe)) if stripe else 0,
        argb(theme.mixed(hatch.name(), ground, fade)),
    )
    _KNOWN[key] = made
    return made


def argb(colour: QColor) -> int:
    """A colour as the number that a pixel holds."""
    return int(colour.rgb())


_INSIDE = np.array([[0], [1]], np.int64)
_NONE = np.zeros((2, 0), np.int64)
_NO_COLOURS = np.zeros(0, np.uint32)
_APART = 1 << 40
_MOST_MET = 200_000
_HATCH = 0.14
