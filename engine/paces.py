"""How fast this machine multiplies, in which numbers: measured once and remembered.

Shape letters: N tokens, D width, H heads, K head width.
"""

from __future__ import annotations

import json
import platform
import time
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

# What a step of the shipped network is made of, at its size.
_TOKENS, _WIDTH, _HEAD = 320, 384, 64
_SECONDS, _LEAST = 0.15, 3
# Half-width numbers must pay for what they lose; on processors without units for them they never
# do, on those with them they take half the time or less.
_WORTH = 1.25
# A pace that is so much higher than the known one is worth remembering.
_NEWS = 1.25


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Products a second (two for a multiply and add) of a piece of network, in either type."""

    float32: float
    bfloat16: float

    def of(self, dtype: torch.dtype) -> float:
        """The pace in numbers of type ``dtype``."""
        return self.bfloat16 if dtype == torch.bfloat16 else self.float32

    @property
    def best(self) -> torch.dtype:
        """The type to compute in."""
        return torch.bfloat16 if self.bfloat16 > _WORTH * self.float32 else torch.float32


def compute_type(device: torch.device) -> torch.dtype:
    """The numbers that a network computes in on ``device``: bfloat16 where that is faster."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return pace_of(device).best


@cache
def pace_of(device: torch.device, file: Path | None = None) -> Pace:
    """The pace of ``device``: remembered in ``file``, or measured now in less than a second.

    Args:
        device: that is asked about.
        file: by default one in the user's cache; where it cannot be written, nothing is kept.
    """
    file = file or _cache_file()
    key = _key(device)
    known = _read(file)
    if key in known:
        return known[key]
    found = measure(device)
    _write(file, {**known, key: found})
    return found


def raise_pace(
    device: torch.device, dtype: torch.dtype, products_s: float, file: Path | None = None
) -> None:
    """Remember that ``device`` was seen to be faster than is known.

    What was measured while the machine was busy with other things would stand for ever.

    Args:
        device: that was seen.
        dtype: the numbers it multiplied.
        products_s: how many a second, as ``measure`` would count them.
        file: as of ``pace_of``.
    """
    known = pace_of(device, file)
    if products_s <= _NEWS * known.of(dtype):
        return
    field = "bfloat16" if dtype == torch.bfloat16 else "float32"
    where = file or _cache_file()
    _write(where, {**_read(where), _key(device): replace(known, **{field: products_s})})
    pace_of.cache_clear()


def measure(device: torch.device) -> Pace:
    """The pace of a block's products on ``device``, in both types."""
    return Pace(
        float32=_measured(device, torch.float32), bfloat16=_measured(device, torch.bfloat16)
    )


@torch.inference_mode()
def _measured(device: torch.device, dtype: torch.dtype) -> float:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(1, _TOKENS, _WIDTH, generator=generator).to(device)
    wide = nn.Linear(_WIDTH, 4 * _WIDTH, device=device)
    back = nn.Linear(4 * _WIDTH, _WIDTH, device=device)

    def block() -> None:
        heads = x.unflatten(-1, (-1, _HEAD)).transpose(1, 2)
        scores = (heads @ heads.transpose(-1, -2) * _HEAD**-0.5).softmax(dim=-1)
        read = (scores @ heads).transpose(1, 2).flatten(-2)
        back(F.relu(wide(x + read)).square())

    flops = 2 * _TOKENS * _WIDTH * (8 * _WIDTH + 2 * _TOKENS)
    best, spent, count = float("inf"), 0.0, 0
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
        block()
        while spent < _SECONDS or count < _LEAST:
            _settle(device)
            began_s = time.perf_counter()
            block()
            _settle(device)
            taken_s = time.perf_counter() - began_s
            best, spent, count = min(best, taken_s), spent + taken_s, count + 1
    return flops / best


def _settle(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def _key(device: torch.device) -> str:
    return f"{_name(device)}, {torch.get_num_threads()} threads, torch {torch.__version__}"


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return f"{device.type}, {next(names, platform.processor() or platform.machine())}"


def _cache_file() -> Path:
    import platformdirs  # Training on a bare machine asks no paces.

    return Path(platformdirs.user_cache_dir("dailies", appauthor=False)) / "paces.json"


def _read(file: Path) -> dict[str, Pace]:
    """What ``file`` remembers; one that cannot be read remembers nothing."""
    if not file.is_absolute():
        return {}
    try:
        plain = json.loads(file.read_text(encoding="utf-8"))
        return {
            key: Pace(float32=float(one["float32"]), bfloat16=float(one["bfloat16"]))
            for key, one in plain.items()
            if float(one["float32"]) > 0 and float(one["bfloat16"]) > 0
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _write(file: Path, paces: dict[str, Pace]) -> None:
    if not file.is_absolute():  # of a user without a home
        return
    part = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        plain = {key: asdict(pace) for key, pace in paces.items()}
        part.write_text(json.dumps(plain, indent=1), encoding="utf-8")
        part.replace(file)
    except OSError:
        return
