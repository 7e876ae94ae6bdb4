"""Pairs made from stored latents: a clip against itself spoiled, and clips against their captions.

Shape letters: C latent channels, L video latent frames, h w latent picture, A audio latents.

All that spoils takes and gives one clip's video (C, L, h, w) or audio (2, C, A).

A loser must differ in what it lost by and in nothing else. Where spoiling leaves a trace of its
own (the edge of a shifted sound), the winner is given the same trace.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.data.latents import LatentStore
from engine.errors import TrainingError
from engine.models.reward_model import HEADS
from engine.shapes import SAMPLE_RATE_HZ, SAMPLES_PER_LATENT
from engine.training.preferences import Clip, Outcome, Pair
from engine.world.scene import Scene

LATENT_S = SAMPLES_PER_LATENT / SAMPLE_RATE_HZ
# Below this nobody says that sound is late: such pairs are ties.
TOLERANCE_S = 0.05
LATEST_S = 0.5
TIES = 0.15
_POOL = 1024
_CANDIDATES = 24

Draw = torch.Generator


class LatentPairs:
    """Pairs drawn from a store; the clips it holds out are in held-out pairs alone.

    There are none for aesthetics: framing and light are spoiled before they are encoded.

    Args:
        store: encoded clips.
        pool: how many clips, beside the held-out ones, captions are compared with.
    """

    def __init__(self, store: LatentStore, pool: int = _POOL) -> None:
        count = store.ready()
        if count < store.held_out + 2 or store.held_out < 2:
            raise TrainingError(
                f"Only {count} clips are encoded in {store.folder}; pairs need more than "
                f"{store.held_out + 2}. Encode more of them."
            )
        self._store, self._ready = store, count
        known = range(min(count, store.held_out + pool))
        self._names = [said(store.spec.scene(store.index(row))) for row in known]
        self._kinds: tuple[tuple[str, Callable[[int, Draw, bool], Pair]], ...] = (
            ("visual_quality", self._visual),
            ("motion_quality", self._motion),
            ("audio_visual_sync", self._sync),
            ("prompt_adherence", self._prompt),
        )

    def draw(self, count: int, generator: Draw, *, held_out: bool) -> list[Pair]:
        """``count`` pairs of four of the five axes, in turn."""
        offset = _whole(len(self._kinds), generator)
        pairs = []
        for index in range(count):
            head, make = self._kinds[(index + offset) % len(self._kinds)]
            assert head in HEADS
            pairs.append(make(self._row(generator, held_out), generator, held_out))
        return pairs

    def _row(self, generator: Draw, held_out: bool, known: bool = False) -> int:
        first = 0 if held_out else self._store.held_out
        last = self._store.held_out if held_out else (len(self._names) if known else self._ready)
        return first + _whole(last - first, generator)

    def clip(self, row: int) -> Clip:
        """The stored clip."""
        return Clip(
            video=torch.from_numpy(self._store.video[row].astype("float32")),
            audio=torch.from_numpy(self._store.audio[row].astype("float32")),
        )

    def _pair(
        self, row: int, head: str, clips: tuple[Clip, Clip], how: tuple[Outcome, float, str]
    ) -> Pair:
        return Pair(
            first=clips[0],
            second=clips[1],
            text=torch.from_numpy(self._store.text[row].copy()),
            tokens=int(self._store.lengths[row]),
            head=head,
            outcome=how[0],
            strength=how[1],
            reason=how[2],
        )

    def _visual(self, row: int, generator: Draw, held_out: bool) -> Pair:
        del held_out
        clip, strength = self.clip(row), _share(generator)
        name = tuple(DAMAGES)[_whole(len(DAMAGES), generator)]
        damaged = Clip(video=DAMAGES[name](clip.video, strength, generator), audio=clip.audio)
        if _share(generator) < TIES:
            # As much damage of the same kind, elsewhere.
            again = Clip(video=DAMAGES[name](clip.video, strength, generator), audio=clip.audio)
            how: tuple[Outcome, float, str] = ("tie", 0.0, f"{name} twice")
            return self._pair(row, "visual_quality", (again, damaged), how)
        how = ("first", strength, name)
        return self._pair(row, "visual_quality", (clip, damaged), how)

    def _motion(self, row: int, generator: Draw, held_out: bool) -> Pair:
        clip = self.clip(row)
        if _share(generator) < TIES:
            other = self.clip(self._row(generator, held_out))
            return self._pair(row, "motion_quality", (clip, other), ("tie", 0.0, "both intact"))
        name = tuple(BREAKS)[_whole(len(BREAKS), generator)]
        video, strength = BREAKS[name](clip.video, generator)
        broken = Clip(video=video, audio=clip.audio)
        return self._pair(row, "motion_quality", (clip, broken), ("first", strength, name))

    def _sync(self, row: int, generator: Draw, held_out: bool) -> Pair:
        clip, head = self.clip(row), "audio_visual_sync"
        audible = torch.from_numpy(self._store.onsets[row].reshape(-1, 2).max(axis=1)) > 0
        if _share(generator) < 0.2:
            other = self.clip(self._row(generator, held_out))
            swapped = Clip(video=clip.video, audio=other.audio)
            if not bool(audible.any()):
                return self._pair(row, head, (clip, clip), ("tie", 0.0, "nothing sounds"))
            return self._pair(row, head, (clip, swapped), ("first", 1.0, "another's sound"))
        latest = min(round(LATEST_S / LATENT_S), clip.audio.shape[-1] // 3)
        by = 1 if _share(generator) < TIES else 2 + _whole(max(1, latest - 1), generator)
        by *= 1 if _share(generator) < 0.5 else -1
        kept, late = shifted_sound(clip.audio, by)
        clips = (Clip(video=clip.video, audio=kept), Clip(video=clip.video, audio=late))
        heard = audible[abs(by) :] if by > 0 else audible[: len(audible) + by]
        if abs(by) * LATENT_S < TOLERANCE_S or not bool(heard.any()):
            return self._pair(row, head, clips, ("tie", 0.0, "too little to hear"))
        strength = min(1.0, abs(by) * LATENT_S / LATEST_S)
        return self._pair(row, head, clips, ("first", strength, "late" if by > 0 else "early"))

    def _prompt(self, row: int, generator: Draw, held_out: bool) -> Pair:
        row = self._row(generator, held_out, known=True)
        others = [self._row(generator, held_out, known=True) for _ in range(_CANDIDATES)]
        shares = [shared(self._names[row], self._names[other]) for other in others]
        if _share(generator) < 0.5:
            # One that is nearly what was asked for.
            best = max(range(len(others)), key=lambda index: shares[index] * (shares[index] < 1))
            others, shares = [others[best], *others], [shares[best], *shares]
        fits, wrong = (row, 1.0), (others[0], shares[0])
        if _share(generator) < TIES:
            # Two that are equally wrong.
            near = min(range(1, len(others)), key=lambda index: abs(shares[index] - shares[0]))
            fits = (others[near], shares[near])
        gap = fits[1] - wrong[1]
        outcome: Outcome = "tie" if abs(gap) < 0.02 else ("first" if gap > 0 else "second")
        clips = (self.clip(fits[0]), self.clip(wrong[0]))
        reason = "another clip" if outcome != "tie" else "equally wrong"
        return self._pair(row, "prompt_adherence", clips, (outcome, abs(gap), reason))


def said(scene: Scene) -> frozenset[str]:
    """What a scene's caption names."""
    names = {f"set {scene.set_name}", f"light {scene.light}", f"action {scene.action}"}
    names.add(f"camera {scene.camera.move}")
    for body in scene.bodies:
        names |= {f"prop {body.prop}", f"colour {body.colour}", f"material {body.material}"}
    return frozenset(names)


