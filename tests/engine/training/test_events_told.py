import torch

from engine.training.events_told import apart


def logits(*sure: float) -> torch.Tensor:
    return torch.logit(torch.tensor([sure]), eps=1e-6)


def test_what_agrees_is_hardly_apart():
    same = logits(1e-4, 0.9999, 1e-4, 1e-4)
    found = apart(same, same.clone(), torch.tensor([[0.0, 1.0, 0.0, 0.0]]))
    assert max(found.heard, found.fewer) < 0.05
    assert apart(same, same.roll(2, 1), torch.tensor([[0.0, 1.0, 0.0, 0.0]])).heard > 4


def test_a_sound_beside_its_contact_is_drawn_to_it_and_the_picture_stays():
    seen = logits(0.02, 0.9, 0.02, 0.02, 0.02).requires_grad_()
    heard = logits(0.02, 0.02, 0.02, 0.9, 0.02).requires_grad_()
    found = apart(seen, heard, torch.tensor([[0.0, 1.0, 0.0, 0.0, 0.0]]))
    (slope,) = torch.autograd.grad(found.heard, heard, retain_graph=True)
    assert slope[0, :3].min() < 0 < slope[0, 3]
    assert torch.autograd.grad(found.heard, seen, allow_unused=True) == (None,)


def test_a_latent_beside_it_is_forgiven():
    seen = logits(1e-4, 1e-4, 0.9999, 1e-4, 1e-4, 1e-4)
    wanted = torch.tensor([[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]])
    assert apart(seen, seen.roll(1, 1), wanted).heard < 0.05
    assert apart(seen, seen.roll(2, 1), wanted).heard > 4


def test_where_the_picture_leaves_doubt_the_sound_is_free():
    seen, wanted = logits(0.4, 0.4, 0.4), torch.tensor([[0.0, 1.0, 0.0]])
    for heard in (logits(0.01, 0.99, 0.01), logits(0.01, 0.01, 0.01)):
        assert apart(seen, heard, wanted).heard == 0


def test_a_needless_sound_costs_nats_and_silence_none():
    seen, wanted = logits(1e-6, 1e-6, 1e-6, 1e-6), torch.zeros(1, 4)
    heard = apart(seen, logits(1e-6, 0.75, 1e-6, 1e-6), wanted).heard
    assert torch.allclose(heard, torch.tensor(4.0).log(), atol=0.1)
    assert apart(seen, seen, wanted).heard < 0.05


def test_doubts_are_no_contact():
    sure, doubts = logits(0.99, 0.01, 0.01, 0.01), logits(0.25, 0.25, 0.25, 0.25)
    wanted = torch.tensor([[1.0, 0.0, 0.0, 0.0]])
    assert apart(sure, sure, wanted).fewer == 0
    assert apart(doubts, doubts, wanted).fewer > 1


def test_silence_over_nothing_is_no_agreement():
    nothing = logits(0.03, 0.03, 0.03, 0.03).requires_grad_()
    found = apart(nothing, nothing.detach(), torch.tensor([[1.0, 0.0, 1.0, 0.0]]))
    assert found.fewer > 1
    (slope,) = torch.autograd.grad(found.fewer, nothing)
    assert (slope < 0).all()
    assert apart(nothing, nothing, torch.zeros(1, 4)).fewer < found.fewer
