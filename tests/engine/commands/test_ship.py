import hashlib
import json
import shutil

import pytest
import torch

from engine.checkpoint import load_tensors, save_tensors
from engine.models.codecs import encodes, load_codecs
from engine.models.pathways import trained_entry
from engine.models.upsampler import UPSAMPLER
from engine.pipelines.model import TRANSFORMER, load_model, trained_pathways, weights_hash
from tests.engine.tiny_model import enlarging_folder, tiny_folder


@pytest.fixture
def runs(tmp_path):
    """A folder of codecs and a transformer's run, as training leaves them."""
    codecs, run = tmp_path / "codecs", tmp_path / "run"
    shutil.copytree(tiny_folder(), codecs)
    run.mkdir()
    (codecs / TRANSFORMER).replace(run / "weights.safetensors")
    (run / "state.safetensors").write_bytes(b"not looked at")
    return codecs, run


def test_weights_are_halved_but_for_what_encodes(engine, runs, tmp_path):
    out = tmp_path / "assets" / "weights"
    code, told = engine("ship", *runs, "--out", out, "--json", tmp_path / "r.json")
    assert code == 0, told
    assert load_codecs(out).hash == load_codecs(runs[0]).hash
    for path in out.glob("*.safetensors"):
        tensors, metadata = load_tensors(path)
        for name, tensor in tensors.items():
            kept = encodes(metadata["kind"], name)
            assert tensor.dtype == (torch.float32 if kept else torch.bfloat16), name
    load_model(out, torch.device("cpu"))
    lines = (out / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    assert sums == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.glob("*.safetensors")
    }
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["bytes"] == sum(path.stat().st_size for path in out.glob("*.safetensors"))
    assert {entry["sha256"] for entry in manifest["files"]} == set(sums.values())


def test_an_upsampler_is_shipped_where_there_is_one(engine, runs, tmp_path):
    out, run = tmp_path / "out", tmp_path / "upsampler"
    run.mkdir()
    shutil.copyfile(enlarging_folder() / UPSAMPLER, run / "weights.safetensors")
    assert engine("ship", *runs, run, "--out", out)[0] == 0
    assert UPSAMPLER in (out / "SHA256SUMS").read_text()
    assert load_model(out, torch.device("cpu")).upsampler is not None
    with_it = weights_hash(out)
    (out / UPSAMPLER).unlink()
    assert load_model(out, torch.device("cpu")).upsampler is None
    assert weights_hash(out) != with_it


def test_the_same_runs_ship_the_same_bytes(engine, runs, tmp_path):
    for name in ("one", "two"):
        assert engine("ship", *runs, "--out", tmp_path / name)[0] == 0
    names = {path.name for path in (tmp_path / "one").iterdir()}
    assert names == {path.name for path in (tmp_path / "two").iterdir()}
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    before = weights_hash(tmp_path / "one")
    tensors, metadata = load_tensors(runs[1] / "weights.safetensors")
    tensors["video_in.bias"] += 1
    save_tensors(runs[1] / "weights.safetensors", tensors, metadata)
    assert engine("ship", *runs, "--out", tmp_path / "two")[0] == 0
    assert weights_hash(tmp_path / "two") != before


def test_runs_that_do_not_belong_together_are_refused(engine, runs, tmp_path):
    path = runs[1] / "weights.safetensors"
    tensors, metadata = load_tensors(path)
    save_tensors(path, tensors, metadata | {"codecs": "0123456789abcdef"})
    code, told = engine("ship", *runs, "--out", tmp_path / "out")
    assert code == 1
    assert "other codecs" in told
    assert not (tmp_path / "out").exists()


