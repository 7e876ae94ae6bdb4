"""Training of everything from nothing: each stage in its turn, to weights that are delivered.

Sizes grow: the transformer learns small pictures first, and goes on from there. Stopped at any
instant, the same command goes on where it was; with more minutes, every stage that is due more of
them goes on too. What is not among the stages (``curated`` to ``policy``) is trained by its own
commands, since each has to be judged before it is delivered.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.commands import ship
from engine.commands.console import duration, say
from engine.presets import PRESETS, Order, Preset, carry_out, refuse_replicas
from engine.training.run_weights import weights_of

WEIGHTS = "weights"
_MINUTES = 480.0
_SMALL = (96, 64)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A preset in its turn.

    Attributes:
        folder: of its run, under that of everything.
        share: of the minutes, relative to the others'; 0 takes what it takes.
        size: in pixels of what it draws, where it is not the usual one.
        start: folder of the run whose weights it starts from, where it is not the stage before.
        level: of the world from which on it is needed.
    """

    preset: str
    folder: str = ""
    share: float = 0.0
    size: tuple[int, int] | None = None
    start: str = ""
    level: int = 1

    @property
    def place(self) -> str:
        """Its folder, named as its preset if it has no other name."""
        return self.folder or self.preset


STAGES = (
    Stage(preset="clips"),
    Stage(preset="codecs", share=14),
    Stage(preset="latents", folder="small/latents", size=_SMALL),
    Stage(preset="pretrain", folder="small/pretrain", share=10),
    Stage(preset="latents"),
    Stage(preset="pretrain", share=33, start="small/pretrain"),
    Stage(preset="tokens", share=17),
    Stage(preset="fine", share=6),
    Stage(preset="tasks", level=2),
    Stage(preset="pretrain_tasks", share=25, level=2),
    Stage(preset="doubles"),
    Stage(preset="upsampler", share=6),
    Stage(preset="looks", share=5),
    Stage(preset="reader", share=9),
)


def everything(
    order: Order,
    stages: Sequence[Stage] = STAGES,
    presets: Mapping[str, Preset] = PRESETS,
    deliver: Callable[[Path], None] | None = None,
) -> bool:
    """Train ``stages`` into the order's folder and deliver their weights; whether all was done.

    Raises:
        EngineError: as the stages.
    """
    refuse_replicas(order)
    level = order.level or 1
    wanted = [stage for stage in stages if stage.level <= level]
    minutes = minutes_of(wanted, order.minutes or _MINUTES)
    told = [f"{stage.place} {duration(60 * minutes[stage])}" for stage in wanted if stage.share]
    say(f"{', '.join(told)}; clips are drawn in between.")
    for stage in wanted:
        say(f"{stage.place}:")
        preset = presets[stage.preset]
        if not carry_out(stage.preset, preset, _part(order, stage, preset, minutes[stage])):
            return False
    (deliver or delivered)(order.run)
    return True


def minutes_of(stages: Sequence[Stage], minutes: float) -> dict[Stage, float]:
    """The minutes of each stage."""
    whole = sum(stage.share for stage in stages)
    return {stage: minutes * stage.share / whole for stage in stages}


def delivered(folder: Path) -> None:
    """The weights that lie in the runs of ``folder``, checked together, in its ``weights``.

    Raises:
        EngineError: as ``ship``.
    """
    import torch

    last = Order(run=folder / WEIGHTS, device=torch.device("cpu")).latest("sft")
    beside = (folder / name for name in ("upsampler", "reader"))
    runs = [folder / "codecs", last, *(run for run in beside if run.is_dir())]
    ship.run(
        argparse.Namespace(
            runs=runs, out=folder / WEIGHTS, part_mib=None, not_learned=frozenset[str]()
        )
    )
    say(f"Generate with them by: python -m engine generate --weights {folder / WEIGHTS} ...")


def _part(order: Order, stage: Stage, preset: Preset, minutes: float) -> Order:
    """What is asked of one stage."""
    warm_start = None
    if stage.start:
        warm_start = weights_of(order.run / stage.start)
    return replace(
        order,
        run=order.run / stage.place,
        minutes=minutes or None,
        resume=True,
        warm_start=warm_start,
        replicas=order.replicas if preset.together else None,
        size=stage.size,
        level=(order.level if stage.preset == "tasks" else None),
    )
