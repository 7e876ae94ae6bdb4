"""Pretraining on tasks: words with references, stills, history, edits and either branch given.

Shape letters: B batch, C latent channels, L video latent frames, A audio latents, M text tokens,
R picture references.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from engine.data.tasks import CLIP_ROLES, FREE, GIVEN, TRACED, TRACK_ROLES, TaskStore
from engine.diffusion.latent_state import TRACE
from engine.diffusion.schedules import draw_sigmas
from engine.models.context import Context, ReferenceTokens
from engine.models.layout import clip_places, track_places
from engine.models.pathways import FIRST_TRAINED, PREFIX, ROLES, trained_entry
from engine.models.signals import Latents, Levels
from engine.training.batch import Batch, moved_to
from engine.training.pretrain import PretrainRecipe

LEARNED = (
    *FIRST_TRAINED,
    "environment",
    "last_frame",
    "keyframe",
    *CLIP_ROLES,
    *TRACK_ROLES,
    "instruct",
    "extend",
    "tags",
)


class TasksRecipe(PretrainRecipe):
    """``PretrainRecipe`` on a store of tasks: what is given is the task's, not drawn anew.

    Of ``mix``, ``equal``, ``no_text``, ``no_reference`` and ``exchange_off`` count.
    """

    name = "tasks"
    # They start as nothing, so weights that lack them can be gone on from.
    additions = (PREFIX, *PretrainRecipe.additions)
    store: TaskStore

    @cached_property
    def _clip_places(self) -> list[Tensor]:
        """Where the tokens of each of ``CLIP_ROLES`` lie."""
        shape, sizes = self.store.spec.shape, self.store.spec.clip_latents
        aspect = shape.width / shape.height
        return [clip_places(role, sizes, float(shape.rate), aspect) for role in CLIP_ROLES]

    @cached_property
    def _track_places(self) -> list[Tensor]:
        """Where the tokens of each of ``TRACK_ROLES`` lie."""
        shape = self.store.spec.shape
        aspect = shape.width / shape.height
        return [track_places(role, shape.audio_latents, aspect) for role in TRACK_ROLES]

    def draw(
        self,
        rows: Tensor,
        generator: torch.Generator,
        device: torch.device,
        level: float | None = None,
    ) -> Batch:
        """Noise and levels for the tasks ``rows``; a fixed ``level`` means words alone."""
        index, store, count = rows.numpy(), self.store, len(rows)
        clean = Latents(video=_float(store.video[index]), audio=_float(store.audio[index]))
        noise = Latents(
            video=torch.randn(clean.video.shape, generator=generator),
            audio=torch.randn(clean.audio.shape, generator=generator),
        )
        given_video = torch.from_numpy(store.given_video[index])
        given_audio = torch.from_numpy(store.given_audio[index])
        on = self._chance(count, 1 - self.mix.exchange_off, generator).float()
        batch = Batch(
            clean=clean,
            noise=noise,
            levels=self._task_levels(given_video, given_audio, generator, level),
            context=self._task_context(index, generator, level is not None),
            switch=on if level is None else torch.ones(count),
            coverage=_float(store.coverage[index]) / 255,
            onsets=_float(store.onsets[index]) / 255,
            free=given_video == FREE,
        )
        return moved_to(batch, device)

    def worded(self, rows: Tensor) -> Tensor:
        """Without what changes a source: such words name the change."""
        sources = self.store.clip_slots[rows.numpy(), CLIP_ROLES.index("source")]
        return rows[torch.from_numpy(sources < 0)]

    def metadata(self) -> dict[str, str]:
        """As in pretraining, with the pathways that were trained: what no task shows is none."""
        learned = self.learned | (set(LEARNED) - self._never_shown())
        return super().metadata() | trained_entry(learned)

    def _never_shown(self) -> set[str]:
        """Roles of clips and tracks that no task of the store has, as voices at the first level."""
        ready, store = self.store.ready(), self.store
        shown = {
            role
            for roles, slots in ((CLIP_ROLES, store.clip_slots), (TRACK_ROLES, store.track_slots))
            for place, role in enumerate(roles)
            if (slots[:ready, place] >= 0).any()
        }
        return {*CLIP_ROLES, *TRACK_ROLES} - shown

    def _task_levels(
        self,
        given_video: Tensor,
        given_audio: Tensor,
        generator: torch.Generator,
        level: float | None,
    ) -> Levels:
        count = len(given_video)
        picture = draw_sigmas(count, generator)
        equal = self._chance(count, self.mix.equal, generator)
        sound = torch.where(equal, picture, draw_sigmas(count, generator))
        if level is not None:
            picture, sound = torch.full((count,), level), torch.full((count,), level)
        video = picture[:, None].expand(given_video.shape)
        audio = sound[:, None].expand(given_audio.shape)
        if level is None:
            video = torch.where(given_video == GIVEN, 0.0, video)
            video = torch.where(given_video == TRACED, video.clamp_max(TRACE), video)
            audio = torch.where(given_audio == GIVEN, 0.0, audio)
        return Levels(video=video, audio=audio, video_r=video, audio_r=audio)

    def _task_context(self, index: np.ndarray, generator: torch.Generator, plain: bool) -> Context:
        store, count = self.store, len(index)
        states = _float(store.text[index])
        spoken = self._chance(count, 1 - self.mix.no_text, generator)
        spoken = spoken | torch.full_like(spoken, plain)

        def shown(slots: np.ndarray) -> Tensor:
            """Slots (B, ...) of what is there, with some dropped at random."""
            there = torch.from_numpy(slots[index]).long()
            kept = torch.rand(there.shape, generator=generator) >= self.mix.no_reference
            return torch.where(kept & (not plain), there, -1)

        roles = shown(store.roles)
        lengths = torch.from_numpy(store.lengths[index]).long()
        mask = (torch.arange(states.shape[1]) < lengths[:, None]) & spoken[:, None]
        clip_slots, track_slots = shown(store.clip_slots), shown(store.track_slots)
        return Context(
            text=states,
            text_mask=mask,
            references=_float(store.references[index]),
            roles=roles,
            slots=torch.from_numpy(store.slots[index]).long().clamp_min(0),
            text_slots=torch.from_numpy(store.text_slots[index]).long(),
            clips=tuple(
                _reference(store.clips[index, place], role, clip_slots[:, place], places)
                for place, (role, places) in enumerate(
                    zip(CLIP_ROLES, self._clip_places, strict=True)
                )
            ),
            tracks=tuple(
                _reference(store.tracks[index, place], role, track_slots[:, place], places)
                for place, (role, places) in enumerate(
                    zip(TRACK_ROLES, self._track_places, strict=True)
                )
            ),
        )


def _reference(latents: np.ndarray, role: str, slots: Tensor, places: Tensor) -> ReferenceTokens:
    return ReferenceTokens(
        latents=_float(latents),
        roles=torch.where(slots >= 0, ROLES.index(role), -1),
        slots=slots.clamp_min(0),
        places=places,
    )


def _float(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(values)).float()
