"""Write the cut of a film into a file: media, a cut for another program, or subtitles."""

from __future__ import annotations

import argparse
import sys
from fractions import Fraction
from functools import partial
from pathlib import Path

from studio.bridge.delivering import ExportWish, Part, delivery_of
from studio.bridge.signing import Signer
from studio.commands.crew import CommandError
from studio.commands.delivery import deliver, in_words
from studio.commands.heeding import require_heeded
from studio.document.film import Film, Timeline
from studio.document.project_file import open_project
from studio.document.queries import active_timeline, is_marked, play_range, timeline_end
from studio.document.timebase import FILM_RATES, from_timecode
from studio.export.credentials_certificate import load_identity
from studio.export.interchange_handing import SUFFIXES, hand_over, is_handed_over
from studio.export.plan import TRUE_PEAK_DB
from studio.export.presets import PRESETS

_ENDINGS = tuple(dict.fromkeys((*(preset.suffix for preset in PRESETS.values()), *SUFFIXES)))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("project", type=Path, metavar="PROJECT", help="the film's folder or file")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help=f"ends with one of {', '.join(_ENDINGS)}"
    )
    parser.add_argument(
        "--preset", metavar="NAME", help=f"one of {', '.join(PRESETS)}; by FILE's ending otherwise"
    )
    parser.add_argument("--replace", action="store_true", help="FILE may be there, and goes")
    parser.add_argument(
        "--range", metavar="FROM-UNTIL", help="timecodes, such as 00:00:01:00-00:00:03:12"
    )
    parser.add_argument("--from", dest="start", metavar="TIMECODE", help="the first frame")
    parser.add_argument("--until", dest="end", metavar="TIMECODE", help="the frame after the last")
    parser.add_argument(
        "--takes",
        action="store_true",
        help="of a cut: write its takes beside it as ProRes films, which other programs read",
    )
    parser.add_argument("--timeline", metavar="NAME", help="the open one otherwise")
    parser.add_argument("--width", type=int, help="of the pictures; the height follows")
    parser.add_argument("--height", type=int, help="of the pictures; the width follows")
    parser.add_argument("--rate", type=_rate, help="pictures a second; the film's own otherwise")
    parser.add_argument(
        "--finish", action="store_true", help="enlarge by the finishing network (extra “finish”)"
    )
    loudness = parser.add_mutually_exclusive_group()
    loudness.add_argument("--loudness", type=float, metavar="LUFS", help="the film's own otherwise")
    loudness.add_argument("--as-mixed", action="store_true", help="leave the loudness as it is")
    parser.add_argument(
        "--burn-in", action="store_true", help="paint the subtitles into the pictures"
    )
    parser.add_argument(
        "--sign",
        action="store_true",
        help="put content credentials in; without --certificate, with that of the settings or one "
        "made on this machine",
    )
    parser.add_argument("--certificate", type=Path, metavar="PEM", help="your own, with its chain")
    parser.add_argument("--key", type=Path, metavar="PEM", help="of --certificate")
    parser.add_argument(
        "--true-peak", type=float, default=TRUE_PEAK_DB, metavar="DBTP", help="ceiling of the sound"
    )


def run(arguments: argparse.Namespace) -> int:
    """Export; the exit status."""
    # Read-only, so that it also works while the film is open in the studio.
    project = open_project(arguments.project, read_only=True)
    try:
        film, ledger = project.store.film, project.store.ledger
        if arguments.file.is_file() and not arguments.replace:
            raise CommandError(f"{arguments.file} exists already; name another, or say --replace.")
        if arguments.file.suffix.lower() not in _ENDINGS:
            raise CommandError(
                f"“{arguments.file.name}” does not say what to export; end it with one of "
                f"{', '.join(_ENDINGS)}."
            )
        require_heeded(arguments)
        timeline = _timeline(film, arguments.timeline)
        if is_handed_over(arguments.file):
            for loss in hand_over(
                film,
                ledger,
                timeline,
                project.folder,
                arguments.file,
                span=_lettered(arguments, film, timeline),
                with_takes=arguments.takes,
                tell=lambda name: _say(f"  {name}"),
            ):
                _say(loss)
            _say(f"{arguments.file}: written.")
            return 0
        signer = _signer(arguments)
        wish = ExportWish(
            path=arguments.file,
            preset=arguments.preset,
            part=_part(arguments, film, timeline),
            width=arguments.width,
            height=arguments.height,
            rate=arguments.rate,
            loudness_lufs=arguments.loudness,
            as_mixed=arguments.as_mixed,
            true_peak_db=arguments.true_peak,
            finished=arguments.finish,
            burn_in=arguments.burn_in,
            signed=arguments.sign or arguments.certificate is not None,
            replaces=arguments.replace,
        )
        end = deliver(delivery_of(film, ledger, timeline, project.folder, wish, signer), _say)
    finally:
        project.close()
    for note in end.notes:
        _say(note)
    _say(in_words(end))
    return 0


def _lettered(
    arguments: argparse.Namespace, film: Film, timeline: Timeline
) -> tuple[int, int] | None:
    """The frames of subtitles: those that a film of the same words has. ``None`` is all."""
    part = _part(arguments, film, timeline)
    if isinstance(part, tuple):
        return part
    return play_range(timeline) if is_marked(timeline) else None


def _timeline(film: Film, name: str | None) -> Timeline:
    if name is None:
        return active_timeline(film)
    for timeline in film.timelines:
        if timeline.name == name:
            return timeline
    names = ", ".join(f"“{timeline.name}”" for timeline in film.timelines)
    raise CommandError(f"The film has no timeline “{name}”; it has {names}.")


def _part(arguments: argparse.Namespace, film: Film, timeline: Timeline) -> Part:
    """The frames that are asked for, or what the film marks."""
    start, end = arguments.start, arguments.end
    if arguments.range:
        if start or end:
            raise CommandError("Say --range, or --from and --until, but not both.")
        start, _, end = arguments.range.partition("-")
        if not start or not end:
            raise CommandError("A range is two timecodes, such as 00:00:01:00-00:00:03:12.")
    if not start and not end:
        return "marked"
    first = from_timecode(start, film.rate) if start else 0
    return first, from_timecode(end, film.rate) if end else timeline_end(timeline)


def _signer(arguments: argparse.Namespace) -> Signer | None:
    """Who signs the film: the owner of a certificate; ``None`` leaves it to the settings."""
    if not arguments.certificate and not arguments.key:
        return None
    if not (arguments.certificate and arguments.key):
        raise CommandError("--certificate and --key belong together; name both.")
    return partial(load_identity, arguments.certificate, arguments.key)


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
