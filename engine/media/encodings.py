"""The encodings of a film: containers, codecs and how they are set, and which can be used here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import av
from av.codec import Codec

# The AV1 encoder writes a page about itself to the console otherwise. It is read when it starts.
os.environ.setdefault("SVT_LOG", "1")


@dataclass(frozen=True, kw_only=True)
class FilmPreset:
    """How a film is encoded.

    Attributes:
        sound_format: in which samples reach the encoder: ``fltp``, ``flt``, or ``s32`` for whole
            numbers of 24 bits.
        codec_tag: four letters by which players know the codec, where the usual ones differ.
        has_timecode: whether the container has a track of timecode.
        least_px: width and height below which the encoder takes no picture.
    """

    container: str
    picture_codec: str
    pixel_format: str
    sound_codec: str
    sound_format: str
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)
    sound_bits_per_s: int = 0
    codec_tag: str = ""
    has_timecode: bool = False
    least_px: tuple[int, int] = (2, 2)

    @property
    def is_yuv(self) -> bool:
        """Whether it holds luma and chroma after BT.709, in limited range."""
        return self.pixel_format.startswith("yuv")

    @property
    def sides_px(self) -> tuple[int, int]:
        """What width and height must be multiples of."""
        chroma = self.pixel_format[3:6]
        return (2 if chroma in ("420", "422") else 1, 2 if chroma == "420" else 1)


_BITEXACT = {"fflags": "+bitexact"}
_FAST_START = {"movflags": "+faststart", **_BITEXACT}

# For people: plays everywhere. Colours are tagged, so that no player has to guess.
_MP4 = FilmPreset(
    container="mp4",
    picture_codec="libx264",
    pixel_format="yuv420p",
    sound_codec="aac",
    sound_format="fltp",
    options={"crf": "15", "preset": "medium"},
    container_options=_FAST_START,
    sound_bits_per_s=256_000,
)
_HEVC = replace(
    _MP4,
    picture_codec="libx265",
    options={"crf": "18", "preset": "medium", "x265-params": "log-level=none"},
    codec_tag="hvc1",
    least_px=(32, 32),
)
# Ten bits cost AV1 little and keep skies free of bands; every decoder of its main profile has them.
_AV1 = replace(
    _MP4,
    picture_codec="libsvtav1",
    pixel_format="yuv420p10le",
    options={"preset": "8", "crf": "24", "g": "120"},
    least_px=(64, 64),
)
# For the web.
_VP9 = replace(
    _MP4,
    container="webm",
    picture_codec="libvpx-vp9",
    options={"crf": "22", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"},
    container_options=_BITEXACT,
)
# For other editors: every picture by itself, sound untouched.
_PRORES = FilmPreset(
    container="mov",
    picture_codec="prores_ks",
    pixel_format="yuv422p10le",
    sound_codec="pcm_s24le",
    sound_format="s32",
    options={"profile": "standard", "vendor": "apl0"},
    container_options={"movflags": "+faststart+write_colr", **_BITEXACT},
    has_timecode=True,
)
_DNXHR = replace(
    _PRORES,
    picture_codec="dnxhd",
    pixel_format="yuv422p",
    options={"profile": "dnxhr_hq"},
    least_px=(256, 120),
)
# For keeping: every pixel and every sample comes back as it was.
_TAKE = FilmPreset(
    container="matroska",
    picture_codec="ffv1",
    pixel_format="bgr0",
    sound_codec="pcm_f32le",
    sound_format="flt",
    options={"level": "3", "slicecrc": "1", "g": "1"},
    container_options=_BITEXACT,
)


def _with_opus(how: FilmPreset) -> FilmPreset:
    return replace(how, sound_codec="libopus", sound_format="flt", sound_bits_per_s=192_000)


PRESETS: dict[str, FilmPreset] = {
    "mp4": _MP4,
    "h264-opus": _with_opus(_MP4),
    "hevc": _HEVC,
    "hevc-opus": _with_opus(_HEVC),
    "av1": _AV1,
    "av1-opus": _with_opus(_AV1),
    "prores": _PRORES,
    "dnxhr": _DNXHR,
    "webm": _with_opus(_VP9),
    "webm-av1": _with_opus(replace(_AV1, container="webm", container_options=_BITEXACT)),
    "take": _TAKE,
}

_NAMES: Mapping[str, str] = {
    "libx264": "H.264",
    "libx265": "HEVC",
    "libsvtav1": "AV1",
    "libvpx-vp9": "VP9",
    "prores_ks": "ProRes",
    "dnxhd": "DNxHR",
    "aac": "AAC",
    "libopus": "Opus",
    "gif": "GIF",
}


@cache
def can_encode(codec: str) -> bool:
    """Whether the media library of this installation has the encoder ``codec``."""
    try:
        return bool(Codec(codec, "w").is_encoder)
    except (av.FFmpegError, ValueError):
        return False


def lacking(how: FilmPreset) -> tuple[str, ...]:
    """What this installation cannot encode of ``how``, by the names that people know."""
    codecs = (how.picture_codec, how.sound_codec)
    return tuple(_NAMES.get(codec, codec) for codec in codecs if not can_encode(codec))
