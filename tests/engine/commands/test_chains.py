"""Films of several takes: sequences and extensions, cut exactly, and gone on with after a stop."""

import dataclasses
import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.api import Flag, Reference, import_recipe
from engine.backends.scripted import Fault, ScriptedBackend
from engine.commands.chains import Piece, render_into, tell_flags, write_joined
from engine.commands.console import Meter
from engine.commands.extend import chunk_lengths
from engine.commands.sequence import in_contexts
from engine.errors import EngineError, RequestError
from engine.media import probe, read_pictures, read_sound, write_film, write_wav
from engine.shapes import SAMPLE_RATE_HZ
from tests.engine.backends.contract import bits, park_after, render, run, small_request
from tests.engine.tiny_model import enlarging_backend, tiny_backend, tiny_folder

LEGAL = (9, 13, 17, 21, 25)
TWELVE = Fraction(12)


@pytest.fixture
def made(engine, tmp_path):
    """Run a command on the tiny model in few steps; its report and what it told."""

    def run(command, *words):
        report = tmp_path / "report.json"
        code, told = engine(
            command, *words, "--steps", 1, "--weights", tiny_folder(), "--device", "cpu",
            "--json", report,
        )  # fmt: skip
        assert code == 0, told
        return json.loads(report.read_text()), told

    return run


def pictures_of(path):
    return read_pictures(Path(path))


def test_a_script_becomes_a_film_cut_exactly_and_its_shots(made, tmp_path):
    script = tmp_path / "script.txt"
    lines = "common: day\n0.75 | wide | a red ball\n1.1 | close | a drum\n1||a star\n"
    script.write_text(lines, encoding="utf-8-sig", newline="\r\n")  # As Windows writes it.
    report, told = made("sequence", "--script", script, "--out", tmp_path / "film.mp4")
    assert report["cuts"] == [9, 22]
    assert report["frames"] == probe(tmp_path / "film.mp4").frames == 35
    assert "not trained on several shots" in told
    takes = sorted((tmp_path / "film.takes").rglob("picture.mkv"))
    whole = pictures_of(tmp_path / "film.mp4").astype(int)
    first = 0
    for take, frames, single in zip(takes, (9, 13, 13), report["files"], strict=True):
        exact = pictures_of(take).astype(int)
        assert len(exact) == probe(Path(single)).frames == frames
        assert np.abs(whole[first : first + frames] - exact).mean() < 25
        first += frames


def test_a_sequence_takes_pictures_clips_and_sounds(made, engine, film, picture, tmp_path):
    film("walk.mp4")
    script = tmp_path / "script.txt"
    script.write_text("0.75 | | a red ball like @ava\n" + "0.75 | | a drum\n" * 4)
    words = ("sequence", "--script", script, "--image", picture, "--image",
             f"{picture}:first-frame", "--video", f"{tmp_path / 'walk.mp4'}:camera:0.5:0.25-0.5",
             "--out", tmp_path / "film.mp4")  # fmt: skip
    made(*words, "--audio", f"{tmp_path / 'walk.mp4'}:music")
    first, second = (
        import_recipe(tmp_path / "film.takes" / name / "take-01-01") for name in ("001", "002")
    )
    assert first is not None
    assert second is not None
    told = [(one.kind, one.role, one.tag) for one in first.request.references]
    clip = ("video", "camera", ""), ("audio", "music", "")
    assert told == [("image", "subject", "ava"), ("image", "first_frame", "ava"), *clip]
    # Only the first shot of the film opens with a picture.
    told = [(one.kind, one.role, one.tag) for one in second.request.references]
    assert told == [("image", "subject", "ava"), *clip]
    assert (second.request.references[1].in_s, second.request.references[1].out_s) == (0.25, 0.5)
    code, told = engine(*words, "--audio", f"{tmp_path / 'walk.mp4'}:soundtrack")
    assert code == 1
    assert "takes no soundtrack" in told


def test_what_is_wrong_with_takes_is_said_of_each(capsys, tmp_path):
    backend = tiny_backend()
    (take,) = render(backend, small_request(backend), tmp_path)
    silent = Flag(name="silence", sentence="The sound is silent.")
    takes = [dataclasses.replace(take, flags=flags) for flags in ((), (silent,))]
    assert tell_flags(takes, "Shot") == [[], ["silence"]]
    assert capsys.readouterr().err == "Shot 2: The sound is silent.\n"


def test_a_premise_becomes_a_film(made, tmp_path):
    report, told = made(
        "sequence", "--premise", "A red ball rolls in the park. It hits a drum.", "--shots", 5,
        "--memory", "on", "--out", tmp_path / "film.mp4",
    )  # fmt: skip
    assert len(report["shots"]) == 5
    assert report["contexts"] == [4, 1]
    assert "wide shot" in told


