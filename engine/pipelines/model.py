"""A loaded model: transformer, codecs and language encoder that belong together.

Weights lie in one folder: ``transformer.safetensors``, the codecs' three files and, where full
renders end with it, ``upsampler.safetensors``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.checkpoint import apply, content_hash, load_tensors, read_metadata, settings_in
from engine.errors import RequestError, WeightsError
from engine.models.codecs import FILES, Codecs, load_codecs
from engine.models.lora import ADAPTER, WORDS, merge
from engine.models.offload import Offload
from engine.models.pathways import FIRST_TRAINED, PREFIX, trained_of
from engine.models.text_encoder import TextEncoder
from engine.models.transformer import DualTransformer, TransformerConfig
from engine.models.upsampler import SCALE, UPSAMPLER, Upsampler, load_upsampler
from engine.models.video_vae import VideoVAEConfig
from engine.plain import from_plain

TRANSFORMER = "transformer.safetensors"


@dataclass(frozen=True, kw_only=True)
class Model:
    """Everything that turns words and noise into a clip.

    Attributes:
        trained: the pathways that the transformer was trained on.
        dtype: of the numbers that the transformer computes in; weights stay in float32.
        upsampler: what full renders end with, where there is one.
    """

    transformer: DualTransformer
    codecs: Codecs
    text: TextEncoder
    device: torch.device
    trained: frozenset[str] = frozenset(FIRST_TRAINED)
    dtype: torch.dtype = torch.float32
    upsampler: Upsampler | None = None


def load_model(
    folder: Path,
    device: torch.device,
    adapted: bool = True,
    dtype: torch.dtype = torch.float32,
    lean: bool = False,
) -> Model:
    """The model whose weights lie in ``folder``.

    Args:
        folder: with the weights of all its networks.
        device: where they compute.
        adapted: whether the adapter beside the weights is added.
        dtype: of the numbers that the transformer computes in.
        lean: whether the transformer's layers visit the device one by one, for want of memory.

    Raises:
        WeightsError: if anything is missing, damaged, or does not belong together.
    """
    transformer, codecs_hash = load_transformer(folder / TRANSFORMER)
    if adapted and (folder / ADAPTER).is_file():
        merge(transformer, folder / ADAPTER, content_hash(folder / TRANSFORMER))
    codecs = load_codecs(folder)
    if codecs.hash != codecs_hash:
        raise WeightsError(
            f"The transformer in {folder} was trained on other codecs ({codecs_hash}) than those "
            f"beside it ({codecs.hash}). Use the codecs it came with."
        )
    upsampler = None
    if (folder / UPSAMPLER).is_file():
        upsampler = load_upsampler(folder / UPSAMPLER, codecs.hash).to(device)
    if lean:
        Offload(transformer, transformer.blocks, device)
    else:
        transformer.to(device)
    return Model(
        transformer=transformer,
        codecs=codecs.to(device),
        text=TextEncoder(device=device),
        device=device,
        trained=trained_pathways(folder),
        dtype=dtype,
        upsampler=upsampler,
    )


def full_scale(folder: Path) -> int:
    """How many times as wide and high the full renders of the weights in ``folder`` are."""
    return SCALE if (folder / UPSAMPLER).is_file() else 1


def trained_pathways(folder: Path) -> frozenset[str]:
    """The pathways that the weights in ``folder`` were trained on, read without their tensors.

    Raises:
        WeightsError: if the weights are missing or damaged.
    """
    return trained_in(folder / TRANSFORMER)


def trained_in(path: Path) -> frozenset[str]:
    """The pathways that the transformer in ``path`` was trained on, read without its tensors.

    Raises:
        WeightsError: if it is missing or damaged.
    """
    try:
        return trained_of(read_metadata(path))
    except ValueError as error:
        raise WeightsError(f"{path.name} does not say what it was trained on.") from error


def learned_words(folder: Path) -> tuple[str, ...]:
    """The words that the adapter in ``folder`` learned beside those of its weights, if any.

    Raises:
        WeightsError: if the adapter is damaged.
    """
    path = folder / ADAPTER
    if not path.is_file():
        return ()
    try:
        words = json.loads(read_metadata(path).get(WORDS, "[]"))
        return from_plain(tuple[str, ...], words)
    except (ValueError, RequestError) as error:
        raise WeightsError(f"{path.name} does not say which words it learned.") from error


def transformer_config(folder: Path) -> TransformerConfig:
    """How the transformer in ``folder`` is built, read without its tensors.

    Raises:
        WeightsError: if it is missing or damaged.
    """
    return config_in(folder / TRANSFORMER)


def config_in(path: Path) -> TransformerConfig:
    """How the transformer in ``path`` is built, read without its tensors.

    Raises:
        WeightsError: if it is missing or damaged.
    """
    return _config(read_metadata(path), path)


def video_config(folder: Path) -> VideoVAEConfig:
    """How the picture's codec in ``folder`` is built, read without its tensors.

    Raises:
        WeightsError: if it is missing or does not say.
    """
    path = folder / FILES[0]
    try:
        return VideoVAEConfig(**settings_in(read_metadata(path), path))
    except TypeError as error:
        raise WeightsError(f"{path.name} does not say how its network is built.") from error


def load_transformer(path: Path) -> tuple[DualTransformer, str]:
    """The transformer in ``path`` and the hash of the codecs it was trained on.

    Raises:
        WeightsError: if it is missing, damaged or another model.
    """
    tensors, metadata = load_tensors(path)
    if metadata.get("kind") != "dual_transformer":
        raise WeightsError(f"{path.name} does not hold a transformer of this engine.")
    try:
        model = DualTransformer(_config(metadata, path))
    except ValueError as error:
        raise WeightsError(f"{path.name} does not say how its network is built.") from error
    tensors = {key: value.float() for key, value in tensors.items()}
    if model.pathways is None and not any(name.startswith(PREFIX) for name in tensors):
        apply(model, tensors, path.name)
        model.attach_pathways()
    else:
        model.attach_pathways()
        added = {f"{PREFIX}{name}": value for name, value in model.pathways_state().items()}
        apply(model, added | tensors, path.name)
    return model.eval().requires_grad_(False), metadata.get("codecs", "")


def _config(metadata: Mapping[str, str], path: Path) -> TransformerConfig:
    try:
        return from_plain(TransformerConfig, settings_in(metadata, path))
    except RequestError as error:
        raise WeightsError(f"{path.name} does not say how its network is built.") from error


def weights_hash(folder: Path) -> str:
    """A short name for the contents of all weights in ``folder``.

    Raises:
        WeightsError: if one is missing or is not safetensors.
    """
    digest = hashlib.sha256()
    more = [name for name in (ADAPTER, UPSAMPLER) if (folder / name).is_file()]
    for name in (TRANSFORMER, *FILES, *more):
        digest.update(content_hash(folder / name).encode())
    return digest.hexdigest()[:16]
