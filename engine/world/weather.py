"""Weather: rain, snow and fog in the air, on the ground and behind windows.

Shape letters: T pictures, H height, W width, P drops or flakes.

What falls is drawn once on tiles that repeat without a seam, one for each depth, and slid for every
picture: near ones are larger, faster and pass the camera sooner. The far tile lies behind the
bodies, the near ones before them. Haze is laid on the layers of the set by their distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
import torch
from torch import Tensor

from engine.world.canvas import Canvas, Colour, mixed, scaled
from engine.world.light import LIGHT_TABLE
from engine.world.projection import FLOOR_SHARE
from engine.world.scene import SETS, VIEW_HEIGHT_M, Scene, SetName, WeatherName
from engine.world.windows import pictures_at_once

INDOORS: frozenset[SetName] = frozenset({"kitchen", "classroom"})
# How much of a layer's colour is air: where nearness is 0, and where it is 1.
HAZE: dict[WeatherName, tuple[float, float]] = {
    "clear": (0.0, 0.0),
    "rain": (0.62, 0.10),
    "snow": (0.60, 0.06),
    "fog": (0.95, 0.22),
}
TILES = 4


@dataclass(frozen=True, kw_only=True)
class _Depth:
    """One depth of what falls.

    Attributes:
        count: pieces on a tile.
        length_m, width_m: of a piece as it appears at the floor line.
        speed_m_s: of falling, as it appears there.
        wind_m_s: sideways speed.
        sway_m: width of the swing from side to side.
        nearness: how fast it passes when the camera travels; above 1 before the floor line.
        opacity: of a piece.
    """

    count: int
    length_m: float
    width_m: float
    speed_m_s: float
    wind_m_s: float
    sway_m: float
    nearness: float
    opacity: float


FALLING: dict[WeatherName, tuple[_Depth, ...]] = {
    "clear": (),
    "fog": (),
    "rain": (
        _Depth(count=190, length_m=0.13, width_m=0.009, speed_m_s=5.5, wind_m_s=-0.7,
               sway_m=0.0, nearness=0.5, opacity=0.40),
        _Depth(count=80, length_m=0.24, width_m=0.013, speed_m_s=8.5, wind_m_s=-1.1,
               sway_m=0.0, nearness=1.2, opacity=0.48),
        _Depth(count=16, length_m=0.42, width_m=0.020, speed_m_s=13.0, wind_m_s=-1.7,
               sway_m=0.0, nearness=1.9, opacity=0.42),
    ),
    "snow": (
        _Depth(count=190, length_m=0.0, width_m=0.028, speed_m_s=0.40, wind_m_s=0.10,
               sway_m=0.05, nearness=0.5, opacity=0.75),
        _Depth(count=85, length_m=0.0, width_m=0.045, speed_m_s=0.66, wind_m_s=0.18,
               sway_m=0.09, nearness=1.2, opacity=0.9),
        _Depth(count=16, length_m=0.0, width_m=0.085, speed_m_s=1.05, wind_m_s=0.30,
               sway_m=0.16, nearness=1.9, opacity=0.8),
    ),
}  # fmt: skip


def air_of(scene: Scene) -> Colour:
    """The colour of the haze in a scene's light and weather."""
    light = LIGHT_TABLE[scene.light]
    grey = light.tint((0.70, 0.74, 0.79))
    air = mixed(
        mixed(light.sky[2], light.sky[1], 0.4), grey, 0.75 if scene.weather == "fog" else 0.45
    )
    return scaled(air, {"rain": 0.84, "snow": 1.05, "fog": 1.08}.get(scene.weather, 1.0))


def weather_layer(sheet: Canvas, scene: Scene, nearness: float, *, floor: bool) -> None:
    """Change a drawn layer of the set, in place, by the weather of its scene.

    Args:
        sheet: the layer.
        scene: whose weather it is.
        nearness: of the layer.
        floor: whether the layer holds the floor.
    """
    if scene.weather == "clear":
        return
    if scene.set_name in INDOORS:
        if nearness < 0.7:
            _through_windows(sheet, scene)
        return
    far, near = HAZE[scene.weather]
    share = far + (near - far) * nearness
    _mix(sheet, air_of(scene), torch.full_like(sheet.y, min(share, 0.94)))
    if floor and scene.weather == "rain":
        _wet(sheet, scene)
    elif scene.weather == "snow":
        _covered(sheet, scene, floor=floor)
    elif floor and scene.weather == "fog":
        _mix(sheet, air_of(scene), (0.42 * (sheet.y + 0.1) / 0.45).clamp(0.0, 0.5))


