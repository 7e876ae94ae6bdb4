"""Going on from takes, several shots made as one, and gaps filled, by hand in a whole window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt

from engine.api import Extend
from engine.media import read_pictures
from studio.document.film import Clip, ShotSource, TakeSource
from studio.document.queries import active_timeline, shot_state
from studio.document.take_lineage import asked, change_words, continued
from studio.render.stored_requests import load_request
from tests.scenes.test_window_story import preview, quiet, ready, write_shot

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.timeout(300),
]
LEFT = Qt.MouseButton.LeftButton


def pictures_in_cut(room) -> list[Clip]:
    return [
        clip
        for track in active_timeline(room.film).tracks
        if track.kind == "video"
        for clip in track.clips
    ]


def direction(room, take) -> str:
    task = load_request(take.recipe, room.folder).task
    assert isinstance(task, Extend)
    return task.direction


def kept_shot(qtbot, window, words):
    """A shot with a kept preview, in the cut."""
    shot = write_shot(qtbot, window, words)
    preview(qtbot, window)
    window.actions_["shot.keep"].trigger()
    room = window.workspace.room
    kept = room.shot.chosen_take_id
    qtbot.waitUntil(lambda: kept in room.ledger.upgrades and quiet(room))
    return shot


def test_a_take_is_gone_on_with_and_led_up_to_by_shots_beside_it(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    desk, room = window.workspace, ready(qtbot, window)
    shot = kept_shot(qtbot, window, "a red ball rolls along the quay")
    before = len(room.ledger.takes)
    window.actions_["shot.edit"].trigger()
    qtbot.mouseClick(desk.edit.more["shot.extend"], LEFT)
    qtbot.waitUntil(lambda: len(room.ledger.takes) > before and quiet(room))
    after = room.shot
    assert [one.id for one in room.film.shots] == [shot.id, after.id]
    assert after.prompt == shot.prompt
    take = room.take
    assert change_words(asked(take.recipe), take.rate) == "goes on from it"
    assert room.ledger.takes[take.parent_id].shot_id == shot.id
    assert direction(room, take) == "forward"
    first, second = pictures_in_cut(room)
    assert (first.source, second.source) == (
        ShotSource(shot_id=shot.id),
        ShotSource(shot_id=after.id),
    )
    assert second.start == first.end
    # Another preview goes on from the same take, with the words that stand there now.
    window.actions_["shot.reject"].trigger()
    window.actions_["shot.write"].trigger()
    qtbot.keyClicks(desk.shot.prompt, " and falls")
    desk.viewer.picture.setFocus()
    preview(qtbot, window)
    qtbot.waitUntil(lambda: room.take.id != take.id)
    again = load_request(room.take.recipe, room.folder)
    assert direction(room, room.take) == "forward"
    assert "and falls" in again.prompt
    assert continued(room.ledger, after.id)[0].shot_id == shot.id
    window.actions_["shot.keep"].trigger()
    qtbot.waitUntil(lambda: shot_state(room.film, room.ledger, room.shot) == "full")
    # And what leads up to the first one stands before it.
    room.session.set_shot(shot.id)
    before = len(room.ledger.takes)
    window.actions_["shot.extend_back"].trigger()
    qtbot.waitUntil(lambda: len(room.ledger.takes) > before and quiet(room))
    assert [one.id for one in room.film.shots][1:] == [shot.id, after.id]
    assert room.take.label == f"Leads up to {shot.name}"
    assert [clip.source for clip in pictures_in_cut(room)] == [
        ShotSource(shot_id=one) for one in (room.shot.id, shot.id, after.id)
    ]
    window.actions_["edit.undo"].trigger()
    assert len(pictures_in_cut(room)) == 2


def test_picked_shots_are_made_as_one_and_each_gets_its_take(qtbot, window, windows, tmp_path):
    windows.new_film(window, tmp_path)
    desk, room = window.workspace, ready(qtbot, window)
    for words in ("a red ball drops", "a blue drum rolls", "a bell rings"):
        write_shot(qtbot, window, words)
    assert room.session.picked == (room.shot.id,)  # the newest alone, whatever keys are held
    said = []
    room.said.connect(lambda notice: said.append(notice.sentence))
    window.actions_["shot.sequence"].trigger()
    assert "two shots or more" in said[-1]
    view = desk.shots.view
    for row in (0, 1):
        flag = QItemSelectionModel.SelectionFlag
        view.selectionModel().select(
            desk.shot_items.index(row, 0), flag.Select if row else flag.ClearAndSelect
        )
    window.actions_["shot.sequence"].trigger()
    qtbot.waitUntil(lambda: len(room.ledger.takes) == 2 and quiet(room))
    (job,) = room.ledger.jobs.values()
    assert job.shot_ids == tuple(shot.id for shot in room.film.shots[:2])
    for shot in room.film.shots[:2]:
        assert len(room.ledger.takes_by_shot[shot.id]) == 1
        room.session.set_shot(shot.id)
        window.actions_["shot.keep"].trigger()
    qtbot.waitUntil(lambda: quiet(room))
    # Each take knows what its own shot asked for: only the shot whose words change is stale.
    first = room.film.shots[0]
    room.session.set_shot(first.id)
    window.actions_["shot.write"].trigger()
    qtbot.keyClicks(desk.shot.prompt, " twice")
    desk.viewer.picture.setFocus()

    def states():
        return [shot_state(room.film, room.ledger, shot) for shot in room.film.shots]

    qtbot.waitUntil(lambda: states() == ["stale", "full", "draft"])


def test_a_gap_is_filled_by_a_shot_between_the_pictures_on_both_sides(
    qtbot, window, windows, tmp_path
):
    windows.new_film(window, tmp_path)
    desk, room = window.workspace, ready(qtbot, window)
    said = []
    room.said.connect(lambda notice: said.append(notice.sentence))
    kept_shot(qtbot, window, "a red ball drops")
    kept_shot(qtbot, window, "a blue drum rolls")
    first, second = pictures_in_cut(room)
    window.actions_["cut.fill_gap"].trigger()
    assert "gap" in said[-1]
    room.session.select([second.id])
    for _ in range(4):
        window.actions_["cut.nudge_far"].trigger()
    _, second = pictures_in_cut(room)
    gap = (first.end, second.start)
    assert gap[1] - gap[0] == 20
    room.session.set_playhead(first.end + 3)
    takes = len(room.ledger.takes)
    window.actions_["cut.fill_gap"].trigger()
    laid = pictures_in_cut(room)[1]
    assert (laid.start, laid.end) == gap
    shot = room.shot
    assert laid.source == ShotSource(shot_id=shot.id)
    assert [one.id for one in room.film.shots].index(shot.id) == 1
    opening, closing = shot.references
    assert (opening.role, closing.role) == ("first_frame", "last_frame")
    assert all(isinstance(one.source, TakeSource) for one in shot.references)
    assert opening.start == 24  # the last of the 25 pictures
    assert closing.start == 0
    assert len(room.ledger.takes) == takes  # nothing is rendered by itself
    assert desk.shot.prompt.hasFocus()
    qtbot.keyClicks(desk.shot.prompt, "the ball meets the drum")
    desk.viewer.picture.setFocus()
    window.actions_["shot.preview"].trigger()
    qtbot.waitUntil(lambda: room.take is not None and quiet(room))
    shown = read_pictures(room.folder / room.take.folder / "picture.mkv")
    assert shown[0].shape == shown[-1].shape
