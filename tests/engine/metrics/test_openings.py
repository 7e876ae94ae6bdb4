"""Every module with rows opens with what each is, what it is told by, and how far that errs."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import pytest

from engine.metrics import codecs, full_size, prompt, stereo, sync
from engine.metrics.claims.suite import all_claims

_ROWS = {
    sync: ("f1", "precision", "recall", "offset_median_ms", "offset_p90_ms", "lag_ms"),
    stereo: ("correlation", "error"),
    prompt: prompt.ROWS,
    codecs: (
        *("psnr_db", "psnr_moving_db", "onsets_within_10ms", "onset_error_ms"),
        *("log_spectral_db", "coherence", "mono_loss_db"),
    ),
    full_size: ("psnr_db", "psnr_moving_db", "sharpness", "base_db"),
}


def _modules() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every module that measures, and the rows that it has to speak of."""
    yield from ((module.__name__, rows) for module, rows in _ROWS.items())
    for claim in all_claims(None, None):
        measure = claim.measure or claim.beside
        assert measure is not None
        yield measure.__module__, tuple(claim.rows)


@pytest.mark.parametrize(("module", "rows"), tuple(_modules()))
def test_a_module_opens_with_its_rows_and_its_detector(module: str, rows: tuple[str, ...]):
    opening = importlib.import_module(module).__doc__ or ""
    for row in rows:
        if ".detector." in row:
            continue
        leaf = re.sub(r"^n\d+$", "nK", row.split(".")[-1])
        assert re.search(rf"\b{leaf}\b", opening), f"{module} does not say what {row} is"
    assert re.search(r"[Dd]etect|[Mm]easured directly|Read from", opening), module
