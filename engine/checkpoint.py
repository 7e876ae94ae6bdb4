"""Weights on disk: safetensors only, written beside and renamed, checked before they are used."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.errors import WeightsError

Network = TypeVar("Network", bound=nn.Module)
PART = "part"
_HEADER_LIMIT_BYTES = 16 * 2**20
# Names, shapes and metadata of a model of some thousand tensors.
_HEADER_ROOM_BYTES = 2**19


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


def save_in_parts(
    path: Path, tensors: dict[str, Tensor], metadata: dict[str, str], limit_bytes: int
) -> list[Path]:
    """Write ``tensors`` as files of at most ``limit_bytes``: ``path`` alone if it can hold all.

    Parts are named ``STEM.1-of-N.safetensors``; each names its place in its metadata, and
    ``load_parts`` joins them. No tensor is divided.

    Raises:
        WeightsError: if one tensor alone is larger, or nothing can be written.
    """
    groups: list[dict[str, Tensor]] = [{}]
    room = limit_bytes - _HEADER_ROOM_BYTES
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        if size > room:
            raise WeightsError(
                f"The tensor {name} alone is larger than a part of {path.name} may be."
            )
        if groups[-1] and sum(one.nbytes for one in groups[-1].values()) + size > room:
            groups.append({})
        groups[-1][name] = tensor
    if len(groups) == 1:
        save_tensors(path, tensors, metadata)
        return [path]
    paths = []
    for index, group in enumerate(groups, 1):
        part = f"{index}-of-{len(groups)}"
        paths.append(path.with_name(f"{path.stem}.{part}{path.suffix}"))
        save_tensors(paths[-1], group, metadata | {PART: part})
    return paths


def load_parts(paths: Sequence[Path]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of one model from its file, or from all its parts in any order.

    Raises:
        WeightsError: as ``load_tensors``, or if a part is missing or of another model.
    """
    tensors: dict[str, Tensor] = {}
    common: dict[str, str] = {}
    seen: set[str] = set()
    for path in paths:
        more, metadata = load_tensors(path)
        seen.add(metadata.pop(PART, "1-of-1"))
        if common and metadata != common:
            raise WeightsError(f"{path.name} and {paths[0].name} are not parts of one model.")
        common = metadata
        tensors |= more
    count = int(next(iter(seen)).rpartition("-")[2])
    missing = {f"{index}-of-{count}" for index in range(1, count + 1)} - seen
    if missing:
        raise WeightsError(
            f"Of {paths[0].name} the part {min(missing)} is missing. Copy all parts to one folder."
        )
    return tensors, common


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
    except (FileNotFoundError, NotADirectoryError) as error:
        raise WeightsError(f"There are no weights at {path}.") from error
    except IsADirectoryError as error:
        raise WeightsError(f"{path} is a folder; name a file of weights.") from error
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (struct.error, ValueError):
        header = None
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


def settings_in(metadata: Mapping[str, str], path: Path) -> dict[str, Any]:
    """How the network of a file is built, as its metadata tell.

    Raises:
        WeightsError: if they do not.
    """
    try:
        plain = json.loads(metadata["config"])
    except (KeyError, ValueError):
        plain = None
    if not isinstance(plain, dict):
        raise WeightsError(f"{path.name} does not say how its network is built.")
    return plain


def load_network(
    path: Path, kind: str, build: Callable[[dict[str, Any]], Network], what: str
) -> tuple[Network, dict[str, str]]:
    """A network that is kept with its settings, in float32 and done with learning; its metadata.

    Args:
        path: of the file.
        kind: of the network that the file must say it holds.
        build: makes it of its settings.
        what: a network of this kind in words, with its article.

    Raises:
        WeightsError: if the file is missing, damaged, or holds another kind.
    """
    tensors, metadata = load_tensors(path)
    if metadata.get("kind") != kind:
        found = metadata.get("kind", "an unknown model")
        raise WeightsError(f"{path.name} holds {found!r}, not {what}.")
    try:
        network = build(settings_in(metadata, path))
    except (TypeError, ValueError) as error:
        raise WeightsError(f"{path.name} does not say how its network is built.") from error
    apply(network, {key: value.float() for key, value in tensors.items()}, path.name)
    return network.eval().requires_grad_(False), metadata


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
