"""The cut: a timeline resolved to the files that are seen and heard, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import assert_never

from engine.errors import RequestError
from studio.document.curves import faded, pose_at
from studio.document.dissolves import mix_at
from studio.document.film import Clip, ClipSource, Film, Media, Timeline, Track
from studio.document.lane import clip_at
from studio.document.ledger import Ledger, TakeRecord
from studio.document.looks import FITTED, UNGRADED, Grade, Pose
from studio.document.queries import (
    Drawn,
    Missing,
    audible_tracks,
    resolve_clip,
    timeline_end,
    visible_tracks,
)
from studio.document.retime import is_held, source_frame
from studio.document.timebase import frame_at_sample, held_picture, samples_at
from studio.document.titles import DrawnSource, GeneratorSource
from studio.playback.drawing import moves
from studio.playback.sheet import WHOLE, weight_of
from studio.playback.voices import HeardPart, Voice, heard_parts, voice_of
from studio.render.film_paths import inside
from studio.wording import tr


@dataclass(frozen=True, kw_only=True)
class Footage:
    """The files behind a clip.

    Attributes:
        picture, sound: ``None`` where the source has none of it, or it is not on disk.
        rate: pictures a second; ``None`` for a still.
        frames: pictures of it, at ``rate``.
        is_mono: its sound has one channel.
        missing: why there is nothing to see, as a sentence; empty where there is.
        drawn: what is drawn instead of read.
    """

    name: str
    picture: Path | None = None
    sound: Path | None = None
    rate: Fraction | None = None
    frames: int = 0
    is_mono: bool = False
    missing: str = ""
    drawn: DrawnSource | None = None


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A picture of the stack that makes up a frame.

    Attributes:
        index: which picture of the footage.
        share: how much of the clip is over, where the footage is drawn and moves; 0 otherwise.
        weight: how much of it is seen, in 1/256.
    """

    footage: Footage
    index: int
    share: Fraction = Fraction(0)
    weight: int = WHOLE
    pose: Pose = FITTED
    grade: Grade = UNGRADED


@dataclass(frozen=True)
class Plate:
    """What one track adds to a frame: its layers, whose weights add up."""

    layers: tuple[Layer, ...]

    @property
    def weight(self) -> int:
        """How much of what lies below is hidden where all layers cover it, in 1/256."""
        return sum(layer.weight for layer in self.layers)


_BLACK = Footage(name="Black", drawn=GeneratorSource())


