"""The command line: `dailies` opens the studio, `dailies COMMAND` works without a window."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError
from studio import VERSION
from studio.backends import BACKENDS
from studio.document.errors import DocumentError
from studio.document.paths import is_there
from studio.home import give_home


@dataclass(frozen=True)
class Command:
    """A command: its module is imported only when it is asked for.

    The module has ``add_arguments(parser)`` and ``run(arguments) -> int``, the exit status.
    """

    module: str
    summary: str


# One line each. What a command needs is imported by its module, so that others start without it.
COMMANDS: dict[str, Command] = {
    "demo": Command("studio.demo", "make a short film by itself and export it"),
    "render": Command("studio.commands.rendering", "render the shots of a film"),
    "export": Command("studio.commands.exporting", "write a film's cut into a file"),
    "inspect": Command("studio.commands.inspecting", "say how a take or file was made"),
    "reproduce": Command("studio.commands.reproducing", "make a take again and compare"),
    "bench": Command("studio.bench", "measure the window against its budgets"),
    "doctor": Command("studio.diagnostics.doctor", "say what this machine has and lacks"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (default: the process's own) and return the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        home = give_home()
        if home is not None:
            _ended(f"There is no home folder here; what is kept goes to {home}.")
        if words and words[0] in COMMANDS:
            return _run_command(words[0], words[1:])
        return _open_window(words)
    except KeyboardInterrupt:
        return _ended("Interrupted.", 130)
    except BrokenPipeError:
        # Whoever read what is printed went away; nothing more is said, not even at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ImportError as error:
        if (error.name or "").partition(".")[0] in ("studio", "engine"):
            raise
        sentence = f"A library does not load: {error}. “dailies doctor” says what is lacking."
    except MemoryError:
        sentence = "There is not enough memory for this. Close other programs or ask for less."
    except OSError as error:
        sentence = f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."
    except (EngineError, DocumentError) as error:
        sentence = str(error)
    return _ended(sentence)


def _ended(sentence: str, status: int = 1) -> int:
    print(f"dailies: {sentence}", file=sys.stderr)
    return status


def _run_command(name: str, words: list[str]) -> int:
    command = COMMANDS[name]
    module = importlib.import_module(command.module)
    parser = argparse.ArgumentParser(prog=f"dailies {name}", description=module.__doc__)
    module.add_arguments(parser)
    return module.run(parser.parse_args(words))


def _open_window(words: list[str]) -> int:
    commands = "\n".join(f"  {name:<10} {entry.summary}" for name, entry in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="dailies",
        description="A director's studio that generates picture and sound together.",
        epilog=f"Without a command the studio opens. Commands:\n{commands}\n\n"
        "dailies COMMAND --help tells more of each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("film", nargs="?", type=Path, help="the film to open in the studio")
    parser.add_argument("--version", action="version", version=f"Dailies {VERSION}")
    parser.add_argument("--backend", choices=tuple(BACKENDS), help="the engine")
    parser.add_argument("--weights", metavar="FOLDER", help="of the engine, if not its own")
    chosen = parser.parse_args(words)
    film = chosen.film
    if film is not None and not is_there(film):
        known = ", ".join(COMMANDS)
        parser.error(f"{film} is neither a film that exists nor a command ({known}).")
    window = importlib.import_module("studio.app")
    return window.run(film, chosen.backend, chosen.weights)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in COMMANDS:
        # A polite stop is a stop: it cleans up like Ctrl+C. A window that is killed loses nothing.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
