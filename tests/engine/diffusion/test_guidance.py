import pytest
import torch

from engine.diffusion.guidance import Guidance, Scales
from engine.models.transformer import Latents


def passes():
    return [
        Latents(video=torch.full((1, 2), video), audio=torch.full((1, 3), audio))
        for video, audio in ((4.0, 40.0), (3.0, 30.0), (1.0, 10.0))
    ]


def test_picture_and_sound_have_scales_of_their_own():
    guidance = Guidance(text=3.0, coupling=2.0, sound=Scales(text=1.0, coupling=5.0))
    guided = guidance.guided(*passes())
    # 4 + 2 (4 - 3) + 1 (4 - 1), and 40 + 0 (40 - 30) + 4 (40 - 10).
    assert guided.video.tolist() == [[9.0] * 2]
    assert guided.audio.tolist() == [[160.0] * 3]


def test_sound_without_scales_of_its_own_has_those_of_the_picture():
    assert Guidance(text=3.0, coupling=2.0).heard == Scales(text=3.0, coupling=2.0)


@pytest.mark.parametrize(
    ("guidance", "needed"),
    [
        (Guidance(), (False, False)),
        (Guidance(sound=Scales(text=2.0)), (True, False)),
        (Guidance(text=2.0, sound=Scales()), (True, False)),
        (Guidance(sound=Scales(coupling=2.0)), (False, True)),
        (Guidance(sound=Scales(coupling=2.0), exchange=False), (False, False)),
    ],
)
def test_a_pass_is_made_where_either_branch_needs_it(guidance, needed):
    assert (guidance.takes_unsaid, guidance.takes_apart) == needed
    assert guidance.passes == 1 + sum(needed)


def test_a_pass_that_was_not_made_counts_nothing():
    full, unsaid, _ = passes()
    guided = Guidance(text=3.0, coupling=2.0, exchange=False).guided(full, unsaid, None)
    assert guided.video.tolist() == [[6.0] * 2]
