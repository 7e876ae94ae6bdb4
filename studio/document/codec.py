"""Frozen dataclasses as JSON-ready values and back, by their type hints."""

from __future__ import annotations

import json
import math
import types
from collections.abc import Callable
from dataclasses import MISSING, fields
from fractions import Fraction
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from studio.document.errors import DocumentError

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
Body = dict[str, Plain]
T = TypeVar("T")

_TYPE = "type"
_encoder = json.JSONEncoder(separators=(",", ":"), check_circular=False)


class CodecError(DocumentError):
    """A stored value that is not what it should be."""


def to_text(plain: Plain) -> str:
    """JSON text of a plain value; all of it ASCII, so that any string can be stored."""
    return _encoder.encode(plain)


def from_text(text: str) -> Plain:
    """The plain value of JSON text.

    Raises:
        CodecError: if it is not JSON.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError, TypeError) as error:
        raise CodecError("This is not JSON.") from error


def encode(value: object) -> Body:
    """A dataclass as a dictionary; members of unions carry their class's name."""
    plain = _encoder_of(type(value))(value)
    return cast("Body", plain)


def decode(kind: type[T], plain: Plain) -> T:
    """The dataclass that ``encode`` wrote; fields that are not there take their defaults.

    Raises:
        CodecError: naming the field that does not fit.
    """
    return _decoder_of(kind)(plain, kind.__name__)


def _same(value: Any) -> Plain:
    return value


def _fraction_text(value: Fraction) -> Plain:
    return f"{value.numerator}/{value.denominator}"


@cache
def _encoder_of(kind: Any) -> Callable[[Any], Plain]:
    """What turns values of a type into plain ones."""
    if kind in {str, int, float, bool, type(None)} or get_origin(kind) is Literal:
        return _same
    if kind is Fraction:
        return _fraction_text
    if get_origin(kind) is tuple:
        return _list_encoder(_encoder_of(get_args(kind)[0]))
    if get_origin(kind) in {Union, types.UnionType}:
        return _union_encoder(get_args(kind))
    return _object_encoder(kind)


def _list_encoder(item: Callable[[Any], Plain]) -> Callable[[Any], Plain]:
    if item is _same:
        return list
    return lambda values: [item(value) for value in values]


def _union_encoder(kinds: tuple[Any, ...]) -> Callable[[Any], Plain]:
    tagged = len(_classes(kinds)) > 1

    def union(value: Any) -> Plain:
        kind = cast("type[Any]", type(value))
        plain = _encoder_of(kind)(value)
        return {_TYPE: kind.__name__, **cast("Body", plain)} if tagged else plain

    simple = all(_encoder_of(kind) is _same for kind in kinds)
    return _same if simple else union


def _object_encoder(kind: Any) -> Callable[[Any], Plain]:
    hints = get_type_hints(kind)
    plan = [(field.name, _encoder_of(hints[field.name])) for field in fields(kind)]
    simple = tuple(name for name, one in plan if one is _same)
    others = tuple((name, one) for name, one in plan if one is not _same)

    def instance(value: Any) -> Plain:
        values = value.__dict__
        body = {name: values[name] for name in simple}
        for name, one in others:
            body[name] = one(values[name])
        return body

    return instance


Decoder = Callable[[Plain, str], Any]


@cache
def _decoder_of(kind: Any) -> Decoder:
    """What turns plain values into those of a type; its second argument is where we are."""
    if kind in _SCALARS:
        return _SCALARS[kind]
    if get_origin(kind) is Literal:
        return _literal_decoder(get_args(kind))
    if get_origin(kind) is tuple:
        return _list_decoder(_decoder_of(get_args(kind)[0]))
    if get_origin(kind) in {Union, types.UnionType}:
        return _union_decoder(get_args(kind))
    return _object_decoder(kind)


def _text(plain: Plain, where: str) -> str:
    if not isinstance(plain, str):
        raise CodecError(f"{where} is not text.")
    return plain


def _whole(plain: Plain, where: str) -> int:
    if not isinstance(plain, int) or isinstance(plain, bool) or abs(plain) >= 1 << 63:
        raise CodecError(f"{where} is not a whole number.")
    return plain


def _number(plain: Plain, where: str) -> float:
    if not isinstance(plain, int | float) or isinstance(plain, bool):
        raise CodecError(f"{where} is not a number.")
    try:
        number = float(plain)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise CodecError(f"{where} is not a finite number.")
    return number


def _truth(plain: Plain, where: str) -> bool:
    if not isinstance(plain, bool):
        raise CodecError(f"{where} is neither true nor false.")
    return plain


def _nothing(plain: Plain, where: str) -> None:
    if plain is not None:
        raise CodecError(f"{where} should be empty.")


_MAY_STAND = frozenset({"Clip.speed"})


def _fraction(plain: Plain, where: str) -> Fraction:
    """A rate or speed written ``numerator/denominator``; only what may stand is zero."""
    numerator, _, denominator = _text(plain, where).partition("/")
    if not (numerator.isdecimal() and denominator.isdecimal() and len(str(plain)) < 40):
        raise CodecError(f"{where} is not a fraction.")
    stands = not int(numerator) and where not in _MAY_STAND
    if stands or not int(denominator):
        raise CodecError(f"{where} is zero.")
    return Fraction(int(numerator), int(denominator))


_SCALARS: dict[Any, Decoder] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _truth,
    type(None): _nothing,
    Fraction: _fraction,
}


def _literal_decoder(values: tuple[Any, ...]) -> Decoder:
    allowed = frozenset(values)

    def literal(plain: Plain, where: str) -> Any:
        if not isinstance(plain, str) or plain not in allowed:
            raise CodecError(f"{where} has a value that is not known.")
        return plain

    return literal


def _list_decoder(item: Decoder) -> Decoder:
    def items(plain: Plain, where: str) -> Any:
        if not isinstance(plain, list):
            raise CodecError(f"{where} is not a list.")
        return tuple(item(one, where) for one in plain)

    return items


def _classes(kinds: tuple[Any, ...]) -> dict[str, Any]:
    """The dataclasses among the members of a union, by name."""
    return {kind.__name__: kind for kind in kinds if hasattr(kind, "__dataclass_fields__")}


def _union_decoder(kinds: tuple[Any, ...]) -> Decoder:
    classes = _classes(kinds)
    optional = type(None) in kinds
    single = next((kind for kind in kinds if kind is not type(None)), None)

    def union(plain: Plain, where: str) -> Any:
        if plain is None and optional:
            return None
        if len(classes) < 2:
            return _decoder_of(single)(plain, where)
        tag = plain.get(_TYPE) if isinstance(plain, dict) else None
        if not isinstance(tag, str) or tag not in classes:
            raise CodecError(f"{where} is of a kind that is not known.")
        return _decoder_of(classes[tag])(plain, where)

    return union


def _object_decoder(kind: Any) -> Decoder:
    hints = get_type_hints(kind)
    plan = [
        (
            field.name,
            f"{kind.__name__}.{field.name}",
            _decoder_of(hints[field.name]),
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(kind)
    ]

    def instance(plain: Plain, where: str) -> Any:
        if not isinstance(plain, dict):
            raise CodecError(f"{where} is not an object.")
        values: dict[str, Any] = {}
        for name, path, decoder, required in plan:
            if name in plain:
                values[name] = decoder(plain[name], path)
            elif required:
                raise CodecError(f"{path} is missing.")
        return kind(**values)

    return instance
