"""Commands on the open timeline of a store: what every group of them works with."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from studio.bridge.session import Session
from studio.document.film import Film, Timeline
from studio.document.queries import active_timeline
from studio.document.store import Store

Apply = Callable[[Callable[[Film], Film], str], bool]
Refuse = Callable[[str], object]


class CommandGroup(QObject):
    """Commands on the open timeline of a store.

    Args:
        apply: makes a change under a name, and says whether it could be made.
        refuse: says why something cannot be done.
    """

    def __init__(
        self, store: Store, session: Session, apply: Apply, refuse: Refuse, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._session = session
        self._apply = apply
        self._refuse = refuse

    @property
    def _timeline(self) -> Timeline:
        return active_timeline(self._store.film)
