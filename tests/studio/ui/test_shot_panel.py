from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QPushButton, QToolButton

from engine.api import Finding
from engine.backends.scripted import ScriptedBackend
from studio.bridge.clerk import Report
from studio.bridge.drags import packed
from studio.document.film import Card, FilmSettings
from studio.document.library_changes import edit_film
from studio.document.shot_changes import edit_shot
from studio.render.requests import shot_request
from studio.ui.shot_panel import ShotPanel
from studio.ui.widgets import EmptyState

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot, room, tiles):
    room.session.set_shot("shot0")
    made = ShotPanel(room, tiles)
    room.film_changed.connect(made.refresh)
    qtbot.addWidget(made)
    made.resize(380, 700)
    made.show()
    return made


@pytest.fixture
def strip(panel, hands):
    """The strip with the old map dropped on it."""
    assert hands.drop(panel.strip, packed("media", ["map"]))
    return panel.strip


def reference(room):
    (one,) = room.shot.references
    return one


def test_media_dropped_on_the_strip_become_a_reference_in_a_fitting_role(room, strip):
    assert reference(room).source.media_id == "map"
    assert reference(room).role == "subject"
    assert strip.card(reference(room).id).isVisible()


def test_files_dropped_on_the_strip_are_for_this_shot(qtbot, panel, hands, tmp_path):
    with qtbot.waitSignal(panel.files_dropped) as dropped:
        assert hands.drop(panel.strip, hands.files(tmp_path / "a.png"))
    assert dropped.args == [(str(tmp_path / "a.png"),)]


def test_what_is_neither_media_nor_a_file_is_refused(panel, hands):
    assert not hands.drop(panel.strip, packed("shot", ["shot1"]))


def test_a_role_is_chosen_by_key(qtbot, room, strip):
    card = strip.card(reference(room).id)
    card.role.setFocus()
    qtbot.keyClick(card.role, Qt.Key.Key_Down)
    assert reference(room).role == card.role.itemData(1) != "subject"


def test_a_weight_is_dragged_in_one_change(qtbot, room, strip):
    card = strip.card(reference(room).id)
    qtbot.keyClick(card.weight, Qt.Key.Key_Left)
    assert reference(room).weight == pytest.approx(0.9)
    before = room.store.revision
    card.weight.setSliderDown(True)
    for value in (7, 5, 4):
        card.weight.setValue(value)
    assert room.store.revision == before
    card.weight.setSliderDown(False)
    assert reference(room).weight == pytest.approx(0.4)
    assert room.store.revision == before + 1


def test_a_reference_is_taken_off_and_comes_back_by_undo(qtbot, room, strip):
    card = strip.card(reference(room).id)
    qtbot.mouseClick(card.findChild(QToolButton), LEFT)
    assert room.shot.references == ()
    assert strip._hint.isVisible()
    room.undo()
    assert reference(room).source.media_id == "map"


def test_length_and_seed_are_chosen(qtbot, room, panel):
    panel.length.setFocus()
    qtbot.keyClick(panel.length, Qt.Key.Key_Up)
    assert room.shot.frames < 49
    panel.policy.setFocus()
    qtbot.keyClick(panel.policy, Qt.Key.Key_End)
    assert room.shot.seed_policy == "lock"
    panel.seed.setFocus()
    panel.seed.selectAll()
    qtbot.keyClicks(panel.seed, "77")
    qtbot.keyClick(panel.seed, Qt.Key.Key_Return)
    assert room.shot.seed == 77


def test_words_half_written_are_kept_when_another_shot_is_chosen(qtbot, room, panel):
    panel.prompt.setFocus()
    panel.prompt.selectAll()
    qtbot.keyClicks(panel.prompt, "fog")
    room.session.set_shot("shot1")
    panel.refresh()
    assert room.film.shots[0].prompt == "fog"
    assert panel.prompt.toPlainText().startswith("close on")


