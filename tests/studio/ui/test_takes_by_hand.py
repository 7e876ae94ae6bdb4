"""Takes found, noted on, compared and judged in a whole workspace, by hand."""

import argparse
import json
import shlex
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from engine.api import Edit
from engine.commands import train
from engine.media import read_pictures
from engine.models.reward_model import HEADS
from studio.bridge.judging import AXES
from studio.bridge.region import Followed, Still
from studio.document.take_lineage import asked
from studio.render.stored_requests import load_request
from studio.ui.compare_picture import ComparePicture, difference

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


def settled(qtbot, desk):
    """Wait until both pictures of a comparison are there."""
    qtbot.waitUntil(lambda: desk.take_desk.compare_view.picture._images is not None)


def choose_both(desk, hands, qtbot):
    view = desk.takes.view
    hands.click_row(view, 0)
    area = view.visualRect(view.model().index(1, 0))
    ctrl = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(view.viewport(), LEFT, ctrl, area.center())
    assert len(desk.takes.selected()) == 2


def test_two_takes_are_compared_by_wipe_side_by_side_and_difference(qtbot, desk, hands):
    choose_both(desk, hands, qtbot)
    qtbot.keyClick(desk.takes.view, Qt.Key.Key_C)
    view = desk.take_desk.compare_view
    assert view.isVisible()
    settled(qtbot, desk)
    first, second = view.picture._pixels
    assert not np.array_equal(first, second)
    area, _ = view.picture.areas()
    point = QPoint(int(area.x() + area.width() / 4), int(area.center().y()))
    qtbot.mousePress(view.picture, LEFT, pos=point)
    assert view.picture.wipe == pytest.approx(0.25, abs=0.02)
    qtbot.mouseClick(view._modes["side"], LEFT)
    left, right = view.picture.areas()
    assert right.left() > left.right()
    qtbot.mouseClick(view._modes["difference"], LEFT)
    view.picture.grab()
    apart = view.picture._apart
    assert apart is not None
    assert not apart.isNull()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()
    assert view.deck is None


def test_the_two_play_in_step_and_the_sound_changes_sides(qtbot, desk, hands):
    choose_both(desk, hands, qtbot)
    desk.take_desk.compare()
    view = desk.take_desk.compare_view
    settled(qtbot, desk)
    before = view.picture._pixels
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: view.picture._pixels is not before)
    one = view.picture._pixels
    qtbot.keyClick(view, Qt.Key.Key_B)
    assert view.deck.heard == "b"
    qtbot.waitUntil(lambda: view.picture._pixels is not one)
    # Another sound, the same pictures in the same places.
    assert np.array_equal(view.picture._pixels[0], one[0])
    assert np.array_equal(view.picture._pixels[1], one[1])


def test_five_blind_verdicts_by_keys_go_into_the_ledger_and_out_as_lines(
    qtbot, desk, hands, tmp_path
):
    choose_both(desk, hands, qtbot)
    qtbot.keyClick(desk.takes.view, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    view = desk.take_desk.compare_view
    settled(qtbot, desk)
    assert view.picture.names == ("A", "B")
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_1):
        assert view.picture.names == ("A", "B")
        qtbot.keyClick(view, key)
    verdicts = desk.room.ledger.verdicts
    assert [verdict.axis for verdict in verdicts] == [axis.id for axis in AXES]
    assert [verdict.choice for verdict in verdicts] == ["a", "b", "tie", "a", "a"]
    assert view.picture.names[0].startswith("Take")
    qtbot.keyClick(view, Qt.Key.Key_1)
    assert len(desk.room.ledger.verdicts) == 5
    path = tmp_path / "verdicts.jsonl"
    with qtbot.waitSignal(desk.room.said) as told:
        desk.take_desk.export_verdicts(path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["verdict"] for line in lines] == ["a", "b", "tie", "a", "a"]
    assert [line["axis"] for line in lines] == list(HEADS)
    assert lines[0]["prompt"] == "a red ball on the pier"
    folders = [Path(line[side]) for line in lines for side in "ab"]
    assert all((folder / "latents.safetensors").is_file() for folder in folders)
    # What is said is a command as it can be given.
    parser = argparse.ArgumentParser()
    train.arguments(parser)
    options = parser.parse_args(shlex.split(told.args[0].sentence.partition("train ")[2]))
    assert (options.recipe, options.verdicts) == ("reward", path)
    assert options.folder is not None


