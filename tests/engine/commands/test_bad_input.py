"""Everything a person may get wrong: a sentence, an exit code, and no file under the name."""

import shutil

import numpy as np
import pytest

from engine.checkpoint import load_tensors, save_tensors
from engine.media import write_wav
from tests.engine.tiny_model import tiny_folder

PROMPT = "a red ball bounces in the park"


def refused(engine, tmp_path, *words, says="", code=1):
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    found, told = engine(*words)
    assert found == code, told
    assert "Traceback" not in told
    assert told.strip().count("\n") == 0, told
    assert told.strip().endswith((".", "help.")), told
    assert says.lower() in told.lower(), told
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before


def generate(tmp_path, *more):
    return (
        "generate", "--prompt", PROMPT, "--weights", tiny_folder(), "--device", "cpu",
        "--steps", 1, "--out", tmp_path / "film.mp4", *more,
    )  # fmt: skip


@pytest.fixture
def files(tmp_path, picture):
    """Media of every bad kind, by name."""
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "truncated.png").write_bytes(picture.read_bytes()[:60])
    (tmp_path / "text.png").write_text("this is no picture")
    (tmp_path / "folder.png").mkdir()
    header = bytearray(picture.read_bytes())
    header[16:24] = (60_000).to_bytes(4, "big") * 2  # A picture that says it is huge.
    (tmp_path / "huge.png").write_bytes(bytes(header))
    write_wav(tmp_path / "sound.png", np.zeros((2, 24_000), np.float32), 24_000)
    (tmp_path / "sound.png").replace(tmp_path / "wrongly-named.png")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "missing.png",
        "empty.png",
        "truncated.png",
        "text.png",
        "folder.png",
        "huge.png",
        "wrongly-named.png",
    ],
)
def test_bad_pictures(engine, files, name):
    refused(engine, files, *generate(files, "--image", files / name), says=name.split(".")[0])


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--size", "127x71"), "128x72"),
        (("--size", "4096x4096"), "128x72"),
        (("--seconds", "60"), "2.08"),
        (("--seconds", "-1"), "longer than 0"),
        (("--steps", "0"), "steps"),
        (("--steps", "-3"), "steps"),
        (("--seed", "-1"), "seed"),
        (("--prompt", ""), "empty"),
        (("--prompt", "   "), "empty"),
        (("--prompt", "ein Ungetüm schläft"), "English"),
        (("--prompt", "красный мяч"), "English"),
        (("--prompt", "@Ava meets a ball"), "@Ava"),
        (("--prompt", "ball " * 2000), "characters"),
        (("--guidance", "1e9"), "guidance"),
        (("--device", "warp"), "warp"),
        (("--device", "cuda"), "CUDA"),
    ],
)
def test_bad_requests(engine, tmp_path, more, says):
    refused(engine, tmp_path, *generate(tmp_path, *more), says=says)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--size", "big"), "not a size"),
        (("--size", "0x0"), "not a size"),
        (("--seconds", "two"), "not a number"),
        (("--seconds", "nan"), "not a number"),
        (("--quality", "best"), "quality"),
        (("--colour", "red"), "colour"),
    ],
)
def test_mistakes_in_the_command(engine, tmp_path, more, says):
    refused(engine, tmp_path, *generate(tmp_path, *more), says=says, code=2)


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("ava.png:hero", "not a role"),
        ("ava.png:subject:heavy", "not a weight"),
        ("ava.png:subject:9", "weight of 9"),
        ("ava.png:music", "cannot be"),
        (":subject", "names no file"),
    ],
)
def test_bad_references(engine, tmp_path, picture, monkeypatch, reference, says):
    monkeypatch.chdir(tmp_path)
    refused(engine, tmp_path, *generate(tmp_path, "--image", reference), says=says)


@pytest.mark.parametrize(("kind", "most"), [("image", 9), ("video", 3), ("audio", 3)])
def test_more_references_than_the_model_takes(engine, tmp_path, picture, kind, most):
    write_wav(tmp_path / "a.wav", np.zeros((2, 24_000), np.float32), 24_000)
    source = tmp_path / "a.wav" if kind == "audio" else picture
    many = [word for _ in range(most + 1) for word in (f"--{kind}", source)]
    refused(engine, tmp_path, *generate(tmp_path, *many), says=f"at most {most}")


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("film.avi", ".mp4"),
        ("film", ".mp4"),
        ("nowhere/film.mp4", "does not exist"),
        ("taken.mp4", "folder"),
    ],
)
def test_bad_names_for_the_film(engine, tmp_path, out, says):
    (tmp_path / "taken.mp4").mkdir()
    refused(engine, tmp_path, *generate(tmp_path, "--out", tmp_path / out), says=says)


def test_a_folder_that_may_not_be_written_to(engine, tmp_path):
    # The kernel's own folder refuses even the administrator.
    refused(engine, tmp_path, *generate(tmp_path, "--out", "/proc/film.mp4"), says="not written")
    words = ("world", "--out", "/proc/world.mp4", "--size", "32x32", "--seconds", 0.5)
    refused(engine, tmp_path, *words, says="not written")


def broken(tmp_path, damage):
    folder = tmp_path / "weights"
    shutil.copytree(tiny_folder(), folder)
    damage(folder)
    return folder


def truncate(folder):
    path = folder / "transformer.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def empty(folder):
    (folder / "vocoder.safetensors").write_bytes(b"")


