import json

import pytest
import torch

from engine.checkpoint import load_tensors, save_tensors
from engine.pipelines.model import load_transformer
from engine.presets import PRESETS, Preset


def test_the_recipes_are_listed(engine, capsys):
    from engine.__main__ import main

    assert main(["train", "--list"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in PRESETS)


@pytest.mark.slow
def test_everything_trains_tiny_and_goes_on(engine, tmp_path):
    run, report = tmp_path / "run", tmp_path / "report.json"
    code, told = engine("train", "tiny", "--run", run, "--device", "cpu", "--json", report)
    assert code == 0, told
    assert "left)" in told
    assert json.loads(report.read_text())["last"]["step"] == 30
    model, _ = load_transformer(run / "weights.safetensors")
    assert all(parameter.isfinite().all() for parameter in model.parameters())
    code, told = engine("train", "tiny", "--run", run)
    assert code == 1
    assert "--resume" in told
    before = load_tensors(run / "weights.safetensors")[0]
    assert engine("train", "tiny", "--run", run, "--resume", "--device", "cpu")[0] == 0
    after = load_tensors(run / "weights.safetensors")[0]
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_run_of_parts_is_one_that_is_gone_on_with(engine, tmp_path):
    part = tmp_path / "codecs" / "vocoder"
    part.mkdir(parents=True)
    (part / "state.safetensors").write_bytes(b"hours of it")
    code, told = engine("train", "codecs", "--run", tmp_path / "codecs")
    assert code == 1
    assert "holds a run already. Go on with it by --resume" in told
    assert (part / "state.safetensors").read_bytes() == b"hours of it"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "must be named"),
        (("pastry",), "not a recipe"),
        (("tiny",), "--run"),
        (("tiny", "--run", "{}/run", "--minutes", "0"), "minutes"),
        (("tiny", "--run", "{}/run", "--threads", "0"), "thread"),
        (("pretrain", "--run", "{}/run", "--replicas", "0"), "cores: use 1"),
        (("pretrain", "--run", "{}/run", "--replicas", "9999"), "cores: use 1"),
        (("tiny", "--run", "{}/run", "--replicas", "1"), "takes no --replicas, which is for video"),
        (("tiny", "--run", "{}/run", "--learning-rate", "0"), "more than 0"),
        (("latents", "--run", "{}/run", "--learning-rate", "1"), "takes no --learning-rate"),
        (("latents", "--run", "{}/run", "--size", "97x64"), "must be even"),
        (("tiny", "--run", "{}/run", "--level", "2"), "for latents, tasks, everything."),
        (("everything", "--run", "{}/run", "--size", "96x64"), "for latents, tasks."),
        (("finetune", "--run", "{}/run", "--data", "{}", "--replicas", "1"), "takes no --repl"),
        (("tiny", "--run", "{}/file"), "is a file"),
        (("tiny", "--run", "{}/file/run"), "cannot be made"),
        (("tiny", "--run", "{}/run", "--device", "warp"), "warp"),
        (("pretrain", "--run", "{}/run"), "no store of latents"),
        (("curated", "--run", "{}/run"), "no weights to go on from"),
        (("sft", "--run", "{}/run"), "no weights to go on from"),
        (("flow_map", "--run", "{}/run"), "no weights to go on from"),
        (("video_vae", "--run", "{}/run"), "no clips"),
        (("vocoder", "--run", "{}/run"), "no weights"),
        (("codecs", "--run", "{}/run"), "no clips"),
        (("reader", "--run", "{}/run"), "no store of latents"),
        (("pairs", "--run", "{}/run"), "no store of latents"),
        (("reward", "--run", "{}/run"), "no store of latents"),
        (("policy", "--run", "{}/run"), "no weights"),
        (("tiny", "--run", "{}/run", "--verdicts", "{}/file"), "for reward."),
        (("reward", "--run", "{}/run", "--verdicts", "{}/none"), "no verdicts at"),
        (("tiny", "--run", "{}/run", "--only", "wider"), "for experiments."),
        (("experiments", "--run", "{}/run", "--seeds", "1"), "Use 2 to 10 --seeds"),
        (("experiments", "--run", "{}/run", "--only", "wider,pastry"), "no experiment pastry"),
        (("experiments", "--run", "{}/run", "--warm-start", "{}/file"), "takes no --warm"),
        (("experiments", "--run", "{}/run"), "no store of latents"),
        (("codecs", "--run", "{}/run", "--warm-start", "{}/file"), "for video_vae, audio_vae,"),
        (("latents", "--run", "{}/run", "--warm-start", "{}/file"), "takes no --warm-start"),
        (("everything", "--run", "{}/run", "--warm-start", "{}/file"), "takes no --warm-start"),
        (("finetune", "--run", "{}/run", "--warm-start", "{}/file"), "takes no --warm-start"),
        (("tiny", "--run", "{}/run", "--warm-start", "{}/none"), "no weights at"),
        (("tiny", "--run", "{}/run", "--warm-start", "{}/file"), "not a safetensors file"),
        (("tiny", "--run", "{}/run", "--warm-start", "{}"), "is a folder; name a file"),
        (("experiments", "--run", "{}/run", "--only", ","), "names no experiment"),
        (("clips", "--run", "{}/run", "--minutes", "3"), "takes no --minutes"),
        (("clips", "--run", "{}/run", "--device", "cpu"), "takes no --device"),
        (("doubles", "--run", "{}/run", "--device", "auto"), "takes no --device"),
        (("tiny", "--run", "{}/run", "--weights", "{}"), "for finetune."),
        (("tiny", "--run", "{}/run", "--data", "{}"), "for finetune."),
        (("finetune", "--run", "{}/run"), "--data FOLDER"),
    ],
)
def test_what_cannot_start_is_a_sentence(engine, tmp_path, words, says):
    (tmp_path / "file").write_text("")
    code, told = engine("train", *(word.format(tmp_path) for word in words))
    assert code == 1
    assert "Traceback" not in told
    assert says in told
    assert not (tmp_path / "run").exists()


def test_resuming_and_starting_warm_exclude_each_other(engine, tmp_path):
    code, _ = engine("train", "tiny", "--run", tmp_path, "--resume", "--warm-start", "x")
    assert code == 2


@pytest.mark.parametrize(
    ("learns", "more", "says"),
    [
        (True, (), "with --resume"),
        (True, ("--warm-start", "weights"), "same command"),
        (False, (), "same command"),
    ],
)
def test_a_stop_says_how_to_go_on(engine, tmp_path, monkeypatch, learns, more, says):
    def stopped(_):
        raise KeyboardInterrupt

    preset = Preset(says="what is stopped", make=stopped, learns=learns)
    monkeypatch.setitem(PRESETS, "tiny", preset)
    monkeypatch.chdir(tmp_path)
    save_tensors(tmp_path / "weights", {"a": torch.zeros(1)}, {})
    code, told = engine("train", "tiny", "--run", tmp_path / "run", "--device", "cpu", *more)
    assert code == 130
    assert says in told
    assert "nothing was left" not in told


def test_a_stopped_run_goes_on_with_resume_though_it_began_from_weights(
    engine, tmp_path, monkeypatch
):
    def stopped(order):
        (order.run / "state.safetensors").write_bytes(b"")
        return False

    monkeypatch.setitem(PRESETS, "tiny", Preset(says="what is stopped", make=stopped))
    weights = tmp_path / "weights"
    save_tensors(weights, {"a": torch.zeros(1)}, {})
    words = ("--run", tmp_path / "run", "--device", "cpu", "--warm-start", weights)
    assert "with --resume" in engine("train", "tiny", *words)[1]
