"""Training of what reads contacts, sets and lights, on encoded clips spoiled as by a weak model.

Shape letters: B clips, T pictures, N bodies, L groups of four pictures, h w cells of 8 x 8 pixels,
C components, K bins of time, four a picture.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.latents import LatentStore
from engine.metrics.looks import Looks
from engine.metrics.matching import Matches, match
from engine.metrics.reader import (
    BINS,
    CELL_NAMES,
    KIND,
    Activations,
    Reader,
    ReaderConfig,
    name_targets,
    readings_of,
)
from engine.models.video_vae import VideoVAE
from engine.shapes import SPACE_STRIDE, TIME_STRIDE
from engine.training.recipe import LoopConfig
from engine.world.physics import simulate
from engine.world.scene import Scene
from engine.world.truth import Truth

_HELD_OUT = 192
_RATE = 12.0
_LOUD_M_S = 0.6
_CHUNK = 256
_THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
_LEAST = min(_THRESHOLDS)


@dataclass(frozen=True, kw_only=True)
class Spoiling:
    """How clips are made worse, as a weak model makes them.

    Attributes:
        noisy: share of the clips with noise on their components.
        noise: its largest deviation; all components together have one.
        uneven: deviation of each component's own gain, as of a soft picture.
    """

    noisy: float = 0.6
    noise: float = 0.35
    uneven: float = 0.1


@dataclass(frozen=True, kw_only=True)
class ReaderBatch:
    """Cells and what is true of them.

    Attributes:
        cells: (B, C, L, h, w).
        bins: (B, K) how much of a contact is in each bin.
        counted: (B, K) small where a contact is too soft to be asked for.
        places: (B, K, h, w) shares of the cells where it is, zero where there is none.
        bodies: (B, L, h, w, 21) names of the bodies, weighted by the share of the cell they cover.
        covered: (B, L, h, w) share of the cell that bodies cover.
        clip: (B, 2) indices of set and light.
    """

    cells: Tensor
    bins: Tensor
    counted: Tensor
    places: Tensor
    bodies: Tensor
    covered: Tensor
    clip: Tensor


class ReaderRecipe:
    """Contacts in time and place, names per cell and per clip.

    Args:
        store: encoded clips of the world.
        config: of the loop.
        codec: what encoded them; its first layer becomes the reader's.
        looks: what reads bodies and moves, trained before; it stays as it is.
        model: sizes.
        batch: clips a step.
        clips: of the store's to use, from the first; all by default.
        spoiling: of the clips.
    """

    name = KIND
    tokens = 0

    def __init__(
        self,
        store: LatentStore,
        config: LoopConfig,
        codec: VideoVAE,
        looks: Looks,
        *,
        model: ReaderConfig | None = None,
        batch: int = 24,
        clips: int | None = None,
        spoiling: Spoiling | None = None,
    ) -> None:
        self.store, self.config, self.batch = store, config, batch
        self.spoiling = spoiling or Spoiling()
        self.count = min(store.ready(), clips or store.ready())
        sizes = model or ReaderConfig(channels=store.spec.channels)
        self.module = Reader(replace(sizes, looks=looks.config))
        self.module.looks.load_state_dict(looks.state_dict())
        self.module.looks.requires_grad_(False)
        _take_projection(self.module, codec)
        self._truths: dict[int, list[tuple[Scene, Truth]]] = {}

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of stored clips."""
        del step
        rows = torch.randint(_HELD_OUT, self.count, (self.batch,), generator=generator)
        batch = self.draw(rows.tolist(), generator)
        device = next(module.parameters()).device
        batch = ReaderBatch(**{key: value.to(device) for key, value in vars(batch).items()})
        parts = _losses(module(batch.cells), batch)
        return {"total": torch.stack(list(parts.values())).sum()} | parts

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """F1 of contacts within 60 ms and shares of names read right, on clips not trained on."""
        assert isinstance(module, Reader)
        found: dict[float, list[Matches]] = {threshold: [] for threshold in _THRESHOLDS}
        right: dict[str, list[bool]] = {kind: [] for kind in CELL_NAMES}
        device = next(module.parameters()).device
        for start in range(0, _HELD_OUT, 32):
            rows = range(start, start + 32)
            cells = torch.from_numpy(self.store.video[start : start + 32]).float().to(device)
            for row, reading in zip(rows, readings_of(module(cells), _RATE, _LEAST), strict=True):
                scene, truth = self.truth(row)
                loud = [c.time_s for c in truth.contacts if c.speed_m_s >= _LOUD_M_S]
                for least, matches in found.items():
                    times = [seen.time_s for seen in reading.contacts if seen.surety >= least]
                    matches.append(match(times, loud))
                right["set"].append(reading.best("set") == (scene.set_name,))
                right["light"].append(reading.best("light") == (scene.light,))
        scores = {threshold: Matches.joined(matches).f1 for threshold, matches in found.items()}
        best = max(scores, key=lambda threshold: scores[threshold])
        module.config = replace(module.config, threshold=best)
        figures = {kind: float(np.mean(shares)) for kind, shares in right.items()}
        return {"loss": -scores[best], "f1": scores[best], "threshold": best} | figures

    def metadata(self) -> dict[str, str]:
        """Kind and sizes of the network."""
        return {"kind": KIND, "config": json.dumps(asdict(self.module.config))}

    def finish(self, module: nn.Module) -> None:
        """Choose the threshold on held-out truth."""
        self.evaluate(module)

    def truth(self, row: int) -> tuple[Scene, Truth]:
        """Scene and truth of stored clip ``row``, simulated again a chunk at a time."""
        chunk = row // _CHUNK
        if chunk not in self._truths:
            spec, first = self.store.spec, chunk * _CHUNK
            rows = range(first, min(first + _CHUNK, self.store.spec.clips))
            scenes = [spec.scene(index) for index in rows]
            truths = simulate(scenes, spec.shape)
            self._truths[chunk] = list(zip(scenes, truths, strict=True))
        return self._truths[chunk][row % _CHUNK]

    def draw(self, rows: Sequence[int], generator: torch.Generator) -> ReaderBatch:
        """The clips ``rows``, spoiled, with their truth."""
        known = [self.truth(row) for row in rows]
        cells = torch.from_numpy(self.store.video[np.array(rows)]).float()
        size = self.store.spec.height, self.store.spec.width
        covers = [_coverage(truth, cells.shape[-2:], size) for _, truth in known]
        values = [
            name_targets([(b.prop, b.colour, b.material) for b in s.bodies]) for s, _ in known
        ]
        grouped = [_grouped(cover) for cover in covers]
        targets = [_bins(truth, cover) for (_, truth), cover in zip(known, covers, strict=True)]
        return ReaderBatch(
            cells=self._spoiled(cells, generator),
            bins=torch.stack([bins for bins, _, _ in targets]),
            counted=torch.stack([counted for _, counted, _ in targets]),
            places=torch.stack([places for _, _, places in targets]),
            bodies=torch.stack(
                [
                    cover @ torch.from_numpy(names)
                    for cover, names in zip(grouped, values, strict=True)
                ]
            ),
            covered=torch.stack([cover.sum(dim=-1) for cover in grouped]),
            clip=torch.tensor([_clip_indices(scene) for scene, _ in known]),
        )

    def _spoiled(self, cells: Tensor, generator: torch.Generator) -> Tensor:
        spoiling, (count, channels) = self.spoiling, cells.shape[:2]
        gain = 1 + spoiling.uneven * torch.randn(count, channels, 1, 1, 1, generator=generator)
        noisy = torch.rand(count, generator=generator) < spoiling.noisy
        level = spoiling.noise * torch.rand(count, generator=generator) ** 2 * noisy
        noise = torch.randn(cells.shape, generator=generator)
        return cells * gain + level.view(-1, 1, 1, 1, 1) * noise


