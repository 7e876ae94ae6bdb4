"""The engine in a process of its own: a backend that is asked over pipes, in plain values.

Run as ``python -m engine.backends.host TARGET ARGUMENTS``; ``engine.backends.hosted`` does it. One
message is one line of JSON. Renders and whatever needs the weights are done one after another on
the main thread; questions that cost nothing are answered beside it, also while a render runs. What
listens does nothing else, so that a render is stopped at once before it has begun. A render makes
its next event only when it is asked to, as a generator does, so that what was told
and what was done never differ.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

from engine.api import Backend, Cancelled, Control, ShotRequest, Take
from engine.backends.checkpoints import remove_checkpoint
from engine.errors import EngineError, memory_ran_out
from engine.plain import from_plain, to_plain

# How far it steps back: all the way, as a window beside it has milliseconds to answer, and this has
# minutes to compute. On cores that nobody else wants it loses nothing by that.
_STEPS = 19
QUICK = ("capabilities", "compile", "preflight", "estimate", "checkpoint")
Message = dict[str, Any]


def serve(build: Callable[[], Backend], asked: BinaryIO, told: BinaryIO) -> None:
    """Answer what is read from ``asked`` on ``told``, until there is no more to read."""
    host = _Host(build, told)
    listener = threading.Thread(target=_listen, args=(host, asked), name="host ears", daemon=True)
    listener.start()
    threading.Thread(target=host.answer_quick, name="host answers", daemon=True).start()
    while (message := host.inbox.get()) is not None:
        host.answer(message)


class _Render:
    """How a render is told to stop, and whether its next event is wanted."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.turns: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._deciding = threading.Lock()
        self._begun = self._withdrawn = False

    def begin(self) -> bool:
        """Begin it, unless it was withdrawn; whether it has begun."""
        with self._deciding:
            self._begun = not self._withdrawn
            return self._begun

    def withdraw(self) -> bool:
        """Let it never begin; false where it has begun, or was withdrawn before."""
        with self._deciding:
            if self._begun or self._withdrawn:
                return False
            self._withdrawn = True
            return True

    def hear(self, word: str) -> None:
        """Take in a word of the listener's."""
        match word:
            case "cancel":
                self.control.cancel()
            case "park":
                self.control.park()
            case _:
                self.turns.put(word)


class _Host:
    """The backend, what waits for it, and the render that runs."""

    def __init__(self, build: Callable[[], Backend], told: BinaryIO) -> None:
        self._build, self._told = build, told
        self._backend: Backend | None = None
        self._building, self._telling = threading.Lock(), threading.Lock()
        self.inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._quick: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._renders: dict[int, _Render] = {}

    def hear(self, message: Message) -> None:
        """Take a message in, on the listening thread."""
        match message["call"]:
            case "render":
                self._renders[message["id"]] = _Render(Control(Path(message["folder"])))
                self.inbox.put(message)
            case "cancel" | "park" | "next" | "close" as word:
                render = self._renders.get(message["id"])
                if render is not None:
                    render.hear(word)
                    if word == "cancel" and render.withdraw():
                        self._tell(message["id"], event=to_plain(Cancelled()))
            case name if name in QUICK:
                self._quick.put(message)
            case _:
                self.inbox.put(message)

    def answer_quick(self) -> None:
        """Answer what costs nothing, for ever; what is asked first waits for the backend's code."""
        while True:
            self.answer(self._quick.get())

    def answer(self, message: Message) -> None:
        """Do what ``message`` asks and tell what came of it."""
        number = message["id"]
        try:
            if message["call"] == "render":
                self._render(number, message)
            else:
                self._tell(number, value=to_plain(self._call(message)))
        except EngineError as error:
            self._tell(number, error=type(error).__name__, sentence=str(error))
        # The other process raises it again, so nothing is hidden here.
        except Exception as error:
            self._tell(number, crash=traceback.format_exc(), memory=memory_ran_out(error))

    def _made(self) -> Backend:
        with self._building:
            if self._backend is None:
                self._backend = self._build()
            return self._backend

    def _call(self, message: Message) -> object:
        method = getattr(self._made(), message["call"])
        match message:
            case {"request": request}:
                return method(ShotRequest.from_json(request))
            case {"folder": folder}:
                return method(Path(folder))
            case {"take": take}:
                return method(from_plain(Take, take))
            case _:
                return method()

    def _render(self, number: int, message: Message) -> None:
        render = self._renders[number]
        try:
            backend = self._made()
            if not render.begin():
                remove_checkpoint(render.control.folder)
                return
            request = ShotRequest.from_json(message["request"])
            events = iter(backend.render(request, render.control, message["resume"]))
            while render.turns.get() == "next":
                event = next(events, None)
                if event is None:
                    return
                self._tell(number, event=to_plain(event))
            # Left where it stands, as a generator that nobody asks any more.
            del events
            self._tell(number, value=None)
        finally:
            del self._renders[number]

    def _tell(self, number: int, **words: object) -> None:
        line = json.dumps({"id": number, **words}, ensure_ascii=False).encode() + b"\n"
        with self._telling:
            self._told.write(line)
            self._told.flush()


def _listen(host: _Host, asked: BinaryIO) -> None:
    for line in asked:
        host.hear(json.loads(line))
    # Nobody is there to hear what a render would tell; its last finished step is on the disk.
    os._exit(0)


def target(name: str, arguments: Message) -> Callable[[], Backend]:
    """What builds a backend by ``module:function`` and its arguments."""

    def build() -> Backend:
        module, _, function = name.partition(":")
        made = getattr(importlib.import_module(module), function)(**arguments)
        return cast("Backend", made)

    return build


def main() -> None:
    """Serve the process that started this one."""
    # What a person interrupts is the other process; this one ends with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):  # Windows has classes, in which it was started
        os.nice(_STEPS)
    told = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints goes where errors go, not between the messages.
    os.dup2(2, 1)
    serve(target(sys.argv[1], json.loads(sys.argv[2])), sys.stdin.buffer, told)


if __name__ == "__main__":
    main()
