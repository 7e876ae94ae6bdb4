import torch

from engine.training.events_told import apart


def logits(*sure: float) -> torch.Tensor:
    return torch.logit(torch.tensor([sure]), eps=1e-6)


def test_what_agrees_is_hardly_apart():
    same = logits(1e-4, 0.9999, 1e-4, 1e-4)
    found = apart(same, same.clone(), torch.tensor([[0.0, 1.0, 0.0, 0.0]]))
    assert max(found.heard, found.seen, found.fewer) < 0.05
    later = apart(same, same.roll(2, 1), torch.tensor([[0.0, 1.0, 0.0, 0.0]]))
    assert min(later.heard, later.seen) > 4


def test_a_sound_beside_its_contact_is_drawn_to_it_and_it_to_the_sound():
    seen = logits(0.02, 0.9, 0.02, 0.02, 0.02).requires_grad_()
    heard = logits(0.02, 0.02, 0.02, 0.9, 0.02).requires_grad_()
    found = apart(seen, heard, torch.tensor([[0.0, 1.0, 0.0, 0.0, 0.0]]))
    (slope,) = torch.autograd.grad(found.heard, heard, retain_graph=True)
    assert slope[0, :3].min() < 0 < slope[0, 3]
    (slope,) = torch.autograd.grad(found.seen, seen, retain_graph=True)
    assert slope[0, 3] < 0 < slope[0, 1]
    assert torch.autograd.grad(found.heard, seen, allow_unused=True, retain_graph=True) == (None,)


def test_a_latent_beside_it_is_forgiven():
    seen = logits(1e-4, 1e-4, 0.9999, 1e-4, 1e-4, 1e-4)
    wanted = torch.tensor([[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]])
    assert apart(seen, seen.roll(1, 1), wanted).heard < 0.05
    assert apart(seen, seen.roll(2, 1), wanted).heard > 4


def test_where_the_picture_leaves_doubt_the_sound_is_free():
    seen, wanted = logits(0.4, 0.4, 0.4), torch.tensor([[0.0, 1.0, 0.0]])
    for heard in (logits(0.01, 0.99, 0.01), logits(0.01, 0.01, 0.01)):
        assert apart(seen, heard, wanted).heard == 0


def test_the_divergence_is_in_nats_a_clip():
    found = apart(logits(0.5, 0.5), logits(0.25, 0.5), torch.tensor([[1.0, 0.0]]))
    share = torch.tensor(0.25)
    expected = share * (share / 0.5).log() + (1 - share) * ((1 - share) / 0.5).log()
    assert torch.allclose(found.seen, expected, atol=1e-5)


def test_silence_over_nothing_is_no_agreement():
    nothing = logits(0.01, 0.01, 0.01, 0.01).requires_grad_()
    found = apart(nothing, nothing.detach(), torch.tensor([[1.0, 0.0, 1.0, 0.0]]))
    assert found.fewer > 1
    (slope,) = torch.autograd.grad(found.fewer, nothing)
    assert (slope < 0).all()
    assert apart(nothing, nothing, torch.zeros(1, 4)).fewer < found.fewer
