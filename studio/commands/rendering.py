"""Render the shots of a film, as the studio does, without a window."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.bridge.shooting import kept
from studio.commands.crew import CommandError, Crew
from studio.commands.engines import add_engine, engine_of
from studio.document.film import Film, Shot
from studio.document.ledger import JobRecord, TakeRecord
from studio.document.project_file import Project, ReadOnly, open_project
from studio.document.queries import find_shot, open_jobs


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
        waiting = open_jobs(project.store.ledger)
        if waiting and not arguments.waiting:
            jobs = "1 render waits" if len(waiting) == 1 else f"{len(waiting)} renders wait"
            _say(f"{jobs} from last time; say --waiting to go on with them.")
        shots = _chosen(project.store.film, arguments.shots)
        if arguments.waiting and not arguments.shots:
            under_way = {shot_id for job in waiting for shot_id in job.shots}
            shots = tuple(shot for shot in shots if shot.id not in under_way)
        if not shots and not arguments.waiting:
            _say("Every shot has a take already; name those to render again with --shots.")
            return 0
        failures: list[str] = []
        crew = Crew(project, engine_of(arguments), _say)
        try:
            crew.start()
            for shot in shots:
                with _named(shot.name, failures):
                    _take_in(project, crew, _queued(crew, shot, full=arguments.full))
            if arguments.waiting:
                crew.queue.release()
                for job in waiting:
                    with _named(_name_of(project.store.film, job), failures):
                        _take_in(project, crew, job)
        finally:
            crew.close()
        project.store.wait_saved()
    finally:
        project.close()
    if failures:
        raise CommandError("\n".join(failures))
    return 0


@contextmanager
def _named(name: str, failures: list[str]) -> Iterator[None]:
    """Put a render that fails down by its name: it stops no other."""
    try:
        yield
    except CommandError as error:
        failures.append(f"“{name}” was not rendered: {error}")


def _name_of(film: Film, job: JobRecord) -> str:
    shot = find_shot(film, job.shots[0]) if job.shots else None
    return shot.name if shot is not None else job.label or "A render"


def _queued(crew: Crew, shot: Shot, *, full: bool) -> JobRecord:
    job = crew.shooting.render(shot, full=full)
    if job is None:
        raise CommandError("It could not be queued.")
    return job


def _take_in(project: Project, crew: Crew, job: JobRecord) -> None:
    """Wait for a job, and let its takes stand for shots that have none.

    Raises:
        CommandError: if it failed.
    """
    for take in crew.wait([job])[job.id]:
        shot = find_shot(project.store.film, take.shot_id or "")
        name = "a take" if shot is None else f"“{shot.name}”"
        _say(f"Rendered {name} in {crew.seconds(job):.1f} s: {take.folder}")
        if shot is not None and shot.chosen_take_id is None and take.kind != "still":
            _choose(project, shot, take)


def _choose(project: Project, shot: Shot, take: TakeRecord) -> None:
    project.store.apply(lambda film: kept(film, shot.id, take.id), f"Choose a take of {shot.name}")


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
