"""Weights on disk: safetensors only, written beside and renamed, checked before they are used."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import struct
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.errors import WeightsError

_HEADER_LIMIT_BYTES = 16 * 2**20


def save_tensors(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Write ``tensors`` to ``path`` through a file beside it, so that no half file is ever seen.

    Raises:
        WeightsError: if the disk is full or the folder cannot be written.
    """
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        contiguous = {name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}
        save_file(contiguous, beside, metadata)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    except (OSError, SafetensorError) as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise WeightsError(
            f"{path.name} could not be written to {path.parent}: {error}. "
            "Free some space or choose another folder."
        ) from error


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Read a safetensors file: its tensors and its metadata.

    Raises:
        WeightsError: if the file is missing, truncated, or not safetensors.
    """
    check_header(path)
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return tensors, dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path.name} is damaged or incomplete ({error}). Copy it again from its source."
        ) from error


def read_metadata(path: Path) -> dict[str, str]:
    """The metadata of a safetensors file, without its tensors.

    Raises:
        WeightsError: as ``load_tensors``.
    """
    header = check_header(path)
    metadata = header.get("__metadata__", {})
    return {str(key): str(value) for key, value in metadata.items()}


def check_header(path: Path) -> dict[str, dict[str, str]]:
    """Read and check a safetensors header without trusting its stated size.

    Raises:
        WeightsError: if the file is missing or is not safetensors.
    """
    try:
        with path.open("rb") as file:
            (size,) = struct.unpack("<Q", file.read(8))
            fits = size <= min(_HEADER_LIMIT_BYTES, path.stat().st_size - 8)
            header = json.loads(file.read(size)) if fits else None
    except FileNotFoundError as error:
        raise WeightsError(f"There are no weights at {path}.") from error
    except (OSError, struct.error, ValueError) as error:
        raise WeightsError(
            f"{path.name} is not a complete safetensors file ({error}). "
            "Copy it again from its source."
        ) from error
    if not isinstance(header, dict):
        raise WeightsError(
            f"{path.name} is truncated or is not a safetensors file. Copy it again from its source."
        )
    return header


def apply(module: nn.Module, tensors: dict[str, Tensor], name: str) -> None:
    """Copy ``tensors`` into ``module``, refusing any that does not fit.

    Raises:
        WeightsError: naming the first tensor that is missing, extra or of another shape.
    """
    state = module.state_dict()
    for key, expected in state.items():
        if key not in tensors:
            raise WeightsError(f"The weights of {name} lack the tensor {key}.")
        found = tensors[key]
        if found.shape != expected.shape:
            raise WeightsError(
                f"The tensor {key} of {name} should be {tuple(expected.shape)} "
                f"but is {tuple(found.shape)}: these weights belong to another model."
            )
        if not torch.isfinite(found).all():
            raise WeightsError(f"The tensor {key} of {name} holds values that are not finite.")
    extra = sorted(set(tensors) - set(state))
    if extra:
        raise WeightsError(f"The weights of {name} hold an unknown tensor, {extra[0]}.")
    with torch.no_grad():
        for key, tensor in state.items():
            tensor.copy_(tensors[key])


def sha256(path: Path) -> str:
    """Content hash of a file, as hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()


def content_hash(path: Path) -> str:
    """Hash of the tensors and metadata of a safetensors file, whatever the order of its header.

    Two files that were saved from the same tensors may differ in that order.

    Raises:
        WeightsError: if the file is missing or is not safetensors.
    """
    header = check_header(path)
    digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    with path.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        file.seek(8 + size)
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()