def test_takes_are_noted_starred_and_found_in_all_shots(qtbot, desk, hands):
    hands.click_row(desk.takes.view, 0)
    desk.turns.settle()
    note = desk.takes.note
    qtbot.mouseClick(note, LEFT)
    qtbot.keyClicks(note, "the bounce is right")
    qtbot.keyClick(note, Qt.Key.Key_Return)
    qtbot.mouseClick(desk.takes.favourite, LEFT)
    (held,) = desk.room.ledger.notes.values()
    assert (held.text, held.favourite) == ("the bounce is right", True)
    qtbot.keyClicks(desk.takes.search, "gull")
    (row,) = desk.take_items.rows()
    assert row.shot == "Shot 2"
    hands.click_row(desk.takes.view, 0)
    assert desk.room.session.shot_id == "s1"
    desk.takes.search.clear()
    qtbot.mouseClick(desk.takes.stars, LEFT)
    assert [row.note for row in desk.take_items.rows()] == ["the bounce is right"]
    qtbot.keyClicks(desk.takes.search, "no such words")
    assert desk.takes._none_found.isVisible()


def test_a_take_is_made_again_and_is_the_same(qtbot, desk, hands):
    said = []
    desk.room.said.connect(said.append)
    hands.click_row(desk.takes.view, 0)
    desk.take_desk.reproduce()
    qtbot.waitUntil(lambda: any("the same" in one.sentence for one in said))
    assert said[-1].sentence.startswith("It is the same")


def test_a_take_dropped_in_brings_its_recipe_back(qtbot, desk, hands):
    room = desk.room
    take = room.ledger.takes_by_shot["s1"][0]
    hands.drop(desk.takes, hands.files(room.folder / take.folder / "picture.mkv"))
    shot = room.film.shots[-1]
    assert (shot.prompt, shot.seed, shot.seed_policy) == (
        "a gull over the water",
        take.seed,
        "lock",
    )
    assert room.session.shot_id == shot.id


def test_a_file_without_a_recipe_says_so(desk, tmp_path):
    said = []
    desk.room.said.connect(said.append)
    plain = tmp_path / "holiday.mp4"
    plain.write_bytes(b"no film")
    desk.take_desk.recalling.bring_back((plain,))
    assert "holiday.mp4 does not say how it was made" in said[-1].sentence


def test_a_ladder_of_three_strengths_is_made_and_chosen_from(qtbot, desk):
    desk.show_panel("edit")
    qtbot.keyClicks(desk.edit.instruction, "make it nighttime")
    qtbot.mouseClick(desk.edit.try_ladder, LEFT)
    rungs = desk.edit.ladder.rungs
    assert [rung.strength for rung in rungs] == [0.35, 0.6, 0.85]
    tiles = desk.edit.ladder.tiles
    qtbot.waitUntil(lambda: all(tile.take_id for tile in tiles))
    takes = [desk.room.ledger.takes[tile.take_id] for tile in tiles]
    assert len({take.seed for take in takes}) == 1
    strengths = [asked(take.recipe).picture_strength for take in takes]
    assert strengths == [0.35, 0.6, 0.85]
    qtbot.mouseClick(tiles[2], LEFT)
    assert desk.room.session.take_id == takes[2].id
    assert desk.edit.picture.value == 0.85
    desk.turns.settle()
    children = [row for row in desk.take_items.rows() if row.depth]
    assert len(children) == 3
    # The rungs are rendered in the order that the queue takes them.
    assert {row.change for row in children} == {
        f"picture {share}% · sound {share}%" for share in (35, 60, 85)
    }
    assert "make it nighttime (picture 85%" in desk.edit._chain.text()


