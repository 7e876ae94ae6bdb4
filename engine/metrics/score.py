"""``python -m engine score``: what weights are worth on held-out scenes, beside their floors.

``score [WEIGHTS | FOLDER | world] [--clips N] [--only NAME,...] [--full] [--json FILE]
[--html DIR]`` scores weights, the clips of a folder, or the truth's own renders;
``score compare A.json B.json`` compares two reports; ``score tables`` lays out several as a
release's tables; ``score world --damage`` tests the scores on
clips damaged on purpose.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from engine.arguments import Parser
from engine.devices import cores
from engine.errors import EngineError
from engine.metrics import tables
from engine.metrics.claims.damage import Fall, fall_table
from engine.metrics.claims.rounds import Tools
from engine.metrics.claims.suite import (
    DAMAGED_S,
    all_claims,
    fallen,
    groups_of,
    steps_of_damage,
    too_low,
    world_scores,
)
from engine.metrics.claims.worst import Worst, worst_sections
from engine.metrics.clip_sections import read_sections
from engine.metrics.codecs import codec_scores, onset_scores
from engine.metrics.evidence import (
    ClipSet,
    Evidence,
    held_out_scenes,
    observe,
    retakes,
    through_codecs,
    world_clips,
)
from engine.metrics.filmed import filmed_rows, filmed_sections, look_at
from engine.metrics.full_size import full_size_rows
from engine.metrics.page import Section, write_page
from engine.metrics.prompt import ROWS as NAMES
from engine.metrics.read_damage import SOUND_DAMAGES, sounds_fallen
from engine.metrics.read_scores import read_scores_of
from engine.metrics.reader import Reader, load_reader, packaged_reader
from engine.metrics.renders.suite import render_rows
from engine.metrics.report import (
    Report,
    Score,
    compare,
    lost,
    misplaced,
    read_scores,
    worsened,
    write_json,
)
from engine.metrics.run_page import redraw_run_page
from engine.metrics.sampling import (
    CONDITIONS,
    Condition,
    Manner,
    Studio,
)
from engine.metrics.score_options import (
    DAMAGE_CLIPS,
    GROUPS,
    READ_GROUPS,
    RENDER_GROUPS,
    WORLD,
    Options,
    parsed,
)
from engine.metrics.score_subject import Subject, open_subject
from engine.metrics.sheet import sheet
from engine.models.codecs import Codecs
from engine.whole_files import write_whole
from engine.world.scene import Scene

NOT_OF_WEIGHTS = "it is taken on clips that show a known scene; score 'world' for its floors"
NOT_OF_CLIPS = (
    "of clips of a folder no more is known than their words; score 'world' for its floors"
)
# Seconds of two cores for each of them, with Full twice and everything else.
RENDER_S = 36.0
Sets = dict[str, ClipSet]


def run(argv: list[str]) -> int:
    """Score or compare; 0, or 1 after a sentence on the error stream."""
    try:
        if argv[:1] == ["compare"]:
            return _compare(argv[1:])
        if argv[:1] == ["tables"]:
            tables.run(argv[1:])
            return 0
        _score(parsed(argv))
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Clips made so far are kept; score again to go on.\n")
        return 130
    return 0


def _compare(argv: list[str]) -> int:
    parser = Parser(
        prog="python -m engine score compare",
        description="What became better, worse, or cannot be told, from one report to another.",
    )
    parser.add_argument("first", type=Path, metavar="A.json", help="a report of score --json")
    parser.add_argument("second", type=Path, metavar="B.json", help="a later one")
    parser.add_argument(
        "--gate",
        action="store_true",
        help="fail where a score became worse, or was not measured again",
    )
    asked = parser.parse_args(argv)
    first, second = read_scores(asked.first), read_scores(asked.second)
    sys.stdout.write(compare(first, second) + "\n")
    if not asked.gate:
        return 0
    if worse := worsened(first, second):
        raise EngineError(f"Became worse beyond its interval: {', '.join(worse)}.")
    if gone := lost(first, second):
        raise EngineError(
            f"Measured in the first report alone: {', '.join(gone)}. Score both alike."
        )
    return 0


def _score(options: Options) -> None:
    began = time.monotonic()
    if options.filmed:
        _score_clips(options, began)
        return
    subject = open_subject(options, _say)
    if options.damage:
        _damage(options, subject.codecs)
        return
    report, sections = _reported(options, subject, began)
    _tell(options, report, sections)
    if options.sheet is not None:
        _say("Spoiling clips, for the scores' own test.")
        falls = _falls(options, min(options.clips, DAMAGE_CLIPS), subject.codecs)
        write_whole(options.sheet, sheet(report, falls, min(options.clips, DAMAGE_CLIPS)))


def _reported(options: Options, subject: Subject, began: float) -> tuple[Report, list[Section]]:
    """Every row that is asked for, and the clips of the page, where there is to be one."""
    scored, codecs = subject.scored, subject.codecs
    scenes = held_out_scenes(options.clips, options.scene_level)
    groups = [group for group in GROUPS if options.wants(group)]
    reading = [group for group in groups if group in READ_GROUPS]
    reader = load_reader(options.reader) if reading else None
    sets, main = _shown(options, subject, groups, scenes)
    scores: dict[str, Score] = {}
    seen: dict[str, Evidence] = {}
    if reader is not None:
        _say("Reading and listening.")
        seen = {name: observe(reader, clips) for name, clips in sets.items()}
        scores |= read_scores_of(main, seen, reading, sets["truth"])
    if "codecs" in groups and codecs is not None:
        scores |= _codec_rows(sets, codecs)
    if scored is not None and options.wants("full"):
        scores |= full_size_rows(scenes, scored.model)
    claimed, worst = _claim_scores(options, subject)
    kept = {name: one for name, one in (scores | claimed).items() if options.keeps(name)}
    about = _taken_with(options, subject) | _facts(reader, time.monotonic() - began)
    sections: list[Section] = []
    if options.html is not None:
        sections = read_sections(sets, seen, main) if main in seen else []
        sections += worst_sections(worst, codecs)
    return Report(weights=options.weights, scores=kept, about=about), sections


def _shown(
    options: Options, subject: Subject, groups: list[str], scenes: Sequence[Scene]
) -> tuple[Sets, str]:
    """The clips that are read, by whom they are from, and which of them are scored."""
    scored, studio = subject.scored, None
    conditions: tuple[Condition, ...] = ()
    if scored is not None:
        conditions = _conditions([group for group in groups if group in READ_GROUPS])
    if scored is not None and conditions:
        studio = Studio(scored, options.cache, Manner(full=options.full))
    _say_plan(options, studio, conditions, groups, scenes)
    sets = _drawn(groups, scenes, subject.codecs)
    if studio is None:
        return sets, "truth"
    for index, condition in enumerate(conditions):
        left = studio.passes_left(conditions[index + 1 :], scenes)
        sets[condition] = studio.make(condition, scenes, left)
    return sets, "joint"


def _codec_rows(sets: Sets, codecs: Codecs) -> dict[str, Score]:
    """What the codecs lose; beside onsets, those found in the true sound."""
    heard = onset_scores(sets["truth"], sets["truth"])
    return {
        name: Score(value=value, floors={"truth": heard[name]} if name in heard else {})
        for name, value in codec_scores(sets["truth"], sets["codec"], codecs).items()
    }


def _score_clips(options: Options, began: float) -> None:
    """A film, a take, or the clips of a folder in the place of weights."""
    reader = load_reader(options.reader)
    looked = look_at(reader, Path(options.weights), _say)
    rows = {row: Score.missing(NOT_OF_CLIPS) for row in known_rows()} | filmed_rows(looked)
    kept = {name: score for name, score in rows.items() if options.keeps(name)}
    about = {"clips": len(looked)} | _facts(reader, time.monotonic() - began)
    report = Report(weights=options.weights, scores=kept, about=about)
    _tell(options, report, filmed_sections(looked))


def known_rows() -> list[str]:
    """Every row that is taken where a scene is known."""
    claimed = [row for claim in all_claims(None, None) for row in claim.rows]
    return [*(f"prompt.{name}" for name in NAMES), *claimed]


def _tell(options: Options, report: Report, sections: Sequence[Section]) -> None:
    """The table, what stands in the wrong order in it, the file and the page."""
    sys.stdout.write(report.table() + "\n")
    for name, how in misplaced(report.scores).items():
        _say(f"Out of order beyond its intervals: {name}: {how}.")
    if options.json is not None:
        write_json(options.json, report)
        if redraw_run_page(options.json.parent):
            _say(f"The page of the run is {options.json.parent / 'page.html'}.")
    if options.html is not None:
        write_page(options.html, report, sections)
        _say(f"The page is {options.html / 'index.html'}.")


def _drawn(groups: list[str], scenes: Sequence[Scene], codecs: Codecs | None) -> Sets:
    """The world's own clips for those groups that read them."""
    sets: Sets = {}
    if set(groups) & {*READ_GROUPS, "codecs"}:
        sets["truth"] = world_clips(scenes)
    if set(groups) & set(READ_GROUPS):
        _say("Drawing the retakes.")
        sets["retake"] = retakes(scenes)
    if codecs is not None and sets:
        _say("Passing the truth through the codecs.")
        sets["codec"] = through_codecs(sets["truth"], codecs)
    return sets


