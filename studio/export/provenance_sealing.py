"""What is done to a film once it is written: its manifest beside it, and its credentials in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from studio.document.film import Film, Timeline, TrackKind
from studio.document.ledger import Ledger
from studio.export.credentials import can_hold, sign
from studio.export.credentials_certificate import Identity
from studio.export.plan import ExportPlan
from studio.export.presets import ExportError, Preset
from studio.export.provenance import Manifest, container_tags, manifest_of, write_sidecar
from studio.wording import tr


def told(
    plan: ExportPlan, film: Film, ledger: Ledger, timeline: Timeline, folder: Path | None = None
) -> tuple[ExportPlan, Manifest]:
    """A plan whose file says in its container how it was made, and the manifest of that file.

    ``folder`` is the film's, where the recipes of its takes lie.
    """
    kinds: dict[TrackKind, bool] = {
        "audio": plan.preset.has_sound,
        "video": plan.preset.has_pictures,
    }
    manifest = manifest_of(
        film,
        ledger,
        timeline,
        folder=folder,
        span=(plan.start, plan.end),
        kinds=tuple(kind for kind, held in kinds.items() if held),
    )
    tags = {**dict(plan.metadata), **container_tags(manifest)}
    return replace(plan, metadata=tuple(tags.items())), manifest


def can_sign(preset: Preset, path: Path) -> bool:
    """Whether credentials can be put into what a preset writes at ``path``."""
    return not preset.is_folder and can_hold(path)


def seal(
    path: Path,
    preset: Preset,
    manifest: Manifest,
    identity: Identity | None = None,
    tell: Callable[[float], None] = lambda _share: None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[str, ...]:
    """Sign the film at ``path`` where that is asked for, and write its manifest beside it.

    A film that cannot be signed is still a film: it stays as it was, and the reason is said.

    Args:
        path: of the film, or of a folder of pictures or stems.
        preset: what it was written as.
        manifest: what it is made of.
        identity: who signs; nobody if None.
        tell: told which share of the signing is done, from 0 to 1.
        stopped: asked while it signs; once it says yes, the film stays unsigned.

    Returns:
        What the director should know, as sentences.
    """
    notes: list[str] = []
    if identity is not None:
        try:
            notes.append(sign(path, manifest, identity, tell, stopped).words)
        except ExportError as error:
            notes.append(str(error))
        else:
            notes.append(identity.words)
    elif can_sign(preset, path):
        notes.append(tr("It is not signed; content credentials are made when you ask for them."))
    try:
        beside = write_sidecar(path, manifest)
        within = "in each of its files and " if preset.is_folder else "in it and "
        within = within if preset.holds_tags else ""
        notes.append(
            tr("How it was made is written {within}in {name}.", within=within, name=beside.name)
        )
    except ExportError as error:
        notes.append(str(error))
    return (*notes, *manifest.notes)
