"""The clock of playback."""

from __future__ import annotations

from studio.playback.clock import PlayClock, Span


class Hand:
    """A time that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.heard = 0


def test_without_a_device_it_goes_by_the_time():
    hand = Hand()
    clock = PlayClock(48_000, lambda: hand.now)
    clock.start(1_000, 2)
    hand.now += 0.5
    assert clock.position() == 1_000 + 48_000
    clock.start(5_000, -1)
    hand.now += 0.1
    assert abs(clock.position() - (5_000 - 4_800)) <= 1


def test_a_device_moves_it_and_the_time_does_not():
    hand = Hand()
    clock = PlayClock(48_000, lambda: hand.now)
    clock.start(0, 1, lambda: hand.heard)
    hand.now += 10
    hand.heard = 960
    assert clock.position() == 960
    hand.heard = 900
    assert clock.position() == 960  # a device's estimate may waver; the clock does not step back


def test_it_goes_on_from_the_same_place_when_the_device_is_gone():
    hand = Hand()
    clock = PlayClock(48_000, lambda: hand.now)
    clock.start(0, 1, lambda: hand.heard)
    hand.heard = 4_800
    clock.fall_back()
    hand.now += 0.25
    assert clock.position() == 4_800 + 12_000
    assert not clock.follows_device


def test_stopping_keeps_the_place():
    hand = Hand()
    clock = PlayClock(48_000, lambda: hand.now)
    clock.start(0, 1)
    hand.now += 1
    assert clock.stop() == 48_000
    hand.now += 1
    assert clock.position() == 48_000


def test_a_loop_folds_positions_into_its_span():
    span = Span(start=100, end=150, loops=True)
    assert [span.folded(position) for position in (100, 149, 150, 203, 90)] == [
        100, 149, 100, 103, 140,
    ]  # fmt: skip
    assert not span.is_past(10_000, 1)
    once = Span(start=100, end=150)
    assert once.is_past(150, 1)
    assert once.is_past(99, -1)
    assert not once.is_past(149, 1)