def test_bad_runs_are_a_sentence(engine, runs, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "begun").mkdir()
    save_tensors(tmp_path / "begun" / "state.safetensors", {"a": torch.zeros(1)}, {})
    save_tensors(tmp_path / "odd.safetensors", {"a": torch.zeros(1)}, {"kind": "toaster"})
    tensors, metadata = load_tensors(runs[1] / "weights.safetensors")
    save_tensors(tmp_path / "torn.safetensors", tensors, metadata | {"config": "{"})
    for words, says in (
        ((*runs, tmp_path / "torn.safetensors"), "torn.safetensors does not say how"),
        (runs[:1], "dual_transformer"),
        ((*runs, tmp_path / "empty"), "no weights"),
        ((*runs, tmp_path / "missing"), "no weights"),
        ((*runs, tmp_path / "begun"), "no weights"),
        ((*runs, tmp_path / "odd.safetensors"), "does not hold"),
    ):
        code, told = engine("ship", *words, "--out", tmp_path / "out")
        assert code == 1
        assert says in told


def test_too_large_a_set_is_refused(engine, runs, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.commands.ship.LIMIT_BYTES", 1000)
    code, told = engine("ship", *runs, "--out", tmp_path / "deep" / "out")
    assert code == 1
    assert "at most" in told
    assert not (tmp_path / "deep").exists()


def test_a_stop_leaves_no_folder_and_takes_none_away(engine, runs, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.commands.ship._check_together", stopped)
    assert engine("ship", *runs, "--out", tmp_path / "out")[0] == 130
    assert not (tmp_path / "out").exists()
    (tmp_path / "mine").mkdir()
    assert engine("ship", *runs, "--out", tmp_path / "mine")[0] == 130
    assert not list((tmp_path / "mine").iterdir())


def test_the_best_weights_of_a_run_are_taken_and_named(engine, runs, tmp_path):
    run, out = runs[1], tmp_path / "out"
    tensors, metadata = load_tensors(run / "weights.safetensors")
    save_tensors(run / "teacher.safetensors", tensors, metadata)
    tensors["video_in.bias"] = torch.full_like(tensors["video_in.bias"], 2.0)
    save_tensors(run / "best.safetensors", tensors, metadata)

    def shipped(*words):
        code, told = engine("ship", *words, "--out", out)
        assert code == 0, told
        return load_tensors(out / TRANSFORMER)[0]["video_in.bias"].float().mean().item(), told

    value, told = shipped(*runs)
    assert value == 2.0
    assert f"dual_transformer: {run / 'best.safetensors'}" in told
    assert shipped(*runs, run / "weights.safetensors")[0] != 2.0


def test_a_model_carried_in_parts_ships_as_the_same_bytes(engine, runs, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.checkpoint._HEADER_ROOM_BYTES", 2**20 - 150_000)
    parts = tmp_path / "parts"
    assert engine("ship", *runs, "--out", parts, "--part-mib", 1)[0] == 0
    names = {path.name for path in parts.iterdir()}
    assert len([name for name in names if name.startswith("transformer.")]) > 1
    assert "manifest.json" not in names
    for source, out in ((runs, "whole"), ([parts], "joined")):
        assert engine("ship", *source, "--out", tmp_path / out)[0] == 0
    for path in (tmp_path / "whole").iterdir():
        assert path.read_bytes() == (tmp_path / "joined" / path.name).read_bytes()
    next(parts.glob("transformer.2-of-*")).unlink()
    code, told = engine("ship", parts, "--out", tmp_path / "lacking")
    assert code != 0
    assert "is missing" in told


def test_pathways_that_were_not_learned_are_not_told_of(engine, runs, tmp_path):
    own = runs[1] / "weights.safetensors"
    tensors, metadata = load_tensors(own)
    save_tensors(own, tensors, metadata | trained_entry(["subject", "instruct", "extend"]))
    out, whole = tmp_path / "out", tmp_path / "whole"
    assert engine("ship", *runs, "--out", whole)[0] == 0
    assert engine("ship", *runs, "--not-learned", "instruct, extend", "--out", out)[0] == 0
    assert trained_pathways(out) == {"subject"}
    # They are asked otherwise, so what they made before is not theirs.
    assert weights_hash(out) != weights_hash(whole)
    code, told = engine("ship", *runs, "--not-learned", "motion", "--out", tmp_path / "no")
    assert code != 0
    assert "do not say that they learned motion" in told
