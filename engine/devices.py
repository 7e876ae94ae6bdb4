"""Where tensors live and how many threads compute them."""

from __future__ import annotations

import ctypes
import os
import sys

import torch

from engine.errors import EngineError


def pick(name: str = "auto") -> torch.device:
    """The device called ``name``; ``auto`` is CUDA, then MPS, then the processor.

    Raises:
        EngineError: if the named device is not there.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        if torch.backends.mps.is_available():
            return torch.device("mps")
        return torch.device("cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise EngineError(f"{name!r} is not a device; use auto, cpu, cuda or mps.") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise EngineError("No CUDA device is available; use --device cpu.")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise EngineError("No Apple GPU is available; use --device cpu.")
    if device.type not in ("cpu", "cuda", "mps"):
        raise EngineError(f"{name!r} is not a device to compute on; use auto, cpu, cuda or mps.")
    return device


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def describe(device: torch.device) -> str:
    """The device in words, as recipes record it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return device.type


def free_bytes(device: torch.device) -> int:
    """Memory that is free on ``device`` now."""
    if device.type == "cuda":
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + kept
    import psutil  # Training, which counts no memory, runs without it.

    return psutil.virtual_memory().available


_ARENA_MAX, _MMAP_MAX, _TOP_PAD, _TRIM_THRESHOLD = -8, -4, -2, -1
_PAD_BYTES = 64 * 2**20


def keep_freed_memory() -> None:
    """Tell the C library to keep freed memory instead of handing it back at once.

    Every large tensor is otherwise mapped, faulted in page by page and unmapped again. On a
    virtual machine whose host takes idle pages back, that cost attention's backward pass 28 times
    its arithmetic (1,206 ms against 43); on bare metal it costs little. Only glibc has the switch
    (mallopt(3)); elsewhere nothing happens.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    for option, value in (
        (_ARENA_MAX, 1),
        (_MMAP_MAX, 0),
        (_TRIM_THRESHOLD, 2**31 - 1),
        (_TOP_PAD, _PAD_BYTES),
    ):
        mallopt(option, value)


def give_back_memory() -> None:
    """Return what is free to the system, after a model was unloaded."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if sys.platform.startswith("linux"):
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
