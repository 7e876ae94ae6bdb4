"""How far clips may grow into their sources: what a film and its ledger know of where they end."""

from __future__ import annotations

from dataclasses import dataclass

from studio.document.film import Film, Timeline
from studio.document.ledger import Ledger
from studio.document.queries import resolve_clip, source_length
from studio.document.retime import head_room, is_held, longest, tail_room
from studio.document.timeline_access import Place

ENDLESS = 1 << 40
"""As many frames as nobody will ask for."""

UNRECORDED = Ledger()
"""The ledger of those who have none: files say how long they are, takes do not."""


@dataclass(frozen=True)
class SourceRoom:
    """The room that the clips of a timeline have in their sources.

    What shows more than its source has already, since a shorter take was chosen, say, has none.
    """

    film: Film
    ledger: Ledger
    timeline: Timeline

    def before(self, place: Place) -> int:
        """Frames by which the clip's beginning may come earlier."""
        room = head_room(place.clip, self._length(place))
        return ENDLESS if room is None else room

    def after(self, place: Place) -> int:
        """Frames by which the clip's end may go later."""
        room = tail_room(place.clip, self._length(place))
        return ENDLESS if room is None else room

    def unused(self, place: Place) -> int:
        """Frames of its own by which the clip may show what comes later in its source."""
        length = self._length(place)
        if length is None:
            return ENDLESS
        if is_held(place.clip):
            return max(0, length - 1 - place.clip.source_in)
        return max(0, longest(place.clip, length) - place.clip.length)

    def _length(self, place: Place) -> int | None:
        shown = resolve_clip(self.film, self.ledger, place.clip)
        return source_length(self.film, shown, self.timeline.tracks[place.track].kind)