def _claim_scores(options: Options, subject: Subject) -> tuple[dict[str, Score], list[Worst]]:
    """The claims' rows on the world; of weights, what they are asked for, and why not the rest.

    On the world with each claim's worst clip.
    """
    scored, codecs = subject.scored, subject.codecs
    asked = [claim for claim in all_claims(None, codecs) if any(map(options.keeps, claim.rows))]
    if options.weights != WORLD:
        level = options.scene_level
        rows = {
            row: Score.missing(too_low(claim, level) or NOT_OF_WEIGHTS)
            for claim in asked
            for row in claim.rows
            # Of weights these are taken at every strength.
            if claim.name != "v2v"
        }
        groups = [group for group in RENDER_GROUPS if options.wants(group)]
        if scored is None or not groups:
            return rows, []
        few = options.few
        reader = load_reader(options.reader)
        return rows | render_rows(scored, reader, groups, few, level, options.cache, _say), []
    finds = any("physics" in groups_of(claim) for claim in asked)
    tools = Tools(
        reader=options.reader if finds else None,
        codecs=None if codecs is None else packaged_reader().parent,
    )
    kept = options.cache / WORLD
    return world_scores(asked, options.clips, options.level, tools, _say, kept)


def _damage(options: Options, codecs: Codecs | None) -> None:
    """The scores' own test.

    Raises:
        EngineError: if a score does not fall as its clips are damaged.
    """
    seconds = DAMAGED_S * steps_of_damage(options.keeps) * options.clips
    _say(f"Plan: {options.clips} clips spoilt in every way; about {seconds / 60:.1f} min.")
    found = _falls(options, options.clips, codecs)
    sys.stdout.write(fall_table(found) + "\n")
    if options.json is not None:
        told = {"weights": WORLD, "scores": {}, "damage": [asdict(one) for one in found]}
        write_whole(options.json, json.dumps(told, indent=1))
    if not all(one.right for one in found):
        raise EngineError("A score does not fall in order as its clips are damaged; see above.")


