"""A blind judgement of two takes: five axes, one after the other, A, B or a tie."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.document.film import new_id
from studio.document.ledger import Choice, Verdict, now
from studio.wording import term


@dataclass(frozen=True)
class Axis:
    """One thing that takes are judged by: its name in verdicts, its title, and the question."""

    id: str
    title: str
    question: str


AXES = (
    Axis("visual_quality", term("Picture"), term("Which picture is better made?")),
    Axis("motion_quality", term("Motion"), term("Which moves more believably?")),
    Axis("audio_visual_sync", term("Sync"), term("Where do sound and picture meet better?")),
    Axis("prompt_adherence", term("Words"), term("Which is nearer to what was asked for?")),
    Axis("aesthetics", term("Beauty"), term("Which is more beautiful?")),
)


@dataclass(frozen=True, kw_only=True)
class Judging:
    """Two takes under judgement, whose names are not told until all axes are done.

    Attributes:
        take_a, take_b: ids, in the order in which they are shown.
        given: what was chosen so far, by the order of ``AXES``.
    """

    take_a: str
    take_b: str
    given: tuple[Choice, ...] = ()

    @property
    def axis(self) -> Axis | None:
        """What is asked next; ``None`` when all is said."""
        return AXES[len(self.given)] if len(self.given) < len(AXES) else None

    def judged(self, choice: Choice) -> tuple[Judging, Verdict | None]:
        """The judgement one axis further, and the verdict to be recorded."""
        axis = self.axis
        if axis is None:
            return self, None
        verdict = Verdict(
            id=new_id(),
            take_a=self.take_a,
            take_b=self.take_b,
            axis=axis.id,
            choice=choice,
            created=now(),
        )
        return replace(self, given=(*self.given, choice)), verdict
