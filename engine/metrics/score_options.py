"""What ``python -m engine score`` is asked for."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from engine.arguments import Parser, check_report
from engine.errors import RequestError
from engine.metrics.claims.suite import GROUPS as CLAIM_GROUPS
from engine.metrics.filmed import is_film
from engine.metrics.reader import FILE, packaged_reader
from engine.metrics.renders.suite import GROUPS as RENDER_GROUPS
from engine.models.codecs import FILES
from engine.pipelines.model import TRANSFORMER
from engine.whole_files import refuse_unwritable

WORLD = "world"
# Those that are taken on clips of weights too; claims are taken on the world.
READ_GROUPS = ("sync", "stereo", "prompt")
GROUPS = (*dict.fromkeys((*READ_GROUPS, "codecs", "full", *CLAIM_GROUPS, *RENDER_GROUPS)),)
LEVELS = (1, 2, 3)
DAMAGE_CLIPS = 16
# Of the clips, one in so many is asked of weights in every other way than by words.
FEWER = 8
FAST_CLIPS, FULL_CLIPS = 64, 32


@dataclass(frozen=True, kw_only=True)
class Options:
    """What was asked for.

    Attributes:
        weights: a folder, a transformer's file, a film, or ``world``.
        only: groups or whole names of scores; empty for all.
        level: of the world's scenes; by default the lowest that shows what a score is about.
        damage: whether the scores themselves are tested.
    """

    weights: str
    clips: int
    only: tuple[str, ...]
    full: bool
    json: Path | None
    html: Path | None
    sheet: Path | None
    cache: Path
    device: str
    reader: Path
    level: int | None
    damage: bool

    def wants(self, group: str) -> bool:
        """Whether any score of ``group`` is asked for."""
        return not self.only or any(name.split(".")[0] == group for name in self.only)

    def keeps(self, name: str) -> bool:
        """Whether the score ``name`` is asked for."""
        return not self.only or any(name == one or name.startswith(f"{one}.") for one in self.only)

    @property
    def scene_level(self) -> int:
        """Level of the scenes that are read and listened to."""
        return self.level or 1

    @property
    def filmed(self) -> bool:
        """Whether clips of a folder, or one alone, are scored in the place of weights."""
        return _holds_clips(self.weights)

    @property
    def few(self) -> int:
        """How many clips are asked of weights in other ways than by words."""
        return max(2, self.clips // FEWER)


def parsed(argv: list[str]) -> Options:
    """Options of the command's arguments.

    Raises:
        RequestError: if they ask for what there is not.
    """
    asked = _parser().parse_args(argv)
    only = tuple(name.strip() for name in asked.only.split(",") if name.strip())
    _refuse(asked, only)
    usual = DAMAGE_CLIPS if asked.damage else FULL_CLIPS if asked.full else FAST_CLIPS
    clips = usual if asked.clips is None else asked.clips
    if clips < 2:
        raise RequestError("Scores need at least two clips, so that pairs can be shuffled.")
    page = asked.html and asked.html / "index.html"
    for target in (asked.json, asked.sheet, page, asked.cache / WORLD / "clip"):
        if target is not None:
            refuse_unwritable(target)
    if asked.json is not None:
        check_report(asked.json, (one for name, one in vars(asked).items() if name != "json"))
    return Options(**{**vars(asked), "only": only, "clips": clips})


def _parser() -> Parser:
    shipped = packaged_reader().parent
    parser = Parser(
        prog="python -m engine score",
        description="Score weights on held-out scenes, beside the truth, chance and baselines.",
        epilog="score compare A.json B.json: what became better, worse, or cannot be told. "
        "score tables A.json ... --into FILE.md: reports of stages as the tables of a release. "
        "score RUN/best.safetensors --json RUN/scores-STEP.json: on the run's page too, over the "
        "steps of all its reports.",
    )
    parser.add_argument(
        "weights",
        nargs="?",
        default=str(shipped),
        metavar="WEIGHTS|FOLDER|world",
        help="a transformer's file, whose codecs lie beside it or its run and are else those "
        "delivered; a folder with both; a film or a take or a folder of them; or the world's own "
        "renders. The weights delivered by default",
    )
    parser.add_argument("--clips", type=int, metavar="N", help="held-out scenes (64; Full 32)")
    parser.add_argument(
        "--only",
        default="",
        metavar="NAME,...",
        help=f"groups of rows, or rows such as sync.f1; all by default: {', '.join(GROUPS)}",
    )
    parser.add_argument(
        "--level",
        type=int,
        choices=LEVELS,
        help="of the world's scenes; by default 1, and on the world the lowest that shows a row",
    )
    parser.add_argument("--damage", action="store_true", help="test the scores on spoilt clips")
    parser.add_argument(
        "--full", action="store_true", help="clips of weights in 50 steps instead of 8"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON")
    parser.add_argument("--html", type=Path, metavar="DIR", help="a page to look at")
    cache = Path(platformdirs.user_cache_dir("dailies", appauthor=False)) / "score"
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE.md", help="the world's rows and their test, to read"
    )
    parser.add_argument(
        "--cache", type=Path, default=cache, metavar="DIR", help="where clips made once are kept"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument(
        "--reader",
        type=Path,
        default=shipped / FILE,
        metavar="FILE",
        help="what reads names and contacts; that delivered by default",
    )
    return parser


def _refuse(asked: argparse.Namespace, only: tuple[str, ...]) -> None:
    for name in only:
        if name.split(".")[0] not in GROUPS:
            raise RequestError(f"There is no score {name!r}; there are {', '.join(GROUPS)}.")
    if asked.damage and asked.weights != WORLD:
        raise RequestError("Only the world's clips are damaged: say 'score world --damage'.")
    if asked.damage and asked.html is not None:
        raise RequestError(
            "A page tells of clips as they are, not of spoilt ones: leave out --html or --damage. "
            "--json FILE keeps what --damage finds."
        )
    if asked.sheet is not None and (asked.weights != WORLD or asked.damage or only):
        raise RequestError("A sheet tells of everything on the world: say 'score world --sheet'.")
    of_scenes = asked.full or not (asked.level is None and asked.clips is None)
    if of_scenes and _holds_clips(asked.weights):
        raise RequestError(
            "Films are scored as they are, all of them: leave out --level, --clips and --full."
        )
    if asked.weights == WORLD and asked.full:
        raise RequestError("The world is drawn and not rendered in steps: leave out --full.")


def _holds_clips(named: str) -> bool:
    """Whether there are clips, and no weights, where ``named`` points."""
    path = Path(named)
    if named == WORLD or not path.is_dir():
        return named != WORLD and is_film(path)
    return not any((path / name).is_file() for name in (TRANSFORMER, *FILES))
