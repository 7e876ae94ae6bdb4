"""Going on: shots that go on from a take or lead up to it, and shots that fill a gap of the cut."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from studio.bridge.room import Room
from studio.document.errors import ChangeError
from studio.document.film import (
    Clip,
    Film,
    Media,
    MediaFacts,
    MediaSource,
    ReferenceRole,
    Shot,
    ShotReference,
    ShotSource,
    TakeSource,
    Timeline,
    Track,
    new_id,
)
from studio.document.lane import clips_between
from studio.document.ledger import JobRecord, TakeRecord
from studio.document.queries import active_timeline, find_shot, resolve_clip, shot_length
from studio.document.retime import source_frame
from studio.document.shot_changes import add_shot
from studio.document.take_sources import base_take
from studio.document.timebase import conformed_length, held_picture
from studio.document.timeline_changes import Placement, insert_clips, overwrite_clips
from studio.wording import tr

_PLACED = ("first_frame", "last_frame", "keyframe", "soundtrack")
_HISTORY = 8  # pictures of the take that stand in the window beside what is new


class Continuing:
    """Makes the shots, lays them into the cut, and asks for what is to be rendered."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def extend(self, *, backward: bool) -> JobRecord | None:
        """A shot that goes on from the take under the hand, or leads up to it, and its preview.

        It stands beside the take's shot in the list and, where that is in the cut, there as well.
        """
        room = self._room
        shot, take = room.shot, room.take
        if shot is None or take is None:
            room.say(tr("Preview a shot first; then go on from its take."))
            return None
        can = room.capabilities
        if can is None:
            room.say(tr("The engine is still getting ready; try again in a moment."))
            return None
        if "extend" not in can.modes:
            room.say(tr("{name} cannot go on from a take.", name=can.name))
            return None
        most = max((n for n in can.frames if n <= can.frames[-1] - _HISTORY), default=can.frames[0])
        name = (
            tr("Before {name}", name=shot.name) if backward else tr("After {name}", name=shot.name)
        )
        fresh = replace(
            shot,
            id=new_id(),
            name=name,
            frames=max((n for n in can.frames if n <= min(shot.frames, most)), default=most),
            rate=take.rate,
            references=tuple(
                replace(one, id=new_id()) for one in shot.references if one.role not in _PLACED
            ),
            chosen_take_id=None,
            locked=False,
            seed_policy="random" if shot.seed_policy == "lock" else shot.seed_policy,
        )

        def change(film: Film) -> Film:
            at = next(n for n, one in enumerate(film.shots) if one.id == shot.id)
            film = add_shot(film, fresh, at if backward else at + 1)
            return beside(film, shot.id, fresh, backward=backward)

        if not room.apply(change, name):
            return None
        job = room.shooting.extend(fresh, take, backward)
        room.session.set_shot(fresh.id)
        return job

    def fill_gap(self, track_id: str = "") -> str:
        """A shot for the gap under the playhead; its id, or nothing where there is no gap.

        What is seen on both sides of the gap becomes its first and its last picture; its words
        are the director's, and nothing is rendered yet.
        """
        room = self._room
        timeline, frame = active_timeline(room.film), room.session.playhead
        gap = gap_at(timeline, frame, track_id)
        if gap is None:
            room.say(tr("Put the playhead into a gap between two pictures to fill it."))
            return ""
        track, before, after = gap
        start, end = (before.end if before is not None else 0), after.start
        rate = room.capabilities.rates[0] if room.capabilities is not None else Fraction(12)
        sides = [self._side(before, "first_frame", last=True)] if before is not None else []
        sides.append(self._side(after, "last_frame", last=False))
        shot = Shot(
            id=new_id(),
            name=_between(room.film, before, after),
            frames=self._frames(end - start, rate),
            rate=rate,
            references=tuple(one for one in sides if one is not None),
        )

        def change(film: Film) -> Film:
            at = _place_in_list(film, before, after)
            film = add_shot(film, shot, at)
            length = min(end - start, shot_length(film, shot))
            return laid(film, shot.id, start, length, track.id)

        if not room.apply(change, tr("Fill gap")):
            return ""
        room.session.set_shot(shot.id)
        return shot.id

    def _frames(self, gap: int, rate: Fraction) -> int:
        """The shortest legal length that covers a gap, or else the longest there is."""
        can = self._room.capabilities
        if can is None:
            return max(1, held_picture(gap, rate, self._room.film.rate))
        film_rate = self._room.film.rate
        covering = (n for n in can.frames if conformed_length(n, rate, film_rate) >= gap)
        return next(covering, can.frames[-1])

    def _side(self, clip: Clip, role: ReferenceRole, *, last: bool) -> ShotReference | None:
        """A clip's picture beside the gap as a reference; ``None`` where it has none."""
        room = self._room
        if room.capabilities is not None and role not in room.capabilities.roles:
            return None
        shown = max(0, source_frame(clip, clip.length - 1 if last else 0))
        found = resolve_clip(room.film, room.ledger, clip)
        match found:
            case TakeRecord(frames=frames, rate=rate):
                source = TakeSource(take_id=base_take(room.ledger, found.id))
            case Media(facts=MediaFacts(frames=frames, rate=known)) if frames:
                source, rate = MediaSource(media_id=found.id), known or room.film.rate
            case _:
                return None
        picture = min(frames - 1, held_picture(shown, rate, room.film.rate))
        return ShotReference(id=new_id(), source=source, role=role, start=picture)


