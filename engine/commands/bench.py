"""The bench: how fast this machine is at each part, as ratios.

The forward pass is held against its own matrix products alone and against LTX-2's network of the
same widths; Full against Fast, as the backend renders them; a pass against references, seconds and
size; the world and training in clips a second.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.arguments import count, number
from engine.commands.console import say
from engine.commands.films import nearest_length, rendered
from engine.errors import EngineError

if TYPE_CHECKING:
    import torch

    from engine.api import ShotRequest
    from engine.backends.backlot import BacklotBackend
    from engine.pipelines.model import Model
    from engine.shapes import ClipShape

HELP = "measure the forward pass, Fast and Full, the world and training on this machine"
_PROMPT = "a red rubber ball bounces in the park, day"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "--weights", type=Path, metavar="FOLDER", help="other weights than those delivered"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--seconds", type=number, help="of the clip; the longest by default")
    parser.add_argument(
        "--batch", type=count, default=16, help="clips of the larger batches, from 2"
    )
    parser.add_argument(
        "--repeats", type=count, default=5, help="how often each is timed; the fastest counts"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Measure everything.

    Raises:
        EngineError: if the weights cannot be loaded.
    """
    import torch

    from engine.backends.backlot import SHIPPED, BacklotBackend
    from engine.commands.products import forward_over_products
    from engine.devices import keep_freed_memory, pick
    from engine.pipelines.model import load_model
    from engine.shapes import ClipShape

    if args.batch < 2:
        raise EngineError("A larger batch is of 2 clips at least: use more with --batch.")
    keep_freed_memory()  # As a render does, before there is a model.
    folder, device = args.weights or SHIPPED, pick(args.device)
    model, backend = load_model(folder, device), BacklotBackend(folder, args.device)
    can = backend.capabilities()
    channels = model.transformer.config.channels
    frames = can.frames[-1]
    if args.seconds is not None:
        frames = nearest_length(args.seconds, can.rates[0], can.frames)
    shape = ClipShape(
        width=can.sizes[0].width, height=can.sizes[0].height, frames=frames, rate=can.rates[0]
    )
    say(f"{_machine(device)}; {shape.width}x{shape.height}, {shape.frames} pictures")
    report: dict[str, Any] = {
        "machine": _machine(device),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "shape": {"width": shape.width, "height": shape.height, "frames": shape.frames},
        "channels": channels,
    }
    for name, batch in (("one_clip", 1), ("batch", args.batch)):
        row = forward_over_products(model.transformer, shape, batch, args.repeats)
        report[name] = row
        say(
            f"forward of {batch}: {row['forward_s'] * 1e3:.1f} ms, "
            f"{row['ratio']:.2f} times its products ({row['gflops_per_s']:.0f} GFLOP/s)"
        )
    report["against_ltx"] = _rival(model, shape, args.repeats)
    report |= renders(backend, shape)
    report["costs"] = _costs(model, shape, args.repeats)
    report |= _world(shape, device, args.batch)
    report |= _training(model, shape)
    return report


def _machine(device: torch.device) -> str:
    import platform

    from engine.devices import cores, describe

    if device.type == "cpu":
        return f"{_processor() or platform.machine()}, {cores()} cores"
    return describe(device)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, "")


def renders(backend: BacklotBackend, shape: ClipShape) -> dict[str, Any]:
    """Seconds from words to a take on disk, of a preview and of a full render as they are made.

    Raises:
        EngineError: if one fails.
    """
    from engine.api import Quality, ShotPlan, ShotRequest
    from engine.commands.products import fastest

    fast = ShotRequest(
        prompt=_PROMPT,
        shots=(ShotPlan(caption="", frames=shape.frames),),
        width=shape.width,
        height=shape.height,
        rate=shape.rate,
        seed=0,
    )
    full = replace(fast, quality=Quality(mode="full"))
    report: dict[str, Any] = {}
    for name, request in (("fast", fast), ("full", full)):
        # Memory and caches are filled once, by the first render of a session.
        _render(backend, replace(request, quality=replace(request.quality, steps=1)))
        report |= {
            f"{name}_s": fastest(lambda request=request: _render(backend, request), 0),
            f"{name}_steps": backend.compile(request).steps,
            f"{name}_passes": backend.passes(request),
            f"{name}_scale": backend.compile(request).scale,
        }
    report["full_over_fast"] = report["full_s"] / report["fast_s"]
    report["film_s_per_preview_s"] = shape.duration_s / report["fast_s"]
    report["fast_over_playing"] = report["fast_s"] / shape.duration_s
    say(
        f"Fast: {report['fast_s']:.2f} s in {report['fast_steps']} steps of "
        f"{report['fast_passes']} passes ({report['fast_over_playing']:.2f} of the time it plays, "
        f"or {report['film_s_per_preview_s']:.1f} s of film a second); "
        f"Full: {report['full_s']:.2f} s in {report['full_steps']} steps of "
        f"{report['full_passes']}, {report['full_over_fast']:.1f} times Fast"
    )
    return report


