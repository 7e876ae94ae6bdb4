"""Fine-tuning of finished weights on somebody's own clips, by a low-rank adapter.

Shape letters: B clips, L latent frames, A audio latents.

The clips have captions and no truths: nothing is known of their bodies and contacts, and a clip
may have no sound, which then is neither learned nor listened to.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import torch
from torch import Tensor, nn

from engine.data.latents import LatentStore
from engine.data.own_clips import heard, learned_words
from engine.errors import WeightsError
from engine.models.lora import KIND, WORDS, attach
from engine.models.transformer import DualTransformer
from engine.training.batch import Batch, TaskMix
from engine.training.pretrain import LossWeights, PretrainRecipe
from engine.training.recipe import LoopConfig

RANK = 8
_MIX = TaskMix(subject=0.0)
_WEIGHTS = LossWeights(body=0.0, onset=0.0, truth=0.0)


class FinetuneRecipe(PretrainRecipe):
    """Flow matching on own clips, of adapters beside frozen weights.

    Args:
        base: the weights, which the adapters are put into.
        base_hash: what names their contents.
    """

    name = "finetune"

    def __init__(
        self,
        store: LatentStore,
        config: LoopConfig,
        base: DualTransformer,
        base_hash: str,
        *,
        rank: int = RANK,
        batch: int = 8,
        codecs: str = "",
        half: bool | None = None,
    ) -> None:
        super().__init__(
            store,
            config,
            model=base.config,
            batch=batch,
            mix=_MIX,
            weights=_WEIGHTS,
            codecs=codecs,
            half=half,
        )
        attach(base, rank)
        self.module, self.rank, self.base_hash = base, rank, base_hash
        self.heard = torch.from_numpy(heard(store.folder, store.spec.clips))

    def draw(
        self,
        rows: Tensor,
        generator: torch.Generator,
        device: torch.device,
        level: float | None = None,
    ) -> Batch:
        """As in pretraining; sound that is not there is given, unheard and not learned."""
        batch = super().draw(rows, generator, device, level)
        there = self.heard[rows].to(device)
        audio = batch.levels.audio * there[:, None]
        levels = replace(batch.levels, audio=audio, audio_r=audio)
        return replace(batch, levels=levels, switch=batch.switch * there)

    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """Held-out figures; few clips are all learned from, and the last weights are the best."""
        return super().evaluate(module) if self.held_out else {"loss": 0.0}

    def metadata(self) -> dict[str, str]:
        """The weights it belongs to, how it was made, and the words that it learned."""
        recipe = {
            "name": self.name,
            "clips": self.store.spec.clips,
            "width": self.store.spec.width,
            "height": self.store.spec.height,
            "frames": self.store.spec.frames,
            "rank": self.rank,
            "lr": self.config.lr,
            "mix": asdict(self.mix),
        }
        return {
            "kind": KIND,
            "base": self.base_hash,
            "codecs": self.codecs,
            "scale": "1.0",
            "recipe": json.dumps(recipe),
            WORDS: json.dumps(learned_words(self.store.folder)),
        }


def refuse_other_base(metadata: dict[str, str], base_hash: str) -> None:
    """Refuse to go on with an adapter on weights that it was not begun with.

    Raises:
        WeightsError: if it was begun with others.
    """
    if metadata.get("base") != base_hash:
        raise WeightsError(
            "This run began on other weights than those named now. Name the same weights again, "
            "or another folder for the run."
        )