def gap_at(
    timeline: Timeline, frame: int, track_id: str = ""
) -> tuple[Track, Clip | None, Clip] | None:
    """The track with a gap at ``frame`` and the clips around it, on the topmost that has one."""
    for track in reversed(timeline.tracks):
        if track.kind != "video" or track.locked or track_id not in ("", track.id):
            continue
        if clips_between(track.clips, frame, frame + 1):
            continue
        after = next((clip for clip in track.clips if clip.start > frame), None)
        before = next((clip for clip in reversed(track.clips) if clip.end <= frame), None)
        if after is not None:
            return track, before, after
    return None


def beside(film: Film, shot_id: str, fresh: Shot, *, backward: bool) -> Film:
    """``film`` with ``fresh`` laid before or after the clip that shows a shot, where one does."""
    timeline = active_timeline(film)
    shows = ShotSource(shot_id=shot_id)
    clips = [
        (track, clip)
        for track in timeline.tracks
        if track.kind == "video" and not track.locked
        for clip in track.clips
        if clip.source == shows
    ]
    if not clips:
        return film
    track, clip = min(clips, key=lambda one: one[1].start if backward else -one[1].end)
    frame = clip.start if backward else clip.end
    placements = _placements(timeline, fresh.id, frame, shot_length(film, fresh), track.id)
    return insert_clips(film, timeline.id, placements)


def laid(film: Film, shot_id: str, start: int, length: int, track_id: str) -> Film:
    """``film`` with a shot's picture in a gap, and its sound where that is free too."""
    timeline = active_timeline(film)
    placements = _placements(timeline, shot_id, start, length, track_id)
    by_id = {track.id: track for track in timeline.tracks}
    free = [
        one
        for one in placements
        if not clips_between(by_id[one.track_id].clips, start, start + length)
    ]
    if not any(one.track_id == track_id for one in free):
        raise ChangeError(tr("There is no longer a gap here to fill."))
    if len(free) == 1:
        free = [replace(free[0], clip=replace(free[0].clip, link_id=None))]
    return overwrite_clips(film, timeline.id, free)


def _placements(
    timeline: Timeline, shot_id: str, start: int, length: int, track_id: str
) -> list[Placement]:
    """Picture and sound of a shot, linked; sound goes onto the topmost unlocked track of it."""
    sounds = [one for one in timeline.tracks if one.kind == "audio" and not one.locked]
    clip = Clip(
        id=new_id(),
        source=ShotSource(shot_id=shot_id),
        start=start,
        length=length,
        link_id=new_id(),
    )
    placed = [Placement(track_id=track_id, clip=clip)]
    if sounds:
        placed.append(Placement(track_id=sounds[-1].id, clip=replace(clip, id=new_id())))
    return placed


def _between(film: Film, before: Clip | None, after: Clip) -> str:
    """What a shot that fills a gap is called to begin with."""
    names = [
        shot.name
        for clip in (before, after)
        if clip is not None
        and isinstance(clip.source, ShotSource)
        and (shot := find_shot(film, clip.source.shot_id)) is not None
    ]
    if before is None:
        return tr("Before {names}", names=names[0]) if names else tr("Opening")
    return (
        tr("Between {names} and {names2}", names=names[0], names2=names[1])
        if len(names) == 2
        else tr("Between")
    )


def _place_in_list(film: Film, before: Clip | None, after: Clip) -> int | None:
    """Where in the shot list a shot between two clips belongs; ``None`` is its end."""
    places = {shot.id: n for n, shot in enumerate(film.shots)}
    if before is not None and isinstance(before.source, ShotSource):
        at = places.get(before.source.shot_id)
        return None if at is None else at + 1
    if isinstance(after.source, ShotSource) and find_shot(film, after.source.shot_id) is not None:
        return places[after.source.shot_id]
    return None
