"""Presets of the reader, of the reward, and of the policy that learns from it."""

from __future__ import annotations

from engine.data.latents import LatentStore
from engine.presets.codecs import store_beside
from engine.presets.orders import Order, train
from engine.training.codecs_beside import codecs_beside
from engine.training.policy_beside import policy_beside
from engine.training.recipe import LoopConfig
from engine.training.reward_beside import draw_pairs, report_reward, reward_beside
from engine.training.run_weights import weights_of


def looks(order: Order) -> bool:
    """What reads bodies and moves; half an hour on one of two shared cores was more than enough."""
    from engine.training.looks import LooksRecipe

    config = LoopConfig(
        minutes=order.minutes or 25.0,
        lr=2.5e-3,
        warmup=40,
        evaluate_every=200,
        log_every=20,
        ema=0.995,
        cooldown=0.5,
        weight_decay=0.02,
    )
    codec = codecs_beside(order.run).to(order.device).video
    recipe = LooksRecipe(store_beside(order.run), config, codec, pictures=36, clips=4)
    return train(recipe, order)


def reader(order: Order) -> bool:
    """Contacts, set and light, around the looks beside it."""
    from engine.metrics.looks import load_looks
    from engine.training.reader import ReaderRecipe

    config = LoopConfig(
        minutes=order.minutes or 40.0,
        lr=3e-3,
        warmup=40,
        evaluate_every=250,
        log_every=20,
        ema=0.995,
        cooldown=0.35,
    )
    codecs = codecs_beside(order.run)
    latents = LatentStore.open(order.run.parent / "latents", codecs.hash)
    looks = load_looks(weights_of(order.run.parent / "looks"))
    return train(ReaderRecipe(latents, config, codecs.video, looks), order)


def pairs(order: Order) -> bool:
    """Winners and losers on each axis."""
    draw_pairs(order.run, order.device)
    return True


def reward(order: Order) -> bool:
    """The reward model, and what it is worth in ``accuracy.json``."""
    recipe = reward_beside(order.run, order.device, order.minutes, order.verdicts)
    done = train(recipe, order)
    if done:
        report_reward(order.run, recipe)
    return done


def policy(order: Order) -> bool:
    """Updates of the last stage beside it, or of the weights that are named."""
    run = policy_beside(
        order.run, order.device, order.minutes, order.following("policy").latest("policy")
    )
    if order.resume:
        run.resume()
    order.set_rate(run.recipe)
    run.train()
    return not run.stopped
