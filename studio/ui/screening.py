"""The screening: the player under the viewer, showing the cut, one take or one file."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from studio.bridge.alone import alone
from studio.bridge.burn_in import Lettering
from studio.bridge.room import Room
from studio.bridge.source_marks import UNMARKED, SourceMarks, SourceRange
from studio.bridge.take_items import take_title
from studio.document.film import (
    ClipSource,
    Film,
    MediaSource,
    TakeSource,
)
from studio.document.framing import frame_size
from studio.document.ledger import Running
from studio.document.queries import (
    active_timeline,
    find_media,
    timeline_end,
)
from studio.document.timebase import to_timecode
from studio.playback.canvas import Picture
from studio.playback.device_sink import DeviceSink
from studio.playback.player import Player, Playing
from studio.render.jobs import is_urgent
from studio.ui.two_up import Sight, TwoUp
from studio.ui.viewer import Screen, Viewer
from studio.wording import tr


@dataclass(frozen=True)
class Cutting:
    """The cut is looked at."""


@dataclass(frozen=True)
class Alone:
    """One take or file is looked at by itself."""

    source: ClipSource
    title: str


Subject = Cutting | Alone


class Screening(QObject):
    """Plays what is looked at; the session's playhead is the cut's alone.

    Signals:
        turned: something else is looked at.
        marked: in and out of it are others.

    Attributes:
        marks: in and out of the takes and files that were looked at.
    """

    turned = Signal()
    marked = Signal()

    def __init__(self, room: Room, viewer: Viewer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self._viewer = viewer
        self._subject: Subject = Cutting()
        self.marks = SourceMarks()
        self._following = False
        self._tried: Film | None = None
        self._peeked: Sight | None = None
        self._two_up = TwoUp(room.folder, self)
        self._two_up.made.connect(self._on_pair)
        self._lettering = Lettering(())
        self._frame: tuple[int, Picture] | None = None
        self.player = Player(parent=self)
        self.player.frame_shown.connect(self._on_frame)
        self.player.position_changed.connect(self._on_position)
        self.player.state_changed.connect(self._on_state)
        self.player.levels_changed.connect(viewer.meters.show_peaks)
        self.player.sound_read.connect(viewer.loudness.show_reading)
        self.player.said.connect(room.say)
        viewer.scrub.valueChanged.connect(self._scrub)
        room.session.playhead_changed.connect(self._on_playhead)
        room.session.subtitled_changed.connect(self._on_subtitled)
        room.session.output_changed.connect(self._on_output)
        # Many changes at once (an import, a ledger record per job) are one new cut to the player.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._show)

    @property
    def subject(self) -> Subject:
        """What is looked at."""
        return self._subject

    @property
    def source(self) -> ClipSource | None:
        """The take or file that is looked at by itself; ``None`` where the cut is."""
        return self._subject.source if isinstance(self._subject, Alone) else None

    @property
    def screen(self) -> Screen:
        """Where the pictures are seen."""
        return self._viewer.picture

    def try_on(self, film: Film | None) -> None:
        """Show the cut as a hand would leave it, soon; ``None`` as it is."""
        self._tried = film
        self.refresh()

    def peek(self, film: Film | None, sight: Sight | None) -> None:
        """Show a picture or two of the cut as a hand would leave it; ``None`` the playhead again.

        The playhead stays where it is. What is looked at by itself, or plays, goes on.
        """
        if self.source is not None or isinstance(self.player.state, Playing):
            sight = None
        if sight is None and self._peeked is None:
            return
        self._peeked = sight
        self.try_on(None if sight is None else film)
        if sight is None:
            self._two_up.forget()
            self._viewer.show_pair(None)
            if self.source is None:
                self.player.scrub(self._room.session.playhead, heard=False)

    def show_marks(self) -> None:
        """Say what is marked in what is looked at, now that it is something else."""
        self._show_clock()
        self.marked.emit()

    def refresh(self) -> None:
        """Show what the room holds now, soon."""
        self._soon.start()

    def look(self) -> None:
        """Look at the session's take; where it names none, a take is left for the cut."""
        take = self._room.ledger.takes.get(self._room.session.take_id)
        if take is None:
            if isinstance(self.source, TakeSource):
                self._turn(Cutting())
            return
        shot = self._room.shot
        title = take_title(self._room.ledger, take)
        name = f"{shot.name} · {title}" if shot is not None else title
        self._turn(Alone(TakeSource(take_id=take.id), name))
        self.player.play_soon()

    def look_at_media(self, media_id: str) -> None:
        """Look at an imported file, and no longer at a take."""
        media = find_media(self._room.film, media_id)
        if media is not None:
            self._turn(Alone(MediaSource(media_id=media_id), media.name))
            self._room.session.set_take("")
            if media.kind != "image":
                self.player.play_soon()

    def look_at_part(self, media_id: str, part: SourceRange) -> None:
        """Look at an imported clip or sound from where a part of it begins, which is marked."""
        source = MediaSource(media_id=media_id)
        self.look_at_media(media_id)
        self.marks.mark(source, part)
        self.show_marks()
        self.player.seek(part.start or 0)

    def look_at_cut(self) -> None:
        """Look at the cut, and no longer at a take or file."""
        self._room.session.set_take("")
        self._turn(Cutting())

    def close(self) -> None:
        """End the player."""
        self._soon.stop()
        self._two_up.close()
        self.player.close()

    def _turn(self, subject: Subject) -> None:
        if subject == self._subject:
            return
        self.player.pause()
        self._subject = subject
        self._show()
        match subject:
            case Cutting():
                self.player.seek(self._room.session.playhead)
            case Alone():
                self.player.seek(0)
        self.turned.emit()

    def _show(self) -> None:
        self._soon.stop()
        room = self._room
        film = self._tried or room.film
        sight = self._peeked if isinstance(self._subject, Cutting) else None
        if sight is not None and sight.words:
            self._two_up.show(film, room.ledger, active_timeline(film).id, sight)
            return
        screen = self._viewer.picture
        match self._subject:
            case Cutting():
                timeline = active_timeline(film)
                self._viewer.show_source(timeline.name, is_take=False)
            case Alone(source=source, title=title):
                film, timeline = alone(film, room.ledger, source)
                self._viewer.show_source(title, is_take=True)
        if timeline.subtitles != self._lettering.subtitles:
            self._lettering = Lettering(timeline.subtitles)
        size = frame_size(film, timeline)
        screen.set_shape(size.width, size.height)
        self.player.show(film, room.ledger, timeline.id, room.folder)
        if sight is not None:
            self.player.scrub(sight.frames[0], heard=False)
        self._show_clock()
        if not self.player.length:
            self._hint()

    def _hint(self) -> None:
        film = self._room.film
        screen = self._viewer.picture
        screen.show_picture(QImage())
        shot = self._room.shot
        coming = _coming(self._room)
        if coming is not None:
            screen.show_hint(*coming)
        elif shot is not None and not shot.prompt.strip():
            screen.show_hint(
                "edit",
                tr("Write what is seen and heard"),
                tr("One sentence in the panel Shot is enough; Ctrl+Return makes a preview of it."),
            )
        elif film.shots:
            screen.show_hint(
                "preview",
                tr("Press P to preview the shot"),
                tr("While you write, Ctrl+Return does. Return keeps a take, Backspace rejects it."),
            )
        else:
            screen.show_hint(
                "film",
                tr("An empty film"),
                tr("Drop media into the bin, or write the first shot: Ctrl+Shift+N."),
            )

    def _on_frame(self, frame: int, pixels: Picture) -> None:
        self._frame = (frame, pixels)
        # As an export burns them in: by the same letters, at the frame's own size.
        subtitled = self._room.session.subtitled
        over = self._lettering.over(frame, pixels) if subtitled else pixels
        self._viewer.show_frame(over, pixels)
        if not self.player.length:
            self._hint()

    def _on_pair(self, left: Picture, right: Picture, sight: Sight) -> None:
        if self._peeked is not None:
            self._viewer.show_pair((left, right), sight.words)

    def _on_output(self, output: str) -> None:
        self.player.play_to(DeviceSink(output))

    def _on_subtitled(self, _subtitled: bool) -> None:
        if self._frame is not None:
            self._on_frame(*self._frame)

    def _on_position(self, frame: int) -> None:
        self._show_clock()
        if isinstance(self._subject, Cutting) and self._peeked is None:
            self._following = True
            self._room.session.set_playhead(frame)
            self._following = False

    def _on_playhead(self, frame: int) -> None:
        if self._following:
            return
        # A hand on the cut's playhead means the cut.
        self.look_at_cut()
        if frame != self.player.frame:
            self.player.scrub(frame)

    def _scrub(self, frame: int) -> None:
        """Follow a hand on the line under the picture."""
        if self.source is None:
            self._room.session.set_playhead(frame)
        else:
            self.player.scrub(frame)

    def _on_state(self, state: object) -> None:
        playing = isinstance(state, Playing)
        self._viewer.show_playing(playing)
        self._room.session.set_playing(playing)

    def _show_clock(self) -> None:
        rate, timeline = self._room.film.rate, active_timeline(self._room.film)
        frame = self.player.frame
        if self.source is None:
            length, marked = timeline_end(timeline), UNMARKED
            span = timeline.in_frame, timeline.out_frame
        else:
            length, marked = self.player.length, self.marks.of(self.source)
            span = marked.start, marked.end
        self._viewer.scrub.show_length(length, span)
        self._viewer.scrub.show_frame(frame)
        words = f"/ {to_timecode(length, rate)}" if length else ""
        marks: list[str] = []
        if marked.start is not None:
            marks.append(tr("in {at}", at=to_timecode(marked.start, rate)))
        if marked.end is not None:
            marks.append(tr("out {at}", at=to_timecode(marked.end - 1, rate)))
        self._viewer.show_clock(to_timecode(frame, rate), words, "\n".join(marks))


def _coming(room: Room) -> tuple[str, str, str] | None:
    """What is said of a render of the shot under the hand that nothing is seen of yet."""
    jobs = [job for job in room.ledger.jobs_by_shot.get(room.session.shot_id, ()) if job.is_open]
    if not jobs:
        return None
    running = next((job for job in jobs if isinstance(job.state, Running)), None)
    if running is None:
        words = tr("Queue shows what comes before it.")
        return "hourglass", tr("The render waits for its turn"), words
    if is_urgent(running):
        words = tr("It is seen here as it comes. Esc stops it.")
        return "render", tr("The render is on its way"), words
    words = tr("Queue shows how far it is, and stops it.")
    return "render", tr("The full render is on its way"), words
