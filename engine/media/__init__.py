"""Media: pictures and sound in files, read and written with limits and without torch."""

from engine.media.animation import FASTEST as FASTEST_GIF
from engine.media.animation import write_gif
from engine.media.audio import correlation, resample
from engine.media.beside import not_written, written_beside
from engine.media.developing import fill
from engine.media.encodings import PRESETS, FilmPreset, can_encode, lacking
from engine.media.film_reader import FilmReader
from engine.media.limits import LIMITS, MediaLimits
from engine.media.loudness_meter import SILENCE_DB, LoudnessMeter, LoudnessReading
from engine.media.pictures import iterate_pictures, key_picture, read_pictures
from engine.media.reader import MediaInfo, probe, read_image
from engine.media.sounds import read_sound
from engine.media.writer import write_film, write_wav

__all__ = [
    "FASTEST_GIF",
    "LIMITS",
    "PRESETS",
    "SILENCE_DB",
    "FilmPreset",
    "FilmReader",
    "LoudnessMeter",
    "LoudnessReading",
    "MediaInfo",
    "MediaLimits",
    "can_encode",
    "correlation",
    "fill",
    "iterate_pictures",
    "key_picture",
    "lacking",
    "not_written",
    "probe",
    "read_image",
    "read_pictures",
    "read_sound",
    "resample",
    "write_film",
    "write_gif",
    "write_wav",
    "written_beside",
]
