from hypothesis import given
from hypothesis import strategies as st

from engine.world.caption import PARTIAL_EVERY, caption
from engine.world.sampler import sample_scene

FULL = [variant for variant in range(28) if variant % PARTIAL_EVERY != PARTIAL_EVERY - 1]
PARTIAL = [variant for variant in range(28) if variant not in FULL]
MOVE_WORDS = {"static": "static", "pan left": "left", "pan right": "right", "push in": "push"}


@given(seed=st.integers(0, 2**50), variant=st.sampled_from(FULL))
def test_a_full_caption_names_everything(seed: int, variant: int) -> None:
    scene = sample_scene(seed)
    text = caption(scene, variant).lower()
    assert scene.set_name in text
    assert {"day": "day"}.get(scene.light, scene.light) in text
    assert MOVE_WORDS[scene.camera.move] in text
    for body in scene.bodies:
        assert body.colour in text
        assert body.material in text
        assert body.prop in text
    assert "{" not in text


@given(seed=st.integers(0, 2**50), variant=st.integers(0, 1000))
def test_captions_are_tidy_and_deterministic(seed: int, variant: int) -> None:
    scene = sample_scene(seed)
    text = caption(scene, variant)
    assert text == caption(scene, variant)
    assert text[0].isupper()
    assert not any(slip in text for slip in ("  ", " ,", " .", "..", ": .", "{", ",,"))
    assert scene.bodies[0].prop in text.lower()


def test_there_are_many_paraphrases_and_some_are_partial() -> None:
    scene = sample_scene(5)
    assert len({caption(scene, variant) for variant in range(60)}) > 40
    full = min(len(caption(scene, variant)) for variant in FULL)
    assert min(len(caption(scene, variant)) for variant in PARTIAL) < full
