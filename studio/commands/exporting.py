"""Write the cut of a film into a file: MP4, WAV or PNG pictures."""

from __future__ import annotations

import argparse
import sys
from fractions import Fraction
from pathlib import Path

from studio.commands.crew import CommandError
from studio.commands.delivery import deliver, in_words
from studio.document.project_file import open_project
from studio.document.queries import active_timeline, timeline_end
from studio.document.timebase import FILM_RATES, from_timecode
from studio.export.plan import plan_export


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("project", type=Path, metavar="PROJECT", help="the film's folder or file")
    parser.add_argument("file", type=Path, metavar="FILE", help="ends with .mp4, .wav or .png")
    parser.add_argument("--from", dest="start", metavar="TIMECODE", help="the first frame")
    parser.add_argument("--until", dest="end", metavar="TIMECODE", help="the frame after the last")
    parser.add_argument("--height", type=int, help="of the pictures; the width follows")
    parser.add_argument("--rate", type=_rate, help="pictures a second; the film's own otherwise")
    loudness = parser.add_mutually_exclusive_group()
    loudness.add_argument("--loudness", type=float, metavar="LUFS", help="the film's own otherwise")
    loudness.add_argument("--as-mixed", action="store_true", help="leave the loudness as it is")


def run(arguments: argparse.Namespace) -> int:
    """Export; the exit status."""
    # Read-only, so that it also works while the film is open in the studio.
    project = open_project(arguments.project, read_only=True)
    try:
        film, ledger = project.store.film, project.store.ledger
        timeline = active_timeline(film)
        span = None
        if arguments.start or arguments.end:
            start = from_timecode(arguments.start, film.rate) if arguments.start else 0
            end = timeline_end(timeline)
            span = start, from_timecode(arguments.end, film.rate) if arguments.end else end
        target = film.settings.loudness_lufs if arguments.loudness is None else arguments.loudness
        plan = plan_export(
            film,
            timeline,
            arguments.file,
            span=span,
            height=arguments.height,
            rate=arguments.rate,
            loudness_lufs=None if arguments.as_mixed else target,
        )
        end = deliver(film, ledger, timeline, project.folder, plan, _say)
    finally:
        project.close()
    for note in end.notes:
        _say(note)
    _say(in_words(end))
    return 0


def _rate(text: str) -> Fraction:
    """The rate that ``text`` means: 23.976 is 24000/1001."""
    try:
        wanted = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise CommandError(f"“{text}” is not a number of pictures a second.") from error
    nearest = min(FILM_RATES, key=lambda rate: abs(rate - wanted))
    return nearest if abs(nearest - wanted) < Fraction(1, 100) else wanted


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