def _mix(sheet: Canvas, colour: Colour, share: Tensor) -> None:
    """Mix a colour into what is drawn, by a share for each row or place."""
    paint = torch.tensor(colour, device=sheet.pixels.device)[:, None, None]
    drawn, coverage = sheet.pixels[:3], sheet.pixels[3:]
    drawn += (paint * coverage - drawn) * share


def _wet(sheet: Canvas, scene: Scene) -> None:
    """A dark floor with a sheen of the sky on it, and puddles."""
    light = LIGHT_TABLE[scene.light]
    on_floor = ((0.30 - sheet.y) / 0.06).clamp(0.0, 1.0)
    _mix(sheet, (0.02, 0.03, 0.06), 0.30 * on_floor)
    shine = mixed(light.sky[1], (1.0, 1.0, 1.0), 0.12)
    _mix(sheet, shine, 0.30 * on_floor * (0.6 + 0.4 * torch.sin(sheet.y * 31.0)))
    random = np.random.default_rng((scene.seed, 31))
    rim = mixed(shine, (1.0, 1.0, 1.0), 0.35)
    for x in np.arange(-4.0, 4.0, 0.95):
        at = float(x + random.uniform(-0.3, 0.3))
        y, size = float(random.uniform(-0.28, 0.16)), float(random.uniform(0.22, 0.42))
        canvas_size = (size, 0.11 * size)
        sheet.ellipse(at, y, *canvas_size, rim, opacity=0.55)
        sheet.ellipse(at, y - 0.006, canvas_size[0] * 0.96, canvas_size[1] * 0.84, shine,
                      foot=scaled(shine, 0.86), opacity=0.8)  # fmt: skip


def _covered(sheet: Canvas, scene: Scene, *, floor: bool) -> None:
    """Snow that lies: thick on the floor, thin on what stands behind."""
    white = LIGHT_TABLE[scene.light].tint((0.96, 0.98, 1.0))
    if not floor:
        _mix(sheet, white, (0.34 * (1.0 - (sheet.y - 0.5) / 0.7)).clamp(0.0, 0.34))
        return
    edge = 0.25 + 0.03 * torch.sin(sheet.x * 2.3 + scene.seed % 7)
    edge = edge + 0.018 * torch.sin(sheet.x * 6.1 + scene.seed % 5)
    lies = ((edge - sheet.y) / 0.05).clamp(0.0, 1.0)
    drift = 0.80 + 0.10 * torch.sin(sheet.x * 1.7 + sheet.y * 9.0)
    _mix(sheet, white, lies * drift)


def window_panes(scene: Scene) -> list[tuple[float, float, float, float]]:
    """(left, right, low, high) of the panes of a room's windows, in metres of its far layer.

    They follow from the same first draws as the rooms' own drawing.
    """
    random = np.random.default_rng((scene.seed, SETS.index(scene.set_name), 0))
    side = float(random.choice([-1.0, 1.0]))
    if scene.set_name == "kitchen":
        x = side * float(random.uniform(0.5, 0.95))
        halves = ((x - 0.43, x - 0.022), (x + 0.022, x + 0.43))
        return [(*half, *rows) for half in halves for rows in ((1.20, 1.55), (1.59, 1.92))]
    panes = []
    for offset in (0.0, 4.2, -4.2):
        x = offset - 0.30 * side + 1.45 * side
        for half in ((x - 0.32, x - 0.02), (x + 0.02, x + 0.32)):
            panes += [(*half, 0.88, 1.36), (*half, 1.40, 1.89)]
    return panes


def _through_windows(sheet: Canvas, scene: Scene) -> None:
    """Weather behind the panes: the air's colour, and drops, flakes or nothing upon it."""
    air = air_of(scene)
    random = np.random.default_rng((scene.seed, 37))
    pale = mixed(air, (1.0, 1.0, 1.0), 0.75 if scene.weather == "snow" else 0.45)
    share = {"rain": 0.62, "snow": 0.55, "fog": 0.90}[scene.weather]
    for left, right, low, high in window_panes(scene):
        sheet.rect(left, right, low, high, air, opacity=share)
        for _ in range(14 if scene.weather != "fog" else 0):
            x, y = float(random.uniform(left, right)), float(random.uniform(low, high))
            if scene.weather == "snow":
                size = min(0.022, x - left, right - x, y - low, high - y)
                sheet.disc(x, y, max(size, 0.004), pale)
            else:
                foot = max(low, y - 0.14)
                sheet.rect(x - 0.007, x + 0.007, foot, y, pale, opacity=0.8)
        if scene.weather == "snow":
            sheet.rect(left, right, low, low + 0.035, (0.96, 0.98, 1.0))


