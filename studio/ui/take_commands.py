"""The commands on takes, the queue and the film as a whole: what each does in the workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace

Deed = Callable[["Workspace"], object]


def _on_takes(deed: Deed) -> Deed:
    """Bring the takes to the front first: what is asked for happens there."""

    def run(desk: Workspace) -> None:
        desk.show_panel("takes")
        deed(desk)

    return run


TAKE_DEEDS: Mapping[str, Deed] = {
    "film.verdicts": lambda desk: desk.take_desk.export_verdicts(),
    "shot.compare": lambda desk: desk.take_desk.compare(),
    "shot.judge": lambda desk: desk.take_desk.judge(),
    "shot.verdict_a": lambda desk: desk.take_desk.verdict("a"),
    "shot.verdict_b": lambda desk: desk.take_desk.verdict("b"),
    "shot.verdict_tie": lambda desk: desk.take_desk.verdict("tie"),
    "shot.favourite": lambda desk: desk.take_desk.favourite(),
    "shot.note": _on_takes(lambda desk: desk.take_desk.begin_note()),
    "shot.find_take": _on_takes(lambda desk: desk.take_desk.find()),
    "shot.reproduce": lambda desk: desk.take_desk.reproduce(),
    "shot.recall": lambda desk: desk.take_desk.recall(),
    "shot.ladder": lambda desk: desk.edit_desk.climb(),
    "shot.region": lambda desk: desk.edit_desk.paint_region(),
    "view.mix": lambda desk: desk.show_panel("mix"),
    "view.queue": lambda desk: desk.queue_desk.toggle(),
}
