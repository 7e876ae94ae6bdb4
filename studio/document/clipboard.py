"""What was copied of a timeline, and laying it down again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from studio.document.errors import ChangeError
from studio.document.film import Clip, Film, Timeline, TrackKind, new_id
from studio.document.lane import moved
from studio.document.timeline_access import change_clips, editable_places, timeline_of
from studio.document.timeline_changes import Placement, insert_clips, overwrite_clips
from studio.wording import tr


@dataclass(frozen=True, kw_only=True)
class CopiedClip:
    """A clip, and where it lay.

    Attributes:
        kind: of its track.
        rank: how many tracks of that kind its own was above the lowest one copied from.
        clip: with a start counted from the first frame copied.
    """

    kind: TrackKind
    rank: int
    clip: Clip


@dataclass(frozen=True, kw_only=True)
class Copied:
    """Clips as they were when they were copied; outlives what happens to them since.

    Attributes:
        lowest_video, lowest_audio: which track of its kind the lowest ones lay on.
    """

    pieces: tuple[CopiedClip, ...] = ()
    lowest_video: int = 0
    lowest_audio: int = 0

    @property
    def length(self) -> int:
        """Frames from the first to the last."""
        return max((piece.clip.end for piece in self.pieces), default=0)


def copied(timeline: Timeline, clip_ids: Iterable[str]) -> Copied:
    """The named clips, with their partners and groups, for pasting."""
    places = editable_places(_unlocked(timeline), clip_ids, linked=True, grouped=True)
    if not places:
        return Copied()
    start = min(place.clip.start for place in places)
    ranks = _ranks(timeline)
    lowest: dict[str, int] = {}
    for place in places:
        kind = timeline.tracks[place.track].kind
        lowest[kind] = min(lowest.get(kind, 1 << 40), ranks[place.track])
    pieces: list[CopiedClip] = []
    for place in places:
        kind = timeline.tracks[place.track].kind
        rank = ranks[place.track] - lowest[kind]
        pieces.append(CopiedClip(kind=kind, rank=rank, clip=moved(place.clip, -start)))
    return Copied(
        pieces=tuple(pieces),
        lowest_video=lowest.get("video", 0),
        lowest_audio=lowest.get("audio", 0),
    )


def paste(
    film: Film, timeline_id: str, what: Copied, frame: int, *, inserts: bool = False
) -> tuple[Film, frozenset[str]]:
    """Lay copies down from ``frame`` on, on the tracks they came from, or the nearest there are.

    Returns:
        The film and the ids of the new clips.

    Raises:
        ChangeError: if a track is locked, or there is none of a kind.
    """
    timeline = timeline_of(film, timeline_id)
    placements = _placements(timeline, what, max(0, frame))
    if not placements:
        return film, frozenset()
    lay = insert_clips if inserts else overwrite_clips
    return lay(film, timeline_id, placements), frozenset(one.clip.id for one in placements)


def duplicate_clips(
    film: Film, timeline_id: str, clip_ids: Iterable[str]
) -> tuple[Film, frozenset[str]]:
    """Insert copies of clips right after the last of them.

    Raises:
        ChangeError: as ``paste``.
    """
    timeline = timeline_of(film, timeline_id)
    names = list(clip_ids)
    places = editable_places(timeline, names, linked=True, grouped=True)
    end = max((place.clip.end for place in places), default=0)
    return paste(film, timeline_id, copied(timeline, names), end, inserts=True)


def paste_attributes(film: Film, timeline_id: str, clip_ids: Iterable[str], source: Clip) -> Film:
    """Give clips the gain, pan, fades, pose, curves and colour of another one.

    Raises:
        ChangeError: if a clip is gone or its track is locked.
    """
    places = editable_places(timeline_of(film, timeline_id), clip_ids, linked=False)

    def dressed(clip: Clip) -> Clip:
        fade_in = min(source.fade_in, clip.length)
        return replace(
            clip,
            gain_db=source.gain_db,
            gain_points=source.gain_points,
            pan=source.pan,
            fade_in=fade_in,
            fade_out=min(source.fade_out, clip.length - fade_in),
            fade_in_shape=source.fade_in_shape,
            fade_out_shape=source.fade_out_shape,
            pose=source.pose,
            curves=source.curves,
            grade=source.grade,
        )

    return change_clips(film, timeline_id, places, dressed)


def _placements(timeline: Timeline, what: Copied, frame: int) -> list[Placement]:
    names: dict[str, str] = {}

    def fresh(known: str | None) -> str | None:
        return None if known is None else names.setdefault(known, new_id())

    placements: list[Placement] = []
    for piece in what.pieces:
        lanes = [track for track in timeline.tracks if track.kind == piece.kind]
        if not lanes:
            raise ChangeError(tr("There is no {kind} track to paste on.", kind=piece.kind))
        lowest = what.lowest_video if piece.kind == "video" else what.lowest_audio
        track = lanes[min(lowest + piece.rank, len(lanes) - 1)]
        clip = replace(
            piece.clip,
            id=new_id(),
            start=piece.clip.start + frame,
            link_id=fresh(piece.clip.link_id),
            group_id=fresh(piece.clip.group_id),
        )
        placements.append(Placement(track_id=track.id, clip=clip))
    return placements


def _ranks(timeline: Timeline) -> list[int]:
    """Which track of its kind each track is."""
    counts: dict[str, int] = {}
    ranks: list[int] = []
    for track in timeline.tracks:
        ranks.append(counts.get(track.kind, 0))
        counts[track.kind] = ranks[-1] + 1
    return ranks


def _unlocked(timeline: Timeline) -> Timeline:
    """``timeline`` as if no track were locked: copying changes nothing."""
    return replace(timeline, tracks=tuple(replace(one, locked=False) for one in timeline.tracks))
