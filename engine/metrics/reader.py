"""Small networks that read pictures: contacts, and what is seen, trained on the world's truth.

One reads whole clips as cells, which is enough for contacts, the set and the light; bodies and
moves are read from single pixels (``looks``). Their own error on the truth's renders stands beside
every score.

Shape letters: B clips, T pictures, H height, W width, L groups of four pictures, h w cells of
8 x 8 pixels, C their components, D channels, K bins of time, four a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.checkpoint import load_network
from engine.metrics.looks import BODY_NAMES, BODY_VALUES, Looks, LooksConfig
from engine.metrics.moves import MOVE_NAMES
from engine.metrics.tracks import Track
from engine.metrics.watching import softmax, split, watch
from engine.models.codecs import to_network
from engine.models.layers import zeroed
from engine.models.video_vae import as_cells, as_groups
from engine.shapes import SPACE_STRIDE, TIME_STRIDE
from engine.world.scene import FIRST_SETS, LIGHTS

KIND = "reader"
FILE = "reader.safetensors"
BINS = 4
_GROUP_BINS = BINS * TIME_STRIDE
# Names that one clip has one of; cells tell the first ones.
CELL_NAMES: dict[str, tuple[str, ...]] = {"set": FIRST_SETS, "light": LIGHTS}
CLIP_NAMES: dict[str, tuple[str, ...]] = CELL_NAMES | MOVE_NAMES
CELL_VALUES = sum(map(len, CELL_NAMES.values()))


@dataclass(frozen=True, kw_only=True)
class ReaderConfig:
    """Sizes of the reader.

    Attributes:
        channels: numbers per cell of 8 x 8 pixels and four pictures that the network sees.
        width: channels within.
        blocks: of one mixing in space and one in time each.
        threshold: surety from which a contact counts, chosen on truth.
        looks: sizes of what reads bodies and moves.
    """

    channels: int = 32
    width: int = 56
    blocks: int = 3
    threshold: float = 0.5
    looks: LooksConfig = field(default_factory=LooksConfig)


@dataclass(frozen=True, kw_only=True)
class Activations:
    """What the network says.

    Attributes:
        contacts: (B, K, h, w) logits of a contact there and then, K bins over the clip.
        bodies: (B, L, h, w, 21) logits of prop, colour and material per cell: too coarse to be
            read, but learning them helps with contacts.
        clip: (B, 10) logits of set and light.
    """

    contacts: Tensor
    bodies: Tensor
    clip: Tensor

    @property
    def timing(self) -> Tensor:
        """(B, K) logits of a contact in each bin, anywhere in the picture."""
        return torch.logsumexp(self.contacts.flatten(-2), dim=-1)


class _Block(nn.Module):
    """Mixes neighbouring cells, then neighbouring times; starts as nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.space = nn.Conv2d(width, width, 3, padding=1)
        self.space_out = nn.Conv2d(width, width, 1)
        self.time = nn.Linear(3 * width, width)
        self.time_out = nn.Linear(width, width)
        zeroed(self.space_out, self.time_out)

    def forward(self, x: Tensor, times: int) -> Tensor:
        """(B * L, D, h, w) to the same shape."""
        x = x + self.space_out(F.gelu(self.space(x)))
        cells = x.permute(0, 2, 3, 1).unflatten(0, (-1, times))
        before = torch.cat([cells[:, :1], cells[:, :-1]], dim=1)
        after = torch.cat([cells[:, 1:], cells[:, -1:]], dim=1)
        mixed = self.time_out(F.gelu(self.time(torch.cat([before, cells, after], dim=-1))))
        return x + mixed.flatten(0, 1).permute(0, 3, 1, 2)


