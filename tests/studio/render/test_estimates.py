from dataclasses import replace
from fractions import Fraction

import pytest

from engine import api
from engine.backends.scripted import CAPABILITIES
from studio.render.estimates import KEPT, History

REQUEST = api.ShotRequest(
    prompt="x",
    shots=(api.ShotPlan(caption="", frames=25),),
    width=128,
    height=72,
    rate=Fraction(12),
    seed=1,
)
COUNTED = api.Estimate(seconds=99.0, memory_bytes=5, basis="counted work")


def longer(frames):
    return replace(REQUEST, shots=(api.ShotPlan(caption="", frames=frames),))


def test_without_a_past_the_backend_is_believed():
    assert History().estimate(REQUEST, CAPABILITIES, COUNTED) == COUNTED


def test_the_past_of_the_same_kind_scaled_by_length():
    history = History()
    for seconds in (2.0, 2.2, 9.0):
        history.add(REQUEST, CAPABILITIES, seconds)
    assert history.seconds(REQUEST, CAPABILITIES) == pytest.approx(2.2)
    assert history.seconds(longer(49), CAPABILITIES) == pytest.approx(2.2 * 49 / 25)
    two = replace(REQUEST, variations=2)
    assert history.seconds(two, CAPABILITIES) == pytest.approx(4.4)
    estimate = history.estimate(REQUEST, CAPABILITIES, COUNTED)
    assert (estimate.basis, estimate.memory_bytes) == ("history", 5)


def test_another_size_is_judged_by_its_work():
    history = History()
    history.add(REQUEST, CAPABILITIES, 2.0)
    larger = replace(REQUEST, width=256, height=144)
    assert history.seconds(larger, CAPABILITIES) == pytest.approx(8.0)
    full = replace(REQUEST, quality=api.Quality(mode="full"))
    assert history.seconds(full, CAPABILITIES) is None
    assert history.seconds(REQUEST, replace(CAPABILITIES, weights="others")) is None


def test_it_is_kept_in_a_file_and_bounded(tmp_path):
    path = tmp_path / "cache" / "renders.json"
    history = History(path)
    for index in range(3 * KEPT):
        history.add(REQUEST, CAPABILITIES, 1.0 + index)
    again = History(path)
    assert again.seconds(REQUEST, CAPABILITIES) == history.seconds(REQUEST, CAPABILITIES)
    assert path.read_text().count("seconds") == KEPT


@pytest.mark.parametrize("text", ["", "[]", '{"a": 3}', '{"a|b|0|0x0": [{}]}', '{"a": [{"x": 1}]}'])
def test_a_damaged_file_counts_as_empty(tmp_path, text):
    path = tmp_path / "renders.json"
    path.write_text(text)
    assert History(path).seconds(REQUEST, CAPABILITIES) is None


def test_a_file_that_cannot_be_written_is_left(tmp_path):
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file" / "renders.json")
    history.add(REQUEST, CAPABILITIES, 2.0)
    assert history.seconds(REQUEST, CAPABILITIES) == 2.0
