"""The state of a render after its last finished step, on disk."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from engine.api import FileHash, ShotRequest
from engine.errors import RequestError
from engine.plain import to_plain
from engine.whole_files import write_whole

CHECKPOINT_NAME = "checkpoint.safetensors"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a render comes from: two of the same origin are the same work.

    Attributes:
        weights: their name and hash.
        sources: the files that the request names, by content: a name says little of a file.
    """

    request: ShotRequest
    weights: str
    sources: tuple[FileHash, ...]

    @property
    def hash(self) -> str:
        """A hash of all of it that is not as by default.

        So a render that was put aside is gone on with by a version whose requests can say more.
        """
        text = json.dumps(to_plain(self, usual=False), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A state on disk.

    Attributes:
        step: finished steps.
        arrays: the state after them.
        sampler: name of what made the steps; empty where none is made, or none was named yet.
    """

    step: int
    arrays: dict[str, NDArray[np.generic]]
    sampler: str = ""


def save_checkpoint(folder: Path, origin: Origin, saved: Saved) -> str:
    """Replace the checkpoint of ``folder`` by ``saved``.

    Whenever the program is killed, either the old or the new one is there whole.

    Returns:
        Its path.

    Raises:
        EngineError: if it cannot be written.
    """
    metadata = {"origin": origin.hash, "step": str(saved.step), "sampler": saved.sampler}
    contents = {name: np.ascontiguousarray(array) for name, array in saved.arrays.items()}
    path = folder / CHECKPOINT_NAME
    write_whole(path, save(contents, metadata=metadata))
    return str(path)


def load_checkpoint(path: Path, origin: Origin) -> Saved:
    """The checkpoint at ``path``.

    Raises:
        RequestError: if it is unreadable, or of another origin.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        step = int(metadata["step"])
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise RequestError(
            f"The saved state {path} cannot be read; start the render again."
        ) from error
    if metadata.get("origin") != origin.hash:
        raise RequestError(
            "The saved state is of another request, other weights or files that changed since; "
            "start the render again."
        )
    return Saved(step=step, arrays=arrays, sampler=metadata.get("sampler", ""))


def find_checkpoint(folder: Path) -> str | None:
    """The checkpoint in ``folder``, if there is one."""
    path = folder / CHECKPOINT_NAME
    return str(path) if path.is_file() else None


def remove_checkpoint(folder: Path) -> None:
    """Take the checkpoint out of ``folder``, if there is one."""
    (folder / CHECKPOINT_NAME).unlink(missing_ok=True)
