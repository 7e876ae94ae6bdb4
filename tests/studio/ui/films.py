"""Films to look at and to pull about: a believable one, and ones of any number of clips."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.document.film import (
    Clip,
    Film,
    Marker,
    Media,
    MediaFacts,
    MediaSource,
    Shot,
    ShotSource,
    Timeline,
    Track,
    new_film,
)
from studio.document.ledger import Failed, JobRecord, Ledger, Queued, Running, TakeRecord

WHEN = "2026-01-01T10:00:00.000+00:00"
RATE = Fraction(12)

SHOTS = (
    ("Harbour, dawn", "wide on the harbour before sunrise, gulls, @Ava on the pier", 49, "full"),
    ("Ava looks up", "close on @Ava, wind in her hair, she hears something", 25, "full"),
    ("The red ball", "a red ball rolls down the steps and strikes a crate", 37, "preview"),
    ("Chase", "tracking left, @Ava runs along the quay", 61, "stale"),
    ("Alley", "night, rain on cobbles, a door opens", 33, "running"),
    ("At the door", "close on the handle, a hand hesitates", 25, "queued"),
    ("Inside", "a small room, one lamp, dust in the light", 49, "draft"),
    ("Last look", "@Ava at the window, the harbour beyond", 41, "failed"),
)


def believable() -> tuple[Film, Ledger]:
    """A short film in work: eight shots in every state, music, a voice, a still."""
    shots, takes, jobs = [], [], []
    for number, (name, prompt, frames, state) in enumerate(SHOTS):
        shot_id, take_id = f"shot{number}", f"take{number}"
        has_take = state in {"full", "preview", "stale", "running"}
        shots.append(
            Shot(
                id=shot_id,
                name=name,
                prompt=prompt,
                frames=frames,
                chosen_take_id=take_id if has_take else None,
            )
        )
        if has_take:
            takes.append(
                TakeRecord(
                    id=take_id,
                    shot_id=shot_id,
                    folder=f"takes/{take_id}",
                    kind="full" if state == "full" else "preview",
                    frames=frames,
                    rate=RATE,
                    width=192,
                    height=112,
                    samples=frames * 2000,
                    sample_rate_hz=24_000,
                    created=WHEN,
                    fingerprint="old" if state == "stale" else "",
                )
            )
        job = {
            "running": Running(step=14, of=50),
            "queued": Queued(),
            "failed": Failed(sentence="There was not enough memory for this size."),
        }.get(state)
        if job is not None:
            jobs.append(
                JobRecord(id=f"job{number}", kind="full", shot_id=shot_id, created=WHEN, state=job)
            )
    media = (
        Media(
            id="music",
            kind="audio",
            name="Slow strings.wav",
            path="media/strings.wav",
            sha256="a",
            facts=MediaFacts(samples=48_000 * 40, sample_rate_hz=48_000, channels=2),
        ),
        Media(
            id="map",
            kind="image",
            name="Old map.png",
            path="media/map.png",
            sha256="b",
            facts=MediaFacts(width=1600, height=900, frames=1),
        ),
    )
    film = replace(
        new_film("Harbour"), shots=tuple(shots), media=media, timelines=(), active_timeline_id="cut"
    )
    film = replace(film, timelines=(_cut(),))
    return film, Ledger().append(*takes, *jobs)


def lay_out(film: Film, ledger: Ledger, folder: Path) -> None:
    """Put an empty file wherever ``film`` looks for one."""
    paths = [folder / media.path for media in film.media]
    paths += [folder / take.folder / "picture.mkv" for take in ledger.takes.values()]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def _cut() -> Timeline:
    pictures, sounds = [], []
    start = 0
    for number, (_, _, frames, _) in enumerate(SHOTS):
        head = 4 if number in {1, 3} else 0
        length = frames * 2 - head - (6 if number in {0, 3} else 0)
        source = ShotSource(shot_id=f"shot{number}")
        shared = {"start": start, "length": length, "source_in": head, "link_id": f"link{number}"}
        pictures.append(
            Clip(
                id=f"v{number}",
                source=source,
                fade_in=12 if number == 0 else 0,
                fade_out=24 if number == 7 else 0,
                **shared,
            )
        )
        sounds.append(
            Clip(id=f"a{number}", source=source, fade_out=8 if number == 2 else 0, **shared)
        )
        start += length
    above = (
        Clip(id="map", source=MediaSource(media_id="map"), start=140, length=56, colour="violet"),
        Clip(
            id="insert",
            source=ShotSource(shot_id="shot1"),
            start=330,
            length=30,
            source_in=8,
            label="Ava, insert",
        ),
    )
    music = Clip(
        id="music",
        source=MediaSource(media_id="music"),
        start=20,
        length=560,
        gain_db=-6.0,
        fade_in=36,
        fade_out=60,
    )
    tracks = (
        Track(id="A2", kind="audio", name="Music", height_px=48, clips=(music,)),
        Track(id="A1", kind="audio", name="Sound", height_px=52, clips=tuple(sounds)),
        Track(id="V1", kind="video", name="Picture", height_px=76, clips=tuple(pictures)),
        Track(id="V2", kind="video", name="Inserts", height_px=60, clips=above),
    )
    markers = (
        Marker(id="m1", frame=92, name="Music swells"),
        Marker(id="m2", frame=364, name="Rain", colour="orange"),
    )
    return Timeline(id="cut", name="Cut 1", tracks=tracks, markers=markers)


def crowd(clips: int, tracks: int = 20, seed: int = 1) -> tuple[Film, Ledger]:
    """A film of ``clips`` clips on ``tracks`` tracks, half of them pictures, linked in pairs."""
    chance = random.Random(seed)
    film, ledger = believable()
    pairs = tracks // 2
    lanes: list[tuple[list[Clip], list[Clip]]] = [([], []) for _ in range(pairs)]
    for pair, (pictures, sounds) in enumerate(lanes):
        start = 0
        for number in range(clips // tracks):
            start += chance.choice((0, 0, 0, 5, 20))
            length = chance.randint(12, 120)
            shared = {
                "source": ShotSource(shot_id=f"shot{chance.randrange(len(SHOTS))}"),
                "start": start,
                "length": length,
                "link_id": f"l{pair}-{number}",
            }
            pictures.append(Clip(id=f"v{pair}-{number}", **shared))
            sounds.append(Clip(id=f"a{pair}-{number}", **shared))
            start += length
    made = [
        Track(id=f"A{n}", kind="audio", name=f"A{n + 1}", height_px=40, clips=tuple(sounds))
        for n, (_, sounds) in reversed(list(enumerate(lanes)))
    ] + [
        Track(id=f"V{n}", kind="video", name=f"V{n + 1}", height_px=44, clips=tuple(pictures))
        for n, (pictures, _) in enumerate(lanes)
    ]
    timeline = Timeline(id="cut", name="Cut 1", tracks=tuple(made))
    return replace(film, timelines=(timeline,), active_timeline_id="cut"), ledger


class PaintedReader:
    """Pictures and sounds made up from their keys, in the place of files."""

    def picture(self, key: str, picture: int, height_px: int) -> NDArray[np.uint8] | None:
        seed = sum(map(ord, key))
        width = height_px * 16 // 9
        y, x = np.mgrid[0:height_px, 0:width]
        sky = np.array([[40 + seed * 7 % 90, 60 + seed * 13 % 80, 90 + seed * 5 % 90]])
        land = np.array([[30 + seed * 3 % 60, 34 + seed * 11 % 50, 30 + seed * 17 % 40]])
        horizon = height_px * (0.5 + 0.14 * np.sin(x / 40 + seed))
        shade = (1.15 - 0.7 * y / height_px)[..., None]
        frame = np.where(
            (y < horizon)[..., None], sky * shade, land * (0.6 + y / height_px)[..., None]
        )
        centre = (width * (0.25 + 0.012 * picture % 0.6), height_px * 0.62)
        ball = (x - centre[0]) ** 2 + (y - centre[1]) ** 2 < (height_px * 0.13) ** 2
        frame[ball] = (205, 90 + seed % 60, 70)
        return np.clip(frame, 0, 255).astype(np.uint8)

    def sound(self, key: str) -> tuple[NDArray[np.float32], int] | None:
        chance = np.random.default_rng(sum(map(ord, key)))
        seconds = 42 if key == "media:music" else 6
        count = 24_000 * seconds
        beats = np.repeat(chance.random(seconds * 8) ** 2, 3000)
        smooth = np.convolve(beats, np.ones(600) / 600, "same")
        wave = chance.standard_normal(count) * 0.28 * (0.12 + smooth)
        return np.stack([wave, wave], axis=1).astype(np.float32), 24_000

    def is_there(self, key: str) -> bool:
        """All of it."""
        return True
