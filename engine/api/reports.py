"""What a backend says of a request before it is spent, and of a take once it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.api.requests import Role


@dataclass(frozen=True, kw_only=True)
class PackedReference:
    """A reference as the engine will get it: its slot name, and its tag where it has one."""

    slot: str
    tag: str
    role: Role
    source: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """Something of the request that will not reach the model, and why."""

    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """What the engine will really be given; its pictures come out ``scale`` times as large."""

    text: str
    negative_text: str
    references: tuple[PackedReference, ...]
    dropped: tuple[Dropped, ...]
    width: int
    height: int
    padded_width: int
    padded_height: int
    frames: int
    steps: int
    scale: int = 1


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One remark of the preflight.

    Attributes:
        level: ``fixed`` was put right, ``warning`` goes ahead, ``refused`` cannot be rendered.
        remedy: what to do about it, as a sentence; may be empty.
        about: what must be mended: the request itself, or a file that it names.
    """

    level: Literal["fixed", "warning", "refused"]
    sentence: str
    remedy: str = ""
    about: Literal["request", "file"] = "request"


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a request will cost on this machine; ``basis`` says what the figure rests on."""

    seconds: float
    memory_bytes: int
    basis: Literal["history", "counted work", "guess"]


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A fault noticed in a finished take, such as silence or a constant picture."""

    name: Literal["silence", "clipping", "constant picture", "dc offset", "mono collapse"]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Rating:
    """What the engine thinks of a take: reward heads (0 to 1, where trained) and flags."""

    heads: dict[str, float]
    flags: tuple[Flag, ...]