def draw_falling(
    video: Tensor, scene: Scene, camera: np.ndarray, times_s: np.ndarray, *, behind: bool
) -> None:
    """Lay what falls or drifts over (T, H, W, 3) pictures, behind the bodies or before them.

    Args:
        video: the pictures, changed in place.
        scene: whose weather it is.
        camera: (T, 3) of the pictures.
        times_s: (T,) of the pictures.
        behind: the far depth alone; else the near ones.
    """
    if scene.weather == "clear" or scene.set_name in INDOORS:
        return
    _, height, width, _ = video.shape
    light = LIGHT_TABLE[scene.light]
    tone = air_of(scene) if scene.weather == "fog" else light.tint((0.96, 0.98, 1.0))
    pale = mixed(tone, (0.92, 0.95, 1.0), 0.0 if scene.weather == "fog" else 0.35)
    paint = torch.tensor(pale, device=video.device) * 255.0
    struck = _splashes(camera, height, width)
    for part in pictures_at_once(len(video), height * width):
        clear = _seen_through(
            scene, camera[part], times_s[part], (height, width), video.device, behind=behind
        )
        if scene.weather == "rain" and not behind:
            tile = _splash_tile(scene.seed % TILES, height, width).to(video.device)
            clear = clear * (1.0 - _taken(tile, *(places[part] for places in struck)))
        # What is left of the picture, plus what hides it, written back as whole bytes.
        seen = torch.lerp(paint.expand(3), video[part].float(), clear[..., None])
        video[part] = seen.add_(0.5).to(torch.uint8)


def _seen_through(
    scene: Scene,
    camera: np.ndarray,
    times_s: np.ndarray,
    size: tuple[int, int],
    device: torch.device,
    *,
    behind: bool,
) -> Tensor:
    """(T, H, W) how much of each pixel is seen through what falls or drifts, 0..1."""
    if scene.weather == "fog":
        return (1.0 - _banks(camera, times_s, *size, scene.seed, behind=behind)).to(device)
    depths = FALLING[scene.weather]
    clear = torch.ones(1, device=device)
    for number, depth in enumerate(depths[:1] if behind else depths[1:]):
        tile = _tile(scene.weather, 0 if behind else 1 + number, scene.seed % TILES, *size)
        slid = _slid_tile(tile.to(device), depth, scene, camera, times_s, size[0])
        clear = clear * (1.0 - slid)
    return clear


def _slid_tile(
    tile: Tensor,
    depth: _Depth,
    scene: Scene,
    camera: np.ndarray,
    times_s: np.ndarray,
    height: int,
) -> Tensor:
    """(T, H, W) a tile as each picture sees it, to the nearest pixel, or between if it is slow."""
    pitch = VIEW_HEIGHT_M / height
    sway = depth.sway_m * np.sin(2.1 * times_s + scene.seed % 6)
    right = depth.wind_m_s * times_s + sway - depth.nearness * camera[:, 0].astype(np.float64)
    down = depth.speed_m_s * times_s + camera[:, 1].astype(np.float64)
    rows, columns = -down / pitch, -right / pitch
    if depth.length_m > 0.0:
        return _taken(tile, np.rint(rows), np.rint(columns))
    whole_rows, whole_columns = np.floor(rows), np.floor(columns)
    part = torch.from_numpy((rows - whole_rows).astype(np.float32)).to(tile.device)[:, None, None]
    upper = _taken(tile, whole_rows, whole_columns)
    return torch.lerp(upper, _taken(tile, whole_rows + 1, whole_columns), part)


def _taken(tile: Tensor, rows: np.ndarray, columns: np.ndarray) -> Tensor:
    """(T, H, W) views of a (H, W) tile without seams, beginning at whole rows and columns."""
    height, width = tile.shape
    double = tile.repeat(2, 2)
    starts = zip(rows.astype(np.int64) % height, columns.astype(np.int64) % width, strict=True)
    return torch.stack([double[r : r + height, c : c + width] for r, c in starts])


