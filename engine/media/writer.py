"""Films and sound files, written beside their name and renamed when they are whole.

Shape letters: H height, W width, S samples.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

import av
import numpy as np
from av.container import OutputContainer
from av.video.reformatter import ColorRange, Colorspace

from engine.errors import MediaError

_BT709 = 1
_LIMITED = 1
_BLOCK = 8192


@dataclass(frozen=True, kw_only=True)
class FilmPreset:
    """How a film is encoded."""

    container: str
    picture_codec: str
    pixel_format: str
    sound_codec: str
    sound_format: str
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)
    sound_bits_per_s: int = 0


PRESETS: dict[str, FilmPreset] = {
    # For people: plays everywhere. Colours are tagged, so that no player has to guess.
    "mp4": FilmPreset(
        container="mp4",
        picture_codec="libx264",
        pixel_format="yuv420p",
        sound_codec="aac",
        sound_format="fltp",
        options={"crf": "15", "preset": "medium"},
        container_options={"movflags": "+faststart", "fflags": "+bitexact"},
        sound_bits_per_s=256_000,
    ),
    # For keeping: every pixel and every sample comes back as it was.
    "take": FilmPreset(
        container="matroska",
        picture_codec="ffv1",
        pixel_format="bgr0",
        sound_codec="pcm_f32le",
        sound_format="flt",
        options={"level": "3", "slicecrc": "1", "g": "1"},
        container_options={"fflags": "+bitexact"},
    ),
}


def write_film(
    path: Path,
    pictures: Iterable[np.ndarray],
    rate: Fraction,
    sound: np.ndarray | None = None,
    *,
    sample_rate_hz: int = 24_000,
    preset: Literal["mp4", "take"] = "mp4",
    progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> bool:
    """Write pictures and sound of the same length to ``path``.

    The sound is cut, or filled up with silence, to the exact length of the pictures.

    Args:
        path: replaced only when the film is whole; until then the work lies in ``path`` + ".part".
        pictures: uint8 (H, W, 3), RGB, all of one size.
        rate: pictures a second.
        sound: float32 (2, S), left and right; clipped at full scale in an MP4. None for silence
            without a track.
        sample_rate_hz: of the sound.
        preset: a name in ``PRESETS``.
        progress: called with the number of pictures written so far.
        cancelled: asked before every picture; once it says yes, nothing is left behind.

    Returns:
        True if the film was written, False if it was cancelled.

    Raises:
        MediaError: if there is nothing to write or it cannot be written.
    """
    how = PRESETS[preset]
    stream = iter(pictures)
    first = next(stream, None)
    if first is None:
        raise MediaError(f"{Path(path).name} was not written: there are no pictures.")
    _check_picture(path, first, how)
    with _written_beside(Path(path)) as beside:
        with _open(beside.path, how) as container:
            film = _Film(container, how, first.shape, Fraction(rate), sound, sample_rate_hz)
            for count, picture in enumerate(_chained(first, stream), 1):
                if cancelled is not None and cancelled():
                    return False
                if picture.shape != first.shape:
                    raise MediaError(f"{Path(path).name} was not written: picture sizes differ.")
                film.add(picture)
                if progress is not None:
                    progress(count)
            film.finish()
        beside.done = True
    return True


def write_wav(
    path: Path,
    sound: np.ndarray,
    sample_rate_hz: int,
    *,
    sample_format: Literal["float32", "pcm24"] = "float32",
) -> None:
    """Write ``sound`` (C, S), one or two channels, as a WAV file.

    Raises:
        MediaError: if it cannot be written.
    """
    path = Path(path)
    with _written_beside(path) as beside:
        with av.open(str(beside.path), "w", format="wav", options={"fflags": "+bitexact"}) as out:
            layout = "mono" if sound.shape[0] == 1 else "stereo"
            codec = "pcm_f32le" if sample_format == "float32" else "pcm_s24le"
            stream = cast(
                "av.AudioStream", out.add_stream(codec, rate=sample_rate_hz, layout=layout)
            )
            for begin in range(0, sound.shape[1], _BLOCK):
                block = np.ascontiguousarray(sound[:, begin : begin + _BLOCK].T).reshape(1, -1)
                if sample_format == "float32":
                    frame = av.AudioFrame.from_ndarray(
                        block.astype(np.float32), format="flt", layout=layout
                    )
                else:
                    # The encoder keeps the upper 24 of 32 bits: round before they are cut.
                    whole = np.clip(np.round(block * 2.0**23), -(2**23), 2**23 - 1)
                    frame = av.AudioFrame.from_ndarray(
                        whole.astype(np.int32) << 8, format="s32", layout=layout
                    )
                frame.sample_rate = sample_rate_hz
                frame.time_base = Fraction(1, sample_rate_hz)
                frame.pts = begin
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        beside.done = True


def _check_picture(path: Path, picture: np.ndarray, how: FilmPreset) -> None:
    high, wide = picture.shape[:2]
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ValueError(f"pictures are uint8 (H, W, 3), not {picture.dtype} {picture.shape}")
    if how.pixel_format == "yuv420p" and (high % 2 or wide % 2):
        raise MediaError(
            f"{Path(path).name} was not written: pictures of {wide}x{high} cannot be encoded; both "
            "sides must be even."
        )


def _chained(first: np.ndarray, rest: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    yield first
    yield from rest


@contextmanager
def _open(path: Path, how: FilmPreset) -> Iterator[OutputContainer]:
    with av.open(
        str(path), "w", format=how.container, container_options=how.container_options
    ) as container:
        yield container


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
        self._picture_track = cast(
            "av.VideoStream", container.add_stream(how.picture_codec, rate=rate)
        )
        self._picture_track.width, self._picture_track.height = shape[1], shape[0]
        self._picture_track.pix_fmt = how.pixel_format
        self._picture_track.codec_context.options = dict(how.options)
        context = self._picture_track.codec_context
        context.time_base = 1 / rate
        if how.pixel_format == "yuv420p":
            context.color_range = _LIMITED
            context.colorspace = context.color_primaries = context.color_trc = _BT709
        self._sound_track = None
        if sound is not None:
            if sound.ndim != 2 or sound.shape[0] != 2:
                raise ValueError(f"sound is (2, S), not {sound.shape}")
            self._sound_track = cast(
                "av.AudioStream",
                container.add_stream(how.sound_codec, rate=sample_rate_hz, layout="stereo"),
            )
            if how.sound_bits_per_s:
                self._sound_track.bit_rate = how.sound_bits_per_s

    def add(self, picture: np.ndarray) -> None:
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        if self._how.pixel_format == "yuv420p":
            frame = frame.reformat(
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
        else:
            frame = frame.reformat(format=self._how.pixel_format)
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
        if self._how.sound_format == "flt":
            block = block.T.reshape(1, -1)
        else:
            block = np.clip(block, -1.0, 1.0)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(block), format=self._how.sound_format, layout="stereo"
        )
        frame.sample_rate = self._sample_rate_hz
        frame.time_base = Fraction(1, self._sample_rate_hz)
        frame.pts = self._samples
        self._samples = until
        self._container.mux(self._sound_track.encode(frame))

    def finish(self) -> None:
        self._container.mux(self._picture_track.encode(None))
        if self._sound_track is not None:
            self._container.mux(self._sound_track.encode(None))


@dataclass
class _Beside:
    path: Path
    done: bool = False


@contextmanager
def _written_beside(path: Path) -> Iterator[_Beside]:
    """A path to write to, renamed to ``path`` when done and removed otherwise.

    Raises:
        MediaError: with a sentence for a folder, missing permission or a full disk.
    """
    if path.is_dir():
        raise MediaError(f"{path} is a folder; name a file.")
    beside = _Beside(path.with_name(path.name + ".part"))
    try:
        yield beside
        if beside.done:
            with beside.path.open("rb+") as file:
                os.fsync(file.fileno())
            beside.path.replace(path)
    except (OSError, av.FFmpegError) as error:
        raise MediaError(_sentence(path, error)) from error
    finally:
        _remove(beside.path)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # the folder is gone or forbidden: there is nothing of ours in it
        return


def _sentence(path: Path, error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{path.name} was not written: the disk is full. Free some space and write it again."
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path.name} was not written: {path.parent} may not be written to."
    if number in (errno.ENOENT, errno.ENOTDIR):
        return f"{path.name} was not written: the folder {path.parent} does not exist."
    reason = getattr(error, "strerror", None) or str(error)
    return f"{path.name} was not written: {reason}."
