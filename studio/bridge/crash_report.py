"""Crash reports one can read: what went wrong, where, and with what, in a file of its own."""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from studio.bridge.native_faults import NativeFaults
from studio.bridge.notices import Notice
from studio.wording import term, tr

FOLDER = "crashes"
KEPT = 20
_BROUGHT_DOWN = term(
    "The last time, the program was brought down by a fault in a library. What was saved is "
    "here, and renders go on from their last step."
)
_SENTENCE = term(
    "Something went wrong inside the program. What you made is saved; if the window behaves "
    "strangely, close it and open the film again."
)


@dataclass(frozen=True, kw_only=True)
class CrashReport:
    """One fault of the program.

    Attributes:
        what: the fault in a line.
        where: the program's own places on the way to it, the last one first.
        during: what was open.
        trace: all of it, for whoever mends it.
    """

    what: str
    where: tuple[str, ...]
    during: str
    trace: str
    when: str

    def text(self) -> str:
        """The report as it is written."""
        places = "\n".join(f"  {place}" for place in self.where) or "  outside the program"
        machine = f"{platform.platform()}, Python {platform.python_version()}"
        return (
            f"A fault in Dailies, {self.when}\n\n"
            f"What happened\n  {self.what}\n\n"
            f"Where, the last place first\n{places}\n\n"
            f"What was open\n  {self.during or 'no film'}\n\n"
            f"On\n  {machine}\n\n"
            "Nothing of this leaves your machine unless you send it. The file names below may "
            "tell where your films lie.\n\n"
            f"{self.trace}"
        )


class CrashBook:
    """Writes a report of every fault that nobody caught, and tells the director once of each."""

    def __init__(
        self,
        folder: Path,
        say: Callable[[Notice], None],
        during: Callable[[], str] = lambda: "",
    ) -> None:
        """Make a book.

        Args:
            folder: where reports go; made when there is one.
            say: told a notice, on the thread of the fault.
            during: names what is open.
        """
        self._folder = folder
        self._native = NativeFaults(folder)
        self._say = say
        self._during = during
        self._told: set[str] = set()
        self._before: Callable[..., object] | None = None
        self._thread_before: Callable[..., object] | None = None

    def install(self) -> None:
        """Be the one place that faults go to, on every thread."""
        self._before, sys.excepthook = sys.excepthook, self.hook
        self._thread_before, threading.excepthook = threading.excepthook, self._on_thread
        self._tell_of_the_last_time()
        self._native.watch()

    def remove(self) -> None:
        """Let faults go where they went before."""
        if self._before is not None:
            sys.excepthook = self._before
        if self._thread_before is not None:
            threading.excepthook = self._thread_before
        self._native.end()

    def hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Write a report of ``error``; an interruption by the keyboard is none."""
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            sys.__excepthook__(kind, error, trace)
            return
        report = report_of(error, self._during())
        path = self._write(report)
        sys.stderr.write(report.trace)
        if report.what in self._told:
            return
        self._told.add(report.what)
        lies = tr("The report lies in {path}.\n\n", path=path) if path is not None else ""
        self._say(Notice(sentence=tr(_SENTENCE), cause=f"{lies}{report.what}", level="problem"))

    def newest(self) -> str:
        """The text of the last report; empty where there is none."""
        found = self._reports()
        try:
            return found[-1].read_text(encoding="utf-8") if found else ""
        except OSError:
            return ""

    def _tell_of_the_last_time(self) -> None:
        for when, text in self._native.left():
            what = text.splitlines()[0]
            path = self._write(CrashReport(what=what, where=(), during="", trace=text, when=when))
            lies = tr("The report lies in {path}.\n\n", path=path) if path is not None else ""
            self._say(Notice(sentence=tr(_BROUGHT_DOWN), cause=f"{lies}{what}", level="problem"))

    def _on_thread(self, held: threading.ExceptHookArgs) -> None:
        if held.exc_value is not None:
            self.hook(held.exc_type, held.exc_value, held.exc_traceback)

    def _write(self, report: CrashReport) -> Path | None:
        path = self._folder / f"crash {report.when.replace(':', '')}.txt"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_text(report.text(), encoding="utf-8", errors="backslashreplace")
            for old in self._reports()[:-KEPT]:
                old.unlink(missing_ok=True)
        except OSError:
            return None
        return path

    def _reports(self) -> list[Path]:
        return sorted(self._folder.glob("crash *.txt"))


def report_of(error: BaseException, during: str = "") -> CrashReport:
    """The report of a fault."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        f"{Path(frame.filename).stem.replace('_', ' ')}: {frame.name}, line {frame.lineno}"
        for frame in reversed(frames)
        if "studio" in Path(frame.filename).parts or "engine" in Path(frame.filename).parts
    ]
    return CrashReport(
        what=f"{type(error).__name__}: {error}",
        where=tuple(own[:8]),
        during=during,
        trace="".join(traceback.format_exception(error)),
        when=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S"),
    )
