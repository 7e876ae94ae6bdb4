"""The region desk: painting on the viewer's picture, and the region as it follows the film."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from engine.errors import EngineError
from studio.bridge.region import (
    Followed,
    Following,
    NotFollowed,
    Region,
    RegionSource,
    Still,
    Unpainted,
)
from studio.bridge.room import Room
from studio.document.film import ClipSource
from studio.document.timebase import frames_for_seconds, seconds
from studio.render.film_paths import inside
from studio.render.footage import Footage, Part, part_of
from studio.ui.edit_fields import hundredths
from studio.ui.edit_panel import EditPanel
from studio.ui.mask_overlay import MaskOverlay
from studio.ui.screening import Screening
from studio.wording import term, tr


class RegionDesk(QObject):
    """Lets a region be painted, follows it, and shows it on every picture that is looked at."""

    def __init__(self, room: Room, panel: EditPanel, screening: Screening) -> None:
        super().__init__(panel)
        self._room, self._panel, self._screening = room, panel, screening
        self.region = Region(room, self)
        self._painted_on: ClipSource | None = None
        self.overlay = MaskOverlay(screening.screen)
        self.overlay.painted.connect(self._painted)
        self.overlay.cleared.connect(self.region.clear)
        self.overlay.closed.connect(panel.region.end_painting)
        panel.region_asked.connect(self._paint)
        panel.region_cleared.connect(self.region.clear)
        panel.region.follow.toggled.connect(self.region.set_follows)
        panel.region.place_asked.connect(self._go)
        self.region.changed.connect(self._show)
        screening.player.frame_shown.connect(lambda _frame, _pixels: self._show_mask())
        room.session.shot_changed.connect(lambda _shot_id: self.region.clear())

    def with_mask(self, make: Callable[[str | None], None]) -> None:
        """Make an edit with the file of the region, as soon as it is there."""
        if not self._is_here:
            make(None)
            return
        try:
            self.region.when_ready(make)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            self._room.problem(tr("The region could not be written: {why}.", why=why))

    def put_away(self) -> None:
        """Stop painting."""
        self.overlay.put_away()

    def turn(self) -> None:
        """Something else would be changed: its picture is another."""
        if self.overlay.painting:
            self.overlay.put_away()
        self._show()

    def _paint(self, begin: bool) -> None:
        if not begin:
            self.overlay.put_away()
            return
        take = self._room.take
        if self._panel.footage is None and take is not None and not self._room.session.take_id:
            self._room.session.set_take(take.id)  # the picture that is painted on
        source = self._source()
        if source is None:
            self._panel.region.end_painting()
            return
        self.region.set_source(source)
        self._painted_on = self._screening.source
        # What moves under the brush cannot be painted.
        self._screening.player.pause()
        if self._picture() is None:
            self._go(0)
        self.overlay.begin(source.width, source.height)
        self._show_mask()

    @property
    def _is_here(self) -> bool:
        """Whether the region was painted on what would be changed now."""
        return self.region.source is not None and self.region.source == self._source()

    def _painted(self) -> None:
        self._screening.player.pause()
        source, picture = self.region.source, self._picture()
        if picture is not None:
            self.region.paint(picture, self.overlay.region)
        elif source is not None:
            words = term("Only {start} to {end} s is changed; paint on a picture of it.")
            begin, end = hundredths(source.part.in_s), hundredths(source.part.out_s)
            self._room.say(tr(words, start=begin, end=end))
            self._show_mask()

    def _source(self) -> RegionSource | None:
        room, footage, take = self._room, self._panel.footage, self._room.take
        try:
            if footage is not None:
                return self._footage_source(footage)
            if take is not None:
                path = str(inside(room.folder, take.folder))
                whole = Part(in_s=Fraction(0), frames=take.frames, rate=take.rate)
                return RegionSource(path, take.width, take.height, whole)
        except EngineError as error:
            room.problem(str(error))
        return None

    def _footage_source(self, footage: Footage) -> RegionSource | None:
        capabilities = self._room.capabilities
        if capabilities is None:
            self._room.say(tr("The engine is still getting ready; paint when it is."))
            return None
        path = str(inside(self._room.folder, footage.media.path))
        facts = footage.media.facts
        return RegionSource(path, facts.width, facts.height, part_of(footage, capabilities))

    def _picture(self) -> int | None:
        """Which picture of what is changed is on the screen; ``None`` where none of it is."""
        source = self.region.source
        if source is None:
            return None
        return source.part.picture_at(seconds(self._screening.player.frame, self._room.film.rate))

    def _go(self, picture: int) -> None:
        """Look at a picture of the source, such as the first on which the region was lost."""
        source = self.region.source
        if source is not None:
            self._screening.player.pause()
            at_s = source.part.time_of(picture)
            self._screening.player.seek(frames_for_seconds(at_s, self._room.film.rate))

    def _show(self) -> None:
        field = self._panel.region
        painted = field.painted
        match self.region.state if self._is_here else Unpainted():
            case Following(share=share):
                field.show_following(share)
            case Followed(lost=lost):
                field.show_followed(lost, self.region.source.part if self.region.source else None)
            case NotFollowed(sentence=sentence):
                field.show_trouble(sentence)
            case Still():
                field.show_still()
            case _:
                field.show_nothing()
        if field.painted != painted:
            self._panel.refresh()
        self._show_mask()

    def _show_mask(self) -> None:
        """Let the veil lie where the region is on the picture that is looked at."""
        looked_at, picture = self._screening.source, self._picture()
        if looked_at is not None and looked_at == self._painted_on and self._is_here:
            self.overlay.show_mask(QImage() if picture is None else self.region.at(picture))
        else:
            self.overlay.rest()