@torch.no_grad()
def _take_projection(reader: Reader, codec: VideoVAE) -> None:
    """Make the reader's first layer what ``codec`` encodes with."""
    reader.project.weight.copy_(codec.project.weight / codec.scale)
    reader.project.bias.copy_((codec.project.bias - codec.shift) / codec.scale)


def _losses(seen: Activations, batch: ReaderBatch) -> dict[str, Tensor]:
    timing = seen.timing
    weight = batch.counted * (1 + 4 * batch.bins)
    error = F.binary_cross_entropy_with_logits(timing, batch.bins, reduction="none")
    shares = seen.contacts.flatten(-2).log_softmax(dim=-1)
    place = -(batch.places.flatten(-2) * shares).sum() / batch.places.sum().clamp_min(1)
    # Where bodies overlap, a cell has the names of all.
    wanted = batch.bodies / batch.covered[..., None].clamp_min(1e-3)
    names = F.binary_cross_entropy_with_logits(
        seen.bodies, wanted.clamp(0, 1), reduction="none"
    ).mean(dim=-1)
    # Half of the weight lies on bodies, half on what is none: which is most cells.
    inside = (names * batch.covered).sum() / batch.covered.sum().clamp_min(1)
    free = (batch.covered < 0.01).float()
    outside = (names * free).sum() / free.sum().clamp_min(1)
    clip = torch.zeros((), device=timing.device)
    start = 0
    for index, options in enumerate(CELL_NAMES.values()):
        logits = seen.clip[:, start : start + len(options)]
        clip = clip + F.cross_entropy(logits, batch.clip[:, index])
        start += len(options)
    return {
        "contacts": 4 * (error * weight).sum() / weight.sum(),
        "places": 0.3 * place,
        "bodies": 2 * inside + outside,
        "clip": 0.3 * clip,
    }


