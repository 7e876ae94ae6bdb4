"""What the timeline keeps from paint to paint looks as if it were painted for the first time."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from studio.bridge.session import Session
from studio.document.film import Marker
from studio.document.ledger import Cancelled
from studio.document.store import Store
from studio.document.timeline_changes import ripple_delete
from studio.document.track_changes import add_marker, edit_track, set_range
from studio.ui import timeline_scroll
from studio.ui.timeline_view import TimelineView


def zoom(view, chance):
    view.session.set_zoom(10 ** chance.uniform(-2, 1))


def scroll(view, chance):
    for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
        bar.setValue(chance.randint(0, max(0, bar.maximum())))


def move_playhead(view, chance):
    view.session.set_playhead(chance.randint(0, 500))


def resize(view, chance):
    view.resize(chance.choice([700, 900]), chance.choice([300, 400]))


def delete(view, chance):
    clips = [clip.id for track in view.timeline.tracks for clip in track.clips]
    if clips:
        clip_id = chance.choice(clips)
        view.store.apply(lambda film: ripple_delete(film, "cut", [clip_id]), "Ripple delete")


def mark(view, chance):
    marker = Marker(id=f"m{chance.random()}", frame=chance.randint(0, 500))
    view.store.apply(lambda film: add_marker(film, "cut", marker), "Add marker")


def mark_range(view, chance):
    first = chance.choice([None, 10, 60])
    last = chance.choice([None, 200])
    view.store.apply(lambda film: set_range(film, "cut", first, last), "Mark")


def change_track(view, chance):
    track_id = chance.choice(view.timeline.tracks).id
    height, muted = chance.randint(24, 80), chance.random() < 0.5
    view.store.apply(
        lambda film: edit_track(film, "cut", track_id, height_px=height, muted=muted), "Edit track"
    )


def change_rate(view, chance):
    rate = chance.choice([24, 25, 30])
    view.store.apply(lambda film: replace(film, rate=type(film.rate)(rate)), "Rate")


def cancel(view, chance):
    job = view.store.ledger.jobs["job4"]
    view.store.record(replace(job, state=Cancelled()))


def undo(view, chance):
    view.store.undo()


DEEDS = (
    zoom, scroll, move_playhead, resize, delete, mark, mark_range, change_track, change_rate,
    cancel, undo,
)  # fmt: skip


def seen(view):
    picture = view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    bits = np.frombuffer(picture.constBits(), np.uint32)
    return bits.reshape(picture.height(), picture.width()).copy()


def painted_first(view):
    """The same as ``view`` shows, by one that has kept nothing."""
    fresh = TimelineView(view.store, view.session)
    fresh.resize(view.size())
    fresh.show()
    for name in ("horizontalScrollBar", "verticalScrollBar"):
        bar, known = getattr(fresh, name)(), getattr(view, name)()
        bar.setRange(known.minimum(), known.maximum())
        bar.setValue(known.value())
    picture = seen(fresh)
    fresh.close()
    fresh.deleteLater()
    return picture


@settings(deadline=None, max_examples=25)
@given(deeds=st.lists(st.sampled_from(DEEDS), min_size=1, max_size=6), seed=st.integers(0, 1 << 20))
def test_what_is_kept_looks_as_if_it_were_painted_for_the_first_time(dressed, films, deeds, seed):
    chance = random.Random(seed)
    view = TimelineView(Store(*films.crowd(60, tracks=4)), Session())
    view.resize(800, 300)
    view.show()
    for deed in deeds:
        seen(view)
        deed(view, chance)
        assert (seen(view) == painted_first(view)).all(), deed.__name__
    view.close()
    view.deleteLater()


def test_a_ruler_that_stays_is_painted_once(view, monkeypatch):
    painted = []
    paint = timeline_scroll.paint_ruler

    def counted(*arguments):
        painted.append(arguments)
        paint(*arguments)

    monkeypatch.setattr(timeline_scroll, "paint_ruler", counted)
    view.viewport().grab()
    painted.clear()
    for deed in (change_track, cancel, undo):
        deed(view, random.Random(1))
        view.viewport().grab()
    assert not painted
    view.session.set_zoom(3.0)
    view.viewport().grab()
    assert len(painted) == 1
