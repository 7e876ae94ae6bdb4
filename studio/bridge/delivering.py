"""A delivery: one export of a frozen cut, with the manifest that says how its film was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from studio.bridge.export_sources import exporter_of
from studio.bridge.signing import Signer
from studio.document.film import Film, Timeline
from studio.document.ledger import Ledger
from studio.export.credentials_certificate import Identity
from studio.export.exporter import Exporter, ExportEvent, ExportFinished
from studio.export.plan import ExportPlan
from studio.export.provenance import Manifest
from studio.export.provenance_sealing import seal, told


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
        return replace(end, notes=(*end.notes, *said))
