"""Batches: stills, drafts and stale shots rendered together, and stills approved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from studio.bridge.room import Room
from studio.document.film import Film, Shot, ShotReference, TakeSource, new_id
from studio.document.ledger import JobRecord, KeepRecord, Ledger, TakeRecord, now
from studio.document.queries import best_upgrade, find_shot, shot_fingerprint, shot_state
from studio.document.shot_changes import add_reference, remove_reference
from studio.wording import term, tr

SEEDS = 4
NAMED = 3
_URGENT = ("preview", "still")
_SHEET = re.compile(r"(\d{1,3}) seeds")


def stills_of(ledger: Ledger, shot_id: str) -> tuple[TakeRecord, ...]:
    """The stills of a shot that were not rejected, oldest first."""
    takes = ledger.takes_by_shot.get(shot_id, ())
    return tuple(t for t in takes if t.kind == "still" and ledger.decision(t.id) != "rejected")


def approved_still(ledger: Ledger, shot: Shot) -> ShotReference | None:
    """The reference by which a still is the first frame of its shot; ``None`` where none is."""
    own = {take.id for take in ledger.takes_by_shot.get(shot.id, ()) if take.kind == "still"}
    for one in shot.references:
        source = one.source
        if one.role == "first_frame" and isinstance(source, TakeSource) and source.take_id in own:
            return one
    return None


def without_still(ledger: Ledger, shot: Shot) -> Shot:
    """The shot as its still was asked for: without the still that has been approved since."""
    approved = approved_still(ledger, shot)
    rest = tuple(one for one in shot.references if one is not approved)
    return shot if approved is None else replace(shot, references=rest)


def still_is_stale(film: Film, ledger: Ledger, shot: Shot, still: TakeRecord) -> bool:
    """Whether the shot has changed since the still was made."""
    bare = without_still(ledger, shot)
    return bool(still.fingerprint) and still.fingerprint != shot_fingerprint(film, bare)


def sheet_in_work(ledger: Ledger, shot_id: str) -> JobRecord | None:
    """The newest contact sheet of a shot that is still to be made, or being made."""
    jobs = ledger.jobs_by_shot.get(shot_id, ())
    return next((job for job in reversed(jobs) if job.is_open and sheet_size(job)), None)


def sheet_size(made: JobRecord | TakeRecord) -> int:
    """How many takes the contact sheet has that this makes or belongs to; 0 where it is none."""
    match = _SHEET.fullmatch(made.label) if made.kind == "preview" else None
    return int(match.group(1)) if match is not None else 0


def sheet_of(ledger: Ledger, shot_id: str) -> tuple[TakeRecord, ...]:
    """The takes of the newest contact sheet of a shot, in the order of their seeds."""
    sheets: dict[str, list[TakeRecord]] = {}
    for take in ledger.takes_by_shot.get(shot_id, ()):
        if sheet_size(take):
            sheets.setdefault(take.id.split("-", 1)[0], []).append(take)
    return tuple(list(sheets.values())[-1]) if sheets else ()


class Batches:
    """Renders several shots at a word, never by itself. Lives on the GUI thread."""

    def __init__(self, room: Room) -> None:
        self._room = room

    # --- which shots ---

    def drafts(self) -> tuple[Shot, ...]:
        """The shots with words but without a take, in the order of the list."""
        ledger = self._room.ledger
        return tuple(
            shot
            for shot in self._room.film.shots
            if shot.prompt.strip()
            and not shot.locked
            and self._state(shot) in ("draft", "failed")
            and not any(t.kind != "still" for t in ledger.takes_by_shot.get(shot.id, ()))
        )

    def stale(self) -> tuple[Shot, ...]:
        """The shots whose take no longer is what they ask for; locked ones are let be."""
        return tuple(shot for shot in self._room.film.shots if self._state(shot) == "stale")

    def bare(self) -> tuple[Shot, ...]:
        """The shots with words that have no still of what they ask for now."""
        film, ledger = self._room.film, self._room.ledger

        def lacks(shot: Shot) -> bool:
            stills = stills_of(ledger, shot.id)
            return not stills or still_is_stale(film, ledger, shot, stills[-1])

        waiting = {job.shot_id for job in self._open() if job.kind == "still"}
        return tuple(
            shot
            for shot in film.shots
            if shot.prompt.strip() and not shot.locked and shot.id not in waiting and lacks(shot)
        )

    # --- renders ---

    def preview(self, shots: Iterable[Shot]) -> int:
        """Previews of ``shots``; how many were asked for."""
        return self._each(shots, self._room.shooting.render)

    def stills(self, shots: Iterable[Shot]) -> int:
        """New stills of ``shots``, of words and references but for an approved still; how many."""
        bare = [without_still(self._room.ledger, shot) for shot in shots]
        return self._each(bare, self._room.shooting.still)

    def make_stills(self) -> int:
        """Stills of all shots that lack one; how many were asked for."""
        bare = self.bare()
        if not bare:
            self._room.say(tr("Every shot that is written has its still."))
        return self.stills(bare)

    def preview_drafts(self) -> int:
        """Previews of all drafts; how many were asked for."""
        drafts = self.drafts()
        if not drafts:
            self._room.say(
                tr("No shot is a draft: each that is written has a take or waits for one.")
            )
        return self.preview(drafts)

    def render_stale(self) -> int:
        """What has changed, rendered as it was before: previews Fast, full takes in full."""
        room, stale = self._room, self.stale()
        if not stale:
            room.say(tr("Nothing has changed since it was rendered."))

        def as_before(shot: Shot) -> JobRecord | None:
            take = best_upgrade(room.ledger, shot.chosen_take_id or "")
            return room.shooting.render(shot, full=take is not None and take.kind == "full")

        return self._each(stale, as_before)

    def make_seeds(self, shot: Shot, count: int = SEEDS) -> JobRecord | None:
        """A contact sheet: previews of several seeds of one shot."""
        return self._room.shooting.seeds(shot, count)

    def stop_all(self) -> int:
        """Stop all previews and stills, running or waiting; full renders go on."""
        stopped = [job for job in self._open() if job.kind in _URGENT]
        for job in stopped:
            self._room.queue.cancel(job.id)
        return len(stopped)

    # --- decisions ---

    def approve(self, shot_id: str, still_id: str = "") -> bool:
        """Make a still (the newest) the first frame of its shot, in the place of another one."""
        room = self._room
        shot = find_shot(room.film, shot_id)
        stills = stills_of(room.ledger, shot_id)
        if shot is None or not stills:
            room.say(tr("This shot has no still yet; make one first."))
            return False
        chosen = still_id or stills[-1].id

        def change(film: Film) -> Film:
            now_shot = find_shot(film, shot_id)
            if now_shot is None:
                return film
            for one in now_shot.references:
                if one.role == "first_frame":
                    film = remove_reference(film, shot_id, one.id)
            fresh = ShotReference(
                id=new_id(), source=TakeSource(take_id=chosen), role="first_frame"
            )
            return add_reference(film, shot_id, fresh, 0)

        return room.apply(change, tr("Approve the still of {name}", name=shot.name))

    def withdraw(self, shot_id: str) -> bool:
        """Take an approved still off its shot; it stays on the board."""
        room = self._room
        shot = find_shot(room.film, shot_id)
        approved = None if shot is None else approved_still(room.ledger, shot)
        if shot is None or approved is None:
            return False
        return room.apply(
            lambda film: remove_reference(film, shot_id, approved.id),
            tr("Withdraw the still of {name}", name=shot.name),
        )

    def reject(self, take_ids: Iterable[str]) -> None:
        """Say no to stills: the ones before them are shown again."""
        records = [
            KeepRecord(take_id=take_id, decision="rejected", created=now()) for take_id in take_ids
        ]
        if records:
            self._room.store.record(*records)

    def _each(self, shots: Iterable[Shot], render: Callable[[Shot], JobRecord | None]) -> int:
        """Render ``shots``; how many were asked for. Blank ones are left out, and said."""
        blank, count = [], 0
        for shot in shots:
            if self._room.shooting.is_blank(shot):
                blank.append(shot.name)
            else:
                count += render(shot) is not None
        if blank:
            one = term("{names} was left out: it has no words and no references yet.")
            many = term(
                "{count} shots were left out, as they have no words and no references yet: {names}."
            )
            names = "; ".join(blank[:NAMED]) + ("; …" if len(blank) > NAMED else "")
            self._room.say(tr(one if len(blank) == 1 else many, count=len(blank), names=names))
        return count

    def _state(self, shot: Shot) -> str:
        room = self._room
        return shot_state(room.film, room.ledger, shot, room.weights)

    def _open(self) -> tuple[JobRecord, ...]:
        return tuple(job for job in self._room.queue.jobs() if job.is_open)
