"""The seam: frozen requests, reports and events, and the one protocol every backend speaks.

Everything here is a plain value that survives a round trip through JSON (``engine.plain``);
pictures and sound travel as files. Nothing else of the engine is seen by the studio.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol, assert_never

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
Mode = Literal["generate", "edit", "extend", "upgrade"]

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
    """One shot of a request: what is seen, for how many pictures, and how it is filmed."""

    caption: str
    frames: int
    camera: CameraPlan = CameraPlan()


@dataclass(frozen=True, kw_only=True)
class Generate:
    """Make a shot from its words and references."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Change an existing take or media file (V2V).

    Attributes:
        source: a take's folder or any media file.
        instruction: what should change.
        picture_strength, sound_strength: 0 keeps all, 1 keeps nothing but the layout's memory.
        start_frame, end_frame: the span that may change, in pictures of the source; ``None`` is
            the source's end.
        mask: a grey picture or clip, white where the picture may change; ``None`` is everywhere.
        keep_picture, keep_sound: leave one of the two exactly as it is.
    """

    source: str
    instruction: str
    picture_strength: float = 0.6
    sound_strength: float = 0.6
    start_frame: int = 0
    end_frame: int | None = None
    mask: str | None = None
    keep_picture: bool = False
    keep_sound: bool = False


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
    """Fast or Full; ``steps`` of ``None`` takes the backend's own number."""

    mode: Literal["fast", "full"] = "fast"
    steps: int | None = None


@dataclass(frozen=True, kw_only=True)
class ShotRequest:
    """All that a render needs, frozen.

    Attributes:
        prompt: the common text; ``shots`` add their own captions.
        width, height: the exact size the studio sees; the engine pads and crops.
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


@dataclass(frozen=True, kw_only=True)
class Size:
    """A legal picture size in pixels, with the frame shape it stands for."""

    width: int
    height: int
    shape: str


@dataclass(frozen=True, kw_only=True)
class WordGroup:
    """Words of one kind that the weights have learned."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a backend can do, as data.

    Attributes:
        weights: content hash of the weights, empty where there are none.
        frames: legal numbers of pictures of a request, ascending.
        max_images, max_videos, max_tracks: references of each kind.
        max_references: all kinds together; ``None`` is no other limit.
        sound_alone: whether tracks may be the only references.
        fast_steps, full_steps: the backend's own numbers of steps.
        notes: plain sentences on what the weights cannot do.
    """

    name: str
    weights: str
    sizes: tuple[Size, ...]
    rates: tuple[Fraction, ...]
    frames: tuple[int, ...]
    sample_rate_hz: int
    modes: tuple[Mode, ...]
    roles: tuple[Role, ...]
    max_images: int
    max_videos: int
    max_tracks: int
    max_references: int | None = None
    sound_alone: bool = True
    max_shots: int = 1
    max_variations: int = 16
    fast_steps: int = 8
    full_steps: int = 50
    guidance: float = 3.0
    vocabulary: tuple[WordGroup, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PackedReference:
    """A reference as the engine will get it: its slot name, and its tag where it has one."""

    slot: str
    tag: str
    role: Role
    source: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """Something of the request that will not reach the model, and why."""

    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """What the engine will really be given."""

    text: str
    negative_text: str
    references: tuple[PackedReference, ...]
    dropped: tuple[Dropped, ...]
    width: int
    height: int
    padded_width: int
    padded_height: int
    frames: int
    steps: int


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One remark of the preflight.

    Attributes:
        level: ``fixed`` was put right, ``warning`` goes ahead, ``refused`` cannot be rendered.
        remedy: what to do about it, as a sentence; may be empty.
    """

    level: Literal["fixed", "warning", "refused"]
    sentence: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a request will cost on this machine; ``basis`` says what the figure rests on."""

    seconds: float
    memory_bytes: int
    basis: Literal["history", "counted work", "guess"]


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A fault noticed in a finished take, such as silence or a constant picture."""

    name: Literal["silence", "clipping", "constant picture", "dc offset", "mono collapse"]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Rating:
    """What the engine thinks of a take: reward heads (0 to 1, where trained) and flags."""

    heads: dict[str, float]
    flags: tuple[Flag, ...]


