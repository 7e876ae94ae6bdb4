from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from engine.checkpoint import save_tensors
from engine.errors import WeightsError
from engine.metrics.evidence import held_out_scenes
from engine.metrics.reader import KIND, Reader, load_reader, packaged_reader, pick_contacts
from engine.metrics.score import run
from engine.pipelines.model import TRANSFORMER
from engine.world.scene import FIRST_SETS
from tests.engine.tiny_model import tiny_folder


@pytest.fixture(scope="module")
def reader_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    reader = Reader()
    path = tmp_path_factory.mktemp("reader") / "reader.safetensors"
    metadata = {"kind": KIND, "config": json.dumps(asdict(reader.config))}
    half = {name: tensor.bfloat16() for name, tensor in reader.state_dict().items()}
    save_tensors(path, half, metadata)
    return path


def test_a_reader_is_small_and_comes_back_from_its_file(reader_file: Path):
    reader = load_reader(reader_file)
    assert sum(parameter.numel() for parameter in reader.parameters()) < 1_000_000
    assert reader_file.stat().st_size < 2_000_000
    result = reader(reader.cells(torch.zeros(2, 9, 32, 48, 3, dtype=torch.uint8)))
    assert result.timing.shape == (2, 36)
    assert result.contacts.shape == (2, 36, 4, 6)
    assert result.bodies.shape == (2, 3, 4, 6, 21)


def test_other_weights_are_no_reader(tmp_path: Path):
    save_tensors(tmp_path / "x.safetensors", {"a": torch.zeros(1)}, {"kind": "vocoder"})
    with pytest.raises(WeightsError, match="reader"):
        load_reader(tmp_path / "x.safetensors")


def test_a_peak_between_bins_is_found_between_them():
    surety = torch.tensor([0, 0, 0.6, 0.6, 0, 0, 0, 0.9, 0, 0.2]).numpy()
    columns = torch.full((10, 4), 0.25).numpy()
    seen = pick_contacts(surety, columns, 48.0, 0.5, apart_s=0.03)
    assert [round(one.time_s * 48, 2) for one in seen] == [3.0, 7.5]
    assert all(one.x == pytest.approx(0.5) for one in seen)


def test_the_world_is_scored_and_shown(
    reader_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    report, page = tmp_path / "s.json", tmp_path / "page"
    asked = ["world", "--clips", "2", "--only", "sync,prompt.set", "--reader", str(reader_file)]
    assert run([*asked, "--json", str(report), "--html", str(page)]) == 0
    scores = json.loads(report.read_text())["scores"]
    assert "sync.f1" in scores
    assert "prompt.set" in scores
    assert "prompt.light" not in scores
    assert "prompt.detector.recall" not in scores
    assert {"truth", "retake", "shuffled"} <= set(scores["sync.f1"]["floors"])
    assert scores["sync.detector.heard.f1"]["n"] == 2
    assert len(list(page.glob("clip-0[01]-truth.png"))) == 2
    shown = (page / "index.html").read_text("utf-8")
    assert "the worst of all clips of this row" in shown
    assert shown.index("contact seen") < shown.index("sync.steps.f1: ")
    assert list(page.glob("clip-*-codec.png"))
    plain = json.loads(report.read_text())
    manifest = json.loads((packaged_reader().parent / "manifest.json").read_text())
    frozen = {file["name"].split(".")[0]: file["sha256"][:16] for file in manifest["files"]}
    assert plain["codecs"] == manifest["codecs"]
    assert all(plain[name] == frozen[name] for name in ("video_vae", "audio_vae", "vocoder"))
    said = capsys.readouterr()
    assert said.err.startswith("Plan:")
    assert "sync.f1" in said.out
    assert run(["compare", str(report), str(report)]) == 0
    assert "unsure" in capsys.readouterr().out


def test_what_is_read_is_of_the_level_that_is_asked_for(
    reader_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    report = tmp_path / "s.json"
    asked = ["world", "--level", "2", "--clips", "4", "--only", "prompt.set,prompt.prop"]
    assert run([*asked, "--reader", str(reader_file), "--json", str(report)]) == 0
    assert "Taken on 4 clips, level 2 of the world, decoded by the shipped codecs" in (
        capsys.readouterr().out
    )
    plain = json.loads(report.read_text())
    assert (plain["level"], plain["codecs_from"]) == (2, "shipped")
    known = [scene.set_name in FIRST_SETS for scene in held_out_scenes(4, 2)]
    assert 0 < sum(known) < 4
    assert plain["scores"]["prompt.set"]["n"] == sum(known)


def test_the_table_says_whose_codecs_decoded(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    codecs = tmp_path / "codecs"
    shutil.copytree(tiny_folder(), codecs)
    (tmp_path / "run").mkdir()
    best = tmp_path / "run" / "best.safetensors"
    (codecs / TRANSFORMER).replace(best)
    words = [str(best), "--clips", "2", "--only", "codecs", "--device", "cpu"]
    assert run(words) == 0
    told = capsys.readouterr().out
    assert (
        "Taken on 2 clips, level 1 of the world, rendered fast, decoded by the codecs in " in told
    )
    assert str(codecs) in told


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["world", "--only", "taste"], "no score 'taste'"),
        (["world", "--clips", "1"], "at least two clips"),
        (["/nowhere/at/all"], "no weights at"),
        (["compare", "/nowhere/a.json", "/nowhere/b.json"], "not a report"),
    ],
)
def test_mistakes_are_told_in_a_sentence(
    asked: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
):
    assert run(asked) == 1
    assert sentence in capsys.readouterr().err
