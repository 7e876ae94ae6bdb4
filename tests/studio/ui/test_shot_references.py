"""The references of a shot by hand: what is set on a card is set in the film."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from studio.bridge.drags import packed
from studio.ui.reference_card import CARD_PX, Thumb
from studio.ui.shot_references import ShotReferences
from studio.ui.tile_cache import TileCache

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def references(qtbot, room, tiles, hands):
    made = ShotReferences(room, tiles)
    qtbot.addWidget(made)
    made.resize(420, 220)
    made.show()
    room.session.set_shot("shot1")
    room.film_changed.connect(lambda: made.show_shot(room.shot))
    made.show_shot(room.shot)
    for media in ("map", "music"):
        assert hands.drop(made.strip, packed("media", [media]))
    return made


def kept(room):
    return [(one.source.media_id, one.weight, one.tag) for one in room.shot.references]


def test_what_is_dropped_counts_against_the_engines_limits(references, room):
    assert [media for media, _, _ in kept(room)] == ["map", "music"]
    counts = references._pool.text().replace("&nbsp;", " ")
    assert "1/9 pictures" in counts
    assert "0/3 clips" in counts
    assert "1/3 sounds" in counts


def test_cards_weigh_name_order_and_leave_in_the_film(qtbot, references, room):
    first, second = room.shot.references
    card = references.strip.card(first.id)
    card.weight.setValue(5)
    card.name_it()
    field = card.findChild(QLineEdit, "reference_tag")
    qtbot.keyClicks(field, "Quay")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert kept(room)[0] == ("map", 0.5, "Quay")
    references.strip.moved.emit(first.id, 1)
    assert [media for media, _, _ in kept(room)] == ["music", "map"]
    references.strip.removed.emit(first.id)
    assert [media for media, _, _ in kept(room)] == ["music"]
    assert room.shot.references[0].id == second.id


def test_a_part_of_a_sound_is_kept_in_its_samples_and_its_end_where_it_is_all(references, room):
    sound = room.shot.references[1]
    card = references.strip.card(sound.id)
    card.start.setValue(1.0)
    card.start.editingFinished.emit()
    now = room.shot.references[1]
    assert now.start == round(card.row.unit_hz)
    assert now.end is None
    card.end.setValue(2.0)
    card.end.editingFinished.emit()
    assert room.shot.references[1].end == round(2 * card.row.unit_hz)


def test_a_file_that_turns_out_to_be_gone_is_marked(qtbot, room, references, hands):
    class Away(hands.FlatReader):
        def is_there(self, key):
            return key != "media:map"

    cache = TileCache(Away())
    made = ShotReferences(room, cache)
    qtbot.addWidget(made)
    try:
        with qtbot.waitSignal(cache.turned):
            made.show_shot(room.shot)
        made.show_shot(room.shot)
        cards = [made.strip.card(one.id) for one in room.shot.references]
        assert [card.row.missing for card in cards] == [True, False]
    finally:
        cache.close()


def test_long_names_that_differ_at_their_ends_look_different(qtbot, references, tiles):
    card = next(iter(references.strip._cards.values()))
    seen = []
    for number in (1, 2):
        thumb = Thumb(
            tiles, replace(card._row, tag="", name=f"A still of the old harbour {number}")
        )
        qtbot.addWidget(thumb)
        thumb.resize(CARD_PX, 56)
        seen.append(thumb.grab().toImage())
    assert seen[0] != seen[1]
