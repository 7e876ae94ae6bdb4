"""What is done to a film once it is written: its manifest beside it, and its credentials in it."""

from __future__ import annotations

from pathlib import Path

from studio.export.credentials import can_hold, sign
from studio.export.credentials_certificate import Identity
from studio.export.presets import ExportError
from studio.export.provenance import Manifest, write_sidecar


def seal(path: Path, manifest: Manifest, identity: Identity | None = None) -> tuple[str, ...]:
    """Sign the film at ``path`` where that is asked for, and write its manifest beside it.

    A film that cannot be signed is still a film: it stays as it was, and the reason is said.

    Args:
        path: of the film, or of a folder of pictures.
        manifest: what it is made of.
        identity: who signs; nobody if None.

    Returns:
        What the director should know, as sentences.
    """
    notes: list[str] = []
    if identity is not None:
        try:
            notes.append(sign(path, manifest, identity).words)
        except ExportError as error:
            notes.append(str(error))
        else:
            notes.append(identity.words)
    elif can_hold(path):
        notes.append("It is not signed; content credentials are made when you ask for them.")
    try:
        beside = write_sidecar(path, manifest)
        notes.append(f"How it was made is written in it and in {beside.name}.")
    except ExportError as error:
        notes.append(str(error))
    return (*notes, *manifest.notes)
