"""The film: the frozen value that changes are made on and that undo steps through."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from studio.document.looks import (
    FITTED,
    UNGRADED,
    Curve,
    Dissolve,
    FadeShape,
    GainPoint,
    Grade,
    Pose,
)
from studio.document.media_facts import UNMEASURED, MediaFacts
from studio.document.timing import Retiming
from studio.document.titles import GeneratorSource, TitleSource

MediaKind = Literal["image", "video", "audio"]
TrackKind = Literal["video", "audio"]
SeedPolicy = Literal["lock", "random", "step"]
CardKind = Literal["character", "place", "prop", "voice"]
FrameShape = Literal["film", "16:9", "9:16", "1:1", "2.39"]
ColourLabel = Literal["none", "red", "orange", "yellow", "green", "teal", "blue", "violet", "pink"]
ReferenceRole = Literal[
    "subject", "environment", "style", "motion", "camera", "voice", "music", "soundtrack",
    "first_frame", "last_frame", "keyframe",
]  # fmt: skip


def new_id() -> str:
    """A fresh id for anything in a film; unique without asking anyone."""
    return uuid.uuid4().hex[:16]


@dataclass(frozen=True, kw_only=True)
class ShotSource:
    """A clip shows the chosen take of a shot, in its best finished upgrade."""

    shot_id: str


@dataclass(frozen=True, kw_only=True)
class TakeSource:
    """A clip or reference is one take, in its best finished upgrade."""

    take_id: str


@dataclass(frozen=True, kw_only=True)
class MediaSource:
    """A clip or reference is an imported file."""

    media_id: str


ClipSource = ShotSource | TakeSource | MediaSource | TitleSource | GeneratorSource
ReferenceSource = MediaSource | TakeSource


@dataclass(frozen=True, kw_only=True)
class Media:
    """An imported file, known by its content.

    Attributes:
        path: relative to the film's folder, with forward slashes.
        sha256: hash of the content, by which a moved file is found again.
        rights: whose it is and what it may be used for, in the director's words; empty where
            nothing was noted. Goes into the provenance of every film that uses it.
    """

    id: str
    kind: MediaKind
    name: str
    path: str
    sha256: str
    facts: MediaFacts = UNMEASURED
    tags: tuple[str, ...] = ()
    rights: str = ""


@dataclass(frozen=True, kw_only=True)
class Bin:
    """A named, ordered collection of media."""

    id: str
    name: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Card:
    """A character, place, prop or voice named once and used in every shot by its tag.

    Attributes:
        tag: as written in prompts, without the ``@``.
        description: what it looks or sounds like, in words.
        media_ids: its pictures and clips, best first.
        voice_id: the sound that its lines are spoken with.
    """

    id: str
    kind: CardKind
    tag: str
    description: str = ""
    media_ids: tuple[str, ...] = ()
    voice_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class CameraPlan:
    """How a shot is filmed; empty strings leave it to the prompt."""

    size: Literal["", "wide", "medium", "close"] = ""
    move: str = ""
    side: Literal["", "left", "right"] = ""


@dataclass(frozen=True, kw_only=True)
class ShotReference:
    """Something that a shot is made with.

    Attributes:
        tag: its name in the prompt, without the ``@``; may be empty.
        weight: 0 ignores it, 1 is normal, 2 is the most.
        start, end: the part used, in its own unit: pictures, or samples of a sound; ``None``
            is its end.
        at_frame: where a keyframe stands, in frames of the shot.
    """

    id: str
    source: ReferenceSource
    role: ReferenceRole
    tag: str = ""
    weight: float = 1.0
    start: int = 0
    end: int | None = None
    at_frame: int | None = None


@dataclass(frozen=True, kw_only=True)
class PictureSize:
    """A picture size in pixels."""

    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A slot of the shot list: words, length and references from which takes are made.

    Attributes:
        frames: length in pictures at ``rate``, which is the engine's.
        size: what it is rendered at; ``None`` leaves it to the engine's nearest to the film's.
        chosen_take_id: the take that stands for the shot in the cut.
        locked: no new take replaces the chosen one.
    """

    id: str
    name: str
    prompt: str = ""
    negative_prompt: str = ""
    frames: int = 25
    rate: Fraction = Fraction(12)
    size: PictureSize | None = None
    seed: int = 0
    seed_policy: SeedPolicy = "random"
    camera: CameraPlan = CameraPlan()
    references: tuple[ShotReference, ...] = ()
    chosen_take_id: str | None = None
    locked: bool = False
    colour: ColourLabel = "none"
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A named frame of a timeline or a clip."""

    id: str
    frame: int
    name: str = ""
    note: str = ""
    colour: ColourLabel = "teal"


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A stretch of a track that shows or sounds a source.

    On a video track it is the source's picture, on an audio track its sound. Which frame of the
    source stands on which of the clip is said by ``retime.source_frame``; how loud it is and
    where the picture stands, by ``curves``.

    Attributes:
        start, length: first frame on the timeline, and how many they are, at least 1.
        source_in: frames, at the timeline's rate, of the source that lie before what is used.
        source_phase: how far into that frame the use begins, in parts of one frame: as many as
            ``speed`` has in its denominator. Keeps cuts of retimed clips exact.
        speed: frames of the source that pass on one of the timeline.
        backwards: what is used of the source runs from its end to its beginning.
        gain_db, gain_points: how much louder than its source, all along and, on top, by frame.
        pan: where its sound stands: -1 all left, 0 as in the source, 1 all right.
        fade_in, fade_out: frames over which picture or sound comes up and goes away.
        dissolve: how it takes over from the clip that ends where it begins.
        pose, curves: where its picture stands, and the fields of it that change.
        link_id: shared by the picture and sound that keep their sync; ``None`` stands alone.
        group_id: shared by the clips that are picked and moved as one.
        label: what is written on it; empty shows the source's name.
        markers: their frames are counted from the clip's first.
        retiming: what it was before its speed was changed; counts while it shows the same.
        enabled: a disabled clip keeps its place but is neither seen nor heard.
    """

    id: str
    source: ClipSource
    start: int
    length: int
    source_in: int = 0
    gain_db: float = 0.0
    fade_in: int = 0
    fade_out: int = 0
    link_id: str | None = None
    label: str = ""
    colour: ColourLabel = "none"
    enabled: bool = True
    source_phase: int = 0
    speed: Fraction = Fraction(1)
    backwards: bool = False
    gain_points: tuple[GainPoint, ...] = ()
    pan: float = 0.0
    fade_in_shape: FadeShape = "natural"
    fade_out_shape: FadeShape = "natural"
    dissolve: Dissolve | None = None
    pose: Pose = FITTED
    curves: tuple[Curve, ...] = ()
    grade: Grade = UNGRADED
    group_id: str | None = None
    markers: tuple[Marker, ...] = ()
    retiming: Retiming | None = None

    @property
    def end(self) -> int:
        """The frame after its last."""
        return self.start + self.length


