"""The model's clips of held-out scenes, under each condition, kept on disk so that a score resumes.

Shape letters: B clips, M text tokens, C latent channels, L latent frames, A audio latents.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from engine.checkpoint import load_tensors, read_metadata, save_tensors, sha256
from engine.diffusion.guidance import Guidance
from engine.diffusion.latent_state import DETAIL_NOISE, Given, starting_noise
from engine.diffusion.samplers import USUAL_SAMPLER, Schedule
from engine.diffusion.schedules import sampling_sigmas
from engine.errors import WeightsError
from engine.metrics.evidence import SHAPE, ClipSet
from engine.models.codecs import FILES, load_codecs
from engine.models.pathways import trained_of
from engine.models.signals import Latents
from engine.models.text_encoder import TextEncoder
from engine.pipelines.model import TRANSFORMER, Model, load_model, load_transformer
from engine.pipelines.render import (
    AUDIO_SHIFT,
    GUIDANCE,
    VIDEO_SHIFT,
    Plan,
    preview_guidance,
    run_plan,
)
from engine.pipelines.stages import words_context
from engine.plain import to_plain
from engine.world.caption import caption
from engine.world.scene import Scene

Condition = Literal["joint", "independent", "cascade"]
CONDITIONS: tuple[Condition, ...] = ("joint", "independent", "cascade")
FAST_STEPS, FULL_STEPS = 8, 50
BATCH = 8


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A model and the name that its clips are kept under."""

    model: Model
    name: str


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How clips are made, by weights with the pathways ``trained``: in Fast's steps or Full's."""

    full: bool = False
    trained: frozenset[str] = frozenset()

    @property
    def steps(self) -> int:
        """Steps per clip."""
        return FULL_STEPS if self.full else FAST_STEPS

    def guidance(self, condition: Condition) -> Guidance:
        """Guidance of the run that ``condition`` adds."""
        usual = GUIDANCE if self.full else preview_guidance(self.trained)
        return replace(usual, exchange=condition != "independent")

    @property
    def sampler(self) -> str:
        """What steps."""
        return USUAL_SAMPLER

    def passes(self, condition: Condition) -> int:
        """Passes through the network per clip."""
        return self.steps * self.guidance(condition).passes


def codecs_folder(weights: Path, beside: Path) -> Path:
    """Where the codecs of weights lie: in their folder, beside a file's run, or in ``beside``."""
    if weights.is_dir():
        return weights
    places = (weights.parent, weights.parent.parent / "codecs")
    return next((place for place in places if (place / FILES[0]).is_file()), beside)


def load_scored(weights: Path, device: torch.device, beside: Path) -> Scored:
    """The model of a folder, or of a transformer's file with its codecs.

    They lie next to it, beside its run, or in ``beside``.

    Raises:
        WeightsError: if anything is missing, damaged, or does not belong together.
    """
    if weights.is_dir():
        model, path = load_model(weights, device), weights / TRANSFORMER
    else:
        path = weights
        transformer, codecs_hash = load_transformer(path)
        folder = codecs_folder(path, beside)
        codecs = load_codecs(folder)
        if codecs.hash != codecs_hash:
            raise WeightsError(
                f"{path} was trained on other codecs ({codecs_hash}) than those in {folder} "
                f"({codecs.hash}). Put it into a folder with its own."
            )
        model = Model(
            transformer=transformer.to(device),
            codecs=codecs.to(device),
            text=TextEncoder(device=device),
            device=device,
            trained=trained_of(read_metadata(path)),
        )
    return Scored(model=model, name=sha256(path)[:16])