@lru_cache(maxsize=96)
def _tile(weather: WeatherName, number: int, seed: int, height: int, width: int) -> Tensor:
    """(H, W) how much each pixel is hidden by one depth, repeating without a seam."""
    depth = FALLING[weather][number]
    random = np.random.default_rng((seed, number, height))
    pitch = VIEW_HEIGHT_M / height
    count = max(1, round(depth.count * width / height * 9 / 16))
    x, y = random.uniform(0, width, count), random.uniform(0, height, count)
    size = random.uniform(0.7, 1.25, count)
    half_w = 0.5 * depth.width_m * size / pitch
    half_l = 0.5 * depth.length_m * size / pitch
    slant = depth.wind_m_s / depth.speed_m_s if depth.length_m > 0.0 else 0.0
    reach_x = ceil(float((half_w + abs(slant) * half_l).max())) + 1
    reach_y = ceil(float((half_w + half_l).max())) + 1
    dx = np.arange(-reach_x, reach_x + 1)[None, None, :] + np.floor(x)[:, None, None]
    dy = np.arange(-reach_y, reach_y + 1)[None, :, None] + np.floor(y)[:, None, None]
    across, along = dx + 0.5 - x[:, None, None], dy + 0.5 - y[:, None, None]
    # The distance to a slanted line, or to a point where the piece has no length.
    nearest = np.clip(along, -half_l[:, None, None], half_l[:, None, None])
    gap = np.hypot(across - slant * nearest, along - nearest)
    # A piece finer than a pixel is that much fainter.
    wide = half_w[:, None, None]
    hides = np.clip(wide + 0.5 - gap, 0.0, 1.0) * np.minimum(1.0, 2.0 * wide + 0.25)
    tile = np.zeros((height, width), dtype=np.float32)
    where = np.broadcast_arrays(dy.astype(np.int64) % height, dx.astype(np.int64) % width)
    np.maximum.at(tile, tuple(where), (hides * depth.opacity).astype(np.float32))
    return torch.from_numpy(tile)


@lru_cache(maxsize=32)
def _splash_tile(seed: int, height: int, width: int) -> Tensor:
    """(H, W) small rings on the floor where drops have struck."""
    random = np.random.default_rng((seed, 91))
    view_w = VIEW_HEIGHT_M * width / height
    canvas = Canvas(left=0.0, top=VIEW_HEIGHT_M * (1 - FLOOR_SHARE), pitch=VIEW_HEIGHT_M / height,
                    width=width, height=height)  # fmt: skip
    for _ in range(22):
        x, y = float(random.uniform(0.08, view_w - 0.08)), float(random.uniform(-0.30, 0.16))
        canvas.ellipse(x, y, 0.06, 0.018, (1.0, 1.0, 1.0), opacity=0.6)
        canvas.rect(x - 0.006, x + 0.006, y, y + 0.06, (1.0, 1.0, 1.0), opacity=0.6)
    return canvas.pixels[3].clone()


def _splashes(camera: np.ndarray, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """(T,) rows and columns at which the tile of splashes begins: elsewhere in every picture."""
    steps = np.arange(len(camera))
    rows = np.rint(-(camera[:, 1] - camera[0, 1]) * height / VIEW_HEIGHT_M)
    return rows, np.rint(width * ((0.618034 * steps) % 1.0))


@lru_cache(maxsize=16)
def _bank_tile(seed: int, height: int, width: int) -> Tensor:
    """(H, W) soft clouds of fog in 0..1, repeating without a seam."""
    random = np.random.default_rng((seed, 53))
    rows, columns = 18, 32
    spectrum = np.fft.rfft2(random.standard_normal((rows, columns)))
    fy, fx = np.fft.fftfreq(rows)[:, None] * rows, np.fft.rfftfreq(columns)[None, :] * columns
    coarse = np.fft.irfft2(spectrum * np.exp(-((fy / 3.2) ** 2) - (fx / 3.0) ** 2), (rows, columns))
    coarse = np.clip(0.5 + 0.34 * coarse / coarse.std(), 0.0, 1.0).astype(np.float32)
    padded = torch.from_numpy(np.pad(coarse, 2, mode="wrap"))[None, None]
    size = (round(height * (rows + 4) / rows), round(width * (columns + 4) / columns))
    fine = torch.nn.functional.interpolate(padded, size=size, mode="bicubic")[0, 0]
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    return fine[top : top + height, left : left + width].clamp(0.0, 1.0).contiguous()


def _banks(
    camera: np.ndarray,
    times_s: np.ndarray,
    height: int,
    width: int,
    seed: int,
    *,
    behind: bool,
) -> Tensor:
    """(T, H, W) drifting banks, thicker above the floor's far edge than at the camera's feet."""
    pitch = VIEW_HEIGHT_M / height
    drift, nearness, thick = (0.10, 0.6, 0.34) if behind else (0.22, 1.3, 0.30)
    columns = (nearness * camera[:, 0] + drift * times_s) / pitch
    whole = np.floor(columns)
    tile = _bank_tile((seed + behind) % TILES, height, width)
    part = torch.from_numpy((columns - whole).astype(np.float32))[:, None, None]
    rows = np.zeros(len(columns))
    banks = torch.lerp(_taken(tile, rows, whole), _taken(tile, rows, whole + 1), part)
    up = torch.linspace(1.0, 0.0, height)[:, None]
    return banks * thick * (1.0 - 0.5 * (up - 0.3).abs())
