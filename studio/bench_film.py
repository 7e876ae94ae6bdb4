"""The film that the bench measures with: as many clips as it likes, some of a file."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from studio.document.film import (
    Clip,
    Film,
    MediaSource,
    Shot,
    ShotSource,
    Timeline,
    Track,
    new_film,
)

TRACKS = 20


def crowd(clips: int, tracks: int = TRACKS) -> Film:
    """A film of ``clips`` clips on ``tracks`` tracks, pictures linked to their sound."""
    chance = random.Random(7)
    shots = tuple(
        Shot(id=f"shot{n}", name=f"Shot {n}", prompt="a red ball rolls", frames=25)
        for n in range(200)
    )
    pairs = tracks // 2
    lanes: list[tuple[Track, Track]] = []
    for pair in range(pairs):
        pictures: list[Clip] = []
        start = 0
        for number in range(clips // tracks):
            start += chance.choice((0, 0, 0, 5, 20))
            pictures.append(
                Clip(
                    id=f"v{pair}-{number}",
                    source=ShotSource(shot_id=f"shot{chance.randrange(200)}"),
                    start=start,
                    length=chance.randint(12, 120),
                    link_id=f"l{pair}-{number}",
                )
            )
            start = pictures[-1].end
        sounds = tuple(replace(clip, id="a" + clip.id[1:]) for clip in pictures)
        name = pair + 1
        lanes.append(
            (
                Track(id=f"V{name}", kind="video", name=f"V{name}", clips=tuple(pictures)),
                Track(id=f"A{name}", kind="audio", name=f"A{name}", clips=sounds),
            )
        )
    low = tuple(replace(sound, height_px=38) for _, sound in reversed(lanes))
    high = tuple(replace(picture, height_px=44) for picture, _ in lanes)
    timeline = Timeline(id="cut", name="Cut", tracks=low + high)
    film = new_film("Bench")
    return replace(film, shots=shots, timelines=(timeline,), active_timeline_id="cut")


def with_reel(film: Film, folder: Path) -> Film:
    """``film``, every second clip of which shows a file that lies in ``folder``.

    So there are thumbnails and waveforms to be painted.
    """
    from studio.ui.play_probe import RATE, SECONDS, write_reel

    media, chance = write_reel(folder, "media/reel.mp4", (320, 180)), random.Random(6)

    def shown(clip: Clip) -> Clip:
        source_in = chance.randrange(SECONDS * RATE // 2)
        return replace(clip, source=MediaSource(media_id=media.id), source_in=source_in)

    timeline = film.timelines[0]
    tracks = tuple(
        replace(
            track,
            clips=tuple(
                shown(clip) if number % 2 else clip for number, clip in enumerate(track.clips)
            ),
        )
        for track in timeline.tracks
    )
    return replace(film, media=(media,), timelines=(replace(timeline, tracks=tracks),))
