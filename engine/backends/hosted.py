"""A backend that lives in a process of its own, so that its end is not the studio's.

The same values go over pipes as lines of JSON. Nothing here needs torch: a window beside it never
waits for the interpreter's lock of the process that computes.
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine import errors
from engine.api import (
    Cancelled,
    Capabilities,
    Compiled,
    Control,
    Estimate,
    Failed,
    Finding,
    Finished,
    MaskTrack,
    Parked,
    Rating,
    RenderEvent,
    ShotRequest,
    Take,
    TrackedMask,
)
from engine.errors import EngineError
from engine.plain import from_plain, to_plain

_END_S = 5.0
_LAST = (Finished, Parked, Failed, Cancelled)
# Where a process has no niceness: it gives way to the window's, and opens no console of its own.
_WINDOWS_FLAGS = ("BELOW_NORMAL_PRIORITY_CLASS", "CREATE_NO_WINDOW")
Message = dict[str, Any]
# What is heard where a control was told something: whoever waits has a word to pass on.
_NUDGE: Message = {}


class HostEndedError(EngineError):
    """The process that computes ended by itself."""


class HostCrashError(RuntimeError):
    """An error of the program in the other process; the text is its traceback."""


class HostedBackend:
    """Asks a backend in another process, which is started on first need and again if it ends.

    Args:
        target: what builds the backend there, as ``module:function``.
        arguments: of that function, plain values.
    """

    def __init__(self, target: str, arguments: Message | None = None) -> None:
        self._target, self._arguments = target, arguments or {}
        self._line: _Line | None = None
        self._starting = threading.Lock()
        self._can: Capabilities | None = None

    def capabilities(self) -> Capabilities:
        """Limits and vocabulary of the model."""
        if self._can is None:
            self._can = from_plain(Capabilities, self._ask("capabilities"))
        return self._can

    def compile(self, request: ShotRequest) -> Compiled:
        """What the model will be given.

        Raises:
            RequestError: if a tag is unknown.
        """
        return from_plain(Compiled, self._ask("compile", request=request.to_json()))

    def preflight(self, request: ShotRequest) -> tuple[Finding, ...]:
        """Everything that is wrong with ``request``."""
        plain = self._ask("preflight", request=request.to_json())
        return from_plain(tuple[Finding, ...], plain)

    def estimate(self, request: ShotRequest) -> Estimate:
        """Seconds and memory that the render will take."""
        return from_plain(Estimate, self._ask("estimate", request=request.to_json()))

    def render(
        self, request: ShotRequest, control: Control, resume: str | None = None
    ) -> Iterator[RenderEvent]:
        """Make the takes of ``request``; see the protocol."""
        try:
            yield from self._render(request, control, resume)
        except HostEndedError as error:
            sentence = (
                f"{error} It is started again, and what it had finished is kept: "
                "render again to go on from there."
            )
            self._started()
            yield Failed(sentence=sentence, cause=str(error))

    def checkpoint(self, folder: Path) -> str | None:
        """The newest checkpoint that a killed render left in ``folder``, if any."""
        return self._ask("checkpoint", folder=str(folder))

    def decode(self, folder: Path) -> Take:
        """Decode a take's latents again.

        Raises:
            EngineError: if they are missing, damaged or of other weights.
        """
        return from_plain(Take, self._ask("decode", folder=str(folder)))

    def track_mask(
        self,
        track: MaskTrack,
        target: Path,
        control: Control,
        told: Callable[[float], None] | None = None,
    ) -> TrackedMask | None:
        """Follow a painted region; here, since that needs no weights.

        Raises:
            EngineError: as the protocol says.
        """
        from engine.backends.mask_tracking import track_mask

        return track_mask(track, target, control, told)

    def rate(self, take: Take) -> Rating:
        """Reward heads and quality flags of a take."""
        return from_plain(Rating, self._ask("rate", take=to_plain(take)))

    def load(self) -> None:
        """Bring the weights into the other process's memory."""
        self._ask("load")

    def unload(self) -> None:
        """End the other process, and with it all that it holds."""
        with self._starting:
            line, self._line = self._line, None
        if line is not None:
            line.end()

    def _started(self) -> _Line:
        with self._starting:
            if self._line is not None and self._line.ended:
                self._line.end()
                self._line = None
            if self._line is None:
                self._line = _Line(self._target, self._arguments)
            return self._line

    def _ask(self, call: str, **values: object) -> Any:
        line = self._started()
        number = line.open()
        try:
            line.tell(number, call, **values)
            return _value(line.hear(number))
        finally:
            line.close(number)

    def _render(
        self, request: ShotRequest, control: Control, resume: str | None
    ) -> Iterator[RenderEvent]:
        line = self._started()
        number = line.open()
        folder, told, ended = str(control.folder), set[str](), False
        control.follow(lambda: line.nudge(number))
        try:
            line.tell(number, "render", request=request.to_json(), folder=folder, resume=resume)
            while not ended:
                # What the director said since the last event is heard before the next is made.
                _pass_on(line, number, control, told)
                line.tell(number, "next")
                while (message := line.hear(number)) is _NUDGE:
                    _pass_on(line, number, control, told)
                if "event" not in message:
                    _value(message)
                    return
                event: RenderEvent = from_plain(RenderEvent, message["event"])
                ended = isinstance(event, _LAST)
                yield event
        except GeneratorExit:
            # Whoever listened went away: the render stops where it was last heard.
            line.tell(number, "close")
            with suppress(HostEndedError):
                while line.hear(number) is _NUDGE:
                    pass
            raise
        finally:
            control.follow(None)
            if ended:
                line.tell(number, "next")
            line.close(number)


