"""The commands on the open timeline itself: marks, titles, tracks, tabs and frame shapes."""

from __future__ import annotations

from collections.abc import Callable

from studio.document.cut_changes import (
    add_timeline,
    duplicate_timeline,
    open_timeline,
    remove_timeline,
    set_frame_shape,
)
from studio.document.film import (
    Clip,
    ClipSource,
    Film,
    FrameShape,
    Subtitle,
    Track,
    TrackKind,
    new_id,
)
from studio.document.lane import clip_at, clips_between
from studio.document.queries import picture_at
from studio.document.subtitle_changes import add_subtitle
from studio.document.timebase import nominal
from studio.document.timeline_changes import (
    Placement,
    close_gap,
    extract_range,
    lift_range,
    overwrite_clips,
    split_all,
)
from studio.document.titles import GeneratorSource, TitleSource, TitleStyle
from studio.document.track_changes import (
    add_track,
    edit_track,
    move_track,
    remove_marker,
    remove_track,
    set_range,
)
from studio.document.trim_changes import Edge, ripple_trim
from studio.ui.timeline_command_group import CommandGroup
from studio.wording import tr

_TITLE_S = 3
_LOWER_THIRD = TitleStyle(size=0.05, align="left", place="lower third", backing=0.6, shadow=False)
_CREDITS = TitleStyle(size=0.06, motion="roll")
_HEIGHT_STEP_PX = 12


