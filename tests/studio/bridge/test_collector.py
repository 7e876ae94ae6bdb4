import gc
import weakref

import pytest

from studio.bridge.collector import (
    _DUE,
    Collector,
    _on_collected,
    hushed,
    look_again,
    pass_over_survivors,
)


@pytest.fixture(autouse=True)
def thawed():
    yield
    if _on_collected in gc.callbacks:
        gc.callbacks.remove(_on_collected)
    gc.unfreeze()
    gc.enable()


def test_nothing_is_collected_while_an_engine_comes_in():
    with hushed():
        with hushed():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    with hushed():
        pass
    assert not gc.isenabled()


def test_what_came_in_is_left_alone_afterwards():
    frozen = gc.get_freeze_count()
    with hushed():
        kept = [[number] for number in range(50)]
    assert gc.get_freeze_count() >= frozen + len(kept)


def test_what_survived_a_full_collection_is_not_gone_through_again():
    pass_over_survivors()
    kept = [[number] for number in range(5000)]
    gc.collect()
    assert gc.get_freeze_count() >= len(kept)
    assert len(gc.get_objects(generation=2)) < len(kept)
    look_again()
    assert gc.get_freeze_count() == 0
    assert any(one is kept for one in gc.get_objects(generation=2))


def test_circles_are_still_collected():
    pass_over_survivors()
    circle = []
    circle.append(Circle(circle))
    gone = weakref.ref(circle[0])
    del circle
    gc.collect()
    assert gone() is None


@pytest.fixture
def collector(qapp):
    made = Collector()
    made._timer.stop()
    yield made
    made.end()
    assert gc.isenabled()


def circles(count):
    """Circles that nobody holds, and a way to see whether the first is still there."""
    first = Circle(None)
    first.held = first
    for _ in range(count):
        one = Circle(None)
        one.held = one
    return weakref.ref(first)


def test_nothing_is_collected_within_a_deed_but_in_the_turn_after_it(collector):
    gc.collect()
    gone = circles(2 * _DUE[0])
    assert gone() is not None
    collector.turn()
    assert gone() is None


def test_a_turn_without_much_that_is_new_collects_nothing(collector):
    gc.collect()
    gone = circles(1)
    collector.turn()
    assert gone() is not None
    gc.collect()
    assert gone() is None


def test_what_grew_old_in_turns_is_collected_by_a_later_one(collector, monkeypatch):
    monkeypatch.setattr("studio.bridge.collector._DUE", (200, 3, 3))
    gc.collect()
    circle = Circle(None)
    circle.held = circle
    gone = weakref.ref(circle)
    for _ in range(2):
        gc.collect(1)
    del circle
    for _ in range(5 * 5):
        circles(300)
        collector.turn()
    assert gone() is None


def test_no_turn_is_taken_while_an_engine_comes_in(collector):
    gc.collect()
    gone = circles(2 * _DUE[0])
    with hushed():
        collector.turn()
        assert gone() is not None


class Circle:
    def __init__(self, held: object) -> None:
        self.held = held
