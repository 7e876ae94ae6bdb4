"""What our own model can do, as data of its weights."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import get_args

from engine.api import Capabilities, Pathway, Role, Sampler
from engine.data.limits import FIRST_LIMITS, Limits
from engine.models.pathways import FIRST_TRAINED
from engine.pipelines.render import GUIDANCE
from engine.shapes import SAMPLE_RATE_HZ


def capabilities_of(
    weights: str,
    trained: Collection[str] = FIRST_TRAINED,
    scale: int = 1,
    own_words: tuple[str, ...] = (),
    limits: Limits = FIRST_LIMITS,
) -> Capabilities:
    """Limits of weights of hash ``weights`` that were trained on the pathways ``trained``.

    ``scale`` is that of their full renders, ``own_words`` are those of an adapter, ``limits`` are
    what the weights say of themselves.

    Every pathway is open; what was not trained is named, so that it can be said before it is used.
    """
    roles: tuple[Role, ...] = get_args(Role)
    pathways: tuple[Pathway, ...] = get_args(Pathway)
    return Capabilities(
        name="Backlot",
        weights=weights,
        sizes=limits.sizes,
        rates=limits.rates,
        frames=limits.frames,
        sample_rate_hz=SAMPLE_RATE_HZ,
        modes=("generate", "edit", "extend", "upgrade"),
        roles=roles,
        max_images=limits.images,
        max_videos=limits.videos,
        max_tracks=limits.tracks,
        max_shots=limits.shots,
        max_frames=limits.shots * limits.frames[-1],
        fast_steps=8,
        full_steps=50,
        full_scale=scale,
        samplers=get_args(Sampler),
        guidance=GUIDANCE.text,
        vocabulary=limits.vocabulary,
        own_words=own_words,
        notes=tuple(_notes(limits, scale)),
        quoted="babbled" if _has_people(limits) else "unheard",
        untrained_frames=limits.untrained_frames,
        untrained_roles=tuple(role for role in roles if role not in trained),
        untrained=tuple(pathway for pathway in pathways if pathway not in trained),
    )


def _has_people(limits: Limits) -> bool:
    return any(group.name == "person" for group in limits.vocabulary)


def _notes(limits: Limits, scale: int) -> Iterator[str]:
    words = {group.name: group.words for group in limits.vocabulary}
    counts = [f"{len(words[name])} {name}s" for name in ("set", "light", "prop") if words.get(name)]
    if counts:
        yield f"Knows the backlot's {', '.join(counts)}, and nothing else."
    size, rate = limits.sizes[0], limits.rates[0]
    longest_s = float(limits.frames[-1] / rate)
    yield (
        f"Makes up to {longest_s:.1f} s at {size.width}x{size.height} and {float(rate):g} pictures "
        "a second."
    )
    if not _has_people(limits):
        yield "There are no people in it, so nobody speaks."
    if scale > 1:
        yield f"Full renders end at {scale * size.width}x{scale * size.height}."
