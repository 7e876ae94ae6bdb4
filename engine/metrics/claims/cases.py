"""Held-out clips of the world with all that is known of them, and clips shown in their place.

A claim is measured on what is shown (the truth's own render, its round trip, a neighbour's clip, a
damaged one, a model's) against what is known of the case. Where to look is known; what is there is
measured from pixels and samples alone.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from engine.metrics.evidence import SHAPE
from engine.models.codecs import Codecs
from engine.shapes import ClipShape
from engine.world.actions import Dance, Jump, Talk, Travel
from engine.world.clips import Clips, make_clips
from engine.world.sampler import sample_scene
from engine.world.scene import Scene
from engine.world.seeds import held_out_seed
from engine.world.task_clips import TaskClips, make_task
from engine.world.tasks import TaskKind, sample_task
from engine.world.truth import Truth

CaseKind = Literal["props", "talk", "steps", "dance", "cast", "pair", "cut", "edit", "perception"]
LEVELS: dict[CaseKind, int] = {
    "props": 1,
    "talk": 2,
    "steps": 2,
    "dance": 2,
    "cast": 2,
    "pair": 2,
    "cut": 3,
    "edit": 2,
    "perception": 2,
}
_RETAKE = 1 << 30
_BATCH = 8
# Of this many scenes for each that is wanted, at least that many have it at the levels above.
_SEARCH = 60


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One clip: (T, H, W, 3) uint8 pictures and (2, S) float32 sound."""

    video: NDArray[np.uint8]
    sound: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is known of one held-out clip.

    Attributes:
        scene: what it shows.
        truth: what happens in it.
        masks: (T, H, W) uint8: 0 the set, then bodies and cast.
        answer: the truth's own render, or the wanted map of a perception.
        shape: its place on the lattice.
        task: with everything given, where the case is a task.
    """

    scene: Scene
    truth: Truth
    masks: NDArray[np.uint8]
    answer: Shown
    shape: ClipShape = SHAPE
    task: TaskClips | None = field(default=None, repr=False)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """(T,) what each picture shows: the middle of its interval."""
        return (np.arange(len(self.masks), dtype=np.float64) + 0.5) / float(self.shape.rate)

    @property
    def source(self) -> Shown:
        """What an edit or a perception is given."""
        assert self.task is not None
        assert self.task.source_video is not None
        assert self.task.source_audio is not None
        return Shown(video=self.task.source_video.numpy(), sound=self.task.source_audio.numpy())


def unfit(case: Case, shown: Shown) -> str:
    """Why a clip cannot be measured in place of a case; empty where it can.

    One channel is heard on both sides (``fitted``), and silence is measured as what it is.
    """
    frames, height, width = case.masks.shape
    if shown.video.shape[1:3] != (height, width):
        there = f"{shown.video.shape[2]}x{shown.video.shape[1]}"
        return f"the clip is {there} pixels, and {width}x{height} are measured; scale it"
    if len(shown.video) != frames:
        return (
            f"the clip has {len(shown.video)} pictures, and {frames} at {case.shape.rate} a second "
            "are measured; bring it to that rate and length"
        )
    if not shown.sound.size:
        return "the clip has no sound"
    if not np.isfinite(shown.sound).all():
        return "the clip's sound has samples that are no numbers"
    return ""


def fitted(case: Case, shown: Shown) -> Shown:
    """A clip with two channels and as many samples as its case has; silence fills what is short."""
    wanted = case.answer.sound.shape[1]
    sound = np.atleast_2d(shown.sound)
    if sound.shape == (2, wanted):
        return shown
    sound = np.repeat(sound, 2, axis=0) if len(sound) == 1 else sound[:2]
    sound = np.pad(sound, ((0, 0), (0, max(0, wanted - sound.shape[1]))))
    return replace(shown, sound=sound[:, :wanted])


def speaks(scene: Scene) -> bool:
    """Whether somebody says something within the first second, and no music covers it."""
    acts = [act for puppet in scene.cast for act in puppet.acts]
    return scene.music is None and any(isinstance(a, Talk) and a.start_s < 1.0 for a in acts)


def steps(scene: Scene) -> bool:
    """Whether somebody walks, runs or jumps where nothing else sounds."""
    acts = [act for puppet in scene.cast for act in puppet.acts]
    quiet = scene.music is None and not any(isinstance(act, Talk) for act in acts)
    return quiet and any(isinstance(act, Travel | Jump) for act in acts)


def dances(scene: Scene) -> bool:
    """Whether somebody dances to music."""
    acts = [act for puppet in scene.cast for act in puppet.acts]
    return scene.music is not None and any(isinstance(act, Dance) for act in acts)


def pairs_up(scene: Scene) -> bool:
    """Whether two jump at once."""
    jumps = [[act for act in one.acts if isinstance(act, Jump)] for one in scene.cast]
    return len(jumps) == 2 and all(jumps) and jumps[0][0].at_s == jumps[1][0].at_s


_WANTED: dict[str, Callable[[Scene], bool]] = {
    "props": lambda scene: bool(scene.bodies) and not scene.cast,
    "talk": speaks,
    "steps": steps,
    "dance": dances,
    "pair": pairs_up,
    "cast": lambda scene: bool(scene.cast),
    "cut": lambda scene: bool(scene.shots),
}
_TASKS: dict[str, TaskKind] = {"edit": "edit", "perception": "perception"}


def subjects_of(
    kind: CaseKind, count: int, level: int | None = None, *, static: bool = False
) -> list[Scene]:
    """What the first ``count`` held-out cases of a kind are about, before anything is drawn.

    Fewer, or none, where the level has not enough; of a task, the scene that is its source.

    Args:
        kind: what must be seen or heard.
        count: how many.
        level: of the scenes; by default the lowest that has the kind.
        static: whether the camera stands still.
    """
    level = LEVELS[kind] if level is None else level
    if level < LEVELS[kind]:
        return []
    if kind in _TASKS:
        return [sample_scene(held_out_seed(index), level) for index in range(count)]
    scenes: list[Scene] = []
    for scene in _searched(kind, count, level):
        if not static or (scene.camera.move == "static" and not scene.shots):
            scenes.append(scene)
        if len(scenes) == count:
            break
    return scenes


def cases_of(kind: CaseKind, subjects: Sequence[Scene], shape: ClipShape = SHAPE) -> list[Case]:
    """The cases about ``subjects``, drawn."""
    if kind in _TASKS:
        return _task_cases(_TASKS[kind], subjects, shape)
    return scene_cases(subjects, shape)


def _searched(kind: str, count: int, level: int) -> Iterator[Scene]:
    for index in range(_SEARCH * count):
        scene = sample_scene(held_out_seed(index), level)
        if kind != "cut":
            # One shot, so that what is looked at is looked at throughout.
            scene = replace(scene, shots=())
        if _WANTED[kind](scene):
            yield scene


def scene_cases(scenes: Sequence[Scene], shape: ClipShape = SHAPE) -> list[Case]:
    """The cases of given scenes."""
    cases = []
    for start in range(0, len(scenes), _BATCH):
        clips = make_clips(scenes[start : start + _BATCH], shape)
        cases += [
            Case(
                scene=clips.scenes[row],
                truth=clips.truths[row],
                masks=clips.masks[row].numpy(),
                answer=_shown(clips, row),
                shape=shape,
            )
            for row in range(len(clips.scenes))
        ]
    return cases


def _shown(clips: Clips, row: int) -> Shown:
    return Shown(video=clips.video[row].numpy(), sound=clips.audio[row].numpy())


def _task_cases(kind: TaskKind, subjects: Sequence[Scene], shape: ClipShape) -> list[Case]:
    cases = []
    for scene in subjects:
        task = sample_task(scene.seed, scene.level, kind)
        made = make_task(task, shape, dense=kind == "perception")
        cases.append(
            Case(
                scene=task.scene,
                truth=made.truth,
                masks=made.masks.numpy(),
                answer=Shown(video=made.video.numpy(), sound=made.audio.numpy()),
                shape=shape,
                task=made,
            )
        )
    return cases


def retaken(cases: Sequence[Case]) -> list[Shown]:
    """The same scenes again: other clouds, other breaths of air, the same events."""
    again = [replace(case.scene, seed=case.scene.seed + _RETAKE) for case in cases]
    return [case.answer for case in scene_cases(again, cases[0].shape)] if cases else []


def round_trips(shown: Sequence[Shown], codecs: Codecs) -> list[Shown]:
    """Clips of one shape, encoded and decoded."""
    done = []
    for start in range(0, len(shown), _BATCH):
        few = shown[start : start + _BATCH]
        height, width = few[0].video.shape[1:3]
        pictures = torch.from_numpy(np.stack([one.video for one in few]))
        sounds = torch.from_numpy(np.stack([one.sound for one in few]))
        video = codecs.decode_video(codecs.encode_video(pictures), width, height).cpu().numpy()
        sound = codecs.decode_audio(codecs.encode_audio(sounds), sounds.shape[-1]).cpu().numpy()
        done += [Shown(video=video[row], sound=sound[row]) for row in range(len(few))]
    return done


def long_shape(seconds: float, shape: ClipShape = SHAPE) -> ClipShape:
    """A shape of about so many seconds on the lattice."""
    frames = 1 + 4 * round(seconds * float(shape.rate) / 4)
    return ClipShape(
        width=shape.width, height=shape.height, frames=frames, rate=Fraction(shape.rate)
    )