def test_a_sequence_that_was_stopped_goes_on_where_it_was(made, tmp_path):
    script = tmp_path / "script.txt"
    script.write_text("\n".join(["0.75 | | a red ball"] * 5))
    made("sequence", "--script", script, "--out", tmp_path / "film.mp4")
    first, second = sorted((tmp_path / "film.takes").glob("00*"))
    stamp = (first / "take-01-01" / "picture.mkv").stat().st_mtime_ns
    before = pictures_of(second / "take-01-01" / "picture.mkv")
    (second / "take-01-01" / "take.json").unlink()
    made("sequence", "--script", script, "--out", tmp_path / "film.mp4")
    assert (first / "take-01-01" / "picture.mkv").stat().st_mtime_ns == stamp
    assert np.array_equal(pictures_of(second / "take-01-01" / "picture.mkv"), before)


def test_a_source_that_was_made_again_is_extended_anew(made, film, tmp_path):
    words = ("--source", tmp_path / "a.mp4", "--seconds", 2, "--out", tmp_path / "long.mp4")
    windows = tmp_path / "long.takes"
    film("a.mp4")
    made("extend", *words)
    old = [pictures_of(one) for one in sorted(windows.rglob("picture.mkv"))]
    film("a.mp4", "--seed", 5)
    made("extend", *words)
    new = [pictures_of(one) for one in sorted(windows.rglob("picture.mkv"))]
    assert len(old) == len(new) == 2
    assert not any(np.array_equal(one, other) for one, other in zip(old, new, strict=True))
    # The sound is gone on with as well, and may be all that changed.
    sound = tmp_path / "a.take" / "sound.wav"
    stamp = next(windows.rglob("picture.mkv")).stat().st_mtime_ns
    write_wav(sound, 0.5 * read_sound(sound), SAMPLE_RATE_HZ)
    made("extend", *words)
    assert next(windows.rglob("picture.mkv")).stat().st_mtime_ns != stamp


def test_another_picture_or_other_weights_make_new_takes(picture, tmp_path):
    backend = tiny_backend()
    shown = Reference(kind="image", role="subject", source=str(picture))
    request = small_request(backend, references=(shown,))
    (old,) = render_into(backend, request, tmp_path / "take", Meter("steps"))
    before = bits(old)
    run(backend, request, tmp_path / "parked", on_event=park_after(2))
    cv2.imwrite(str(picture), np.full((64, 96, 3), 200, np.uint8))
    for folder in ("take", "parked"):
        (new,) = render_into(backend, request, tmp_path / folder, Meter("steps"))
        assert bits(new) != before
    plain = small_request(backend)
    render_into(backend, plain, tmp_path / "plain", Meter("steps"))
    (other,) = render_into(enlarging_backend(), plain, tmp_path / "plain", Meter("steps"))
    assert other.recipe.weights == enlarging_backend().capabilities().weights


@pytest.mark.parametrize("way", [(), ("--backward",)])
def test_a_film_is_extended_by_what_was_asked_for(made, film, tmp_path, way):
    film("film.mp4")
    report, _ = made(
        "extend", "--source", tmp_path / "film.mp4", "--seconds", 2, *way,
        "--out", tmp_path / "long.mp4",
    )  # fmt: skip
    assert report["added"] == 24
    assert report["frames"] == probe(tmp_path / "long.mp4").frames == 33
    assert report["source"].endswith("film.take")
    own = pictures_of(tmp_path / "film.mp4").astype(int)
    whole = pictures_of(tmp_path / "long.mp4").astype(int)
    kept = whole[24:] if way else whole[:9]
    assert np.abs(kept - own).mean() < 12
    again, _ = made(
        "extend", "--source", tmp_path / "long.mp4", "--seconds", 0.5, *way,
        "--out", tmp_path / "longer.mp4",
    )  # fmt: skip
    assert "long.takes" in again["source"]
    assert again["frames"] == 39


def test_a_foreign_film_is_extended_too(made, film, engine, tmp_path):
    film("film.mp4")
    (tmp_path / "film.mp4").rename(tmp_path / "foreign.mp4")
    report, told = made(
        "extend", "--source", tmp_path / "foreign.mp4", "--seconds", 0.5, "--prompt", "a ball",
        "--out", tmp_path / "long.mp4",
    )  # fmt: skip
    assert "encoded anew" in told
    assert report["frames"] == 15
    code, told = engine(
        "extend", "--source", tmp_path / "long.mp4", "--seconds", 1, "--out", tmp_path / "long.mp4"
    )
    assert code == 1
    assert "over its own source" in told


