"""Footage as phones, cameras and accidents make it: delivered as it is shown, the right way up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import cast

import av
import cv2
import numpy as np
import pytest

from engine.media import probe, write_film
from studio.document.film import MediaFacts, MediaSource
from studio.export.exporter import Exporter, ExportFinished
from studio.export.plan import plan_export
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from tests.engine.media.test_high_range import pq_of, write_grey
from tests.engine.media.test_pictures import MINUS, NONE, ONE, stamped, turned
from tests.studio.playback.reels import Reel, noise

FRAMES = 12


def lit(picture: np.ndarray, top: int, left: int) -> int:
    """How bright a small part of a frame of 64 x 48 is."""
    return int(np.median(picture[top : top + 4, left : left + 4]))


def phone(path) -> None:
    """Lying on its side, with a bright corner."""
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:16, :16] = 255
    write_film(path, [picture] * FRAMES, Fraction(24), noise(12_000))
    turned(path, NONE, ONE, MINUS, NONE)


def transparent(path) -> None:
    """The left half of every picture hides what is below, and is bright."""
    picture = np.zeros((48, 64, 4), np.uint8)
    picture[:, :32] = 255
    with av.open(str(path), "w", format="mov") as out:
        track = cast("av.VideoStream", out.add_stream("png", rate=24))
        track.width, track.height, track.pix_fmt = 64, 48, "rgba"
        for _ in range(FRAMES):
            out.mux(track.encode(av.VideoFrame.from_ndarray(picture, format="rgba")))
        out.mux(track.encode(None))


def broken_stamps(path) -> None:
    """Times that stand still for a while, as cheap recorders write them."""
    stamped(path, [0, 1, 2, 3, 3, 3, 6, 7, 8, 9, 10, 11], "matroska")


def cut_off(path) -> None:
    """A file whose end was never copied."""
    write_film(path, [np.full((48, 64, 3), 200, np.uint8)] * 240, Fraction(24))
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * 2 // 3])


@dataclass(frozen=True)
class Footage:
    """A kind of footage, and what is known of one of its frames.

    Attributes:
        source_in: where the clip begins in it.
        at: the frame of which ``holds`` is true.
    """

    suffix: str
    write: Callable
    holds: Callable[[np.ndarray], bool]
    at: int = 5
    source_in: int = 0


KINDS = {
    # Its bright corner is now at the top right of a picture 36 wide, with the other clip beside it.
    "a phone held upright": Footage(
        ".mp4",
        phone,
        lambda one: lit(one, 4, 42) > 200 and lit(one, 40, 42) < 40 and lit(one, 24, 4) == 90,
    ),
    "ten bits of PQ": Footage(
        ".mp4",
        lambda path: write_grey(path, [pq_of(51.0)] * FRAMES, 16),
        lambda one: abs(lit(one, 24, 32) - 143) < 4,
    ),
    "transparent": Footage(
        ".mov", transparent, lambda one: lit(one, 24, 8) > 250 and abs(lit(one, 24, 50) - 90) < 3
    ),
    # At twelve a second: the sixth picture, whose stamp is that of the two before it.
    "broken time stamps": Footage(
        ".mkv", broken_stamps, lambda one: abs(lit(one, 24, 32) - 60) < 3, at=11
    ),
    # A slate says so.
    "cut off": Footage(".mp4", cut_off, lambda one: 20 < one.mean() < 80, source_in=220),
}


def imported(reel: Reel, footage: Footage) -> MediaSource:
    path = reel.folder / "media" / f"clip{footage.suffix}"
    path.parent.mkdir(exist_ok=True)
    footage.write(path)
    try:
        info = probe(path)
        width, height, rate = info.width, info.height, info.rate
    except Exception:  # what was whole when it was imported may be broken now
        width, height, rate = 64, 48, Fraction(24)
    facts = MediaFacts(
        width=width, height=height, frames=240 if footage.source_in else FRAMES, rate=rate
    )
    return reel._media("clip", "video", path, facts)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_delivered_as_it_is_shown(tmp_path, kind):
    footage = KINDS[kind]
    reel = Reel(tmp_path)
    source = imported(reel, footage)
    reel.lay("V1", reel.image(np.full((48, 64, 3), 90, np.uint8)), 0, FRAMES)
    reel.lay("V2", source, 0, FRAMES, source_in=footage.source_in)
    plan = plan_export(reel.film, reel.film.timelines[0], tmp_path / "out.png")
    end = Exporter(plan, FrameSource(reel.cut), Mixer(reel.cut)).run()
    assert isinstance(end, ExportFinished)
    files = sorted(end.path.iterdir())
    assert len(files) == FRAMES
    shown = FrameSource(reel.cut, cache_bytes=0)
    for frame in (0, 5, 11, 3):
        written = np.asarray(cv2.imread(str(files[frame]))[..., ::-1])
        assert np.array_equal(written, shown.picture(frame)), frame
    assert footage.holds(shown.picture(footage.at))
    shown.close()


def test_films_of_every_rate_stand_in_one_cut(tmp_path):
    """12, 23.976, 25, 29.97 and 60 pictures a second on 24, each picture as long as it should."""
    reel = Reel(tmp_path)
    rates = [Fraction(12), Fraction(24_000, 1_001), Fraction(25), Fraction(30_000, 1_001), 60]
    for place, rate in enumerate(rates):
        levels = [np.full((48, 64, 3), 3 * k, np.uint8) for k in range(80)]
        reel.lay("V1", reel.clip_file(levels, rate=Fraction(rate)), 24 * place, 24)
    reel.film = replace(reel.film, name="Rates")
    shown = FrameSource(reel.cut)
    for place, rate in enumerate(rates):
        for frame in range(0, 24, 5):
            wanted = int(frame * Fraction(rate) / 24)
            seen = float(shown.picture(24 * place + frame).mean()) / 3
            assert abs(seen - wanted) < 0.5, (rate, frame)
    shown.close()