class Cut:
    """One timeline of a frozen film, ready to be played or exported.

    Args:
        folder: the film's folder, in which all files lie.
    """

    def __init__(self, film: Film, ledger: Ledger, timeline_id: str, folder: Path) -> None:
        self.film = film
        self.timeline = _timeline(film, timeline_id)
        self._ledger = ledger
        self._folder = folder
        self._footage: dict[ClipSource, Footage] = {}

    def with_tracks(self, tracks: tuple[Track, ...]) -> Cut:
        """The same timeline with these tracks in place of its own."""
        timeline = replace(self.timeline, tracks=tracks)
        film = replace(self.film, timelines=(timeline,))
        return Cut(film, self._ledger, timeline.id, self._folder)

    @cached_property
    def length(self) -> int:
        """Frames until the last clip is over."""
        return timeline_end(self.timeline)

    @property
    def samples(self) -> int:
        """Samples until the last clip is over."""
        return self.sample_of(self.length)

    def sample_of(self, frame: int) -> int:
        """The sample at which ``frame`` begins."""
        return samples_at(frame, self.film.rate, self.film.sample_rate_hz)

    def frame_of(self, sample: int) -> int:
        """The frame during which ``sample`` sounds."""
        return frame_at_sample(sample, self.film.rate, self.film.sample_rate_hz)

    def plates(self, frame: int) -> tuple[Plate, ...]:
        """What is seen on ``frame``, the topmost track first."""
        found = (self._plate(track, frame) for track in self._video_tracks)
        return tuple(plate for plate in found if plate.layers)

    def voices(self, start: int, end: int) -> tuple[Voice, ...]:
        """What sounds during the samples from ``start`` until ``end``, in the order of tracks."""
        first, last = self.frame_of(start), self.frame_of(max(start, end - 1)) + 1
        found = (
            self._voice(part, track)
            for track in self._audio_tracks
            for part in heard_parts(track.clips, first, last)
            if part.clip.enabled
        )
        return tuple(voice for voice in found if voice and voice.begin < end and voice.end > start)

    def footage(self, clip: Clip) -> Footage:
        """The files behind ``clip``; what is not there is said in ``missing``."""
        known = self._footage.get(clip.source)
        if known is None:
            known = self._footage[clip.source] = self._resolved(clip)
        return known

    @cached_property
    def _video_tracks(self) -> tuple[Track, ...]:
        return visible_tracks(self.timeline)[::-1]

    @cached_property
    def _audio_tracks(self) -> tuple[Track, ...]:
        return audible_tracks(self.timeline)

    def _plate(self, track: Track, frame: int) -> Plate:
        mix = mix_at(track.clips, frame)
        if mix is None:
            clip = clip_at(track.clips, frame)
            return Plate(() if clip is None else self._layers((clip, 1.0), frame=frame))
        share = float(mix.share)
        if mix.dissolve.kind == "cross":
            return Plate(
                self._layers((mix.incoming, share), (mix.outgoing, 1 - share), frame=frame)
            )
        shown = (mix.outgoing, 1 - 2 * share) if share < 0.5 else (mix.incoming, 2 * share - 1)
        layers = self._layers(shown, frame=frame)
        left = WHOLE - sum(layer.weight for layer in layers)
        return Plate((*layers, Layer(footage=_BLACK, index=0, weight=left)))

    def _layers(self, *shown: tuple[Clip, float], frame: int) -> tuple[Layer, ...]:
        """The layers of these clips, each seen by its share; together never more than all."""
        layers: list[Layer] = []
        left = WHOLE
        for clip, share in shown:
            if not clip.enabled:
                continue
            pose = pose_at(clip, frame - clip.start)
            # Fades step through the middles of their frames.
            level = share * pose.opacity * faded(clip, frame - clip.start + 0.5, "video")
            weight = min(left, weight_of(level))
            left -= weight
            if weight:
                layers.append(self._layer(clip, frame, weight, pose))
        return tuple(layers)

    def _layer(self, clip: Clip, frame: int, weight: int, pose: Pose) -> Layer:
        footage = self.footage(clip)
        index, share = 0, Fraction(0)
        if footage.rate is not None:
            at = max(0, source_frame(clip, frame - clip.start))
            index = held_picture(at, footage.rate, self.film.rate)
        if footage.frames:
            index = min(index, footage.frames - 1)
        if footage.drawn is not None and moves(footage.drawn):
            share = Fraction(2 * (frame - clip.start) + 1, 2 * clip.length)
        return Layer(
            footage=footage,
            index=index,
            share=share,
            weight=weight,
            pose=replace(pose, opacity=1.0),
            grade=clip.grade,
        )

    def _voice(self, part: HeardPart, track: Track) -> Voice | None:
        footage = self.footage(part.clip)
        if footage.sound is None or is_held(part.clip):
            return None  # what stands is silent
        return voice_of(
            part,
            track,
            footage.sound,
            self.film.rate,
            self.film.sample_rate_hz,
            is_mono=footage.is_mono,
        )

    def _resolved(self, clip: Clip) -> Footage:
        found = resolve_clip(self.film, self._ledger, clip)
        match found:
            case Missing(sentence=sentence):
                return Footage(name=clip.label or "Nothing to show", missing=sentence)
            case TakeRecord():
                return self._take_footage(found, clip)
            case Media():
                return self._media_footage(found)
            case Drawn():
                return Footage(name=clip.label or "Title", drawn=found.source)
            case _:
                assert_never(found)

    def _take_footage(self, take: TakeRecord, clip: Clip) -> Footage:
        picture = self._file(f"{take.folder}/picture.mkv")
        return Footage(
            name=clip.label or take.label or "Take",
            picture=picture,
            sound=self._file(f"{take.folder}/sound.wav"),
            rate=take.rate,
            frames=take.frames,
            missing="" if picture else f"The take's picture is missing: {take.folder}",
        )

    def _media_footage(self, media: Media) -> Footage:
        file = self._file(media.path)
        if file is None:
            return Footage(name=media.name, missing=f"The file is missing: {media.path}")
        facts = media.facts
        has_picture = media.kind != "audio"
        silent = media.kind == "image" or (media.kind == "video" and not facts.samples)
        return Footage(
            name=media.name,
            picture=file if has_picture else None,
            sound=None if silent else file,
            rate=facts.rate if media.kind == "video" else None,
            frames=facts.frames,
            is_mono=facts.channels == 1,
            missing="" if has_picture else tr("A sound has no picture."),
        )

    def _file(self, stored: str) -> Path | None:
        """The file of this name, if it is there and lies in the film's folder."""
        try:
            path = inside(self._folder, stored)
        except RequestError:
            return None
        return path if path.is_file() else None


def _timeline(film: Film, timeline_id: str) -> Timeline:
    for timeline in film.timelines:
        if timeline.id == timeline_id:
            return timeline
    return Timeline(id=timeline_id, name="")
