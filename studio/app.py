"""The composition root: application, look, settings, engine and window."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon, QImageReader
from PySide6.QtWidgets import QApplication

from engine.api import Backend
from studio.bridge import language
from studio.bridge.collector import Collector, hushed, pass_over_survivors
from studio.settings import SettingsFile
from studio.ui import icons, theme
from studio.ui.main_window import MainWindow

BACKEND_VARIABLE = "DAILIES_BACKEND"
# A thread that computes in Python hands the interpreter over after this long. The usual 5 ms are
# waited for at every turn of the window's own thread, several times a picture.
_TURN_S = 0.001
_NO_WINDOW = (
    "dailies: The window cannot be opened: there is no screen, or a library of the window system "
    "is missing. “dailies doctor” says what; the commands (“dailies --help”) need no screen."
)


def run(film: Path | None = None, backend: str | None = None, weights: str | None = None) -> int:
    """Open the window, with ``film`` in it if one is given; returns the exit status."""
    settings = SettingsFile()
    if settings.value.scale != "auto":
        # Read by Qt when the application is made.
        os.environ.setdefault("QT_SCALE_FACTOR", settings.value.scale)
    app = application()
    window = MainWindow(settings, builder(backend, weights, settings))
    window.sheets.book.install()
    window.show()
    collector = settle(app)
    if film is None:
        threading.Thread(target=bring_panels, name="panels", daemon=True).start()
    else:
        # After the window is up, so that a large film never delays it.
        QTimer.singleShot(0, window, lambda: window.open_film(film))
    status = app.exec()
    window.sheets.book.remove()
    collector.end()
    return status


def application() -> QApplication:
    """The application, dressed; the one there is, or a new one."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        app = found
    else:
        with _telling_of_no_screen():
            app = QApplication(sys.argv[:1])
    app.setApplicationName("Dailies")
    language.install(app)
    sys.setswitchinterval(_TURN_S)
    theme.dress(app)
    _bring_plugins()
    return app


@contextmanager
def _telling_of_no_screen() -> Generator[None]:
    """Say in a sentence why Qt cannot start: by itself it would bring the process down."""
    said: list[str] = []

    def hear(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        said.append(message)
        if kind == QtMsgType.QtFatalMsg:
            sys.stderr.write("\n".join((_NO_WINDOW, "", "Qt says:", *said)) + "\n")
            sys.stderr.flush()
            os._exit(1)

    before = qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
    sys.stderr.writelines(f"{message}\n" for message in said)


def _bring_plugins() -> None:
    """Have Qt open its picture plugins now.

    It would open them at the first icon and the first thumbnail, and wait there until the system's
    loader is done with the libraries of torch.
    """
    QImageReader.supportedImageFormats()
    QIcon(str(icons.FOLDER / "bin.svg"))


def bring_panels() -> None:
    """Import what films need while the director chooses one; called on a thread.

    What does not load is said when a film is opened.
    """
    with hushed(), suppress(ImportError):
        importlib.import_module("studio.ui.furnishing")


def settle(app: QApplication) -> Collector:
    """Let the garbage collector pass over what the window brought in, and work between events."""
    pass_over_survivors()
    return Collector(app)


def builder(
    name: str | None = None, weights: str | None = None, settings: SettingsFile | None = None
) -> Callable[[], Backend]:
    """What makes the backend called ``name``, or else the environment's or the settings' one.

    The modules behind the seam are imported by the call, on the thread that calls: the window is
    up before torch is loaded.
    """
    held = (settings or SettingsFile()).value
    chosen = os.environ.get(BACKEND_VARIABLE) or name or held.backend

    def build() -> Backend:
        from studio.backends import build_backend

        return build_backend(
            chosen,
            weights or (held.weights if chosen == "ltx" else ""),
            apart=held.place == "process",
            accepted=settings.value.licences if settings else held.licences,
        )

    return build


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window by a command line of its own."""
    parser = argparse.ArgumentParser(prog="python -m studio.app", description=__doc__)
    parser.add_argument("film", nargs="?", type=Path, help="the film to open")
    parser.add_argument("--backend", help="the engine: backlot, scripted or ltx")
    parser.add_argument("--weights", metavar="FOLDER", help="of the engine")
    arguments = parser.parse_args(argv)
    return run(arguments.film, arguments.backend, arguments.weights)


if __name__ == "__main__":
    sys.exit(main())
