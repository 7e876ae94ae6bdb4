"""Shipping: trained runs as the small set of weights that the program is delivered with.

Everything goes into bfloat16 but what encodes: what latents mean is named by a hash of the
encoders, and a transformer belongs to exactly one. Of a run the best weights by held-out loss are
taken, as the stage after it begins from them; those of its last step can be named as a file.

A pathway that was trained is not always learned: those whose scores say so are left out of what the
transformer tells that it can do, and the program warns of them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.console import made_folder, say, workspace, write_json
from engine.errors import WeightsError
from engine.whole_files import write_whole

if TYPE_CHECKING:
    from torch import Tensor

LIMIT_BYTES = 32_000_000
NAMES = {
    "dual_transformer": "transformer.safetensors",
    "video_vae": "video_vae.safetensors",
    "audio_vae": "audio_vae.safetensors",
    "vocoder": "vocoder.safetensors",
    "reader": "reader.safetensors",
    "latent_upsampler": "upsampler.safetensors",
}
_NEEDED = ("dual_transformer", "video_vae", "audio_vae", "vocoder")
HELP = "make the small set of weights that is delivered from trained runs"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "runs",
        nargs="+",
        type=Path,
        metavar="RUN",
        help="run folders, of which the best weights are taken, folders of codecs, or files of "
        "weights; of two of a kind the one named last is taken",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="such as assets/weights"
    )
    parser.add_argument(
        "--part-mib",
        type=int,
        metavar="MIB",
        help="largest file; a larger model leaves in parts, which this command takes and joins",
    )
    parser.add_argument(
        "--not-learned",
        type=_names,
        default=frozenset(),
        metavar="NAME,...",
        help="pathways that were trained and that scores do not tell from chance, such as instruct",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Read, check, convert and write.

    Raises:
        EngineError: if weights are missing, damaged, of another model, or too large together.
    """
    if args.part_mib is not None and args.part_mib < 1:
        raise WeightsError("A part has at least 1 MiB.")
    chosen = _chosen(args.runs)
    missing = [kind for kind in _NEEDED if kind not in chosen]
    if missing:
        raise WeightsError(
            f"Nothing of the kind {', '.join(missing)} lies in the runs that were named. "
            "Name the folder of the codecs and that of the transformer's run."
        )
    out: Path = args.out
    with made_folder(out), workspace(out / "weights") as folder:
        for kind, paths in chosen.items():
            say(f"{kind}: {', '.join(map(str, paths))}")
        entries = [
            _convert(paths, kind, folder, args.not_learned) for kind, paths in chosen.items()
        ]
        total = sum(entry["bytes"] for entry in entries)
        say(f"{total / 1e6:.1f} MB in {len(entries)} files")
        if total > LIMIT_BYTES:
            raise WeightsError(
                f"The weights are {total / 1e6:.1f} MB together; at most "
                f"{LIMIT_BYTES / 1e6:.0f} MB are delivered. Train a smaller network."
            )
        codecs = _check_together(folder)
        if args.part_mib is not None:
            return {"out": str(out), "parts": _in_parts(folder, out, args.part_mib * 2**20)}
        _move([folder / entry["name"] for entry in entries], out)
        sums = "".join(f"{entry['sha256']}  {entry['name']}\n" for entry in entries)
        write_whole(out / "SHA256SUMS", sums)
        manifest = {"codecs": codecs, "bytes": total, "files": entries}
        write_json(out / "manifest.json", manifest)
    return {"out": str(out)} | manifest


def _in_parts(folder: Path, out: Path, limit_bytes: int) -> list[str]:
    """What was converted in ``folder``, as files small enough to be carried; their names."""
    from engine.checkpoint import load_tensors, save_in_parts

    written: list[Path] = []
    for path in sorted(folder.glob("*.safetensors")):
        tensors, metadata = load_tensors(path)
        written += save_in_parts(folder / "parts" / path.name, tensors, metadata, limit_bytes)
    _move(written, out)
    return [path.name for path in written]


