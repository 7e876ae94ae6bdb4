"""What the shipped model can do, as data of its weights."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import get_args

from engine.api import Capabilities, Pathway, Role, Sampler, Size, WordGroup
from engine.models.pathways import FIRST_TRAINED
from engine.pipelines.render import GUIDANCE
from engine.shapes import SAMPLE_RATE_HZ
from engine.world.scene import ACTIONS, COLOURS, FIRST_MOVES, FIRST_SETS, LIGHTS, MATERIALS, PROPS

_VOCABULARY = tuple(
    WordGroup(name=name, words=words)
    for name, words in (
        ("set", FIRST_SETS),
        ("light", LIGHTS),
        ("prop", PROPS),
        ("material", MATERIALS),
        ("colour", COLOURS),
        ("camera", FIRST_MOVES),
        ("action", (*ACTIONS, "drops", "bounces", "falls", "rolls", "slides", "collides")),
    )
)
_NOTES = (
    "Knows the backlot's six sets, four lights and eight props, and nothing else.",
    "Makes about two seconds at 128x72 and 12 pictures a second.",
    "There are no people in it, so nobody speaks.",
)
_SIZE = Size(width=128, height=72, shape="16:9")
_SHOTS_AT_ONCE = 4
_FRAMES = (9, 13, 17, 21, 25)


def capabilities_of(
    weights: str,
    trained: Collection[str] = FIRST_TRAINED,
    scale: int = 1,
    own_words: tuple[str, ...] = (),
) -> Capabilities:
    """Limits of weights of hash ``weights`` that were trained on the pathways ``trained``.

    ``scale`` is that of their full renders, ``own_words`` are those of an adapter.

    Every pathway is open; what was not trained is named, so that it can be said before it is used.
    """
    roles: tuple[Role, ...] = get_args(Role)
    pathways: tuple[Pathway, ...] = get_args(Pathway)
    return Capabilities(
        name="Backlot",
        weights=weights,
        sizes=(_SIZE,),
        rates=(Fraction(12),),
        frames=_FRAMES,
        sample_rate_hz=SAMPLE_RATE_HZ,
        modes=("generate", "edit", "extend", "upgrade"),
        roles=roles,
        max_images=9,
        max_videos=3,
        max_tracks=3,
        max_shots=_SHOTS_AT_ONCE,
        max_frames=_SHOTS_AT_ONCE * _FRAMES[-1],
        fast_steps=8,
        full_steps=50,
        full_scale=scale,
        samplers=get_args(Sampler),
        guidance=GUIDANCE.text,
        vocabulary=_VOCABULARY,
        own_words=own_words,
        notes=(*_NOTES, *([_enlarged(scale)] if scale > 1 else [])),
        untrained_roles=tuple(role for role in roles if role not in trained),
        untrained=tuple(pathway for pathway in pathways if pathway not in trained),
    )


def _enlarged(scale: int) -> str:
    return f"Full renders end at {scale * _SIZE.width}x{scale * _SIZE.height}."
