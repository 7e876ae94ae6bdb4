"""Cards, scripts and the storyboard by hand, in a window with an engine that draws at once."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QPushButton

from engine.api import WordGroup
from studio.bridge.actions import ActionRegistry
from studio.bridge.card_items import CardItems, card_rows
from studio.bridge.drags import packed
from studio.bridge.job_items import Pulse
from studio.bridge.storyboard_items import BoardItems, board_rows
from studio.document.film import MediaSource, ShotReference, TakeSource
from studio.document.ledger import Cancelled, Done, KeepRecord, Running, TakeRecord
from studio.document.queries import shot_fingerprint
from studio.document.shot_changes import add_reference, edit_shot
from studio.ui.script_panel import ScriptPanel
from studio.ui.shot_desk import DeskPanels, ShotDesk
from studio.ui.shot_list import ShotList
from studio.ui.shot_panel import ShotPanel
from studio.ui.viewer import Viewer
from studio.ui.vocabulary_bar import VocabularyBar

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
WHEN = "2026-01-01T10:00:00.000+00:00"


@pytest.fixture
def desk(qtbot, room, tiles):
    from studio.bridge.shot_items import ShotItems, ShotRows

    window = QMainWindow()
    qtbot.addWidget(window)
    actions, items = ActionRegistry(window), ShotItems()
    panels = DeskPanels(
        shots=ShotList(items, tiles),
        items=items,
        shot=ShotPanel(room, tiles),
        viewer=Viewer(actions),
        tiles=tiles,
    )
    made = ShotDesk(room, panels, actions, lambda _key: None)
    made._on_capable()
    for panel in (panels.shots, panels.shot, panels.viewer):
        qtbot.addWidget(panel)
    for panel in (made.cards, made.board):
        qtbot.addWidget(panel)
        panel.resize(700, 420)
        panel.show()
    panels.shots.resize(420, 700)
    panels.shots.show()

    def show():
        items.show(ShotRows().of(room.film, room.ledger, {}, None))
        made.refresh_cards()
        made.refresh_board()
        made.refresh_due()

    room.film_changed.connect(show)
    room.ledger_changed.connect(show)
    show()
    room.session.set_shot("shot1")
    yield made
    window.close()  # and is held until here: the panels are its children


def still(room, shot_id, number=1):
    shot = next(shot for shot in room.film.shots if shot.id == shot_id)
    return TakeRecord(
        id=f"still{number}-{shot_id}",
        shot_id=shot_id,
        folder=f"takes/still{number}",
        kind="still",
        frames=9,
        rate=shot.rate,
        width=192,
        height=112,
        created=WHEN,
        fingerprint=shot_fingerprint(room.film, shot),
    )


def test_media_dropped_on_the_cards_are_named_once(qtbot, room, desk, hands):
    assert hands.drop(desk.cards, packed("media", ["map"]))
    (card,) = room.film.cards
    assert (card.tag, card.media_ids) == ("OldMap", ("map",))
    desk.cards.tag.selectAll()
    qtbot.keyClicks(desk.cards.tag, "@Quay")
    qtbot.keyClick(desk.cards.tag, Qt.Key.Key_Return)
    assert room.film.cards[0].tag == "Quay"
    assert hands.drop(desk.cards.view.viewport(), packed("media", ["music"]),
                      desk.cards.view.visualRect(desk.card_items.index(0, 0)).center())  # fmt: skip
    assert room.film.cards[0].voice_id == "music"


def test_a_card_dragged_onto_a_shot_brings_its_files_with_its_tag(room, desk, hands):
    desk.casting.make(("map", "music"), "Quay", "place")
    shots = desk._panels.shots.view
    at = shots.visualRect(desk._panels.items.index(2, 0)).center()
    card = room.film.cards[0].id
    assert hands.drop(shots.viewport(), packed("card", [card]), at)
    references = room.film.shots[2].references
    assert [(r.role, r.tag) for r in references] == [("environment", "Quay"), ("voice", "Quay")]
    room.undo()
    assert room.film.shots[2].references == ()


def test_renaming_a_card_renames_it_in_the_prompts(qtbot, room, desk):
    desk.casting.make((), "Ava")
    desk.cards.show_current(room.film.cards[0].id)
    desk.cards.tag.setFocus()
    desk.cards.tag.selectAll()
    qtbot.keyClicks(desk.cards.tag, "Eve")
    qtbot.keyClick(desk.cards.tag, Qt.Key.Key_Return)
    assert "@Eve on the pier" in room.film.shots[0].prompt


def test_a_still_is_approved_by_return_and_taken_back_by_delete(qtbot, room, desk):
    room.store.record(still(room, "shot1"))
    board = desk.board.board
    board.setCurrentIndex(desk.board_items.index(1, 0))
    board.setFocus()
    qtbot.keyClick(board, Qt.Key.Key_Return)
    (reference,) = room.film.shots[1].references
    assert reference.role == "first_frame"
    assert reference.source == TakeSource(take_id="still1-shot1")
    assert desk.board_items.row(1).state == "approved"
    qtbot.keyClick(board, Qt.Key.Key_Delete)
    assert room.film.shots[1].references == ()
    assert desk.board_items.row(1).state == "fresh"
    qtbot.keyClick(board, Qt.Key.Key_Delete)
    assert room.ledger.decision("still1-shot1") == "rejected"
    assert desk.board_items.row(1).state == "blank"


def test_a_take_stands_in_for_a_still_and_is_told_from_one(qtbot, room, desk):
    board, row = desk.board.board, desk.board_items.row
    (first,) = (take for take in room.ledger.takes.values() if take.id == "take0")
    assert (row(0).take_id, row(0).picture, row(0).stands_in) == ("take0", 16, "Take 1")
    assert row(0).state == "blank"
    assert "of Take 1" in desk.board_items.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "Take 1" in desk.board_items.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    room.store.record(replace(first, id="better", upgrade_of="take0", created=WHEN))
    assert (row(0).take_id, row(0).stands_in) == ("better", "Take 1")
    qtbot.waitUntil(lambda: board.grab() and desk._panels.tiles.picture("take:better", 16))
    lent = board.grab().toImage()
    # Return approves a still, and there is none.
    board.setCurrentIndex(desk.board_items.index(0, 0))
    board.setFocus()
    qtbot.keyClick(board, Qt.Key.Key_Return)
    assert room.film.shots[0].references == ()
    room.store.record(still(room, "shot0"))
    assert (row(0).take_id, row(0).picture, row(0).stands_in) == ("still1-shot0", 0, "")
    assert desk.board_items.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == ""
    assert board.grab().toImage() != lent
    assert (row(6).take_id, row(6).stands_in) == ("", "")


def test_a_still_says_that_its_shot_has_changed_since(room, desk):
    room.store.record(still(room, "shot0"))
    desk.batches.approve("shot0")
    assert desk.board_items.row(0).state == "approved"
    desk._set("size", "close")
    assert desk.board_items.row(1).state == "blank"
    room.session.set_shot("shot0")
    desk._set("size", "close")
    assert desk.board_items.row(0).state == "stale"


def test_stills_are_asked_for_once_for_every_shot_that_lacks_one(room, desk):
    room.store.record(still(room, "shot0"))
    assert desk.batches.make_stills() == 7
    assert desk.batches.make_stills() == 0
    kinds = {job.kind for job in room.queue.jobs() if job.is_open and job.id[:3] != "job"}
    assert "still" in kinds


def test_all_drafts_are_previewed_and_all_previews_stopped(room, desk):
    before = {job.id for job in room.queue.jobs()}
    count = desk.batches.preview_drafts()
    fresh = [job for job in room.queue.jobs() if job.id not in before]
    # One that was never rendered, and one whose last render failed.
    assert [(job.shot_id, job.kind) for job in fresh] == [
        ("shot6", "preview"),
        ("shot7", "preview"),
    ]
    assert count == 2
    desk.batches.stop_all()
    assert not any(job.is_open for job in room.queue.jobs() if job.id not in before)


def test_what_nothing_can_be_made_of_is_left_out_of_a_batch_and_said(room, desk):
    told = []
    room.said.connect(lambda notice: told.append(notice.sentence))
    before = {job.id for job in room.queue.jobs()}
    blank, dots, seen = room.film.shots[3:6]
    room.apply(lambda film: edit_shot(film, blank.id, prompt=" "), "Empty")
    room.session.pick_shots((blank.id, "shot6"))
    desk.preview_picked()
    assert [job.shot_id for job in room.queue.jobs() if job.id not in before] == ["shot6"]
    assert told == [f"{blank.name} was left out: it has no words and no references yet."]

    room.apply(lambda film: edit_shot(film, dots.id, prompt="…"), "Empty")
    room.apply(lambda film: edit_shot(film, seen.id, prompt=""), "Empty")
    one = ShotReference(id="r", source=MediaSource(media_id="map"), role="environment")
    room.apply(lambda film: add_reference(film, seen.id, one), "Show")
    before = {job.id for job in room.queue.jobs()}
    room.session.pick_shots((blank.id, dots.id, seen.id))
    desk.preview_picked()
    desk.make_still()
    fresh = [(job.kind, job.shot_id) for job in room.queue.jobs() if job.id not in before]
    assert sorted(fresh) == [("preview", seen.id), ("still", seen.id)]
    both = (
        "2 shots were left out, as they have no words and no references yet: "
        f"{blank.name}; {dots.name}."
    )
    assert told[1:] == [both, both]


def test_nothing_is_rendered_by_an_edit_and_what_is_stale_by_a_word(room, desk):
    before = {job.id for job in room.queue.jobs()}
    assert [shot.id for shot in desk.batches.stale()] == ["shot3"]
    desk._set("length", 33)
    assert {job.id for job in room.queue.jobs()} == before
    assert desk.batches.render_stale() == 1
    (job,) = [job for job in room.queue.jobs() if job.id not in before]
    assert (job.shot_id, job.kind) == ("shot3", "preview")


def test_a_contact_sheet_is_one_job_of_several_seeds(room, desk):
    job = desk.batches.make_seeds(room.shot)
    assert job is not None
    assert '"variations": 4' in job.request or '"variations":4' in job.request
    made = [
        TakeRecord(
            **{
                **still(room, "shot1", number).__dict__,
                "id": f"sheet-{number}",
                "kind": "preview",
                "label": job.label,
            }
        )
        for number in range(4)
    ]
    done = Done(take_ids=tuple(take.id for take in made))
    room.store.record(replace(job, state=done), *made)
    assert [row.take_id for row in desk.sheet_items.rows()] == [take.id for take in made]
    room.store.record(KeepRecord(take_id="sheet-2", decision="rejected", created=WHEN))
    assert desk.sheet_items.rowCount() == 3


def test_a_contact_sheet_in_work_is_seen_and_is_not_decided_on(qtbot, room, desk):
    desk.board.show_sheet()
    assert not desk.board.sheet.isVisible()
    job = desk.batches.make_seeds(room.shot)
    qtbot.waitUntil(lambda: desk.sheet_items.rowCount() == 4)
    rows = desk.sheet_items.rows()
    assert [(row.number, row.state) for row in rows] == [(n, "queued") for n in (1, 2, 3, 4)]
    assert desk.board.sheet.isVisible()
    room.pulses[job.id] = Pulse(step=2, of=8)
    room.store.record(replace(job, state=Running(step=2, of=8)))
    desk.show_step(room.ledger.jobs[job.id])
    assert {row.done for row in desk.sheet_items.rows()} == {0.25}
    desk.board.sheet.setCurrentIndex(desk.sheet_items.index(1, 0))
    desk.board.sheet.setFocus()
    qtbot.keyClick(desk.board.sheet, Qt.Key.Key_Return)
    assert room.ledger.keeps == {}
    assert room.session.take_id == ""
    room.store.record(replace(job, state=Cancelled()))
    assert desk.sheet_items.rowCount() == 0
    assert not desk.board.sheet.isVisible()


def test_cells_are_set_on_all_picked_shots_at_once(qtbot, room, desk):
    view = desk._panels.shots.view
    index = desk._panels.items.index(0, 0)
    centre = view.visualRect(index).center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=centre)
    third = view.visualRect(desk._panels.items.index(2, 0)).center()
    qtbot.mouseClick(view.viewport(), LEFT, CONTROL, third)
    assert room.session.picked == ("shot0", "shot2")
    menu = desk._panels.shots.open_cell("length", index)
    texts = {action.text(): action for action in menu.actions()}
    next(action for text, action in texts.items() if text.endswith("· 53")).trigger()
    menu.close()
    assert [room.film.shots[place].frames for place in (0, 1, 2)] == [53, 25, 53]
    room.undo()
    assert [room.film.shots[place].frames for place in (0, 2)] == [49, 37]


def test_a_click_on_a_cell_opens_its_menu_and_keys_reach_it(qtbot, desk):
    view = desk._panels.shots.view
    index = desk._panels.items.index(1, 0)
    asked = []
    view.cell_asked.disconnect()
    view.cell_asked.connect(lambda cell, _index: asked.append(cell))
    area = view.cell_places(index)["size"]
    qtbot.mouseClick(view.viewport(), LEFT, pos=area.center())
    view.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_F2):
        qtbot.keyClick(view, key)
    assert asked == ["size", "move"]


def test_a_script_is_read_while_it_is_written_and_added_by_key(qtbot, room, dressed):
    panel = ScriptPanel()
    qtbot.addWidget(panel)
    panel.open_for(room.film, room.capabilities)
    qtbot.keyClicks(panel.text, "Shot 1 (4s, wide): A ball drops.")
    with qtbot.waitSignal(panel.added) as added:
        qtbot.keyClick(panel, Qt.Key.Key_Return, CONTROL)
    (shot,) = added.args[0]
    assert (shot.name, shot.frames, shot.camera.size) == ("Shot 9", 49, "wide")
    assert not panel.isVisible()


def test_a_premise_is_planned_once_the_engine_is_known_and_pasted_over_what_was_written(
    qtbot, room, dressed
):
    panel = ScriptPanel()
    qtbot.addWidget(panel)
    panel.open_for(room.film, None, "A ball rolls in the park. It hits a drum.")
    assert panel.modes.tabText(panel.modes.currentIndex()) == "Premise"
    assert panel.shots == ()
    panel.capable(room.capabilities)
    assert [shot.prompt for shot in panel.shots] == ["A ball rolls in the park", "It hits a drum"]
    panel.modes.setCurrentIndex(0)
    assert len(list(panel.shots)) == 1
    assert "As a premise it is planned into several." in panel.found
    panel.modes.setCurrentIndex(1)
    assert "As a premise" not in panel.found
    # By chance on the clipboard, or meant.
    panel.open_for(room.film, room.capabilities, "Shot 1: A bell.")
    assert len(list(panel.shots)) == 2
    panel.paste("Shot 1: A bell.")
    panel.open_for(room.film, room.capabilities)
    assert [shot.prompt for shot in panel.shots] == ["A bell."]
    panel.text.undo()
    assert panel.text.toPlainText().startswith("A ball rolls")


def test_the_vocabulary_writes_its_words(qtbot, room, dressed):
    from dataclasses import replace

    words = (WordGroup(name="light", words=("day", "night")),)
    bar = VocabularyBar()
    qtbot.addWidget(bar)
    bar.show_words(replace(room.capabilities, vocabulary=words))
    (button,) = bar.buttons
    button.menu().aboutToShow.emit()
    with qtbot.waitSignal(bar.chosen) as chosen:
        button.menu().actions()[1].trigger()
    assert chosen.args == ["night"]
    bar.show_words(replace(room.capabilities, vocabulary=words))
    assert bar.buttons == (button,), "the same words are not laid out again"
    bar.show_words(None)
    assert bar.buttons == ()
    assert bar.isHidden()


def test_an_unknown_tag_is_put_right_by_one_click(qtbot, room, tiles):
    room.session.set_shot("shot0")
    panel = ShotPanel(room, tiles)
    room.film_changed.connect(panel.refresh)
    qtbot.addWidget(panel)
    panel.show()
    fixes = {b.text(): b for b in panel.preflight.findChildren(QPushButton)}
    qtbot.mouseClick(fixes["New card"], LEFT)
    assert [card.tag for card in room.film.cards] == ["Ava"]
    assert panel.preflight.isHidden()


def test_the_models_hold_to_qts_rules(qtmodeltester, room):
    cards, board = CardItems(), BoardItems()
    cards.show(card_rows(room.film))
    board.show(board_rows(room.film, room.ledger, {}))
    for items in (cards, board):
        qtmodeltester.check(items)