class Reader(nn.Module):
    """Reads clips of 12 pictures a second.

    Its first layer is fixed: the principal components of cells of 8 x 8 pixels and four pictures,
    which keep what moves and make the rest small.
    """

    def __init__(self, config: ReaderConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or ReaderConfig()
        width = config.width
        self.project = nn.Linear(3 * TIME_STRIDE * SPACE_STRIDE**2, config.channels)
        self.project.requires_grad_(False)
        self.enter = nn.Conv2d(config.channels, width, 3, padding=1)
        self.blocks = nn.ModuleList(_Block(width) for _ in range(config.blocks))
        self.contact_hidden = nn.Linear(width, 2 * width)
        self.contact = nn.Linear(2 * width, _GROUP_BINS)
        self.body = nn.Linear(width, BODY_VALUES)
        self.clip_hidden = nn.Linear(6 * width, 2 * width)
        self.clip = nn.Linear(2 * width, CELL_VALUES)
        self.looks = Looks(config.looks)
        nn.init.constant_(self.contact.bias, -9.0)
        nn.init.constant_(self.body.bias, -3.0)

    def cells(self, video: Tensor) -> Tensor:
        """Pictures (B, T, H, W, 3) in 0..255 to (B, C, L, h, w)."""
        groups = as_cells(as_groups(to_network(video)))
        return self.project(groups).permute(0, 4, 1, 2, 3)

    def forward(self, cells: Tensor) -> Activations:
        """What (B, C, L, h, w) show."""
        times = cells.shape[2]
        x = cells.transpose(1, 2).flatten(0, 1).contiguous(memory_format=torch.channels_last)
        x = self.enter(x)
        for block in self.blocks:
            x = block(x, times)
        features = x.permute(0, 2, 3, 1).unflatten(0, (-1, times))
        features = features * torch.rsqrt(features.square().mean(dim=-1, keepdim=True) + 1e-4)
        contacts = self.contact(F.gelu(self.contact_hidden(features)))
        contacts = contacts.permute(0, 1, 4, 2, 3).flatten(1, 2)
        return Activations(
            # The first group is one picture, repeated.
            contacts=contacts[:, _GROUP_BINS - BINS :],
            bodies=self.body(features),
            clip=self.clip(F.gelu(self.clip_hidden(_summary(features)))),
        )


def _summary(features: Tensor) -> Tensor:
    """(B, 6 D): means over left, right, top, bottom and middle, and the loudest."""
    still = features.mean(dim=1)
    rows, columns = still.shape[1:3]
    parts = (
        still[:, :, : columns // 2],
        still[:, :, columns // 2 :],
        still[:, : rows // 3],
        still[:, -(rows // 3) :],
        still[:, rows // 4 : -(rows // 4), columns // 4 : -(columns // 4)],
    )
    means = [part.mean(dim=(1, 2)) for part in parts]
    return torch.cat([*means, still.amax(dim=(1, 2))], dim=-1)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A contact read from pictures: when, in seconds; where, 0 left to 1 right; how surely."""

    time_s: float
    x: float
    surety: float


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What is read from one clip.

    Attributes:
        contacts: in order of time.
        names: probabilities per name, of each of ``CLIP_NAMES`` and ``BODY_NAMES``.
        tracks: the bodies that were found and followed.
        count: how many bodies are seen at once.
    """

    contacts: tuple[Seen, ...]
    names: dict[str, NDArray[np.float32]]
    tracks: tuple[Track, ...] = ()
    count: int = 0

    def best(self, kind: str, count: int = 1) -> tuple[str, ...]:
        """The ``count`` likeliest names of ``kind``."""
        options = (CLIP_NAMES | BODY_NAMES)[kind]
        order = np.argsort(-self.names[kind], kind="stable")[:count]
        return tuple(options[index] for index in order)


@torch.inference_mode()
def read_clips(
    reader: Reader, video: Tensor, rate: float = 12.0, threshold: float | None = None
) -> list[Reading]:
    """Readings of pictures (B, T, H, W, 3) uint8."""
    least = reader.config.threshold if threshold is None else threshold
    readings: list[Reading] = []
    for start in range(0, len(video), 8):
        part = video[start : start + 8]
        cells = readings_of(reader(reader.cells(part)), rate, least)
        readings += [
            replace(one, names=one.names | seen.names, tracks=seen.tracks, count=seen.count)
            for one, seen in zip(cells, watch(reader.looks, part), strict=True)
        ]
    return readings


def readings_of(result: Activations, rate: float, least: float) -> list[Reading]:
    """What cells alone tell: contacts from a surety of ``least`` on, set and light."""
    surety = torch.sigmoid(result.timing).cpu().numpy()
    columns = torch.logsumexp(result.contacts, dim=-2).softmax(-1).cpu().numpy()
    clip = result.clip.cpu().numpy()
    readings = []
    for row in range(len(surety)):
        names = {kind: softmax(part) for kind, part in split(CELL_NAMES, clip[row]).items()}
        seen = pick_contacts(surety[row], columns[row], rate * BINS, least)
        readings.append(Reading(contacts=seen, names=names))
    return readings


def pick_contacts(
    surety: NDArray[np.float32],
    columns: NDArray[np.float32],
    bins_a_second: float,
    least: float,
    apart_s: float = 0.1,
) -> tuple[Seen, ...]:
    """Peaks of ``surety`` (K,) above ``least``, with a fraction of a bin from the neighbours.

    Args:
        surety: probability of a contact per bin.
        columns: (K, w) shares of where it is.
        bins_a_second: bins per second.
        least: lowest peak that counts.
        apart_s: of two peaks closer than this the surer one stays.
    """
    places = (np.arange(columns.shape[1]) + 0.5) / columns.shape[1]
    padded = np.pad(surety, 1)
    taken: list[Seen] = []
    for index in np.argsort(-surety, kind="stable"):
        value = surety[index]
        if value < least:
            break
        left, right = padded[index], padded[index + 2]
        if value < left or value < right:
            continue
        total = left + value + right
        time_s = float((index + 0.5 + (right - left) / total) / bins_a_second)
        if all(abs(time_s - other.time_s) >= apart_s for other in taken):
            x = float((columns[index] * places).sum())
            taken.append(Seen(time_s=time_s, x=x, surety=float(value)))
    return tuple(sorted(taken, key=lambda seen: seen.time_s))


def packaged_reader() -> Path:
    """Where the reader's weights are shipped."""
    return Path(__file__).resolve().parents[2] / "assets" / "weights" / FILE


def load_reader(path: Path | None = None) -> Reader:
    """The reader whose weights are in ``path``, by default the shipped one.

    Raises:
        WeightsError: if they are missing, damaged or of another kind.
    """
    path = path or packaged_reader()

    def build(plain: dict[str, Any]) -> Reader:
        plain["looks"] = LooksConfig.of(plain["looks"])
        return Reader(ReaderConfig(**plain))

    return load_network(path, KIND, build, "a reader of the backlot")[0]


def name_targets(values: Sequence[tuple[str, str, str]]) -> NDArray[np.float32]:
    """(N, 21) ones where each (prop, colour, material) has its names."""
    targets = np.zeros((len(values), BODY_VALUES), dtype=np.float32)
    for row, names in enumerate(values):
        start = 0
        for options, name in zip(BODY_NAMES.values(), names, strict=True):
            targets[row, start + options.index(name)] = 1
            start += len(options)
    return targets
