"""The session: what the window is at just now, which is neither saved as an edit nor undone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from PySide6.QtCore import QObject, Signal

from studio.document.shift import Edge

Tool = Literal["select", "razor", "ripple", "roll", "slip", "slide"]

MIN_ZOOM = 0.0005
MAX_ZOOM = 64.0


class Session(QObject):
    """Selection, playhead, tool, zoom and snapping, shared by the views of one film.

    Every setter compares first: a signal means that the value is another one. ``changed`` follows
    each of the others that what can be done may depend on: not the playhead, which moves with every
    frame that plays, nor the zoom.

    Signals:
        selection_changed: the selected clip ids (a frozenset) are others.
        edge_changed: another end of a clip is in hand, or none.
        playhead_changed: the frame under the playhead is another one.
        shot_changed: the shot under the hand, or "" where there is none.
        picked_changed: the shots that commands act on (a tuple of ids) are others.
        track_changed: the track in hand by itself, or "" where it goes by the selected clips.
        take_changed: the take that is looked at, or "" where the cut is.
        tool_changed: the name of the tool.
        snapping_changed: whether gestures snap.
        linking_changed: whether picture and sound that are linked are taken hold of together.
        subtitled_changed: whether subtitles are seen on the picture.
        output_changed: the name of the sound device, or "" for the system's default one.
        zoom_changed: pixels a frame, at 1x.
        playing_changed: whether the player runs.
    """

    selection_changed = Signal(object)
    edge_changed = Signal()
    playhead_changed = Signal(int)
    shot_changed = Signal(str)
    picked_changed = Signal(object)
    track_changed = Signal(str)
    take_changed = Signal(str)
    tool_changed = Signal(str)
    snapping_changed = Signal(bool)
    linking_changed = Signal(bool)
    subtitled_changed = Signal(bool)
    output_changed = Signal(str)
    zoom_changed = Signal(float)
    playing_changed = Signal(bool)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selection: frozenset[str] = frozenset()
        self._edge: tuple[str, Edge] | None = None
        self._playhead = 0
        self._shot_id = ""
        self._picked: tuple[str, ...] = ()
        self._track_id = ""
        self._take_id = ""
        self._tool: Tool = "select"
        self._snapping = True
        self._linking = True
        self._subtitled = True
        self._output = ""
        self._zoom = 4.0
        self._playing = False

    @property
    def selection(self) -> frozenset[str]:
        """The ids of the selected clips."""
        return self._selection

    def select(self, clip_ids: Iterable[str]) -> None:
        """Make ``clip_ids`` the selection."""
        selection = frozenset(clip_ids)
        if selection:
            self.set_track("")
        if self._edge is not None and self._edge[0] not in selection:
            self.set_edge(None)
        if selection != self._selection:
            self._selection = selection
            self.selection_changed.emit(selection)
            self.changed.emit()

    def toggle(self, clip_ids: Iterable[str]) -> None:
        """Add those of ``clip_ids`` that are not selected, or take all of them out."""
        ids = frozenset(clip_ids)
        self.select(self._selection - ids if ids <= self._selection else self._selection | ids)

    @property
    def edge(self) -> tuple[str, Edge] | None:
        """The end in hand of a selected clip: the clip's id, and which."""
        return self._edge

    def set_edge(self, edge: tuple[str, Edge] | None) -> None:
        """Take an end of a selected clip in hand, or none."""
        if edge != self._edge:
            self._edge = edge
            self.edge_changed.emit()
            self.changed.emit()

    @property
    def track_id(self) -> str:
        """The track in hand by itself; empty where commands go by the selected clips."""
        return self._track_id

    def set_track(self, track_id: str) -> None:
        """Take a track in hand, whatever lies on it; clips that are selected then let go of it."""
        if track_id != self._track_id:
            self._track_id = track_id
            self.track_changed.emit(track_id)
            self.changed.emit()

    @property
    def playhead(self) -> int:
        """The frame under the playhead."""
        return self._playhead

    def set_playhead(self, frame: int) -> None:
        """Put the playhead on ``frame``, or on the first where that is negative."""
        frame = max(0, frame)
        if frame != self._playhead:
            self._playhead = frame
            self.playhead_changed.emit(frame)

    @property
    def shot_id(self) -> str:
        """The shot under the hand; empty where there is none."""
        return self._shot_id

    def set_shot(self, shot_id: str) -> None:
        """Make ``shot_id`` the shot under the hand; one that was not picked is picked alone."""
        if shot_id != self._shot_id:
            self._shot_id = shot_id
            if shot_id not in self._picked:
                self.pick_shots((shot_id,) if shot_id else ())
            self.shot_changed.emit(shot_id)
            self.changed.emit()

    @property
    def picked(self) -> tuple[str, ...]:
        """The shots that commands act on: those selected in the list, or the one under the hand."""
        return self._picked

    def pick_shots(self, shot_ids: Iterable[str]) -> None:
        """Let commands act on ``shot_ids``."""
        picked = tuple(shot_ids)
        if picked != self._picked:
            self._picked = picked
            self.picked_changed.emit(picked)
            self.changed.emit()

    @property
    def take_id(self) -> str:
        """The take that is looked at by itself; empty where the cut is."""
        return self._take_id

    def set_take(self, take_id: str) -> None:
        """Look at ``take_id``, or at the cut with an empty one."""
        if take_id != self._take_id:
            self._take_id = take_id
            self.take_changed.emit(take_id)
            self.changed.emit()

    @property
    def tool(self) -> Tool:
        """What the mouse does on the timeline."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Take ``tool`` in hand."""
        if tool != self._tool:
            self._tool = tool
            self.tool_changed.emit(tool)
            self.changed.emit()

    @property
    def snapping(self) -> bool:
        """Whether gestures snap to edges, playhead and markers."""
        return self._snapping

    def set_snapping(self, snapping: bool) -> None:
        """Let gestures snap, or not."""
        if snapping != self._snapping:
            self._snapping = snapping
            self.snapping_changed.emit(snapping)
            self.changed.emit()

    @property
    def linking(self) -> bool:
        """Whether picture and sound that are linked are taken hold of together."""
        return self._linking

    def set_linking(self, linking: bool) -> None:
        """Take hold of what is linked together, or of each alone."""
        if linking != self._linking:
            self._linking = linking
            self.linking_changed.emit(linking)
            self.changed.emit()

    @property
    def subtitled(self) -> bool:
        """Whether subtitles are seen on the picture."""
        return self._subtitled

    def set_subtitled(self, subtitled: bool) -> None:
        """Let subtitles be seen, or not."""
        if subtitled != self._subtitled:
            self._subtitled = subtitled
            self.subtitled_changed.emit(subtitled)
            self.changed.emit()

    @property
    def output(self) -> str:
        """The name of the sound device; empty for the system's default one."""
        return self._output

    def set_output(self, output: str) -> None:
        """Let what plays be heard by ``output``."""
        if output != self._output:
            self._output = output
            self.output_changed.emit(output)
            self.changed.emit()

    @property
    def zoom(self) -> float:
        """Pixels a frame, at 1x."""
        return self._zoom

    def set_zoom(self, zoom: float) -> None:
        """Show the timeline at ``zoom`` pixels a frame, within what can be drawn."""
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, zoom))
        if zoom != self._zoom:
            self._zoom = zoom
            self.zoom_changed.emit(zoom)

    @property
    def playing(self) -> bool:
        """Whether the player runs."""
        return self._playing

    def set_playing(self, playing: bool) -> None:
        """Say that the player runs, or stands."""
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)
            self.changed.emit()
