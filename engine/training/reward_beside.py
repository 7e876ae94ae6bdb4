"""Pairs and the reward model of a run, from the codecs and latents that lie beside it."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from engine.data.latents import LatentStore
from engine.errors import TrainingError
from engine.models.reward_model import HEADS, load_reward
from engine.models.text_encoder import TextEncoder
from engine.training.codecs_beside import codecs_beside
from engine.training.preferences_clips import fill_pairs, open_pairs
from engine.training.recipe import LoopConfig
from engine.training.reward import RewardRecipe, reward_recipe
from engine.training.reward_report import accuracies, agreement, write_report
from engine.training.run_weights import weights_of

REPORT = "accuracy.json"
_REPORTED = 400
_CHANCE = 0.5


def draw_pairs(run: Path, device: torch.device) -> None:
    """Draw scenes and their spoilt likes into ``run``; two free cores make about one a second."""
    codecs = codecs_beside(run).to(device)
    spec = LatentStore.open(run.parent / "latents", codecs.hash).spec
    scenes = 4000 if device.type == "cuda" else 400
    fill_pairs(run, scenes, spec, codecs, TextEncoder(device=device))


def reward_beside(
    run: Path, device: torch.device, minutes: float | None, verdicts: Path | None
) -> RewardRecipe:
    """The recipe of ``run``; the pairs beside it are used where they were drawn.

    Raises:
        EngineError: if codecs or latents are missing, or verdicts cannot be read.
    """
    config = LoopConfig(
        minutes=minutes or 40.0,
        lr=3e-3,
        warmup=10,
        evaluate_every=100,
        log_every=10,
        ema=0.99,
        cooldown=0.4,
        optimiser="muon",
    )
    codecs = codecs_beside(run)
    store = LatentStore.open(run.parent / "latents", codecs.hash)
    drawn = open_pairs(run.parent / "pairs", codecs.hash)
    # Small batches learn more in the same time where steps are dear.
    batch = 128 if device.type == "cuda" else 8
    return reward_recipe(store, drawn, config, verdicts=verdicts, batch=batch)


def trusted_heads(run: Path) -> frozenset[str]:
    """The heads of a finished run that are right on their held-out pairs beyond chance.

    Heads are normalised before they are added up, so one that knows nothing, such as aesthetics
    without drawn pairs, would be as loud as the others.

    Raises:
        TrainingError: if the run was not reported on, or no head is.
    """
    try:
        rows = json.loads((run / REPORT).read_text(encoding="utf-8"))
        known = frozenset(
            head for head in HEADS if head in rows and (rows[head]["low"] or 0) > _CHANCE
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise TrainingError(
            f"{run / REPORT} does not say how right the reward is. Finish it with: "
            f"python -m engine train reward --run {run} --resume"
        ) from error
    if not known:
        raise TrainingError(
            f"No head of the reward in {run} is right on its held-out pairs beyond chance; nothing "
            "can be learned from it. Train it for longer, or on more pairs."
        )
    return known


def report_reward(run: Path, recipe: RewardRecipe) -> None:
    """Write into ``run`` what its best weights are worth on pairs and scenes not seen."""
    codecs = codecs_beside(run)
    spec = LatentStore.open(run.parent / "latents", codecs.hash).spec
    model = load_reward(weights_of(run), codecs.hash)
    unseen = recipe.source.draw(_REPORTED, torch.Generator().manual_seed(3), held_out=True)
    rows = accuracies(model, unseen, recipe.rate)
    write_report(run / REPORT, rows | agreement(model, spec, codecs, TextEncoder()))
