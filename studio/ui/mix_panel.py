"""The mix: how loud and where the selected clips and the tracks of sound stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, Unpack

from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from studio.bridge.room import Room
from studio.document.film import Clip, Film, Track
from studio.document.gain_changes import set_gain, set_pan
from studio.document.queries import active_timeline
from studio.document.timeline_access import find_clip, linked_places
from studio.document.track_changes import TrackEdit, edit_track
from studio.ui import theme
from studio.ui.level_slider import gain_slider, pan_slider
from studio.ui.panel_layout import fill, scrolling, tab_through
from studio.ui.timeline_sources import SourceLooks
from studio.ui.widgets import SectionHeader, icon_button
from studio.wording import tr


class Strip(QWidget):
    """A name with a slider for its gain and one for its pan."""

    def __init__(self, *buttons: QWidget) -> None:
        """Make one with ``buttons`` beside the name."""
        super().__init__()
        self.name = QLabel()
        self.name.setFont(theme.font(weight=500))
        self.gain, self.pan = gain_slider(), pan_slider()
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        self.grid.setHorizontalSpacing(theme.GAP)
        self.grid.setVerticalSpacing(theme.TIGHT)
        self.grid.setColumnStretch(1, 1)
        self.grid.addWidget(self.name, 0, 0, 1, 2)
        for column, button in enumerate(buttons, start=2):
            self.grid.addWidget(button, 0, column)
        for row, (words, slider) in enumerate(
            ((tr("Gain"), self.gain), (tr("Pan"), self.pan)), start=1
        ):
            label = QLabel(words)
            label.setProperty("dim", True)
            label.setFont(theme.font(theme.FONT_SMALL_PX))
            self.grid.addWidget(label, row, 0)
            self.grid.addWidget(slider, row, 1, 1, 3)

    def call(self, name: str) -> None:
        """Say whose levels these are."""
        self.name.setText(name)
        self.gain.call(tr("Gain of {name}", name=name))
        self.pan.call(tr("Pan of {name}", name=name))

    def show_levels(self, gain_db: float, pan: float) -> None:
        """Stand where the film says."""
        self.gain.show_value(gain_db)
        self.pan.show_value(pan)


class Edit(Protocol):
    """Makes one change of a track, which undo calls by its name."""

    def __call__(self, what: str, /, **values: Unpack[TrackEdit]) -> None:
        """Set these values."""
        ...


class TrackStrip(Strip):
    """The strip of a track, with mute and solo.

    Attributes:
        stops: where Tab stops in it, in order.
    """

    def __init__(self, edit: Edit) -> None:
        mute = icon_button("speaker", tr("Mute"), toggles=True)
        solo = icon_button("solo", tr("Solo"), toggles=True)
        super().__init__(mute, solo)
        self.mute, self.solo = mute, solo
        self.stops = (mute, solo, self.gain.slider, self.pan.slider)
        self.gain.chosen.connect(lambda value: edit(tr("Gain of track"), gain_db=value))
        self.pan.chosen.connect(lambda value: edit(tr("Pan of track"), pan=value))
        self.mute.clicked.connect(lambda on: edit(tr("Mute"), muted=on))
        self.solo.clicked.connect(lambda on: edit(tr("Solo"), solo=on))

    def call(self, name: str) -> None:
        super().call(name)
        self.mute.setAccessibleName(tr("Mute {name}", name=name))
        self.solo.setAccessibleName(tr("Solo {name}", name=name))

    def show_track(self, track: Track) -> None:
        """Stand where the film says."""
        self.call(track.name)
        self.show_levels(track.gain_db, track.pan)
        self.mute.setChecked(track.muted)
        self.solo.setChecked(track.solo)


class MixPanel(QWidget):
    """Gain and pan of the selected clips that sound, and of every track of sound."""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self._room = room
        self.clips = Strip()
        self.clips.call(tr("Selected clips"))
        self.hint = QLabel(tr("Select a clip of sound on the timeline to set it here."))
        self.hint.setProperty("dim", True)
        self.hint.setWordWrap(True)
        self.hint.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        self.strips: dict[str, TrackStrip] = {}
        self._tracks = QVBoxLayout()
        self._tracks.setSpacing(0)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, theme.GAP)
        column.setSpacing(0)
        column.addWidget(SectionHeader(tr("Selected clips")))
        column.addWidget(self.clips)
        column.addWidget(self.hint)
        column.addWidget(SectionHeader(tr("Tracks")))
        column.addLayout(self._tracks)
        column.addStretch(1)
        fill(self, scrolling(inner))
        self.clips.gain.chosen.connect(
            lambda value: self._change(
                lambda film, cut, ids: set_gain(film, cut, ids, value), tr("Gain")
            )
        )
        self.clips.pan.chosen.connect(
            lambda value: self._change(
                lambda film, cut, ids: set_pan(film, cut, ids, value), tr("Pan")
            )
        )
        self.refresh()

    def refresh(self) -> None:
        """Show the film as it is now."""
        tracks = reversed(active_timeline(self._room.film).tracks)
        heard = [one for one in tracks if one.kind == "audio"]
        if list(self.strips) != [one.id for one in heard]:
            self._build(heard)
        writable = self._room.store.read_only is None
        for track in heard:
            self.strips[track.id].show_track(track)
            self.strips[track.id].setEnabled(writable)
        self._show_clips()

    def _build(self, tracks: list[Track]) -> None:
        for strip in self.strips.values():
            self._tracks.removeWidget(strip)
            strip.deleteLater()
        self.strips = {track.id: TrackStrip(self._editing(track.id)) for track in tracks}
        for strip in self.strips.values():
            self._tracks.addWidget(strip)
        stops = (stop for strip in self.strips.values() for stop in strip.stops)
        tab_through(self.clips.pan.slider, *stops)

    def _editing(self, track_id: str) -> Edit:
        def edit(what: str, /, **values: Unpack[TrackEdit]) -> None:
            cut = active_timeline(self._room.film).id
            self._room.apply(lambda film: edit_track(film, cut, track_id, **values), what)
            self.refresh()  # a change that was refused leaves the strip where the film is

        return edit

    def _chosen(self) -> list[Clip]:
        """The selected clips that sound, and the sound of the selected pictures."""
        timeline = active_timeline(self._room.film)
        places = [find_clip(timeline, one) for one in self._room.session.selection]
        found = [place for place in places if place is not None]
        links = [place.clip.link_id for place in found if place.clip.link_id is not None]
        found += linked_places(timeline, links)
        heard = {
            place.clip.id: place.clip
            for place in sorted(found, key=lambda one: (one.track, one.position))
            if timeline.tracks[place.track].kind == "audio"
        }
        return list(heard.values())

    def _show_clips(self) -> None:
        chosen = self._chosen()
        self.clips.setVisible(bool(chosen))
        self.hint.setVisible(not chosen)
        if chosen:
            self.clips.call(self._name(chosen))
            self.clips.show_levels(chosen[0].gain_db, chosen[0].pan)
            self.clips.setEnabled(self._room.store.read_only is None)

    def _name(self, clips: list[Clip]) -> str:
        if len(clips) > 1:
            return tr("{count} clips", count=len(clips))
        return clips[0].label or SourceLooks(self._room.film, self._room.ledger).look(clips[0]).name

    def _change(self, change: Callable[[Film, str, list[str]], Film], name: str) -> None:
        cut, ids = active_timeline(self._room.film).id, [clip.id for clip in self._chosen()]
        self._room.apply(lambda film: change(film, cut, ids), name)
        self._show_clips()
