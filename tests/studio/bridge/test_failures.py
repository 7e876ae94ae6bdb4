"""What is said of a render that failed."""

from studio.bridge.failures import failure
from studio.document.film import Shot, new_film
from studio.document.ledger import Failed, JobRecord, Queued, now
from studio.document.shot_changes import add_shot

FILM = add_shot(new_film("Tide"), Shot(id="s", name="One"))


def told(state, *, again=lambda job: None):
    return failure(
        FILM, JobRecord(id="j", kind="full", shot_id="s", created=now(), state=state), again
    )


def test_it_names_the_render_and_tries_it_again():
    tried = []
    notice = told(Failed(sentence="The disk is full.", cause="OSError 28"), again=tried.append)
    assert notice.sentence == "One · Full render: The disk is full."
    assert notice.cause == "OSError 28"
    notice.deed.do()
    assert [job.id for job in tried] == ["j"]
    assert told(Queued()) is None


def test_a_cause_that_was_said_already_is_not_offered_once_more():
    ended = "The engine's process ended by itself (signal 9)."
    assert told(Failed(sentence=f"{ended} It is started again.", cause=ended)).cause == ""
