"""Footage as it comes: uneven times, one channel and six, one frame, and what was lost."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import cast

import av
import numpy as np
import pytest

from engine.media import probe
from studio.document.film import MediaFacts
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from tests.studio.playback.reels import Reel, number_of, numbered


@pytest.fixture
def reel(tmp_path):
    return Reel(tmp_path)


def write_stamped(path, stamps: list[int]) -> None:
    """Numbered pictures at these times, in 1/24 s, losslessly."""
    with av.open(str(path), "w", format="matroska") as container:
        track = cast("av.VideoStream", container.add_stream("ffv1", rate=24))
        track.width, track.height, track.pix_fmt = 64, 48, "bgr0"
        track.codec_context.time_base = Fraction(1, 24)
        for picture, stamp in zip(numbered(len(stamps)), stamps, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="bgr0")
            frame.pts, frame.time_base = stamp, Fraction(1, 24)
            container.mux(track.encode(frame))
        container.mux(track.encode(None))


def imported(reel: Reel, name: str, write) -> tuple:
    """A file of the film, with the facts that an import would measure."""
    path = reel.folder / "media" / name
    path.parent.mkdir(exist_ok=True)
    write(path)
    info = probe(path)
    facts = MediaFacts(
        width=info.width, height=info.height, frames=info.frames, rate=info.rate or None,
        samples=round(info.duration_s * info.sample_rate_hz) if info.has_audio else 0,
        sample_rate_hz=info.sample_rate_hz, channels=info.channels,
    )  # fmt: skip
    return reel._media(name, info.kind, path, facts), info


def test_pictures_at_uneven_times_stand_until_the_next_comes(reel):
    stamps = [0, 1, 4, 5, 9]
    source, _ = imported(reel, "uneven.mkv", lambda path: write_stamped(path, stamps))
    media = reel.film.media[-1]
    facts = replace(media.facts, rate=Fraction(24), frames=10)
    reel.film = replace(reel.film, media=(replace(media, facts=facts),))
    reel.lay("V1", source, 0, 10)
    pictures = FrameSource(reel.cut)
    seen = [number_of(pictures.picture(frame)) for frame in range(10)]
    assert seen == [1, 2, 2, 2, 3, 4, 4, 4, 4, 5]
    assert [number_of(pictures.picture(frame)) for frame in (8, 2, 9, 0)] == [4, 2, 5, 1]


@pytest.mark.parametrize("layout", ["mono", "5.1"])
def test_one_channel_and_six_are_heard_on_both_sides(reel, layout):
    def write(path):
        with av.open(str(path), "w") as container:
            track = cast("av.AudioStream", container.add_stream("pcm_s16le", rate=48_000))
            track.layout = layout
            count = 1 if layout == "mono" else 6
            tone = (8_000 * np.sin(np.arange(48_000) / 20)).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(np.repeat(tone[:, None], count, axis=1).reshape(1, -1)),
                format="s16",
                layout=layout,
            )
            frame.sample_rate = 48_000
            container.mux(track.encode(frame))
            container.mux(track.encode(None))

    source, info = imported(reel, "sound.wav", write)
    assert info.channels == (1 if layout == "mono" else 6)
    reel.lay("A1", source, 0, 24)
    left, right = Mixer(reel.cut).whole(0, 48_000)
    assert np.abs(left).max() > 0.1
    assert np.corrcoef(left, right)[0, 1] > 0.99


def test_a_film_of_one_frame_and_one_that_lost_everything_play(reel):
    source, _ = imported(reel, "one.mkv", lambda path: write_stamped(path, [0]))
    reel.lay("V1", source, 0, 1)
    assert reel.cut.length == 1
    assert number_of(FrameSource(reel.cut).picture(0)) == 1
    (reel.folder / "media" / "one.mkv").unlink()
    assert 20 < FrameSource(reel.cut).picture(0).mean() < 80
    assert not Mixer(reel.cut).whole(0, 2_000).any()


def test_a_film_of_no_length_has_nothing_to_show(reel):
    assert reel.cut.length == 0
    assert reel.cut.samples == 0
    assert not FrameSource(reel.cut).picture(0).any()
    assert Mixer(reel.cut).whole(0, 0).shape == (2, 0)
