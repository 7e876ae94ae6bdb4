"""Limits, roles and files of references, as findings."""

import dataclasses
import wave
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.api import Capabilities, Kind, Reference, Role, Size
from engine.conditioning.references import check_references
from engine.media import write_film, write_wav
from tests.engine.requests import plain_request

CAN = Capabilities(
    name="Test",
    weights="",
    sizes=(Size(width=128, height=72, shape="16:9"),),
    rates=(Fraction(12),),
    frames=(1, 25),
    sample_rate_hz=24_000,
    modes=("generate",),
    roles=("subject", "first_frame", "keyframe", "motion", "voice"),
    max_images=2,
    max_videos=1,
    max_tracks=1,
    max_references=3,
    sound_alone=False,
)


@pytest.fixture
def files(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((20, 30, 3), 90, np.uint8))
    pictures = [np.full((20, 30, 3), value, np.uint8) for value in range(24)]
    write_film(tmp_path / "a.mkv", pictures, Fraction(12), preset="take")
    write_wav(tmp_path / "a.wav", np.zeros((2, 24_000), np.float32), 24_000)
    return tmp_path


def found(references, can=CAN, *, read_files=True):
    request = plain_request(references=tuple(references))
    return check_references(request, can, read_files=read_files)


def one(folder: Path, kind: Kind, role: Role, **changes) -> Reference:
    ending = {"image": "png", "video": "mkv", "audio": "wav"}[kind]
    reference = Reference(kind=kind, role=role, source=str(folder / f"a.{ending}"))
    return dataclasses.replace(reference, **changes)


def levels(findings):
    return [finding.level for finding in findings]


def test_good_references_have_no_findings(files):
    good = [
        one(files, "image", "first_frame"),
        one(files, "image", "keyframe", at_s=1.0),
        one(files, "video", "motion", in_s=0.5, out_s=1.5),
    ]
    assert found(good) == ()
    assert found([one(files, "image", "subject"), one(files, "audio", "voice")]) == ()


def test_numbers_by_kind_and_together(files):
    images = [one(files, "image", "subject")] * 3
    (finding,) = found(images)
    assert "3 pictures" in finding.sentence
    assert "at most 2" in finding.sentence
    assert "Take 1 off" in finding.remedy
    four = [*images[:2], one(files, "video", "motion"), one(files, "audio", "voice")]
    (finding,) = found(four)
    assert "4 references" in finding.sentence
    ignored = [dataclasses.replace(images[0], weight=0.0), *images[:2]]
    assert found(ignored) == ()


def test_sound_alone(files):
    sound = [one(files, "audio", "voice")]
    assert levels(found(sound)) == ["refused"]
    assert found(sound, dataclasses.replace(CAN, sound_alone=True)) == ()


def test_one_first_frame(files):
    assert levels(found([one(files, "image", "first_frame")] * 2)) == ["refused"]


def test_a_role_that_was_not_learned_is_a_warning(files):
    assert levels(found([one(files, "image", "style")])) == ["warning"]


def test_a_keyframe_needs_a_time_in_the_shot(files):
    assert levels(found([one(files, "image", "keyframe")])) == ["refused"]
    assert levels(found([one(files, "image", "keyframe", at_s=9.0)])) == ["refused"]


def test_a_clip_stands_in_for_a_picture_but_not_the_other_way(files):
    clip = one(files, "image", "first_frame", source=str(files / "a.mkv"))
    assert levels(found([clip])) == ["fixed"]
    picture = one(files, "video", "motion", source=str(files / "a.png"))
    assert levels(found([picture])) == ["refused"]
    silent = one(files, "audio", "voice", source=str(files / "a.mkv"))
    (finding,) = found([one(files, "image", "subject"), silent])
    assert "without sound" in finding.sentence


def test_what_is_longer_than_the_shot_is_said_to_be_cut(files):
    write_wav(files / "a.wav", np.zeros((2, 24_000 * 9), np.float32), 24_000)
    voice = one(files, "audio", "voice")
    picture = one(files, "image", "subject")
    (finding,) = found([picture, voice])
    assert finding.level == "fixed"
    assert finding.sentence == "a.wav lasts 9.0 s, and the shot 2.1 s: it uses the beginning."
    assert found([picture, dataclasses.replace(voice, in_s=4.0, out_s=6.0)]) == ()
    (finding,) = found([picture, dataclasses.replace(voice, in_s=4.0, out_s=8.5)])
    assert "lasts 4.5 s" in finding.sentence


def test_parts_beyond_the_end(files):
    assert levels(found([one(files, "video", "motion", in_s=5.0)])) == ["refused"]
    assert levels(found([one(files, "video", "motion", out_s=5.0)])) == ["fixed"]


@pytest.mark.parametrize("weight", [-0.1, 2.1, float("nan"), float("inf")])
def test_weights(files, weight):
    assert "refused" in levels(found([one(files, "image", "subject", weight=weight)]))


def test_files_are_left_alone_when_asked(tmp_path):
    missing = one(tmp_path, "image", "subject")
    assert levels(found([missing])) == ["refused"]
    assert found([missing], read_files=False) == ()
    assert found([dataclasses.replace(missing, weight=0.0)]) == ()


def test_a_file_that_is_gone_is_named_first_and_its_folder_once(files):
    for reference, words in (
        (one(files, "image", "subject", source=str(files / "gone.png")), "gone.png"),
        (one(files, "image", "subject", source=str(files / "gone.png"), tag="Ava"),
         "gone.png of @Ava"),
    ):  # fmt: skip
        finding = next(f for f in found([reference]) if f.level == "refused")
        assert finding.sentence == f"{words} is not in {files}."


def test_a_track_without_samples_is_not_taken_for_silence(files):
    path = files / "nothing.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(24_000)
    reference = Reference(kind="audio", role="voice", source=str(path))
    (refused,) = found([one(files, "image", "subject"), reference])
    assert refused.level == "refused"
    assert "nothing in it" in refused.sentence