def text(folder):
    (folder / "video_vae.safetensors").write_text("these are no weights, whatever the name says")


def unpack(folder):
    import zipfile

    with zipfile.ZipFile(folder / "transformer.safetensors", "w") as file:
        file.writestr("archive/data.pkl", b"not to be opened")


def exchange(folder):
    shutil.copyfile(folder / "vocoder.safetensors", folder / "audio_vae.safetensors")


def remove(folder):
    (folder / "audio_vae.safetensors").unlink()


def reshape(folder):
    path = folder / "transformer.safetensors"
    tensors, metadata = load_tensors(path)
    tensors["video_in.weight"] = tensors["video_in.weight"][:, :-1]
    save_tensors(path, tensors, metadata)


def poison(folder):
    path = folder / "transformer.safetensors"
    tensors, metadata = load_tensors(path)
    tensors["video_in.weight"][0, 0] = float("nan")
    save_tensors(path, tensors, metadata)


def estrange(folder):
    path = folder / "transformer.safetensors"
    tensors, metadata = load_tensors(path)
    save_tensors(path, tensors, metadata | {"codecs": "0123456789abcdef"})


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (truncate, "transformer.safetensors"),
        (empty, "vocoder.safetensors"),
        (text, "video_vae.safetensors"),
        (unpack, "transformer.safetensors"),
        (exchange, "audio_vae.safetensors"),
        (remove, "no weights"),
        (reshape, "video_in.weight"),
        (poison, "not finite"),
        (estrange, "other codecs"),
    ],
)
def test_bad_weights(engine, tmp_path, damage, says):
    folder = broken(tmp_path, damage)
    refused(engine, tmp_path, *generate(tmp_path, "--weights", folder), says=says)


@pytest.mark.parametrize("name", ["missing.mp4", "empty.png", "text.png", "ava.png"])
def test_bad_sources_of_an_edit(engine, files, name):
    words = ("edit", "--source", files / name, "--instruction", "night", "--out", files / "o.mp4")
    refused(engine, files, *words, "--weights", tiny_folder(), says=name.split(".")[0])


def test_bad_edits(engine, film, tmp_path):
    film()
    source = tmp_path / "film.mp4"
    words = ("edit", "--source", source, "--weights", tiny_folder(), "--instruction")
    out = ("--out", tmp_path / "o.mp4")
    refused(engine, tmp_path, *words, "", *out, says="says nothing")
    refused(engine, tmp_path, *words, "night", *out, "--strength", 2, says="strength")
    refused(engine, tmp_path, *words, "night", "--out", source, says="own source")
    for span in (("--start", 50), ("--end", 0), ("--start", 0.5, "--end", 0.25), ("--start", -1)):
        refused(engine, tmp_path, *words, "night", *out, *span, says="nothing to change")


@pytest.mark.parametrize(
    ("json", "says"),
    [
        ("taken", "folder"),
        ("film.mp4/r.json", "not written"),
        ("/proc/r.json", "not written"),
        ("film.mp4", "must end in .json"),
    ],
)
def test_a_report_that_cannot_be_written_is_told_before_the_work(engine, tmp_path, json, says):
    (tmp_path / "taken").mkdir()
    (tmp_path / "film.mp4").write_text("")
    refused(engine, tmp_path, *generate(tmp_path, "--json", tmp_path / json), says=says)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("edit", "--source", "a.mp4", "--instruction", "night", "--mask-at", 1), "--mask FILE"),
        (("sequence", "--script", "a.txt", "--shots", 3), "leave out --shots"),
        (("sequence", "--script", "a.txt"), "cannot be read: No such file"),
        (("sequence", "--script", "null.txt"), "not text in UTF-8"),
        (("world", "--show", "cast", "--sheet", "s.png"), "leave out --out"),
        (("world", "--truth", "w.json", "--json", "./w.json"), "named twice"),
    ],
)
def test_what_would_not_be_heeded_or_read(engine, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "null.txt").write_bytes(b"\xff\xfe\x00")
    refused(engine, tmp_path, *words, "--out", "out.mp4", says=says)


@pytest.mark.parametrize(
    ("words", "says", "code"),
    [
        (("--clips", 0), "at least two clips", 1),
        (("--level", 9), "choose from 1, 2, 3", 2),
        (("--json", "taken"), "is a folder", 1),
        (("--html", "file"), "not written", 1),
        (("--sheet", "/proc/s.md"), "not written", 1),
        (("--cache", "/proc/cache"), "not written", 1),
    ],
)
def test_bad_scores_are_told_before_the_work(engine, tmp_path, monkeypatch, words, says, code):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").write_text("")
    refused(engine, tmp_path, "score", "world", *words, says=says, code=code)


@pytest.mark.parametrize(
    ("more", "says", "code"),
    [
        (("--size", "15x15"), "even", 1),
        (("--seconds", "-1"), "-1 s cannot be made", 1),
        (("--size", "9000x9000"), "too large", 1),
        (("--seconds", "1e6"), "at most", 1),
        (("--seed", "-1"), "seed", 1),
        (("--level", "7"), "level", 2),
        (("--task", "juggling"), "there are text, frames", 1),
        (("--truth", "truth.txt"), ".json", 1),
        (("--sheet", "sheet.gif"), ".png", 1),
    ],
)
def test_bad_worlds(engine, tmp_path, more, says, code):
    words = ("world", "--out", tmp_path / "world.mp4", *more)
    refused(engine, tmp_path, *words, says=says, code=code)
