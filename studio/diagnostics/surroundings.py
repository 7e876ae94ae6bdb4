"""What the window and the sound need of the system."""

from __future__ import annotations

import ctypes
import importlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from studio.diagnostics.findings import PACKAGING, Finding

_WANTED = re.compile(r'^run_debian="([^"]*)"', re.MULTILINE)


def qt() -> Finding:
    """The window system, without opening it."""
    try:
        version = importlib.metadata.version("PySide6_Essentials")
        core: Any = importlib.import_module("PySide6.QtCore")
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        sentence = f"Qt does not load ({error}): neither the studio nor its commands work."
        return Finding(subject="Window", verdict="lacks", sentence=sentence)
    where = os.environ.get("QT_QPA_PLATFORM", "")
    screens = [name for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)]
    screen = sys.platform != "linux" or bool(screens)
    facts = {"version": version, "platform": where, "screen": screen}
    if where in ("offscreen", "minimal"):
        sentence = f"Qt {version}, told to draw nowhere (QT_QPA_PLATFORM={where})."
        return Finding(subject="Window", verdict="note", sentence=sentence, facts=facts)
    if not screen:
        sentence = (
            f"Qt {version}, but no screen: the studio cannot open here. Commands that need no "
            "window (demo, export, doctor) work."
        )
        return Finding(subject="Window", verdict="note", sentence=sentence, facts=facts)
    plugins = Path(core.QLibraryInfo.path(core.QLibraryInfo.LibraryPath.PluginsPath))
    fault = plugin_fault(plugins / "platforms" / "libqxcb.so") if screens == ["DISPLAY"] else ""
    if fault:
        sentence = (
            f"Qt {version} and a screen, but the studio cannot open: Qt's part for it does not "
            f"load ({fault})."
        )
        return Finding(subject="Window", verdict="lacks", sentence=sentence, facts=facts)
    sentence = f"Qt {version} and a screen."
    return Finding(subject="Window", verdict="has", sentence=sentence, facts=facts)


def plugin_fault(plugin: Path) -> str:
    """Why a part of Qt does not load, such as a library that it asks for; empty where it does."""
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error)
    return ""


def packages() -> Finding:
    """The system's packages that set-up asks for, where the system is a Debian or Ubuntu."""
    wanted = wanted_packages(PACKAGING / "setup.sh")
    program = shutil.which("dpkg-query")
    if program is None or not wanted:
        sentence = "This is no Debian or Ubuntu: what window and sound need is not looked up here."
        return Finding(subject="System packages", verdict="has", sentence=sentence)
    listed = subprocess.run(  # noqa: S603 - the system's own, with our words
        [program, "-W", "-f", "${Package} ${db:Status-Status}\n"],
        capture_output=True,
        text=True,
        check=False,
    )
    there = {line.split()[0] for line in listed.stdout.splitlines() if line.endswith(" installed")}
    # Newer releases call some of them by a longer name.
    missing = [name for name in wanted if not {name, f"{name}t64"} & there]
    facts = {"missing": missing}
    if missing:
        sentence = (
            f"Not installed: {', '.join(missing)}. Without them the window or sound may not open: "
            f"sudo apt-get install {' '.join(missing)}."
        )
        return Finding(subject="System packages", verdict="note", sentence=sentence, facts=facts)
    sentence = f"All {len(wanted)} that window and sound need are installed."
    return Finding(subject="System packages", verdict="has", sentence=sentence, facts=facts)


def wanted_packages(script: Path) -> list[str]:
    """The names that set-up asks for; none where its script is not there."""
    try:
        found = _WANTED.search(script.read_text("utf-8"))
    except OSError:
        return []
    return found.group(1).split() if found else []


def sound() -> Finding:
    """The audio output devices."""
    try:
        sounddevice = importlib.import_module("sounddevice")
        devices = [one for one in sounddevice.query_devices() if one["max_output_channels"] > 0]
    except Exception as error:  # noqa: BLE001, RUF100 - it starts when it is imported
        sentence = (
            f"The sound library does not load ({error}): playback runs silently by a clock of its "
            "own. On Debian and Ubuntu: apt-get install libportaudio2."
        )
        return Finding(subject="Sound out", verdict="note", sentence=sentence)
    names = [str(entry["name"]) for entry in devices]
    facts = {"devices": names}
    if not devices:
        sentence = "No sound device: playback runs silently by a clock of its own; export is whole."
        return Finding(subject="Sound out", verdict="note", sentence=sentence, facts=facts)
    sentence = f"{len(names)} sound device{'' if len(names) == 1 else 's'}: {', '.join(names[:4])}."
    return Finding(subject="Sound out", verdict="has", sentence=sentence, facts=facts)
