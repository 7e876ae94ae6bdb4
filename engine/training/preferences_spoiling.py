"""How a drawn clip is made worse on one axis, with everything else as it was.

Shape letters: T pictures, N bodies, H height, W width, S samples.

What spoils pictures takes and gives uint8 (T, H, W, 3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.shapes import ClipShape
from engine.world.projection import to_picture
from engine.world.scene import COLOURS, FIRST_SETS, LIGHTS, PROPS, Body, CameraPath, Scene
from engine.world.truth import Truth

Draw = np.random.Generator
Item = TypeVar("Item")
SHIFTS_S = (0.06, 0.5)
UNHEARD_S = 0.03


@dataclass(frozen=True, kw_only=True)
class Spoilt:
    """A clip that is worse, as a change of what it is drawn from.

    Attributes:
        scene: drawn anew where it changed.
        truth: what is drawn, ``None`` where it follows from the scene.
        pictures, sound: done to the finished clip.
        strength: 0 to 1; 0 is no worse.
    """

    reason: str
    strength: float
    scene: Scene | None = None
    truth: Truth | None = None
    pictures: Callable[[Tensor], Tensor] | None = None
    sound: Callable[[Tensor], Tensor] | None = None


def damaged(draw: Draw) -> Spoilt:
    """A worse picture: blurred, noisy, or in coarse blocks."""
    strength = float(draw.uniform(0.1, 1.0))
    seed = int(draw.integers(1 << 31))
    how: dict[str, Callable[[Tensor], Tensor]] = {
        "blur": lambda video: blurred(video, 0.6 + 2.4 * strength),
        "noise": lambda video: noisy(video, 6 + 50 * strength, seed),
        "blocks": lambda video: blocky(video, strength),
    }
    reason = list(how)[int(draw.integers(len(how)))]
    return Spoilt(reason=reason, strength=strength, pictures=how[reason])


def unphysical(truth: Truth, shape: ClipShape, draw: Draw) -> Spoilt:
    """A body that does what bodies do not; the sound stays."""
    speeds = np.abs(truth.velocities_m_s).sum(axis=(0, 2))
    body = int(speeds.argmax())
    frames = len(truth.positions_m)
    path = truth.positions_m[:, body].copy()
    reason = ("teleport", "momentum", "reversed time", "hangs", "trembles")[int(draw.integers(5))]
    strength = float(draw.uniform(0.3, 1.0))
    since = int(draw.integers(frames // 4, 3 * frames // 4))
    if reason == "teleport":
        path[since:, 0] += strength * (0.9 if path[since, 0] < 0 else -0.9)
    elif reason == "momentum":
        # It leaves its first touch with a speed that nothing gave it.
        touched = [c.time_s for c in truth.contacts if body in (c.body, c.other)]
        since = min(int(touched[0] * shape.rate), since) if touched else since
        gain = 1 + 1.5 * strength if draw.random() < 0.5 else 1 - 0.9 * strength
        path[since:] = path[since] + gain * (path[since:] - path[since])
    elif reason == "reversed time":
        strength, path = 1.0, path[::-1].copy()
    elif reason == "hangs":
        strength, path[since:] = 1.0, path[since]
    else:
        path += (0.02 + 0.08 * strength) * draw.standard_normal(path.shape)
    path[:, 1] = np.maximum(path[:, 1], min(0.2, float(truth.positions_m[:, body, 1].min())))
    moved = truth.positions_m.copy()
    moved[:, body] = path
    if float(np.abs(moved - truth.positions_m).max()) < 0.05:
        strength = 0.0
    return Spoilt(
        reason=reason, strength=strength, truth=_at(truth, moved, shape.width / shape.height)
    )


def desynchronised(truth: Truth, draw: Draw, tie: bool) -> Spoilt:
    """Contacts that sound early or late, from the same surroundings."""
    low, high = (0.0, UNHEARD_S) if tie else SHIFTS_S
    by_s = float(draw.uniform(low, high)) * (1 if draw.random() < 0.5 else -1)
    return shifted(truth, by_s)


def shifted(truth: Truth, by_s: float) -> Spoilt:
    """Every contact sounds ``by_s`` late, or early; what falls off the clip is not heard."""
    moved = tuple(
        replace(contact, time_s=contact.time_s + by_s)
        for contact in truth.contacts
        if contact.time_s + by_s >= 0
    )
    heard = any(contact.audible for contact in moved) and any(c.audible for c in truth.contacts)
    strength = min(1.0, abs(by_s) / SHIFTS_S[1]) if heard and abs(by_s) > UNHEARD_S else 0.0
    reason = "late" if by_s > 0 else "early"
    return Spoilt(reason=reason, strength=strength, truth=replace(truth, contacts=moved))


def astray(scene: Scene, draw: Draw) -> Spoilt:
    """The same events with something else than was asked for."""
    kind = ("colour", "subject", "light", "set")[int(draw.integers(4))]
    first = scene.bodies[0]
    if kind == "colour":
        other = replace(first, colour=_other(COLOURS, first.colour, draw))
        return Spoilt(reason=kind, strength=0.7, scene=_with_first(scene, other))
    if kind == "subject":
        other = replace(first, prop=_other(PROPS, first.prop, draw))
        return Spoilt(reason=kind, strength=0.7, scene=_with_first(scene, other))
    if kind == "light":
        changed = replace(scene, light=_other(LIGHTS, scene.light, draw))
        return Spoilt(reason=kind, strength=0.8, scene=changed)
    changed = replace(scene, set_name=_other(FIRST_SETS, scene.set_name, draw))
    return Spoilt(reason=kind, strength=1.0, scene=changed)


def ugly(scene: Scene, draw: Draw) -> Spoilt:
    """Spoilt framing, palette, light or headroom of the sound."""
    kind = ("framing", "palette", "light", "headroom")[int(draw.integers(4))]
    strength = float(draw.uniform(0.2, 1.0))
    if kind == "framing":
        side = 1.0 if draw.random() < 0.5 else -1.0
        shift, zoom = side * (0.4 + 1.0 * strength), 1.0 + 1.0 * strength
        return Spoilt(reason=kind, strength=strength, scene=_misframed(scene, shift, zoom))
    if kind == "headroom":
        gain = 2.0 + 14.0 * strength
        return Spoilt(reason=kind, strength=strength, sound=lambda sound: clipped(sound, gain))
    if kind == "palette":
        cast = draw.standard_normal(3)
        cast = torch.from_numpy(60 * strength * cast / np.abs(cast).max()).float()
        return Spoilt(
            reason=kind, strength=strength, pictures=lambda video: garish(video, strength, cast)
        )
    stops = strength * (1.8 if draw.random() < 0.5 else -2.2)
    return Spoilt(reason=kind, strength=strength, pictures=lambda video: exposed(video, stops))


def blurred(video: Tensor, width_px: float) -> Tensor:
    """Gaussian blur of (T, H, W, 3) uint8 with a deviation in pixels."""
    reach = max(1, round(2.5 * width_px))
    steps = torch.arange(-reach, reach + 1)
    kernel = torch.exp(-0.5 * (steps / width_px).square())
    kernel = kernel / kernel.sum()
    x = video.permute(0, 3, 1, 2).float().flatten(0, 1)[:, None]
    x = F.conv2d(F.pad(x, (reach, reach, 0, 0), mode="replicate"), kernel.view(1, 1, 1, -1))
    x = F.conv2d(F.pad(x, (0, 0, reach, reach), mode="replicate"), kernel.view(1, 1, -1, 1))
    return _as_pictures(x[:, 0].unflatten(0, (-1, 3)).permute(0, 2, 3, 1))


def noisy(video: Tensor, width: float, seed: int) -> Tensor:
    """Grain of deviation ``width``, of 255, drawn for every picture."""
    grain = torch.randn(video.shape, generator=torch.Generator().manual_seed(seed))
    return _as_pictures(video.float() + width * grain)


def blocky(video: Tensor, strength: float) -> Tensor:
    """Pictures in blocks of up to seven pixels, in few tones."""
    side = 2 + round(5 * strength)
    x = video.permute(0, 3, 1, 2).float()
    small = F.avg_pool2d(x, side, ceil_mode=True)
    large = F.interpolate(small, scale_factor=side, mode="nearest")
    large = large[..., : x.shape[-2], : x.shape[-1]]
    tone = 8 + 24 * strength
    return _as_pictures(((large / tone).round() * tone).permute(0, 2, 3, 1))


def garish(video: Tensor, strength: float, cast: Tensor) -> Tensor:
    """Too much colour, and all of it to one side."""
    x = video.float()
    grey = x.mean(dim=-1, keepdim=True)
    return _as_pictures(grey + (x - grey) * (1 + 1.5 * strength) + cast)


def exposed(video: Tensor, stops: float) -> Tensor:
    """Over- or underexposed; what is above white is lost."""
    return _as_pictures(video.float() * 2.0**stops)


def clipped(sound: Tensor, gain: float) -> Tensor:
    """Sound (2, S) too loud for its medium."""
    return (sound * gain).clamp(-0.98, 0.98)


def _misframed(scene: Scene, shift_m: float, zoom: float) -> Scene:
    camera = scene.camera
    path = CameraPath(
        move=camera.move,
        x_start_m=camera.x_start_m + shift_m,
        x_end_m=camera.x_end_m + shift_m,
        zoom_start=camera.zoom_start * zoom,
        zoom_end=camera.zoom_end * zoom,
    )
    return replace(scene, camera=path)


def _with_first(scene: Scene, body: Body) -> Scene:
    return replace(scene, bodies=(body, *scene.bodies[1:]))


def _other(options: Sequence[Item], than: str, draw: Draw) -> Item:
    others = [one for one in options if one != than]
    return others[int(draw.integers(len(others)))]


def _at(truth: Truth, positions: NDArray[np.float32], aspect: float) -> Truth:
    positions = positions.astype(np.float32)
    return replace(
        truth, positions_m=positions, centres=to_picture(positions, truth.camera, aspect)
    )


def _as_pictures(levels: Tensor) -> Tensor:
    return levels.round().clamp(0, 255).to(torch.uint8)