def _move(files: Sequence[Path], out: Path) -> None:
    """Put what is whole in its place, readable by all."""
    for path in files:
        path.chmod(0o644)
        path.replace(out / path.name)


def _chosen(runs: list[Path]) -> dict[str, list[Path]]:
    """The file of every kind, or its parts, in the order of ``NAMES``."""
    from engine.checkpoint import PART, read_metadata

    found: dict[str, list[Path]] = {}
    for run_ in runs:
        for path in _weights_in(run_):
            metadata = read_metadata(path)
            kind = metadata.get("kind", "")
            if kind not in NAMES:
                raise WeightsError(f"{path} does not hold a network of this engine.")
            joined = PART in metadata and kind in found and PART in read_metadata(found[kind][0])
            found[kind] = [*found[kind], path] if joined else [path]
    return {kind: found[kind] for kind in NAMES if kind in found}


def _weights_in(run_: Path) -> list[Path]:
    """A file itself, the best weights of a run, or everything in another folder.

    Raises:
        WeightsError: if there is nothing.
    """
    from engine.training.group import STATE
    from engine.training.run_weights import weights_of

    if not run_.is_dir():
        return [run_]
    if (own := weights_of(run_)).is_file():
        return [own]
    files = [file for file in sorted(run_.glob("*.safetensors")) if file.name != STATE]
    if not files:
        raise WeightsError(f"There are no weights in {run_}.")
    return files


def _names(words: str) -> frozenset[str]:
    return frozenset(filter(None, (word.strip() for word in words.split(","))))


def _less(metadata: dict[str, str], not_learned: frozenset[str]) -> dict[str, str]:
    """A transformer's metadata without the pathways ``not_learned``.

    Raises:
        WeightsError: if it does not tell of one of them.
    """
    from engine.models.pathways import trained_entry, trained_of

    trained = trained_of(metadata)
    if unknown := sorted(not_learned - trained):
        raise WeightsError(
            f"The weights do not say that they learned {', '.join(unknown)}. They say: "
            f"{', '.join(sorted(trained))}."
        )
    return metadata | trained_entry(trained - not_learned)


def _convert(
    paths: list[Path], kind: str, folder: Path, not_learned: frozenset[str]
) -> dict[str, Any]:
    import torch

    from engine.checkpoint import load_parts, save_tensors, settings_in, sha256
    from engine.models.codecs import encodes

    tensors, metadata = load_parts(paths)
    config = settings_in(metadata, paths[0])
    small: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise WeightsError(f"The tensor {name} of {paths[0]} holds values that are not finite.")
        keep = encodes(kind, name) or not tensor.is_floating_point()
        small[name] = tensor if keep else tensor.to(torch.bfloat16)
    # The content's own hash, so that a shipped model is named by its headers alone.
    left_out = not_learned if kind == "dual_transformer" else frozenset[str]()
    if left_out:
        metadata = _less(metadata, left_out)
    metadata["content"] = _content(small, left_out)
    target = folder / NAMES[kind]
    save_tensors(target, small, metadata)
    _order(target)
    return {
        "name": target.name,
        "kind": kind,
        "sha256": sha256(target),
        "bytes": target.stat().st_size,
        "parameters": sum(tensor.numel() for tensor in tensors.values()),
        "config": config,
    }


def _order(path: Path) -> None:
    """Sort the header's metadata, which is written in any order: same weights, same file."""
    contents = path.read_bytes()
    length = int.from_bytes(contents[:8], "little")
    header = json.loads(contents[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    write_whole(path, len(text).to_bytes(8, "little") + text + contents[8 + length :])


def _content(tensors: dict[str, Tensor], not_learned: frozenset[str]) -> str:
    """What renders depend on: the tensors, and what is not to be asked of them."""
    import torch

    digest = hashlib.sha256(",".join(sorted(not_learned)).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(name.encode())
        digest.update(tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _check_together(folder: Path) -> str:
    """Load what was written as the program will; the hash of the codecs."""
    import torch

    from engine.pipelines.model import load_model

    return load_model(folder, torch.device("cpu")).codecs.hash
