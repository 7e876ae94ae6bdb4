"""What is dropped on the timeline: shots, takes and media turned into clips with their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from types import MappingProxyType

from PySide6.QtCore import QMimeData, QMimeDatabase

from studio.bridge.drags import Cargo, local_files, unpacked
from studio.document.film import (
    Clip,
    ClipSource,
    Film,
    Media,
    MediaSource,
    ShotSource,
    TakeSource,
    Timeline,
    Track,
    TrackKind,
    new_id,
)
from studio.document.ledger import Ledger
from studio.document.queries import (
    best_upgrade,
    find_media,
    find_shot,
    shot_length,
    shot_take,
    source_length,
)
from studio.document.timeline_access import lock_of
from studio.document.timeline_changes import Placement
from studio.wording import tr

STILL_S = 4
NOTHING_KNOWN: Mapping[str, Media | None] = MappingProxyType({})


@dataclass(frozen=True)
class Piece:
    """One thing to be laid down.

    Attributes:
        length: frames of the film.
        ends: whether there are no more of it; a still picture, and a shot that nothing was made
            of, last as long as is asked for.
        source_in: frames of the source that lie before what is used.
    """

    source: ClipSource
    length: int
    picture: bool
    sound: bool
    ends: bool = True
    source_in: int = 0


@dataclass(frozen=True, kw_only=True)
class Landing:
    """Where files were dropped that have yet to come into the film.

    Attributes:
        frame: of the timeline; it stays, whatever becomes of the cut meanwhile.
        track_id: the track under the hand, if there was one.
        replaces: the clip that shall show the file; empty where clips are laid.
        playhead: the frame that it stood on.
    """

    timeline_id: str
    frame: int
    track_id: str | None
    inserts: bool
    replaces: str
    playhead: int


def placeable(data: QMimeData) -> Cargo | None:
    """What a drag carries that can lie on a timeline, or ``None``; files of other programs can."""
    cargo = unpacked(data)
    if cargo is None:
        files = local_files(data)
        return Cargo("file", tuple(map(str, files))) if files else None
    return None if cargo.kind == "card" else cargo


def pieces(
    film: Film, ledger: Ledger, cargo: Cargo, known: Mapping[str, Media | None] = NOTHING_KNOWN
) -> list[Piece]:
    """What ``cargo`` is, in order; what is no longer there is left out.

    ``known`` are files of other programs that were looked into, by their paths; ``None`` of those
    that cannot be brought in.
    """
    if cargo.kind == "file":
        return _file_pieces(film, cargo.ids, known)
    makers = {"shot": _shot_piece, "take": _take_piece, "media": _media_piece}
    found = (makers[cargo.kind](film, ledger, one) for one in cargo.ids)
    return [piece for piece in found if piece is not None]


def placements(
    timeline: Timeline, laid: Iterable[Piece], frame: int, track_id: str | None = None
) -> list[Placement]:
    """Clips for ``laid``, one after another from ``frame`` on.

    Pictures go on the track under the hand, or the lowest that is open; their sound goes on the
    track of the same rank among sounds, and is linked to them. A locked track under the hand takes
    nothing.
    """
    video, audio = _tracks_for(timeline, track_id)
    made: list[Placement] = []
    for piece in laid:
        picture = piece.picture and video is not None
        sound = piece.sound and audio is not None
        link_id = new_id() if picture and sound else None
        for track, wanted in ((video, picture), (audio, sound)):
            if track is not None and wanted:
                clip = Clip(
                    id=new_id(),
                    source=piece.source,
                    start=frame,
                    length=piece.length,
                    source_in=piece.source_in,
                    link_id=link_id,
                )
                made.append(Placement(track_id=track.id, clip=clip))
        frame += piece.length
    return made


def lock_on(timeline: Timeline, track_id: str | None) -> str:
    """Why a track takes nothing that is laid, as a sentence; empty where it is not locked."""
    return lock_of(next((track for track in timeline.tracks if track.id == track_id), None))


def no_room(timeline: Timeline, track_id: str | None) -> str:
    """Why nothing that is laid finds a track, as a sentence."""
    return lock_on(timeline, track_id) or tr("There is no open track for this.")


def total_length(laid: Sequence[Piece]) -> int:
    """Frames of all of them in a row."""
    return sum(piece.length for piece in laid)


def _tracks_for(timeline: Timeline, track_id: str | None) -> tuple[Track | None, Track | None]:
    video, audio = _open(timeline, "video"), _open(timeline, "audio")
    hand = next((track for track in timeline.tracks if track.id == track_id), None)
    if hand is None:
        return next(iter(video), None), next(iter(audio), None)
    if hand.locked:
        return None, None
    same, other = (video, audio) if hand.kind == "video" else (audio, video)
    rank = same.index(hand)
    partner = other[min(rank, len(other) - 1)] if other else None
    return (hand, partner) if hand.kind == "video" else (partner, hand)


def _open(timeline: Timeline, kind: TrackKind) -> list[Track]:
    """Unlocked tracks from the one nearest to the middle of the timeline outward."""
    tracks = [track for track in timeline.tracks if track.kind == kind and not track.locked]
    return tracks if kind == "video" else tracks[::-1]


def _shot_piece(film: Film, ledger: Ledger, shot_id: str) -> Piece | None:
    shot = find_shot(film, shot_id)
    if shot is None:
        return None
    take = shot_take(film, ledger, shot_id)
    length = None if take is None else source_length(film, take, "video")
    source, planned = ShotSource(shot_id=shot_id), shot_length(film, shot)
    return Piece(source, length or planned, True, True, ends=length is not None)


def _take_piece(film: Film, ledger: Ledger, take_id: str) -> Piece | None:
    take = best_upgrade(ledger, take_id)
    if take is None:
        return None
    length = source_length(film, take, "video") or 1
    return Piece(TakeSource(take_id=take_id), length, True, take.samples > 0)


def _media_piece(film: Film, _ledger: Ledger, media_id: str) -> Piece | None:
    media = find_media(film, media_id)
    return None if media is None else _piece_of(film, media)


def _piece_of(film: Film, media: Media) -> Piece:
    kind: TrackKind = "audio" if media.kind == "audio" else "video"
    length, usual = source_length(film, media, kind), round(STILL_S * film.rate)
    seen, heard = media.kind != "audio", media.facts.samples > 0
    source = MediaSource(media_id=media.id)
    return Piece(source, length or usual, seen, heard, ends=length is not None)


def _file_pieces(
    film: Film, paths: Iterable[str], known: Mapping[str, Media | None]
) -> list[Piece]:
    """What files hold, or are likely to, by their names, where nobody has read them yet."""
    laid: list[Piece] = []
    for path in paths:
        media = known.get(path)
        if media is not None:
            laid.append(_piece_of(film, media))
        elif path not in known:
            laid.append(_guessed_piece(film, path))
    return laid


def _guessed_piece(film: Film, path: str) -> Piece:
    kind, source = _kind_by_name(PurePath(path).suffix), MediaSource(media_id="")
    seen, heard = kind != "audio", kind != "image"
    return Piece(source, round(STILL_S * film.rate), seen, heard, ends=False)


@cache
def _kind_by_name(ending: str) -> str:
    """Such as ``image``, by the ending of a name."""
    by_name = QMimeDatabase.MatchMode.MatchExtension
    return QMimeDatabase().mimeTypeForFile(f"file{ending}", by_name).name().partition("/")[0]
