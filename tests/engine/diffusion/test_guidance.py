import pytest
import torch

from engine.diffusion.guidance import Guidance, Scales, rescaled
from engine.models.signals import Latents


def passes():
    return [
        Latents(video=torch.full((1, 2), video), audio=torch.full((1, 3), audio))
        for video, audio in ((4.0, 40.0), (3.0, 30.0), (1.0, 10.0))
    ]


def test_picture_and_sound_have_scales_of_their_own():
    guidance = Guidance(text=3.0, coupling=2.0, sound=Scales(text=1.0, coupling=5.0))
    full, unsaid, apart = passes()
    guided = guidance.guided(full, unsaid, apart)
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


def test_the_spread_of_a_guess_is_brought_back():
    generator = torch.Generator().manual_seed(0)
    now, plain = (torch.randn(2, 3, 4, 5, 6, generator=generator) for _ in range(2))
    guided = plain + 2 * torch.randn(now.shape, generator=generator)
    level = torch.full((1, 1, 4, 1, 1), 0.5)
    level[:, :, 0] = 0
    back = rescaled(now, level, plain, guided, 1.0)
    spreads = [(now - level * one).flatten(1).std(1) for one in (plain, back, guided)]
    assert torch.allclose(spreads[0], spreads[1], rtol=0.2)
    assert (spreads[2] > 1.2 * spreads[0]).all()
    # What is given clean stays as it was said.
    assert torch.equal(back[:, :, 0], guided[:, :, 0])
    assert torch.allclose(rescaled(now, level, plain, guided, 0.0), guided, atol=1e-5)
    assert torch.allclose(rescaled(now, level, plain, plain, 0.7), plain, atol=1e-5)


def test_guidance_takes_spread_back_where_it_is_told_what_was_seen():
    full, unsaid, apart = (
        Latents(video=torch.randn(1, 2, 3, 4, 4), audio=torch.randn(1, 2, 2, 3)) for _ in range(3)
    )
    guidance = Guidance(text=3.0, coupling=2.0, rescale=1.0)
    now, level = torch.randn(full.video.shape), torch.full((1, 1, 1, 1, 1), 0.5)
    plain = guidance.guided(full, unsaid, apart)
    taken = guidance.guided(full, unsaid, apart, (now, level))
    assert not torch.equal(plain.video, taken.video)
    assert torch.equal(plain.audio, taken.audio)


def test_a_pass_that_was_not_made_counts_nothing():
    full, unsaid, _ = passes()
    guided = Guidance(text=3.0, coupling=2.0, exchange=False).guided(full, unsaid, None)
    assert guided.video.tolist() == [[6.0] * 2]
