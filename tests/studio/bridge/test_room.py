import threading

import cv2
import numpy as np
import pytest

from engine.backends.scripted import CAPABILITIES, ScriptedBackend
from studio.bridge.pending_imports import PendingImports, Wanted
from studio.bridge.room import Room, RoomParts
from studio.document.film import FilmSettings, Marker, Shot, new_film
from studio.document.library_changes import edit_film
from studio.document.shot_changes import add_shot, edit_shot
from studio.document.store import Store
from studio.document.track_changes import add_marker
from studio.render.estimates import History
from tests.patience import PATIENCE_S

STYLED = FilmSettings(style_prompt="a red ball, 16 mm")


@pytest.fixture
def room(qapp, tmp_path):
    store = Store(new_film("Early"))
    store.apply(lambda film: add_shot(film, Shot(id="s", name="Shot 1", prompt="a ball")), "New")
    made = Room(RoomParts(store=store, folder=tmp_path, build=ScriptedBackend, history=History()))
    made.session.set_shot("s")
    yield made
    made.close()


def test_a_preview_asked_before_the_engine_is_there_is_made_when_it_comes(room):
    said = []
    room.said.connect(said.append)
    assert room.render_shot() is None
    assert room.queue.jobs() == ()
    assert said[-1].level != "problem"
    assert "Shot 1" in said[-1].sentence
    room._on_capable(CAPABILITIES)
    (job,) = room.queue.jobs()
    assert (job.kind, job.shot_id) == ("preview", "s")


def test_what_cannot_be_rendered_is_refused_where_it_is_asked_for(qtbot, room):
    said, wanted, told = [], [], []
    room.said.connect(lambda notice: said.append(notice.sentence))
    room.shot_wanted.connect(wanted.append)
    room.reported.connect(told.append)

    def written(prompt):
        told.clear()
        room.apply(lambda film: edit_shot(film, "s", prompt=prompt), "Write prompt")
        qtbot.waitUntil(lambda: any(one.request for one in told))

    with qtbot.waitSignal(room.capable):
        room.start()
    written("")
    assert told[-1].is_blank, "nothing written is no fault"
    assert room.render_shot() is None
    assert room.render_shot(full=True) is None
    assert said[-1] == "Shot 1: The prompt is empty. Say what is to be seen and heard."
    assert wanted == ["s", "s"]
    written("@Ava waves")
    assert not told[-1].is_blank
    assert room.render_shot() is None
    assert "@Ava" in said[-1]
    assert room.ledger.jobs == {}
    # A shot without words of its own is made by those of the film.
    room.apply(lambda film: edit_film(film, settings=STYLED), "Style")
    written("")
    assert not told[-1].is_blank
    assert room.render_shot() is not None


def test_what_was_heard_of_other_words_refuses_nothing(qtbot, room):
    with qtbot.waitSignal(room.capable):
        room.start()
    room.apply(lambda film: edit_shot(film, "s", prompt="@Ava waves"), "Write prompt")
    with qtbot.waitSignal(room.reported):
        pass
    room.apply(lambda film: edit_shot(film, "s", prompt="a ball"), "Write prompt")
    assert room.render_shot() is not None


def test_asking_twice_before_the_engine_is_there_makes_one_render(room):
    room.render_shot()
    room.render_shot(full=True)
    room._on_capable(CAPABILITIES)
    (job,) = room.queue.jobs()
    assert job.kind == "full"


def test_an_engine_that_cannot_start_refuses_at_once(room):
    said = []
    room.said.connect(said.append)
    room.render_shot()
    room._on_engine_failed("The weights are missing.", "")
    room.render_shot()
    assert room.queue.jobs() == ()
    assert said[-1].level == "problem"


def test_a_file_that_is_met_again_is_put_on_its_shot_once(qtbot, tmp_path):
    cv2.imwrite(str(tmp_path / "face.png"), np.zeros((20, 30, 3), np.uint8))
    store = Store(add_shot(new_film("Again"), Shot(id="s", name="Shot 1")))
    wanted = Wanted(path=tmp_path / "face.png", shot_id="s")
    said = []
    for _sitting in range(2):
        pending = PendingImports()
        pending.add([wanted])
        parts = RoomParts(
            store=store,
            folder=tmp_path,
            build=ScriptedBackend,
            history=History(),
            pending=pending,
        )
        room = Room(parts)
        room.said.connect(said.append)
        with qtbot.waitSignal(room.library.imported):
            room.library.resume()
        room.close()
    assert len(store.film.media) == 1
    assert len(store.film.shots[0].references) == 1
    assert said == []


def test_files_dropped_before_the_window_is_up_are_brought_in_once(qtbot, room, tmp_path):
    said = []
    room.library.said.connect(said.append)
    room.library.import_files([tmp_path / "gone.png"])
    room.library.resume()
    qtbot.waitUntil(lambda: bool(said) and not room.library.importer.busy)
    room.relay.flush()
    assert len(said) == 1


def test_a_change_of_the_cut_asks_nothing_of_the_engine(room):
    told = []
    room.reported.connect(told.append)
    room._on_capable(CAPABILITIES)
    room.apply(lambda film: edit_shot(film, "s", prompt=""), "Write prompt")
    assert [report.is_blank for report in told] == [True]
    timeline_id = room.film.active_timeline_id
    mark = Marker(id="m", frame=3)
    assert room.apply(lambda film: add_marker(film, timeline_id, mark), "Add marker")
    assert len(told) == 1


def test_a_question_on_its_way_never_wakes_an_engine_that_was_put_to_rest(qtbot, tmp_path):
    asked, heard, at_rest = [], threading.Event(), threading.Event()

    class Slow(ScriptedBackend):
        def estimate(self, request):
            heard.set()
            at_rest.wait(0.2)
            asked.append("estimate")
            return super().estimate(request)

        def unload(self):
            asked.append("unload")
            at_rest.set()
            super().unload()

    store = Store(add_shot(new_film("Closed"), Shot(id="s", name="Shot 1", prompt="a ball")))
    room = Room(RoomParts(store=store, folder=tmp_path, build=Slow, history=History()))
    room.session.set_shot("s")
    with qtbot.waitSignal(room.capable):
        room.start()
    assert heard.wait(PATIENCE_S)
    room.close()
    assert asked == ["estimate", "unload"]
