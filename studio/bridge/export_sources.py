"""What an export reads: the pictures and samples that the player has, of a frozen cut."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.bridge.burn_in import BurnedIn
from studio.document.film import Film
from studio.document.ledger import Ledger
from studio.export.exporter import Exporter, ExportEvent, Seal, as_it_is
from studio.export.plan import ExportPlan
from studio.playback.cut import Cut
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from studio.playback.sound_shelf import SoundShelf
from studio.playback.stems import stems


@contextmanager
def exporter_of(
    film: Film,
    ledger: Ledger,
    timeline_id: str,
    folder: Path,
    plan: ExportPlan,
    tell: Callable[[ExportEvent], None],
    *,
    burn_in: bool = False,
    seal: Seal = as_it_is,
) -> Iterator[Exporter]:
    """An exporter for ``plan`` whose files are closed afterwards.

    ``burn_in`` paints the cut's subtitles into its pictures; ``seal`` is done to the file.
    """
    cut = Cut(film, ledger, timeline_id, folder)
    stop = threading.Event()
    shelf = SoundShelf(film.sample_rate_hz, folder / "cache" / "sound", stop.is_set)
    pictures = FrameSource(cut)
    tracks = stems(cut, shelf) if plan.preset.kind == "stems" else ()
    try:
        shown = BurnedIn(pictures, cut.timeline.subtitles) if burn_in else pictures
        yield Exporter(plan, shown, Mixer(cut, shelf), tell, tracks, seal, stop)
    finally:
        pictures.close()
