"""All rows that weights can be asked for, and why the rest cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from engine.metrics.claims.cases import Shown, round_trips, scene_cases
from engine.metrics.claims.quality import quality_claim
from engine.metrics.claims.rows import found_in, scores_of
from engine.metrics.evidence import held_out_scenes
from engine.metrics.reader import Reader
from engine.metrics.renders.extensions import extension_rows
from engine.metrics.renders.fast import fast_rows
from engine.metrics.renders.ladder import ladder_rows
from engine.metrics.renders.maker import Maker
from engine.metrics.renders.references import reference_rows
from engine.metrics.renders.sequences import sequence_rows
from engine.metrics.renders.swaps import swap_rows
from engine.metrics.report import Score
from engine.metrics.sampling import FAST_STEPS, Scored
from engine.world.caption import caption

GROUPS = ("v2v", "fast", "extension", "shots", "references", "picture", "sound")
# These hold a clip against one true clip, where words alone leave many.
_AGAINST_ONE = (
    *("picture.psnr_db", "picture.psnr_moving_db", "picture.ssim"),
    *("sound.log_spectral_db", "sound.mono_share"),
)
_ONE_OF_MANY = "it holds a clip against one true clip, and words leave many"


def render_rows(
    scored: Scored,
    reader: Reader,
    groups: Iterable[str],
    count: int,
    level: int,
    folder: Path,
    say: Callable[[str], None],
) -> dict[str, Score]:
    """The rows of ``groups``.

    Args:
        scored: the weights.
        reader: reads names and contacts.
        groups: of ``GROUPS``.
        count: of clips for each.
        level: of the scenes that are asked for.
        folder: where clips are kept.
        say: is told what begins.
    """
    maker = Maker(scored, folder)
    takers: dict[str, Callable[[], dict[str, Score]]] = {
        "v2v": lambda: ladder_rows(maker, count, level),
        "fast": lambda: fast_rows(maker, reader, count, level),
        "extension": lambda: extension_rows(maker, count, level),
        "shots": lambda: sequence_rows(maker, count, level),
        "references": lambda: reference_rows(maker, reader, count, level) | swap_rows(maker, count),
    }
    rows: dict[str, Score] = {}
    for group in dict.fromkeys(groups):
        if group in takers:
            say(f"Asking the weights for {group}: {count} clips.")
            rows |= takers[group]()
    if {"picture", "sound"} & set(groups):
        say(f"Asking the weights for pictures and sounds: {count} clips.")
        rows |= _quality_rows(maker, count, level)
    return rows


def _quality_rows(maker: Maker, count: int, level: int) -> dict[str, Score]:
    """Faults, and the distance of distributions, of clips made from words."""
    cases = scene_cases(held_out_scenes(count, level))
    claim = quality_claim(maker.model.codecs)
    answers = [case.answer for case in cases]
    made: list[Shown] = []
    for case in cases:
        words, seed = caption(case.scene, 0), case.scene.seed
        name = f"text {seed} {FAST_STEPS} {words}"
        taken = maker.made(name, lambda w=words, s=seed: maker.generation(maker.context(w), s))
        made.append(maker.shown(taken))
    codec = round_trips(answers, maker.model.codecs)
    found = found_in(claim, cases, {"truth": answers, "codec": codec, "joint": made})
    rows = {row: how for row, how in claim.rows.items() if row not in _AGAINST_ONE}
    missing = {row: Score.missing(_ONE_OF_MANY) for row in _AGAINST_ONE}
    return scores_of(rows, found, "joint") | missing
