"""What a media file holds, and its pictures and sound as arrays.

Shape letters: H height, W width.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np
from av.container import InputContainer

from engine.errors import MediaError
from engine.media.limits import LIMITS, MediaLimits
from engine.media.opening import (
    is_image,
    open_media,
    picture_stream,
    sound_stream,
    stated_end,
    stream_rate,
)
from engine.media.pictures import iterate_pictures, read_pictures
from engine.media.seeking import check_stamps
from engine.media.sounds import read_sound

__all__ = [
    "MediaInfo",
    "iterate_pictures",
    "probe",
    "read_image",
    "read_pictures",
    "read_sound",
]


@dataclass(frozen=True, kw_only=True)
class MediaInfo:
    """What a file says about itself.

    Attributes:
        kind: one picture, pictures in time (with or without sound), or sound alone.
        width: of the upright picture in pixels; 0 for sound.
        height: likewise.
        frames: pictures; 1 for an image, 0 for sound. From the length where the file has no count.
        rate: pictures a second; 0 for images and sound.
        duration_s: length in seconds; 0 for an image.
        has_audio: whether there is a sound track.
        sample_rate_hz: of the sound track; 0 without one.
        channels: of the sound track; 0 without one.
        picture_codec: name of the picture's codec, or empty.
        sound_codec: name of the sound's codec, or empty.
    """

    kind: Literal["image", "video", "audio"]
    width: int
    height: int
    frames: int
    rate: Fraction
    duration_s: float
    has_audio: bool
    sample_rate_hz: int
    channels: int
    picture_codec: str
    sound_codec: str


def probe(path: Path, *, limits: MediaLimits = LIMITS) -> MediaInfo:
    """What ``path`` holds. Decodes one picture, to know that it can be and which way is up.

    Raises:
        MediaError: if it is no readable media file.
    """
    path = Path(path)
    with open_media(path, limits) as container:
        check_stamps(path, container)
        pictures, sound = picture_stream(container), sound_stream(container)
        if pictures is None and sound is None:
            raise MediaError(f"{path.name} has neither picture nor sound.")
        info = MediaInfo(
            kind="audio",
            width=0,
            height=0,
            frames=0,
            rate=Fraction(0),
            duration_s=_duration_s(container, pictures or sound),
            has_audio=sound is not None,
            sample_rate_hz=sound.rate if sound else 0,
            channels=sound.channels if sound else 0,
            picture_codec=pictures.codec_context.name if pictures else "",
            sound_codec=sound.codec_context.name if sound else "",
        )
        if pictures is None:
            return info
        return _with_pictures(path, container, pictures, info)


def _with_pictures(
    path: Path, container: InputContainer, stream: av.VideoStream, sound: MediaInfo
) -> MediaInfo:
    frame = next(iter(container.decode(stream)), None)
    if frame is None:
        raise MediaError(f"{path.name} has no picture that can be read.")
    width, height = frame.width, frame.height
    if frame.rotation % 180:
        width, height = height, width
    rate = stream_rate(stream)
    frames = stream.frames or max(1, round(sound.duration_s * rate))
    one = is_image(container) or (frames == 1 and not sound.has_audio)
    return MediaInfo(
        kind="image" if one else "video",
        width=width,
        height=height,
        frames=1 if one else frames,
        rate=Fraction(0) if one else rate,
        duration_s=0.0 if one else sound.duration_s or float(frames / rate),
        has_audio=sound.has_audio,
        sample_rate_hz=sound.sample_rate_hz,
        channels=sound.channels,
        picture_codec=sound.picture_codec,
        sound_codec=sound.sound_codec,
    )


def _duration_s(container: InputContainer, stream: av.VideoStream | av.AudioStream | None) -> float:
    end = None if stream is None else stated_end(container, stream)
    return (container.duration or 0) / 1e6 if end is None else float(end)


def read_image(
    path: Path,
    width: int | None = None,
    height: int | None = None,
    *,
    limits: MediaLimits = LIMITS,
) -> np.ndarray:
    """An image file, or the first picture of a film, as uint8 (H, W, 3), RGB.

    Scaled and cropped about the centre to fill the size where one is given. Transparent parts
    lie over a middle grey.

    Raises:
        MediaError: if it cannot be read or has no picture.
    """
    return read_pictures(path, width=width, height=height, frames=1, limits=limits)[0]
