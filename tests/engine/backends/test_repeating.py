"""An upgrade is made from all that its preview was made from, which is looked at again."""

from __future__ import annotations

import dataclasses
import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine import api
from engine.backends.repeating import hash_sources
from engine.backends.scripted import ScriptedBackend
from engine.backends.take_files import LATENTS_NAME
from engine.media import write_film
from tests.engine.backends.contract import park_after, picture_file, render, run, small_request
from tests.engine.tiny_model import tiny_backend

FULL = api.Quality(mode="full", steps=2)


@pytest.fixture(params=[ScriptedBackend, tiny_backend])
def backend(request):
    return request.param()


@pytest.fixture
def request_(backend):
    return small_request(backend, quality=api.Quality(mode="fast", steps=2))


def film_file(folder: Path, grey: int = 90) -> Path:
    path = folder / "street.mkv"
    pictures = np.full((12, 32, 32, 3), grey, np.uint8)
    write_film(path, pictures, Fraction(12), preset="take")
    return path


def shown(request_, folder: Path) -> api.ShotRequest:
    """The request, shown a picture in ``folder``."""
    reference = api.Reference(
        kind="image", role="first_frame", source=str(picture_file(folder)), tag="ava"
    )
    return dataclasses.replace(request_, references=(reference,))


def full_of(request_, take: api.Take) -> api.ShotRequest:
    task = api.Upgrade(source=take.folder)
    return dataclasses.replace(request_, quality=FULL, task=task, references=())


def edit_of(request_, source: Path | str) -> api.ShotRequest:
    edit = api.Edit(source=str(source), instruction="make it nighttime")
    return dataclasses.replace(request_, task=edit)


def refused(backend, request) -> str:
    findings = backend.preflight(request)
    return " ".join(one.sentence for one in findings if one.level == "refused")


def failure(backend, request, folder) -> str:
    last = run(backend, request, folder)[-1]
    assert isinstance(last, api.Failed)
    return last.sentence


def test_what_a_preview_was_made_from_and_is_gone_is_named_before_its_full_render(
    backend, request_, tmp_path
):
    film, asked = film_file(tmp_path), shown(request_, tmp_path)
    (edited,) = render(backend, edit_of(asked, film), tmp_path / "edited")
    (preview,) = render(backend, asked, tmp_path / "preview")
    assert refused(backend, full_of(request_, edited)) == ""
    film.unlink()
    assert refused(backend, full_of(request_, edited)) == f"{film} is not there."
    assert refused(backend, full_of(request_, preview)) == ""
    (tmp_path / "ava.png").unlink()
    assert "ava" in refused(backend, full_of(request_, preview))


def test_a_file_that_the_task_has_no_use_for_may_be_gone(backend, request_, tmp_path):
    asked = edit_of(shown(request_, tmp_path), film_file(tmp_path))
    (tmp_path / "ava.png").unlink()
    (take,) = render(backend, asked, tmp_path / "take")
    assert len(take.recipe.references) == 1


def test_a_full_render_of_what_has_changed_since_its_preview_is_refused(
    backend, request_, tmp_path
):
    film = film_file(tmp_path)
    (preview,) = render(backend, edit_of(request_, film), tmp_path / "preview")
    film_file(tmp_path, grey=30)
    said = failure(backend, full_of(request_, preview), tmp_path / "full")
    assert said.startswith(f"{film} has changed since the preview was made")


def touched(path):
    path.write_bytes(path.read_bytes() + b"\x00")


def test_a_take_whose_media_were_decoded_again_is_the_take_that_a_preview_was_made_from(
    backend, request_, tmp_path
):
    """As by another version of the codecs' library, which writes the same take in other bytes."""
    (take,) = render(backend, request_, tmp_path / "take")
    (preview,) = render(backend, edit_of(request_, take.folder), tmp_path / "preview")
    touched(Path(take.picture))
    touched(Path(take.sound))
    (made,) = render(backend, full_of(request_, preview), tmp_path / "full")
    assert made.frames == take.frames
    (Path(take.folder) / LATENTS_NAME).unlink()
    said = failure(backend, full_of(request_, preview), tmp_path / "none")
    assert said.startswith(f"{take.folder} has changed since the preview was made")


def test_a_take_of_other_latents_is_another_take(backend, request_, tmp_path):
    (take,) = render(backend, request_, tmp_path / "take")
    (preview,) = render(backend, edit_of(request_, take.folder), tmp_path / "preview")
    other = dataclasses.replace(request_, seed=99)
    render(backend, other, tmp_path / "take")
    said = failure(backend, full_of(request_, preview), tmp_path / "full")
    assert said.startswith(f"{take.folder} has changed since the preview was made")


def test_an_edit_is_made_from_the_latents_of_its_source_too(request_, backend, tmp_path):
    (take,) = render(backend, request_, tmp_path / "take")
    before = hash_sources(edit_of(request_, take.folder))
    latents = Path(take.folder) / LATENTS_NAME
    latents.write_bytes(latents.read_bytes()[:-1] + b"\x01")
    assert before != hash_sources(edit_of(request_, take.folder))
    latents.unlink()
    assert len(hash_sources(edit_of(request_, take.folder))) == len(before) - 1


def test_takes_that_were_moved_with_their_files_are_rendered_in_full(backend, request_, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    first = shown(request_, old)
    (take,) = render(backend, first, old / "takes" / "one")
    (night,) = render(backend, edit_of(first, take.folder), old / "takes" / "two")
    shutil.copytree(old, new)
    (old / "ava.png").write_bytes(b"another")
    shutil.rmtree(old / "takes")
    moved = dataclasses.replace(night, folder=str(new / Path(night.folder).relative_to(old)))
    full = full_of(request_, moved)
    assert refused(backend, full) == ""
    (made,) = render(backend, full, new / "takes" / "three")
    assert str(old) not in "".join(one.source for one in made.recipe.references)
    assert backend.decode(Path(moved.folder)).frames == night.frames


def test_a_render_whose_first_take_is_gone_does_not_begin_to_go_on(tmp_path):
    backend = tiny_backend()
    quality = api.Quality(mode="fast", steps=2)
    two = small_request(backend, quality=quality, variations=2)
    parked = run(backend, two, tmp_path, on_event=park_after(3))[-1]
    assert isinstance(parked, api.Parked)
    (tmp_path / api.take_name(0, 0) / "sound.wav").unlink()
    # Who was refused before anything began renders anew; who had begun would fail each time.
    (failed,) = run(backend, two, tmp_path, resume=parked.checkpoint)
    assert isinstance(failed, api.Failed)
    assert "is missing" in failed.sentence


def test_files_that_stayed_where_they_were_are_found_by_takes_that_moved(
    backend, request_, tmp_path
):
    (take,) = render(backend, shown(request_, tmp_path), tmp_path / "takes" / "one")
    apart = tmp_path / "elsewhere" / "far" / "away"
    shutil.copytree(take.folder, apart)
    full = full_of(request_, dataclasses.replace(take, folder=str(apart)))
    assert refused(backend, full) == ""
