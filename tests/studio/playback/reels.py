"""Small films with real takes on disk, for playback and export."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from engine.media import write_film, write_wav
from studio.document.film import (
    Clip,
    ClipSource,
    Film,
    Media,
    MediaFacts,
    MediaSource,
    TakeSource,
    Track,
    new_film,
    new_id,
)
from studio.document.ledger import Ledger, TakeRecord
from studio.playback.cut import Cut

TAKE_HZ = 24_000


class Reel:
    """A film under construction: tracks A2, A1, V1, V2 by name."""

    def __init__(self, folder: Path, *, rate=Fraction(24), width=64, height=48) -> None:
        self.folder = folder
        self.film: Film = new_film("Reel", rate=Fraction(rate), width=width, height=height)
        self.ledger = Ledger()

    def take(self, pictures, sound=None, *, rate=12, upgrade_of=None) -> TakeSource:
        """A take of these pictures (T, H, W, 3) and sound (2, S) at 24 kHz."""
        name = new_id()
        folder = self.folder / "takes" / name
        folder.mkdir(parents=True)
        write_film(folder / "picture.mkv", pictures, Fraction(rate), preset="take")
        if sound is not None:
            write_wav(folder / "sound.wav", sound, TAKE_HZ)
        height, width = pictures[0].shape[:2]
        record = TakeRecord(
            id=name,
            folder=f"takes/{name}",
            kind="preview",
            upgrade_of=upgrade_of,
            frames=len(pictures),
            rate=Fraction(rate),
            width=width,
            height=height,
            samples=0 if sound is None else sound.shape[1],
            sample_rate_hz=TAKE_HZ,
            created="2026-01-01T00:00:00.000+00:00",
        )
        self.ledger = self.ledger.append(record)
        return TakeSource(take_id=name)

    def image(self, picture) -> MediaSource:
        """An imported picture."""
        media_id = new_id()
        path = self.folder / "media" / f"{media_id}.png"
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), picture[..., ::-1])
        facts = MediaFacts(width=picture.shape[1], height=picture.shape[0], frames=1)
        return self._media(media_id, "image", path, facts)

    def clip_file(self, pictures, sound=None, *, rate: Fraction | int = 24) -> MediaSource:
        """An imported H.264 film."""
        media_id = new_id()
        path = self.folder / "media" / f"{media_id}.mp4"
        path.parent.mkdir(exist_ok=True)
        write_film(path, pictures, Fraction(rate), sound)
        facts = MediaFacts(
            width=pictures[0].shape[1],
            height=pictures[0].shape[0],
            frames=len(pictures),
            rate=Fraction(rate),
            samples=0 if sound is None else sound.shape[1],
            sample_rate_hz=TAKE_HZ,
        )
        return self._media(media_id, "video", path, facts)

    def sound_file(self, sound, rate_hz=TAKE_HZ) -> MediaSource:
        """An imported WAV."""
        media_id = new_id()
        path = self.folder / "media" / f"{media_id}.wav"
        path.parent.mkdir(exist_ok=True)
        write_wav(path, sound, rate_hz)
        facts = MediaFacts(samples=sound.shape[1], sample_rate_hz=rate_hz, channels=2)
        return self._media(media_id, "audio", path, facts)

    def lay(self, track: str, source: ClipSource, start: int, length: int, **how) -> Clip:
        """A clip on the track of this name."""
        clip = Clip(id=new_id(), source=source, start=start, length=length, **how)
        found = self.track(track)
        clips = tuple(sorted((*found.clips, clip), key=lambda one: one.start))
        self.change_track(track, clips=clips)
        return clip

    def track(self, name: str) -> Track:
        return next(one for one in self.film.timelines[0].tracks if one.name == name)

    def change_track(self, name: str, **values) -> None:
        timeline = self.film.timelines[0]
        tracks = tuple(
            replace(one, **values) if one.name == name else one for one in timeline.tracks
        )
        self.film = replace(self.film, timelines=(replace(timeline, tracks=tracks),))

    def mark(self, start: int, end: int) -> None:
        timeline = replace(self.film.timelines[0], in_frame=start, out_frame=end)
        self.film = replace(self.film, timelines=(timeline,))

    @property
    def timeline_id(self) -> str:
        return self.film.timelines[0].id

    @property
    def cut(self) -> Cut:
        return Cut(self.film, self.ledger, self.timeline_id, self.folder)

    def _media(self, media_id, kind, path, facts) -> MediaSource:
        media = Media(
            id=media_id,
            kind=kind,
            name=path.name,
            path=path.relative_to(self.folder).as_posix(),
            sha256="0" * 64,
            facts=facts,
        )
        self.film = replace(self.film, media=(*self.film.media, media))
        return MediaSource(media_id=media_id)


def numbered(count: int, width=64, height=48, first=1) -> list[np.ndarray]:
    """Grey pictures whose level is four times their number, counted from ``first``."""
    return [np.full((height, width, 3), 4 * (first + k), np.uint8) for k in range(count)]


def number_of(picture: np.ndarray) -> int:
    """The number that ``numbered`` gave to a picture."""
    return round(float(picture.mean()) / 4)


def noise(samples: int, seed=0) -> np.ndarray:
    """A sound (2, S) in which every stretch is unlike every other."""
    drawn = np.random.default_rng(seed).uniform(-0.4, 0.4, (2, samples))
    return drawn.astype(np.float32)
