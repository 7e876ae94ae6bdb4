"""Strips of a clip for the eye: pictures in a row over its sound, on one clock.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.shapes import SAMPLE_RATE_HZ

PICTURES = 9
WIDTH = 9 * 112
_WAVE, _SPECTRUM = 60, 72
Colour = tuple[int, int, int]
Marks = Sequence[tuple[Sequence[float], Colour]]


def strip(
    video: NDArray[np.uint8], sound: NDArray[np.float32], marks: Marks = (), width: int = WIDTH
) -> NDArray[np.uint8]:
    """Pictures over waveform and spectrogram, with times marked: (H, W, 3) uint8.

    Args:
        video: (T, H, W, 3) uint8.
        sound: (2, S); without samples the pictures stand alone.
        marks: times in seconds and their colour, each kind in a part of the waveforms of its own.
        width: of the strip, in pixels.
    """
    pictures = _row(video, width)
    if not sound.size:
        return pictures
    wave = np.concatenate([_wave(sound[0], width), _wave(sound[1], width)])
    spectrum = _spectrogram(sound.mean(axis=0), width)
    lower = np.concatenate([wave, spectrum])
    seconds = sound.shape[1] / SAMPLE_RATE_HZ
    for row, (times, colour) in enumerate(marks):
        for time_s in times:
            x = min(width - 1, max(0, round(time_s / seconds * width)))
            top = row * _WAVE * 2 // len(marks)
            lower[top : top + _WAVE * 2 // len(marks), max(0, x - 1) : x + 1] = colour
    return np.concatenate([pictures, lower])


def _row(video: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    count = min(PICTURES, len(video))
    chosen = np.linspace(0, len(video) - 1, count).round().astype(int)
    each = width // count
    height = round(each * video.shape[1] / video.shape[2])
    tiles = [cv2.resize(video[i], (each, height), interpolation=cv2.INTER_AREA) for i in chosen]
    row = np.concatenate(tiles, axis=1)
    return np.pad(row, ((0, 2), (0, width - row.shape[1]), (0, 0))).astype(np.uint8)


def _wave(channel: NDArray[np.float32], width: int) -> NDArray[np.uint8]:
    picture = np.full((_WAVE, width, 3), 28, dtype=np.uint8)
    edges = np.linspace(0, len(channel), width + 1).astype(int)
    middle = _WAVE // 2
    for x in range(width):
        part = channel[edges[x] : edges[x + 1]]
        reach = int(min(1.0, float(np.abs(part).max(initial=0.0))) * (middle - 2))
        picture[middle - reach : middle + reach + 1, x] = 150
    return picture


def _spectrogram(channel: NDArray[np.float32], width: int) -> NDArray[np.uint8]:
    window = 512
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(channel, window // 2), window)[::120]
    power = np.abs(np.fft.rfft(frames * np.hanning(window), axis=1)) / (window / 4)
    level = np.clip((20 * np.log10(power + 1e-6) + 90) / 80, 0, 1)
    grey = (255 * level.T[::-1]).astype(np.uint8)
    scaled = cv2.resize(grey, (width, _SPECTRUM), interpolation=cv2.INTER_AREA)
    coloured = cv2.applyColorMap(scaled, cv2.COLORMAP_MAGMA)
    return np.ascontiguousarray(coloured[..., ::-1]).astype(np.uint8)