def test_the_button_that_makes_a_change_says_how_long_it_takes(qtbot, desk):
    desk.show_panel("edit")
    button, strength = desk.edit.button, desk.edit.picture
    assert button.text() == "Make the change"
    qtbot.keyClicks(desk.edit.instruction, "make it nighttime")
    qtbot.waitUntil(lambda: button.text().startswith("Make the change · "))
    # Other words take no other time; another strength may.
    before = desk.edit_desk._counted
    qtbot.keyClicks(desk.edit.instruction, " and foggy")
    qtbot.wait(300)
    assert desk.edit_desk._counted is before
    strength.set_value(0.9)
    qtbot.waitUntil(lambda: desk.edit_desk._counted is not before)
    qtbot.waitUntil(lambda: "·" in button.text())
    desk.edit.instruction.clear()
    qtbot.waitUntil(lambda: button.text() == "Make the change")


def paint(qtbot, overlay, at, to):
    qtbot.mousePress(overlay, LEFT, pos=at)
    qtbot.mouseMove(overlay, to)
    qtbot.mouseRelease(overlay, LEFT, pos=to)


def test_a_change_that_is_asked_for_by_key_is_decided_on_by_keys(qtbot, desk):
    desk.trigger("shot.edit")
    desk.edit.begin()
    qtbot.keyClicks(desk.edit.instruction, "make it night")
    qtbot.keyClick(desk.edit.instruction, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(desk.viewer.picture.hasFocus)
    assert [job.label for job in desk.room.queue.jobs() if job.kind == "edit"] == ["make it night"]


def test_a_span_and_a_painted_region_go_into_the_edit(qtbot, desk):
    desk.show_panel("edit")
    qtbot.keyClicks(desk.edit.instruction, "rain")
    desk.edit.span.part.setChecked(True)
    desk.edit.span.start.setValue(0.25)
    qtbot.mouseClick(desk.edit.region.paint, LEFT)
    regions = desk.edit_desk.regions
    overlay = regions.overlay
    assert overlay.painting
    middle = overlay.picture_area().center().toPoint()
    paint(qtbot, overlay, middle, middle + QPoint(20, 0))
    assert not overlay.is_empty
    mask = overlay.region
    assert mask.pixelColor(mask.width() // 2, mask.height() // 2).red() == 255
    assert mask.pixelColor(0, 0).red() == 0
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    assert not overlay.painting
    assert desk.edit.region.painted
    before = set(desk.room.ledger.jobs)
    desk.room.queue.pause()
    # Asked for at once: it is made when the region was followed.
    qtbot.mouseClick(desk.edit.button, LEFT)
    qtbot.waitUntil(lambda: bool(set(desk.room.ledger.jobs) - before))
    (job,) = [one for one in desk.room.queue.jobs() if one.id not in before]
    task = load_request(job.request, desk.room.folder).task
    assert isinstance(task, Edit)
    assert task.mask is not None
    assert (task.start_frame, task.end_frame) == (3, None)
    assert task.mask.startswith(str(desk.room.folder))
    masks = read_pictures(Path(task.mask))
    assert masks.shape[:3] == (9, mask.height(), mask.width())
    # The veil lies over what is looked at, and the hand reaches through it.
    qtbot.waitUntil(overlay.isVisible)
    assert overlay.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def test_a_region_is_painted_again_on_another_picture_or_stands_still(qtbot, desk):
    desk.show_panel("edit")
    qtbot.mouseClick(desk.edit.region.paint, LEFT)
    regions, player = desk.edit_desk.regions, desk.screening.player
    overlay, region = regions.overlay, regions.region
    player.seek(0)
    middle = overlay.picture_area().center().toPoint()
    paint(qtbot, overlay, middle, middle + QPoint(12, 0))
    qtbot.waitUntil(lambda: isinstance(region.state, Followed))
    # The keys that are not the brush's own go through it: a step on by the arrow.
    frames = player.length
    player.seek(frames - 1)
    qtbot.waitUntil(lambda: player.frame == frames - 1)
    paint(qtbot, overlay, middle + QPoint(-40, 0), middle + QPoint(-40, 10))
    qtbot.waitUntil(lambda: isinstance(region.state, Followed))
    assert region.at(0) != region.at(8)
    qtbot.mouseClick(desk.edit.region.follow, LEFT, pos=QPoint(8, 8))
    assert isinstance(region.state, Still)
    qtbot.mouseClick(desk.edit.region.forget, LEFT)
    assert not desk.edit.region.painted
    assert region.at(0).isNull()


def test_a_region_belongs_to_the_take_it_was_painted_on(qtbot, desk):
    desk.show_panel("edit")
    qtbot.mouseClick(desk.edit.region.paint, LEFT)
    overlay = desk.edit_desk.regions.overlay
    middle = overlay.picture_area().center().toPoint()
    paint(qtbot, overlay, middle, middle + QPoint(20, 0))
    painted_on = desk.room.session.take_id
    other = next(take for take in desk.room.ledger.takes_by_shot["s0"] if take.id != painted_on)
    desk.room.session.set_take(other.id)
    assert not desk.edit.region.painted
    assert not overlay.isVisible()
    masks = []
    desk.edit_desk.regions.with_mask(masks.append)
    assert masks == [None]
    desk.room.session.set_take(painted_on)
    assert desk.edit.region.painted


def test_an_edit_is_made_again_from_the_take_that_replaced_its_source(qtbot, desk):
    room = desk.room
    first, second = room.ledger.takes_by_shot["s0"]
    room.session.set_take(first.id)
    room.keep()
    room.edit_take(Edit(source="", instruction="rain", picture_strength=0.4))
    qtbot.waitUntil(lambda: first.id in room.ledger.children)
    (edit,) = room.ledger.children[first.id]
    room.session.set_take(second.id)
    room.keep()
    qtbot.waitUntil(lambda: desk.take_items.row(1).behind)
    room.session.set_take(edit.id)
    desk.trigger("shot.rerun")

    def again():
        ids = {second.id, *(one.id for one in room.ledger.upgrades.get(second.id, ()))}
        return [one for take_id in ids for one in room.ledger.children.get(take_id, ())]

    qtbot.waitUntil(lambda: bool(again()))
    (made,) = again()
    assert (made.label, made.seed) == ("rain", edit.seed)
    assert asked(made.recipe).picture_strength == 0.4
    desk.take_desk.refresh()
    assert not any(row.behind for row in desk.take_items.rows())
    said = []
    room.said.connect(said.append)
    room.session.set_take(made.id)
    desk.trigger("shot.rerun")
    assert "still the one" in said[-1].sentence


def test_a_waiting_job_is_changed_dragged_and_taken_off(qtbot, desk, hands):
    queue, room = desk.room.queue, desk.room
    desk.show_panel("queue")
    queue.pause()
    room.session.set_shot("s0")
    first = room.render_shot(full=True)
    room.session.set_shot("s1")
    second = room.render_shot(full=True)
    items = desk.job_items
    qtbot.waitUntil(lambda: items.position(second.id) == 1)
    assert [job.id for job in queue.jobs()[:2]] == [first.id, second.id]
    index = items.index_of(second.id)
    mime = items.mimeData([index])
    items.dropMimeData(mime, Qt.DropAction.MoveAction, 0, 0, items.index(-1, -1))
    assert [job.id for job in queue.jobs()[:2]] == [second.id, first.id]
    assert [row.id for row in items.rows()[:2]] == [second.id, first.id]
    hands.double_click_row(desk.queue.view, 0)
    editor = desk.queue.editor
    assert editor.isVisible()
    editor.words.setPlainText("two gulls")
    editor.seed.setValue(77)
    qtbot.mouseClick(editor.save, LEFT)
    changed = queue.jobs()[0]
    request = load_request(changed.request, room.folder)
    assert (request.prompt, request.seed) == ("two gulls", 77)
    qtbot.waitUntil(lambda: items.position(changed.id) == 0)
    hands.click_row(desk.queue.view, 0)
    qtbot.mouseClick(desk.queue.cancel, LEFT)
    assert [job.id for job in queue.jobs() if job.is_open] == [first.id]


def test_what_a_render_took_stands_beside_what_was_thought(desk):
    rows = [row for row in desk.job_items.rows() if row.state == "done"]
    assert len(rows) == 3
    assert rows[-1].time.endswith(" s")
    assert "estimate" in rows[0].time


def test_a_difference_is_what_is_apart(qtbot, dressed):
    dark = np.zeros((4, 6, 3), np.uint8)
    light = dark + 20
    assert (difference(dark, light) == 80).all()
    assert not difference(light, light).any()
    picture = ComparePicture()
    qtbot.addWidget(picture)
    picture.set_wipe(3.0)
    assert picture.wipe == 1.0
