"""The mean of two trainings of one network, weight by weight.

Of weights that were trained on from the same ones, the mean is often better than either: what
each learned points one way, what each shook loose points anywhere (model soups, Wortsman et al.
2022, arXiv:2203.05482).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.commands.console import output, say
from engine.errors import WeightsError

HELP = "take the mean of two trainings that began from the same weights"
_SAME = ("kind", "codecs")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("first", type=Path, metavar="FIRST", help="weights, such as those before")
    parser.add_argument(
        "second",
        type=Path,
        metavar="SECOND",
        help="weights that were trained on; what they say of"
        " themselves, and tensors that FIRST lacks or has of another size, are taken from here",
    )
    parser.add_argument(
        "--share", type=float, default=0.5, metavar="S", help="of SECOND, 0 to 1 (default 0.5)"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE.safetensors", help="where to write"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Read, check, mix and write.

    Raises:
        EngineError: if weights are missing, damaged or of two kinds, or nothing can be written.
    """
    from engine.checkpoint import load_tensors, save_tensors

    if not 0 <= args.share <= 1:
        raise WeightsError("A share lies between 0 and 1.")
    if args.out.exists():
        raise WeightsError(f"{args.out} is there already. Choose another name.")
    output(args.out, ".safetensors")
    first, was = load_tensors(args.first)
    second, metadata = load_tensors(args.second)
    differing = [name for name in _SAME if was.get(name) != metadata.get(name)]
    if _anchored(was, args.first) != _anchored(metadata, args.second):
        differing.append("what their weights of strides mean")
    if differing or not set(first) <= set(second):
        raise WeightsError(
            f"{args.first.name} and {args.second.name} are not two trainings of one network: "
            f"they differ in {', '.join(differing) or 'the names of their tensors'}."
        )
    both = {name for name, tensor in first.items() if tensor.shape == second[name].shape}
    mixed = {
        name: first[name].float().lerp(tensor.float(), args.share)
        if name in both and tensor.is_floating_point()
        else tensor
        for name, tensor in second.items()
    }
    bad = [name for name, tensor in mixed.items() if not tensor.isfinite().all()]
    if bad:
        raise WeightsError(
            f"The tensor {bad[0]} of {args.first.name} or {args.second.name} holds values that are "
            "not finite."
        )
    save_tensors(args.out, mixed, metadata)
    taken = len(mixed) - len(both)
    say(f"{args.out}: the mean of {len(both)} tensors, {taken} taken from SECOND")
    return {"file": str(args.out), "share": args.share, "mixed": len(both)}


def _anchored(metadata: Mapping[str, str], path: Path) -> bool:
    """Whether what was learned of strides leaves levels alone where none is taken."""
    from engine.checkpoint import settings_in

    return bool(settings_in(metadata, path).get("anchored"))
