"""A delivery: one export of a frozen cut, with the manifest that says how its film was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Literal

from studio.bridge.export_sources import exporter_of
from studio.bridge.signing import Signer, chosen_signer
from studio.document.film import Film, Timeline
from studio.document.ledger import Ledger
from studio.document.queries import timeline_end
from studio.document.unfinished import unfinished
from studio.export.credentials import NO_HOLDER
from studio.export.credentials_certificate import Identity
from studio.export.exporter import Exporter, ExportEvent, ExportFinished
from studio.export.plan import TRUE_PEAK_DB, DeliverySpec, ExportPlan, plan_export
from studio.export.presets import ExportError, preset_named
from studio.export.provenance import Manifest
from studio.export.provenance_sealing import can_sign, seal, told
from studio.wording import term, tr

Part = Literal["all", "marked"] | tuple[int, int]
"""All of the cut, what is marked of it (all, where nothing is), or frames from and until."""


@dataclass(frozen=True, kw_only=True)
class ExportWish:
    """What a director asks for, in the window or by a command.

    Attributes:
        preset: its name; by the ending of the file if None.
        width, height, rate: of the pictures; the film's own if None. With one side alone the
            other follows the film's shape.
        loudness_lufs: a target of this export alone; ``as_mixed`` has none at all, and without
            either it is the film's.
        true_peak_db: what the sound never exceeds once it is brought to a loudness.
        finished: enlarge by the finishing network.
        burn_in: paint the subtitles into the pictures.
        signed: put content credentials in.
        replaces: the director was told that a file is there which goes.
    """

    path: Path
    preset: str | None = None
    part: Part = "all"
    width: int | None = None
    height: int | None = None
    rate: Fraction | None = None
    loudness_lufs: float | None = None
    as_mixed: bool = False
    true_peak_db: float = TRUE_PEAK_DB
    finished: bool = False
    burn_in: bool = False
    signed: bool = False
    replaces: bool = False


def planned(film: Film, timeline: Timeline, folder: Path, wish: ExportWish) -> ExportPlan:
    """What ``wish`` means for a timeline of the film in ``folder``.

    Raises:
        ExportError: with a sentence, if it cannot be.
    """
    target = film.settings.loudness_lufs if wish.loudness_lufs is None else wish.loudness_lufs
    spec = DeliverySpec(
        preset=preset_named(wish.preset) if wish.preset else None,
        span=_span(timeline, wish.part),
        width=wish.width,
        height=wish.height,
        rate=wish.rate,
        loudness_lufs=None if wish.as_mixed else target,
        true_peak_db=wish.true_peak_db,
        finished=wish.finished,
    )
    plan = plan_export(film, timeline, wish.path, spec, film_folder=folder, replace=wish.replaces)
    if wish.signed and not can_sign(plan.preset, plan.path):
        raise ExportError(f"{tr(NO_HOLDER)} {tr(_UNSIGNED)}")
    return plan


def unfinished_words(
    film: Film, ledger: Ledger, timeline: Timeline, span: tuple[int, int]
) -> tuple[str, ...]:
    """What is delivered of a part of a cut that is not finished yet, as sentences."""
    found = unfinished(film, ledger, timeline, span)
    counts = (
        (
            found.previews,
            term("One take in it is still a preview."),
            term("{count} takes in it are still previews."),
        ),
        (
            found.blank,
            term("One clip has nothing to show yet."),
            term("{count} clips have nothing to show yet."),
        ),
    )
    return tuple(
        tr(one if count == 1 else many, count=count) for count, one, many in counts if count
    )


_UNSIGNED = term("Leave this one unsigned, or name another file.")


def _span(timeline: Timeline, part: Part) -> tuple[int, int] | None:
    match part:
        case "all":
            return 0, timeline_end(timeline)
        case "marked":
            return None
        case (start, end):
            return start, end


@dataclass(kw_only=True)
class Delivery:
    """An export and what is done once it is written; of one thread.

    Attributes:
        folder: of the film.
        burn_in: paint the cut's subtitles into its pictures.
        signer: who signs the film; nobody if None.
    """

    film: Film
    ledger: Ledger
    timeline: Timeline
    folder: Path
    plan: ExportPlan
    burn_in: bool = False
    signer: Signer | None = None

    @contextmanager
    def opened(self, tell: Callable[[ExportEvent], None]) -> Iterator[Exporter]:
        """An exporter whose file says how it was made, and whose files are closed afterwards.

        The manifest is gathered here, as a long film has many recipes to read.

        Raises:
            ExportError: if nobody can sign a film that is to be signed; nothing is written then.
        """
        identity = None if self.signer is None else self.signer()
        film, ledger = self.film, self.ledger
        plan, manifest = told(self.plan, film, ledger, self.timeline, self.folder)
        with exporter_of(
            film,
            ledger,
            self.timeline.id,
            self.folder,
            replace(plan, signed=identity is not None),
            tell,
            burn_in=self.burn_in,
            seal=partial(self._sealed, manifest, identity),
        ) as exporter:
            yield exporter

    def _sealed(
        self,
        manifest: Manifest,
        identity: Identity | None,
        end: ExportFinished,
        tell: Callable[[float], None],
        stopped: Callable[[], bool],
    ) -> ExportFinished:
        """``end``, once the film is signed where that is asked for and its manifest written.

        What fails here is said in its notes: the film is there, and stays.
        """
        said = seal(end.path, self.plan.preset, manifest, identity, tell, stopped)
        span = (self.plan.start, self.plan.end)
        lacking = unfinished_words(self.film, self.ledger, self.timeline, span)
        return replace(end, notes=(*lacking, *end.notes, *said))


def delivery_of(
    film: Film,
    ledger: Ledger,
    timeline: Timeline,
    folder: Path,
    wish: ExportWish,
    signer: Signer | None = None,
) -> Delivery:
    """The delivery that ``wish`` asks for.

    Where it is to be signed ``signer`` does so, or whoever the settings name.

    Raises:
        ExportError: with a sentence, if it cannot be.
    """
    return Delivery(
        film=film,
        ledger=ledger,
        timeline=timeline,
        folder=folder,
        plan=planned(film, timeline, folder, wish),
        burn_in=wish.burn_in,
        signer=(signer or chosen_signer()) if wish.signed else None,
    )
