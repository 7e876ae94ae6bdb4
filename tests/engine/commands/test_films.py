import json
import os
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from engine.api import import_recipe
from engine.backends.take_files import LATENTS_NAME
from engine.commands.films import nearest_length, source_of, take_folder
from engine.errors import RequestError
from engine.media import probe, read_pictures, read_sound, write_film
from tests.engine.tiny_ltx import LICENCE, ltx_folder
from tests.engine.tiny_model import tiny_folder

LEGAL = (9, 13, 17, 21, 25)
TWELVE = Fraction(12)


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_prompt_and_a_picture_become_a_film(film, picture, tmp_path):
    report = film("film.mp4", "--image", f"{picture}:first-frame:1.5",
                  "--image", f"{picture}:keyframe@0.5")  # fmt: skip
    info = probe(tmp_path / "film.mp4")
    assert (info.width, info.height, info.frames) == (128, 72, 9)
    assert info.has_audio
    assert info.channels == 2
    assert report["frames"] == 9
    assert report["steps"] == 2
    assert left_in(tmp_path) == {"film.mp4", "film.take", "ava.png", "report.json"}
    sound = read_sound(tmp_path / "film.mp4", rate_hz=24_000)
    assert sound.shape[0] == 2
    # Near its first frame, which was given, the film looks like the picture.
    first = read_pictures(tmp_path / "film.take" / "picture.mkv", frames=1)[0].astype(float)
    assert np.corrcoef(first[..., 0].mean(0), np.arange(first.shape[1]))[0, 1] < -0.5


def test_weights_of_others_make_films_once_their_licence_is_accepted(engine, tmp_path):
    words = ("generate", "--prompt", "a ball", "--backend", "ltx", "--seconds", 0.375,
             "--size", "512x288", "--steps", 1, "--device", "cpu",
             "--out", tmp_path / "a.mp4")  # fmt: skip
    code, told = engine(*words)
    assert code == 1
    assert "by --weights" in told
    code, told = engine(*words, "--weights", ltx_folder())
    assert code == 1
    assert LICENCE in told
    assert "--accept-licence" in told
    assert not left_in(tmp_path)
    code, told = engine(*words, "--weights", ltx_folder(), "--accept-licence")
    assert code == 0, told
    assert LICENCE not in told
    recipe = import_recipe(take_folder(tmp_path / "a.mp4"))
    assert recipe is not None
    assert recipe.backend == "ltx"


def test_an_edit_starts_from_the_takes_own_latents(film, engine, tmp_path):
    film()
    report = tmp_path / "edit.json"
    words = ("edit", "--source", tmp_path / "film.mp4", "--instruction", "make it night",
             "--weights", tiny_folder(), "--steps", 2, "--device", "cpu")  # fmt: skip
    kept = ("--strength", 0, "--sound-strength", 0)
    code, told = engine(*words, *kept, "--out", tmp_path / "same.mp4", "--json", report)
    assert code == 0, told
    found = json.loads(report.read_text())
    assert found["own_latents"]
    assert found["instruction"] == "make it night"
    # What the model was told: the whole scene again, with the change in it.
    assert found["text"] != found["instruction"]
    assert "night" in found["text"]
    one, two = (
        read_pictures(tmp_path / name / "picture.mkv") for name in ("film.take", "same.take")
    )
    assert np.array_equal(one, two)
    code, told = engine(*words, "--strength", 1, "--out", tmp_path / "night.mp4")
    assert code == 0, told
    assert not np.array_equal(one, read_pictures(tmp_path / "night.take" / "picture.mkv"))


def test_an_edit_of_latents_that_others_codecs_made_says_that_it_encoded_anew(
    film, engine, tmp_path
):
    film()
    latents, report = tmp_path / "film.take" / LATENTS_NAME, tmp_path / "edit.json"
    with safe_open(latents, framework="numpy") as file:
        told = file.metadata()
    save_file(load_file(latents), latents, told | {"codecs": "0123456789abcdef"})
    code, told = engine(
        "edit", "--source", tmp_path / "film.mp4", "--instruction", "make it night", "--steps", 1,
        "--weights", tiny_folder(), "--device", "cpu", "--out", tmp_path / "night.mp4",
        "--json", report,
    )  # fmt: skip
    assert code == 0, told
    assert "made by other codecs, so it is encoded anew" in told
    assert json.loads(report.read_text())["own_latents"] is False


def test_a_preview_is_rendered_in_full_from_its_noise_and_from_itself(film, engine, tmp_path):
    film()
    report = tmp_path / "full.json"
    words = ("upgrade", "--source", tmp_path / "film.mp4", "--steps", 2, "--weights", tiny_folder(),
             "--device", "cpu", "--json", report)  # fmt: skip
    pictures = []
    for more in ((), ("--from-latent",)):
        out = tmp_path / f"full{len(more)}.mp4"
        code, told = engine(*words, "--out", out, *more)
        assert code == 0, told
        made = json.loads(report.read_text())
        assert (made["quality"], made["steps"]) == ("full", 2)
        assert made["text"] == "a red ball bounces in the park"
        pictures.append(read_pictures(take_folder(out) / "picture.mkv").astype(int))
    preview = read_pictures(tmp_path / "film.take" / "picture.mkv").astype(int)
    noise, latent = (np.abs(one - preview).mean() for one in pictures)
    # Two steps from the same noise are the very preview, in another quality.
    assert noise < 1
    assert latent > 0
    (tmp_path / "film.mp4").rename(tmp_path / "other.mp4")
    code, told = engine(*words, "--source", tmp_path / "other.mp4", "--out", tmp_path / "a.mp4")
    assert code == 1
    assert "has no take beside it" in told