class Studio:
    """Makes clips of scenes and keeps their latents in a folder.

    Args:
        scored: the model.
        folder: where latents are kept, by weights, condition, steps and scene.
        manner: Fast or Full.
    """

    def __init__(self, scored: Scored, folder: Path, manner: Manner) -> None:
        self._model = scored.model
        self._manner = replace(manner, trained=self._model.trained)
        self._folder = folder / scored.name
        self._spent_s, self._done = 0.0, 0

    def missing(self, condition: Condition, scenes: Sequence[Scene]) -> list[Scene]:
        """Scenes whose clip is not in the folder."""
        return [scene for scene in scenes if not self._path(condition, scene).is_file()]

    def passes_left(self, conditions: Sequence[Condition], scenes: Sequence[Scene]) -> int:
        """Passes through the network for what is missing."""
        return sum(self._manner.passes(it) * len(self.missing(it, scenes)) for it in conditions)

    def seconds_a_pass(self, scenes: Sequence[Scene]) -> float:
        """Time of one pass for one clip, measured."""
        few = list(scenes[:BATCH])
        began = time.monotonic()
        steps = run_plan(self._model, replace(self._plan("joint", few), levels=_levels(1)))
        for _ in steps:
            pass
        return (time.monotonic() - began) / len(few) / self._manner.guidance("joint").passes

    def make(self, condition: Condition, scenes: Sequence[Scene], left_after: int = 0) -> ClipSet:
        """The clips of ``scenes``; what is missing is rendered and kept.

        Args:
            condition: ``cascade`` needs the clips of ``independent``, and makes them.
            scenes: what to show.
            left_after: passes still to come afterwards, for the time left.
        """
        missing = self.missing(condition, scenes)
        if condition == "cascade" and missing:
            self.make("independent", missing, left_after)
        for start in range(0, len(missing), BATCH):
            few = missing[start : start + BATCH]
            began = time.monotonic()
            self._render(condition, few)
            self._spent_s += time.monotonic() - began
            self._done += self._manner.passes(condition) * len(few)
            left = left_after + self._manner.passes(condition) * (len(missing) - start - len(few))
            minutes = self._spent_s / self._done * left / 60
            sys.stderr.write(
                f"{condition}: {start + len(few)}/{len(missing)} clips, {minutes:.1f} min left\n"
            )
        return self._decoded(condition, scenes)

    def _render(self, condition: Condition, scenes: list[Scene]) -> None:
        plan = self._plan(condition, scenes)
        latents = plan.start
        for step in run_plan(self._model, plan):
            latents = step.latents
        for row, scene in enumerate(scenes):
            tensors = {
                "video": latents.video[row].half(),
                "audio": latents.audio[row].half(),
            }
            save_tensors(self._path(condition, scene), tensors, {"kind": "scored_latents"})

    def _plan(self, condition: Condition, scenes: list[Scene]) -> Plan:
        config = self._model.transformer.config
        noise = starting_noise(config, SHAPE, [scene.seed for scene in scenes])
        given = Given.nothing(noise)
        if condition == "cascade":
            pictures = _stacked([self._latents("independent", scene) for scene in scenes])
            clean = Latents(video=pictures.video, audio=noise.audio)
            given = replace(given, clean=clean, video=torch.ones_like(given.video))
        return Plan(
            shape=SHAPE,
            start=given.put(noise),
            given=given,
            levels=_levels(self._manner.steps),
            context=words_context(self._model, [caption(scene, 0) for scene in scenes]),
            nothing=words_context(self._model, [""] * len(scenes)),
            guidance=self._manner.guidance(condition),
            sampler=self._manner.sampler,
        )

    def _decoded(self, condition: Condition, scenes: Sequence[Scene]) -> ClipSet:
        codecs, device = self._model.codecs, self._model.device
        videos, sounds = [], []
        for start in range(0, len(scenes), BATCH):
            few = scenes[start : start + BATCH]
            latents = _stacked([self._latents(condition, scene) for scene in few])
            video = codecs.decode_video(latents.video.to(device), SHAPE.width, SHAPE.height)
            sound = codecs.decode_audio(latents.audio.to(device), SHAPE.samples)
            videos.append(video.cpu().numpy())
            sounds.append(sound.cpu().numpy())
        return ClipSet(
            scenes=tuple(scenes), video=np.concatenate(videos), sound=np.concatenate(sounds)
        )

    def _latents(self, condition: Condition, scene: Scene) -> Latents:
        tensors, _ = load_tensors(self._path(condition, scene))
        video, audio = (tensors[key][None].float() for key in ("video", "audio"))
        return Latents(video=video, audio=audio)

    def _path(self, condition: Condition, scene: Scene) -> Path:
        guidance = replace(self._manner.guidance(condition), exchange=True)
        levels = _levels(self._manner.steps)
        schedule = [levels.video.tolist(), levels.audio.tolist()]
        manner = [schedule, to_plain(guidance), self._manner.sampler, DETAIL_NOISE]
        settings = json.dumps([*manner, to_plain(SHAPE), caption(scene, 0)])
        digest = hashlib.sha256(settings.encode()).hexdigest()[:8]
        return self._folder / condition / f"{scene.seed}-{digest}.safetensors"


def _levels(steps: int) -> Schedule:
    return Schedule(
        video=sampling_sigmas(steps, VIDEO_SHIFT), audio=sampling_sigmas(steps, AUDIO_SHIFT)
    )


def _stacked(latents: Sequence[Latents]) -> Latents:
    def joined(parts: list[Tensor]) -> Tensor:
        return torch.cat(parts)

    return Latents(
        video=joined([one.video for one in latents]), audio=joined([one.audio for one in latents])
    )
