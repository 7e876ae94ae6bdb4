"""The machine itself: its Python, processor, memory, disks, and what models run on."""

from __future__ import annotations

import importlib
import os
import platform
import shutil
import sqlite3
import sys
import warnings
from pathlib import Path

from studio.diagnostics.findings import Finding

GIB = 2**30
_OLDEST_SQLITE = (3, 37)  # strict tables


def python() -> Finding:
    """The interpreter, and the SQLite that it has."""
    version = platform.python_version()
    old = sqlite3.sqlite_version_info < _OLDEST_SQLITE
    sentence = f"Python {version} on {platform.system()} {platform.machine()}, in {sys.prefix}"
    sentence += (
        f"; its SQLite is {sqlite3.sqlite_version}, and films need 3.37 or later."
        if old
        else f", with SQLite {sqlite3.sqlite_version}."
    )
    return Finding(
        subject="Python",
        verdict="lacks" if old or sys.version_info < (3, 11) else "has",
        sentence=sentence,
        facts={
            "version": version,
            "sqlite": sqlite3.sqlite_version,
            "system": platform.system(),
            "machine": platform.machine(),
        },
    )


def processor() -> Finding:
    """Cores that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return _amount(
        "Processor",
        f"{cores} processor core{'' if cores == 1 else 's'}",
        "the window will stutter while a shot renders" if (cores or 1) < 2 else "",
        {"cores": cores},
    )


def memory() -> Finding:
    """Main memory."""
    psutil = importlib.import_module("psutil")
    state = psutil.virtual_memory()
    total, free = state.total / GIB, state.available / GIB
    return _amount(
        "Memory",
        f"{total:.1f} GiB of memory, {free:.1f} GiB of it free",
        "close other programs before rendering" if free < 3 else "",
        {"total_bytes": state.total, "free_bytes": state.available},
    )


def disk() -> Finding:
    """Room for takes."""
    folder = _films_folder()
    free = _free_bytes(folder)
    return _amount(
        "Disk",
        f"{free / GIB:.1f} GiB free where new films are put, in {folder}",
        "takes will soon fill it" if free < 2 * GIB else "",
        {"free_bytes": free},
    )


def _amount(subject: str, words: str, worry: str, facts: dict[str, object]) -> Finding:
    """How much there is of something, and what to expect where that is little."""
    return Finding(
        subject=subject,
        verdict="note" if worry else "has",
        sentence=f"{words}; {worry}." if worry else f"{words}.",
        facts=facts,
    )


def folders() -> Finding:
    """Where films, settings and measured speeds are kept, and whether that can be written."""
    settings = importlib.import_module("studio.settings")
    platformdirs = importlib.import_module("platformdirs")
    places = {
        "films": _films_folder(),
        "settings": Path(settings.default_path()).parent,
        "speeds": Path(platformdirs.user_cache_path("dailies", appauthor=False)),
    }
    costs = {
        "films": "a new film needs another place",
        "settings": "settings hold for one sitting",
        "speeds": "speeds are measured at every start",
    }
    refused = [name for name, folder in places.items() if not _can_write(folder)]
    sentence = f"Keeps {', '.join(f'{name} in {folder}' for name, folder in places.items())}."
    if refused:
        said = "; ".join(f"{name} (so {costs[name]})" for name in refused)
        sentence += f" Cannot be written: {said}."
    return Finding(
        subject="Folders",
        verdict="note" if refused else "has",
        sentence=sentence,
        facts={name: str(folder) for name, folder in places.items()} | {"refused": refused},
    )


def torch_build() -> Finding:
    """Which torch is installed."""
    torch = importlib.import_module("torch")
    threads = torch.get_num_threads()
    return Finding(
        subject="Torch",
        verdict="has",
        sentence=f"torch {torch.__version__}, computing on {threads} processor threads.",
        facts={"version": str(torch.__version__), "threads": threads},
    )


def accelerator() -> Finding:
    """What the models will run on."""
    torch = importlib.import_module("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an old driver is said below, in our words
        cuda = torch.cuda.is_available()
    if cuda:
        card = torch.cuda.get_device_properties(0)
        size = card.total_memory / GIB
        sentence = f"{card.name} with {size:.0f} GiB: renders and trains on the GPU."
        facts = {"device": "cuda", "name": card.name, "memory_bytes": card.total_memory}
        return Finding(subject="Accelerator", verdict="has", sentence=sentence, facts=facts)
    if torch.backends.mps.is_available():
        sentence = "Apple's GPU: renders on it."
        return Finding(
            subject="Accelerator", verdict="has", sentence=sentence, facts={"device": "mps"}
        )
    sentence = (
        "No GPU: renders on the processor, which the shipped model is small enough for; large open "
        "models and training at full size need one."
    )
    if shutil.which("nvidia-smi") or Path("/dev/nvidiactl").exists():
        sentence = (
            "There is an NVIDIA GPU, but this torch cannot use it: its driver is too old, or torch "
            "was installed for the processor. Renders on the processor."
        )
    return Finding(
        subject="Accelerator", verdict="note", sentence=sentence, facts={"device": "cpu"}
    )


def _films_folder() -> Path:
    return Path(importlib.import_module("studio.settings").films_folder())


def _free_bytes(folder: Path) -> int:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _can_write(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)
