"""Full renders of previews: from the same noise when one is kept, or from the preview itself."""

from __future__ import annotations

from engine.api import Extend
from engine.errors import RequestError
from studio.document.ledger import JobRecord, TakeRecord
from studio.render.jobs import is_fast, is_upgrading, needs_upgrade, new_job
from studio.render.requests import Desk, upgrade_request
from studio.render.stored_requests import load_request
from studio.wording import tr


def upgrade_job(desk: Desk, take: TakeRecord, *, from_latent: bool = False) -> JobRecord:
    """The job that renders ``take`` in full and replaces it in the cut when it is done.

    Raises:
        RequestError: if the take's folder is not in the film.
    """
    label = f"{take.label} (full)" if take.label else "Full render"
    request = upgrade_request(desk, take, from_latent=from_latent)
    return new_job("full", request, desk.folder, source=take, label=label)


def job_for_kept(desk: Desk, take: TakeRecord) -> JobRecord | None:
    """The full render of a take that was kept; ``None`` where none is wanted or needed."""
    if not desk.film.settings.upgrade_kept or not needs_upgrade(take, desk.ledger, desk.folder):
        return None
    return upgrade_job(desk, take)


def full_from_preview(desk: Desk, take: TakeRecord) -> JobRecord:
    """The job that refines the preview ``take`` itself, and so stays nearer to it than its noise.

    Raises:
        RequestError: if it is no preview, is being rendered in full, or goes on from another take.
    """
    if not is_fast(take, desk.folder):
        raise RequestError(tr("Only a Fast preview can be rendered in full from what it shows."))
    if is_upgrading(take, desk.ledger):
        raise RequestError(tr("This preview is being rendered in full already; see the queue."))
    if isinstance(load_request(take.recipe, desk.folder).task, Extend):
        raise RequestError(
            tr(
                "This take goes on from another one, so it is rendered in full from its noise: "
                "keep it."
            )
        )
    return upgrade_job(desk, take, from_latent=True)
