"""Settings, keys, tour, backups, crash reports and missing files in a whole window."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeySequence

from engine.backends.scripted import ScriptedBackend
from studio import VERSION
from studio.bridge.crash_report import CrashBook, report_of
from studio.bridge.notices import Notice
from studio.bridge.relinking import Relinked
from studio.document.backups import Backups
from studio.document.film import new_film
from studio.document.project_file import create_project
from studio.settings import SettingsFile
from studio.ui.main_window import MainWindow
from studio.ui.record_sheets import told
from studio.ui.tour import STEPS
from tests.studio.export.own_certificates import KEYS, certified
from tests.studio.playback.drivers import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def standing(dressed, tmp_path_factory):
    """One window and one film for all: opening them is what takes time here."""
    folder = tmp_path_factory.mktemp("sheets")
    create_project(folder / "film", new_film("Pier")).close()
    made = MainWindow(SettingsFile(folder / "settings" / "settings.json"), ScriptedBackend)
    made.resize(1400, 900)
    made.show()
    yield made, folder / "film"
    made.close_film()
    made.deleteLater()


@pytest.fixture
def home(standing):
    return standing[1]


@pytest.fixture
def opened(standing):
    window, folder = standing
    window.settings.change(toured=True, keymap="dailies", keys={}, look="dark")
    window.show_keys()
    if window._project is None or window._project.file != folder / "film.dailies":
        assert window.open_film(folder)
    for sheet in (
        window.sheets.settings,
        window.sheets.film,
        window.sheets.keys,
        window.sheets.backups,
    ):
        sheet.hide()
    while window.notices.notice is not None:
        window.notices.dismiss()
    return window


def test_the_first_film_is_shown_round_in_without_taking_the_keys(qtbot, standing):
    window, folder = standing
    window.open_film(folder)
    tour = window.sheets.tour
    qtbot.waitUntil(tour.isVisible)
    window.workspace.takes.search.setFocus()
    for step in STEPS:
        assert tour.title.text() == step.title
        assert tour.geometry().intersects(window.rect())
        tour._next()
    assert window.focusWidget() is window.workspace.takes.search
    assert not tour.isVisible()
    assert window.settings.value.toured


def test_a_tour_can_be_waved_away_and_asked_for_again(qtbot, opened):
    tour = opened.sheets.tour
    assert not tour.isVisible()
    opened.actions_["help.tour"].trigger()
    assert tour.isVisible()
    qtbot.mouseClick(tour.leave, LEFT)
    assert not tour.isVisible()


def test_nothing_of_a_tour_is_left_when_the_film_is_closed(opened):
    tour = opened.sheets.tour
    opened.actions_["help.tour"].trigger()
    assert tour._outline.isVisible()
    opened.close_film()
    assert not tour.isVisible()
    assert not tour._outline.isVisible()


def test_sound_goes_to_the_output_that_is_chosen_and_that_is_kept(qtbot, opened, monkeypatch):
    driver = Driver("Speakers", "Headphones")
    monkeypatch.setitem(sys.modules, "sounddevice", driver)
    sheet, player = opened.sheets.settings, opened.workspace.screening.player
    box = sheet.boxes["output"]
    opened.actions_["film.settings"].trigger()
    qtbot.waitUntil(lambda: box.count() == 3)
    listed = [(box.itemText(at), box.itemData(at)) for at in range(3)]
    assert listed == [
        ("System default", ""), ("Speakers", "Speakers"), ("Headphones", "Headphones"),
    ]  # fmt: skip
    assert box.currentData() == ""
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert SettingsFile(opened.settings.path).value.output == "Headphones"
    stream = player._sink.open(48_000)
    assert driver.streams[-1].how["name"] == "Headphones"
    stream.close()
    # One that is not there any more stays chosen, and is still listed.
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    sheet.hide()
    opened.actions_["film.settings"].trigger()
    qtbot.waitUntil(lambda: box.count() == 2)
    assert (box.currentText(), box.currentData()) == ("Headphones", "Headphones")
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert opened.room.session.output == ""


def test_settings_are_kept_and_say_when_they_come(qtbot, opened):
    opened.actions_["film.settings"].trigger()
    sheet = opened.sheets.settings
    assert sheet.isVisible()
    box = sheet.boxes["look"]
    box.setCurrentIndex(box.findData("light"))
    box.activated.emit(box.currentIndex())
    assert opened.settings.value.look == "light"
    assert "next start" in sheet.said.text()
    keys = sheet.boxes["keymap"]
    keys.setCurrentIndex(keys.findData("premiere"))
    keys.activated.emit(keys.currentIndex())
    assert opened.actions_["cut.razor"].shortcut() == QKeySequence("C")
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_a_sheet_takes_the_place_of_the_one_before(qtbot, opened):
    opened.actions_["help.crash"].trigger()
    opened.actions_["film.settings"].trigger()
    assert opened.sheets.settings.isVisible()
    assert not opened.sheets.crash.isVisible()
    qtbot.keyClick(opened.sheets.settings, Qt.Key.Key_Escape)
    assert not opened.sheets.settings.isVisible()


def test_the_version_is_said(opened):
    opened.actions_["help.about"].trigger()
    assert f"Dailies {VERSION} " in opened.notices.notice.sentence


def test_the_keys_are_commands_as_soon_as_a_film_is_open(opened, home):
    opened.close_film()
    assert opened.open_film(home)
    assert opened.workspace is not None
    picture = opened.workspace.viewer.picture
    assert opened.focusWidget() is picture


def test_a_key_is_changed_by_pressing_it_and_a_conflict_is_told(qtbot, opened):
    opened.actions_["help.edit_keys"].trigger()
    editor = opened.sheets.keys
    qtbot.keyClicks(editor.search, "preview shot")
    assert 0 < editor.list.count() < 9
    editor.choose("shot.preview")
    qtbot.keyClick(editor.keys, Qt.Key.Key_E)
    assert editor.clash() == "shot.edit"
    assert "Edit take" in editor.warning.text()
    qtbot.mouseClick(editor.set, LEFT)
    assert opened.actions_["shot.preview"].shortcut() == QKeySequence("E")
    assert opened.actions_["shot.edit"].shortcuts() == []
    assert opened.settings.value.keys == {"shot.preview": ["E"], "shot.edit": []}
    qtbot.mouseClick(editor.back, LEFT)
    assert opened.actions_["shot.preview"].shortcut() == QKeySequence("P")


def test_a_notice_never_takes_the_keyboard(qtbot, opened):
    field = opened.workspace.takes.search
    field.setFocus()
    for level in ("info", "done", "problem"):
        opened.say(Notice(sentence=f"{level}.", cause="because", level=level))
        qtbot.keyClicks(opened.focusWidget(), "x")
    assert field.text() == "xxx"
    assert opened.focusWidget() is field


def test_a_backup_opens_as_a_copy(qtbot, opened, home):
    film = home / "film.dailies"
    Backups(film).make()
    before = film.read_bytes()
    opened.actions_["film.backups"].trigger()
    sheet = opened.sheets.backups
    assert sheet.list.count() == 1
    qtbot.mouseClick(sheet.button, LEFT)
    assert opened._project.file != film
    assert opened._project.file.parent == film.parent
    assert opened.room.film.name == "Pier"
    assert film.read_bytes()[:100] == before[:100]


def test_when_a_backup_was_made_is_said_as_a_person_would():
    now = datetime(2026, 5, 6, 14, 30)
    assert told(Path("film 2026-05-06 142000.dailies"), now) == "14:20, 10 min ago"
    assert told(Path("film 2026-05-06 090000.dailies"), now) == "09:00, today"
    assert told(Path("film 2026-05-05 230000.dailies"), now) == "23:00, yesterday"
    assert told(Path("film 2026-05-01 230000.dailies"), now) == "23:00, 01 May"


def test_missing_media_are_found_by_content_under_another_name(qtbot, qapp, opened, home, tmp_path):
    picture = tmp_path / "pier.png"
    QImage(16, 16, QImage.Format.Format_RGB32).save(str(picture))
    with qtbot.waitSignal(opened.room.library.imported):
        opened.room.library.import_files([picture])
    (media,) = opened.room.film.media
    held = opened.room.folder / media.path
    moved = tmp_path / "elsewhere" / "deep" / "another name.png"
    moved.parent.mkdir(parents=True)
    held.rename(moved)
    (moved.parent / "decoy.png").write_bytes(b"not this one")
    # Whoever comes back from the program that moved it sees that it is gone.
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    items = opened.workspace.bin_items
    qtbot.waitUntil(lambda: items.rows()[0].missing)
    assert opened.close_film()
    assert opened.open_film(home)
    notice = opened.notices.notice
    assert notice.sentence == "A file of this film is not in its folder any more."
    assert notice.offers == ("film.relink",)
    assert opened.close_film()
    assert opened.notices.notice != notice
    assert opened.open_film(home)
    assert opened.notices.notice == notice
    said = []
    opened.room.said.connect(said.append)
    opened.sheets.relink(opened.room.folder / "takes")
    qtbot.waitUntil(lambda: any(one.level == "problem" for one in said))
    assert "pier" in said[-1].sentence
    assert opened.notices.notice == said[-1]
    cut_short = Relinked(found=(), lost=("pier",), looked_at=50_000, cut_short=True)
    opened.sheets._on_relinked(cut_short)
    assert "among the first 50,000 files in there: pier. Choose a smaller" in said[-1].sentence
    opened.sheets.relink(tmp_path / "elsewhere")
    qtbot.waitUntil(lambda: "back" in said[-1].sentence)
    assert held.read_bytes() == moved.read_bytes()
    items = opened.workspace.bin_items
    qtbot.waitUntil(lambda: not items.rows()[0].missing)


def test_the_film_is_renamed_in_its_own_settings_and_back_by_undo(qtbot, opened):
    opened.actions_["film.sheet"].trigger()
    sheet = opened.sheets.film
    assert sheet.isVisible()
    sheet.name.setFocus()
    sheet.name.selectAll()
    qtbot.keyClicks(sheet.name, "Low tide")
    qtbot.keyClick(sheet.name, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert opened.room.film.name == "Low tide"
    assert opened.windowTitle() == "Low tide — Dailies"
    opened.actions_["edit.undo"].trigger()
    assert opened.windowTitle() == "Pier — Dailies"


def test_a_folder_that_is_moved_holds_the_queue_until_it_is_back(opened, home):
    room, watch = opened.room, opened.sheets._watch
    away = home.with_name("moved")
    home.rename(away)
    watch.look()
    assert watch.state == "moved"
    assert room.queue.flow == "paused"
    assert "moved, renamed" in opened.notices.notice.sentence
    away.rename(home)
    watch.look()
    assert room.queue.flow == "open"
    # What is so no longer does not stand before what is.
    assert opened.notices.notice.sentence == "The film's folder is back; renders go on."


def test_a_queue_that_the_director_paused_stays_so_when_the_folder_is_back(opened, home):
    room, watch = opened.room, opened.sheets._watch
    said = []
    room.said.connect(lambda notice: said.append(notice.sentence))
    room.queue.pause()
    away = home.with_name("moved")
    home.rename(away)
    watch.look()
    away.rename(home)
    watch.look()
    assert room.queue.flow == "paused"
    assert "paused" in said[-1]


def test_a_crash_report_can_be_read(tmp_path, capsys):
    said = []
    book = CrashBook(tmp_path, said.append, lambda: "the film Pier")
    nowhere: Any = None
    with pytest.raises(AttributeError) as caught:
        told(nowhere, datetime(2026, 1, 1))
    error = caught.value
    report = report_of(error)
    for _ in range(2):
        book.hook(type(error), error, error.__traceback__)
    assert report.where[0].startswith("record sheets: told, line")
    assert len(said) == 1
    text = book.newest()
    for words in ("What happened", "Where", "the film Pier", "AttributeError", "Traceback"):
        assert words in text
    assert "Traceback" in capsys.readouterr().err


def test_the_last_report_is_shown_and_the_hook_is_given_back(qtbot, opened):
    before = sys.excepthook
    book = opened.sheets.book
    book.install()
    book.remove()
    assert sys.excepthook is before
    opened.actions_["help.crash"].trigger()
    assert "Nothing has gone wrong" in opened.sheets.crash.text.toPlainText()


def test_two_windows_do_not_write_one_film(qtbot, opened, home, tmp_path):
    other = MainWindow(SettingsFile(tmp_path / "other" / "settings.json"), ScriptedBackend)
    qtbot.addWidget(other)
    assert not other.open_film(home)
    assert "open in another window" in other.notices.notice.sentence


def test_weights_of_others_are_used_after_their_licence_was_read(qtbot, opened, tmp_path):
    (tmp_path / "model_index.json").write_text('{"_class_name": "LTX2Pipeline"}')
    (tmp_path / "LICENSE").write_text("Be kind.")
    sheets = opened.sheets
    sheets.choose_weights(str(tmp_path))
    assert sheets.licence.isVisible()
    assert sheets.licence.text.toPlainText() == "Be kind."
    qtbot.mouseClick(sheets.licence.decline, LEFT)
    assert opened.settings.value.backend != "ltx"
    sheets.choose_weights(str(tmp_path))
    qtbot.mouseClick(sheets.licence.accept, LEFT)
    assert not sheets.licence.isVisible()
    held = opened.settings.value
    assert (held.backend, held.weights) == ("ltx", str(tmp_path))
    assert len(held.licences) == 1
    opened.settings.change(backend="scripted")
    sheets.choose_weights(str(tmp_path))
    assert not sheets.licence.isVisible()
    assert opened.settings.value.backend == "ltx"


def test_a_folder_that_is_no_model_is_said_in_the_settings(opened, tmp_path):
    opened.settings.change(backend="scripted")
    opened.sheets.choose_weights(str(tmp_path))
    assert "model_index.json" in opened.sheets.settings.said.text()
    assert opened.settings.value.backend == "scripted"


def test_a_certificate_of_ones_own_is_tried_and_kept(qtbot, opened, tmp_path):
    sheets, box = opened.sheets, opened.sheets.settings.certificate
    _, chain, _, key = certified(tmp_path, KEYS["P-256"](), "Ava Rain")
    sheets.choose_certificate(chain, key)
    held = opened.settings.value
    assert (held.certificate, held.certificate_key) == (chain, key)
    assert sheets.settings.said.text() == ""
    assert box.currentText() == "Your own: own.pem"
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert opened.settings.value.certificate == ""
    sheets.settings.open(opened.settings.value)
    assert box.currentText() == "One made on this machine"


def test_a_certificate_that_cannot_be_used_is_said_in_the_settings(opened, tmp_path):
    sheets = opened.sheets
    _, chain, _, key = certified(tmp_path, KEYS["P-256"](), "Ava Rain")
    locked = KEYS["P-256"]().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"rain"),
    )
    for content, words in ((b"rain", "holds no private key"), (locked, "a password")):
        Path(key).write_bytes(content)
        sheets.choose_certificate(chain, key)
        assert words in sheets.settings.said.text()
    sheets.choose_certificate(chain, str(tmp_path / "none.key"))
    assert "cannot be read" in sheets.settings.said.text()
    assert opened.settings.value.certificate == ""
    assert sheets.settings.certificate.currentIndex() == 0
