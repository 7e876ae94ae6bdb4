"""The demo film: three shots made, kept, upgraded, edited, cut together and exported by itself."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from engine.api import Backend, Capabilities, Edit
from studio.bridge.delivering import ExportWish, delivery_of
from studio.commands.crew import CommandError, Crew
from studio.commands.delivery import deliver, in_words
from studio.commands.engines import add_engine, engine_of
from studio.commands.importing import bring_in
from studio.document.film import Film, MediaSource, Shot, ShotReference, new_film, new_id
from studio.document.ledger import JobRecord, TakeRecord
from studio.document.project_file import Project, create_project
from studio.document.queries import active_timeline, best_upgrade, find_shot
from studio.document.shot_changes import add_reference, add_shots
from studio.export.exporter import ExportFinished
from studio.export.presets import MP4, preset_for
from studio.export.targets import check_target

REFERENCE = Path(__file__).parent.parent / "assets" / "demo" / "pumpkin.png"
TAG = "Pumpkin"
INSTRUCTION = "make it nighttime"
LEAST_S = 6


@dataclass(frozen=True)
class Idea:
    """A shot of the demo before it is made; ``edit`` is what is changed of it afterwards."""

    name: str
    prompt: str
    seed: int
    with_reference: bool = False
    edit: str = ""


IDEAS = (
    Idea("Ball", "A red rubber ball drops and bounces in the park by day, static camera", 11),
    Idea(
        "Pumpkin",
        f"The orange pumpkin @{TAG} drops and bounces on the beach at sunset, static camera",
        23,
        with_reference=True,
    ),
    Idea(
        "Bell",
        "A yellow metal bell drops to the ground in the street by day, static camera",
        37,
        edit=INSTRUCTION,
    ),
)


@dataclass
class Diary:
    """What was done and how long it took, told as it happens."""

    began_s: float = field(default_factory=time.monotonic)
    steps: list[dict[str, object]] = field(default_factory=list[dict[str, object]])

    def say(self, line: str) -> None:
        """Tell the person who waits, with the time since the beginning."""
        passed_s = time.monotonic() - self.began_s
        sys.stdout.write(f"[{passed_s:6.1f} s] {line}\n")
        sys.stdout.flush()

    def note(self, what: str, seconds: float) -> None:
        """Tell, and remember for the report, that something is done."""
        self.steps.append({"what": what, "seconds": round(seconds, 3)})
        self.say(f"{what} ({seconds:.1f} s)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("--export", type=Path, required=True, metavar="FILE", help="the film, .mp4")
    parser.add_argument("--json", type=Path, metavar="FILE", help="a report of it, as JSON")
    add_engine(parser)
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="keep the film here, to open in the studio"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the demo film; the exit status."""
    target: Path = arguments.export
    if preset_for(target) is not MP4:
        raise CommandError("The demo film is exported as .mp4.")
    check_target(target)  # before minutes are spent on it
    diary = Diary()
    with _film_folder(arguments.folder) as folder:
        diary.say(f"Making a film of {len(IDEAS)} shots with the {arguments.backend} engine.")
        end = make(folder, target, engine_of(arguments), diary)
    for note in end.notes:
        diary.say(note)
    diary.say(in_words(end))
    if arguments.json is not None:
        _write_report(arguments.json, report(end, arguments.backend, diary))
    return 0


def make(folder: Path, target: Path, backend: Backend, diary: Diary) -> ExportFinished:
    """Make the film in ``folder`` and export it to ``target``.

    Raises:
        CommandError: if a render or the export failed; nothing is left at ``target``.
    """
    project = create_project(folder, new_film("Demo film"))
    try:
        began_s = time.monotonic()
        shots = prepare(project, backend.capabilities())
        diary.note(f"Wrote {len(shots)} shots and brought in a reference", _since(began_s))
        crew = Crew(project, backend, diary.say)
        try:
            crew.start()
            _shoot(project, crew, shots, diary)
        finally:
            crew.close()
        return _export(project, target, diary)
    finally:
        project.close()


def prepare(project: Project, capabilities: Capabilities) -> tuple[Shot, ...]:
    """Put the shots and the reference into an empty film, nothing rendered yet."""
    store = project.store
    picture = bring_in(project, REFERENCE)
    shots = tuple(_shot(idea, capabilities) for idea in IDEAS)
    store.apply(lambda film: add_shots(film, shots), "Add shots")
    for shot, idea in zip(shots, IDEAS, strict=True):
        if idea.with_reference:
            reference = ShotReference(
                id=new_id(), source=MediaSource(media_id=picture.id), role="subject", tag=TAG
            )
            store.apply(lambda film, s=shot, r=reference: add_reference(film, s.id, r), "Add @")
    return tuple(_found(store.film, shot.id) for shot in shots)


