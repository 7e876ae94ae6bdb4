"""What the worker tells on its own thread arrives on the GUI thread, in order."""

import threading

import pytest

from studio.bridge.job_items import Pulse
from studio.bridge.relay import Relay
from studio.bridge.worker_news import WorkerNews
from studio.document.ledger import Done, JobRecord, Running, now
from studio.render.worker import JobChanged, Loading, Made, NotLoaded, Ready, Stepped, Unloaded


@pytest.fixture
def news(qapp):
    relay = Relay()
    yield WorkerNews(relay)
    relay.close()


def told(news, *events):
    """What ``news`` says after ``events`` were told on another thread, and on which it said it."""
    heard, threads = [], set()

    def note(*words):
        threads.add(threading.current_thread())
        heard.extend(words)

    signals = (news.pulsed, news.engine_said, news.engine_failed, news.made, news.job_changed)
    for signal in signals:
        signal.connect(note)
    worker = threading.Thread(target=lambda: [news.hear(event) for event in events])
    worker.start()
    worker.join()
    assert heard == []
    news._relay.flush()
    for signal in signals:
        signal.disconnect(note)
    assert threads == {threading.current_thread()}
    return heard


def test_states_of_the_engine_are_said_in_words(news):
    assert told(news, Loading(), Ready(seconds=2.04), Unloaded()) == [
        "Engine is getting ready…",
        "Engine ready (2.0 s)",
        "Engine at rest",
    ]
    assert told(news, NotLoaded(sentence="No weights.", cause="why")) == ["No weights.", "why"]


def test_of_many_steps_the_newest_is_known_until_its_job_is_over(news):
    job = JobRecord(id="j", kind="preview", created=now(), state=Running())
    steps = [
        Stepped(job_id="j", shot_id="s", step=number, of=4, eta_s=1.0, preview=None)
        for number in (1, 2, 3)
    ]
    assert told(news, JobChanged(job=job), *steps) == [job, "j"]
    assert news.pulses == {"j": Pulse(step=3, of=4, eta_s=1.0)}
    over = JobRecord(id="j", kind="preview", created=now(), state=Done(take_ids=()))
    assert told(news, Made(job=over, takes=()), JobChanged(job=over)) == [(), over]
    assert news.pulses == {}
