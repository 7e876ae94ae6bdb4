"""A film with the weights that are shipped, through everything that the window uses."""

from __future__ import annotations

import numpy as np
import pytest

from engine.backends.backlot import BacklotBackend
from engine.media import probe, read_sound
from studio import demo
from studio.document.film import Film
from studio.document.ledger import Done, Ledger, TakeRecord
from studio.document.project_file import open_project
from studio.document.queries import best_upgrade, shot_state

# A full render takes many times a preview.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """The demo's second shot alone: with a reference, previewed, kept, upgraded, delivered."""
    folder = tmp_path_factory.mktemp("story")
    ideas, demo.IDEAS = demo.IDEAS, demo.IDEAS[1:2]
    try:
        demo.make(folder / "film", folder / "film.mp4", BacklotBackend(device="cpu"), demo.Diary())
    finally:
        demo.IDEAS = ideas
    return folder


def read(folder) -> tuple[Film, Ledger]:
    project = open_project(folder / "film", read_only=True)
    found = project.store.film, project.store.ledger
    project.close()
    return found


def upgraded(film: Film, ledger: Ledger) -> TakeRecord:
    take = best_upgrade(ledger, film.shots[0].chosen_take_id or "")
    assert take is not None
    return take


def test_the_kept_preview_was_upgraded_and_stands_in_the_cut(film):
    document, ledger = read(film)
    assert {job.kind for job in ledger.jobs.values()} == {"preview", "full"}
    assert all(isinstance(job.state, Done) for job in ledger.jobs.values())
    kept = ledger.takes[document.shots[0].chosen_take_id or ""]
    full = upgraded(document, ledger)
    assert full.id != kept.id
    assert shot_state(document, ledger, document.shots[0]) == "full"


def test_the_shot_is_delivered_with_its_sound(film):
    info = probe(film / "film.mp4")
    assert (info.picture_codec, info.sound_codec) == ("h264", "aac")
    assert info.duration_s == pytest.approx(25 / 12, abs=0.1)
    sound = read_sound(film / "film.mp4", rate_hz=48_000)
    assert 0.05 < np.abs(sound).max() <= 1.0
    assert not np.array_equal(sound[..., 0], sound[..., 1])
