import pytest
import torch
from torch import nn

from engine.checkpoint import load_tensors, save_tensors
from engine.errors import RequestError, TrainingError
from engine.presets.orders import Order, Preset, carry_out, train
from engine.training.recipe import LoopConfig

CPU = torch.device("cpu")


class StillRecipe:
    """Learns nothing, so that its weights show where a run began."""

    name = "still"
    batch, tokens = 1, 0

    def __init__(self, steps=1):
        self.module = nn.Linear(2, 2)
        nn.init.zeros_(self.module.weight)
        self.config = LoopConfig(steps=steps, lr=0.0, weight_decay=0.0)

    def losses(self, module, step, generator):
        return {"total": module.weight.sum() * 0}

    def evaluate(self, module):
        return {"loss": 0.0}

    def metadata(self):
        return {"kind": "still"}

    def finish(self, module):
        pass


@pytest.fixture
def earlier(tmp_path):
    """The stage after a run beside those of the test, whose weights are all ones."""
    weights = {"weight": torch.ones(2, 2), "bias": torch.ones(2)}
    save_tensors(tmp_path / "pretrain" / "best.safetensors", weights, {})
    return "tokens"


@pytest.mark.parametrize("resume", [False, True])
def test_a_run_with_nothing_saved_starts_from_the_run_before_it(tmp_path, earlier, resume):
    recipe = StillRecipe()
    order = Order(run=tmp_path / "run", device=CPU, resume=resume)
    assert train(recipe, order.following(earlier))
    assert (recipe.module.weight == 1).all()


def test_a_run_goes_on_from_what_it_saved_and_not_from_the_run_before_it(tmp_path, earlier):
    order = Order(run=tmp_path / "run", device=CPU)
    assert train(StillRecipe(), order)
    recipe = StillRecipe(steps=2)
    again = Order(run=tmp_path / "run", device=CPU, resume=True)
    assert train(recipe, again.following(earlier))
    assert not recipe.module.weight.any()


def test_weights_that_are_named_come_first_and_none_are_needed(tmp_path, earlier):
    order = Order(run=tmp_path / "run", device=CPU, warm_start=tmp_path / "named")
    assert order.following(earlier) == order
    bare = Order(run=tmp_path / "run", device=CPU)
    assert bare.following("pretrain") is bare


def test_a_stage_begins_from_the_last_one_before_it(tmp_path):
    order = Order(run=tmp_path / "run", device=CPU)
    with pytest.raises(TrainingError, match="no weights to go on from"):
        order.latest("policy")
    for stage, names in (("pretrain", ("weights",)), ("sft", ("weights", "best"))):
        for name in names:
            save_tensors(tmp_path / stage / f"{name}.safetensors", {"a": torch.ones(1)}, {})
    save_tensors(tmp_path / "policy" / "best.safetensors", {"a": torch.ones(1)}, {})
    assert order.latest("sft") == tmp_path / "pretrain" / "weights.safetensors"
    assert order.latest("policy") == tmp_path / "sft" / "best.safetensors"
    named = Order(run=tmp_path / "run", device=CPU, warm_start=tmp_path / "named")
    assert named.latest("policy") == tmp_path / "named"


def make_still(order):
    return train(StillRecipe(), order)


ALONE = Preset(says="for one process", make=make_still)


@pytest.mark.parametrize(
    ("device", "preset", "says"),
    [
        ("cuda", Preset(says="", make=make_still, together=True), "torchrun --nproc-per-node"),
        ("cpu", ALONE, "still is work for one process"),
    ],
)
def test_replicas_share_a_processor_and_what_can_be_shared(tmp_path, device, preset, says):
    order = Order(run=tmp_path / "run", device=torch.device(device), replicas=2)
    with pytest.raises(RequestError, match=says):
        carry_out("still", preset, order)
    assert not (tmp_path / "run").exists()


def test_a_run_is_gone_on_with_by_as_many_processes_as_it_had(tmp_path):
    order = Order(run=tmp_path / "run", device=CPU)
    assert carry_out("still", ALONE, order)
    assert carry_out("still", ALONE, Order(run=tmp_path / "run", device=CPU, resume=True))
    state = tmp_path / "run" / "state.safetensors"
    tensors, metadata = load_tensors(state)
    save_tensors(state, tensors, metadata | {"replicas": "2"})
    with pytest.raises(RequestError, match="one process"):
        carry_out("still", ALONE, Order(run=tmp_path / "run", device=CPU, resume=True))


def test_what_a_run_builds_on_lies_beside_it_or_beside_the_folder_it_is_in(tmp_path):
    order = Order(run=tmp_path / "96x64" / "pretrain", device=CPU)
    assert order.beside("latents") == tmp_path / "96x64" / "latents"
    (tmp_path / "latents").mkdir()
    assert order.beside("latents") == tmp_path / "latents"
    (tmp_path / "96x64" / "latents").mkdir(parents=True)
    assert order.beside("latents") == tmp_path / "96x64" / "latents"


def test_a_run_is_gone_on_with_at_the_rate_that_it_began_at(tmp_path):
    assert train(StillRecipe(), Order(run=tmp_path / "run", device=CPU, learning_rate=0.5))
    recipe = StillRecipe(steps=2)
    assert train(recipe, Order(run=tmp_path / "run", device=CPU, resume=True))
    assert recipe.config.lr == 0.5


def test_a_learning_rate_that_is_named_is_taken_where_something_is_learned(tmp_path):
    recipe = StillRecipe()
    assert train(recipe, Order(run=tmp_path / "run", device=CPU, learning_rate=0.5))
    assert recipe.config.lr == 0.5
