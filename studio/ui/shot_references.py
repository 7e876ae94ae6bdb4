"""The references of the shot under the hand: how many can be sent, and the strip that sets them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.bridge.limit_remarks import pool_counts
from studio.bridge.reference_rows import reference_rows
from studio.bridge.room import Room
from studio.document.film import Shot
from studio.document.shot_changes import (
    ReferenceEdit,
    edit_reference,
    order_references,
    remove_reference,
)
from studio.ui import theme
from studio.ui.reference_strip import ReferenceStrip
from studio.ui.tile_cache import TileCache
from studio.ui.widgets import small_label
from studio.wording import term, tr

_POOL_WORDS = {
    "image": term("pictures"),
    "video": term("clips"),
    "audio": term("sounds"),
    "all": term("in all"),
}


class ShotReferences(QWidget):
    """How much of the limits is used, over the strip; what is set on a card is set in the film.

    Attributes:
        strip: whoever knows more than the film takes what is dropped on it.
    """

    def __init__(self, room: Room, tiles: TileCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room, self._tiles = room, tiles
        self._shot: Shot | None = None
        self.strip = ReferenceStrip(tiles)
        self._pool = QLabel()
        self._pool.setFont(theme.font(theme.FONT_TINY_PX, tabular=True))
        self._pool.setTextFormat(Qt.TextFormat.RichText)
        self._pool.setWordWrap(True)
        self._pool.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._pool.setAccessibleName(tr("References used, and the most that can be sent"))
        head = QHBoxLayout()
        head.addWidget(small_label(tr("References")), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._pool, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(head)
        column.addWidget(self.strip)
        self.strip.media_dropped.connect(self._use)
        self.strip.edited.connect(self._edit)
        self.strip.timed.connect(self._set_time)
        self.strip.moved.connect(self._move)
        self.strip.removed.connect(self._remove)

    def show_shot(self, shot: Shot) -> None:
        """Show the references of ``shot`` as they are now."""
        room = self._room
        self._shot = shot
        self.strip.show_rows(
            reference_rows(room.film, room.ledger, shot, self._tiles.is_gone, room.capabilities)
        )
        self._show_pool(shot)

    def _show_pool(self, shot: Shot) -> None:
        """How much of the engine's limits the references use."""
        room, parts = self._room, list[str]()
        for count in pool_counts(room.film, room.ledger, shot, room.capabilities):
            colour = (
                theme.BAD if count.is_over else theme.TEXT_SOFT if count.used else theme.TEXT_DIM
            )
            most = "" if count.most is None else f"/{count.most}"
            words = f"{count.used}{most}&nbsp;{tr(_POOL_WORDS[count.kind])}"
            parts.append(f'<span style="color:{colour}">{words}</span>')
        self._pool.setText(f'<span style="color:{theme.TEXT_DIM}"> · </span>'.join(parts))

    def _use(self, media_ids: tuple[str, ...]) -> None:
        if self._shot is not None:
            self._room.library.use(self._shot.id, media_ids)

    def _edit(self, reference_id: str, edit: ReferenceEdit) -> None:
        shot = self._shot
        if shot is not None:
            self._room.apply(
                lambda film: edit_reference(film, shot.id, reference_id, **edit),
                tr("Edit reference"),
            )

    def _set_time(self, reference_id: str, at_s: float) -> None:
        shot = self._shot
        if shot is not None:
            frame = min(shot.frames - 1, round(at_s * shot.rate))
            self._edit(reference_id, {"at_frame": frame})

    def _move(self, reference_id: str, by: int) -> None:
        shot = self._shot
        if shot is None:
            return
        ids = [one.id for one in shot.references]
        at = ids.index(reference_id)
        ids.insert(max(0, at + by), ids.pop(at))
        self._room.apply(lambda film: order_references(film, shot.id, ids), tr("Order references"))

    def _remove(self, reference_id: str) -> None:
        shot = self._shot
        if shot is not None:
            self._room.apply(
                lambda film: remove_reference(film, shot.id, reference_id), tr("Take reference off")
            )
