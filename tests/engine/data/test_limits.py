from fractions import Fraction

import pytest

from engine.backends.backlot_limits import capabilities_of
from engine.data.limits import FIRST_LIMITS, limits_entry, limits_in, limits_of
from engine.errors import WeightsError
from engine.shapes import ClipShape, is_legal_frames

TALL = ClipShape(width=144, height=256, frames=49, rate=Fraction(24))


def test_weights_that_say_nothing_are_the_first_ones():
    first = limits_in({"kind": "dual_transformer"}, "a.safetensors")
    assert first is FIRST_LIMITS
    (size,) = first.sizes
    assert (size.width, size.height, size.shape) == (128, 72, "16:9")
    assert (first.rates, first.frames) == ((Fraction(12),), (9, 13, 17, 21, 25))
    assert first.untrained_frames[0] == 29
    assert first.untrained_frames[-1] == 181  # Fifteen seconds.


def test_what_was_learned_is_said_by_the_weights_and_what_they_can_do_follows():
    limits = limits_of(TALL, level=3)
    said = limits_in(limits_entry(limits), "a.safetensors")
    assert said == limits
    can = capabilities_of("", limits=said)
    assert [(one.width, one.height, one.shape) for one in can.sizes] == [(144, 256, "9:16")]
    assert can.rates == (Fraction(24),)
    assert can.frames[-1] == 49
    assert can.lengths[-1] / can.rates[0] >= 15
    assert all(is_legal_frames(frames) for frames in can.lengths)
    assert {"forest", "rain", "fox", "tilt up"} <= set(can.words)
    assert "Makes up to 2.0 s at 144x256 and 24 pictures a second." in can.notes
    assert not any("people" in note for note in can.notes)


@pytest.mark.parametrize(
    ("width", "height", "name"), [(172, 72, "2.39"), (64, 64, "1:1"), (96, 64, "3:2")]
)
def test_sizes_are_named_by_their_shape(width, height, name):
    (size,) = limits_of(ClipShape(width=width, height=height, frames=5), 1).sizes
    assert size.shape == name


@pytest.mark.parametrize(
    "said",
    [
        "{",
        "[]",
        "{}",
        limits_entry(FIRST_LIMITS)["limits"].replace("[9, 13", "[10, 13"),
        limits_entry(FIRST_LIMITS)["limits"].replace('"longest": 181', '"longest": 1000000001'),
        limits_entry(FIRST_LIMITS)["limits"].replace('"rates": ["12"]', '"rates": []'),
    ],
)
def test_damaged_limits_are_a_sentence(said):
    with pytest.raises(WeightsError, match=r"^a.safetensors (does not say|says of itself)"):
        limits_in({"limits": said}, "a.safetensors")