@pytest.mark.parametrize(
    ("own", "longer", "told_of"),
    [
        ((384, 216), (384, 216), "made at 128x72 and enlarged"),
        ((320, 240), (320, 180), "foreign.mp4 is 320x240; the film is 320x180"),
        ((64, 36), (128, 72), "foreign.mp4 is 64x36; the film is 128x72"),
        ((427, 240), (426, 240), "made at 128x72 and enlarged"),
    ],
)
def test_an_extended_film_keeps_its_size(made, tmp_path, own, longer, told_of):
    wide, high = own
    ramp = np.linspace(0, 255, wide, dtype=np.uint8)
    pictures = np.stack([np.broadcast_to(np.roll(ramp, k)[:, None], (high, wide, 3))
                         for k in range(25)])  # fmt: skip
    source = tmp_path / "foreign.mp4"
    if wide % 2:
        source = tmp_path / "foreign.mkv"
        write_film(source, pictures, Fraction(25), np.zeros((2, 24_000)), preset="take")
    else:
        write_film(source, pictures, Fraction(25), np.zeros((2, 24_000)))
    report, told = made(
        "extend", "--source", source, "--seconds", 0.5, "--out", tmp_path / "long.mp4"
    )
    assert told_of in told
    assert ("loses its edges" in told) == (own == (320, 240))
    assert "keeps its 25 pictures a second" in told
    info = probe(tmp_path / "long.mp4")
    # A second of the source at its own rate, then half a second: 12 pictures and a half.
    assert (info.rate, info.frames, report["join"]) == (25, 38, 25)
    assert (info.width, info.height) == (report["width"], report["height"]) == longer


def test_a_film_slower_than_what_is_made_plays_as_that_is_made(made, tmp_path):
    source = tmp_path / "slow.mp4"
    pictures = np.zeros((8, 72, 128, 3), np.uint8)
    write_film(source, pictures, Fraction(8), np.zeros((2, 24_000), np.float32))
    report, told = made(
        "extend", "--source", source, "--seconds", 0.5, "--out", tmp_path / "long.mp4"
    )
    assert "plays at 12 pictures a second" in told
    assert probe(tmp_path / "long.mp4").rate == 12
    assert (report["join"], report["added"], report["frames"]) == (12, 6, 18)


