"""Sentences of the engine name files and takes as the film does."""

from dataclasses import replace
from fractions import Fraction

import pytest

from studio.bridge.film_names import named
from studio.bridge.job_items import job_rows
from studio.bridge.shot_items import shot_row
from studio.document.film import Media, Shot, new_film
from studio.document.ledger import Failed, JobRecord, Ledger, TakeRecord, now
from studio.document.shot_changes import add_shot

FACE = Media(id="m", kind="image", name="Ava.png", path="media/Ava-1a2b3c4d.png", sha256="")
FILM = replace(add_shot(new_film("Tide"), Shot(id="s", name="Harbour")), media=(FACE,))
TAKE = TakeRecord(
    id="job7-take-01-02",
    shot_id="s",
    folder="takes/job7/take-01-02",
    kind="preview",
    seed=1,
    frames=9,
    rate=Fraction(12),
    width=32,
    height=32,
    samples=18_000,
    sample_rate_hz=24_000,
    created=now(),
)
LEDGER = Ledger().append(TAKE)
ROOTS = ("/home/me/My Film", r"C:\Users\me\My Film", "")


@pytest.mark.parametrize("root", ROOTS)
def test_files_and_takes_are_called_as_in_the_film(root):
    join = "\\" if "\\" in root else "/"
    face = join.join(filter(None, (root, "media", "Ava-1a2b3c4d.png")))
    take = join.join(filter(None, (root, "takes", "job7", "take-01-02")))
    if root:
        assert named(f"{face} cannot be read: gone.", FILM, LEDGER) == (
            "Ava.png cannot be read: gone."
        )
    assert named(f"It is gone. {take} is not there.", FILM, LEDGER) == (
        "It is gone. Take of Harbour is not there."
    )
    assert named(f"{take}{join}sound.wav has changed.", FILM, LEDGER) == (
        "Take of Harbour has changed."
    )


def test_what_the_film_does_not_know_stays_as_it_is():
    words = "/tmp/other/takes/job9/take-01-01 is not there. Choose 24/25 of them."
    assert named(words, FILM, LEDGER) == words


def test_the_queue_and_the_shot_list_name_them_so():
    failed = Failed(sentence="/f/media/Ava-1a2b3c4d.png cannot be read: gone.")
    job = JobRecord(id="j", kind="preview", shot_id="s", created=now(), state=failed)
    ledger = LEDGER.append(job)
    (row,) = job_rows(FILM, ledger, {})
    assert row.words == "Ava.png cannot be read: gone."
    assert shot_row(FILM, ledger, {}, FILM.shots[0], 1, None).why == row.words
