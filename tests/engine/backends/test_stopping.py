"""A stop is heard before the first step and after the last one, wherever a render takes long."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
import torch

from engine import api
from engine.backends.backlot import BacklotBackend
from engine.backends.backlot_desk import Desk
from engine.backends.backlot_plans import plan_request
from engine.media import write_film
from engine.pipelines.references import EncodedCache
from tests.engine.backends.contract import EACH, backend_of, small_request
from tests.engine.tiny_model import loaded, tiny_backend, tiny_capabilities, tiny_folder

PICTURES = 30


class Director(api.Control):
    """Counts how often it is asked, and says its word when it is asked the ``at``-th time."""

    def __init__(self, folder, at=0, word="cancel"):
        super().__init__(folder)
        self.at, self.word, self.asked = at, word, 0

    @property
    def cancelled(self):
        self.asked += 1
        if self.asked == self.at:
            getattr(self, self.word)()
        return super().cancelled


def asked_of(backend, request, folder, until: type = api.Progress):
    """How often a render asks before the first event of a kind."""
    control = Director(folder)
    for event in backend.render(request, control):
        if isinstance(event, until):
            return control.asked
    raise AssertionError("there was no such event")


def stopped(backend, request, control):
    events = list(backend.render(request, control))
    assert not [one for one in events if isinstance(one, api.Progress | api.Finished)]
    return events[-1]


def footage(folder, frames=PICTURES, name="footage.mkv"):
    path = folder / name
    grey = np.arange(frames, dtype=np.uint8)[:, None, None, None]
    write_film(path, np.tile(grey, (1, 32, 32, 3)), Fraction(12), preset="take")
    return path


def loaded_backend():
    backend = tiny_backend()
    backend.load()
    return backend


def edit_of(backend, source, **changes):
    task = api.Edit(source=str(source), instruction="make it night", **changes)
    return small_request(backend, task=task)


def fresh():
    folder = tiny_folder()
    return BacklotBackend(folder, "cpu", tiny_capabilities(folder), torch.float32)


@pytest.fixture(params=EACH)
def backend(request):
    made = backend_of(request.param)
    yield made
    made.unload()


def test_cancelled_at_the_first_word_nothing_is_loaded_and_nothing_left(tmp_path):
    backend = fresh()
    assert isinstance(
        stopped(backend, small_request(backend), Director(tmp_path, 1)), api.Cancelled
    )
    assert backend._model is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("word", ["cancel", "park"])
def test_a_stop_is_heard_while_weights_load(tmp_path, word):
    backend = fresh()
    request = small_request(backend)
    last = stopped(backend, request, Director(tmp_path, 20, word))
    assert backend._model is None
    if word == "cancel":
        assert isinstance(last, api.Cancelled)
        assert not list(tmp_path.iterdir())
    else:
        assert isinstance(last, api.Parked)
        assert last.checkpoint == backend.checkpoint(tmp_path)
        *_, last = backend.render(request, api.Control(tmp_path), last.checkpoint)
        assert isinstance(last, api.Finished)


@pytest.mark.parametrize("word", ["cancel", "park"])
def test_a_stop_is_heard_before_the_first_step(tmp_path, word):
    backend = loaded_backend()
    request = edit_of(backend, footage(tmp_path))
    asked = asked_of(backend, request, tmp_path / "edit")
    last = stopped(backend, request, Director(tmp_path / "stopped", asked // 3, word))
    assert isinstance(last, api.Cancelled if word == "cancel" else api.Parked)


@pytest.mark.parametrize("what", ["edit", "part", "region", "instruction", "extension", "motion"])
def test_a_stop_is_heard_at_every_picture_of_what_is_read(tmp_path, what):
    path = str(footage(tmp_path))
    request = small_request(tiny_backend())
    edit = api.Edit(source=path, instruction="make it night")
    moves = api.Reference(kind="video", role="motion", source=path)
    changes = {
        "edit": {"task": edit},
        "part": {"task": dataclasses.replace(edit, in_s=Fraction(1))},
        "region": {"task": dataclasses.replace(edit, mask=path)},
        "instruction": {"task": dataclasses.replace(edit, method="instruct")},
        "extension": {"task": api.Extend(source=path)},
        "motion": {"references": (moves,)},
    }[what]
    asked = []
    desk = Desk(model=loaded(), words=(), cache=EncodedCache(), heard=lambda: asked.append(1))
    plan_request(desk, dataclasses.replace(request, **changes), 1)
    assert len(asked) > (2 if what in ("region", "instruction") else 1) * request.frames


def test_a_stop_is_heard_while_a_large_source_is_known_by_its_content(backend, tmp_path):
    path = tmp_path / "still.bmp"
    header = b"BM" + (2**20).to_bytes(4, "little")
    path.write_bytes(header + bytes(3 * 2**20))
    control = Director(tmp_path / "job", 2)
    task = api.Edit(source=str(path), instruction="make it night")
    events = list(backend.render(small_request(backend, task=task), control))
    # In a process of its own the word is passed on beside the work, which may end before.
    assert isinstance(events[0], api.Cancelled | api.Failed)


def test_a_stop_is_heard_while_a_take_is_written_and_leaves_nothing_of_it(tmp_path):
    backend = loaded_backend()
    request = small_request(backend)
    for folder in ("first", "whole"):  # What the first prepares, those after it find.
        whole = asked_of(backend, request, tmp_path / folder, api.Finished)
    control = Director(tmp_path / "parked", whole - 1, "park")
    *_, last = backend.render(request, control)
    assert isinstance(last, api.Parked)
    assert {one.name for one in control.folder.iterdir()} == {"previews", "checkpoint.safetensors"}
    *_, last = backend.render(request, api.Control(control.folder), last.checkpoint)
    assert isinstance(last, api.Finished)
