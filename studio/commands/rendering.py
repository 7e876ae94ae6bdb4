"""Render the shots of a film, as the studio does, without a window."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from studio.bridge.shooting import kept
from studio.commands.crew import CommandError, Crew
from studio.commands.engines import add_engine, engine_of
from studio.document.film import Film, Shot
from studio.document.project_file import ReadOnly, open_project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("project", type=Path, metavar="PROJECT", help="the film's folder or file")
    parser.add_argument(
        "--shots", nargs="+", metavar="NAME", help="names of shots; those without a take otherwise"
    )
    parser.add_argument("--full", action="store_true", help="in full rather than as a preview")
    parser.add_argument("--waiting", action="store_true", help="also what waits from last time")
    add_engine(parser)


def run(arguments: argparse.Namespace) -> int:
    """Render; the exit status."""
    project = open_project(arguments.project)
    try:
        if isinstance(project.access, ReadOnly):
            raise CommandError(project.access.sentence)
        shots = _chosen(project.store.film, arguments.shots)
        if not shots and not arguments.waiting:
            _say("Every shot has a take already; name those to render again with --shots.")
            return 0
        crew = Crew(project, engine_of(arguments), _say)
        try:
            crew.start()
            for shot in shots:
                job = crew.shooting.render(shot, full=arguments.full)
                if job is None:
                    raise CommandError(f"“{shot.name}” could not be queued.")
                takes = crew.wait([job])[job.id]
                _say(f"Rendered “{shot.name}” in {crew.seconds(job):.1f} s: {takes[0].folder}")
                if shot.chosen_take_id is None:
                    name = f"Choose a take of {shot.name}"
                    project.store.apply(
                        lambda film, s=shot, t=takes[0]: kept(film, s.id, t.id), name
                    )
            if arguments.waiting:
                crew.queue.release()
                crew.wait_all()
        finally:
            crew.close()
        project.store.wait_saved()
    finally:
        project.close()
    return 0


def _chosen(film: Film, names: list[str] | None) -> tuple[Shot, ...]:
    """The shots of these names, or all that have no take.

    Raises:
        CommandError: if there is no such shot.
    """
    if names is None:
        return tuple(shot for shot in film.shots if shot.chosen_take_id is None)
    known = {shot.name: shot for shot in film.shots}
    for name in names:
        if name not in known:
            listed = ", ".join(known) or "none yet"
            raise CommandError(f"There is no shot “{name}” in the film; its shots are {listed}.")
    return tuple(known[name] for name in names)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
