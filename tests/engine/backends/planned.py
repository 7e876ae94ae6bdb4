"""Requests of our own model rendered as far as their latents, and files to be shown to it."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np

from engine import api
from engine.backends.backlot_desk import Desk
from engine.backends.backlot_limits import capabilities_of
from engine.backends.backlot_plans import plan_request
from engine.media import write_film, write_wav
from engine.pipelines.references import EncodedCache
from engine.pipelines.render import run_plan
from tests.engine.tiny_model import loaded

RATE_HZ = 24_000


def write_references(folder: Path) -> dict[str, list[str]]:
    """Nine pictures, three clips and three tracks."""
    rng, rate = np.random.default_rng(0), capabilities_of("").rates[0]
    made = {"image": [], "video": [], "audio": []}
    for index in range(9):
        path = folder / f"picture{index}.png"
        cv2.imwrite(str(path), rng.integers(0, 255, (48, 64, 3), dtype=np.uint8))
        made["image"].append(str(path))
    for index in range(3):
        path = folder / f"clip{index}.mkv"
        small = rng.integers(0, 255, (30, 8, 8, 3), dtype=np.uint8)
        write_film(path, small.repeat(4, 1).repeat(4, 2), rate, preset="take")
        made["video"].append(str(path))
        path = folder / f"track{index}.wav"
        write_wav(path, rng.uniform(-0.3, 0.3, (2, 30_000)).astype(np.float32), RATE_HZ)
        made["audio"].append(str(path))
    return made


def end_of(request, trained=None):
    """The latents that ``request`` ends in, without files."""
    model = loaded() if trained is None else dataclasses.replace(loaded(), trained=trained)
    words = capabilities_of("").vocabulary
    desk = Desk(model=model, words=words, cache=EncodedCache())
    *_, last = run_plan(model, plan_request(desk, request, 2))
    return last.latents


def two_shots(request_, references, words=("a red ball rolls", "a blue drum falls")):
    first, second = words
    shots = (api.ShotPlan(caption=first, frames=9), api.ShotPlan(caption=second, frames=9))
    return dataclasses.replace(request_, prompt="", shots=shots, references=references)
