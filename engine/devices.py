"""Where tensors live and how many threads compute them."""

from __future__ import annotations

import os

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
    device = torch.device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise EngineError("No CUDA device is available; use --device cpu.")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise EngineError("No Apple GPU is available; use --device cpu.")
    return device


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def describe(device: torch.device) -> str:
    """The device in words, as recipes record it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return device.type