def report(end: ExportFinished, backend: str, diary: Diary) -> dict[str, object]:
    """The film in figures, for a machine to read."""
    loudness = end.loudness
    return {
        "file": str(end.path),
        "backend": backend,
        "shots": len(IDEAS),
        "duration_s": end.duration_s,
        "frames": end.frames,
        "width": end.width,
        "height": end.height,
        "bytes": end.file_bytes,
        "loudness_lufs": None if loudness is None else round(loudness.lufs, 2),
        "true_peak_db": None if loudness is None else round(loudness.true_peak_db, 2),
        "notes": list(end.notes),
        "steps": diary.steps,
        "total_s": round(_since(diary.began_s), 3),
    }


def _shot(idea: Idea, capabilities: Capabilities) -> Shot:
    rate = Fraction(12) if Fraction(12) in capabilities.rates else capabilities.rates[0]
    enough = [n for n in capabilities.frames if n / rate * len(IDEAS) >= LEAST_S]
    return Shot(
        id=new_id(),
        name=idea.name,
        prompt=idea.prompt,
        frames=enough[0] if enough else capabilities.frames[-1],
        rate=rate,
        seed=idea.seed,
        seed_policy="lock",
    )


def _shoot(project: Project, crew: Crew, shots: tuple[Shot, ...], diary: Diary) -> None:
    """Preview and keep each shot, upgrade them all, and edit those that ask for it."""
    previews = [(shot, _queued(crew.shooting.render(shot))) for shot in shots]
    for shot, job in previews:
        (take,) = crew.wait([job])[job.id]
        diary.note(f"Previewed “{shot.name}”", crew.seconds(job))
        _keep(project, crew, shot, take)
        diary.say("Kept it; it is upgraded in the background and stands in the cut.")
    _upgrade_all(project.store.film, crew, diary)
    for shot, idea in zip(shots, IDEAS, strict=True):
        if idea.edit:
            _edit(project, crew, shot, idea.edit, diary)


def _edit(project: Project, crew: Crew, shot: Shot, instruction: str, diary: Diary) -> None:
    chosen = _found(project.store.film, shot.id).chosen_take_id
    take = best_upgrade(project.store.ledger, chosen or "")
    if take is None:
        raise CommandError(f"“{shot.name}” has no take to edit.")
    job = _queued(crew.shooting.edit(take, Edit(source="", instruction=instruction)))
    (child,) = crew.wait([job])[job.id]
    diary.note(f"Edited “{shot.name}”: {instruction}", crew.seconds(job))
    _keep(project, crew, shot, child)
    _upgrade_all(project.store.film, crew, diary)


def _keep(project: Project, crew: Crew, shot: Shot, take: TakeRecord) -> None:
    crew.shooting.keep(_found(project.store.film, shot.id), take)


def _upgrade_all(film: Film, crew: Crew, diary: Diary) -> None:
    """Wait for the full renders that keeping has queued."""
    jobs = [job for job in crew.queue.jobs() if job.is_open]
    for job in jobs:
        crew.wait([job])
        shot = find_shot(film, job.shot_id or "")
        diary.note(f"Upgraded “{shot.name if shot else 'a take'}” to full", crew.seconds(job))


def _export(project: Project, target: Path, diary: Diary) -> ExportFinished:
    project.store.wait_saved()
    film, ledger = project.store.film, project.store.ledger
    timeline = active_timeline(film)
    wish = ExportWish(path=target, part="marked", replaces=True)
    delivery = delivery_of(film, ledger, timeline, project.folder, wish)
    diary.say(f"Exporting {float(delivery.plan.duration_s):.2f} s of film.")
    end = deliver(delivery, diary.say)
    diary.note("Exported the film", end.took_s)
    return end


def _found(film: Film, shot_id: str) -> Shot:
    shot = find_shot(film, shot_id)
    if shot is None:
        raise CommandError("A shot is no longer in the film.")
    return shot


def _queued(job: JobRecord | None) -> JobRecord:
    if job is None:
        raise CommandError("A render could not be queued.")
    return job


@contextmanager
def _film_folder(folder: Path | None) -> Iterator[Path]:
    """The film's folder: the one asked for, or one that is gone afterwards."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="dailies-demo-") as name:
        yield Path(name) / "Demo film"


def _write_report(path: Path, figures: dict[str, object]) -> None:
    try:
        path.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} could not be written: {error.strerror or error}.") from error


def _since(began_s: float) -> float:
    return time.monotonic() - began_s
