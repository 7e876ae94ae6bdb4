"""The store of a film that is only read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.document.cut_changes import add_timeline, open_timeline, rename_timeline
from studio.document.errors import ReadOnlyFilmError
from studio.document.film import new_film
from studio.document.library_changes import edit_film
from studio.document.store import Store


def test_a_film_that_is_only_read_opens_its_timelines_and_takes_nothing_else():
    film = add_timeline(new_film("Tide"), "Long cut")
    first, second = (one.id for one in film.timelines)
    store = Store(film, read_only="The film was opened for reading only.")
    seen = []
    store.changed.subscribe(lambda before, after: seen.append(after.active_timeline_id))
    store.apply(lambda now: open_timeline(now, first), "Open timeline")
    assert seen == [first]
    assert store.undo_name is None
    for change in (
        lambda now: now,
        lambda now: edit_film(now, name="Ebb"),
        lambda now: rename_timeline(open_timeline(now, second), second, "Short cut"),
    ):
        with pytest.raises(ReadOnlyFilmError, match="reading only"):
            store.apply(change, "Change")
    assert store.film == replace(film, active_timeline_id=first)