def _falls(options: Options, count: int, codecs: Codecs | None) -> list[Fall]:
    """What becomes of rows as clips are spoilt."""
    reader = load_reader(options.reader)
    found: list[Fall] = []
    if any(options.keeps(damage.row) for damage in SOUND_DAMAGES.values()):
        clips = world_clips(held_out_scenes(count, options.scene_level))
        found += sounds_fallen(observe(reader, clips), clips, options.keeps)
    claims = all_claims(reader.looks, codecs)
    return found + fallen(claims, count, options.level, options.keeps)


def _conditions(reading: list[str]) -> tuple[Condition, ...]:
    """What must be made: words alone are read from pictures, which a cascade does not change."""
    if not reading:
        return ()
    return CONDITIONS if {"sync", "stereo"} & set(reading) else CONDITIONS[:2]


def _say_plan(
    options: Options,
    studio: Studio | None,
    conditions: tuple[Condition, ...],
    groups: list[str],
    scenes: Sequence[Scene],
) -> None:
    text = f"Plan: {', '.join(groups)} on {options.clips} held-out scenes"
    claims = set(groups) - {"codecs", "full"} if options.weights == WORLD else set()
    # Seconds a clip of a core, measured: the readers' part, and that of each claimed group, of
    # which as many run side by side as there are cores.
    seconds = (0.6 + 0.5 * len(claims) / cores()) * options.clips + 5
    if studio is not None:
        left = studio.passes_left(conditions, scenes)
        kept = sum(len(scenes) - len(studio.missing(it, scenes)) for it in conditions)
        seconds += studio.seconds_a_pass(scenes) * left if left else 0.0
        text += f"; {' and '.join(conditions)}, {left} passes to go, {kept} clips kept from before"
    if options.weights != WORLD and set(groups) & set(RENDER_GROUPS):
        few = options.few
        seconds += RENDER_S * few
        text += f"; {few} clips asked for in other ways than by words"
    _say(f"{text}; about {seconds / 60:.1f} min.")


def _taken_with(options: Options, subject: Subject) -> dict[str, object]:
    """What the rows depend on beside the weights."""
    weights, scored = options.weights != WORLD, subject.scored
    manner = scored and Manner(full=options.full, trained=scored.model.trained)
    return {
        "clips": options.clips,
        # On the world every row is taken on the lowest level that shows it, if none is named.
        "level": options.scene_level if weights else options.level,
        "manner": "full" if options.full else "fast",
        "sampler": manner.sampler if manner else None,
        "transformer": scored.name if scored else None,
    } | subject.about_codecs()


def _facts(reader: Reader | None, seconds: float) -> dict[str, object]:
    """What read the clips, where, and how long it took."""
    return {
        "reader_threshold": reader.config.threshold if reader else None,
        "seconds": round(seconds, 1),
        "torch": torch.__version__,
        "cores": cores(),
    }


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
