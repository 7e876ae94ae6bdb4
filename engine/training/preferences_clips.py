"""Pairs made from drawn scenes: each scene as it is against itself spoilt, drawn and encoded once.

Shape letters: R clips of a part, C latent channels, L video latent frames, h w latent picture,
A audio latents, M text tokens.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.checkpoint import load_tensors, save_tensors
from engine.data.latents import TEXT_TOKENS, LatentSpec
from engine.errors import RequestError, TrainingError, WeightsError
from engine.models.codecs import Codecs
from engine.models.text_encoder import TextEncoder
from engine.plain import from_plain, to_plain
from engine.training.preferences import Clip, KeptPairs, Outcome, Pair
from engine.training.preferences_spoiling import (
    Spoilt,
    astray,
    damaged,
    desynchronised,
    ugly,
    unphysical,
)
from engine.world.caption import caption
from engine.world.clips import make_clips
from engine.world.foley import synthesise
from engine.world.renderer import render
from engine.world.sampler import sample_scene
from engine.world.scene import Scene
from engine.world.seeds import PAIRS_FROM, held_out_seed
from engine.world.truth import Truth

HELD_OUT_SHARE = 5
_TIES = 0.12
_PART = 4
_SPEC = "spec.json"


@dataclass(frozen=True, kw_only=True)
class Made:
    """A pair of clips of one part, by their places in it; the better one first, or a tie."""

    scene: int
    first: int
    second: int
    head: str
    outcome: Outcome
    strength: float
    reason: str


def fill_pairs(
    folder: Path, scenes: int, spec: LatentSpec, codecs: Codecs, text: TextEncoder
) -> None:
    """Draw, spoil and encode what is not in ``folder`` yet of the pairs of ``scenes`` scenes.

    Args:
        folder: of the parts; it can be stopped at any instant and goes on where it was.
        scenes: how many, five at least, so that some are held out.
        spec: size, length and level of the clips.
        codecs: that encode them.
        text: that reads their captions.

    Raises:
        TrainingError: if there are too few, or the folder holds other pairs.
    """
    if scenes < HELD_OUT_SHARE:
        raise TrainingError(f"{scenes} scenes are too few for pairs; use {HELD_OUT_SHARE} or more.")
    _claim(folder, spec)
    began, made = time.monotonic(), 0
    for start in range(0, scenes, _PART):
        indices = range(start, min(start + _PART, scenes))
        path = folder / f"pairs-{start:05d}-{len(indices)}.safetensors"
        if path.is_file():
            continue
        _write(path, indices, spec, codecs, text)
        made += len(indices)
        left = (scenes - indices.stop) * (time.monotonic() - began) / made / 60
        sys.stderr.write(f"pairs: {indices.stop}/{scenes} scenes, {left:.1f} min left\n")


def open_pairs(folder: Path, codecs: str) -> KeptPairs | None:
    """All pairs in ``folder``, made by the codecs of hash ``codecs``; ``None`` if there are none.

    Every scene has five, one for each axis; every fifth scene is held out. They lie in memory,
    some four megabytes a scene at the size of the shipped model.

    Raises:
        WeightsError: if other codecs made them.
    """
    parts = sorted(folder.glob("pairs-*.safetensors"))
    if not parts:
        return None
    if _claimed(folder).codecs != codecs:
        raise WeightsError(f"The pairs in {folder} were made by other codecs; make them again.")
    pairs: list[Pair] = []
    held_out: list[Pair] = []
    for path in parts:
        for scene, pair in _read(path):
            (held_out if scene % HELD_OUT_SHARE == 0 else pairs).append(pair)
    return KeptPairs(pairs=pairs, held_out=held_out)


def scene_of(index: int, level: int = 1) -> Scene:
    """The scene of pairs ``index``; the held-out ones are of seeds that nothing is trained on."""
    seed = PAIRS_FROM + index
    return sample_scene(held_out_seed(seed) if index % HELD_OUT_SHARE == 0 else seed, level)


def _claim(folder: Path, spec: LatentSpec) -> None:
    """Say in ``folder`` what its pairs are, or check that it says the same."""
    wanted = replace(spec, clips=0, first_seed=PAIRS_FROM)
    if (folder / _SPEC).is_file():
        if _claimed(folder) != wanted:
            raise TrainingError(
                f"{folder} holds pairs of other codecs or another size; choose another folder."
            )
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _SPEC).write_text(json.dumps(to_plain(wanted)), encoding="utf-8")


def _claimed(folder: Path) -> LatentSpec:
    try:
        return from_plain(LatentSpec, json.loads((folder / _SPEC).read_text("utf-8")))
    except (OSError, ValueError, RequestError) as error:
        raise TrainingError(f"The pairs in {folder} cannot be read: {error}") from error


def _write(path: Path, indices: range, spec: LatentSpec, codecs: Codecs, text: TextEncoder) -> None:
    """Draw, spoil, encode and save the pairs of a few scenes."""
    videos, sounds, states, lengths = [], [], [], []
    made: list[Made] = []
    for place, index in enumerate(indices):
        scene = scene_of(index, spec.level)
        parts = list(_versions(scene, spec, np.random.default_rng((PAIRS_FROM, index))))
        first = sum(len(video) for video in videos)
        videos.append(codecs.encode_video(torch.stack([video for video, _, _, _ in parts])))
        sounds.append(codecs.encode_audio(torch.stack([sound for _, sound, _, _ in parts])))
        for offset, (_, _, head, spoilt) in enumerate(parts[1:], start=1):
            outcome: Outcome = "first" if spoilt.strength > 0 else "tie"
            one = Made(
                scene=place,
                first=first,
                second=first + offset,
                head=head,
                outcome=outcome,
                strength=spoilt.strength,
                reason=spoilt.reason,
            )
            made.append(one)
        token_states, mask = text.batch([caption(scene, scene.seed)], TEXT_TOKENS)
        states.append(token_states.cpu().half())
        lengths.append(int(mask.sum()))
    tensors = {
        "video": torch.cat(videos).cpu().half(),
        "audio": torch.cat(sounds).cpu().half(),
        "text": torch.cat(states),
        "lengths": torch.tensor(lengths, dtype=torch.uint8),
    }
    plain = {"scenes": list(indices), "pairs": [to_plain(one) for one in made]}
    save_tensors(path, tensors, {"kind": "preference_pairs", "made": json.dumps(plain)})


def _versions(
    scene: Scene, spec: LatentSpec, draw: np.random.Generator
) -> Iterator[tuple[Tensor, Tensor, str, Spoilt]]:
    """The clip of ``scene``, then one made worse on each axis: pictures, sound, axis and how."""
    shape = spec.shape
    clips = make_clips([scene], shape)
    video, sound, truth = clips.video[0], clips.audio[0], clips.truths[0]
    yield video, sound, "", Spoilt(reason="", strength=0.0)
    tie = draw.random() < _TIES
    ways = (
        ("visual_quality", damaged(draw)),
        ("motion_quality", unphysical(truth, shape, draw)),
        ("audio_visual_sync", desynchronised(truth, draw, tie)),
        ("prompt_adherence", astray(scene, draw)),
        ("aesthetics", ugly(scene, draw)),
    )
    for head, spoilt in ways:
        yield (*realised(scene, truth, (video, sound), spoilt, spec), head, spoilt)


def realised(
    scene: Scene, truth: Truth, clip: tuple[Tensor, Tensor], spoilt: Spoilt, spec: LatentSpec
) -> tuple[Tensor, Tensor]:
    """Pictures (T, H, W, 3) and sound (2, S) of the clip as it was spoilt."""
    video, sound = clip
    if spoilt.scene is not None:
        again = make_clips([spoilt.scene], spec.shape)
        video, sound = again.video[0], again.audio[0]
    elif spoilt.truth is not None and spoilt.truth.contacts != truth.contacts:
        sound = torch.from_numpy(synthesise([scene], [spoilt.truth], spec.shape))[0]
    elif spoilt.truth is not None:
        video = render([scene], [spoilt.truth], spec.shape).video[0]
    if spoilt.pictures is not None:
        video = spoilt.pictures(video)
    if spoilt.sound is not None:
        sound = spoilt.sound(sound)
    return video, sound


def _read(path: Path) -> Iterator[tuple[int, Pair]]:
    """Index of the scene and the pair, for all in a part."""
    tensors, metadata = load_tensors(path)
    try:
        plain = json.loads(metadata["made"])
        made: list[Made] = [from_plain(Made, one) for one in plain["pairs"]]
        scenes: list[int] = plain["scenes"]
    except (KeyError, ValueError, RequestError) as error:
        raise WeightsError(f"{path} does not say what its pairs are; delete it.") from error

    def clip(row: int) -> Clip:
        return Clip(video=tensors["video"][row], audio=tensors["audio"][row])

    for one in made:
        yield (
            scenes[one.scene],
            Pair(
                first=clip(one.first),
                second=clip(one.second),
                text=tensors["text"][one.scene],
                tokens=int(tensors["lengths"][one.scene]),
                head=one.head,
                outcome=one.outcome,
                strength=one.strength,
                reason=one.reason,
            ),
        )