def test_pieces_of_two_rates_are_one_film_in_step(tmp_path):
    """Pictures of 25 and of 12 a second, each numbered by its grey; a click where each begins."""
    pieces = []
    for name, count, rate in (("a", 25, 25), ("b", 9, 12), ("c", 10, 25)):
        grey = np.arange(count, dtype=np.uint8)[:, None, None, None] * 8 + 10
        path, sound = tmp_path / f"{name}.mkv", tmp_path / f"{name}.wav"
        write_film(path, np.broadcast_to(grey, (count, 32, 32, 3)), Fraction(rate), preset="take")
        click = np.zeros((2, count * 24_000 // rate), np.float32)
        click[:, :40] = 0.9
        write_wav(sound, click, SAMPLE_RATE_HZ)
        pieces.append(Piece(picture=path, sound=sound, first=0, frames=count, rate=Fraction(rate)))
    out = tmp_path / "film.mp4"
    # 1 s, 0.75 s and 0.4 s are 53 pictures and three quarters of one.
    assert write_joined(pieces, out, (32, 32), Fraction(25)) == probe(out).frames == 54
    numbers = np.rint((pictures_of(out).mean(axis=(1, 2, 3)) - 10) / 8).astype(int).tolist()
    assert numbers[:25] == list(range(25))
    assert numbers[25:44] == [int((i / 25 - 1) * 12 + 1e-9) for i in range(25, 44)]
    assert numbers[44:] == list(range(10))
    heard = np.abs(read_sound(out, rate_hz=SAMPLE_RATE_HZ)).max(axis=0)
    for start_s in (0.0, 1.0, 1.75):
        assert heard[round(start_s * SAMPLE_RATE_HZ) :][:100].max() > 0.3


def test_a_region_and_one_modality_from_the_command_line(made, film, picture, tmp_path):
    film("film.mp4")
    report, told = made(
        "edit", "--source", tmp_path / "film.mp4", "--instruction", "night", "--mask", picture,
        "--keep", "sound", "--start", 0.2, "--end", 0.6, "--method", "instruct",
        "--out", tmp_path / "night.mp4",
    )  # fmt: skip
    assert report["frames"] == 9
    assert "painted region" in told
    before, after = (
        pictures_of(tmp_path / name / "picture.mkv") for name in ("film.take", "night.take")
    )
    assert np.array_equal(before[0], after[0])


def test_windows_leave_room_for_history():
    assert chunk_lengths(2, TWELVE, LEGAL) == [17, 9]
    assert sum(chunk_lengths(60, TWELVE, LEGAL)) >= 720
    assert max(chunk_lengths(60, TWELVE, LEGAL)) == 17
    with pytest.raises(RequestError):
        chunk_lengths(0, TWELVE, LEGAL)
    with pytest.raises(RequestError, match="up to 6 hours"):
        chunk_lengths(1e12, TWELVE, LEGAL)


MEASURED = """
import sys
from pathlib import Path
from engine.__main__ import main
code = main(sys.argv[1:])
told = Path("/proc/self/status").read_text().split()
print(told[told.index("VmHWM:") + 1])
sys.exit(code)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what was used at the most")
def test_far_extensions_take_no_more_memory_than_near_ones(film, tmp_path):
    film("film.mp4")
    near, far = (most_memory_kib(tmp_path, seconds) for seconds in (6, 66))
    # Sound lies on the disk, but its pages count here: 11 MiB a minute. Pictures would be 20 more.
    assert far - near < 24_000


def most_memory_kib(folder, seconds):
    """Memory that a program takes at the most which adds ``seconds`` to the film."""
    words = (
        "extend", "--source", folder / "film.mp4", "--seconds", seconds, "--steps", 1,
        "--weights", tiny_folder(), "--device", "cpu", "--out", folder / f"{seconds}.mp4",
    )  # fmt: skip
    program = [sys.executable, "-c", MEASURED, *map(str, words)]
    alone = os.environ | {"PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(program, capture_output=True, env=alone, check=False)
    assert done.returncode == 0, done.stderr
    assert probe(folder / f"{seconds}.mp4").frames == 9 + 12 * seconds
    return int(done.stdout)


def test_contexts_hold_as_many_shots_as_fit():
    from engine.api import ShotPlan
    from engine.backends.backlot_limits import capabilities_of

    shots = tuple(ShotPlan(caption="a", frames=25) for _ in range(9))
    assert [len(one) for one in in_contexts(shots, capabilities_of(""))] == [4, 4, 1]


def test_influence_is_measured_by_leaving_one_out(film, picture):
    report = film("film.mp4", "--image", f"{picture}:first-frame", "--image", picture,
                  "--influence")  # fmt: skip
    first = next(one for one in report["influence"] if one["role"] == "first_frame")
    assert first["name"] == "ava.png"
    assert all(one["picture"] > 0 for one in report["influence"])
    assert len(report["influence"]) == 2


def test_two_tags_swapped_with_their_files_change_less_than_a_tenth_of_a_seed(
    engine, picture, tmp_path
):
    cv2.imwrite(str(tmp_path / "bo.png"), np.full((64, 96, 3), 200, np.uint8))
    report = tmp_path / "report.json"
    code, told = engine(
        "generate", "--prompt", "a red ball like @Ava hits a drum like @bo", "--seconds", 0.75,
        "--image", picture, "--image", tmp_path / "bo.png", "--influence", "--steps", 2,
        "--weights", tiny_folder(), "--device", "cpu", "--out", tmp_path / "film.mp4",
        "--json", report,
    )  # fmt: skip
    assert code == 0, told
    swap = json.loads(report.read_text())["swap"]
    assert [name.casefold() for name in swap["names"]] == ["@ava", "@bo"]
    assert swap["with_files"] < 0.1
    assert swap["alone"] >= 0
    assert "swapped: " in told


def test_a_stopped_render_goes_on_from_its_last_step(tmp_path):
    backend = tiny_backend()
    request = small_request(backend)
    (whole,) = render(backend, request, tmp_path / "whole")
    run(backend, request, tmp_path / "stopped", on_event=park_after(2))
    assert backend.checkpoint(tmp_path / "stopped")
    (again,) = render_into(backend, request, tmp_path / "stopped", Meter("steps"))
    assert bits(again) == bits(whole)
    assert backend.checkpoint(tmp_path / "stopped") is None


def test_a_state_that_is_refused_is_told_of_and_a_failure_keeps_it(tmp_path, capsys):
    backend = ScriptedBackend()
    request = small_request(backend)
    run(backend, request, tmp_path, on_event=park_after(1))
    other = dataclasses.replace(request, seed=11)
    (fresh,) = render_into(backend, other, tmp_path, Meter("steps"))
    assert fresh.recipe.request.seed == 11
    assert "begins at its first step" in capsys.readouterr().err
    run(backend, request, tmp_path / "kept", on_event=park_after(1))
    failing = ScriptedBackend(faults=[Fault(step=2, kind="fail")])
    with pytest.raises(EngineError, match="as it was told to"):
        render_into(failing, request, tmp_path / "kept", Meter("steps"))
    assert "first step" not in capsys.readouterr().err
    assert failing.checkpoint(tmp_path / "kept")
