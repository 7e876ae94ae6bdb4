from dataclasses import dataclass, make_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import pytest

from engine.errors import RequestError
from engine.plain import from_plain, to_plain


@dataclass(frozen=True)
class Ball:
    radius: float
    colour: Literal["red", "blue"] = "red"


@dataclass(frozen=True)
class Box:
    things: tuple["Ball | Box", ...]
    rate: Fraction = Fraction(1, 3)
    path: Path | None = None
    sizes: tuple[int, int] = (1, 2)
    notes: dict[str, float] | None = None


# Annotations as text are looked up where the class was defined.
Box.__annotations__["things"] = tuple[Ball | Box, ...]


def test_values_come_back():
    box = Box((Ball(1.5), Box((), path=Path("a b"))), notes={"weight": 2.0})
    plain = to_plain(box)
    assert plain["things"][0] == {"type": "Ball", "radius": 1.5, "colour": "red"}
    assert plain["rate"] == "1/3"
    assert from_plain(Box, plain) == box


def test_a_field_that_is_added_later_changes_nothing_of_what_was_made_before():
    older = make_dataclass("Ball", [("radius", float), ("colour", str, "red")])
    for colour in ("red", "blue"):
        made = to_plain((older(1.5, colour),), usual=False)
        assert to_plain((Ball(1.5, colour),), usual=False) == made
        newer = make_dataclass("Ball", [("radius", float), ("colour", str, "red"), ("at", int, 0)])
        assert to_plain((newer(1.5, colour),), usual=False) == made
        assert to_plain((newer(1.5, colour, 2),), usual=False) != made
    assert to_plain(Ball(1.5), usual=False) == {"type": "Ball", "radius": 1.5}


def test_whole_numbers_do_for_fractions_and_missing_fields_take_their_defaults():
    assert from_plain(Ball, {"radius": 2}) == Ball(2.0)


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (Ball, {"radius": "big"}),
        (Ball, {"radius": True}),
        (Ball, {"radius": 1.0, "weight": 2}),
        (Ball, {"radius": 1.0, "colour": "green"}),
        (Ball, {}),
        (Ball, []),
        (Ball, None),
        (Box, {"things": [{"type": "Bell"}]}),
        (Box, {"things": "many"}),
        (Box, {"things": [], "rate": "1/0"}),
        (Box, {"things": [], "sizes": [1]}),
        (Box, {"things": [], "sizes": [1, 2.5]}),
    ],
)
def test_what_is_none_of_its_kind_is_a_sentence(kind, plain):
    with pytest.raises(RequestError, match="not a readable"):
        from_plain(kind, plain)
