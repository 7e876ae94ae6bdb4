"""A folder of LTX-2.x weights as its user has it: what is there, its licence, and its name.

Nothing here needs torch or diffusers, and nothing is ever downloaded.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.api import Licence
from engine.errors import WeightsError

NETWORKS = ("transformer", "vae", "audio_vae", "vocoder", "connectors", "text_encoder")
COMPONENTS = (*NETWORKS, "tokenizer", "scheduler")
_LICENCE_NAMES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt")
_NO_LICENCE = (
    "This folder has no licence file. The weights of LTX-2 come under terms of their own, which "
    "also say what may be done with the films. Read them where you got the weights."
)
_HEADER_BYTES = 100_000_000
_SAMPLES, _SAMPLE_BYTES = 16, 1 << 16


@dataclass(frozen=True, kw_only=True)
class LtxFolder:
    """A folder that holds all that a pipeline of LTX-2.x needs.

    Attributes:
        name: of the model, for the screen.
        weights: a short name of the contents.
        distilled: the weights are made for few steps as they are.
        fast_adapter: file of an adapter that makes them so; ``None`` where there is none.
        control_adapter: file of an adapter that lets a clip steer the motion (an IC-LoRA).
        control_scale: how many times smaller that clip is shown than the film.
        configs: of every component, as written in the folder.
        parameters: of the transformer.
        size_bytes: of all networks on disk.
    """

    path: Path
    name: str
    weights: str
    licence: Licence
    distilled: bool
    fast_adapter: Path | None
    control_adapter: Path | None
    control_scale: int
    configs: dict[str, dict[str, Any]]
    parameters: int
    size_bytes: int


def open_folder(path: Path) -> LtxFolder:
    """Look into ``path``; only configurations and the headers of weights are read.

    Raises:
        WeightsError: if it is not whole, or not of LTX-2.x.
    """
    licence = read_licence(path)
    missing = [name for name in COMPONENTS if not (path / name).is_dir()]
    if missing:
        raise WeightsError(
            f"{path} lacks {', '.join(missing)}. Get the whole folder of the model again."
        )
    files = {name: _weights_of(path / name) for name in NETWORKS}
    adapters = sorted(path.glob("*lora*.safetensors"))
    control = _first(adapters, "ic-lora", "control")
    digest = hashlib.sha256()
    for name in NETWORKS:
        for file in files[name]:
            _feed(digest, file)
    for file in adapters:
        _feed(digest, file)
    configs = {name: _json(path / name / "config.json") for name in NETWORKS}
    digest.update(json.dumps(configs, sort_keys=True).encode())
    return LtxFolder(
        path=path,
        name=path.name,
        weights=f"ltx-{digest.hexdigest()[:16]}",
        licence=licence,
        distilled="distilled" in path.name.lower(),
        fast_adapter=_first(adapters, "distilled"),
        control_adapter=control,
        control_scale=_control_scale(control),
        configs=configs,
        parameters=sum(_parameters(file) for file in files["transformer"]),
        size_bytes=sum(file.stat().st_size for name in NETWORKS for file in files[name]),
    )


def read_licence(path: Path) -> Licence:
    """The terms of the weights in ``path``; of the weights themselves nothing is read.

    Raises:
        WeightsError: if it is not a folder of LTX-2.x.
    """
    index = _json(path / "model_index.json")
    made_for = str(index.get("_class_name", ""))
    if not made_for.startswith("LTX2"):
        raise WeightsError(
            f"{path} does not hold LTX-2 but {made_for or 'something else'}. "
            "Choose the folder that has LTX-2's model_index.json in it."
        )
    return _licence(path)


def _first(files: list[Path], *words: str) -> Path | None:
    return next((one for one in files if any(word in one.name.lower() for word in words)), None)


def _control_scale(file: Path | None) -> int:
    """As the adapter's own metadata say; without a word of it the clip is as large as the film."""
    if file is None:
        return 1
    try:
        told = json.loads(_header(file)).get("__metadata__", {})
        return max(1, int(told.get("reference_downscale_factor", 1)))
    except (ValueError, TypeError, AttributeError) as error:
        raise WeightsError(f"{file} is damaged. Get it again.") from error


def _licence(path: Path) -> Licence:
    for name in _LICENCE_NAMES:
        file = path / name
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            return Licence(name=f"{path.name}/{name}", text=text)
    return Licence(name=f"terms of {path.name}", text=_NO_LICENCE)


def _json(file: Path) -> dict[str, Any]:
    try:
        plain = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"{file} cannot be read, so this is not a folder of LTX-2 weights. "
            "Choose the folder that has model_index.json in it."
        ) from error
    if not isinstance(plain, dict):
        raise WeightsError(f"{file} is not what LTX-2 writes there. Get the file again.")
    return plain


def _weights_of(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise WeightsError(
            f"{folder} has no .safetensors file. Other kinds of weights can run programs and are "
            "not read; get the model as safetensors."
        )
    return files


def _header(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            size = int.from_bytes(stream.read(8), "little")
            header = stream.read(size) if size <= _HEADER_BYTES else b""
    except OSError as error:
        raise WeightsError(f"{file} cannot be read: {error.strerror or error}.") from error
    if len(header) != size:
        raise WeightsError(f"{file} is damaged or cut off. Get it again.")
    return header


def _parameters(file: Path) -> int:
    try:
        tensors = json.loads(_header(file))
        return sum(
            math.prod(entry["shape"]) for key, entry in tensors.items() if key != "__metadata__"
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WeightsError(f"{file} is damaged. Get it again.") from error


def _feed(digest: Any, file: Path) -> None:
    """Names, shapes and samples of the values: tens of gigabytes would take minutes to read."""
    header = _header(file)
    digest.update(header)
    size = file.stat().st_size
    first = 8 + len(header)
    with file.open("rb") as stream:
        for index in range(_SAMPLES):
            stream.seek(first + (size - first) * index // _SAMPLES)
            digest.update(stream.read(_SAMPLE_BYTES))
    digest.update(str(size).encode())