def test_a_cards_tag_is_known_in_what_is_not_wanted(qtbot, room, panel):
    ava = Card(id="c", kind="character", tag="Ava")
    room.store.apply(lambda film: replace(film, cards=(*film.cards, ava)), "New card")
    panel.refresh()
    for field in (panel.fields.unwanted, panel.fields.notes):
        field.setPlainText("@Ava and @Nobody")
        block = field.document().firstBlock()
        underlines = {
            block.text()[one.start : one.start + one.length]: one.format.underlineStyle()
            for one in block.layout().formats()
        }
        assert underlines["@Nobody"] == QTextCharFormat.UnderlineStyle.WaveUnderline
        assert underlines["@Ava"] == QTextCharFormat.UnderlineStyle.NoUnderline


def test_what_is_not_wanted_notes_and_a_label_are_written(qtbot, room, panel):
    fields = panel.fields
    fields.unwanted.setFocus()
    qtbot.keyClicks(fields.unwanted, "people")
    fields.notes.setFocus()
    assert room.shot.negative_prompt == "people"
    qtbot.keyClicks(fields.notes, "ask for fog")
    room.session.set_shot("shot1")
    panel.refresh()
    assert room.film.shots[0].notes == "ask for fog"
    assert fields.notes.toPlainText() == fields.unwanted.toPlainText() == ""
    fields.colour.setFocus()
    qtbot.keyClick(fields.colour, Qt.Key.Key_Down)
    assert room.shot.colour == "red"
    room.undo()
    assert fields.colour.currentData() == "none"
    room.session.pick_shots(("shot1", "shot2"))
    qtbot.keyClicks(fields.unwanted, "rain")
    fields.unwanted.commit()
    assert [shot.negative_prompt for shot in room.film.shots[:4]] == ["people", "rain", "rain", ""]


def test_the_request_names_the_style_of_the_film_and_what_is_not_wanted(room, panel):
    settings = FilmSettings(style_prompt="grainy <16 mm>\nblue")
    room.apply(lambda film: edit_film(film, settings=settings), "Style")
    room.apply(
        lambda film: edit_shot(film, "shot0", prompt="the harbour", negative_prompt="people"),
        "Word",
    )
    compiled = ScriptedBackend().compile(shot_request(room.shooting.desk(), room.shot))
    panel.show_report(Report(shot_id="shot0", compiled=compiled))
    text = panel.request.text
    assert "Style of the film: grainy &lt;16 mm&gt;<br>blue</span>" in text
    assert ">the harbour<" in text
    assert "Without: people" in text


def test_the_buttons_ask_for_their_commands(qtbot, panel):
    for button, command in (
        (panel.preview_button, "shot.preview"),
        (panel.full_button, "shot.render"),
    ):
        with qtbot.waitSignal(panel.action_asked) as asked:
            qtbot.mouseClick(button, LEFT)
        assert asked.args == [command]


def test_where_no_shot_is_chosen_one_can_be_written(qtbot, room, panel):
    room.session.set_shot("")
    panel.refresh()
    button = panel.findChild(EmptyState).findChild(QPushButton)
    assert button.isVisible()
    with qtbot.waitSignal(panel.action_asked) as asked:
        qtbot.mouseClick(button, LEFT)
    assert asked.args == ["shot.new"]


def test_what_asks_for_nothing_moves_nothing_that_is_worked_in(qtbot, room, panel):
    def places():
        qtbot.wait(20)
        return [one.mapTo(panel, QPoint()).y() for one in (panel.prompt, panel.strip, panel.length)]

    before = places()
    assert panel.ahead_button.isHidden()
    findings = (
        Finding(level="warning", sentence="Not learned yet.", remedy="Expect less of it."),
        Finding(level="fixed", sentence="The clip is cut at its end."),
    )
    panel.show_report(Report(shot_id="shot0", findings=findings))
    assert panel.ahead_button.text() == "2"
    assert "Not learned yet. Expect less of it." in panel.ahead_button.toolTip()
    assert places() == before
    qtbot.mouseClick(panel.ahead_button, LEFT)
    foot = panel.preview_button.mapTo(panel, QPoint()).y()
    qtbot.waitUntil(lambda: panel.ahead.mapTo(panel, panel.ahead.rect().bottomLeft()).y() < foot)
    panel.show_report(Report(shot_id="shot0", findings=()))
    assert panel.ahead.isHidden()
    assert panel.ahead_button.isHidden()
