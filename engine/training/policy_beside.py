"""The policy of a run, from the weights that lie beside it."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.checkpoint import read_metadata
from engine.data.latents import LatentStore
from engine.diffusion.guidance import Guidance
from engine.errors import TrainingError
from engine.metrics.reader import load_reader
from engine.models.reward_model import HEADS, load_reward
from engine.models.text_encoder import TextEncoder
from engine.pipelines.model import load_transformer, trained_in
from engine.pipelines.render import GUIDANCE, preview_guidance
from engine.training.codecs_beside import codecs_beside
from engine.training.policy import PolicyConfig, PolicyRecipe
from engine.training.policy_judge import ReaderJudge
from engine.training.policy_rollouts import PICTURE, SOUND, Sampling, world_prompts
from engine.training.policy_run import PolicyRun
from engine.training.recipe import LoopConfig
from engine.training.reward_beside import trusted_heads
from engine.training.run_weights import weights_of
from engine.training.telling import say


def policy_beside(
    run: Path, device: torch.device, minutes: float | None, source: Path
) -> PolicyRun:
    """Group-relative updates of ``source`` by the ``reward`` beside the run.

    A flow map learns the strides that its previews take. All are judged by the ``reader`` beside
    the run, or by the shipped one.

    Raises:
        EngineError: if weights or latents are missing or do not belong together.
    """
    beside = run.parent
    transformer, trained_on = load_transformer(source)
    codecs = codecs_beside(run).to(device)
    if codecs.hash != trained_on:
        raise TrainingError(
            f"{source} was trained on other codecs ({trained_on}) than those of the run "
            f"({codecs.hash}). Put its own into {beside / 'codecs'}."
        )
    spec = LatentStore.open(beside / "latents", codecs.hash).spec
    reward = load_reward(weights_of(beside / "reward"), codecs.hash).to(device)
    heads = trusted_heads(beside / "reward")
    for head in sorted(set(HEADS) - heads):
        say(f"policy: {head} does not count: it is not right on its held-out pairs beyond chance")
    reader = weights_of(beside / "reader")
    cuda = device.type == "cuda"
    config = LoopConfig(
        minutes=minutes or 60.0,
        lr=2e-5,
        warmup=4,
        weight_decay=0.0,
        evaluate_every=20 if cuda else 40,
        log_every=1,
        ema=0.9,
    )
    # Else words alone guide: a third pass would make a step dearer by half.
    usual = preview_guidance(trained_in(source))
    guidance = usual if usual.strides else Guidance(text=GUIDANCE.text)
    sampling = Sampling(group=16 if cuda else 8, guidance=guidance)
    recipe = PolicyRecipe(
        transformer.to(device),
        reward,
        world_prompts(TextEncoder(device=device), spec.level),
        spec.shape,
        config,
        policy=PolicyConfig(
            sampling=sampling,
            groups=4 if cuda else 1,
            picture=PICTURE.of(heads),
            sound=SOUND.of(heads),
            measured=32,
        ),
        judge=ReaderJudge(codecs, load_reader(reader if reader.is_file() else None), spec.shape),
        about=read_metadata(source),
    )
    return PolicyRun(recipe, run, device)
