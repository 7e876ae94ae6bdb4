import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from engine import api
from engine.errors import RequestError
from engine.plain import to_plain

REQUEST = api.ShotRequest(
    prompt="@Ava waits",
    shots=(
        api.ShotPlan(caption="wide", frames=9, camera=api.CameraPlan(size="wide", move="pan left")),
        api.ShotPlan(caption="near", frames=13),
    ),
    width=128,
    height=72,
    rate=Fraction(24_000, 1001),
    seed=2**40,
    references=(api.Reference(kind="image", role="subject", source="ava.png", tag="Ava"),),
    quality=api.Quality(mode="full", steps=12),
)
TASKS = (
    (api.Generate(), "generate"),
    (api.Edit(source="a", instruction="night", mask="m.png", end_frame=5), "edit"),
    (api.Extend(source="a", direction="backward"), "extend"),
    (api.Upgrade(source="a", from_latent=True), "upgrade"),
)


@pytest.mark.parametrize(("task", "mode"), TASKS)
def test_requests_of_every_task_survive_json(task, mode):
    import dataclasses

    request = dataclasses.replace(REQUEST, task=task)
    assert api.ShotRequest.from_json(json.loads(json.dumps(request.to_json()))) == request
    assert api.mode_of(task) == mode


def test_frames_are_those_of_all_shots():
    assert REQUEST.frames == 22


@pytest.mark.parametrize("plain", [None, [], "text", {}, {"prompt": 1}, {"type": "ShotRequest"}])
def test_what_is_no_request_is_a_sentence(plain):
    with pytest.raises(RequestError):
        api.ShotRequest.from_json(plain)


def test_recipes_lie_beside_takes(tmp_path):
    assert api.import_recipe(tmp_path) is None
    recipe = api.Recipe(
        request=REQUEST,
        shot=0,
        references=(api.FileHash(source="ava.png", sha256="00"),),
        backend="backlot",
        weights="w",
        sampler="euler",
        steps=8,
        threads=1,
        device="cpu",
        engine="0",
    )
    (tmp_path / "recipe.json").write_text(json.dumps(to_plain(recipe)))
    assert api.import_recipe(tmp_path) == recipe
    stepped = api.Quality(mode="full", steps=8, sampler="euler")
    assert recipe.again == replace(REQUEST, quality=stepped)
    assert replace(recipe, sampler="none", steps=12).again == REQUEST
    (tmp_path / "recipe.json").write_text("{")
    with pytest.raises(RequestError, match="cannot be read"):
        api.import_recipe(tmp_path)


def test_a_control_is_heard_once_it_is_told(tmp_path):
    control = api.Control(tmp_path)
    assert not control.cancelled
    assert not control.parked
    control.park()
    control.cancel()
    assert control.cancelled
    assert control.parked


def test_a_take_knows_its_files():
    take = api.Take(
        folder="t", width=2, height=2, frames=1, rate=Fraction(12), samples=1,
        sample_rate_hz=24_000, recipe=None,  # type: ignore[arg-type]
    )  # fmt: skip
    assert take.picture == Path("t/picture.mkv")
    assert take.sound == Path("t/sound.wav")
