"""The director's settings: recent films, the window's places, keys and the chosen engine."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

import platformdirs

RECENT_LIMIT = 12


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What holds for this director on this machine, whatever the film.

    Attributes:
        recent: folders of films, or files of those that share one, newest first.
        geometry, state: the window's places as Qt saved them, in base64.
        keymap: name of the preset of keys.
        keys: the director's own keys by action id; they win over the preset's.
        backend: name of the engine.
        weights: folder of its weights, where they are not the program's own.
        place: where it lives, ``process`` (one of its own) or ``program``.
        licences: of weights, that were read and accepted, by their hashes.
        toured: whether the first-run tour was seen or waved away.
        look: ``dark`` or ``light``; taken at the next start.
        scale: how large everything is, such as ``1.5``; ``auto`` is as the screen says.
        subtitles: whether they are seen on the picture.
        output: name of the sound device; the system's default one if empty.
        certificate, certificate_key: files of the director's own, that films are signed with;
            empty is one made on this machine.
    """

    recent: tuple[str, ...] = ()
    geometry: str = ""
    state: str = ""
    keymap: str = "dailies"
    keys: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    backend: str = "backlot"
    weights: str = ""
    place: str = "process"
    licences: tuple[str, ...] = ()
    toured: bool = False
    look: str = "dark"
    scale: str = "auto"
    subtitles: bool = True
    output: str = ""
    certificate: str = ""
    certificate_key: str = ""


class SettingsFile:
    """The settings on disk; unreadable ones are put aside, never a reason not to start."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path if path is not None else default_path()
        self.value = self._read(Settings())
        self._is_written = True

    def change(self, **values: Any) -> Settings:
        """Replace some values and write the file (a full disk is no reason to stop working).

        All others are as another window has written them meanwhile.
        """
        held = self._read(self.value) if self._is_written else self.value
        self.value = replace(held, **values)
        try:
            self._write()
        except OSError:
            self._is_written = False
        else:
            self._is_written = True
        return self.value

    def opened(self, place: Path) -> None:
        """Put a film, by what opens it, at the top of the recent ones."""
        name = str(place)
        others = tuple(item for item in self.value.recent if item != name)
        self.change(recent=(name, *others)[:RECENT_LIMIT])

    def accept(self, licence: str) -> None:
        """Remember that a licence, named by its hash, was read and accepted."""
        if licence not in self.value.licences:
            self.change(licences=(*self.value.licences, licence))

    def forget(self, place: str) -> None:
        """Take a film off the recent ones."""
        self.change(recent=tuple(item for item in self.value.recent if item != place))

    def _read(self, otherwise: Settings) -> Settings:
        """What the file holds; ``otherwise`` where there is none that can be read."""
        try:
            plain = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return otherwise
        except (OSError, ValueError):
            self._put_aside()
            return otherwise
        return _from_plain(plain)

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(self.path.name + ".new")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(asdict(self.value), stream, indent=1)
        beside.replace(self.path)

    def _put_aside(self) -> None:
        try:
            self.path.replace(self.path.with_name(self.path.name + ".unreadable"))
        except OSError:
            return


def default_path() -> Path:
    """Where settings live on this machine; ``DAILIES_SETTINGS`` names another file."""
    given = os.environ.get("DAILIES_SETTINGS")
    if given:
        return Path(given)
    return Path(platformdirs.user_config_dir("dailies", appauthor=False)) / "settings.json"


def chosen_look() -> Literal["dark", "light"]:
    """The palette of this run: ``DAILIES_LOOK``, or else what the settings say."""
    given = os.environ.get("DAILIES_LOOK") or SettingsFile().value.look
    return "light" if given == "light" else "dark"


def films_folder() -> Path:
    """Where new films are put unless the director says otherwise."""
    return Path(platformdirs.user_documents_dir()) / "Dailies"


def _from_plain(plain: object) -> Settings:
    """Settings of the right types out of whatever the file held."""
    if not isinstance(plain, dict):
        return Settings()
    default = Settings()
    values: dict[str, Any] = {}
    for item in fields(Settings):
        given = plain.get(item.name)
        if item.name == "recent" and isinstance(given, list):
            values["recent"] = tuple(str(name) for name in given[:RECENT_LIMIT])
        elif item.name == "licences" and isinstance(given, list):
            values["licences"] = tuple(str(name) for name in given)
        elif isinstance(given, type(getattr(default, item.name))):
            values[item.name] = given
    return Settings(**values)
