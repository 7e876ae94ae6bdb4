"""Training of the networks that find and name bodies, on truth that is spoiled as decoding does.

Shape letters: B clips, T pictures, N bodies, K pictures drawn, D bodies in them, H height, W width,
h w cells of 4 x 4 pixels, M moments.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.clips import ClipStore
from engine.metrics.looks import (
    BODY_NAMES,
    KIND,
    STRIDE,
    Found,
    Looks,
    LooksConfig,
    radius_target,
    to_pictures,
)
from engine.metrics.moves import MOVE_NAMES, camera_motion, moments
from engine.models.video_vae import VideoVAE
from engine.training.recipe import LoopConfig
from engine.training.spoiling import Spoiling, decoded, spoiled
from engine.world.matter import OUTLINES
from engine.world.physics import simulate
from engine.world.scene import Scene
from engine.world.truth import Truth

_CHUNK = 256
# Of a body at least this share is seen where it has to be found, and where it has to be named.
_FOUND_FROM, _NAMED_FROM = 0.3, 0.45
_IGNORED_FROM = 0.05


@dataclass(frozen=True, kw_only=True)
class Bodies:
    """Bodies in drawn pictures.

    Attributes:
        which: (D,) the picture that each is in.
        places: (D, 3) centre right and down, and radius, in pixels.
        shown: (D,) share of the body that is seen.
        names: (D, 3) indices of its prop, colour and material.
    """

    which: Tensor
    places: Tensor
    shown: Tensor
    names: Tensor

    def of(self, chosen: Tensor) -> Bodies:
        """Those where ``chosen`` (D,) is true."""
        return Bodies(**{key: value[chosen] for key, value in vars(self).items()})


class LooksRecipe:
    """Where bodies are, what they are, and what moves are called.

    Args:
        store: drawn clips; those of the first level are learned from.
        config: of the loop.
        codec: what clips are passed through, so that decoded pictures are read as well.
        model: sizes.
        pictures: drawn a step, each of another clip; bodies are found in the first third of them
            and named in all.
        clips: whose moves are named, a step.
        spoiling: of the pictures.
        held_out: how many of the store's first clips are kept for evaluation.
    """

    name = KIND
    tokens = 0

    def __init__(
        self,
        store: ClipStore,
        config: LoopConfig,
        codec: VideoVAE,
        *,
        model: LooksConfig | None = None,
        pictures: int = 24,
        clips: int = 6,
        spoiling: Spoiling | None = None,
        held_out: int = 96,
    ) -> None:
        self.store, self.config, self.codec = store, config, codec
        self.pictures, self.clips, self.batch = pictures, clips, pictures + clips
        self.spoiling = spoiling or Spoiling()
        self.module = Looks(model)
        rows = store.ready(level=1)
        self.held_out, self.rows = rows[:held_out], rows[held_out:]
        self._known: dict[int, tuple[Scene, Truth]] = {}
        self._decoded: dict[int, Tensor] = {}

    def losses(self, module: nn.Module, step: int, generator: torch.Generator) -> dict[str, Tensor]:
        """One batch of pictures and one of clips."""
        del step
        assert isinstance(module, Looks)
        device = next(module.parameters()).device
        rows = self._drawn(self.pictures, generator)
        times = torch.randint(self.store.spec.frames, (len(rows),), generator=generator).tolist()
        video = torch.stack(
            [self._video(row, generator)[time] for row, time in zip(rows, times, strict=True)]
        )
        pictures = spoiled(to_pictures(video), self.spoiling, generator).to(device)
        bodies, covers = self.bodies(rows, times)
        parts = self._find(module, pictures[: len(rows) // 3], bodies, covers.to(device))
        parts |= self._name(module, pictures, bodies.of(bodies.shown >= _NAMED_FROM), generator)
        parts |= self._move(module, self._drawn(self.clips, generator), generator)
        return {"total": torch.stack(list(parts.values())).sum()} | parts

    @torch.no_grad()
    def evaluate(self, module: nn.Module) -> dict[str, float]:
        """Shares of single bodies and of clips that are named right, on clips not trained on."""
        assert isinstance(module, Looks)
        device = next(module.parameters()).device
        right: dict[str, list[Tensor]] = {kind: [] for kind in (*BODY_NAMES, *MOVE_NAMES, "found")}
        for start in range(0, len(self.held_out), 16):
            rows = self.held_out[start : start + 16].tolist()
            times = [(7 * row) % self.store.spec.frames for row in rows]
            video = torch.stack([self._stored(r)[t] for r, t in zip(rows, times, strict=True)])
            pictures = to_pictures(video).to(device)
            bodies, _ = self.bodies(rows, times)
            seen = bodies.of(bodies.shown >= _NAMED_FROM)
            logits = module.names(pictures, seen.which.to(device), seen.places.to(device)).cpu()
            for index, (kind, part) in enumerate(_parts(logits, BODY_NAMES).items()):
                right[kind].append(part.argmax(dim=-1) == seen.names[:, index])
            right["found"].append(_hit(module.finder(pictures), seen))
            covers, path, wanted = self._motion(rows, None)
            moved = module.moves(covers.to(device), path.to(device)).cpu()
            for index, (kind, part) in enumerate(_parts(moved, MOVE_NAMES).items()):
                right[kind].append(part.argmax(dim=-1) == wanted[:, index])
        figures = {kind: torch.cat(hits).float().mean().item() for kind, hits in right.items()}
        return {"loss": -sum(figures.values())} | figures

    def metadata(self) -> dict[str, str]:
        """Kind and sizes of the networks."""
        return {"kind": KIND, "config": json.dumps(asdict(self.module.config))}

    def finish(self, module: nn.Module) -> None:
        """Nothing follows from the weights."""

    def bodies(self, rows: Sequence[int], times: Sequence[int]) -> tuple[Bodies, Tensor]:
        """The bodies of clips at pictures ``times``, and (K, h, w) what of the cells they cover."""
        spec = self.store.spec
        which, places, shown, names = [], [], [], []
        masks = torch.stack(
            [
                torch.from_numpy(self.store.masks[r][t].copy())
                for r, t in zip(rows, times, strict=True)
            ]
        )
        for index, (row, time) in enumerate(zip(rows, times, strict=True)):
            scene, truth = self.truth(row)
            for number, body in enumerate(scene.bodies):
                x, y = truth.centres[time, number]
                radius = float(truth.extents[time, number]) * spec.height
                whole = OUTLINES[body.prop].area * radius**2
                which.append(index)
                places.append((float(x) * spec.width, float(y) * spec.height, radius))
                shown.append(float((masks[index] == number + 1).sum()) / whole)
                values = (body.prop, body.colour, body.material)
                names.append([o.index(v) for o, v in zip(BODY_NAMES.values(), values, strict=True)])
        bodies = Bodies(
            which=torch.tensor(which),
            places=torch.tensor(places),
            shown=torch.tensor(shown),
            names=torch.tensor(names),
        )
        return bodies, _covers(masks)

    def truth(self, row: int) -> tuple[Scene, Truth]:
        """Scene and truth of stored clip ``row``, simulated again with its neighbours."""
        if row not in self._known:
            first = row - row % _CHUNK
            rows = [r for r in self.store.ready().tolist() if first <= r < first + _CHUNK]
            scenes = [self.store.scene(r) for r in rows]
            truths = simulate(scenes, self.store.spec.shape)
            self._known |= dict(zip(rows, zip(scenes, truths, strict=True), strict=True))
        return self._known[row]

    def _drawn(self, count: int, generator: torch.Generator) -> list[int]:
        return self.rows[torch.randint(len(self.rows), (count,), generator=generator)].tolist()

    def _stored(self, row: int) -> Tensor:
        return torch.from_numpy(self.store.video[row].copy())

    def _video(self, row: int, generator: torch.Generator) -> Tensor:
        """A clip's pictures (T, H, W, 3), sometimes decoded ones."""
        if float(torch.rand((), generator=generator)) >= self.spoiling.decoded:
            return self._stored(row)
        if row not in self._decoded:
            self._decoded[row] = decoded(self._stored(row), self.codec)
        return self._decoded[row]

    def _find(
        self, module: Looks, pictures: Tensor, bodies: Bodies, covers: Tensor
    ) -> dict[str, Tensor]:
        found = module.finder(pictures)
        near = bodies.of(bodies.which < len(pictures))
        heat, weight, place = (t.to(pictures.device) for t in _wanted(near, found.heat.shape))
        error = F.binary_cross_entropy_with_logits(found.heat, heat, reduction="none")
        cover = F.binary_cross_entropy_with_logits(found.cover, covers[: len(pictures)])
        off = F.smooth_l1_loss(found.place, place, reduction="none", beta=0.2).mean(dim=1)
        at = heat * (heat > 0.2)
        return {
            "heat": 4 * (error * weight * (1 + 12 * heat)).mean(),
            "cover": cover,
            "place": (off * at).sum() / at.sum().clamp_min(1),
        }

    def _name(
        self, module: Looks, pictures: Tensor, bodies: Bodies, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """Names of bodies cut out about where they are, as precisely as the finder is."""
        count = len(bodies.which)
        jitter = 0.12 * torch.randn(count, 3, generator=generator).clamp(-2, 2)
        radius = bodies.places[:, 2:]
        moved = torch.cat(
            [bodies.places[:, :2] + radius * jitter[:, :2], radius * jitter[:, 2:].exp()], dim=1
        )
        logits = module.names(pictures, bodies.which.to(pictures.device), moved.to(pictures.device))
        wanted = bodies.names.to(pictures.device)
        return {
            kind: F.cross_entropy(part, wanted[:, index])
            for index, (kind, part) in enumerate(_parts(logits, BODY_NAMES).items())
        }

    def _move(
        self, module: Looks, rows: Sequence[int], generator: torch.Generator
    ) -> dict[str, Tensor]:
        device = next(module.parameters()).device
        covers, path, wanted = self._motion(rows, generator)
        logits = module.moves(covers.to(device), path.to(device))
        return {
            kind: 0.5 * F.cross_entropy(part, wanted[:, index].to(device))
            for index, (kind, part) in enumerate(_parts(logits, MOVE_NAMES).items())
        }

    def _motion(
        self, rows: Sequence[int], generator: torch.Generator | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Covers (B, M, h, w), the camera's path (B, M, 3) and names (B, 2) of clips."""
        at = moments(self.store.spec.frames)
        covers = torch.stack([_covers(torch.from_numpy(self.store.masks[row][at])) for row in rows])
        video = torch.stack(
            [self._stored(r) if generator is None else self._video(r, generator) for r in rows]
        )
        path = camera_motion(to_pictures(video).unflatten(0, video.shape[:2]), covers)
        if generator is not None:  # The finder is never quite sure.
            gain = 1 - 0.3 * torch.rand(covers.shape, generator=generator)
            covers = covers * gain + 0.03 * torch.rand(covers.shape, generator=generator)
            path = path + 0.04 * torch.randn(path.shape, generator=generator)
        scenes = [self.truth(row)[0] for row in rows]
        wanted = [
            [MOVE_NAMES["camera"].index(s.camera.move), MOVE_NAMES["action"].index(s.action)]
            for s in scenes
        ]
        return covers, path, torch.tensor(wanted)


def _covers(masks: Tensor) -> Tensor:
    """(..., H, W) indices of bodies to (..., h, w) share of each cell that is covered."""
    return F.avg_pool2d((masks > 0).float(), STRIDE, ceil_mode=True)


def _parts(logits: Tensor, names: dict[str, tuple[str, ...]]) -> dict[str, Tensor]:
    sizes = [len(options) for options in names.values()]
    return dict(zip(names, logits.split(sizes, dim=-1), strict=True))


def _wanted(bodies: Bodies, shape: torch.Size) -> tuple[Tensor, Tensor, Tensor]:
    """Heat (K, h, w), what of it counts, and place (K, 3, h, w)."""
    count, rows, columns = shape
    heat, weight = torch.zeros(shape), torch.ones(shape)
    place = torch.zeros(count, 3, rows, columns)
    best = torch.zeros(shape)
    y = torch.arange(rows)[:, None] + 0.5
    x = torch.arange(columns) + 0.5
    for which, (cx, cy, radius), shown in zip(
        bodies.which.tolist(), bodies.places.tolist(), bodies.shown.tolist(), strict=True
    ):
        right, down = cx / STRIDE - x, cy / STRIDE - y
        spread = 0.3 * radius / STRIDE
        near = torch.exp(-0.5 * (right.square() + down.square()) / spread**2)
        if shown < _FOUND_FROM:
            if shown > _IGNORED_FROM:
                weight[which][near > 0.1] = 0
            continue
        heat[which] = torch.maximum(heat[which], near)
        nearer = near > best[which]
        best[which] = torch.maximum(best[which], near)
        size = radius_target(torch.tensor(radius / (rows * STRIDE)))
        values = torch.stack(
            [right.expand(rows, -1), down.expand(-1, columns), size.expand(rows, columns)]
        )
        place[which] = torch.where(nearer, values, place[which])
    return heat, weight, place


def _hit(found: Found, bodies: Bodies) -> Tensor:
    """(D,) whether the finder is hotter than a third at the cells of bodies' centres."""
    heat = found.heat.sigmoid().cpu()
    rows, columns = heat.shape[1:]
    x = (bodies.places[:, 0] / STRIDE).long().clamp(0, columns - 1)
    y = (bodies.places[:, 1] / STRIDE).long().clamp(0, rows - 1)
    return heat[bodies.which, y, x] > 1 / 3
