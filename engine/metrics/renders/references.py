"""Whether weights keep references: ``references`` rows of weights, by role.

- ``references.subject.colour``, ``.prop`` and ``.material``: shares of clips in which what is read
  is what a picture of the subject on plain ground shows; the words leave the colour unsaid;
  ``references.identity.nK``: of those in which the subject is found first among 20 by its picture,
  given K of it, each in a pose of its own; ``references.identity_distance`` to it, given one.
- ``references.environment``, ``references.camera`` and ``references.motion``: correlations as in
  ``claims.likeness``, with a picture or clip that shows the role and otherwise another scene.
- ``references.tempo_error``, ``references.pitch_cents`` and ``references.formant_error``: of music
  and of a voice, heard against a track that plays or says something else.

Floors: the true clip, its round trip, another case's clip (chance), and ``without``: the same words
and noise without the reference. The subject is looked for where the picture is unlike its own
median over time, so one that does not move is not seen; its colours are those of
``seeing.looks_of``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engine.metrics.claims.cases import (
    LEVELS,
    Case,
    CaseKind,
    Shown,
    cases_of,
    round_trips,
    scene_cases,
    subjects_of,
)
from engine.metrics.claims.likeness import (
    COUNTS,
    RoleName,
    path_alike,
    role_reference,
    tempo_measures,
    voice_measures,
)
from engine.metrics.claims.rows import Found, Statistic, mean, median, scores_of
from engine.metrics.claims.seeing import (
    alike,
    camera_steps,
    ground_of,
    looks_of,
    motion_path,
    portrait_mask,
    unlike,
)
from engine.metrics.looks import BODY_NAMES
from engine.metrics.reader import Reader, read_clips
from engine.metrics.renders.maker import Maker, told
from engine.metrics.report import Score
from engine.metrics.sampling import FAST_STEPS
from engine.pipelines.references import StreamReference, encode_sound
from engine.pipelines.stages import PictureReference, fill_frame
from engine.pipelines.streaming import encode_pictures
from engine.shapes import clip_size
from engine.world.caption import action_words, caption
from engine.world.cast_sound import voice_reference
from engine.world.clips import subject_picture
from engine.world.scene import Body, Scene

AMONG = 20
_FLOORS = ("truth", "codec", "shuffled", "without", "joint")
_UNLIKE = 24
_LOOKED_AT = 9
Pictures = tuple[PictureReference, ...]
Streams = tuple[StreamReference, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One role asked of weights.

    Attributes:
        kind: of the cases.
        mention: what the prompt says of the reference.
        given: the reference of a case and its neighbour, as pictures or streams, and as it is
            compared with.
        found: values of a clip shown in the place of a case, beside what was given.
    """

    role: str
    kind: CaseKind
    rows: dict[str, Statistic]
    mention: str
    given: Callable[[Maker, Case, Case], tuple[Pictures, Streams, Shown | None]]
    found: Callable[[Case, Shown | None, Shown], Found]
    static: bool = False


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One case, asked for with its reference and without.

    Attributes:
        words: without the reference.
        naming: the words that name it.
        found: measures a clip that is shown in the place of the case.
    """

    words: str
    naming: str
    pictures: Pictures = ()
    streams: Streams = ()
    found: Callable[[Shown], Found]


def reference_rows(maker: Maker, reader: Reader, count: int, level: int) -> dict[str, Score]:
    """Every row; roles that the weights did not learn, or the level has not, say so."""
    rows = _subject_rows(maker, reader, count)
    for asked in ASKED:
        why = ""
        if not maker.learned(asked.role):
            why = f"the weights were not trained on references with the role “{asked.role}”"
        elif level < LEVELS[asked.kind]:
            why = f"it is seen from level {LEVELS[asked.kind]} of the world on"
        if why:
            rows |= {row: Score.missing(why) for row in asked.rows}
        else:
            rows |= _role_rows(maker, asked, count, level)
    return rows


def _role_rows(maker: Maker, asked: Asked, count: int, level: int) -> dict[str, Score]:
    cases = cases_of(asked.kind, subjects_of(asked.kind, count, level, static=asked.static))
    if len(cases) < 2:
        return {row: Score.missing("fewer than two clips show it") for row in asked.rows}
    trials = []
    for case, other in zip(cases, [*cases[1:], cases[0]], strict=True):
        pictures, streams, given = asked.given(maker, case, other)
        words = action_words(case.scene, random.Random(case.scene.seed), frozenset())
        trials.append(
            Trial(
                words=words,
                naming=f"{words}. {asked.mention}",
                pictures=pictures,
                streams=streams,
                found=partial(asked.found, case, given),
            )
        )
    return _scores(maker, cases, asked.rows, trials)


def _scores(
    maker: Maker,
    cases: Sequence[Case],
    rows: dict[str, Statistic],
    trials: Sequence[Trial],
) -> dict[str, Score]:
    """Scores of what is made of ``cases`` with their references, beside every floor."""
    answers = [case.answer for case in cases]
    sets = {
        "truth": answers,
        "codec": round_trips(answers, maker.model.codecs),
        "shuffled": [*answers[1:], *answers[:1]],
    }
    found: dict[str, list[Found]] = {name: [] for name in _FLOORS}
    for index, (case, trial) in enumerate(zip(cases, trials, strict=True)):
        made = {
            "joint": _made(maker, case, trial.naming, trial.pictures, trial.streams),
            "without": _made(maker, case, trial.words, (), ()),
        }
        made |= {name: shown[index] for name, shown in sets.items()}
        for name, values in found.items():
            values.append(trial.found(made[name]))
    return scores_of(rows, found, "joint")


def _made(maker: Maker, case: Case, words: str, pictures: Pictures, streams: Streams) -> Shown:
    name = f"reference {case.scene.seed} {case.scene.level} {words} {FAST_STEPS}"
    # Pictures follow from the scene and the words; clips show a neighbour, which others may be.
    name += f" {told(*(one.latents for one in streams))}" if streams else ""
    return maker.shown(
        maker.made(
            name,
            lambda: maker.generation(maker.context(words, pictures, streams), case.scene.seed),
        )
    )


def _subject_rows(maker: Maker, reader: Reader, count: int) -> dict[str, Score]:
    """The subject's own picture, among others'; a prop, which every level shows."""
    names = [f"references.subject.{kind}" for kind in BODY_NAMES]
    names += ["references.identity.n1", "references.identity_distance"]
    rows: dict[str, Statistic] = dict.fromkeys(names, mean)
    by_count = {more: f"references.identity.n{more}" for more in COUNTS[1:]}
    if not maker.learned("subject"):
        why = "the weights were not trained on references with the role “subject”"
        return {row: Score.missing(why) for row in (*rows, *by_count.values())}
    scenes = subjects_of("props", 3 * max(count, AMONG), 1, static=True)
    scenes = [scene for scene in scenes if len(scene.bodies) == 1]
    cases = cases_of("props", scenes[:count])
    size = cases[0].shape.width, cases[0].shape.height
    portraits = [subject_picture(scene, 0, *size, scene.seed % 997) for scene in scenes]
    known = [looks_of([one], [portrait_mask(one)]) for one in portraits]

    def found(index: int, clip: Shown) -> Found:
        read = _read(reader, clip, cases[index].scene.bodies[0])
        return read | _found_first(clip, known, index)

    def found_first(row: str, index: int, clip: Shown) -> Found:
        first = _found_first(clip, known, index)
        return {row: first["references.identity.n1"]} if first else {}

    def trials(how_many: int, found: Callable[[int, Shown], Found]) -> list[Trial]:
        made = []
        for index, case in enumerate(cases):
            words = _colourless(case.scene)
            tags = "".join(f" @Image{slot + 1}" for slot in range(how_many))
            pictures = _poses(case.scene, size, how_many)
            given = partial(found, index)
            made.append(Trial(words=words, naming=words + tags, pictures=pictures, found=given))
        return made

    scores = _scores(maker, cases, rows, trials(1, found))
    for more, row in by_count.items():
        scores |= _scores(maker, cases, {row: mean}, trials(more, partial(found_first, row)))
    return scores


def _poses(scene: Scene, size: tuple[int, int], count: int) -> Pictures:
    """The first body on plain ground ``count`` times over, each in a pose of its own."""
    return tuple(
        PictureReference(
            picture=subject_picture(scene, 0, *size, scene.seed % 997 + 1000 * slot),
            role="subject",
            slot=slot,
        )
        for slot in range(count)
    )


def _colourless(scene: Scene) -> str:
    """A caption that leaves the first body's colour unsaid."""
    colour = scene.bodies[0].colour
    return next(
        (text for variant in range(3, 400, 4) if colour not in (text := caption(scene, variant))),
        caption(scene, 3),
    )


