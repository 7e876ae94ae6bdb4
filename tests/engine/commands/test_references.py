import pytest

from engine.commands.references import parse_reference
from engine.errors import RequestError


@pytest.mark.parametrize(
    ("text", "source", "role", "weight"),
    [
        ("ava.png", "ava.png", "subject", 1.0),
        ("ava.png:style", "ava.png", "style", 1.0),
        ("ava.png:first-frame", "ava.png", "first_frame", 1.0),
        ("ava.png:first_frame:0.5", "ava.png", "first_frame", 0.5),
        ("a:b:c.png:style:2", "a:b:c.png", "style", 2.0),
        ("C:\\pictures\\ava.png", "C:\\pictures\\ava.png", "subject", 1.0),
        ("C:\\pictures\\ava.png:style", "C:\\pictures\\ava.png", "style", 1.0),
        ("C:/pictures/ava.png:style:1.5", "C:/pictures/ava.png", "style", 1.5),
        ("12:30.png", "12:30.png", "subject", 1.0),
    ],
)
def test_references_are_read_from_their_end(text, source, role, weight):
    found = parse_reference(text, "image")
    assert (found.source, found.role, found.weight) == (source, role, weight)


def test_a_file_that_is_there_is_that_file(tmp_path):
    odd = tmp_path / "ava.png:style"
    odd.write_bytes(b"")
    assert parse_reference(str(odd), "image").source == str(odd)
    assert parse_reference(f"{odd}:environment", "image").role == "environment"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("walk.mp4:1.5-3", ("walk.mp4", "motion", 1.0, 1.5, 3.0)),
        ("walk.mp4:camera:0.8:0-2", ("walk.mp4", "camera", 0.8, 0.0, 2.0)),
        ("walk.mp4:camera:4-", ("walk.mp4", "camera", 1.0, 4.0, None)),
        ("C:/clips/walk.mp4:2-3", ("C:/clips/walk.mp4", "motion", 1.0, 2.0, 3.0)),
        ("take-1:2-3.mp4", ("take-1:2-3.mp4", "motion", 1.0, 0.0, None)),
    ],
)
def test_a_part_is_read_from_the_end(text, found):
    one = parse_reference(text, "video")
    assert (one.source, one.role, one.weight, one.in_s, one.out_s) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("b.png:keyframe@0.8", ("b.png", "keyframe", 1.0, 0.8, 0.0)),
        ("b.png:keyframe@1:0.5", ("b.png", "keyframe", 0.5, 1.0, 0.0)),
        ("walk.mp4:keyframe@1:0.5:2-", ("walk.mp4", "keyframe", 0.5, 1.0, 2.0)),
        ("b.png:keyframe", ("b.png", "keyframe", 1.0, None, 0.0)),
    ],
)
def test_a_keyframe_says_where_it_stands(text, found):
    one = parse_reference(text, "image")
    assert (one.source, one.role, one.weight, one.at_s, one.in_s) == found


def test_a_file_whose_name_ends_like_a_part_is_that_file(tmp_path):
    odd = tmp_path / "walk:1-2"
    odd.write_bytes(b"")
    assert parse_reference(str(odd), "video").source == str(odd)
    part = parse_reference(f"{odd}:3-4", "video")
    assert (part.source, part.in_s, part.out_s) == (str(odd), 3.0, 4.0)


def test_kinds_have_usual_roles():
    assert parse_reference("a.mp4", "video").role == "motion"
    assert parse_reference("a.wav", "audio").role == "music"


def test_a_file_named_in_the_prompt_has_that_tag():
    assert parse_reference("x/ava.png", "image", "@Ava runs").tag == "ava"
    assert parse_reference("x/ava.png", "image", "@Avalon runs").tag == ""
    assert parse_reference("x/ava.png", "image", "mail@ava").tag == ""


@pytest.mark.parametrize("text", ["a.png:style:x", "a.png:style:nan", "a.png:style:", "", ":style"])
def test_odd_references_are_a_sentence(text):
    with pytest.raises(RequestError):
        parse_reference(text, "image")
