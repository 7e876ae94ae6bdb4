"""Whatever is done to a film, its rules hold, undo returns it, and its rows tell it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio import document
from studio.document.codec import decode, encode, from_text, to_text
from studio.document.film import Film
from studio.document.patching import patched
from studio.document.rows import EMPTY, differences, pack, unpack
from studio.document.store import Store
from tests.studio.document.edits import Edit, edits, film_of_clips, sound

KERNEL = [
    importlib.import_module(f"studio.document.{found.name}")
    for found in pkgutil.iter_modules(document.__path__)
    if found.name.endswith("_changes") or found.name == "clipboard"
]
SEQUENCES = st.lists(edits(), min_size=1, max_size=12)
PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_every_change_is_among_the_edits():
    drawn = "".join(path.read_text() for path in Path(__file__).parent.glob("*edits.py"))
    changes = {
        name
        for module in KERNEL
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__
        and not name.startswith("_")
        and next(iter(inspect.signature(found).parameters), "") == "film"
        and "Film" in str(inspect.signature(found).return_annotation)
    }
    assert len(changes) > 90
    assert {name for name in changes if not re.search(rf"\b{name}\b", drawn)} == set()


@PATIENT
@given(SEQUENCES)
def test_the_rules_of_tracks_hold_under_any_edits(sequence: list[Edit]):
    film = film_of_clips()
    for edit in sequence:
        film = edit(film)
        assert sound(film) == []


@PATIENT
@given(SEQUENCES)
def test_undo_of_any_edits_is_identity_and_redo_makes_them_again(sequence: list[Edit]):
    store = Store(film_of_clips())
    start = store.film
    for edit in sequence:
        store.apply(edit, "edit")
    end = store.film
    undone = 0
    while store.undo():
        undone += 1
    assert store.film is start
    for _ in range(undone):
        store.redo()
    assert store.film is end


@PATIENT
@given(SEQUENCES)
def test_the_rows_that_differ_lead_from_one_film_to_the_other_and_back(sequence: list[Edit]):
    start = film = film_of_clips()
    for edit in sequence:
        after = edit(film)
        changes = unpack(pack(differences(film, after)))
        assert patched(film, changes, "after") == after
        assert patched(after, changes, "before") == film
        film = after
    losses: list[str] = []
    # What went away and came back lies elsewhere on its track by then.
    changes = unpack(pack(differences(start, film)))
    assert patched(start, changes, "after") == film
    assert patched(film, changes, "before") == start
    assert patched(EMPTY, differences(None, film), "after", losses) == film
    assert losses == []


@PATIENT
@given(SEQUENCES)
def test_a_film_round_trips_through_json(sequence: list[Edit]):
    film = film_of_clips()
    for edit in sequence:
        film = edit(film)
    assert decode(Film, from_text(to_text(encode(film)))) == film