def shared(wanted: frozenset[str], there: frozenset[str]) -> float:
    """How much of what two captions name they both name, 0 to 1 (Jaccard)."""
    return len(wanted & there) / len(wanted | there)


def shifted_sound(audio: Tensor, by: int) -> tuple[Tensor, Tensor]:
    """Sound (2, C, A) with an edge lost, and the same moved ``by`` latents, late where positive.

    Both have the same filling where the shift leaves a gap, so that only the time differs.
    """
    filling = audio.median(dim=-1, keepdim=True).values.expand(-1, -1, abs(by))
    if by > 0:
        kept = torch.cat([filling, audio[..., by:]], dim=-1)
        return kept, torch.cat([filling, audio[..., :-by]], dim=-1)
    kept = torch.cat([audio[..., :by], filling], dim=-1)
    return kept, torch.cat([audio[..., -by:], filling], dim=-1)


def noised(video: Tensor, strength: float, generator: Draw) -> Tensor:
    """Noise over (C, L, h, w), as strong beside each channel's own range."""
    noise = torch.randn(video.shape, generator=generator)
    return video + (0.1 + 0.6 * strength) * noise * _range(video)


def smeared(video: Tensor, strength: float, generator: Draw) -> Tensor:
    """Neighbouring cells run into each other."""
    del generator
    flat = video.transpose(0, 1)
    soft = F.avg_pool2d(F.pad(flat, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    return torch.lerp(flat, soft, 0.2 + 0.8 * strength).transpose(0, 1)


def crushed(video: Tensor, strength: float, generator: Draw) -> Tensor:
    """The fainter half of the channels lost, as a starved codec loses them."""
    del generator
    quiet = video.std(dim=(1, 2, 3)) < video.std(dim=(1, 2, 3)).median()
    keep = torch.where(quiet, 1 - (0.3 + 0.7 * strength), 1.0)
    steps = (0.2 + 1.6 * strength) * _range(video)
    coarse = (video / steps).round() * steps
    return torch.lerp(video, coarse, strength) * keep[:, None, None, None]


def broken_up(video: Tensor, strength: float, generator: Draw) -> Tensor:
    """Cells replaced by others of the same latent frame, as by lost packets."""
    frames, height, width = video.shape[1:]
    lost = torch.rand(frames, height, width, generator=generator) < 0.04 + 0.3 * strength
    order = torch.randperm(height * width, generator=generator)
    others = video.flatten(2)[:, :, order].unflatten(2, (height, width))
    return torch.where(lost, others, video)


def backwards(video: Tensor, generator: Draw) -> tuple[Tensor, float]:
    """All latent frames but the first, which is shorter, in reversed order."""
    del generator
    return torch.cat([video[:, :1], video[:, 1:].flip(1)], dim=1), 1.0


def exchanged(video: Tensor, generator: Draw) -> tuple[Tensor, float]:
    """Two latent frames that do not follow each other exchanged: bodies jump there and back."""
    frames = video.shape[1]
    if frames < 4:
        return backwards(video, generator)
    one = 1 + _whole(frames - 3, generator)
    other = one + 2 + _whole(frames - one - 2, generator)
    order = list(range(frames))
    order[one], order[other] = order[other], order[one]
    return video[:, order], 0.6


def stuttering(video: Tensor, generator: Draw) -> tuple[Tensor, float]:
    """From some instant on every other latent frame is the one before."""
    frames = video.shape[1]
    start = 2 + _whole(max(1, frames // 2), generator)
    order = [k if k < start or (k - start) % 2 else k - 1 for k in range(frames)]
    return video[:, order], 0.5


DAMAGES: dict[str, Callable[[Tensor, float, Draw], Tensor]] = {
    "noise": noised,
    "blur": smeared,
    "codec damage": crushed,
    "lost cells": broken_up,
}
BREAKS: dict[str, Callable[[Tensor, Draw], tuple[Tensor, float]]] = {
    "reversed time": backwards,
    "jumps": exchanged,
    "stutter": stuttering,
}


def _range(video: Tensor) -> Tensor:
    """(C, 1, 1, 1) deviation of each channel."""
    return video.std(dim=(1, 2, 3), keepdim=True).clamp_min(1e-3)


def _share(generator: Draw) -> float:
    return float(torch.rand(1, generator=generator))


def _whole(count: int, generator: Draw) -> int:
    """One of ``count`` numbers from 0."""
    return int(torch.randint(count, (1,), generator=generator))
