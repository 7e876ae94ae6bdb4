import json
import math
import signal
import threading

import pytest
import torch
from torch import nn

from engine.checkpoint import load_tensors, save_tensors
from engine.errors import TrainingError, WeightsError
from engine.training.loop import Run, batch_seed
from engine.training.recipe import LoopConfig, rate_at

CPU = torch.device("cpu")


class LineRecipe:
    """Fits a line; can be told to fail, or to be stopped, at a step."""

    name = "line"
    batch, tokens = 8, 0

    def __init__(self, *, width=40, bad=(), stop_at=None, **config):
        torch.manual_seed(0)
        self.module = nn.Sequential(nn.Linear(width, width), nn.Embedding(3, 3))
        settings = {"steps": 12, "lr": 0.01, "warmup": 2, "log_every": 4, "evaluate_every": 4}
        self.config = LoopConfig(**(settings | config))
        self.bad, self.stop_at, self.width = set(bad), stop_at, width
        self.tries = 0
        self.drawn = []

    def losses(self, module, step, generator):
        self.tries += 1
        if step == self.stop_at:
            signal.raise_signal(signal.SIGINT)
        x = torch.randn(8, self.width, generator=generator)
        self.drawn.append(x[0, 0].item())
        loss = (module[0](x) - 2 * x).square().mean() + module[1].weight.square().mean()
        if step in self.bad:
            loss = loss * math.nan
        return {"total": loss}

    @property
    def batches(self):
        """All but the one by which a run's work is counted."""
        return self.drawn[1:]

    def evaluate(self, module):
        return {"loss": module[0].weight.square().mean().item()}

    def metadata(self):
        return {"kind": "line"}

    def finish(self, module):
        pass


def weights_of(folder):
    return load_tensors(folder / "weights.safetensors")[0]


def state_of(folder):
    return load_tensors(folder / "state.safetensors")[0]


def train(folder, recipe, *, resume=False):
    run = Run(recipe, folder, CPU)
    if resume:
        assert run.resume()
    run.train()
    return run


def same(one, two):
    return one.keys() == two.keys() and all(torch.equal(one[key], two[key]) for key in one)


@pytest.mark.parametrize("optimiser", ["adamw", "muon"])
def test_a_resumed_run_ends_in_the_same_bits(tmp_path, optimiser):
    train(tmp_path / "whole", LineRecipe(optimiser=optimiser))
    stopped = train(tmp_path / "parts", LineRecipe(optimiser=optimiser, stop_at=6))
    assert stopped.stopped
    assert stopped.clock.step == 7
    train(tmp_path / "parts", LineRecipe(optimiser=optimiser), resume=True)
    assert same(weights_of(tmp_path / "whole"), weights_of(tmp_path / "parts"))
    assert same(state_of(tmp_path / "whole"), state_of(tmp_path / "parts"))


def test_accumulated_batches_are_drawn_apart(tmp_path):
    recipe = LineRecipe(steps=3, accumulate=2)
    train(tmp_path, recipe)
    assert recipe.tries == 1 + 6  # One batch is counted for the plan.