def test_an_edit_of_a_foreign_film_encodes_it(film, engine, tmp_path):
    film()
    foreign = tmp_path / "foreign.mp4"
    (tmp_path / "film.mp4").replace(foreign)
    code, told = engine(
        "edit", "--source", foreign, "--instruction", "night", "--strength", 0.4, "--steps", 1,
        "--weights", tiny_folder(), "--device", "cpu", "--out", tmp_path / "out.mp4",
    )  # fmt: skip
    assert code == 0, told
    assert "encoded anew" in told
    assert probe(tmp_path / "out.mp4").frames == 9


def test_a_part_of_a_film_is_changed(engine, tmp_path):
    shades = np.arange(48, dtype=np.uint8)[:, None, None, None] * 4
    write_film(tmp_path / "long.mkv", np.tile(shades, (1, 32, 48, 3)), Fraction(24), preset="take")
    words = (
        "edit", "--source", tmp_path / "long.mkv", "--instruction", "night", "--steps", 1,
        "--strength", 0, "--weights", tiny_folder(), "--device", "cpu",
        "--out", tmp_path / "out.mp4",
    )  # fmt: skip
    code, told = engine(*words, "--in", 1.25)
    assert code == 0, told
    made = read_pictures(tmp_path / "out.take" / "picture.mkv")
    assert [round(float(one.mean()) / 4) for one in made] == list(range(30, 48, 2))
    code, told = engine(*words, "--in", 2)
    assert code == 1
    assert "long.mkv lasts 2 s; begin within it." in told


def test_a_take_of_another_film_is_not_used(film, tmp_path):
    film()
    made = tmp_path / "film.mp4"
    assert source_of(made) == take_folder(made)
    made.write_bytes(made.read_bytes() + b"!")
    assert source_of(made) == made
    (take_folder(made) / "film.json").write_text("[]")
    assert source_of(made) == made


def test_a_film_replaces_the_one_before_it_with_its_take(film, tmp_path):
    film()
    before = (tmp_path / "film.mp4").read_bytes()
    film("film.mp4", "--seed", 5)
    assert (tmp_path / "film.mp4").read_bytes() != before
    assert source_of(tmp_path / "film.mp4") == tmp_path / "film.take"


@pytest.mark.parametrize(("seconds", "frames"), [(2, 25), (2.08, 25), (1, 13), (0.75, 9), (0.6, 9)])
def test_the_nearest_length_is_taken(seconds, frames):
    assert nearest_length(seconds, TWELVE, LEGAL) == frames


@pytest.mark.parametrize("seconds", [-1, 0, 0.1, 3, 1e9])
def test_other_lengths_are_refused_with_an_offer(seconds):
    with pytest.raises(RequestError, match="cannot be made"):
        nearest_length(seconds, TWELVE, LEGAL)


def test_a_length_beyond_what_was_learned_is_taken_where_it_can_be():
    longer = (29, 33, 37)
    assert nearest_length(3, TWELVE, LEGAL, longer) == 37
    assert nearest_length(2, TWELVE, LEGAL, longer) == 25
    with pytest.raises(RequestError, match=r"2.08 s, or up to 3.08 s with less to expect"):
        nearest_length(4, TWELVE, LEGAL, longer)


def test_fifteen_seconds_are_made_in_a_single_pass(film):
    report = film("long.mp4", "--seconds", 15, "--steps", 1)
    assert report["frames"] == probe(Path(report["out"])).frames == 181
    told = next(one for one in report["warnings"] if "one pass" in one)
    assert "not trained on 15.1 s in one pass; they learned 2.1 s" in told


def command(out: Path, *more: str) -> list[str]:
    return [
        sys.executable, "-m", "engine", "generate", "--prompt", "a ball in the park",
        "--weights", str(tiny_folder()), "--device", "cpu", "--out", str(out), *more,
    ]  # fmt: skip


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def test_ctrl_c_is_a_sentence_and_leaves_nothing(tmp_path):
    words = command(tmp_path / "film.mp4", "--quality", "full", "--steps", "1000")
    with subprocess.Popen(words, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stderr is not None
        told = process.stderr.readline()
        while b"of 1000" not in told:
            assert told, "ended before it was stopped"
            told = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130
    assert b"Traceback" not in rest
    assert b"Stopped" in rest
    assert left_in(tmp_path) == set()


FULL_DISK = """
import resource, signal, sys
from engine.__main__ import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a limit on files stands for the full disk")
def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path):
    words = command(tmp_path / "film.mp4", "--steps", "1")
    words = [words[0], "-c", FULL_DISK, *words[3:]]
    done = subprocess.run(words, capture_output=True, env=environment(), check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert done.stderr.strip()
    assert left_in(tmp_path) == set()
