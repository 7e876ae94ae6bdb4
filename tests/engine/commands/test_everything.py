import pytest
import torch

from engine.checkpoint import load_tensors
from engine.commands.everything import STAGES, Stage, delivered, everything, minutes_of
from engine.errors import RequestError
from engine.pipelines.model import load_model
from engine.presets import PRESETS, Order, Preset
from tests.engine.tiny_model import tiny_folder

CPU = torch.device("cpu")


class Scripted:
    """Presets that note what is ordered of them, and are stopped where they are told."""

    def __init__(self, stop_at=None):
        self.orders, self.delivered, self.stop_at = [], [], stop_at

    def presets(self):
        return {
            name: Preset(
                says="", make=self._make, learns=real.learns, sized=real.sized
            )
            for name, real in PRESETS.items()
        }  # fmt: skip

    def _make(self, order):
        self.orders.append(order)
        return order.run.name != self.stop_at

    def run(self, order):
        return everything(order, presets=self.presets(), deliver=self.delivered.append)


def places(scripted, folder):
    return [order.run.relative_to(folder).as_posix() for order in scripted.orders]


def test_every_stage_has_its_turn_and_its_share_of_the_minutes(tmp_path, capfd):
    scripted = Scripted()
    assert scripted.run(Order(run=tmp_path, device=CPU, minutes=100.0))
    there = places(scripted, tmp_path)
    assert there[:6] == [
        "clips",
        "codecs",
        "small/latents",
        "small/pretrain",
        "latents",
        "pretrain",
    ]
    assert "tasks" not in there
    assert sum(order.minutes or 0 for order in scripted.orders) == pytest.approx(100)
    assert all(order.resume for order in scripted.orders)
    by_place = dict(zip(there, scripted.orders, strict=True))
    assert by_place["small/latents"].size == (96, 64)
    assert by_place["latents"].size is None
    assert (
        by_place["pretrain"].warm_start == tmp_path / "small" / "pretrain" / "weights.safetensors"
    )
    assert by_place["clips"].minutes is None
    assert scripted.delivered == [tmp_path]
    assert "small/pretrain 10 min" in capfd.readouterr().err


def test_richer_levels_learn_tasks_too(tmp_path):
    scripted = Scripted()
    assert scripted.run(Order(run=tmp_path, device=CPU, level=3))
    by_place = dict(zip(places(scripted, tmp_path), scripted.orders, strict=True))
    assert by_place["tasks"].level == 3
    assert by_place["pretrain_tasks"].minutes == pytest.approx(480 * 25 / 125)


def test_what_is_stopped_delivers_nothing_and_starts_nothing_more(tmp_path):
    scripted = Scripted(stop_at="codecs")
    assert not scripted.run(Order(run=tmp_path, device=CPU))
    assert places(scripted, tmp_path) == ["clips", "codecs"]
    assert not scripted.delivered


def test_replicas_of_a_card_are_refused_before_anything_is_drawn(tmp_path):
    scripted = Scripted()
    with pytest.raises(RequestError, match="torchrun"):
        scripted.run(Order(run=tmp_path, device=torch.device("cuda"), replicas=2))
    assert not scripted.orders


def test_stages_are_presets_and_take_all_of_the_minutes():
    assert {stage.preset for stage in STAGES} <= PRESETS.keys()
    stages = [Stage(preset="codecs", share=1), Stage(preset="pretrain", share=3)]
    assert list(minutes_of(stages, 8.0).values()) == [2.0, 6.0]


def test_the_last_stage_is_delivered_with_its_codecs(tmp_path):
    (tmp_path / "codecs").mkdir()
    for name in ("video_vae", "audio_vae", "vocoder"):
        file = f"{name}.safetensors"
        (tmp_path / "codecs" / file).write_bytes((tiny_folder() / file).read_bytes())
    weights = (tiny_folder() / "transformer.safetensors").read_bytes()
    for stage, name in (("pretrain", "best"), ("fine", "weights"), ("fine", "best")):
        (tmp_path / stage).mkdir(exist_ok=True)
        (tmp_path / stage / f"{name}.safetensors").write_bytes(weights)
    delivered(tmp_path)
    load_model(tmp_path / "weights", CPU)
    tensors, metadata = load_tensors(tmp_path / "weights" / "transformer.safetensors")
    assert metadata["kind"] == "dual_transformer"
    assert all(one.dtype == torch.bfloat16 for one in tensors.values() if one.is_floating_point())
