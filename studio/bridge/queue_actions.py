"""The commands on the render queue, and what must be there for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

QueueDeed = Literal["release", "retry", "sooner", "later", "change", "cancel", "forget"]
"""What can be asked of the jobs in the queue; all but the first of the one that is selected."""


@dataclass(frozen=True)
class QueueAction:
    """One command, as the registry takes it; ``deed`` must be possible, where there is one."""

    id: str
    text: str
    deed: QueueDeed | None = None
    icon: str = ""
    keys: str = ""


QUEUE_ACTIONS: tuple[QueueAction, ...] = (
    QueueAction("queue.show", "Show the queue", icon="queue", keys="Alt+J"),
    QueueAction("queue.release", "Go on with renders from last time", "release", "play"),
    QueueAction("queue.retry", "Try the render again", "retry", "undo"),
    QueueAction("queue.sooner", "Render it sooner", "sooner", "chevron-up"),
    QueueAction("queue.later", "Render it later", "later", "chevron-down"),
    QueueAction("queue.change", "Change what the render asks for…", "change", "edit"),
    QueueAction("queue.cancel", "Cancel the render", "cancel", "stop"),
    QueueAction("queue.forget", "Take the render off the list", "forget", "trash"),
)
