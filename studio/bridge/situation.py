"""What the window is in the middle of, and what of it a command needs before it can be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from studio.bridge.queue_actions import QueueDeed

Need = Literal[
    "always",
    "film",
    "write",
    "shot",
    "take",
    "takes",
    "change",
    "extend",
    "clips",
    "selection",
    "labelled",
    "judging",
    "rendering",
    "undo",
    "redo",
]
"""What a command is done to, as the tables of commands name it; ``CONDITIONS`` says when it is so.

``take`` decides about one, ``takes`` looks at them; ``clips`` changes those that are selected,
``selection`` leaves them as they are. ``change`` takes a take or an imported clip.
"""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the window is in the middle of, as far as commands care.

    Attributes:
        film: a film is open.
        writable: it may be changed.
        shot: a shot is selected.
        take: the selected shot has a take under the hand.
        footage: an imported clip is looked at, and would be changed instead.
        clips: clips are selected on the timeline.
        judging: two takes are being judged blind.
        rendering: a render runs for the shot under the hand, or any.
        picture: there is something to play.
        queue: what can be asked of the queue and of the job that is selected there.
    """

    film: bool = False
    writable: bool = False
    shot: bool = False
    take: bool = False
    footage: bool = False
    clips: bool = False
    rendering: bool = False
    picture: bool = False
    undo: bool = False
    redo: bool = False
    judging: bool = False
    queue: frozenset[QueueDeed] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Condition:
    """When a command can be used.

    Attributes:
        holds: whether what it is done to is there.
        changes: it changes the film, or what the film remembers; one that takes no changes refuses
            it, whatever is there.
    """

    holds: Callable[[Situation], bool]
    changes: bool = False

    def is_met(self, now: Situation) -> bool:
        """Whether the command can be used."""
        return self.holds(now) and (now.writable or not self.changes)

    def is_refused(self, now: Situation) -> bool:
        """Whether nothing but a film that takes no changes is in its way."""
        return self.changes and now.film and not now.writable and self.holds(now)


def _changing(holds: Callable[[Situation], bool]) -> Condition:
    return Condition(holds=holds, changes=True)


CONDITIONS: Mapping[Need, Condition] = {
    "always": Condition(holds=lambda _now: True),
    "film": Condition(holds=lambda now: now.film),
    "write": _changing(lambda now: now.film),
    "shot": _changing(lambda now: now.shot),
    "take": _changing(lambda now: now.take),
    "takes": Condition(holds=lambda now: now.take),
    "change": _changing(lambda now: now.take or now.footage),
    "extend": _changing(lambda now: now.take and not now.footage),
    "clips": _changing(lambda now: now.clips),
    "selection": Condition(holds=lambda now: now.clips),
    "labelled": _changing(lambda now: now.clips or now.shot),
    "judging": _changing(lambda now: now.judging),
    "rendering": Condition(holds=lambda now: now.rendering),
    "undo": _changing(lambda now: now.undo),
    "redo": _changing(lambda now: now.redo),
}


def of_queue(deed: QueueDeed) -> Condition:
    """When something can be asked of the queue."""
    return _changing(lambda now: deed in now.queue)
