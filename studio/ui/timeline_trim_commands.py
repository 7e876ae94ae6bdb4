"""The commands that move what clips show and where they meet, a few frames at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject

from studio.bridge.session import Session
from studio.document.film import Film, Timeline
from studio.document.queries import active_timeline
from studio.document.store import Store
from studio.document.trim_changes import slip_clip
from studio.ui.timeline_clip_commands import Apply, Refuse
from studio.ui.timeline_in_hand import chosen_clips


class TrimCommands(QObject):
    """Commands on the clips that a session has selected, and on the cuts beside them."""

    def __init__(
        self, store: Store, session: Session, apply: Apply, refuse: Refuse, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._session = session
        self._apply = apply
        self._refuse = refuse

    def slip(self, frames: int) -> None:
        """Show what comes a few frames later in the sources of the selected clips."""
        ids, timeline_id, ledger = self._alone(), self._timeline.id, self._store.ledger

        def change(film: Film) -> Film:
            for clip_id in ids:
                film = slip_clip(film, timeline_id, clip_id, frames, ledger=ledger)
            return film

        if ids:
            self._apply(change, self.tr("Slip"))

    @property
    def _timeline(self) -> Timeline:
        return active_timeline(self._store.film)

    def _alone(self) -> list[str]:
        """The selected clips, one of those that are linked: the others go along."""
        seen: set[str | None] = set()
        return [
            clip.id
            for clip in chosen_clips(self._timeline, self._session.selection)
            if clip.link_id is None or not (clip.link_id in seen or seen.add(clip.link_id))
        ]
