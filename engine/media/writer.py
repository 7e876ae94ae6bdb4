"""Films and sound files, written beside their name and renamed when they are whole.

Shape letters: H height, W width, S samples.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain
from math import lcm
from pathlib import Path
from typing import Literal, Self, cast

import av
import numpy as np
from av.container import OutputContainer
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)

from engine.errors import MediaError
from engine.media.beside import written_beside
from engine.media.encodings import PRESETS, FilmPreset, lacking

_BT709 = 1
_LIMITED = 1
_BLOCK = 8192
_FRAMES_BEHIND = 3
_WAV_BYTES = {"float32": 4, "pcm24": 3}
# A RIFF file tells its size in 32 bits; a little is left for what stands before the samples.
_MOST_RIFF_BYTES = 2**32 - 2**16
_MOST_UNITS_HZ = 2**31 - 1
# Without these the library's fast paths round chroma by a level or two.
_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP


def write_film(
    path: Path,
    pictures: Iterable[np.ndarray],
    rate: Fraction,
    sound: np.ndarray | None = None,
    *,
    sample_rate_hz: int = 24_000,
    preset: str = "mp4",
    timecode: str = "",
    metadata: Mapping[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> bool:
    """Write pictures and sound of the same length to ``path``.

    The sound is cut, or filled up with silence, to the exact length of the pictures.

    Args:
        path: replaced only when the film is whole; until then the work lies in ``path`` + ".part".
        pictures: uint8 (H, W, 3), RGB, all of one size.
        rate: pictures a second.
        sound: float32 (2, S), left and right; clipped at full scale but in a take. It is read as
            the pictures come, so that it may lie on the disk. None for no track.
        sample_rate_hz: of the sound.
        preset: a name in ``PRESETS``.
        timecode: of the first picture, in a track of its own where the preset has one.
        metadata: what the container says about the film.
        progress: called with the number of pictures written so far.
        cancelled: asked before every picture; once it says yes, nothing is left behind.

    Returns:
        True if the film was written, False if it was cancelled.

    Raises:
        MediaError: if there is nothing to write or it cannot be written.
    """
    how = PRESETS[preset]
    _check_encoders(path, how)
    stream = iter(pictures)
    first = next(stream, None)
    if first is None:
        raise MediaError(f"{Path(path).name} was not written: there are no pictures.")
    _check_picture(path, first, how)
    with written_beside(Path(path)) as beside:
        with _open(beside.path, how, Fraction(rate), sample_rate_hz) as container:
            container.metadata.update(metadata or {})
            if timecode and how.has_timecode:
                container.metadata["timecode"] = timecode
            film = _Film(container, how, first.shape, Fraction(rate), sound, sample_rate_hz)
            with _Behind(film.add, progress) as encoding:
                for picture in chain((first,), stream):
                    if cancelled is not None and cancelled():
                        return False
                    if picture.shape != first.shape:
                        raise MediaError(
                            f"{Path(path).name} was not written: picture sizes differ."
                        )
                    encoding.hand_over(film.converted(picture))
                encoding.finish()
            film.finish()
        beside.done = True
    return True


def write_wav(
    path: Path,
    sound: np.ndarray,
    sample_rate_hz: int,
    *,
    sample_format: Literal["float32", "pcm24"] = "float32",
    metadata: Mapping[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> bool:
    """Write ``sound`` (C, S), one or two channels, as a WAV file; above 4 GB as RF64 (EBU 3306).

    Args:
        path: replaced only when the file is whole.
        sound: float32; it is read as it is written, so that it may lie on the disk.
        sample_rate_hz: of the sound.
        sample_format: of a sample in the file.
        metadata: what it says of itself, by FFmpeg's names; a WAV has room for title and comment.
        progress: called with the number of samples written so far.
        cancelled: asked before every block; once it says yes, nothing is left behind.

    Returns:
        True if the file was written, False if it was cancelled.

    Raises:
        MediaError: if it cannot be written.
    """
    path = Path(path)
    with written_beside(path) as beside:
        options = {"fflags": "+bitexact"}
        if sound.size * _WAV_BYTES[sample_format] > _MOST_RIFF_BYTES:
            options["rf64"] = "always"
        with av.open(str(beside.path), "w", format="wav", options=options) as out:
            out.metadata.update(metadata or {})
            layout = "mono" if sound.shape[0] == 1 else "stereo"
            codec = "pcm_f32le" if sample_format == "float32" else "pcm_s24le"
            stream = cast(
                "av.AudioStream", out.add_stream(codec, rate=sample_rate_hz, layout=layout)
            )
            for begin in range(0, sound.shape[1], _BLOCK):
                if cancelled is not None and cancelled():
                    return False
                block = np.ascontiguousarray(sound[:, begin : begin + _BLOCK].T).reshape(1, -1)
                if sample_format == "float32":
                    frame = av.AudioFrame.from_ndarray(
                        block.astype(np.float32), format="flt", layout=layout
                    )
                else:
                    frame = av.AudioFrame.from_ndarray(
                        _whole_numbers(block), format="s32", layout=layout
                    )
                frame.sample_rate = sample_rate_hz
                frame.time_base = Fraction(1, sample_rate_hz)
                frame.pts = begin
                out.mux(stream.encode(frame))
                if progress is not None:
                    progress(begin + block.shape[1] // sound.shape[0])
            out.mux(stream.encode(None))
        beside.done = True
    return True


def _check_encoders(path: Path, how: FilmPreset) -> None:
    missing = " and ".join(lacking(how))
    if missing:
        raise MediaError(
            f"{Path(path).name} was not written: this installation cannot encode {missing}. "
            "Choose another format."
        )


def _check_picture(path: Path, picture: np.ndarray, how: FilmPreset) -> None:
    high, wide = picture.shape[:2]
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ValueError(f"pictures are uint8 (H, W, 3), not {picture.dtype} {picture.shape}")
    across, down = how.sides_px
    if wide % across or high % down:
        raise MediaError(
            f"{Path(path).name} was not written: pictures of {wide}x{high} cannot be encoded; both "
            "sides must be even."
        )
    least_wide, least_high = how.least_px
    if wide < least_wide or high < least_high:
        raise MediaError(
            f"{Path(path).name} was not written: this format takes no pictures smaller than "
            f"{least_wide}x{least_high}, and these are {wide}x{high}."
        )


@contextmanager
def _open(
    path: Path, how: FilmPreset, rate: Fraction, sample_rate_hz: int
) -> Iterator[OutputContainer]:
    options = dict(how.container_options)
    units_hz = lcm(rate.numerator, sample_rate_hz)
    if how.container in ("mp4", "mov") and units_hz <= _MOST_UNITS_HZ:
        # How long each track is shown stands there in units of the film, by themselves
        # milliseconds: with these both are what they are, to the picture and the sample.
        options["movie_timescale"] = str(units_hz)
    with av.open(str(path), "w", format=how.container, container_options=options) as container:
        yield container


class _Behind:
    """Encodes on a thread of its own, a few frames behind the one that brings them.

    So pictures are made and converted while the encoder works, and what goes wrong there is raised
    by whichever call comes next.

    Args:
        add: encodes a frame.
        progress: told how many are encoded.
    """

    def __init__(
        self, add: Callable[[av.VideoFrame], None], progress: Callable[[int], None] | None
    ) -> None:
        self._add = add
        self._progress = progress
        self._thread = ThreadPoolExecutor(1, "encoding")
        self._waiting: deque[Future[None]] = deque()
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def hand_over(self, frame: av.VideoFrame) -> None:
        """Have ``frame`` encoded, once those before it are."""
        self._waiting.append(self._thread.submit(self._add, frame))
        while len(self._waiting) > _FRAMES_BEHIND:
            self._take()

    def finish(self) -> None:
        """Wait until all are encoded."""
        while self._waiting:
            self._take()

    def _take(self) -> None:
        self._waiting.popleft().result()
        self._done += 1
        if self._progress is not None:
            self._progress(self._done)


class _Film:
    """One film being encoded: sound is fed as far as the pictures have come."""

    def __init__(
        self,
        container: OutputContainer,
        how: FilmPreset,
        shape: tuple[int, ...],
        rate: Fraction,
        sound: np.ndarray | None,
        sample_rate_hz: int,
    ) -> None:
        self._container = container
        self._how = how
        self._rate = rate
        self._sample_rate_hz = sample_rate_hz
        self._sound = sound
        self._pictures = 0
        self._samples = 0
        self._reformatter = VideoReformatter()
        # One for all pictures: memory of that size is new memory each time, and the system takes
        # longer to hand it out than the picture takes to be copied.
        self._frame = av.VideoFrame(shape[1], shape[0], "rgb24")
        self._picture_track = _picture_track(container, how, shape, rate)
        self._sound_track = None
        if sound is not None:
            if sound.ndim != 2 or sound.shape[0] != 2:
                raise ValueError(f"sound is (2, S), not {sound.shape}")
            # Opus knows this rate alone, of those that films have.
            rate_hz = 48_000 if how.sound_codec == "libopus" else sample_rate_hz
            self._sound_track = cast(
                "av.AudioStream",
                container.add_stream(how.sound_codec, rate=rate_hz, layout="stereo"),
            )
            if how.sound_bits_per_s:
                self._sound_track.bit_rate = how.sound_bits_per_s

    def converted(self, picture: np.ndarray) -> av.VideoFrame:
        """``picture`` as the encoder takes it."""
        plane = self._frame.planes[0]
        # Not the picture's own memory: converters read a little beyond what they are given.
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        rows[:, : plane.width * 3] = picture.reshape(plane.height, -1)
        if not self._how.is_yuv:
            return self._reformatter.reformat(self._frame, format=self._how.pixel_format, threads=1)
        frame = self._reformatter.reformat(
            self._frame,
            format=self._how.pixel_format,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=_EXACT,
            # The other cores have the encoder to work for.
            threads=1,
        )
        frame.color_range = ColorRange.MPEG
        frame.colorspace = Colorspace.ITU709
        # ProRes writes what its pictures say into each of them.
        frame.color_primaries = ColorPrimaries.BT709
        frame.color_trc = ColorTrc.BT709
        return frame

    def add(self, frame: av.VideoFrame) -> None:
        """Encode the next frame, and the sound that belongs to it."""
        frame.pts = self._pictures
        frame.time_base = 1 / self._rate
        self._container.mux(self._picture_track.encode(frame))
        self._pictures += 1
        self._feed_sound()

    def _feed_sound(self) -> None:
        if self._sound is None or self._sound_track is None:
            return
        until = round(self._pictures * self._sample_rate_hz / self._rate)
        block = self._sound[:, self._samples : until].astype(np.float32)
        missing = until - self._samples - block.shape[1]
        if missing:
            block = np.pad(block, ((0, 0), (0, missing)))
        frame = _sound_frame(block, self._how)
        frame.sample_rate = self._sample_rate_hz
        frame.time_base = Fraction(1, self._sample_rate_hz)
        frame.pts = self._samples
        self._samples = until
        self._container.mux(self._sound_track.encode(frame))

    def finish(self) -> None:
        self._container.mux(self._picture_track.encode(None))
        if self._sound_track is not None:
            self._container.mux(self._sound_track.encode(None))


def _picture_track(
    container: OutputContainer, how: FilmPreset, shape: tuple[int, ...], rate: Fraction
) -> av.VideoStream:
    track = cast("av.VideoStream", container.add_stream(how.picture_codec, rate=rate))
    track.width, track.height = shape[1], shape[0]
    track.pix_fmt = how.pixel_format
    context = track.codec_context
    context.options = dict(how.options)
    # By itself the library parts every picture among its threads: slower, and larger files.
    context.thread_type = "AUTO"
    context.time_base = 1 / rate
    if how.codec_tag:
        context.codec_tag = how.codec_tag
    if how.is_yuv:
        context.color_range = _LIMITED
        context.colorspace = context.color_primaries = context.color_trc = _BT709
    return track


def _sound_frame(block: np.ndarray, how: FilmPreset) -> av.AudioFrame:
    """``block`` (2, S) as the encoder wants it."""
    if how.sound_codec != "pcm_f32le":
        block = np.clip(block, -1.0, 1.0)
    if how.sound_format == "fltp":
        return av.AudioFrame.from_ndarray(
            np.ascontiguousarray(block), format="fltp", layout="stereo"
        )
    flat = block.T.reshape(1, -1)
    if how.sound_format == "s32":
        flat = _whole_numbers(flat)
    return av.AudioFrame.from_ndarray(
        np.ascontiguousarray(flat), format=how.sound_format, layout="stereo"
    )


def _whole_numbers(block: np.ndarray) -> np.ndarray:
    """Samples of 24 bits in the upper part of int32: rounded before the encoder cuts them off."""
    whole = np.clip(np.round(block * 2.0**23), -(2**23), 2**23 - 1)
    return whole.astype(np.int32) << 8
