"""The clerk: says what a request will be before it is spent, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from engine.api import Backend, Capabilities, Compiled, Estimate, Finding, ShotRequest
from engine.errors import EngineError
from studio.bridge.relay import Relay
from studio.render.estimates import History
from studio.render.giving_way import give_way
from studio.wording import tr

Told = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the engine would be given for a shot, and what it would cost.

    Attributes:
        request: what it is of; ``None`` where none could be made.
        sentence: why it cannot be rendered as it is; empty where it can.
        is_blank: nothing is written yet, which is no fault.
    """

    shot_id: str
    request: ShotRequest | None = None
    compiled: Compiled | None = None
    findings: tuple[Finding, ...] = ()
    estimate: Estimate | None = None
    sentence: str = ""
    is_blank: bool = False

    @property
    def refused(self) -> str:
        """The first thing that stands in the way, and what helps; empty where nothing does."""
        if self.sentence:
            return self.sentence
        refused = (one for one in self.findings if one.level == "refused")
        return next((f"{one.sentence} {one.remedy}".strip() for one in refused), "")


class Clerk:
    """Answers questions about requests, one at a time: the newest about a shot, all about times.

    What it asks needs no weights. A backend in this process serves one thread, so the clerk has
    one to itself; one in a process of its own answers it beside the worker's renders.
    """

    def __init__(
        self,
        backend: Backend,
        relay: Relay,
        *,
        history: History | None = None,
        capable: Callable[[Capabilities], None],
        reported: Callable[[Report], None],
        failed: Callable[[str, str], None],
    ) -> None:
        self._backend = backend
        self._relay = relay
        self._history = history or History()
        self._capable = capable
        self._reported = reported
        self._failed = failed
        self._condition = threading.Condition()
        self._question: tuple[str, ShotRequest] | None = None
        self._counts: dict[str, tuple[ShotRequest, Told]] = {}
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="clerk", daemon=True)

    def start(self) -> None:
        """Begin; the first thing that is told are the backend's capabilities."""
        self._thread.start()

    def ask(self, shot_id: str, request: ShotRequest) -> None:
        """Have a report made of ``request``; one that waits is forgotten."""
        with self._condition:
            self._question = (shot_id, request)
            self._condition.notify()

    def count(self, key: str, request: ShotRequest, told: Told) -> None:
        """Have the seconds counted that a request will take, and ``told``.

        Those of its kind that ran say more. One of the same ``key`` that waits is forgotten.
        """
        with self._condition:
            self._counts[key] = (request, told)
            self._condition.notify()

    def close(self) -> None:
        """End; waits for the report that is being made."""
        with self._condition:
            self._closed = True
            self._condition.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        give_way()
        try:
            capabilities = self._backend.capabilities()
        except Exception as error:
            sentence = (
                str(error)
                if isinstance(error, EngineError)
                else tr("The engine could not be started; films can still be cut and played.")
            )
            cause = f"{type(error).__name__}: {error}"
            self._relay.send(lambda: self._failed(sentence, cause))
            return
        self._relay.send(lambda: self._capable(capabilities))
        while (answer := self._next()) is not None:
            answer(capabilities)

    def _next(self) -> Callable[[Capabilities], None] | None:
        """What to do next; ``None`` at the end."""
        with self._condition:
            self._condition.wait_for(
                lambda: self._closed or self._question is not None or self._counts
            )
            if self._closed:
                return None
            question, self._question = self._question, None
            if question is not None:
                return partial(self._report, *question)
            return partial(self._count, *self._counts.pop(next(iter(self._counts))))

    def _count(self, request: ShotRequest, told: Told, capabilities: Capabilities) -> None:
        seconds = self._history.seconds(request, capabilities)
        if seconds is None:
            try:
                seconds = self._backend.estimate(request).seconds
            except Exception:
                return  # why it cannot be made is said when its turn comes
        self._relay.send(lambda: told(seconds))

    def _report(self, shot_id: str, request: ShotRequest, capabilities: Capabilities) -> None:
        report = self._answer(shot_id, request, capabilities)
        self._relay.latest("report", lambda: self._reported(report))

    def _answer(self, shot_id: str, request: ShotRequest, capabilities: Capabilities) -> Report:
        try:
            findings = self._backend.preflight(request)
            compiled = self._backend.compile(request)
            counted = self._backend.estimate(request)
        except Exception as error:
            return Report(shot_id=shot_id, request=request, sentence=str(error))
        estimate = self._history.estimate(request, capabilities, counted)
        return Report(
            shot_id=shot_id,
            request=request,
            compiled=compiled,
            findings=findings,
            estimate=estimate,
        )
