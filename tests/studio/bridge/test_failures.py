"""What is said of a render that failed."""

import pytest

from studio.bridge.actions import ACTIONS as SPECS
from studio.bridge.failures import NAMED, FailedRenders, Hands, failure
from studio.bridge.job_items import job_row
from studio.bridge.notices import Notice
from studio.document.film import Shot, new_film
from studio.document.ledger import (
    Blame,
    Cancelled,
    Failed,
    JobRecord,
    JobState,
    Ledger,
    Queued,
    now,
)
from studio.document.shot_changes import add_shot

FILM = add_shot(new_film("Tide"), Shot(id="s", name="One"))


def nothing(_one):
    return None


def told(state: JobState, *, again=nothing, show=nothing, shot_id: str | None = "s"):
    job = JobRecord(id="j", kind="full", shot_id=shot_id, created=now(), state=state)
    return failure(FILM, Ledger(), job, Hands(retry=again, show=show))


def failed(film, job, again) -> FailedRenders:
    notice = failure(film, Ledger(), job, Hands(retry=again, show=nothing))
    assert notice is not None
    return notice


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


def test_renders_that_failed_for_one_reason_are_told_of_together_and_tried_again_at_once():
    tried = []
    film = add_shot(FILM, Shot(id="t", name="Two"))
    full = Failed(sentence="The disk is full.", cause="OSError 28")

    def of(job_id, shot_id, state=full):
        job = JobRecord(id=job_id, kind="full", shot_id=shot_id, created=now(), state=state)
        return failed(film, job, tried.append)

    first, second = of("j", "s"), of("k", "t")
    both = first.joined(second)
    assert (
        both.sentence == "2 renders failed: One · Full render; Two · Full render. The disk is full."
    )
    assert both.cause == "OSError 28"
    assert both.deed.text == "Try all again"
    both.deed.do()
    assert [job.id for job in tried] == ["j", "k"]
    # The same render is told of once, however often it is asked about.
    assert both.joined(second) is both
    assert both.joined(of("l", "t")).sentence.startswith("3 renders failed")
    assert both.without("j") == second
    assert both.without("j").without("k") is None
    assert both.without("other") is both
    # Another reason is another notice.
    assert first.joined(of("m", "t", Failed(sentence="The engine ended."))) is None
    assert first.joined(Notice(sentence=first.sentence)) is None


def test_many_that_failed_are_named_as_far_as_a_line_goes():
    notice = told(Failed(sentence="The disk is full."))
    for number in range(2, 8):
        job = JobRecord(
            id=f"j{number}", kind="full", shot_id="s", created=now(),
            state=Failed(sentence="The disk is full."),
        )  # fmt: skip
        notice = notice.joined(failed(FILM, job, nothing))
    assert notice.sentence.startswith("7 renders failed: One · Full render; ")
    assert notice.sentence.count("One") == NAMED
    assert "; …. The disk" in notice.sentence


def test_what_must_fail_again_is_not_offered_to_be_tried_again_but_what_helps():
    shown = []
    size = Failed(sentence="Backlot cannot make pictures of 9x9.", blame="request")
    notice = told(size, show=shown.append)
    assert notice.deed.text == "Go to the shot"
    notice.deed.do()
    assert shown == ["s"]
    assert notice.offers == ()
    assert told(size, shot_id=None).deed is None
    helps: dict[Blame, tuple[str, str]] = {
        "weights": ("film.settings", ""),
        "file": ("film.relink", "Go to the shot"),  # it may be no file of the bin
    }
    for blame, (command, deed) in helps.items():
        notice = told(Failed(sentence="It is not there.", blame=blame))
        assert notice.offers == (command,)
        assert (notice.deed.text if notice.deed else "") == deed
        assert command in {spec.id for spec in SPECS}


def test_renders_that_a_file_is_missing_for_are_still_told_of_together():
    gone = Failed(sentence="ball.png is not in media.", blame="file")
    second = JobRecord(id="k", kind="full", shot_id="s", created=now(), state=gone)
    both = told(gone).joined(failed(FILM, second, nothing))
    assert both.sentence.startswith("2 renders failed")
    assert both.offers == ("film.relink",)
    assert both.deed.text == "Go to the shot"


@pytest.mark.parametrize(
    ("state", "again"),
    [
        (Failed(sentence="The disk is full."), True),
        (Failed(sentence="No weights.", blame="weights"), True),
        (Failed(sentence="No such size.", blame="request"), False),
        (Cancelled(), True),
        (Queued(), False),
    ],
)
def test_the_queue_tries_again_what_may_do_better(state, again):
    job = JobRecord(id="j", kind="full", shot_id="s", created=now(), state=state)
    assert job_row(FILM, Ledger(), job, None).can_retry is again
