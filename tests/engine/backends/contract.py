"""What the tests of the contract share: the backends, a small request, and how it is run.

A backend joins by a line in ``BACKENDS``: where a function lies that makes one, small and fast.
"""

import dataclasses
import hashlib
import importlib
import os
import select
from pathlib import Path

import numpy as np
import pytest

from engine import api
from engine.media import read_pictures, read_sound
from tests.patience import PATIENCE_S

# By name, so that whoever tests one of them does not wait for what another one imports.
BACKENDS = {
    "backlot": "tests.engine.tiny_model:tiny_backend",
    "hosted": "tests.engine.hosted:hosted_backend",
    "ltx": "tests.engine.tiny_ltx:ltx_backend",
    "scripted": "tests.engine.hosted:scripted_backend",
}
# All tests of one go to one worker, which loads it once.
EACH = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in sorted(BACKENDS)]
LAST = (api.Finished, api.Parked, api.Failed, api.Cancelled)
# Steps that may still be told of after a cancel: what another process had made before it heard.
LATE_STEPS = 100


def backend_of(name: str) -> api.Backend:
    module, function = BACKENDS[name].split(":")
    return getattr(importlib.import_module(module), function)()


def small_request(backend: api.Backend, **changes) -> api.ShotRequest:
    can = backend.capabilities()
    size = min(can.sizes, key=lambda size: size.width * size.height)
    frames = next((frames for frames in can.frames if frames >= 9), can.frames[-1])
    request = api.ShotRequest(
        prompt="a red ball bounces in a white room",
        shots=(api.ShotPlan(caption="", frames=frames),),
        width=size.width,
        height=size.height,
        rate=can.rates[0],
        seed=7,
        quality=api.Quality(mode="fast", steps=4),
    )
    return dataclasses.replace(request, **changes)


def run(backend, request, folder, resume=None, on_event=None):
    control = api.Control(folder)
    events = []
    for event in backend.render(request, control, resume):
        events.append(event)
        if on_event is not None:
            on_event(event, control)
    assert isinstance(events[-1], LAST)
    assert not any(isinstance(event, LAST) for event in events[:-1])
    return events


def render(backend, request, folder, resume=None):
    last = run(backend, request, folder, resume)[-1]
    assert isinstance(last, api.Finished), last
    return last.takes


def park_after(step):
    def park(event, control):
        if isinstance(event, api.Progress) and event.step == step:
            control.park()

    return park


def bits(take: api.Take) -> tuple[str, str]:
    pictures = np.ascontiguousarray(read_pictures(take.picture))
    sound = np.ascontiguousarray(read_sound(take.sound, rate_hz=take.sample_rate_hz))
    return (
        hashlib.sha256(pictures.tobytes()).hexdigest(),
        hashlib.sha256(sound.tobytes()).hexdigest(),
    )


def image_role(backend: api.Backend) -> api.Role:
    roles: tuple[api.Role, ...] = api.ROLES_BY_KIND["image"]
    return next(role for role in roles if role in backend.capabilities().roles)


def picture_file(folder: Path, name="ava.png") -> Path:
    import cv2

    path = folder / name
    ramp = np.tile(np.linspace(0, 255, 96, dtype=np.uint8), (64, 1))
    cv2.imwrite(str(path), np.stack([ramp, ramp[:, ::-1], np.full_like(ramp, 90)], axis=-1))
    return path


def programs_of(program):
    """The programs that one has started, where the system tells."""
    told = Path(f"/proc/{program}/task/{program}/children")
    return told.read_text().split() if told.exists() else []


def await_end(programs, limit_s=PATIENCE_S):
    """Wait until programs that are not our own have ended."""
    for program in programs:
        try:
            watched = os.pidfd_open(int(program))
        except ProcessLookupError:
            continue
        ended, _, _ = select.select([watched], [], [], limit_s)
        os.close(watched)
        assert ended, f"program {program} goes on without the one that started it"
