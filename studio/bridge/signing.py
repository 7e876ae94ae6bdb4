"""Who signs the films of this director: the owner of a certificate, or this machine."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from pathlib import Path

from studio.export.credentials_certificate import Identity, load_identity, local_identity
from studio.settings import SettingsFile, default_path

Signer = Callable[[], Identity]
"""Finds who signs; raises ``ExportError`` where nobody can."""


def chosen_signer() -> Signer:
    """Who signs as the settings say now: by the director's own certificate where they name one.

    Else by the certificate of this machine, which is made at the first film that is signed. Files
    are read only when the signer is asked, as that may be on another thread.
    """
    held = SettingsFile().value

    def identity() -> Identity:
        if held.certificate:
            return load_identity(Path(held.certificate), Path(held.certificate_key))
        return local_identity(default_path().parent / "credentials", _user())

    return identity


def _user() -> str:
    """Whoever is at work; by number where the machine knows no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
