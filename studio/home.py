"""The home folder, and one for users who have none."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path


def give_home() -> Path | None:
    """Let a user without a home folder, as containers have them, keep things in a temporary one.

    Returns:
        That folder; ``None`` where there is a home.
    """
    try:
        Path("~").expanduser()
    except RuntimeError:
        home = _own_folder()
        os.environ["HOME"] = str(home)
        return home
    return None


def _own_folder() -> Path:
    """One that stays as long as the temporary folder does, and that nobody else has made."""
    if sys.platform != "win32":
        folder = Path(tempfile.gettempdir()) / f"dailies-{os.getuid()}"
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            held = folder.lstat()
        except OSError:
            held = None
        if held is not None and stat.S_ISDIR(held.st_mode) and held.st_uid == os.getuid():
            return folder
    return Path(tempfile.mkdtemp(prefix="dailies-"))