def test_training_learns_and_tells(tmp_path):
    train(tmp_path, LineRecipe(steps=120, lr=0.03))
    rows = [json.loads(row) for row in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert rows[-1]["total"] < 0.2 * rows[0]["total"]
    assert "loss" in rows[-1]["held_out"]
    assert json.loads((tmp_path / "config.json").read_text())["recipe"] == "line"
    assert not list(tmp_path.glob("*.part"))


def test_a_finished_run_is_not_trained_further(tmp_path):
    train(tmp_path, LineRecipe())
    before = weights_of(tmp_path)
    again = LineRecipe()
    train(tmp_path, again, resume=True)
    assert again.tries == 0
    assert same(before, weights_of(tmp_path))


def test_nothing_to_resume(tmp_path):
    assert not Run(LineRecipe(), tmp_path, CPU).resume()


def test_a_bad_loss_is_stepped_over(tmp_path):
    run = train(tmp_path, LineRecipe(bad=(3, 4)))
    assert run.clock.bad == 0
    assert all(value.isfinite().all() for value in weights_of(tmp_path).values())


def test_divergence_is_a_sentence_and_keeps_the_last_good_state(tmp_path):
    train(tmp_path, LineRecipe(stop_at=3))
    good = state_of(tmp_path)
    run = Run(LineRecipe(bad=range(100), bad_steps=5), tmp_path, CPU)
    run.resume()
    with pytest.raises(TrainingError, match="not been finite"):
        run.train()
    assert same(good, state_of(tmp_path))


def test_gradients_that_are_not_finite_are_stepped_over(tmp_path):
    class Steep(LineRecipe):
        """Its loss is finite at step 3 and the slope of it is not."""

        def losses(self, module, step, generator):
            losses = super().losses(module, step, generator)
            if step == 3:
                root = module[0].weight.square().sum() * 0
                losses["total"] = losses["total"] + root.sqrt()
            return losses

    run = train(tmp_path, Steep())
    assert run.clock.bad == 0
    assert all(value.isfinite().all() for value in state_of(tmp_path).values())


class Exploding(LineRecipe):
    """Its loss is a thousand times what it was from a step on."""

    def __init__(self, at=10, **config):
        super().__init__(**config)
        self.at = at

    def losses(self, module, step, generator):
        losses = super().losses(module, step, generator)
        return {"total": losses["total"] * (1000 if step >= self.at else 1)}


def test_a_loss_that_explodes_is_a_sentence_and_does_not_replace_the_good_state(tmp_path):
    with pytest.raises(TrainingError, match=r"more than 10 times.*for 6 steps.*--learning-rate"):
        train(tmp_path / "exploded", Exploding(steps=100, bad_steps=5, save_every_s=0.0))
    # The last weights whose own loss was as usual.
    train(tmp_path / "good", LineRecipe(steps=100, stop_at=8))
    assert same(state_of(tmp_path / "exploded"), state_of(tmp_path / "good"))
    assert same(weights_of(tmp_path / "exploded"), weights_of(tmp_path / "good"))
    train(tmp_path / "exploded", LineRecipe(steps=20), resume=True)


@pytest.mark.parametrize(("saves", "says"), [(0.0, "state is in"), (99.0, "Nothing had")])
def test_a_run_that_ends_far_from_what_it_had_learned_says_so(tmp_path, saves, says):
    with pytest.raises(TrainingError, match=f"as the run ends.*{says}"):
        train(tmp_path, Exploding(save_every_s=saves))
    assert (tmp_path / "state.safetensors").is_file() == (saves == 0)


def test_a_run_that_is_stopped_far_from_what_it_had_learned_keeps_what_was_saved(tmp_path):
    assert train(tmp_path, Exploding(at=5, stop_at=7, save_every_s=0.0)).stopped
    clock = json.loads(load_tensors(tmp_path / "state.safetensors")[1]["clock"])
    assert clock["step"] == 4


def test_what_was_logged_after_the_last_save_is_logged_once(tmp_path):
    train(tmp_path, LineRecipe(stop_at=5, log_every=1))
    with (tmp_path / "log.jsonl").open("a") as log:
        log.write('{"step": 7, "seconds": 9.0, "total": 1.0}\n{"step": 8, "sec')
    train(tmp_path, LineRecipe(log_every=1), resume=True)
    rows = [json.loads(row) for row in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == list(range(1, 13))


def test_a_run_killed_while_saving_leaves_a_state_that_can_be_read(tmp_path):
    train(tmp_path, LineRecipe(stop_at=3))
    (tmp_path / "state.safetensors.part").write_bytes(b"half of it")
    assert Run(LineRecipe(), tmp_path, CPU).resume()


def test_a_damaged_state_is_a_sentence(tmp_path):
    train(tmp_path, LineRecipe(stop_at=3))
    path = tmp_path / "state.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(WeightsError):
        Run(LineRecipe(), tmp_path, CPU).resume()


def test_a_run_of_another_recipe_or_shape_is_refused(tmp_path):
    train(tmp_path, LineRecipe())
    other = LineRecipe()
    other.name = "curve"
    with pytest.raises(WeightsError, match="recipe 'line'"):
        Run(other, tmp_path, CPU).resume()
    with pytest.raises(WeightsError, match=r"0\.weight"):
        Run(LineRecipe(width=41), tmp_path, CPU).resume()


def test_a_warm_start_takes_weights_alone(tmp_path):
    train(tmp_path / "first", LineRecipe())
    run = Run(LineRecipe(), tmp_path / "second", CPU)
    run.warm_start(tmp_path / "first" / "weights.safetensors")
    assert same(run.module.state_dict(), weights_of(tmp_path / "first"))
    assert same(run.ema.state(), weights_of(tmp_path / "first"))
    assert run.clock.step == 0
    assert not run.optimiser.state()


def test_what_goes_on_from_weights_does_not_see_again_what_they_were_learned_from(tmp_path):
    first, second = LineRecipe(), LineRecipe(stop_at=5)
    train(tmp_path / "first", first)
    run = Run(second, tmp_path / "second", CPU)
    run.warm_start(tmp_path / "first" / "weights.safetensors")
    run.train()
    assert second.batches
    assert not set(first.batches) & set(second.batches)

    again = LineRecipe()
    train(tmp_path / "second", again, resume=True)
    whole = LineRecipe()
    run = Run(whole, tmp_path / "whole", CPU)
    run.warm_start(tmp_path / "first" / "weights.safetensors")
    run.train()
    assert second.batches + again.batches == whole.batches


def test_a_warm_start_from_other_weights_is_refused(tmp_path):
    save_tensors(tmp_path / "other.safetensors", {"a": torch.zeros(1)}, {})
    with pytest.raises(WeightsError, match="lack"):
        Run(LineRecipe(), tmp_path, CPU).warm_start(tmp_path / "other.safetensors")


def test_minutes_end_a_run(tmp_path):
    run = train(tmp_path, LineRecipe(steps=10**9, minutes=1e-4))
    assert not run.stopped
    assert run.progress() == 1
    assert (tmp_path / "weights.safetensors").is_file()


def test_a_run_outside_the_main_thread_needs_no_signals(tmp_path):
    thread = threading.Thread(target=train, args=(tmp_path, LineRecipe(steps=2)))
    thread.start()
    thread.join()
    assert (tmp_path / "weights.safetensors").is_file()


def test_the_learning_rate_warms_up_holds_and_falls():
    config = LoopConfig(steps=100, lr=1.0, warmup=10, cooldown=0.2)
    rates = [rate_at(config, step, step / 100) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[10] == rates[79] == 1.0
    assert rates[90] == pytest.approx(0.5)
    assert min(rates[85:]) == pytest.approx(0.05)


def test_the_best_weights_are_kept_apart_from_the_last(tmp_path):
    class Rising(LineRecipe):
        """Its held-out loss is least at the second of three looks."""

        looks = 0

        def evaluate(self, module):
            self.looks += 1
            return {"loss": (3.0, 1.0, 2.0)[self.looks - 1]}

    run = train(tmp_path, Rising())
    assert run.clock.best == 1.0
    best = load_tensors(tmp_path / "best.safetensors")[0]
    assert not same(best, weights_of(tmp_path))


def test_of_weights_that_are_as_good_the_later_ones_are_the_best(tmp_path):
    class Unmeasured(LineRecipe):
        """Nothing is held out, so no weights are better than others."""

        def evaluate(self, module):
            return {"loss": 0.0}

    train(tmp_path, Unmeasured())
    assert same(load_tensors(tmp_path / "best.safetensors")[0], weights_of(tmp_path))


def test_a_run_says_its_plan_and_then_its_pace(tmp_path, capfd):
    train(tmp_path, LineRecipe(steps=20))
    said = capfd.readouterr().err
    assert "8 clips a step" in said
    assert "clips/s" in said
    page = (tmp_path / "page.html").read_text()
    assert "training: total" in page
    assert "held out: loss" in page


def test_the_log_has_means_over_the_steps_between(tmp_path):
    train(tmp_path / "each", LineRecipe(steps=8, log_every=1))
    train(tmp_path / "four", LineRecipe(steps=8, log_every=4))

    def totals(name):
        rows = (tmp_path / name / "log.jsonl").read_text().splitlines()
        return {row["step"]: row["total"] for row in map(json.loads, rows)}

    each = totals("each")
    assert totals("four")[8] == pytest.approx(sum(each[step] for step in (5, 6, 7, 8)) / 4)


class LostRecipe(LineRecipe):
    """Raises what a device raises when it goes away, or has no room left, at a step."""

    def __init__(self, error, at=6, **config):
        super().__init__(save_every_s=0.0, **config)
        self.error, self.at = error, at

    def losses(self, module, step, generator):
        if step == self.at:
            raise self.error
        return super().losses(module, step, generator)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (torch.AcceleratorError("CUDA error: unspecified launch failure"), "stopped answering"),
        (torch.OutOfMemoryError("tried to allocate"), "not enough memory for batches of 8"),
    ],
)
def test_a_device_that_goes_away_is_a_sentence_and_the_run_goes_on_from_its_last_step(
    tmp_path, error, says
):
    with pytest.raises(TrainingError, match=says) as told:
        train(tmp_path / "parts", LostRecipe(error))
    assert "--resume" in str(told.value)
    train(tmp_path / "parts", LineRecipe(), resume=True)
    train(tmp_path / "whole", LineRecipe())
    assert same(weights_of(tmp_path / "whole"), weights_of(tmp_path / "parts"))


class GrownRecipe(LineRecipe):
    """Has a second part that older weights lack."""

    additions = ("1.",)


def test_what_the_network_has_gained_since_is_new_and_the_rest_has_settled(tmp_path):
    train(tmp_path / "before", LineRecipe())
    old = load_tensors(tmp_path / "before" / "weights.safetensors")[0]
    lacking = {name: value for name, value in old.items() if name.startswith("0.")}
    save_tensors(tmp_path / "old.safetensors", lacking, {})
    run = Run(GrownRecipe(steps=2, settled=0.0, warmup=1, weight_decay=0.0), tmp_path / "run", CPU)
    run.warm_start(tmp_path / "old.safetensors")
    fresh = run.module.state_dict()["1.weight"].clone()
    run.train()
    now = state_of(tmp_path / "run")
    assert torch.equal(now["model.0.weight"], lacking["0.weight"])
    assert not torch.equal(now["model.1.weight"], fresh)


def test_what_the_network_has_gained_may_have_been_of_another_size(tmp_path):
    train(tmp_path / "before", LineRecipe())
    old = load_tensors(tmp_path / "before" / "weights.safetensors")[0]
    run = Run(GrownRecipe(), tmp_path / "run", CPU)
    made = run.module.state_dict()["1.weight"].clone()
    other = old | {"1.weight": old["1.weight"].repeat(2, 1)}
    save_tensors(tmp_path / "other.safetensors", other, {})
    run.warm_start(tmp_path / "other.safetensors")
    now = run.module.state_dict()
    assert torch.equal(now["1.weight"], made)
    assert torch.equal(now["0.weight"], old["0.weight"])
    assert run.clock.added


def test_no_batch_is_drawn_like_another_however_many_processes_draw():
    one_process = [batch_seed(7, step, 3) for step in range(4)]
    assert one_process == [(7 * 1_000_003 + step) * 64 + 3 for step in range(4)]
    for steps in (range(128), range(0, 1_000_000, 7_813)):
        seeds = {batch_seed(7, step, turn) % 2**32 for step in steps for turn in range(512)}
        assert len(seeds) == 128 * 512
