"""The clip desk: what the clip panel and the handles ask for, made on the selected pictures."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Literal, cast

from PySide6.QtCore import QObject, QTimer

from studio.bridge.cut_timing import cuts_of, timing_of
from studio.bridge.look_rows import look_of, pictures
from studio.bridge.pose_geometry import filling, source_size
from studio.bridge.room import Room
from studio.document.clip_changes import set_source
from studio.document.dissolve_changes import Alignment, set_dissolves
from studio.document.errors import DocumentError
from studio.document.film import Clip, Film, Timeline, Track
from studio.document.framing import frame_size
from studio.document.key_changes import (
    POSE_FIELDS,
    clear_all_keys,
    ease_keys,
    key_frames,
    key_room,
    move_keys,
    toggle_keys,
)
from studio.document.lane import clip_at
from studio.document.looks import UNGRADED, Easing, PoseEdit, PoseField
from studio.document.queries import active_timeline
from studio.document.speed_changes import set_speed
from studio.document.timeline_access import place_of
from studio.document.titles import DrawnSource
from studio.document.transform_changes import (
    GradeEdit,
    GradeField,
    copy_grade,
    reset_pose,
    set_grade,
    set_pose,
)
from studio.playback.colour_match import matched, pixels_of
from studio.playback.cut import Cut
from studio.ui.clip_panel import ClipPanel
from studio.ui.look_fields import GRADE_WORDS
from studio.ui.pose_overlay import PoseOverlay
from studio.ui.screening import Screening
from studio.ui.timeline_view import TimelineView
from studio.wording import term, tr

Neighbour = Literal["before", "after", "under"]
Change = Callable[[Film], Film]
_WHILE_PLAYING_MS = 120
_WORDS = {
    "x": term("Position"),
    "y": term("Position"),
    "scale": term("Scale"),
    "rotation_deg": term("Rotation"),
    "opacity": term("Opacity"),
}


class ClipDesk(QObject):
    """Shows the look of the selected pictures, and changes it: one commit a gesture."""

    def __init__(
        self, room: Room, panel: ClipPanel, screening: Screening, timeline: TimelineView
    ) -> None:
        super().__init__(panel)
        self._room, self._panel = room, panel
        self._screening, self._timeline = screening, timeline
        self.overlay = PoseOverlay(screening.screen)
        self.overlay.moving.connect(lambda edit: self._try(self._posing(edit)))
        self.overlay.chosen.connect(lambda edit: self._apply(self._posing(edit), tr("Place")))
        self.overlay.abandoned.connect(self._abandon)
        panel.drawn.moving.connect(lambda source: self._try(self._drawing(source)))
        panel.drawn.chosen.connect(lambda source: self._apply(self._drawing(source), tr("Title")))
        panel.drawn.abandoned.connect(self._abandon)
        panel.time.moving.connect(lambda name, value: self._try(self._timing(name, value)))
        panel.time.chosen.connect(self._time)
        panel.time.abandoned.connect(self._abandon)
        panel.alignment.activated.connect(lambda _at: self._align(panel.alignment.currentData()))
        panel.pose.moving.connect(lambda name, value: self._try(self._posing({name: value})))
        panel.pose.chosen.connect(self._pose)
        panel.pose.abandoned.connect(self._abandon)
        panel.pose.key_asked.connect(lambda name: self._key((cast("PoseField", name),)))
        panel.grade.moving.connect(lambda name, value: self._try(self._grading({name: value})))
        panel.grade.chosen.connect(self._grade)
        panel.grade.abandoned.connect(self._abandon)
        # A playing film moves the playhead faster than numbers can be read.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.refresh)
        room.film_changed.connect(self._refresh_soon)
        room.session.selection_changed.connect(lambda _ids: self._refresh_soon())
        room.session.playhead_changed.connect(lambda _frame: self._refresh_soon())
        room.session.playing_changed.connect(lambda _playing: self._refresh_soon())
        room.session.take_changed.connect(lambda _take: self._refresh_soon())
        self.refresh()

    def refresh(self) -> None:
        """Show the look of what is selected, at the playhead."""
        room, chosen = self._room, self._chosen()
        timeline, at = self._open, room.session.playhead
        name = self._timeline.looks.of(chosen[0][1].source).name if chosen else ""
        if chosen:
            name = chosen[0][1].label or name
        writable = room.store.read_only is None
        look = look_of(room.film, timeline, chosen, at, name=name, writable=writable)
        self._panel.show_look(look)
        self._show_handles(chosen, at)

    # --- commands ---

    def turn_handles(self) -> None:
        """Show handles on the picture of a lone selected clip, or none any more."""
        self.overlay.set_wanted(not self.overlay.wanted)
        self.refresh()

    def toggle_keys(self) -> None:
        """Put keys of the whole place under the playhead, or take them off."""
        clips = [clip for _, clip in self._chosen()]
        used = {curve.field for clip in clips for curve in clip.curves}
        self._key(tuple(field for field in POSE_FIELDS if field in used) or _MOVED)

    def step_key(self, sign: int) -> None:
        """Put the playhead on the next key of the selected pictures, or the one before."""
        at = self._room.session.playhead
        frames = {clip.start + key for _, clip in self._chosen() for key in key_frames(clip)}
        ahead = [frame for frame in frames if (frame - at) * sign > 0]
        if ahead:
            self._room.session.set_playhead(min(ahead) if sign > 0 else max(ahead))

    def shift_keys(self, by: int) -> None:
        """Move the keys under the playhead in time; the playhead goes with them."""
        at = self._room.session.playhead
        clips = [clip for _, clip in self._chosen() if at - clip.start in key_frames(clip)]
        if not clips:
            self._room.say(tr("Put the playhead on a key to move it."))
            return

        def is_free(clip: Clip) -> bool:
            low, high = key_room(clip, at - clip.start, POSE_FIELDS)
            return low <= at - clip.start + by <= high

        if not all(map(is_free, clips)):
            self._room.say(tr("There is no room for the key there."))
            return
        cut = self._open.id

        def moved(film: Film) -> Film:
            for clip in clips:
                frame = at - clip.start
                film = move_keys(film, cut, clip.id, frame, frame + by)
            return film

        self._apply(moved, tr("Move key"))
        self._room.session.set_playhead(at + by)

    def ease(self, easing: Easing) -> None:
        """Say how the keys under the playhead go on."""
        at = self._room.session.playhead
        self._on_chosen(tr("Key"), lambda film, cut, ids: ease_keys(film, cut, ids, at, easing))

    def clear_keys(self) -> None:
        """Let the selected pictures stay as they are now."""
        at = self._room.session.playhead
        self._on_chosen(tr("No keys"), lambda film, cut, ids: clear_all_keys(film, cut, ids, at))

    def fit(self) -> None:
        """Show the selected pictures whole and in the middle."""
        self._on_chosen(tr("Fit the picture"), reset_pose)

    def fill(self) -> None:
        """Scale the selected pictures until they fill the frame."""
        scales = {clip.id: self._filling(clip) for _, clip in self._chosen()}
        at = self._room.session.playhead

        def filled(film: Film, cut: str, ids: list[str]) -> Film:
            for clip_id in ids:
                film = set_pose(film, cut, [clip_id], at, x=0.0, y=0.0, scale=scales[clip_id])
            return film

        self._on_chosen(tr("Fill the frame"), filled)

    def reset_colour(self) -> None:
        """Show the selected pictures in the colours of their sources."""
        self._on_chosen(
            tr("Colour as in the source"),
            lambda film, cut, ids: copy_grade(film, cut, ids, UNGRADED),
        )

    def match(self, where: Neighbour) -> None:
        """Bring the selected pictures' colours near to those of a clip beside or under them."""
        room, chosen = self._room, self._chosen()
        if not chosen:
            return
        target = self._neighbour(chosen, where)
        if target is None:
            room.say(tr("There is no other picture there to match the colour to."))
            return
        timeline_id = self._open.id
        cut = Cut(room.film, room.ledger, timeline_id, room.folder)
        name = target.label or self._timeline.looks.of(target.source).name
        clips = [clip for _, clip in chosen]

        def work() -> Change:
            wanted = pixels_of(cut, target, as_seen=True)
            grades = {one.id: matched(pixels_of(cut, one, as_seen=False), wanted) for one in clips}

            def change(film: Film) -> Film:
                for clip_id, grade in grades.items():
                    film = copy_grade(film, timeline_id, [clip_id], grade)
                return film

            return change

        def done(change: Change) -> None:
            room.apply(change, tr("Match colour to {name}", name=name))

        room.errands.run(work, done, room.problem)

    # --- what is asked ---

    def _pose(self, name: str, value: float) -> None:
        self._apply(self._posing({name: value}), tr(_WORDS.get(name, term("Crop"))))

    def _time(self, name: str, value: float) -> None:
        self._apply(self._timing(name, value), tr("Speed") if name == "speed" else tr("Dissolve"))
        got = timing_of(self._chosen()).dissolve
        if name == "dissolve" and got and got < value:
            words = term("The clips have frames for a dissolve of {frames}, not of more.")
            self._room.say(tr(words, frames=got))

    def _align(self, alignment: Alignment) -> None:
        """Let the dissolves before the selected pictures lie elsewhere at their cuts."""
        ledger, cut = self._room.ledger, self._open.id

        def change(film: Film) -> Film:
            for clip_id in self._cuts():
                known = place_of(self._open, clip_id).clip.dissolve
                if known is not None:
                    film = set_dissolves(
                        film, ledger, cut, [clip_id], known.frames, alignment=alignment
                    )
            return film

        self._apply(change, tr("Dissolve"))

    def _grade(self, name: GradeField, value: float) -> None:
        self._apply(self._grading({name: value}), tr(GRADE_WORDS[name][0]))

    def _key(self, fields: tuple[PoseField, ...]) -> None:
        at = self._room.session.playhead
        self._on_chosen(tr("Key"), lambda film, cut, ids: toggle_keys(film, cut, ids, at, fields))

    def _timing(self, name: str, value: float) -> Change:
        ids, cut = self._ids(), self._open.id
        if name == "speed":
            return lambda film: set_speed(film, cut, ids, Fraction(value))
        ledger, cuts = self._room.ledger, self._cuts()
        return lambda film: set_dissolves(film, ledger, cut, cuts, round(value))

    def _posing(self, edit: dict[str, float]) -> Change:
        ids, cut, at = self._ids(), self._open.id, self._room.session.playhead
        values = cast("PoseEdit", edit)
        return lambda film: set_pose(film, cut, ids, at, **values)

    def _drawing(self, source: DrawnSource) -> Change:
        ids, cut = self._ids(), self._open.id
        return lambda film: set_source(film, cut, ids, source)

    def _grading(self, edit: dict[str, float]) -> Change:
        ids, cut, values = self._ids(), self._open.id, cast("GradeEdit", edit)
        return lambda film: set_grade(film, cut, ids, **values)

    def _try(self, change: Change) -> None:
        """Show what the hand would leave, without keeping it."""
        try:
            film = change(self._room.film)
        except DocumentError:
            return
        self._screening.try_on(film)
        at = self._room.session.playhead
        self._show_handles(pictures(active_timeline(film), self._room.session.selection), at)

    def _apply(self, change: Change, name: str) -> None:
        self._screening.try_on(None)
        self._room.apply(change, name)
        self.refresh()

    def _abandon(self) -> None:
        self._screening.try_on(None)
        self.refresh()

    def _on_chosen(self, name: str, change: Callable[[Film, str, list[str]], Film]) -> None:
        ids, cut = self._ids(), self._open.id
        if ids:
            self._apply(lambda film: change(film, cut, ids), name)

    # --- what is in hand ---

    @property
    def _open(self) -> Timeline:
        return active_timeline(self._room.film)

    def _chosen(self) -> list[tuple[Track, Clip]]:
        return pictures(self._open, self._room.session.selection)

    def _ids(self) -> list[str]:
        return [clip.id for _, clip in self._chosen()]

    def _cuts(self) -> list[str]:
        return cuts_of(self._open, self._chosen(), self._room.session.selection)

    def _neighbour(self, chosen: list[tuple[Track, Clip]], where: Neighbour) -> Clip | None:
        ids = {clip.id for _, clip in chosen}
        if where == "under":
            at = self._room.session.playhead
            under = [
                clip
                for track in reversed(self._open.tracks)
                if track.kind == "video" and (clip := clip_at(track.clips, at)) is not None
            ]
            return next((clip for clip in under if clip.id not in ids), None)
        track, clip = chosen[0] if where == "before" else chosen[-1]
        beside = [one for one in track.clips if one.id not in ids]
        if where == "before":
            return next((one for one in reversed(beside) if one.end <= clip.start), None)
        return next((one for one in beside if one.start >= clip.end), None)

    def _filling(self, clip: Clip) -> float:
        film, frame = self._room.film, frame_size(self._room.film, self._open)
        return filling(frame.width / frame.height, source_size(film, self._room.ledger, clip))

    def _show_handles(self, chosen: list[tuple[Track, Clip]], at: int) -> None:
        room = self._room
        alone = len(chosen) == 1 and self._screening.source is None and not room.session.playing
        if not alone or room.store.read_only is not None or chosen[0][0].locked:
            self.overlay.show_clip(None, 0, None)
            return
        clip = chosen[0][1]
        on = clip if clip.start <= at < clip.end else None
        self.overlay.show_clip(on, at, source_size(room.film, room.ledger, clip))

    def _refresh_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start(_WHILE_PLAYING_MS if self._room.session.playing else 0)


_MOVED: tuple[PoseField, ...] = ("x", "y", "scale")
"""What gets keys where none has any yet: what a move across a picture needs."""
