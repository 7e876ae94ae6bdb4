import dataclasses

from engine.api import (
    Capabilities,
    Edit,
    Quality,
    ShotPlan,
    Size,
    WordGroup,
)
from engine.backends.preflight import (
    compile_request,
    nearest_frames,
    nearest_sizes,
    preflight_request,
    steps_of,
)
from engine.backends.scripted import CAPABILITIES
from tests.engine.requests import plain_request

NARROW = dataclasses.replace(
    CAPABILITIES,
    modes=("generate",),
    vocabulary=(WordGroup(name="props", words=("ball", "steel cube")),),
)
REQUEST = plain_request(width=172)


def refusals(request, can: Capabilities = NARROW):
    return [
        f"{finding.sentence} {finding.remedy}"
        for finding in preflight_request(request, can)
        if finding.level == "refused"
    ]


def test_sizes_like_the_one_asked_for():
    sizes = (
        Size(width=72, height=128, shape="9:16"),
        Size(width=128, height=72, shape="16:9"),
        Size(width=256, height=144, shape="16:9"),
        Size(width=96, height=96, shape="1:1"),
    )
    assert nearest_sizes(130, 72, sizes)[0].width == 128
    assert nearest_sizes(1920, 1080, sizes)[0].width == 256
    assert nearest_sizes(0, -5, sizes)


def test_lengths_next_to_the_one_asked_for():
    assert nearest_frames(10, (1, 5, 9, 13)) == (9, 13)
    assert nearest_frames(99, (1, 5)) == (5,)
    assert nearest_frames(-4, (1, 5)) == (1,)


def test_a_length_that_was_not_learned_is_a_warning():
    able = dataclasses.replace(NARROW, frames=(9, 25), untrained_frames=(29, 33))

    def found(frames):
        asked = dataclasses.replace(REQUEST, shots=(ShotPlan(caption="", frames=frames),))
        return [(one.level, one.sentence, one.remedy) for one in preflight_request(asked, able)]

    assert not found(25)
    ((level, sentence, _),) = found(33)
    assert level == "warning"
    assert sentence.endswith("not trained on 2.8 s in one pass; they learned 2.1 s.")
    # What is near is offered of what was learned, where there is any.
    assert [one[2] for one in found(11)] == ["Use 9 or 25."]
    assert [one[2] for one in found(31)] == ["Use 29 or 33."]
    assert [one[2] for one in found(99)] == ["Use 33."]


def test_a_language_that_was_not_learned():
    (sentence,) = refusals(dataclasses.replace(REQUEST, prompt="ein blauer Würfel"))
    assert "ball" in sentence
    assert refusals(dataclasses.replace(REQUEST, prompt="ein CUBE")) == []


def test_a_mode_that_was_not_learned():
    task = Edit(source="x", instruction="night")
    (sentence,) = refusals(dataclasses.replace(REQUEST, task=task))
    assert sentence == "Scripted cannot edit. It can generate."


def test_a_way_to_step_that_the_model_does_not_take():
    asked = dataclasses.replace(REQUEST, quality=Quality(sampler="dpm++"))
    assert refusals(asked) == ["Scripted does not step by dpm++. Leave it to the model."]
    able = dataclasses.replace(NARROW, samplers=("euler", "dpm++"))
    assert not [one for one in preflight_request(asked, able) if one.level == "refused"]


def test_shots_together():
    shots = (ShotPlan(caption="a ball", frames=241),) * 2
    (sentence,) = refusals(dataclasses.replace(REQUEST, shots=shots))
    assert "482 pictures" in sentence


def test_what_is_padded_and_how_many_steps():
    compiled = compile_request(REQUEST, NARROW)
    assert (compiled.padded_width, compiled.padded_height) == (176, 80)
    assert steps_of(REQUEST, NARROW) == 8
    assert steps_of(dataclasses.replace(REQUEST, quality=Quality(mode="full")), NARROW) == 50
    assert steps_of(dataclasses.replace(REQUEST, quality=Quality(steps=3)), NARROW) == 3


def test_shots_and_cameras_are_words():
    shots = (ShotPlan(caption="a ball", frames=5), ShotPlan(caption="a cube", frames=5))
    text = compile_request(dataclasses.replace(REQUEST, prompt="grainy", shots=shots), NARROW).text
    assert text == "grainy\nShot 1: a ball\nShot 2: a cube"