@dataclass(frozen=True, kw_only=True)
class Track:
    """A lane of a timeline; its clips are sorted by start and never overlap.

    Attributes:
        height_px: as drawn at 1x.
        gain_db, pan: of all its sound, after what its clips say.
    """

    id: str
    kind: TrackKind
    name: str
    muted: bool = False
    solo: bool = False
    locked: bool = False
    height_px: int = 56
    gain_db: float = 0.0
    pan: float = 0.0
    clips: tuple[Clip, ...] = ()

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each clip id stands in ``clips``."""
        return {clip.id: position for position, clip in enumerate(self.clips)}

    @cached_property
    def links(self) -> dict[str, list[int]]:
        """Where the clips of each link stand in ``clips``; the unlinked under an empty name."""
        links: dict[str, list[int]] = {}
        for position, clip in enumerate(self.clips):
            links.setdefault(clip.link_id or "", []).append(position)
        return links


@dataclass(frozen=True, kw_only=True)
class Subtitle:
    """Words written under the picture from ``start`` until ``end``, in frames."""

    id: str
    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """A cut: tracks from the lowest to the topmost, markers, and the part that is played.

    Attributes:
        tracks: the pictures of a later video track lie over those of an earlier one.
        in_frame, out_frame: the first frame of the marked part, and the frame after its last.
        shape: of the frame; ``film`` is the film's own (``framing.frame_size``).
        subtitles: by start; they do not overlap.
    """

    id: str
    name: str
    tracks: tuple[Track, ...] = ()
    markers: tuple[Marker, ...] = ()
    in_frame: int | None = None
    out_frame: int | None = None
    shape: FrameShape = "film"
    subtitles: tuple[Subtitle, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FilmSettings:
    """What holds for the whole film.

    Attributes:
        style_prompt: words that every shot's request begins with.
        upgrade_kept: kept previews are rendered in full without being asked.
        loudness_lufs: what exports are brought to; ``None`` leaves the mix as it is.
    """

    style_prompt: str = ""
    upgrade_kept: bool = True
    loudness_lufs: float | None = -16.0


@dataclass(frozen=True, kw_only=True)
class Film:
    """All that a director edits, with one rate for every timeline.

    Parts that a change does not touch are the same objects.
    """

    name: str
    rate: Fraction = Fraction(24)
    width: int = 1280
    height: int = 720
    sample_rate_hz: int = 48_000
    timelines: tuple[Timeline, ...] = ()
    active_timeline_id: str = ""
    shots: tuple[Shot, ...] = ()
    bins: tuple[Bin, ...] = ()
    media: tuple[Media, ...] = ()
    cards: tuple[Card, ...] = ()
    settings: FilmSettings = FilmSettings()

    @cached_property
    def shots_by_id(self) -> dict[str, Shot]:
        """The shots by their ids, in the order of the list."""
        return {shot.id: shot for shot in self.shots}

    @cached_property
    def media_by_id(self) -> dict[str, Media]:
        """The media by their ids."""
        return {media.id: media for media in self.media}


def new_film(
    name: str, *, rate: Fraction = Fraction(24), width: int = 1280, height: int = 720
) -> Film:
    """An empty film: one bin, and one timeline of two video and two audio tracks."""
    tracks = (
        Track(id=new_id(), kind="audio", name="A2", height_px=44),
        Track(id=new_id(), kind="audio", name="A1", height_px=44),
        Track(id=new_id(), kind="video", name="V1", height_px=64),
        Track(id=new_id(), kind="video", name="V2", height_px=64),
    )
    timeline = Timeline(id=new_id(), name="Cut 1", tracks=tracks)
    return Film(
        name=name,
        rate=rate,
        width=width,
        height=height,
        timelines=(timeline,),
        active_timeline_id=timeline.id,
        bins=(Bin(id=new_id(), name="Bin 1"),),
    )
