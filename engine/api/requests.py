"""What is asked of a backend: references, shots, tasks and the request that holds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, assert_never, get_args

from engine.errors import RequestError
from engine.plain import from_plain, to_plain

Kind = Literal["image", "video", "audio"]
Role = Literal[
    "subject",
    "environment",
    "style",
    "motion",
    "camera",
    "voice",
    "music",
    "soundtrack",
    "first_frame",
    "last_frame",
    "keyframe",
]
Sampler = Literal["euler", "heun", "dpm++"]
QualityMode = Literal["fast", "full"]
Mode = Literal["generate", "edit", "extend", "upgrade"]

SAMPLERS: tuple[Sampler, ...] = get_args(Sampler)
QUALITIES: tuple[QualityMode, ...] = get_args(QualityMode)
ROLES_BY_KIND: dict[Kind, tuple[Role, ...]] = {
    "image": ("subject", "environment", "style", "first_frame", "last_frame", "keyframe"),
    "video": ("subject", "motion", "camera", "environment", "style"),
    "audio": ("voice", "music", "soundtrack"),
}


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A file that a shot is made with.

    Attributes:
        source: path of the file.
        tag: the name it has in prompts, without the ``@``; may be empty.
        weight: 0 ignores it, 1 is normal, 2 is the most.
        in_s, out_s: the part of a clip or track that is used; ``None`` is its end.
        at_s: the time of a keyframe in the shot.
    """

    kind: Kind
    role: Role
    source: str
    tag: str = ""
    weight: float = 1.0
    in_s: float = 0.0
    out_s: float | None = None
    at_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class CameraPlan:
    """How a shot is filmed; empty strings leave it to the prompt."""

    size: Literal["", "wide", "medium", "close"] = ""
    move: str = ""
    side: Literal["", "left", "right"] = ""


@dataclass(frozen=True, kw_only=True)
class ShotPlan:
    """One shot of a request: what is seen, for how many pictures, and how it is filmed.

    ``negative_prompt`` is what this shot is to be without, beside the request's own.
    """

    caption: str
    frames: int
    camera: CameraPlan = CameraPlan()
    negative_prompt: str = ""


@dataclass(frozen=True, kw_only=True)
class Generate:
    """Make a shot from its words and references."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Change an existing take or media file (V2V).

    Attributes:
        source: a take's folder or any media file.
        instruction: what should change.
        in_s: where in the source the part begins that is taken, in seconds; it is as long as the
            request. A mask is one of that part.
        picture_strength, sound_strength: 0 keeps all, 1 keeps nothing but the layout's memory.
        start_frame, end_frame: the span that may change, in pictures of the part that is taken,
            at the request's rate; ``None`` is its end.
        mask: a grey picture or clip, white where the picture may change; ``None`` is everywhere.
        keep_picture, keep_sound: leave one of the two exactly as it is.
        method: ``restyle`` starts from the source under noise; ``instruct`` shows the source to the
            model as well, so that camera, timing and layout last at high strength.
    """

    source: str
    instruction: str
    in_s: Fraction = Fraction(0)
    picture_strength: float = 0.6
    sound_strength: float = 0.6
    start_frame: int = 0
    end_frame: int | None = None
    mask: str | None = None
    keep_picture: bool = False
    keep_sound: bool = False
    method: Literal["restyle", "instruct"] = "restyle"


@dataclass(frozen=True, kw_only=True)
class Extend:
    """Go on from a take's end, or lead up to its beginning."""

    source: str
    direction: Literal["forward", "backward"] = "forward"


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """Render a Fast take in full.

    Attributes:
        source: the Fast take's folder.
        from_latent: start from the preview's latent instead of the same noise.
    """

    source: str
    from_latent: bool = False


Task = Generate | Edit | Extend | Upgrade


def mode_of(task: Task) -> Mode:
    """The capability that ``task`` needs."""
    match task:
        case Generate():
            return "generate"
        case Edit():
            return "edit"
        case Extend():
            return "extend"
        case Upgrade():
            return "upgrade"
        case _:
            assert_never(task)


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Fast or Full; ``steps`` and ``sampler`` of ``None`` are the backend's own."""

    mode: QualityMode = "fast"
    steps: int | None = None
    sampler: Sampler | None = None


@dataclass(frozen=True, kw_only=True)
class ShotRequest:
    """All that a render needs, frozen.

    Attributes:
        prompt: the common text; ``shots`` add their own captions.
        negative_prompt: what every shot is to be without; ``shots`` add their own.
        width, height: the size the studio asks for; the engine pads and crops, and Full may make a
            multiple of it (``Capabilities.full_scale``).
        guidance: how strongly the prompt is followed; ``None`` is the backend's own scale.
        variations: takes to make, from seeds ``seed, seed + 1, ...``.
    """

    prompt: str
    shots: tuple[ShotPlan, ...]
    width: int
    height: int
    rate: Fraction
    seed: int
    negative_prompt: str = ""
    references: tuple[Reference, ...] = ()
    quality: Quality = Quality()
    guidance: float | None = None
    variations: int = 1
    task: Task = Generate()

    @property
    def frames(self) -> int:
        """Pictures of all shots together."""
        return sum(shot.frames for shot in self.shots)

    def with_files(self, turn: Callable[[str], str]) -> ShotRequest:
        """The request with the path of every file that it names put through ``turn``."""
        references = tuple(replace(one, source=turn(one.source)) for one in self.references)
        match self.task:
            case Generate() as task:
                pass
            case Edit() as task:
                mask = None if task.mask is None else turn(task.mask)
                task = replace(task, source=turn(task.source), mask=mask)
            case Extend() | Upgrade() as task:
                task = replace(task, source=turn(task.source))
        return replace(self, references=references, task=task)

    def to_json(self) -> dict[str, object]:
        """The request as JSON-ready values."""
        return to_plain(self)

    @staticmethod
    def from_json(plain: object) -> ShotRequest:
        """The request that ``to_json`` wrote.

        Raises:
            RequestError: if ``plain`` is not one.
        """
        if not isinstance(plain, dict):
            raise RequestError("This is not a shot request.")
        return from_plain(ShotRequest, plain)
