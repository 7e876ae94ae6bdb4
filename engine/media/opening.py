"""Opening a media file: local files and known containers only, with a sentence for every failure.

The file is handed to the decoder as an open file, so that no name can reach a network address, a
playlist or a numbered sequence.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from io import BufferedReader
from pathlib import Path

import av
from av.container import InputContainer
from av.error import DecoderNotFoundError
from av.stream import Disposition

from engine.errors import MediaError
from engine.media.limits import LIMITS, MediaLimits

PICTURE_FORMATS = (
    "png_pipe",
    "jpeg_pipe",
    "webp_pipe",
    "bmp_pipe",
    "tiff_pipe",
    "ppm_pipe",
    "qoi_pipe",
)
_FORMATS = (
    *("mov", "mp4", "m4a", "3gp", "matroska", "webm", "avi", "mpegts", "mpeg", "mxf", "flv", "asf"),
    *("gif", "apng", "webp_anim", "ogg", "wav", "w64", "aiff", "caf", "au", "flac", "mp3", "aac"),
    *PICTURE_FORMATS,
)
_SMALL_START_S = Fraction(1, 2)
_TAGGED_DURATION = re.compile(r"(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)")  # Matroska
_OPTIONS = {"format_whitelist": ",".join(_FORMATS), "protocol_whitelist": "file"}

# What goes wrong is said by our own sentences. None also keeps the log out of Python: a decoder's
# own threads would wait there for the interpreter, which waits for them when a file is closed.
av.logging.set_level(None)


class _Nameless:
    """An open file without its name, from which the decoder would guess a sequence of files."""

    def __init__(self, file: BufferedReader) -> None:
        self.read = file.read
        self.seek = file.seek
        self.tell = file.tell


@contextmanager
def open_media(path: Path, limits: MediaLimits = LIMITS) -> Iterator[InputContainer]:
    """The open container of ``path``; whatever fails inside becomes a sentence.

    Raises:
        MediaError: if the file is missing, not media, damaged, or beyond ``limits``.
    """
    path = Path(path)
    _check_file(path, limits)
    with (
        telling(path),
        path.open("rb") as file,
        av.open(_Nameless(file), "r", options=_OPTIONS, metadata_errors="replace") as container,
    ):
        _check_container(path, container, limits)
        yield container


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn what the decoder raises while reading ``path`` into a ``MediaError``."""
    try:
        yield
    except MediaError:
        raise
    except PermissionError as error:
        raise MediaError(f"{path} may not be read: permission is denied.") from error
    except MemoryError as error:
        raise MediaError(f"{path.name} does not fit in memory; read a shorter part.") from error
    except DecoderNotFoundError as error:
        raise MediaError(f"{path.name} uses a codec that cannot be read here.") from error
    except (av.FFmpegError, OSError, ValueError, EOFError) as error:
        if isinstance(error, OSError) and error.errno == errno.EIO:
            raise MediaError(
                f"{path.name} could not be read: the disk reports an error."
            ) from error
        raise MediaError(
            f"{path.name} cannot be read as picture or sound: it is damaged, incomplete, or of a "
            "kind that is not supported."
        ) from error


def _check_file(path: Path, limits: MediaLimits) -> None:
    try:
        if path.is_dir():
            raise MediaError(f"{path} is a folder; choose a file.")
        if not path.exists():
            raise MediaError(f"{path} does not exist.")
        if not path.is_file():
            raise MediaError(f"{path} is not an ordinary file.")
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise MediaError(f"{str(path)[:200]!r} cannot be opened: {reason}.") from error
    if size == 0:
        raise MediaError(f"{path.name} is empty.")
    if size > limits.file_bytes:
        raise MediaError(
            f"{path.name} is {size / 2**30:.1f} GiB large; files up to "
            f"{limits.file_bytes / 2**30:.0f} GiB are read."
        )


def _check_container(path: Path, container: InputContainer, limits: MediaLimits) -> None:
    if len(container.streams) > limits.streams:
        raise MediaError(f"{path.name} has more than {limits.streams} tracks.")
    if container.duration is not None and container.duration > limits.duration_s * 1e6:
        raise MediaError(
            f"{path.name} says it lasts {container.duration / 3.6e9:.1f} hours; files up to "
            f"{limits.duration_s / 3600:.0f} hours are read."
        )
    for stream in container.streams.video:
        if stream.disposition & Disposition.dependent:
            raise MediaError(
                f"{path.name} keeps its picture in pieces, as HEIC photos of phones do, which "
                "cannot be put together here. Save it as JPEG or PNG and take that."
            )
        width, height = stream.codec_context.width, stream.codec_context.height
        if is_image(container) and not width:
            raise MediaError(
                f"{path.name} is damaged, or larger than any picture that is read. Copy it again "
                "from its source, or make a smaller copy and take that."
            )
        check_size(path, width, height, limits)
    for stream in container.streams.audio:
        if stream.channels > limits.channels or stream.rate > limits.sample_rate_hz:
            raise MediaError(f"{path.name} has sound of a kind that is not supported.")


def check_size(path: Path, width: int, height: int, limits: MediaLimits) -> None:
    """Refuse pictures beyond ``limits``; a stream may change its size on the way.

    Raises:
        MediaError: if a picture is too large.
    """
    if width * height > limits.picture_px or max(width, height) > limits.picture_side_px:
        raise MediaError(
            f"{path.name} has pictures of {width}x{height}; up to "
            f"{limits.picture_px / 1e6:.0f} million pixels and {limits.picture_side_px} a side are "
            "read. Make a smaller copy and take that."
        )


def picture_stream(container: InputContainer) -> av.VideoStream | None:
    """The first track of pictures that is not the cover of a song."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic and stream.codec_context.width > 0:
            return stream
    return None


def sound_stream(container: InputContainer) -> av.AudioStream | None:
    """The first track of sound."""
    streams = container.streams.audio
    return streams[0] if streams else None


def is_image(container: InputContainer) -> bool:
    """Whether the file is one picture by its kind."""
    return container.format.name in PICTURE_FORMATS


def stream_rate(stream: av.VideoStream) -> Fraction:
    """Pictures a second; 24 where a file says nothing sensible."""
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate is not None and 0 < rate <= 1000:
            return Fraction(rate)
    return Fraction(24)


def start_of(container: InputContainer) -> Fraction:
    """The time stamp that counts as the beginning, in seconds.

    Broadcast streams begin anywhere. A small or negative start is a track's own delay and is kept,
    so that picture and sound stay together.
    """
    start = Fraction(container.start_time or 0, 10**6)
    return start if start >= _SMALL_START_S else Fraction(0)


def stated_end(
    container: InputContainer, stream: av.VideoStream | av.AudioStream
) -> Fraction | None:
    """When a track ends by the file's own words, in seconds; None where it says nothing."""
    if is_image(container):
        return None
    if stream.duration is not None and stream.time_base is not None:
        return ((stream.start_time or 0) + stream.duration) * stream.time_base - start_of(container)
    tagged = _TAGGED_DURATION.fullmatch(stream.metadata.get("DURATION", ""))
    if tagged is not None:
        hours, minutes, seconds = (Fraction(part) for part in tagged.groups())
        return 3600 * hours + 60 * minutes + seconds
    if container.duration is not None and len(container.streams) == 1:
        return Fraction(container.duration, 10**6)
    return None
