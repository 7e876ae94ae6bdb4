"""Moments of a film and its ledger, one after the other, as hypothesis draws them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from studio.document.film import Film, ShotReference, TakeSource
from studio.document.ledger import (
    Done,
    Failed,
    JobRecord,
    KeepRecord,
    Ledger,
    Queued,
    Running,
    TakeRecord,
)
from studio.document.library_changes import edit_film
from studio.document.queries import shot_fingerprint
from studio.document.shot_changes import (
    add_reference,
    choose_take,
    edit_shots,
    move_shots,
    remove_shots,
)
from tests.studio.document.edits import film_of_clips

Moment = tuple[Film, Ledger]
SHOTS = 6


def first_moment() -> Moment:
    """A film of a few shots of which nothing was made."""
    return film_of_clips(SHOTS), Ledger()


@st.composite
def later(draw: st.DrawFn, moment: Moment) -> Moment:
    """The moment after something happened: a shot was written, a take came, a job moved on."""
    film, ledger = moment
    shot_id = draw(st.sampled_from([shot.id for shot in film.shots] or ["s0"]))
    happened = draw(st.sampled_from(_HAPPENINGS))
    return happened(draw, film, ledger, shot_id)


def _written(draw: st.DrawFn, film: Film, ledger: Ledger, shot_id: str) -> Moment:
    words = draw(st.sampled_from(["", "a red ball", "@Ava walks", "rain"]))
    locked = draw(st.booleans())
    return edit_shots(film, [shot_id], prompt=words, locked=locked), ledger


def _listed(draw: st.DrawFn, film: Film, ledger: Ledger, shot_id: str) -> Moment:
    if len(film.shots) > 2 and draw(st.booleans()):
        return remove_shots(film, [shot_id]), ledger
    return move_shots(film, [shot_id], draw(st.integers(0, len(film.shots)))), ledger


def _shared(draw: st.DrawFn, film: Film, ledger: Ledger, _shot_id: str) -> Moment:
    style = draw(st.sampled_from(["", "grainy"]))
    return edit_film(film, settings=replace(film.settings, style_prompt=style)), ledger


def _made(draw: st.DrawFn, film: Film, ledger: Ledger, shot_id: str) -> Moment:
    own = [take.id for take in ledger.takes_by_shot.get(shot_id, ())]
    shot = film.shots_by_id.get(shot_id)
    take = TakeRecord(
        id=f"t{len(ledger.takes)}",
        folder="takes/t",
        kind=draw(st.sampled_from(("preview", "full", "still"))),
        frames=25,
        rate=Fraction(12),
        width=96,
        height=64,
        created=_some_minute(draw),
        shot_id=shot_id,
        upgrade_of=draw(st.sampled_from([None, *own])),
        fingerprint=shot_fingerprint(film, shot) if shot and draw(st.booleans()) else "other",
    )
    return film, ledger.append(take)


def _chosen(draw: st.DrawFn, film: Film, ledger: Ledger, shot_id: str) -> Moment:
    own = [take.id for take in ledger.takes_by_shot.get(shot_id, ())]
    shot = film.shots_by_id.get(shot_id)
    if shot is None or shot.locked:
        return film, ledger
    return choose_take(film, shot_id, draw(st.sampled_from([None, *own]))), ledger


def _decided(draw: st.DrawFn, film: Film, ledger: Ledger, _shot_id: str) -> Moment:
    if not ledger.takes:
        return film, ledger
    take_id = draw(st.sampled_from(sorted(ledger.takes)))
    decision = draw(st.sampled_from(("kept", "rejected", "undecided")))
    return film, ledger.append(
        KeepRecord(take_id=take_id, decision=decision, created=_some_minute(draw))
    )


def _worked(draw: st.DrawFn, film: Film, ledger: Ledger, shot_id: str) -> Moment:
    states = (Queued(), Running(step=1, of=4), Failed(sentence="No."), Done(take_ids=()))
    job = JobRecord(
        id=f"j{draw(st.integers(0, 5))}",
        kind="preview",
        state=draw(st.sampled_from(states)),
        shot_id=shot_id,
        request="{}",
        created=_some_minute(draw),
    )
    known = ledger.jobs.get(job.id)
    return film, ledger.append(job if known is None else replace(known, state=job.state))


def _some_minute(draw: st.DrawFn) -> str:
    return f"2026-01-02T03:{draw(st.integers(0, 59)):02d}:05+00:00"


def _leaned(draw: st.DrawFn, film: Film, ledger: Ledger, shot_id: str) -> Moment:
    if not ledger.takes or shot_id not in film.shots_by_id:
        return film, ledger
    source = TakeSource(take_id=draw(st.sampled_from(sorted(ledger.takes))))
    one = ShotReference(id=f"r{draw(st.integers(0, 999_999))}", source=source, role="style")
    if any(known.id == one.id for known in film.shots_by_id[shot_id].references):
        return film, ledger
    return add_reference(film, shot_id, one), ledger


_HAPPENINGS = (_written, _listed, _shared, _made, _chosen, _decided, _worked, _leaned)
