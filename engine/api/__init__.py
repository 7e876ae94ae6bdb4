"""The seam: frozen requests, reports and events, and the one protocol every backend speaks.

Everything here is a plain value that survives a round trip through JSON (``engine.plain``);
pictures and sound travel as files. Nothing else of the engine is seen by the studio.
"""

from engine.api.backend import Backend, Control
from engine.api.capabilities import Capabilities, Licence, Pathway, Size, WordGroup
from engine.api.events import Cancelled, Failed, Finished, Parked, Progress, RenderEvent, Started
from engine.api.masks import MaskKey, MaskTrack, TrackedMask
from engine.api.reports import Compiled, Dropped, Estimate, Finding, Flag, PackedReference, Rating
from engine.api.requests import (
    QUALITIES,
    ROLES_BY_KIND,
    SAMPLERS,
    CameraPlan,
    Edit,
    Extend,
    Generate,
    Kind,
    Mode,
    Quality,
    QualityMode,
    Reference,
    Role,
    Sampler,
    ShotPlan,
    ShotRequest,
    Task,
    Upgrade,
    mode_of,
)
from engine.api.takes import FileHash, Recipe, Take, import_recipe, take_name

__all__ = [
    "QUALITIES",
    "ROLES_BY_KIND",
    "SAMPLERS",
    "Backend",
    "CameraPlan",
    "Cancelled",
    "Capabilities",
    "Compiled",
    "Control",
    "Dropped",
    "Edit",
    "Estimate",
    "Extend",
    "Failed",
    "FileHash",
    "Finding",
    "Finished",
    "Flag",
    "Generate",
    "Kind",
    "Licence",
    "MaskKey",
    "MaskTrack",
    "Mode",
    "PackedReference",
    "Parked",
    "Pathway",
    "Progress",
    "Quality",
    "QualityMode",
    "Rating",
    "Recipe",
    "Reference",
    "RenderEvent",
    "Role",
    "Sampler",
    "ShotPlan",
    "ShotRequest",
    "Size",
    "Started",
    "Take",
    "Task",
    "TrackedMask",
    "Upgrade",
    "WordGroup",
    "import_recipe",
    "mode_of",
    "take_name",
]
