"""What a reward model is worth: accuracy on held-out pairs, and rank agreement with the truth.

Shape letters: N clips of one scene, T pictures, H height, W width, S samples.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.latents import TEXT_TOKENS, LatentSpec
from engine.metrics.matching import Interval, bootstrapped, match
from engine.metrics.onsets import hear
from engine.models.codecs import Codecs
from engine.models.reward_model import HEADS, RewardModel, Words
from engine.models.signals import Latents
from engine.models.text_encoder import TextEncoder
from engine.training.preferences import Pair
from engine.training.preferences_latents import said, shared
from engine.training.reward import measured, right
from engine.world.caption import caption
from engine.world.clips import Clips, make_clips
from engine.world.foley import synthesise
from engine.world.projection import to_picture
from engine.world.renderer import render
from engine.world.sampler import sample_scene
from engine.world.scene import COLOURS, FIRST_SETS, LIGHTS, Scene
from engine.world.seeds import AGREEMENT_FROM, held_out_seed
from engine.world.truth import Truth

_STEPS = 5


@dataclass(frozen=True, kw_only=True)
class Graded:
    """A clip made worse by a step: pictures (T, H, W, 3), sound (2, S), the truth's measure."""

    video: Tensor
    sound: Tensor
    truth: float


def accuracies(
    module: RewardModel, pairs: Sequence[Pair], rate: float = 12.0
) -> dict[str, Interval]:
    """Share of decided held-out pairs on whose winner the model sides, per head and form.

    ``HEAD`` is by the scores, ``HEAD.compared`` by the comparison, ``HEAD.REASON`` by the scores
    for one way of losing.
    """
    found = measured(module, pairs, rate)
    alone = right(found.alone, found.pairs.outcomes)
    compared = right(found.compared, found.pairs.outcomes)
    rows: dict[str, list[float]] = {}
    for index, pair in enumerate(pairs):
        if pair.outcome == "tie":
            continue
        rows.setdefault(pair.head, []).append(float(alone[index]))
        rows.setdefault(f"{pair.head}.compared", []).append(float(compared[index]))
        rows.setdefault(f"{pair.head}.{pair.reason}", []).append(float(alone[index]))
    return {name: _mean(values) for name, values in sorted(rows.items())}


def agreement(
    module: RewardModel, spec: LatentSpec, codecs: Codecs, text: TextEncoder, scenes: int = 12
) -> dict[str, Interval]:
    """Spearman's rank correlation of scores with measures of the truth that no pair was made by.

    Every scene is made worse in steps, in a way that no pair shows, and ranked within itself.
    Visual quality: PSNR of pictures with dead pixels. Motion quality: minus the residual of a
    body's path beside the physics, in metres, as it sways. Sync: F1 of the onsets heard against
    the true contacts, of which ever more sound elsewhere. Prompt adherence: share of the caption's
    names, of which ever more are wrong. Aesthetics: share of the bodies left in a picture that is
    framed too high.
    """
    rows: dict[str, list[float]] = {head: [] for head in HEADS}
    for index in range(scenes):
        scene = sample_scene(held_out_seed(AGREEMENT_FROM + index), spec.level)
        states, mask = text.batch([caption(scene, scene.seed)], TEXT_TOKENS)
        words = Words(states=states.cpu(), mask=mask.cpu())
        whole = make_clips([scene], spec.shape)
        draw = np.random.default_rng((AGREEMENT_FROM, index))
        for head, grade in _GRADES.items():
            steps = list(grade(whole, spec, draw))
            column = HEADS.index(head)
            scores = [float(row[column]) for row in _scores(module, steps, words, codecs)]
            rows[head].append(spearman([step.truth for step in steps], scores))
    return {f"agreement.{head}": _mean(values) for head, values in rows.items()}


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Rank correlation; equal values share their mean rank, and NaN is for no order at all."""
    ranks = np.array([_ranks(one), _ranks(other)])
    if len(one) < 2 or ranks.std(axis=1).min() < 1e-9:
        return float("nan")
    return float(np.corrcoef(ranks)[0, 1])


def write_report(path: Path, rows: dict[str, Interval]) -> None:
    """The intervals as JSON."""
    plain = {name: interval.to_json() for name, interval in rows.items()}
    path.write_text(json.dumps(plain, indent=1), encoding="utf-8")


def _ranks(values: Sequence[float]) -> list[float]:
    """Each value's place in order, from 0; equal values share the mean of theirs."""
    below = [sum(other < value for other in values) for value in values]
    equal = [sum(other == value for other in values) for value in values]
    return [less + (same - 1) / 2 for less, same in zip(below, equal, strict=True)]


def _mean(values: Sequence[float]) -> Interval:
    kept = np.array([value for value in values if np.isfinite(value)])
    return bootstrapped(len(kept), lambda chosen: float(kept[chosen].mean()))


@torch.no_grad()
def _scores(
    module: RewardModel, steps: Sequence[Graded], words: Words, codecs: Codecs
) -> NDArray[np.float32]:
    clips = Latents(
        video=codecs.encode_video(torch.stack([step.video for step in steps])),
        audio=codecs.encode_audio(torch.stack([step.sound for step in steps])),
    )
    device = next(module.parameters()).device
    clips = Latents(video=clips.video.to(device), audio=clips.audio.to(device))
    many = words.repeated(len(steps))
    moved = Words(states=many.states.to(device), mask=many.mask.to(device))
    return module(clips, moved).cpu().numpy()


