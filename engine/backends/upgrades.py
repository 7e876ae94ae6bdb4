"""What is said of a full render that is to start from its preview's latent, and cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.api import Extend, Finding, ShotRequest, Upgrade
from engine.backends.backlot_words import settled
from engine.backends.take_files import LATENTS_NAME, read_latents, read_recipe
from engine.errors import EngineError


def check_latent(request: ShotRequest) -> Iterator[Finding]:
    """A warning where the latent of the preview would be ignored.

    Raises:
        EngineError: if the preview's recipe cannot be read.
    """
    match request.task:
        case Upgrade(source=source, from_latent=True):
            whole = settled(request)
        case _:
            return
    if isinstance(whole.task, Extend):
        why = "It goes on from another take"
    elif len(whole.shots) > 1:
        why = "Its shots are made together"
    elif not (Path(source) / LATENTS_NAME).is_file():
        why = "The preview has no latent any more"
    elif not _readable(Path(source)):
        why = "The preview's latent is damaged"
    else:
        return
    yield Finding(
        level="warning",
        sentence=f"{why}, so the full render starts from the preview's noise, not from the preview "
        "itself.",
        remedy="Expect it to differ more.",
    )


def _readable(folder: Path) -> bool:
    """Whether the latents of the take in ``folder`` are whole, and its own."""
    weights = read_recipe(folder).weights
    try:
        read_latents(folder, weights)
    except EngineError:
        return False
    return True
