"""Networks that find bodies in single pictures and say what they are, trained on truth alone.

Nothing but pixels is needed to read: a small network finds each body and its size, a second one
names what is cut out there, and what it says is averaged over all pictures that a body is seen in.
The finder predicts centres as peaks of a map, with a size at each (Zhou et al. 2019,
arXiv:1904.07850).

Shape letters: K pictures, H height, W width, h w cells of 4 x 4 pixels, D cut-outs, S their side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.checkpoint import load_network
from engine.metrics.moves import Moves
from engine.models.layers import zeroed
from engine.world.scene import COLOURS, MATERIALS, PROPS

KIND = "looks"
# Names that every body has one of.
BODY_NAMES: dict[str, tuple[str, ...]] = {"prop": PROPS, "colour": COLOURS, "material": MATERIALS}
BODY_VALUES = sum(map(len, BODY_NAMES.values()))
STRIDE = 4
SIDE = 32
# Half the side of what is cut out around a body, in its radii: some of what is behind it belongs,
# as the light of the scene tells its colour.
REACH = 1.4
# A radius of one, as a share of the picture's height, from which logarithms are counted.
_USUAL_RADIUS = 0.125


@dataclass(frozen=True, kw_only=True)
class LooksConfig:
    """Sizes of the networks.

    Attributes:
        finder: channels of what finds bodies.
        namer: channels of what names them, at a half, a quarter and an eighth of a cut-out.
        moves: channels of what names moves.
    """

    finder: int = 40
    namer: tuple[int, int, int] = (40, 72, 112)
    moves: int = 32

    @staticmethod
    def of(plain: Mapping[str, Any]) -> LooksConfig:
        """The sizes that weights name."""
        first, second, third = plain["namer"]
        return LooksConfig(**{**plain, "namer": (first, second, third)})


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the finder says of pictures.

    Attributes:
        heat: (K, h, w) logits of a body's centre.
        cover: (K, h, w) logits of the share of a cell that bodies cover.
        place: (K, 3, h, w) of a body centred about there: the way to its centre right and down, in
            cells, and the logarithm of its radius.
    """

    heat: Tensor
    cover: Tensor
    place: Tensor


class _Residual(nn.Module):
    """Two normed 3x3 convolutions; starts as nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(8, width)
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        zeroed(self.second)

    def forward(self, x: Tensor) -> Tensor:
        """To the same shape."""
        return x + self.second(F.gelu(self.first(F.gelu(self.norm(x)))))


class Finder(nn.Module):
    """Where bodies are in pictures."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(12, width, 3, padding=1)
        self.halve = nn.Conv2d(width, width, 3, stride=2, padding=1)
        self.blocks = nn.ModuleList(_Residual(width) for _ in range(3))
        self.norm = nn.GroupNorm(8, width)
        self.leave = nn.Conv2d(width, 5, 1)
        nn.init.constant_(self.leave.bias[:2], -3.0)  # pyright: ignore[reportOptionalSubscript]

    def forward(self, pictures: Tensor) -> Found:
        """Pictures (K, 3, H, W) in -1..1, sides whole numbers of cells."""
        x = F.gelu(self.enter(F.pixel_unshuffle(pictures, 2)))
        x = self.halve(x)
        for block in self.blocks:
            x = block(x)
        out = self.leave(F.gelu(self.norm(x)))
        return Found(heat=out[:, 0], cover=out[:, 1], place=out[:, 2:])


class Namer(nn.Module):
    """What is in the middle of a cut-out."""

    def __init__(self, widths: tuple[int, int, int]) -> None:
        super().__init__()
        first, second, third = widths
        self.enter = nn.Conv2d(12, first, 3, padding=1)
        self.early = _Residual(first)
        self.halve = nn.Conv2d(first, second, 3, stride=2, padding=1)
        self.middle = _Residual(second)
        self.quarter = nn.Conv2d(second, third, 3, stride=2, padding=1)
        self.norm = nn.GroupNorm(8, third)
        # The whole picture's mean and spread tell the light it stands in.
        self.hidden = nn.Linear(16 * third + 6, third)
        self.leave = nn.Linear(third, BODY_VALUES)

    def forward(self, cuts: Tensor, mood: Tensor) -> Tensor:
        """Cut-outs (D, 3, S, S) and their pictures' ``mood`` (D, 6) to logits (D, 21)."""
        x = self.early(F.gelu(self.enter(F.pixel_unshuffle(cuts, 2))))
        x = self.middle(F.gelu(self.halve(x)))
        x = F.gelu(self.norm(self.quarter(x)))
        return self.leave(F.gelu(self.hidden(torch.cat([x.flatten(1), mood], dim=1))))


class Looks(nn.Module):
    """All that is seen of bodies and moves."""

    def __init__(self, config: LooksConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or LooksConfig()
        self.finder = Finder(config.finder)
        self.namer = Namer(config.namer)
        self.moves = Moves(config.moves)

    def names(self, pictures: Tensor, which: Tensor, places: Tensor) -> Tensor:
        """Logits (D, 21) of bodies in pictures (K, 3, H, W).

        Args:
            pictures: in -1..1.
            which: (D,) the picture that each body is in.
            places: (D, 3) its centre right and down, and its radius, in pixels.
        """
        return self.namer(cut_out(pictures, which, places), mood(pictures)[which])


def mood(pictures: Tensor) -> Tensor:
    """(K, 3, H, W) to (K, 6): mean and deviation of each colour."""
    flat = pictures.flatten(2)
    return torch.cat([flat.mean(dim=-1), flat.std(dim=-1)], dim=1)


def cut_out(pictures: Tensor, which: Tensor, places: Tensor, side: int = SIDE) -> Tensor:
    """Squares (D, 3, S, S) around ``places``, all bodies of one size."""
    height, width = pictures.shape[-2:]
    steps = (torch.arange(side, device=pictures.device) + 0.5) * (2 / side) - 1
    reach = REACH * places[:, 2, None] * steps
    x = (places[:, 0, None] + reach) * (2 / width) - 1
    y = (places[:, 1, None] + reach) * (2 / height) - 1
    grid = torch.stack(
        [x[:, None, :].expand(-1, side, -1), y[:, :, None].expand(-1, -1, side)], dim=-1
    )
    return F.grid_sample(pictures[which], grid, padding_mode="border", align_corners=False)


def to_pictures(video: Tensor) -> Tensor:
    """(..., H, W, 3) uint8 to (K, 3, H', W') in -1..1, edges repeated to whole cells."""
    pictures = video.flatten(0, -4).permute(0, 3, 1, 2).float() / 127.5 - 1
    height, width = pictures.shape[-2:]
    pad = (0, -width % STRIDE, 0, -height % STRIDE)
    return F.pad(pictures, pad, mode="replicate") if any(pad) else pictures


def radius_px(logarithm: Tensor, height: int) -> Tensor:
    """The finder's word for radii (...) as pixels of a picture of ``height``."""
    return logarithm.clamp(-1.5, 1.5).exp() * (_USUAL_RADIUS * height)


def radius_target(extent: Tensor) -> Tensor:
    """What the finder should say of radii (...) that are ``extent`` of the picture's height."""
    return (extent / _USUAL_RADIUS).clamp_min(1e-3).log()


def load_looks(path: Path) -> Looks:
    """The networks whose weights are in ``path``, before they become part of a reader.

    Raises:
        WeightsError: if they are missing, damaged or of another kind.
    """

    def build(plain: dict[str, Any]) -> Looks:
        return Looks(LooksConfig.of(plain))

    return load_network(path, KIND, build, "what reads bodies and moves")[0]