@dataclass(frozen=True, kw_only=True)
class FileHash:
    """A file that a take was made from, by content."""

    source: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a take was made, enough to make it again.

    Attributes:
        request: with the seed of this very take and one variation.
        shot: index of the shot of the request that this take shows.
        weights: name and hash of the weights.
        threads: processor threads that computed it (another number may round otherwise).
        engine: version of the engine.
    """

    request: ShotRequest
    shot: int
    references: tuple[FileHash, ...]
    backend: str
    weights: str
    sampler: str
    steps: int
    threads: int
    device: str
    engine: str


@dataclass(frozen=True, kw_only=True)
class Take:
    """One finished result on disk.

    Attributes:
        folder: holds ``picture.mkv`` (FFV1), ``sound.wav``, ``latents.safetensors`` (where the
            backend has latents) and ``recipe.json``.
        samples: sound samples per channel.
    """

    folder: str
    width: int
    height: int
    frames: int
    rate: Fraction
    samples: int
    sample_rate_hz: int
    recipe: Recipe
    flags: tuple[Flag, ...] = ()

    @property
    def picture(self) -> Path:
        """The picture file."""
        return Path(self.folder) / "picture.mkv"

    @property
    def sound(self) -> Path:
        """The sound file, stereo PCM."""
        return Path(self.folder) / "sound.wav"


@dataclass(frozen=True, kw_only=True)
class Started:
    """The render began."""

    steps: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A step is done.

    Attributes:
        eta_s: seconds left, ``None`` before the first step.
        preview: a small picture file of the step's guess, ``None`` where none was made.
    """

    step: int
    of: int
    eta_s: float | None
    preview: str | None = None


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The takes are on disk, in the order of shots, then variations."""

    takes: tuple[Take, ...]


@dataclass(frozen=True, kw_only=True)
class Parked:
    """The render stopped after a finished step and can go on from ``checkpoint``."""

    checkpoint: str


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The render cannot go on; ``cause`` is the technical detail one click deeper."""

    sentence: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """The director stopped the render."""


RenderEvent = Started | Progress | Finished | Parked | Failed | Cancelled


class Control:
    """How a running render is told to stop; heard within a block of the network.

    Attributes:
        folder: where the render keeps its takes, previews and checkpoints.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cancel = threading.Event()
        self._park = threading.Event()

    def cancel(self) -> None:
        """Stop and throw the work away."""
        self._cancel.set()

    def park(self) -> None:
        """Stop after saving the last finished step."""
        self._park.set()

    @property
    def cancelled(self) -> bool:
        """Whether ``cancel`` was called."""
        return self._cancel.is_set()

    @property
    def parked(self) -> bool:
        """Whether ``park`` was called."""
        return self._park.is_set()


class Backend(Protocol):
    """A model behind the seam. Methods may be called from one worker thread at a time."""

    def capabilities(self) -> Capabilities:
        """Limits and vocabulary, known without loading weights into memory."""
        ...

    def compile(self, request: ShotRequest) -> Compiled:
        """What the engine will really be given.

        Raises:
            RequestError: if the request cannot be understood at all.
        """
        ...

    def preflight(self, request: ShotRequest) -> tuple[Finding, ...]:
        """Everything that is or would be wrong with the request; reads headers of files only."""
        ...

    def estimate(self, request: ShotRequest) -> Estimate:
        """Seconds and memory the render will take here."""
        ...

    def render(
        self, request: ShotRequest, control: Control, resume: str | None = None
    ) -> Iterator[RenderEvent]:
        """Make the takes of ``request`` in ``control.folder``.

        Yields ``Started``, then ``Progress`` per step, and ends with exactly one of ``Finished``,
        ``Parked``, ``Failed`` or ``Cancelled``. ``resume`` is the checkpoint of a parked or killed
        render of the same request. Mistakes of the user and of the machine end in ``Failed``;
        errors of the program are raised.
        """
        ...

    def checkpoint(self, folder: Path) -> str | None:
        """The newest checkpoint that a killed render left in ``folder``, if any."""
        ...

    def decode(self, folder: Path) -> Take:
        """Decode the latents of the take in ``folder`` again, replacing its picture and sound.

        Raises:
            EngineError: if the latents are missing or of another model.
        """
        ...

    def rate(self, take: Take) -> Rating:
        """Reward heads and quality flags of a take."""
        ...

    def load(self) -> None:
        """Bring the weights into memory (called early, off the main thread)."""
        ...

    def unload(self) -> None:
        """Give the memory back."""
        ...


def import_recipe(folder: Path) -> Recipe | None:
    """The recipe beside a take's files, or ``None`` where there is none.

    Raises:
        RequestError: if there is one that cannot be read.
    """
    path = folder / "recipe.json"
    if not path.is_file():
        return None


    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RequestError(f"The recipe in {folder} cannot be read: {error}.") from error
    return from_plain(Recipe, plain)
