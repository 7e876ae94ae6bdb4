"""Files that come in together: what waits for the last of them is done once, with all that came."""

from pathlib import Path

import pytest

from studio.bridge.arrivals import Arrivals

A, B, C = Path("a.mov"), Path("b.wav"), Path("c.txt")


@pytest.fixture
def waiting():
    """Arrivals that expect three files, and what they have done."""
    arrivals, done = Arrivals(), []
    arrivals.expect((A, B, C), done.append)
    return arrivals, done


def test_the_last_that_is_heard_of_ends_it_in_the_order_of_the_drop(waiting):
    arrivals, done = waiting
    for path, media_id in ((B, "mb"), (C, ""), (Path("other.mov"), "mo")):
        arrivals.heard(path, media_id)
    assert done == []
    arrivals.heard(A, "ma")
    arrivals.heard(A, "ma")
    assert done == [("ma", "mb")]


def test_a_file_that_is_dropped_twice_is_waited_for_by_both(waiting):
    arrivals, done = waiting
    arrivals.expect((B, B), done.append)
    arrivals.heard(B, "mb")
    assert done == [("mb",)]


def test_nothing_is_done_where_nothing_came_or_all_was_stopped(waiting):
    arrivals, done = waiting
    arrivals.expect((Path("empty"),), done.append)
    arrivals.heard(Path("empty"), "")
    arrivals.forget()
    for path in (A, B, C):
        arrivals.heard(path, "m")
    assert done == []