class CutCommands(CommandGroup):
    """Commands on the open timeline of a store."""

    # --- cutting ---

    def ripple_to_playhead(self, edge: Edge) -> None:
        """Let the clip under the playhead begin or end there, and close the gap."""
        frame, timeline = self._session.playhead, self._timeline
        clip, ledger = self._under(frame), self._store.ledger
        linked = self._session.linking
        if clip is not None:
            self._apply(
                lambda film: ripple_trim(
                    film, timeline.id, clip.id, edge, frame, linked=linked, ledger=ledger
                ),
                tr("Ripple to playhead"),
            )

    def split_all(self) -> None:
        """Cut every unlocked track at the playhead."""
        frame = self._session.playhead
        self._cut(lambda film, cut: split_all(film, cut, frame), tr("Split"))

    def lift_range(self) -> None:
        """Empty the marked part and leave the gap."""
        self._on_range(lift_range, tr("Lift marked part"))

    def extract(self) -> None:
        """Take the marked part out and close the gap."""
        if self._on_range(extract_range, tr("Extract marked part")):
            self._session.set_playhead(self._timeline.in_frame or 0)

    def close_gap(self, track_id: str = "") -> None:
        """Close the gap under the playhead, on this track or the topmost one that has one."""
        frame = self._session.playhead
        for track in reversed(self._timeline.tracks):
            if track_id not in ("", track.id):
                continue
            later = track.clips and track.clips[-1].end > frame
            if not track.locked and later and not clips_between(track.clips, frame, frame + 1):
                self._cut(
                    lambda film, cut, name=track.id: close_gap(film, cut, name, frame),
                    tr("Close gap"),
                )
                return
        self._refuse(tr("There is no gap at the playhead."))

    # --- marks ---

    def mark_clip(self) -> None:
        """Mark from the beginning to the end of what is selected, or of the clip here."""
        ids = self._session.selection
        found = [clip for track in self._timeline.tracks for clip in track.clips if clip.id in ids]
        under = self._under(self._session.playhead)
        clips = found or ([under] if under is not None else [])
        if clips:
            start, end = min(clip.start for clip in clips), max(clip.end for clip in clips)
            self._cut(lambda film, cut: set_range(film, cut, start, end), tr("Mark clip"))

    def clear_marks(self) -> None:
        """Take in and out off."""
        self._cut(lambda film, cut: set_range(film, cut, None, None), tr("Clear in and out"))

    def next_marker(self) -> None:
        """Put the playhead on the next marker."""
        frames = [one.frame for one in self._timeline.markers if one.frame > self._session.playhead]
        if frames:
            self._session.set_playhead(min(frames))

    def previous_marker(self) -> None:
        """Put the playhead on the marker before it."""
        frames = [one.frame for one in self._timeline.markers if one.frame < self._session.playhead]
        if frames:
            self._session.set_playhead(max(frames))

    def delete_marker(self) -> None:
        """Take the marker under the playhead off."""
        here = [one for one in self._timeline.markers if one.frame == self._session.playhead]
        for marker in here:
            self._cut(
                lambda film, cut, name=marker.id: remove_marker(film, cut, name),
                tr("Delete marker"),
            )

    # --- titles ---

    def new_title(self) -> None:
        """Lay a title over the pictures at the playhead, on a free track."""
        self._draw(TitleSource(text=tr("Title")), tr("New title"))

    def new_lower_third(self) -> None:
        """Lay a name and what it stands for over the lower third, on a plate."""
        words = tr("Name\nWhat they do")
        self._draw(TitleSource(text=words, style=_LOWER_THIRD), tr("New lower third"))

    def new_credits(self) -> None:
        """Lay words that roll up through the frame over the pictures at the playhead."""
        words = tr("Directed by\nName\n\nWith\nName\nName")
        self._draw(TitleSource(text=words, style=_CREDITS), tr("New credits"))

    def new_bars(self) -> None:
        """Lay colour bars over the pictures at the playhead, on a free track."""
        self._draw(GeneratorSource(kind="bars"), tr("New colour bars"))

    def new_colour(self) -> None:
        """Lay a plain colour over the pictures at the playhead, on a free track."""
        self._draw(GeneratorSource(), tr("New colour"))

    def new_subtitle(self) -> None:
        """Begin a subtitle at the playhead."""
        start = self._session.playhead
        end = start + 2 * nominal(self._store.film.rate)
        line = Subtitle(id=new_id(), start=start, end=end, text=tr("Subtitle"))
        self._cut(lambda film, cut: add_subtitle(film, cut, line), tr("New subtitle"))

    # --- tracks ---

    def add_track(self, kind: TrackKind) -> None:
        """Add a track."""
        self._cut(lambda film, cut: add_track(film, cut, kind), tr("Add track"))

    def step_track(self, by: int) -> None:
        """Take the track above the one in hand in hand, or one further below."""
        tracks, track = self._timeline.tracks, self._track_in_hand()
        if track is None:
            at = next(n for n, one in enumerate(tracks) if one.kind == "video")
        else:
            at = min(max(0, tracks.index(track) + by), len(tracks) - 1)
        self._session.set_track(tracks[at].id)

    def remove_track(self, track_id: str = "") -> None:
        """Remove a track, or that in hand, with all that lies on it."""
        self._on_track(
            lambda film, cut, one: remove_track(film, cut, one.id), tr("Remove track"), track_id
        )

    def raise_track(self, by: int, track_id: str = "") -> None:
        """Move a track, or that in hand, up among those of its kind."""
        track = self.track_in_hand(track_id)
        if track is None:
            return
        kin = [one.id for one in self._timeline.tracks if one.kind == track.kind]
        to = max(0, kin.index(track.id) + by)
        self._cut(lambda film, cut: move_track(film, cut, track.id, to), tr("Order tracks"))

    def mute_track(self, track_id: str = "") -> None:
        """Mute a track, or that in hand, or let it be seen and heard again."""
        self._on_track(
            lambda film, cut, one: edit_track(film, cut, one.id, muted=not one.muted),
            tr("Mute"),
            track_id,
        )

    def solo_track(self, track_id: str = "") -> None:
        """Let only a track, or that in hand, be seen or heard, or all again."""
        self._on_track(
            lambda film, cut, one: edit_track(film, cut, one.id, solo=not one.solo),
            tr("Solo"),
            track_id,
        )

    def lock_track(self, track_id: str = "") -> None:
        """Lock a track, or that in hand, or let it be changed again."""
        self._on_track(
            lambda film, cut, one: edit_track(film, cut, one.id, locked=not one.locked),
            tr("Lock"),
            track_id,
        )

    def lock_tracks(self) -> None:
        """Lock every track, or unlock them all where one is locked."""
        locked = not any(track.locked for track in self._timeline.tracks)
        self._on_tracks(
            lambda film, cut, one: edit_track(film, cut, one.id, locked=locked), tr("Lock")
        )

    def taller(self, steps: int) -> None:
        """Make every track higher or lower by some steps."""
        by = steps * _HEIGHT_STEP_PX
        self._on_tracks(
            lambda film, cut, one: edit_track(film, cut, one.id, height_px=one.height_px + by),
            tr("Track height"),
        )

    # --- timelines ---

    def new_timeline(self) -> None:
        """Add an empty timeline and open it."""
        name = tr("Cut {number}", number=len(self._store.film.timelines) + 1)
        self._apply(lambda film: add_timeline(film, name), tr("New timeline"))

    def duplicate_timeline(self) -> None:
        """Add a copy of the open timeline and open it."""
        self._cut(duplicate_timeline, tr("Duplicate timeline"))

    def remove_timeline(self) -> None:
        """Remove the open timeline."""
        self._cut(remove_timeline, tr("Remove timeline"))

    def step_timeline(self, by: int) -> None:
        """Open the timeline beside this one."""
        timelines = self._store.film.timelines
        if len(timelines) > 1:
            at = timelines.index(self._timeline)
            wanted = timelines[(at + by) % len(timelines)].id
            self._apply(lambda film: open_timeline(film, wanted), tr("Open timeline"))

    def shape(self, shape: FrameShape) -> None:
        """Give the frame of the open timeline another shape."""
        self._cut(lambda film, cut: set_frame_shape(film, cut, shape), tr("Frame shape"))

    # --- what is in hand ---

    def _under(self, frame: int) -> Clip | None:
        """The selected clip under the playhead, or the topmost one there."""
        under = [
            clip
            for track in reversed(self._timeline.tracks)
            if not track.locked and (clip := clip_at(track.clips, frame)) is not None
        ]
        chosen = [clip for clip in under if clip.id in self._session.selection]
        return next(iter(chosen or under), None)

    def _cut(self, change: Callable[[Film, str], Film], name: str) -> bool:
        timeline_id = self._timeline.id
        return self._apply(lambda film: change(film, timeline_id), name)

    def _on_range(self, change: Callable[[Film, str, int, int], Film], name: str) -> bool:
        first, last = self._timeline.in_frame, self._timeline.out_frame
        if first is None or last is None:
            self._refuse(tr("Mark in and out first (I and O)."))
            return False
        return self._cut(lambda film, cut: change(film, cut, first, last), name)

    def track_in_hand(self, track_id: str = "") -> Track | None:
        """The track of this id, or that in hand; says what to do where there is none."""
        track = self._track_in_hand(track_id)
        if track is None:
            self._refuse(tr("Take a track in hand first: by its header, or by a clip on it."))
        return track

    def _track_in_hand(self, track_id: str = "") -> Track | None:
        """The track of this id, else that in hand by itself, else that of the selected clip."""
        tracks, ids = self._timeline.tracks, self._session.selection
        wanted = track_id or self._session.track_id
        by_itself = next((track for track in tracks if track.id == wanted), None)
        if track_id:
            return by_itself
        of_clips = (one for one in reversed(tracks) if any(i in one.positions for i in ids))
        return by_itself or next(of_clips, None)

    def _on_track(
        self, change: Callable[[Film, str, Track], Film], name: str, track_id: str = ""
    ) -> None:
        track = self.track_in_hand(track_id)
        if track is not None:
            self._cut(lambda film, cut: change(film, cut, track), name)

    def _on_tracks(self, change: Callable[[Film, str, Track], Film], name: str) -> None:
        def all_of_them(film: Film, cut: str) -> Film:
            for track in self._timeline.tracks:
                film = change(film, cut, track)
            return film

        self._cut(all_of_them, name)

    def _draw(self, source: ClipSource, name: str) -> None:
        """Lay a drawn source on the lowest track that is free above the pictures here."""
        start, timeline = self._session.playhead, self._timeline
        length = _TITLE_S * nominal(self._store.film.rate)
        clip = Clip(id=new_id(), source=source, start=start, length=length)
        shown = picture_at(timeline, start)
        tracks = [track for track in timeline.tracks if track.kind == "video"]
        above = 0 if shown is None else tracks.index(shown.track) + 1
        free = [
            track
            for track in tracks[above:]
            if not track.locked and not clips_between(track.clips, start, start + length)
        ]
        fresh = new_id()
        track_id = free[0].id if free else fresh

        def change(film: Film, cut: str) -> Film:
            if not free:
                film = add_track(film, cut, "video", track_id=fresh)
            return overwrite_clips(film, cut, [Placement(track_id=track_id, clip=clip)])

        if self._cut(change, name):
            self._session.select([clip.id])
