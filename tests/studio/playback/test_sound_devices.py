"""Which devices there are, and when they are looked for again."""

from __future__ import annotations

import sys

import pytest

from studio.playback.audio_sink import SinkError
from studio.playback.sound_devices import LOOK_AGAIN_S, MISSED_S, SoundDevices
from tests.studio.playback.drivers import Driver

HZ = 48_000


class Machine:
    """Devices whose time is moved by hand."""

    def __init__(self, monkeypatch, *there: str) -> None:
        self.now_s = 100.0
        self.driver = Driver(*there)
        self.devices = SoundDevices(lambda: self.now_s)
        monkeypatch.setitem(sys.modules, "sounddevice", self.driver)

    def heard_by(self, name: str = "") -> str:
        """The device that a stream is opened on."""
        stream = self.devices.open(name, HZ)
        self.devices.close(stream)
        return stream.how["name"]


@pytest.fixture
def machine(monkeypatch):
    return Machine(monkeypatch, "Speakers", "Headphones")


def test_those_that_stereo_can_be_heard_by_are_listed_once(machine):
    machine.driver.known.append("Headphones")
    assert machine.devices.outputs() == ("Speakers", "Headphones")


def test_without_a_library_there_are_none_and_a_sentence_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert SoundDevices().outputs() == ()
    with pytest.raises(SinkError, match="sound library is not here"):
        SoundDevices().open("", HZ)


def test_the_one_that_is_asked_for_is_opened_by_its_name(machine):
    assert machine.heard_by("Headphones") == "Headphones"
    assert machine.heard_by() == "Speakers"


def test_one_that_is_not_there_is_a_sentence_that_names_it(machine):
    with pytest.raises(SinkError, match=r"“Stage” is not there.*settings"):
        machine.devices.open("Stage", HZ)


def test_another_default_one_is_followed_between_runs(machine):
    assert machine.heard_by() == "Speakers"
    machine.driver.there.reverse()
    machine.now_s += LOOK_AGAIN_S
    assert machine.heard_by() == "Headphones"
    assert machine.driver.starts == 1


def test_they_are_not_looked_for_at_every_key(machine):
    for _ in range(20):
        machine.heard_by()
        machine.now_s += LOOK_AGAIN_S / 40
    assert machine.driver.starts == 0


def test_they_are_not_looked_for_while_something_is_open(machine):
    stream = machine.devices.open("", HZ)
    machine.driver.there.append("Stage")
    for _ in range(3):
        machine.now_s += LOOK_AGAIN_S
        assert "Stage" not in machine.devices.outputs()
        machine.heard_by()
    assert machine.driver.starts == 0
    machine.devices.close(stream)
    assert "Stage" in machine.devices.outputs()


def test_one_that_was_missed_is_looked_for_sooner(machine):
    machine.driver.there.clear()
    for _ in range(4):
        with pytest.raises(SinkError, match="No sound device"):
            machine.devices.open("", HZ)
        machine.now_s += MISSED_S / 2
    # Not at every try, either.
    assert machine.driver.starts == 1
    machine.driver.there.append("Headphones")
    machine.now_s += MISSED_S
    assert machine.heard_by() == "Headphones"
