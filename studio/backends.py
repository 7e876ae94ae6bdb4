"""The backends by name: the one place besides ``studio.app`` that reaches behind the seam."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from pathlib import Path

from engine.api import Backend, Capabilities, Licence, ShotPlan
from engine.errors import WeightsError
from studio.wording import tr

_one_at_a_time = threading.Lock()
BACKENDS: dict[str, str] = {
    "backlot": "our own model, shipped with the program",
    "ltx": "LTX-2, from a folder of weights that you have",
    "scripted": "no model: coloured shapes and tones at once, for trying things out",
}


def build_backend(
    name: str = "backlot",
    weights: str = "",
    *,
    apart: bool = False,
    accepted: Sequence[str] = (),
) -> Backend:
    """The backend called ``name``; its modules, and torch where it needs that, are loaded now.

    Args:
        name: one of ``BACKENDS``.
        weights: folder of the weights, where they are not the program's own.
        apart: whether it lives in a process of its own; all who ask share that one.
        accepted: licences that were read and accepted, by their hashes.

    Raises:
        WeightsError: if there is no such backend, its weights are missing or damaged, or come
            under a licence that was not accepted.
    """
    if name not in BACKENDS:
        known = ", ".join(BACKENDS)
        raise WeightsError(
            tr("There is no engine called “{name}”; choose one of {known}.", name=name, known=known)
        )
    if name == "ltx":
        _check_licence(weights, accepted)
    if apart:
        # A cache alone makes two where a worker and a clerk ask at the same instant.
        with _one_at_a_time:
            return _apart(name, weights, tuple(accepted))
    if name == "scripted":
        from engine.backends.scripted import ScriptedBackend

        return ScriptedBackend()
    from engine.backends.torch_loading import open_libraries

    open_libraries()
    if name == "ltx":
        from engine.backends.ltx import LtxBackend

        return LtxBackend(Path(weights))
    from engine.backends.backlot import BacklotBackend

    return BacklotBackend(Path(weights)) if weights else BacklotBackend()


def read_licence(weights: str) -> Licence:
    """The terms that the weights in the folder ``weights`` come under; nothing else is loaded.

    Raises:
        WeightsError: if it is not a folder of LTX-2.
    """
    from engine.backends import ltx_folder

    if not weights:
        raise WeightsError(tr("LTX-2 needs a folder of weights; choose the one that you have."))
    return ltx_folder.read_licence(Path(weights))


def _check_licence(weights: str, accepted: Sequence[str]) -> None:
    licence = read_licence(weights)
    if licence.sha256 not in accepted:
        raise WeightsError(
            tr(
                "These weights come under {name}, which was not accepted yet. Choose "
                "the engine LTX-2 in the settings, which show it.",
                name=licence.name,
            )
        )


@functools.cache
def _apart(name: str, weights: str, accepted: tuple[str, ...]) -> Backend:
    from engine.backends.hosted import HostedBackend

    arguments = {"name": name, "weights": weights, "accepted": list(accepted)}
    return HostedBackend("studio.backends:build_backend", arguments)


def plan_premise(
    text: str, capabilities: Capabilities, shots: int | None = None
) -> tuple[ShotPlan, ...]:
    """A premise planned into shots with cameras, by the rules of continuity; no model is asked.

    Args:
        text: a paragraph; each sentence is an event.
        capabilities: vocabulary and lengths of the model.
        shots: how many; by default two for a lone event, else one for each.

    Raises:
        RequestError: if there is nothing to show, or more shots than can be planned.
    """
    from engine.conditioning.shot_plans import plan_premise as planned

    return planned(text, capabilities, shots).shots
