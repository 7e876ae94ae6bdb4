from dataclasses import replace
from fractions import Fraction

import pytest

from engine import api
from engine.backends.scripted import CAPABILITIES
from studio.document.film import Media, MediaFacts, new_film
from studio.document.ledger import Ledger
from studio.render.footage import Footage, footage_request, part_of
from studio.render.requests import Desk
from studio.render.stored_requests import load_request, store_request

FEW = replace(CAPABILITIES, frames=(5, 9, 13, 17, 21, 25))
WALK = Media(
    id="walk",
    kind="video",
    name="walk",
    path="media/walk.mp4",
    sha256="3",
    facts=MediaFacts(frames=250, rate=Fraction(25), width=640, height=360),
)


@pytest.fixture
def desk(tmp_path):
    return Desk(film=new_film("F"), ledger=Ledger(), folder=tmp_path, capabilities=FEW)


@pytest.mark.parametrize(
    ("start", "end", "frames"),
    [
        (0, None, 25),
        (Fraction(1, 3), None, 25),
        (Fraction(9), None, 9),
        (Fraction(9), Fraction(20), 9),
        (Fraction(2), Fraction(25, 6), 25),
        (Fraction(2), Fraction(49, 12), 25),
        (Fraction(2), Fraction(3), 9),
        (Fraction(99, 10), None, 5),
    ],
)
def test_the_part_is_the_longest_that_is_wanted_and_can_be_made(start, end, frames):
    part = part_of(Footage(media=WALK, in_s=Fraction(start), out_s=end), FEW)
    assert (part.in_s, part.frames, part.rate) == (start, frames, 12)
    assert part.out_s == start + Fraction(frames, 12)


def test_pictures_of_a_part_are_those_of_its_time():
    part = part_of(Footage(media=WALK, in_s=Fraction(3)), FEW)
    assert part.picture_at(Fraction(71, 24)) is None
    assert [part.picture_at(Fraction(72 + k, 24)) for k in (0, 1, 2)] == [0, 0, 1]
    assert part.picture_at(part.out_s - Fraction(1, 1000)) == 24
    assert part.picture_at(part.out_s) is None
    assert all(part.picture_at(part.time_of(k)) == k for k in range(25))


def test_footage_is_asked_for_from_where_it_is_marked(desk, tmp_path):
    edit = api.Edit(source="", instruction="snow", start_frame=3)
    in_s = Fraction(101, 24)
    request = footage_request(desk, Footage(media=WALK, in_s=in_s), edit, seed=7)
    assert (request.frames, request.rate, request.seed) == (25, 12, 7)
    assert (request.width, request.height) == (256, 144)
    source = str(tmp_path / "media" / "walk.mp4")
    assert request.task == replace(edit, source=source, in_s=in_s)
    assert load_request(store_request(request, tmp_path), tmp_path) == request
