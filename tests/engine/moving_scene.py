"""A ball over textured ground, drawn where it is told to be, for what follows it."""

from fractions import Fraction

import cv2
import numpy as np

RATE = Fraction(12)
FRAMES, HEIGHT, WIDTH = 13, 72, 128


def scene(centres, radius=7, pan_px=0.0):
    """A red ball over a textured ground that may pan; pictures (T, H, W, 3)."""
    chance = np.random.default_rng(1)
    ground = cv2.GaussianBlur(chance.uniform(60, 190, (HEIGHT, 3 * WIDTH, 3)), (0, 0), 3)
    pictures = []
    for index, (x, y) in enumerate(centres):
        left = WIDTH + round(pan_px * index)
        picture = np.ascontiguousarray(ground[:, left : left + WIDTH]).astype(np.uint8)
        cv2.circle(picture, (round(x), round(y)), radius, (210, 40, 30), -1, cv2.LINE_AA)
        cv2.circle(picture, (round(x) - 2, round(y) - 2), 2, (250, 190, 180), -1, cv2.LINE_AA)
        pictures.append(picture)
    return np.stack(pictures)


def disc(x, y, radius=10):
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(mask, (round(x), round(y)), radius, 255, -1)
    return mask


def overlap(first, second):
    return (first & second).sum() / max(1, (first | second).sum())
