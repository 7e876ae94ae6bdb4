"""The engine's command line: ``python -m engine COMMAND``.

Every command ends in one sentence on stderr and an exit code other than 0 when it cannot do what
was asked: 1 for what went wrong, 2 for a mistake in the command itself, 130 for Ctrl+C.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from engine.arguments import Parser, check_report
from engine.commands.console import say, write_json
from engine.errors import EngineError
from engine.whole_files import refuse_unwritable

COMMANDS = (
    "generate",
    "upgrade",
    "edit",
    "sequence",
    "extend",
    "train",
    "presets",
    "world",
    "score",
    "bench",
    "average",
    "ship",
)
_STOPPED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if words[:1] == ["score"]:
            return _score(words[1:])
        args = _parser().parse_args(words)
        return _run(args.run, args)
    except KeyboardInterrupt as stop:
        say(str(stop) or "Stopped; nothing was left behind under the asked-for name.")
        return _STOPPED
    except EngineError as error:
        say(str(error))
    except MemoryError:
        say("There is not enough memory for this. Close other programs or ask for less.")
    except BrokenPipeError:
        # Whoever read our output went away; say nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        say(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
    return 1


def _run(command: Callable[[argparse.Namespace], dict[str, Any]], args: argparse.Namespace) -> int:
    if args.json is not None:
        # A run may make the folder that it lies in.
        refuse_unwritable(args.json)
        check_report(args.json, (one for name, one in vars(args).items() if name != "json"))
    _import_numpy()
    report = command(args)
    if args.json is not None:
        write_json(args.json, report)
    return 0


def _import_numpy() -> None:
    """Import it before torch, which takes a stop meanwhile for its want and goes on with half."""
    importlib.import_module("numpy")


def _score(words: list[str]) -> int:
    if not {"-h", "--help"} & set(words):
        _import_numpy()
    score = importlib.import_module("engine.metrics.score")
    return int(score.run(words) or 0)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m engine",
        description="Makes pictures and sound together.",
        epilog='Begin with: generate --prompt "A red ball drops in the park" --out clip.mp4. '
        "COMMAND --help says what each takes.",
    )
    parsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        if name == "score":
            parsers.add_parser(
                name, help="measure weights, films or the world, and compare", add_help=False
            )
            continue
        module: ModuleType = importlib.import_module(f"engine.commands.{name}")
        command = parsers.add_parser(name, help=module.HELP, description=module.__doc__)
        module.arguments(command)
        command.add_argument(
            "--json", type=Path, metavar="FILE", help="write what was done as JSON"
        )
        command.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    # A polite stop is a stop: it cleans up like Ctrl+C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
