"""The cut: a timeline resolved to the files that are seen and heard, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import assert_never

from engine.errors import RequestError
from studio.document.film import Clip, ClipSource, Film, Media, Timeline, Track
from studio.document.lane import clip_at, clips_between
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import (
    Drawn,
    Missing,
    audible_tracks,
    resolve_clip,
    timeline_end,
    visible_tracks,
)
from studio.document.timebase import frame_at_sample, held_picture, samples_at
from studio.render.film_paths import inside


@dataclass(frozen=True, kw_only=True)
class Footage:
    """The files behind a clip.

    Attributes:
        picture, sound: ``None`` where the source has none of it, or it is not on disk.
        rate: pictures a second; ``None`` for a still.
        frames: pictures of it, at ``rate``.
        missing: why there is nothing to see, as a sentence; empty where there is.
    """

    name: str
    picture: Path | None = None
    sound: Path | None = None
    rate: Fraction | None = None
    frames: int = 0
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A picture of the stack that makes up a frame.

    Attributes:
        index: which picture of the footage.
        opacity: 0 lets all of what lies below through, 1 nothing.
    """

    footage: Footage
    index: int
    opacity: Fraction = Fraction(1)


@dataclass(frozen=True, kw_only=True)
class Voice:
    """A clip that sounds, in samples of the film.

    Attributes:
        origin: where sample 0 of the source lies, before the clip where it is trimmed.
        begin, end: the samples during which the clip sounds.
        fade_in, fade_out: samples over which it comes up and goes away.
    """

    sound: Path
    origin: int
    begin: int
    end: int
    gain_db: float = 0.0
    fade_in: int = 0
    fade_out: int = 0


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

    def layers(self, frame: int) -> tuple[Layer, ...]:
        """What is seen on ``frame``, the topmost first, down to the first that hides the rest."""
        found: list[Layer] = []
        for track in self._video_tracks:
            clip = clip_at(track.clips, frame)
            if clip is None or not clip.enabled:
                continue
            layer = self._layer(clip, frame)
            found.append(layer)
            if layer.opacity == 1:
                break
        return tuple(found)

    def voices(self, start: int, end: int) -> tuple[Voice, ...]:
        """What sounds during the samples from ``start`` until ``end``, in the order of tracks."""
        first, last = self.frame_of(start), self.frame_of(max(start, end - 1)) + 1
        voices = (
            self._voice(clip)
            for track in self._audio_tracks
            for clip in clips_between(track.clips, first, last)
            if clip.enabled
        )
        return tuple(voice for voice in voices if voice and voice.begin < end and voice.end > start)

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

    def _layer(self, clip: Clip, frame: int) -> Layer:
        footage = self.footage(clip)
        index = 0
        if footage.rate is not None:
            at = clip.source_in + frame - clip.start
            index = held_picture(at, footage.rate, self.film.rate)
        if footage.frames:
            index = min(index, footage.frames - 1)
        return Layer(footage=footage, index=index, opacity=_opacity(clip, frame))

    def _voice(self, clip: Clip) -> Voice | None:
        footage = self.footage(clip)
        if footage.sound is None:
            return None
        begin, end = self.sample_of(clip.start), self.sample_of(clip.end)
        return Voice(
            sound=footage.sound,
            # The same for both parts of a clip that is cut in two, so that no sample is repeated.
            origin=self.sample_of(clip.start - clip.source_in),
            begin=begin,
            end=end,
            gain_db=clip.gain_db,
            fade_in=self.sample_of(clip.start + clip.fade_in) - begin,
            fade_out=end - self.sample_of(clip.end - clip.fade_out),
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
                return Footage(name=clip.label or "Title")
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
            missing="" if has_picture else "A sound has no picture.",
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


def _opacity(clip: Clip, frame: int) -> Fraction:
    """How much of ``clip`` is seen on ``frame``; fades step through the middles of their frames."""
    opacity = Fraction(1)
    after, before = frame - clip.start, clip.end - 1 - frame
    if after < clip.fade_in:
        opacity *= Fraction(2 * after + 1, 2 * clip.fade_in)
    if before < clip.fade_out:
        opacity *= Fraction(2 * before + 1, 2 * clip.fade_out)
    return opacity
