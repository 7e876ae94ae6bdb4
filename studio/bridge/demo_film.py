"""The demo film as the welcome page opens it: three shots, written and ready to preview."""

from __future__ import annotations

from pathlib import Path

from studio.document.film import Film, Shot, new_film, new_id
from studio.document.shot_changes import add_shots

DEMO_NAME = "Demo film"
DEMO_TAG = "Pumpkin"
DEMO_REFERENCE = Path(__file__).resolve().parents[2] / "assets" / "demo" / "pumpkin.png"
_SHOTS = (
    ("Ball", "A red rubber ball drops and bounces in the park by day, static camera", 11),
    (
        "Pumpkin",
        f"The orange pumpkin @{DEMO_TAG} drops and bounces on the beach at sunset, static camera",
        23,
    ),
    ("Bell", "A yellow metal bell drops to the ground in the street by day, static camera", 37),
)


def demo_film() -> Film:
    """The film before anything is rendered; its reference is imported into it."""
    shots = [
        Shot(id=new_id(), name=name, prompt=prompt, seed=seed, seed_policy="lock")
        for name, prompt, seed in _SHOTS
    ]
    return add_shots(new_film(DEMO_NAME), shots)