def _dead_pixels(clips: Clips, spec: LatentSpec, draw: np.random.Generator) -> Iterator[Graded]:
    del spec
    video = clips.video[0]
    for step in range(_STEPS):
        dead = torch.from_numpy(draw.random(video.shape[:3]) < 0.04 * step)
        white = torch.from_numpy(draw.random(video.shape[:3]) < 0.5)
        spoilt = torch.where(dead[..., None], torch.where(white, 255, 0)[..., None], video)
        spoilt = spoilt.to(torch.uint8)
        error = float((spoilt.float() - video.float()).square().mean())
        psnr = 10 * np.log10(255**2 / max(error, 1e-2))
        yield Graded(video=spoilt, sound=clips.audio[0], truth=float(psnr))


def _swaying(clips: Clips, spec: LatentSpec, draw: np.random.Generator) -> Iterator[Graded]:
    scene, truth, shape = clips.scenes[0], clips.truths[0], spec.shape
    body = int(np.abs(truth.velocities_m_s).sum(axis=(0, 2)).argmax())
    phase = draw.uniform(0, 2 * np.pi)
    sway = np.sin(np.arange(shape.frames) * 1.3 + phase)
    for step in range(_STEPS):
        moved = truth.positions_m.copy()
        moved[:, body, 0] += 0.1 * step * sway
        residual = float(np.abs(moved - truth.positions_m).sum(axis=(1, 2)).mean())
        centres = to_picture(moved, truth.camera, shape.width / shape.height)
        drawn = render([scene], [replace(truth, positions_m=moved, centres=centres)], shape)
        yield Graded(video=drawn.video[0], sound=clips.audio[0], truth=-residual)


def _astray(clips: Clips, spec: LatentSpec, draw: np.random.Generator) -> Iterator[Graded]:
    scene = clips.scenes[0]
    wanted = said(scene)
    for changed in _ever_more_wrong(scene, draw):
        made = make_clips([changed], spec.shape)
        share = shared(wanted, said(changed))
        yield Graded(video=made.video[0], sound=made.audio[0], truth=share)


def _ever_more_wrong(scene: Scene, draw: np.random.Generator) -> Iterator[Scene]:
    yield scene
    bodies = list(scene.bodies)
    free = [colour for colour in COLOURS if colour not in {body.colour for body in bodies}]
    bodies[0] = replace(bodies[0], colour=free[int(draw.integers(len(free)))])
    yield (scene := replace(scene, bodies=tuple(bodies)))
    lights = [light for light in LIGHTS if light != scene.light]
    yield (scene := replace(scene, light=lights[int(draw.integers(len(lights)))]))
    sets = [name for name in FIRST_SETS if name != scene.set_name]
    yield replace(scene, set_name=sets[int(draw.integers(len(sets)))])


def _scattered(clips: Clips, spec: LatentSpec, draw: np.random.Generator) -> Iterator[Graded]:
    """Ever more of the contacts sound a quarter of a second or more from where they are seen."""
    scene, truth = clips.scenes[0], clips.truths[0]
    order = draw.permutation(len(truth.contacts)).tolist()
    for step in range(_STEPS):
        moved = set(order[: round(step * len(order) / (_STEPS - 1))])
        contacts = list(truth.contacts)
        for index in moved:
            time_s = contacts[index].time_s
            away = float(draw.uniform(0.25, 0.5))
            later = time_s + away < spec.shape.duration_s - 0.1
            contacts[index] = replace(
                contacts[index], time_s=time_s + away if later else max(0.0, time_s - away)
            )
        heard = replace(truth, contacts=tuple(contacts))
        sound = synthesise([scene], [heard], spec.shape)[0]
        f1 = _sync(sound, truth)
        yield Graded(video=clips.video[0], sound=torch.from_numpy(sound), truth=f1)


def _sync(sound: NDArray[np.float32], truth: Truth) -> float:
    wanted = [contact.time_s for contact in truth.contacts if contact.audible]
    found = [one.time_s for one in hear(sound)]
    return match(found, wanted, [contact.time_s for contact in truth.contacts]).f1


def _raised(clips: Clips, spec: LatentSpec, draw: np.random.Generator) -> Iterator[Graded]:
    del draw
    scene = clips.scenes[0]
    there = float((clips.masks > 0).sum())
    for step in range(_STEPS):
        lift = 0.4 * step
        camera = replace(scene.camera, lift_start_m=lift, lift_end_m=lift)
        made = make_clips([replace(scene, camera=camera)], spec.shape)
        left = float((made.masks > 0).sum()) / max(there, 1.0)
        yield Graded(video=made.video[0], sound=clips.audio[0], truth=left)


_GRADES: dict[str, Callable[[Clips, LatentSpec, np.random.Generator], Iterator[Graded]]] = {
    "visual_quality": _dead_pixels,
    "motion_quality": _swaying,
    "audio_visual_sync": _scattered,
    "prompt_adherence": _astray,
    "aesthetics": _raised,
}
