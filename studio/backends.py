"""The backends by name: the one place besides ``studio.app`` that reaches behind the seam."""

from __future__ import annotations

from engine.api import Backend, Capabilities, ShotPlan
from engine.errors import WeightsError

BACKENDS: dict[str, str] = {
    "backlot": "our own model, shipped with the program",
    "scripted": "no model: coloured shapes and tones at once, for trying things out",
}


def build_backend(name: str = "backlot") -> Backend:
    """The backend called ``name``; its modules, and torch where it needs that, are loaded now.

    Raises:
        WeightsError: if there is no such backend, or its weights are missing or damaged.
    """
    if name == "scripted":
        from engine.backends.scripted import ScriptedBackend

        return ScriptedBackend()
    if name == "backlot":
        from engine.backends.torch_loading import open_libraries

        open_libraries()
        from engine.backends.backlot import BacklotBackend

        return BacklotBackend()
    known = ", ".join(BACKENDS)
    raise WeightsError(f"There is no engine called “{name}”; choose one of {known}.")


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
