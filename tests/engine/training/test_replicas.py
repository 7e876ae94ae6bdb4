import json
import os
import signal
from functools import partial
from pathlib import Path

import pytest
import torch

from engine.checkpoint import load_tensors
from engine.errors import TrainingError, WeightsError
from engine.presets.orders import Order, train
from engine.training.replicas import accompanied
from tests.engine.training.test_loop import LineRecipe, same, state_of, weights_of

CPU = torch.device("cpu")


class UnevenRecipe(LineRecipe):
    """Its second part is used in one batch of three, as if no clip of the others had any."""

    def losses(self, module, step, generator):
        whole = super().losses(module, step, generator)["total"]
        used = int(torch.randint(3, (), generator=generator)) == 0
        if not used:
            x = torch.randn(8, self.width, generator=generator)
            whole = (module[0](x) - 2 * x).square().mean()
        return {"total": whole, "line@used": torch.tensor(1.0 if used else torch.nan)}


def run_parts(folder: Path) -> None:
    """A whole run, and one that is stopped and gone on with."""
    assert train(UnevenRecipe(), Order(run=folder / "whole", device=CPU))
    assert not train(UnevenRecipe(stop_at=6), Order(run=folder / "parts", device=CPU))
    assert train(UnevenRecipe(), Order(run=folder / "parts", device=CPU, resume=True))


@pytest.mark.timeout(600)  # A start of torch: seconds, on a machine that has them.
def test_two_replicas_lose_what_one_loses_and_go_on_in_the_same_bits(tmp_path, capfd):
    threads = torch.get_num_threads()
    with accompanied(2, partial(run_parts, tmp_path)):
        run_parts(tmp_path)
    assert torch.get_num_threads() == threads
    said = capfd.readouterr().err
    assert "16 clips a step" in said
    assert "2 processes" in said
    assert said.count("Stopping after this step") == 1
    assert said.count("line step 12") == 2
    assert same(state_of(tmp_path / "whole"), state_of(tmp_path / "parts"))
    _, metadata = load_tensors(tmp_path / "whole" / "state.safetensors")
    assert metadata["replicas"] == "2"
    assert train(UnevenRecipe(accumulate=2), Order(run=tmp_path / "one", device=CPU))
    alone = weights_of(tmp_path / "one")
    for name, tensor in weights_of(tmp_path / "whole").items():
        torch.testing.assert_close(tensor, alone[name], rtol=1e-4, atol=1e-6, msg=name)
    rows, told_alone = (
        [json.loads(row) for row in (tmp_path / name / "log.jsonl").read_text().splitlines()]
        for name in ("whole", "one")
    )
    for together, one in zip(rows, told_alone, strict=True):
        assert together.keys() == one.keys()
        assert together["total"] == pytest.approx(one["total"], rel=1e-4)
    assert (tmp_path / "whole" / "best.safetensors").is_file()
    assert (tmp_path / "whole" / "page.html").is_file()


class DyingRecipe(LineRecipe):
    """The process beside the first is killed at a step, as for want of memory."""

    def __init__(self, *, die, **config):
        super().__init__(**config)
        self.die = die

    def losses(self, module, step, generator):
        if step == 6 and self.die:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().losses(module, step, generator)


def run_and_die(folder: Path, first: int) -> None:
    train(DyingRecipe(die=os.getpid() != first), Order(run=folder, device=CPU))


@pytest.mark.timeout(600)
def test_a_replica_that_is_killed_is_a_sentence_and_nothing_is_lost(tmp_path):
    with (
        pytest.raises(TrainingError, match=r"has ended.*up to step 6.*--resume"),
        accompanied(2, partial(run_and_die, tmp_path, os.getpid())),
    ):
        run_and_die(tmp_path, os.getpid())
    assert json.loads(load_tensors(tmp_path / "state.safetensors")[1]["clock"])["step"] == 6


def refuse() -> None:
    raise WeightsError("The weights of the second do not fit.")


@pytest.mark.timeout(600)
def test_what_a_replica_ends_with_is_told(tmp_path):
    with (
        pytest.raises(TrainingError, match=r"before the first step.*of the second do not fit"),
        accompanied(2, refuse),
    ):
        train(LineRecipe(), Order(run=tmp_path, device=CPU))
    assert not (tmp_path / "state.safetensors").exists()


class Stillborn:
    """Ends the process that it is sent to."""

    def __call__(self):
        raise AssertionError

    def __reduce__(self):
        return os._exit, (3,)


@pytest.mark.timeout(600)
def test_a_replica_that_never_begins_is_a_sentence():
    with (
        pytest.raises(TrainingError, match=r"before it began.*fewer --replicas"),
        accompanied(2, Stillborn()),
    ):
        raise AssertionError


def test_one_replica_is_this_process(tmp_path):
    with accompanied(1, refuse):
        assert train(LineRecipe(), Order(run=tmp_path, device=CPU))
