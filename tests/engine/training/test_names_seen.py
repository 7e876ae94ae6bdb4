"""Logits that show what was asked, and some that do not."""

import torch

from engine.data.latents import kinds_of_names
from engine.training.names_seen import Asked, judged
from engine.world.scene import COLOURS, MATERIALS, PROPS

NAMES = (*COLOURS, *PROPS, *MATERIALS)
FRAMES, TOKENS = 2, 24
SURE = 8.0


def asked(*names: str, bodies: float = 2.0) -> Asked:
    said = torch.zeros(1, len(NAMES), dtype=torch.bool)
    said[0, [NAMES.index(name) for name in names]] = True
    return Asked(names=said, most=torch.tensor([[bodies]]), whole=torch.tensor([FRAMES * bodies]))


def shown(*bodies: tuple[int, tuple[str, ...]]) -> torch.Tensor:
    """Logits (1, V, N) with a body of those names on a token of both latent frames."""
    seen = torch.full((1, FRAMES, TOKENS // FRAMES, len(NAMES) + 1), -SURE)
    for token, names in bodies:
        seen[:, :, token, -1] = SURE
        for name in names:
            seen[:, :, token, NAMES.index(name)] = SURE
    return seen.flatten(1, 2)


BALL, DRUM = ("red", "ball", "wood"), ("blue", "drum", "metal")


def test_what_is_shown_as_asked_misses_nothing():
    seen = shown((0, BALL), (1, BALL))
    missed = judged(seen, asked(*BALL), FRAMES)
    assert missed.form < 0.01
    assert missed.amount == 0


def test_another_form_is_missed_more_than_another_colour():
    form = judged(shown((0, ("red", "drum", "wood"))), asked(*BALL), FRAMES)
    colour = judged(shown((0, ("blue", "ball", "wood"))), asked(*BALL), FRAMES)
    right = judged(shown((0, BALL)), asked(*BALL), FRAMES)
    assert form.form > 2 * colour.form > right.form
    assert form.each > right.each


def test_of_two_bodies_both_have_to_be_seen():
    both = asked(*BALL, *DRUM)
    one = judged(shown((0, BALL), (3, BALL)), both, FRAMES)
    two = judged(shown((0, BALL), (3, DRUM)), both, FRAMES)
    assert one.form < 0.01
    assert two.form < 0.01
    assert one.each > two.each + 1


def test_a_body_that_becomes_two_is_too_much_and_none_is_too_little():
    once = judged(shown((0, BALL)), asked(*BALL, bodies=1.0), FRAMES)
    twice = judged(shown((0, BALL), (5, BALL)), asked(*BALL, bodies=1.0), FRAMES)
    none = judged(shown(), asked(*BALL, bodies=1.0), FRAMES)
    assert once.amount < 0.02
    assert twice.amount > 1
    assert none.amount > 1


def test_the_way_back_makes_the_form_asked_for_likelier():
    seen = shown((0, ("red", "drum", "wood"))).requires_grad_()
    judged(seen, asked(*BALL), FRAMES).total.backward()
    assert seen.grad is not None
    ball, drum = (seen.grad[0, 0, NAMES.index(name)] for name in ("ball", "drum"))
    assert ball < 0 < drum


def test_kinds_cover_all_names_but_anybody():
    assert max(names.stop for names in kinds_of_names().values()) == len(NAMES)
