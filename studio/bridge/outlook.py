"""The outlook of the shot under the hand: what it would become, and what stands in its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.api import ShotRequest
from engine.errors import EngineError
from studio.bridge.clerk import Report
from studio.document.film import Shot
from studio.document.queries import shot_fingerprint
from studio.render.requests import Desk, shot_request


@dataclass(frozen=True)
class _Question:
    """A request that the clerk was asked about, and the shot as it was then."""

    request: ShotRequest
    wanted: str
    is_blank: bool


class Outlook:
    """Says what to ask of a shot as it is written, and remembers what the last report was of."""

    def __init__(self, desk: Callable[[], Desk], tell: Callable[[Report], None]) -> None:
        """Make requests at ``desk``, and ``tell`` what is known and what is heard of them."""
        self._desk, self._tell = desk, tell
        self._asked: _Question | None = None
        self._known: tuple[str, Report] = ("", Report(shot_id=""))

    def question(self, shot: Shot) -> ShotRequest | None:
        """What the clerk should be asked about ``shot``; ``None`` where no request can be made.

        Of one that nothing is written of it is told at once.
        """
        blank = not shot.prompt.strip()
        if blank:
            self._tell(Report(shot_id=shot.id, is_blank=True))
        try:
            desk = self._desk()
            request = shot_request(desk, shot)
        except EngineError as error:
            if not blank:
                self._tell(Report(shot_id=shot.id, sentence=str(error)))
            return None
        self._asked = _Question(request, shot_fingerprint(desk.film, shot), blank)
        return request

    def hear(self, report: Report) -> None:
        """The clerk has made a report, which may be of a question before the last one."""
        asked = self._asked
        if asked is not None and report.request is asked.request:
            # Nothing written is no fault, unless it is rendered.
            report = replace(report, is_blank=asked.is_blank and bool(report.refused))
            self._known = (asked.wanted, report)
        self._tell(report)

    def refusal(self, shot: Shot) -> str:
        """Why ``shot`` would not be rendered as it is now, as far as that was heard; or empty."""
        wanted, report = self._known
        if report.shot_id != shot.id or not report.refused:
            return ""
        return report.refused if wanted == shot_fingerprint(self._desk().film, shot) else ""
