import threading

from studio.bridge.relay import Relay


def from_a_thread(deed):
    thread = threading.Thread(target=deed)
    thread.start()
    thread.join()


def test_every_call_is_run_in_order_on_the_gui_thread(qtbot):
    relay, heard = Relay(), []
    gui = threading.current_thread()

    def work():
        for number in range(50):
            relay.send(lambda n=number: heard.append((n, threading.current_thread() is gui)))

    from_a_thread(work)
    qtbot.waitUntil(lambda: len(heard) == 50)
    assert heard == [(number, True) for number in range(50)]


def test_only_the_newest_call_of_a_key_is_run(qtbot):
    relay, heard = Relay(), []

    def work():
        for number in range(500):
            relay.latest("step", lambda n=number: heard.append(n))

    from_a_thread(work)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [499]


def test_a_closed_relay_runs_nothing(qtbot):
    relay, heard = Relay(), []
    relay.send(lambda: heard.append(1))
    relay.close()
    relay.send(lambda: heard.append(2))
    relay.flush()
    assert heard == []


def test_calls_that_take_long_are_run_over_several_beats(qtbot, monkeypatch):
    monkeypatch.setattr("studio.bridge.relay._TURN_S", 0.0)
    relay, heard = Relay(), []
    for number in range(3):
        relay.send(lambda n=number: heard.append(n))
    relay._beat()
    assert heard == [0]
    qtbot.waitUntil(lambda: heard == [0, 1, 2])