def _read(reader: Reader, shown: Shown, body: Body) -> Found:
    """Whether what is named first in a clip is the subject's own."""
    reading = read_clips(reader, torch.from_numpy(np.ascontiguousarray(shown.video))[None])[0]
    return {
        f"references.subject.{kind}": float(reading.best(kind)[0] == getattr(body, kind))
        for kind in BODY_NAMES
    }


def _found_first(shown: Shown, known: Sequence[NDArray[np.float64] | None], index: int) -> Found:
    own = known[index]
    seen = moving_looks(shown.video)
    if own is None or seen is None:
        return {}
    others = [one for k, one in enumerate(known) if k != index and one is not None][: AMONG - 1]
    distance = unlike(seen, own)
    won = float(distance < min((unlike(seen, one) for one in others), default=1.0))
    return {"references.identity.n1": won, "references.identity_distance": distance}


def moving_looks(video: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """Colours, as ``looks_of`` has them, of what is unlike the median over time of (T, H, W, 3).

    Nothing where nothing is unlike it.
    """
    still = np.median(video, axis=0)
    at = np.linspace(0, len(video) - 1, _LOOKED_AT).round().astype(int)
    off = np.abs(video[at].astype(np.float32) - still).max(axis=-1)
    kernel = np.ones((3, 3), np.uint8)
    masks = [
        cv2.morphologyEx((one > _UNLIKE).astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0
        for one in off
    ]
    return looks_of([np.ascontiguousarray(video[t]) for t in at], masks)


def _picture_of(role: RoleName) -> Callable[[Maker, Case, Case], tuple[Pictures, Streams, Shown]]:
    def given(maker: Maker, case: Case, other: Case) -> tuple[Pictures, Streams, Shown]:
        del maker
        shown = role_reference(case, other.scene, role)
        picture = PictureReference(picture=shown.video[0], role=role, slot=0)
        return (picture,), (), shown

    return given


def _clip_of(role: RoleName) -> Callable[[Maker, Case, Case], tuple[Pictures, Streams, Shown]]:
    def given(maker: Maker, case: Case, other: Case) -> tuple[Pictures, Streams, Shown]:
        shown = role_reference(case, other.scene, role)
        width, height = clip_size(case.shape)
        small = np.stack([fill_frame(one, width, height) for one in shown.video])
        latents = encode_pictures(maker.model, small)
        return (), (StreamReference(latents=latents, role=role, slot=0),), shown

    return given


def _music(maker: Maker, case: Case, other: Case) -> tuple[Pictures, Streams, None]:
    """The music of the case alone, with nobody there."""
    del other
    alone = replace(case.scene, bodies=(), cast=())
    sound = scene_cases([alone], case.shape)[0].answer.sound
    return (), (_track(maker, sound, "music"),), None


def _voice(maker: Maker, case: Case, other: Case) -> tuple[Pictures, Streams, None]:
    """Who speaks in the case, saying something else."""
    del other
    most = max(range(len(case.truth.cast)), key=lambda k: len(case.truth.cast[k].syllables))
    identity = case.scene.cast[most].identity
    sound = voice_reference(identity, case.answer.sound.shape[1], case.scene.seed % 4)
    return (), (_track(maker, sound, "voice"),), None


def _track(maker: Maker, sound: NDArray[np.float32], role: str) -> StreamReference:
    with torch.inference_mode():
        latents = encode_sound(maker.model, sound)
    return StreamReference(latents=latents, role=role, slot=0)


def _environment(case: Case, given: Shown | None, shown: Shown) -> Found:
    assert given is not None
    nobody = np.zeros_like(case.masks)
    return {
        "references.environment": alike(
            ground_of(shown.video, nobody), ground_of(given.video, nobody)
        )
    }


def _camera(case: Case, given: Shown | None, shown: Shown) -> Found:
    assert given is not None
    if case.scene.camera.move in ("static", "follow", "handheld"):
        return {}
    return {"references.camera": alike(camera_steps(shown.video), camera_steps(given.video))}


def _motion(case: Case, given: Shown | None, shown: Shown) -> Found:
    del case
    assert given is not None
    return {"references.motion": path_alike(motion_path(shown.video), motion_path(given.video))}


ASKED = (
    Asked(
        role="environment",
        kind="props",
        rows={"references.environment": mean},
        mention="The place is @Image1.",
        given=_picture_of("environment"),
        found=_environment,
    ),
    Asked(
        role="camera",
        kind="props",
        rows={"references.camera": mean},
        mention="Shot like @Video1.",
        given=_clip_of("camera"),
        found=_camera,
    ),
    Asked(
        role="motion",
        kind="cast",
        rows={"references.motion": mean},
        mention="It moves as in @Video1.",
        given=_clip_of("motion"),
        found=_motion,
        static=True,
    ),
    Asked(
        role="music",
        kind="dance",
        rows={"references.tempo_error": median},
        mention="To the beat of @Audio1.",
        given=_music,
        found=lambda case, _, shown: dict(tempo_measures(case, shown)),
    ),
    Asked(
        role="voice",
        kind="talk",
        rows={"references.pitch_cents": median, "references.formant_error": mean},
        mention="The voice is @Audio1.",
        given=_voice,
        found=lambda case, _, shown: dict(voice_measures(case, shown)),
    ),
)
