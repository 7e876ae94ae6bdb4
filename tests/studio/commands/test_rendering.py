"""`dailies render`: what it makes, and what waits from a render that was stopped."""

from __future__ import annotations

from contextlib import closing

import pytest

from studio.__main__ import main
from studio.backends import build_backend
from studio.commands.crew import Crew
from studio.document.film import Shot, new_film
from studio.document.project_file import create_project, open_project
from studio.document.queries import open_jobs, shot_state
from studio.document.shot_changes import add_shots


@pytest.fixture
def stopped(tmp_path):
    """A film of two shots, the render of the first of which was stopped before it began."""
    shots = tuple(Shot(id=name, name=name, prompt="A ball falls.") for name in ("one", "two"))
    with closing(create_project(tmp_path / "film", new_film("Rain"))) as project:
        project.store.apply(lambda film: add_shots(film, shots), "Add shots")
        crew = Crew(project, build_backend("scripted"), lambda _line: None)
        crew.shooting.render(shots[0])
        crew.close()
    return tmp_path / "film"


def states(folder) -> list[str]:
    with closing(open_project(folder, read_only=True)) as project:
        film, ledger = project.store.film, project.store.ledger
        return [shot_state(film, ledger, shot) for shot in film.shots]


def test_what_waits_is_gone_on_with_and_stands_for_its_shot(stopped, capsys):
    assert states(stopped) == ["queued", "draft"]
    assert main(["render", str(stopped), "--backend", "scripted", "--waiting"]) == 0
    assert states(stopped) == ["preview", "preview"]
    said = capsys.readouterr().out
    assert said.count("Rendered “one”") == said.count("Rendered “two”") == 1
    with closing(open_project(stopped, read_only=True)) as project:
        assert len(project.store.film.timelines[0].tracks[2].clips) == 2


def test_what_waits_is_said_where_it_is_left(stopped, capsys):
    assert main(["render", str(stopped), "--backend", "scripted", "--shots", "two"]) == 0
    assert "1 render waits from last time; say --waiting" in capsys.readouterr().out
    with closing(open_project(stopped, read_only=True)) as project:
        assert len(open_jobs(project.store.ledger)) == 1
    assert states(stopped) == ["queued", "preview"]


def test_a_shot_that_cannot_be_rendered_is_named_and_stops_no_other(tmp_path, capsys):
    prompts = {"one": "", "two": "A ball falls."}
    shots = tuple(Shot(id=name, name=name, prompt=words) for name, words in prompts.items())
    with closing(create_project(tmp_path / "film", new_film("Rain"))) as project:
        project.store.apply(lambda film: add_shots(film, shots), "Add shots")
    assert main(["render", str(tmp_path / "film"), "--backend", "scripted"]) == 1
    said = capsys.readouterr()
    assert "“one” was not rendered: The prompt is empty." in said.err
    assert "Rendered “two”" in said.out
    assert states(tmp_path / "film") == ["failed", "preview"]
