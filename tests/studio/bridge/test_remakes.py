"""Takes made again from their recipes: alone, of a sequence, and of a film that was moved."""

import shutil
import time
from dataclasses import replace

import pytest
from PySide6.QtTest import QTest

from engine.api import Edit, Size
from engine.backends.scripted import CAPABILITIES, ScriptedBackend
from studio.bridge.remakes import Remakes
from studio.bridge.room import Room, RoomParts
from studio.document.film import Shot, new_film
from studio.document.ledger import Done
from studio.document.store import Store
from studio.render.estimates import History
from tests.patience import PATIENCE_S

SAME = "It is the same, picture for picture and sample for sample."
SMALL = replace(
    CAPABILITIES, sizes=(Size(width=64, height=48, shape="4:3"),), fast_steps=2, full_steps=3
)
SHOTS = tuple(
    Shot(id=f"s{number}", name=f"Shot {number}", prompt=words, frames=frames)
    for number, (words, frames) in enumerate((("a red ball", 5), ("a gull", 9), ("rain", 5)))
)


def room_in(folder, store=None):
    film = replace(new_film("Film"), width=64, height=48, shots=SHOTS)
    parts = RoomParts(
        store=store or Store(film),
        folder=folder,
        build=lambda: ScriptedBackend(capabilities=SMALL),
        history=History(),
    )
    made = Room(parts)
    made._on_capable(SMALL)
    made.start()
    return made


@pytest.fixture
def room(qapp, tmp_path):
    made = room_in(tmp_path / "film")
    yield made
    made.close()


def takes_of(room, job):
    """The takes of a job that is waited for, in the order of its request."""
    assert job is not None
    end = time.monotonic() + PATIENCE_S
    while (known := room.ledger.jobs.get(job.id)) is None or not isinstance(known.state, Done):
        assert time.monotonic() < end
        QTest.qWait(10)
    room.relay.flush()
    return [room.ledger.takes[one] for one in known.state.take_ids]


def told_of(room, take):
    """What is said of a take that is made again, and the takes that came of it."""
    said = []
    room.said.connect(lambda notice: said.append(notice.sentence))
    remakes = Remakes(room)
    made = takes_of(room, remakes.again(take, "again"))
    room.said.disconnect()
    return said, made


@pytest.fixture
def sequence(room):
    return takes_of(room, room.shooting.sequence(SHOTS))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_shot_of_a_sequence_comes_out_the_same(room, sequence, number):
    said, made = told_of(room, sequence[number])
    assert said == [SAME]
    assert [take.shot_id for take in made] == ["s0", "s1", "s2"]
    assert [take.fingerprint for take in made] == [take.fingerprint for take in sequence]
    assert [take.frames for take in made] == [5, 9, 5]


def test_the_full_render_of_a_shot_of_a_sequence_is_made_again_by_itself(room, sequence):
    room.session.set_shot("s1")
    room.shooting.keep(room.shot, sequence[1])
    (job,) = [job for job in room.queue.jobs() if job.kind == "full"]
    (full,) = takes_of(room, job)
    said, (again,) = told_of(room, sequence[1])
    assert said == [SAME]
    assert (again.kind, again.shot_id, again.upgrade_of) == ("full", "s1", None)
    assert again.id != full.id


def test_an_edit_of_a_shot_of_a_sequence_is_made_again_from_its_source(room, sequence):
    (edited,) = takes_of(
        room, room.shooting.edit(sequence[2], Edit(source="", instruction="night"))
    )
    said, (again,) = told_of(room, edited)
    assert said == [SAME]
    assert (again.kind, again.parent_id) == ("edit", sequence[2].id)


def test_a_film_that_was_moved_makes_its_takes_again_from_where_it_lies(room, sequence, tmp_path):
    (edited,) = takes_of(
        room, room.shooting.edit(sequence[1], Edit(source="", instruction="night"))
    )
    room.close()
    (tmp_path / "film").rename(tmp_path / "moved")
    moved = room_in(tmp_path / "moved", room.store)
    for take in (sequence[1], edited):
        said, _ = told_of(moved, take)
        assert said == [SAME]
    moved.close()


def test_a_still_is_made_again_as_a_still(room):
    (still,) = takes_of(room, room.shooting.still(SHOTS[0]))
    said, (again,) = told_of(room, still)
    assert said == [SAME]
    assert again.kind == "still"


def test_a_take_whose_recipe_is_gone_says_so(room, sequence):
    shutil.rmtree(room.folder / sequence[0].folder)
    said = []
    room.said.connect(lambda notice: said.append(notice.sentence))
    assert Remakes(room).again(sequence[0], "again") is None
    assert said == ["The recipe of this take is gone, so it cannot be made again."]