def _coverage(truth: Truth, cells: Sequence[int], size: tuple[int, int]) -> Tensor:
    """(T, h, w, N) about what share of each cell each body covers, as if all were discs."""
    rows, columns = cells
    height, width = size
    y = (torch.arange(rows) + 0.5) * SPACE_STRIDE
    x = (torch.arange(columns) + 0.5) * SPACE_STRIDE
    centres = torch.from_numpy(truth.centres) * torch.tensor([width, height])
    radius = torch.from_numpy(truth.extents) * height
    across = x[None, None, :, None] - centres[:, None, None, :, 0]
    along = y[None, :, None, None] - centres[:, None, None, :, 1]
    distance = torch.sqrt(across.square() + along.square())
    return ((radius[:, None, None] - distance) / SPACE_STRIDE + 0.5).clamp(0, 1)


def _grouped(cover: Tensor) -> Tensor:
    """(T, h, w, N) to means over the groups of pictures (L, h, w, N)."""
    return torch.cat([cover[:1], cover[1:].unflatten(0, (-1, TIME_STRIDE)).mean(dim=1)])


def _bins(truth: Truth, cover: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Targets: a contact's bin, a little of its neighbours, and the cells of what touches there."""
    pictures, rows, columns, _ = cover.shape
    count = pictures * BINS
    bins, counted = torch.zeros(count), torch.ones(count)
    places = torch.zeros(count, rows, columns)
    middles = torch.arange(count) + 0.5
    across = torch.arange(columns) + 0.5
    width = columns * SPACE_STRIDE
    for event in sorted(truth.contacts, key=lambda event: event.speed_m_s):
        distance = middles - event.time_s * _RATE * BINS
        near = distance.abs() < 3
        if event.speed_m_s < _LOUD_M_S:
            counted[near] = 0.1
            continue
        counted[near] = 1
        bins = torch.maximum(bins, torch.exp(-0.5 * distance.square() / 0.8))
        picture = min(int(event.time_s * _RATE), pictures - 1)
        touching = cover[picture, ..., event.body]
        if event.other >= 0:
            touching = touching + cover[picture, ..., event.other]
        column = event.x_pan * width / SPACE_STRIDE
        there = touching * torch.exp(-0.5 * (across - column).square())
        if float(there.sum()) > 0.02:
            places[distance.abs() < 1.5] = there / there.sum()
    return bins, counted, places


def _clip_indices(scene: Scene) -> list[int]:
    names = {"set": scene.set_name, "light": scene.light}
    return [options.index(names[kind]) for kind, options in CELL_NAMES.items()]
