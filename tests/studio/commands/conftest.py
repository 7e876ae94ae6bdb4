"""A small film on disk, for the commands that read films."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.document.film import Clip, Media, MediaFacts, MediaSource, Subtitle, new_film
from studio.document.library_changes import add_media
from studio.document.project_file import create_project
from studio.document.titles import GeneratorSource


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small film on disk: bars, and a clip of a file that has no rights note."""
    monkeypatch.setenv("DAILIES_SETTINGS", str(tmp_path / "settings" / "settings.json"))
    made = create_project(tmp_path / "film", new_film("Rain", width=64, height=36))
    media = Media(
        id="m",
        kind="video",
        name="Street",
        path="media/street.mp4",
        sha256="1" * 64,
        facts=MediaFacts(width=64, height=36, frames=99, rate=made.store.film.rate),
    )

    def change(film):
        film = add_media(film, (media,), film.bins[0].id)
        cut = film.timelines[0]
        bars = Clip(id="a", source=GeneratorSource(kind="bars"), start=0, length=6)
        clip = Clip(id="b", source=MediaSource(media_id="m"), start=6, length=6)
        lane = replace(cut.tracks[2], clips=(bars, clip))
        cue = Subtitle(id="s", start=2, end=8, text="It rains.")
        cut = replace(cut, tracks=(*cut.tracks[:2], lane, cut.tracks[3]), subtitles=(cue,))
        return replace(film, timelines=(cut,))

    assert made.store.wait_saved(made.store.apply(change, "Cut"))
    yield made
    made.close()
