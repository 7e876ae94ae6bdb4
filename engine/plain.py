"""Frozen dataclasses to JSON-ready values and back, unions told apart by a ``type`` field."""

from __future__ import annotations

import dataclasses
import types
import typing
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from engine.errors import RequestError

T = TypeVar("T")


def to_plain(value: Any, *, usual: bool = True) -> Any:
    """``value`` as dictionaries, lists, strings and numbers.

    Dataclasses gain a ``type`` field with their class name; tuples become lists; fractions and
    paths become strings.

    Args:
        value: what ``from_plain`` brings back.
        usual: whether fields are told that are as by default. Without them, a field that a later
            version adds leaves the plain value of what was made before as it was.
    """
    told = partial(to_plain, usual=usual)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain = {"type": type(value).__name__}
        for field in dataclasses.fields(value):
            own = getattr(value, field.name)
            if usual or own != field.default:
                plain[field.name] = told(own)
        return plain
    if isinstance(value, (tuple, list)):
        return [told(item) for item in value]
    if isinstance(value, dict):
        return {str(key): told(item) for key, item in value.items()}
    if isinstance(value, (Fraction, Path)):
        return str(value)
    return value


def from_plain(kind: type[T] | Any, plain: Any) -> T:
    """The value of type ``kind`` that ``to_plain`` turned into ``plain``.

    Unknown fields are refused and missing ones take their defaults.

    Raises:
        RequestError: if ``plain`` does not describe a ``kind``.
    """
    try:
        return _read(kind, plain)
    except (TypeError, ValueError, KeyError, AttributeError, ZeroDivisionError) as error:
        name = getattr(kind, "__name__", str(kind))
        raise RequestError(f"This is not a readable {name}: {error}.") from error


def _read(kind: Any, plain: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _read_union(typing.get_args(kind), plain)
    if origin is typing.Literal:
        return _read_literal(typing.get_args(kind), plain)
    if origin is tuple:
        return _read_tuple(typing.get_args(kind), plain)
    if origin is dict:
        key_kind, item_kind = typing.get_args(kind)
        return {_read(key_kind, key): _read(item_kind, item) for key, item in plain.items()}
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, plain)
    return _read_scalar(kind, plain)


def _read_union(options: tuple[Any, ...], plain: Any) -> Any:
    if plain is None and type(None) in options:
        return None
    if isinstance(plain, dict) and "type" in plain:
        for option in options:
            if getattr(option, "__name__", "") == plain["type"]:
                return _read(option, plain)
        raise ValueError(f"{plain['type']!r} is not one of the known kinds")
    remaining = [option for option in options if option is not type(None)]
    return _read(remaining[0], plain)


def _read_literal(options: tuple[Any, ...], plain: Any) -> Any:
    if plain not in options:
        raise ValueError(f"{plain!r} is not one of {', '.join(map(str, options))}")
    return plain


def _read_tuple(items: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
    if not isinstance(plain, (list, tuple)):
        raise ValueError(f"a list was expected, not {plain!r}")
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(_read(items[0], item) for item in plain)
    if len(items) != len(plain):
        raise ValueError(f"{len(items)} values were expected, not {len(plain)}")
    return tuple(_read(item, value) for item, value in zip(items, plain, strict=True))


def _read_dataclass(kind: Any, plain: Any) -> Any:
    if not isinstance(plain, dict):
        raise ValueError(f"a {kind.__name__} was expected, not {plain!r}")
    hints = typing.get_type_hints(kind)
    values = {key: _read(hints[key], item) for key, item in plain.items() if key != "type"}
    return kind(**values)


def _read_scalar(kind: Any, plain: Any) -> Any:
    if kind is Any:
        return plain
    if kind is Path:
        return Path(plain)
    if kind is Fraction:
        return Fraction(plain)
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if not isinstance(plain, kind) or (kind is int and isinstance(plain, bool)):
        raise ValueError(f"{plain!r} is not of type {kind.__name__}")
    return plain
