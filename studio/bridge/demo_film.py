"""The demo film as the welcome page opens it: three shots, written and ready to preview."""

from __future__ import annotations

from pathlib import Path

from engine.errors import EngineError
from studio.bridge.importing import bring_in
from studio.document.errors import ProjectError
from studio.document.film import Shot, new_film, new_id
from studio.document.ledger import ImportRecord, Ledger, now
from studio.document.library_changes import name_media, shelve_media
from studio.document.project_file import Project, create_project
from studio.document.project_writer import file_fault
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


def make_demo(folder: Path) -> Project:
    """Make the demo film in ``folder``: nothing rendered yet, its reference in the bin and named.

    Raises:
        ProjectError: if it cannot be made.
    """
    shots = [
        Shot(id=new_id(), name=name, prompt=prompt, seed=seed, seed_policy="lock")
        for name, prompt, seed in _SHOTS
    ]
    try:
        media = bring_in(folder, DEMO_REFERENCE)
    except EngineError as error:
        raise ProjectError(str(error)) from error
    except OSError as error:
        sentence = f"The demo film cannot be made in {folder.name}: {file_fault(error)}"
        raise ProjectError(sentence) from error
    film = shelve_media(add_shots(new_film(DEMO_NAME), shots), (media,))
    record = ImportRecord(id=new_id(), media=media, origin=DEMO_REFERENCE.name, created=now())
    return create_project(folder, name_media(film, media.id, DEMO_TAG), Ledger().append(record))
