"""The contract of the seam: what every backend refuses, in a sentence."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine import api
from engine.media import write_film, write_wav
from tests.engine.backends.contract import (
    image_role,
    picture_file,
    run,
)

WRONG: dict[str, dict[str, object]] = {
    "no prompt": {"prompt": "   "},
    "endless prompt": {"prompt": "ball " * 100_000},
    "odd size": {"width": 101, "height": 37},
    "no size": {"width": 0, "height": 0},
    "huge size": {"width": 10**9, "height": 10**9},
    "no shots": {"shots": ()},
    "no length": {"shots": (api.ShotPlan(caption="a", frames=0),)},
    "illegal length": {"shots": (api.ShotPlan(caption="a", frames=10),)},
    "endless": {"shots": (api.ShotPlan(caption="a", frames=10**9),)},
    "too many shots": {"shots": (api.ShotPlan(caption="a", frames=5),) * 99},
    "no rate": {"rate": Fraction(0)},
    "odd rate": {"rate": Fraction(7, 3)},
    "negative seed": {"seed": -1},
    "huge seed": {"seed": 2**80},
    "no takes": {"variations": 0},
    "too many takes": {"variations": 10_000},
    "no steps": {"quality": api.Quality(steps=0)},
    "endless steps": {"quality": api.Quality(steps=10**9)},
    "guidance": {"guidance": float("nan")},
    "unknown tag": {"prompt": "@Nobody walks"},
    "unknown tag in the negative": {"negative_prompt": "@Nobody"},
    "edit of nothing": {"task": api.Edit(source="/nowhere", instruction="night")},
    "edit without words": {"task": api.Edit(source="/nowhere", instruction=" ")},
    "edit strength": {
        "task": api.Edit(source="/nowhere", instruction="x", picture_strength=float("inf"))
    },
    "edit span": {"task": api.Edit(source="/nowhere", instruction="x", start_frame=5, end_frame=5)},
    "edit span beyond the end": {
        "task": api.Edit(source="/nowhere", instruction="x", start_frame=1000)
    },
    "extend nothing": {"task": api.Extend(source="/nowhere")},
    "upgrade nothing": {"task": api.Upgrade(source="/nowhere")},
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_wrong_request_is_a_sentence(backend, request_, tmp_path, name):
    assert_sentence(backend, dataclasses.replace(request_, **WRONG[name]), tmp_path)


def assert_sentence(backend, request, folder):
    refused = [f for f in backend.preflight(request) if f.level == "refused"]
    assert refused
    events = run(backend, request, folder / "wrong")
    assert [type(event) for event in events] == [api.Failed]
    for sentence in (*(f.sentence for f in refused), events[0].sentence):
        assert sentence.rstrip().endswith((".", "!"))
        assert "Traceback" not in sentence
        assert "object at" not in sentence
    assert not list(folder.rglob("picture.mkv"))


def broken_files(folder: Path) -> dict[str, Path]:
    good = picture_file(folder, "good.png").read_bytes()
    files = {
        "missing": folder / "missing.png",
        "empty": folder / "empty.png",
        "truncated": folder / "truncated.png",
        "noise": folder / "noise.png",
        "text": folder / "text.png",
        "folder": folder / "folder.png",
    }
    files["empty"].write_bytes(b"")
    files["truncated"].write_bytes(good[:40])
    files["noise"].write_bytes(np.random.default_rng(1).bytes(5_000))
    files["text"].write_text("#EXTM3U\nhttp://example.org/a.ts\n")
    files["folder"].mkdir()
    return files


@pytest.mark.parametrize("name", ["missing", "empty", "truncated", "noise", "text", "folder"])
def test_an_unreadable_reference_is_a_sentence(backend, request_, tmp_path, name):
    path = broken_files(tmp_path)[name]
    kinds: list[tuple[api.Kind, api.Role]] = [
        ("image", "first_frame"),
        ("video", "subject"),
        ("audio", "voice"),
    ]
    for kind, role in kinds:
        reference = api.Reference(kind=kind, role=role, source=str(path))
        assert_sentence(
            backend, dataclasses.replace(request_, references=(reference,)), tmp_path / "render"
        )


def test_mismatched_references_are_sentences(backend, request_, tmp_path):
    picture = str(picture_file(tmp_path))
    wav = tmp_path / "voice.wav"
    write_wav(wav, np.zeros((2, 2400), np.float32), 24_000)
    wrong = {
        "a picture as a clip": api.Reference(kind="video", role="subject", source=picture),
        "a picture as a sound": api.Reference(kind="audio", role="voice", source=picture),
        "a sound as a picture": api.Reference(kind="image", role="subject", source=str(wav)),
        "role": api.Reference(kind="image", role="voice", source=picture),
        "weight": api.Reference(kind="image", role="subject", source=picture, weight=-1.0),
        "part": api.Reference(kind="audio", role="voice", source=str(wav), in_s=3.0),
        "end": api.Reference(kind="audio", role="voice", source=str(wav), in_s=0.1, out_s=0.05),
        "tag": api.Reference(kind="image", role="subject", source=picture, tag="Image4"),
        "tag with spaces": api.Reference(kind="image", role="subject", source=picture, tag="a b"),
    }
    for name, reference in wrong.items():
        request = dataclasses.replace(request_, references=(reference,))
        assert_sentence(backend, request, tmp_path / name)


def test_sources_and_masks_without_pictures_are_sentences(backend, request_, tmp_path):
    files = broken_files(tmp_path)
    wav, film = tmp_path / "voice.wav", tmp_path / "film.mkv"
    write_wav(wav, np.zeros((2, 24_000), np.float32), 24_000)
    write_film(film, np.zeros((12, 32, 32, 3), np.uint8), Fraction(12), preset="take")
    night = api.Edit(source=str(film), instruction="make it nighttime")
    wrong: dict[str, api.Task] = {
        "part": dataclasses.replace(night, in_s=Fraction(1)),
        "mask of sound": dataclasses.replace(night, mask=str(wav)),
        "mask of text": dataclasses.replace(night, mask=str(files["text"])),
    }
    for name, source in {"sound": wav, **files}.items():
        wrong |= {
            f"edit of {name}": dataclasses.replace(night, source=str(source)),
            f"extension of {name}": api.Extend(source=str(source)),
        }
    for name, task in wrong.items():
        assert_sentence(backend, dataclasses.replace(request_, task=task), tmp_path / name)


def test_limits_are_those_of_the_capabilities(backend, request_, tmp_path):
    can = backend.capabilities()
    picture = str(picture_file(tmp_path))
    role = image_role(backend)
    one = api.Reference(kind="image", role=role, source=picture)
    single = {"first_frame", "last_frame"}
    if role not in single and can.max_references is None:
        enough = dataclasses.replace(request_, references=(one,) * can.max_images)
        assert not [f for f in backend.preflight(enough) if f.level == "refused"]
    most = can.max_images if can.max_references is None else can.max_references
    assert_sentence(
        backend, dataclasses.replace(request_, references=(one,) * (most + 1)), tmp_path / "render"
    )


def test_a_size_that_cannot_be_made_offers_the_nearest(backend, request_):
    size = backend.capabilities().sizes[0]
    request = dataclasses.replace(request_, width=size.width + 6, height=size.height)
    (finding,) = [f for f in backend.preflight(request) if f.level == "refused"]
    assert f"{size.width}x{size.height}" in finding.remedy


def test_a_folder_that_cannot_be_written_is_a_sentence(backend, request_, tmp_path):
    (tmp_path / "file").write_text("in the way")
    events = run(backend, request_, tmp_path / "file" / "folder")
    assert isinstance(events[-1], api.Failed)
    assert events[-1].sentence
