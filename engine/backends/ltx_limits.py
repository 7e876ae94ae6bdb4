"""What LTX-2.x can do here, as data of the folder that the weights came in."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

from engine.api import Capabilities, Role, Sampler, Size
from engine.backends.ltx_folder import LtxFolder
from engine.backends.ltx_lattice import Lattice

_FAST_STEPS, _FULL_STEPS = 8, 30
_LONGEST_S = 20
_STILLS = 9
_SIZES = (
    ("16:9", 768, 432),
    ("16:9", 512, 288),
    ("16:9", 1024, 576),
    ("16:9", 1280, 720),
    ("16:9", 1920, 1080),
    ("9:16", 432, 768),
    ("9:16", 720, 1280),
    ("1:1", 512, 512),
    ("1:1", 768, 768),
    ("2.39", 1024, 428),
)


def capabilities_of(folder: LtxFolder, lattice: Lattice) -> Capabilities:
    """Limits of the weights in ``folder``."""
    rates = (Fraction(24), Fraction(25), Fraction(30))
    longest = int(_LONGEST_S * rates[0]) + 1
    roles: tuple[Role, ...] = ("first_frame", "last_frame", "keyframe")
    if folder.control_adapter is not None:
        roles = (*roles, "motion")
    return Capabilities(
        name="LTX-2",
        weights=folder.weights,
        sizes=tuple(Size(width=w, height=h, shape=shape) for shape, w, h in _SIZES),
        rates=rates,
        frames=tuple(range(1 + lattice.time_stride, longest + 1, lattice.time_stride)),
        sample_rate_hz=lattice.sample_rate_hz,
        modes=("generate", "edit", "extend", "upgrade"),
        roles=roles,
        max_images=_STILLS,
        max_videos=int(folder.control_adapter is not None),
        max_tracks=0,
        max_shots=1,
        fast_steps=_FAST_STEPS,
        full_steps=_FULL_STEPS,
        samplers=get_args(Sampler),
        guidance=3.0,
        notes=_notes(folder),
        licence=folder.licence,
    )


def _notes(folder: LtxFolder) -> tuple[str, ...]:
    gigabytes = folder.size_bytes / 1e9
    notes = [
        f"The weights in {folder.path.name} take {gigabytes:.1f} GB and want a GPU.",
        "Pictures stand in the film as its first, its last or at a time; likenesses by reference "
        "are not among what these weights know.",
        "Sound is made with the picture. These weights have no ear: a soundtrack of your own "
        "cannot steer the picture, and an edit of footage keeps its sound or makes another.",
        "An edit starts from the source under noise; there is no way to only show it.",
    ]
    if not folder.distilled and folder.fast_adapter is None:
        notes.append(
            "There is no distilled adapter in the folder, so that a Fast preview is the full "
            "model in few steps, and rough."
        )
    return tuple(notes)
