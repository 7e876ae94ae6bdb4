"""What keeping a preview sets going: its full render, from the same seed."""

from __future__ import annotations

from studio.document.ledger import JobRecord, TakeRecord
from studio.render.jobs import needs_upgrade, new_job
from studio.render.requests import Desk, upgrade_request


def upgrade_job(desk: Desk, take: TakeRecord) -> JobRecord:
    """The job that renders ``take`` in full and replaces it in the cut when it is done.

    Raises:
        RequestError: if the take's folder is not in the film.
    """
    label = f"{take.label} (full)" if take.label else "Full render"
    request = upgrade_request(desk, take)
    return new_job("full", request, desk.folder, source=take, label=label)


def job_for_kept(desk: Desk, take: TakeRecord) -> JobRecord | None:
    """The full render of a take that was kept; ``None`` where none is wanted or needed."""
    if not desk.film.settings.upgrade_kept or not needs_upgrade(take, desk.ledger, desk.folder):
        return None
    return upgrade_job(desk, take)
