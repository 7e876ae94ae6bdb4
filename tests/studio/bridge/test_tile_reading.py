"""Tiles from real files of a film."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engine.errors import EngineError, RequestError
from engine.media import write_film
from studio.bridge.tile_reading import SOUND_HZ, FilmTileReader
from studio.document.film import Media, MediaFacts, new_film
from studio.document.ledger import Ledger


def following(film, folder):
    reader = FilmTileReader(folder)
    reader.follow(film, Ledger())
    return reader


def film_with(tmp_path, **fields):
    path = tmp_path / "media" / "clip.mp4"
    path.parent.mkdir()
    pictures = np.zeros((48, 64, 96, 3), np.uint8)
    pictures[..., 0] = (np.arange(48) * 5)[:, None, None]
    sound = np.full((2, 48_000), 0.25, np.float32)
    write_film(path, pictures, Fraction(24), sound=sound, sample_rate_hz=24_000)
    media = Media(
        id="clip",
        kind="video",
        name="clip",
        path="media/clip.mp4",
        sha256="",
        facts=MediaFacts(
            width=96,
            height=64,
            frames=48,
            rate=Fraction(24),
            samples=48_000,
            sample_rate_hz=24_000,
            channels=2,
        ),
    )
    return replace(new_film("Film"), media=(replace(media, **fields),))


def test_pictures_come_in_any_order(tmp_path):
    reader = following(film_with(tmp_path), tmp_path)
    for picture in (0, 1, 8, 40, 3, 47):
        found = reader.picture("media:clip", picture, 32)
        assert found.shape == (32, 48, 3)
        assert abs(int(found[16, 24, 0]) - picture * 5) < 14


def test_sound_comes_whole(tmp_path):
    whole = following(film_with(tmp_path), tmp_path).sound("media:clip")
    assert whole is not None
    sound, rate_hz = whole
    assert rate_hz == SOUND_HZ
    assert sound.shape[1] == 2
    assert abs(len(sound) - 2 * SOUND_HZ) < SOUND_HZ / 8


def test_what_the_film_does_not_know_is_nothing(tmp_path):
    assert FilmTileReader(tmp_path).picture("media:clip", 0, 32) is None
    assert following(new_film("x"), tmp_path).picture("media:clip", 0, 32) is None
    assert following(new_film("x"), tmp_path).sound("take:none") is None


def test_it_knows_whether_a_file_is_there(tmp_path):
    reader = following(film_with(tmp_path), tmp_path)
    assert reader.is_there("media:clip")
    (tmp_path / "media" / "clip.mp4").unlink()
    assert not reader.is_there("media:clip")
    assert not reader.is_there("take:none")


def test_nothing_is_read_outside_the_folder(tmp_path):
    film = film_with(tmp_path)
    (tmp_path / "film").mkdir()
    strange = replace(film, media=(replace(film.media[0], path="../media/clip.mp4"),))
    assert following(film, tmp_path).picture("media:clip", 0, 32) is not None
    reader = following(strange, tmp_path / "film")
    with pytest.raises(RequestError, match="not a file of the film"):
        reader.picture("media:clip", 0, 32)
    with pytest.raises(RequestError, match="not a file of the film"):
        reader.sound("media:clip")


def test_a_file_that_is_no_film_is_a_sentence(tmp_path):
    film = film_with(tmp_path)
    (tmp_path / "media" / "clip.mp4").write_bytes(b"no film at all")
    with pytest.raises(EngineError):
        following(film, tmp_path).picture("media:clip", 0, 32)
    with pytest.raises(EngineError):
        following(film, tmp_path).sound("media:clip")
