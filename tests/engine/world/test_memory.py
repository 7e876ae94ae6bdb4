"""What is kept between clips is bounded, so that a machine can draw for days."""

from __future__ import annotations

import importlib
import pkgutil

import engine.world


def test_every_cache_of_the_world_has_a_limit() -> None:
    limits: dict[str, int | None] = {}
    for found in pkgutil.iter_modules(engine.world.__path__, "engine.world."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if hasattr(value, "cache_parameters"):
                limits[f"{found.name}.{name}"] = value.cache_parameters()["maxsize"]
    assert len(limits) > 8
    assert all(limit is not None and limit <= 4096 for limit in limits.values()), limits
