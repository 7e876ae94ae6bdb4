"""Every item model under Qt's own model tester, while rows come, go, move and change."""

import random
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from studio.bridge.bin_items import BinItems, BinSearch, MediaRow
from studio.bridge.card_items import CardItems, CardRow
from studio.bridge.job_items import JobItems, JobRow
from studio.bridge.session import Session
from studio.bridge.shot_items import ShotItems, ShotRow
from studio.bridge.state_words import Standing
from studio.bridge.storyboard_items import BoardItems, BoardRow
from studio.bridge.take_items import TakeItems, TakeRow
from studio.document.errors import DocumentError
from studio.document.film import Clip, Shot, ShotSource, new_film
from studio.document.store import Store
from studio.document.timeline_changes import (
    Placement,
    lift_clips,
    move_clips,
    overwrite_clips,
    ripple_delete,
    split_all,
)
from studio.ui.timeline_table_model import TimelineTableModel

ROWS: dict[type, Any] = {
    BinItems: MediaRow(
        id="0", kind="image", name="n", tag="", tags=(), facts="", path=Path("p"), missing=False
    ),
    CardItems: CardRow(id="0", tag="Ava", kind="character", words=""),
    JobItems: JobRow(id="0", title="t", shot_id="s", state="queued", words="w"),
    BoardItems: BoardRow(id="0", number=1, title="t", words="w", state="blank"),
    ShotItems: ShotRow(id="0", number=1, name="n", prompt="p", length="1 s", standing=Standing()),
    TakeItems: TakeRow(
        id="0", title="t", kind="preview", words="w", depth=0, decision="undecided", upgraded=False,
        chosen=False, tile="", frame=0, folder="takes/0",
    ),
}  # fmt: skip
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


def words_field(row):
    """A text of the row that may change while it stays the same row."""
    names = {field.name for field in fields(row)}
    return next(name for name in ("words", "name", "prompt", "title") if name in names)


def shown(chance, row):
    """Some rows in some order, some of them with other words."""
    ids = chance.sample(range(9), chance.randrange(9))
    name = words_field(row)
    return [replace(row, id=str(one), **{name: chance.choice("abc")}) for one in ids]


@pytest.mark.parametrize("kind", list(ROWS), ids=lambda kind: kind.__name__)
def test_rows_come_go_move_and_change_as_qt_expects(qapp, kind):
    model = kind()
    tester = QAbstractItemModelTester(model)
    chance = random.Random(7)
    for _ in range(20):
        wanted = shown(chance, ROWS[kind])
        model.show(wanted)
        assert list(model.rows()) == wanted
        for position in range(model.rowCount()):
            for role in ROLES:
                assert model.index(position, 0).data(role)
    assert tester.model() is model


def test_a_search_follows_what_is_searched(qapp):
    items = BinItems()
    search = BinSearch()
    search.setSourceModel(items)
    tester = QAbstractItemModelTester(search)
    chance = random.Random(3)
    for _ in range(15):
        items.show(shown(chance, ROWS[BinItems]))
        search.setFilterFixedString(chance.choice(("", "a", "b")))
        assert search.rowCount() <= items.rowCount()
    assert tester.model() is search


def test_the_table_of_the_cut_follows_any_edits(qapp):
    film = replace(new_film("F", rate=Fraction(24)), shots=(Shot(id="s", name="One"),))
    store = Store(film)
    model = TimelineTableModel(store, Session())
    model.watch(watched=True)
    tester = QAbstractItemModelTester(model)
    chance = random.Random(5)
    cut = film.active_timeline_id
    tracks = [track.id for track in film.timelines[0].tracks]
    for number in range(30):
        ids = [clip.id for track in store.film.timelines[0].tracks for clip in track.clips]
        pick = [chance.choice(ids)] if ids else []
        new = Placement(
            track_id=chance.choice(tracks),
            clip=Clip(
                id=f"c{number}", source=ShotSource(shot_id="s"), start=chance.randrange(200),
                length=1 + chance.randrange(15),
            ),
        )  # fmt: skip
        at, by = chance.randrange(240), chance.randrange(-30, 30)
        edits = (
            lambda film, new=new: overwrite_clips(film, cut, [new]),
            lambda film, pick=pick: lift_clips(film, cut, pick),
            lambda film, pick=pick: ripple_delete(film, cut, pick),
            lambda film, pick=pick, by=by: move_clips(film, cut, pick, frames=by),
            lambda film, at=at: split_all(film, cut, at),
        )
        try:
            store.apply(chance.choice(edits[: 1 if not pick else 5]), "Edit")
        except DocumentError:
            continue
        if chance.random() < 0.2:
            store.undo()
        cut_tracks = store.film.timelines[0].tracks
        clips = sum(len(track.clips) for track in cut_tracks)
        assert model.rowCount() == 1 + len(cut_tracks) + clips
    assert tester.model() is model
    model.close()
