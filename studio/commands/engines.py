"""The engine of a command: its name, its weights, where it lives, and its licence."""

from __future__ import annotations

import argparse
import sys

from engine.api import Backend
from studio.backends import BACKENDS, build_backend, read_licence
from studio.commands.crew import CommandError
from studio.settings import SettingsFile


def add_engine(parser: argparse.ArgumentParser, default: str | None = "backlot") -> None:
    """The options that choose an engine."""
    parser.add_argument("--backend", choices=tuple(BACKENDS), default=default, help="the engine")
    parser.add_argument(
        "--weights", metavar="FOLDER", help="its weights; the settings' folder otherwise"
    )
    parser.add_argument("--apart", action="store_true", help="in a process of its own")
    parser.add_argument(
        "--accept-licence",
        action="store_true",
        help="show the licence that the weights come under, and accept it",
    )


def engine_of(arguments: argparse.Namespace, name: str | None = None) -> Backend:
    """The engine that ``arguments`` choose, built; ``name`` stands in where they name none.

    Raises:
        CommandError: if its licence was not accepted.
        WeightsError: if its weights are missing or damaged.
    """
    settings = SettingsFile()
    chosen: str = arguments.backend or name or settings.value.backend
    weights = arguments.weights or (settings.value.weights if chosen == "ltx" else "")
    if chosen == "ltx":
        licence = read_licence(weights)
        if arguments.accept_licence:
            sys.stdout.write(f"{licence.text}\n\nAccepted: {licence.name}\n")
            settings.accept(licence.sha256)
        elif licence.sha256 not in settings.value.licences:
            raise CommandError(
                f"These weights come under {licence.name}. Read it, and run this once with "
                "--accept-licence."
            )
    accepted = settings.value.licences
    return build_backend(chosen, weights, apart=arguments.apart, accepted=accepted)
