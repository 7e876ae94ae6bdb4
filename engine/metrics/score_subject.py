"""What ``score`` measures, opened: weights with their codecs, or the world's own clips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.checkpoint import sha256
from engine.devices import pick
from engine.errors import RequestError
from engine.metrics.reader import packaged_reader
from engine.metrics.report import SHIPPED
from engine.metrics.sampling import Scored, codecs_folder, load_scored
from engine.metrics.score_options import WORLD, Options
from engine.models.codecs import FILES, Codecs, load_codecs
from engine.pipelines.model import TRANSFORMER


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is measured.

    Attributes:
        scored: the model, where weights are scored.
        codecs: what encodes and decodes, where there is any.
        folder: where the codecs lie.
    """

    scored: Scored | None = None
    codecs: Codecs | None = None
    folder: Path | None = None

    def about_codecs(self) -> dict[str, object]:
        """What names the codecs: whose they are, what latents mean, and each file's hash."""
        if self.codecs is None or self.folder is None:
            return {}
        shipped = self.folder.resolve() == _shipped().resolve()
        files = {name.split(".")[0]: sha256(self.folder / name)[:16] for name in FILES}
        named = SHIPPED if shipped else str(self.folder)
        return {"codecs_from": named, "codecs": self.codecs.hash, **files}


def open_subject(options: Options, say: Callable[[str], None]) -> Subject:
    """The model, if weights are scored, and the codecs, if there are any.

    Raises:
        EngineError: if weights are missing, damaged, or do not belong together.
    """
    shipped = _shipped()
    if options.weights == WORLD:
        there = (shipped / FILES[0]).is_file()
        return Subject(codecs=load_codecs(shipped), folder=shipped) if there else Subject()
    weights = Path(options.weights)
    if not weights.exists():
        raise RequestError(f"There are no weights at {weights}; name a folder, a file, or 'world'.")
    only_codecs = bool(options.only) and all(name.startswith("codecs") for name in options.only)
    if weights.is_dir() and (only_codecs or not (weights / TRANSFORMER).is_file()):
        if not only_codecs:
            say(f"There is no {TRANSFORMER} in {weights}: the codecs alone are scored.")
        return Subject(codecs=load_codecs(weights), folder=weights)
    scored = load_scored(weights, pick(options.device), shipped)
    return Subject(
        scored=scored, codecs=scored.model.codecs, folder=codecs_folder(weights, shipped)
    )


def _shipped() -> Path:
    return packaged_reader().parent