class _Line:
    """One process and the pipes to it; answers are sorted by the number of the question."""

    def __init__(self, target: str, arguments: Message) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        # -P: what lies in the current folder is never imported.
        command = [sys.executable, "-P", "-m", "engine.backends.host", target]
        self._process = subprocess.Popen(  # noqa: S603
            [*command, json.dumps(arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            creationflags=sum(getattr(subprocess, flag, 0) for flag in _WINDOWS_FLAGS),
        )
        self.ended = False
        self._numbers = itertools.count()
        self._telling = threading.Lock()
        self._answers: dict[int, queue.SimpleQueue[Message | None]] = {}
        self._ears = threading.Thread(target=self._listen, name="host line", daemon=True)
        self._ears.start()

    def open(self) -> int:
        """A new question's number."""
        number = next(self._numbers)
        self._answers[number] = queue.SimpleQueue()
        if self.ended:
            self._answers[number].put(None)
        return number

    def close(self, number: int) -> None:
        """Nothing more is waited for."""
        self._answers.pop(number, None)

    def tell(self, number: int, call: str, **values: object) -> None:
        """Send a message; one to a process that ended is found out by ``hear``."""
        assert self._process.stdin is not None
        line = json.dumps({"id": number, "call": call, **values}, ensure_ascii=False).encode()
        with self._telling:
            try:
                self._process.stdin.write(line + b"\n")
                self._process.stdin.flush()
            except (OSError, ValueError):
                self.ended = True

    def nudge(self, number: int) -> None:
        """Let who waits for an answer to question ``number`` hear ``_NUDGE`` before it comes."""
        answers = self._answers.get(number)
        if answers is not None:
            answers.put(_NUDGE)

    def hear(self, number: int) -> Any:
        """The next answer to question ``number``, waited for without waking up in between.

        Raises:
            HostEndedError: if the process ended.
        """
        message = self._answers[number].get()
        if message is None:
            raise HostEndedError(self._how_ended())
        return message

    def end(self) -> None:
        """Let the process end, and make it."""
        assert self._process.stdin is not None
        with self._telling, suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._ears.join()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as told:
            for line in told:
                message = json.loads(line)
                answers = self._answers.get(message["id"])
                if answers is not None:
                    answers.put(message)
        self._process.wait()
        self.ended = True
        for answers in tuple(self._answers.values()):
            answers.put(None)

    def _how_ended(self) -> str:
        code = self._process.wait()
        how = f"signal {-code}" if code < 0 else f"status {code}"
        return f"The engine's process ended by itself ({how})."


def _pass_on(line: _Line, number: int, control: Control, told: set[str]) -> None:
    """Tell the other process what ``control`` was told, once."""
    for word, asked in (("cancel", control.cancelled), ("park", control.parked)):
        if asked and word not in told:
            told.add(word)
            line.tell(number, word)


def _value(message: Message) -> Any:
    """What a question is answered with.

    Raises:
        EngineError: of the kind that was raised there.
        MemoryError: if memory ran out there.
        HostCrashError: if the program there has an error.
    """
    if message.get("memory"):
        raise MemoryError(message["crash"])
    if "crash" in message:
        raise HostCrashError(message["crash"])
    if "error" in message:
        kind = getattr(errors, message["error"], EngineError)
        raise kind(message["sentence"])
    return message["value"]