def _render(backend: BacklotBackend, request: ShotRequest) -> None:
    with tempfile.TemporaryDirectory(prefix="dailies-bench-") as folder:
        rendered(backend, request, Path(folder))


def _rival(model: Model, shape: ClipShape, repeats: int) -> dict[str, Any]:
    """A pass of our network and one of LTX-2's at the same widths."""
    from engine.commands.rival import against_ltx

    row = against_ltx(model.transformer, shape, repeats)
    if "missing" in row:
        say(row["missing"])
    else:
        say(
            f"beside LTX-2's network of the same widths: {row['ours_s'] * 1e3:.1f} ms against "
            f"{row['theirs_s'] * 1e3:.1f}, {row['ratio']:.2f} of its time "
            f"({row['ours_parameters'] / 1e6:.1f} M parameters against "
            f"{row['theirs_parameters'] / 1e6:.1f})"
        )
    return row


def _costs(model: Model, shape: ClipShape, repeats: int) -> dict[str, Any]:
    """What more references, seconds and pixels cost."""
    from engine.commands.costs import costs

    row = costs(model.transformer, shape, repeats)
    told = [
        f"{count} references {one['pass_s'] * 1e3:.1f} ms (prepared once in "
        f"{one['prepare_s'] * 1e3:.1f})"
        for count, one in row["references"].items()
    ]
    told += [f"{frames} pictures {one * 1e3:.1f} ms" for frames, one in row["frames"].items()]
    told += [f"{size} {one * 1e3:.1f} ms" for size, one in row["size"].items()]
    say(f"a pass with {'; '.join(told)}")
    return row


def _world(shape: ClipShape, device: torch.device, clips: int) -> dict[str, Any]:
    from engine.commands.drawing import draw_rates

    rates = draw_rates(shape, device, clips)
    say(
        "the world, clips a second with their sound: "
        + "; ".join(f"{name} {rate:.1f}" for name, rate in rates.items())
    )
    return {"world_clips_per_s": rates}


def _training(model: Model, shape: ClipShape, batch: int = 8) -> dict[str, Any]:
    """Clips a second of whole optimiser steps on one fixed batch of noise."""
    from engine.commands.products import fastest, inputs_of
    from engine.models.transformer import DualTransformer
    from engine.training.optim import build_optimiser
    from engine.training.plan import planned, product_rate
    from engine.training.recipe import LoopConfig

    network = DualTransformer(replace(model.transformer.config)).to(model.device).train()
    optimiser = build_optimiser(network, LoopConfig(optimiser="muon"))
    latents, levels, context, places, switch = inputs_of(network, shape, batch)

    def loss() -> torch.Tensor:
        result = network(latents, levels, network.prepare(context), places, switch)
        seen = (result.video - latents.video).square().mean()
        return seen + (result.audio - latents.audio).square().mean()

    def step() -> None:
        loss().backward()
        optimiser.step(1e-4)

    flops = planned(network, batch, loss, of=batch).flops
    rate = batch / fastest(step, 2)
    share = rate * flops / product_rate(model.device)
    say(
        f"training: {rate:.1f} clips a second in batches of {batch}, not compiled, "
        f"{share:.0%} of the rate of large products alone"
    )
    return {"training_clips_per_s": rate, "training_share": share}
