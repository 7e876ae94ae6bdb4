"""Tasks drawn: the clips that are given and the clip that shall come of them.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from engine.shapes import ClipShape
from engine.world.cast_sheet import puppet_picture
from engine.world.clips import Clips, make_clips, subject_picture
from engine.world.maps import DenseTruth, dense_truth, show_depth, show_motion, show_outline
from engine.world.roles import MEDIA
from engine.world.scene import Scene
from engine.world.sequences import ShotClip, make_sequence
from engine.world.tasks import Task, TaskReference
from engine.world.truth import Truth


@dataclass(frozen=True, kw_only=True)
class Given:
    """A reference as it is given.

    Attributes:
        video: (T, H, W, 3) uint8, one picture of an image; None of a sound.
        audio: (2, S) float32 of a sound; None of what is seen.
    """

    reference: TaskReference
    video: Tensor | None
    audio: Tensor | None


@dataclass(frozen=True, kw_only=True)
class TaskClips:
    """One task with all that is given and wanted.

    Attributes:
        video: (T, H, W, 3) uint8 wanted picture, or the map that is asked for.
        audio: (2, S) float32 wanted sound.
        masks: (T, H, W) uint8 as in ``Clips``.
        truth: of the wanted clip.
        given: the references.
        source_video, source_audio: of an edit or a perception.
        known: (T,) bool: which pictures an extension is given.
        shots: of a sequence, each shot as a clip of its own; the other fields hold the whole.
        dense: depth and motion, where they were asked for.
    """

    task: Task
    video: Tensor
    audio: Tensor
    masks: Tensor
    truth: Truth
    given: tuple[Given, ...] = ()
    source_video: Tensor | None = None
    source_audio: Tensor | None = None
    known: Tensor | None = None
    shots: tuple[ShotClip, ...] = ()
    dense: DenseTruth | None = None


def make_task(
    task: Task, shape: ClipShape, *, device: torch.device | str = "cpu", dense: bool = False
) -> TaskClips:
    """Draw a task.

    Args:
        task: what to draw.
        shape: of the wanted clip and of those that are given.
        device: where to draw.
        dense: whether to give the maps of the wanted clip as well.
    """
    scenes = [task.scene]
    if task.source is not None and task.source != task.scene:
        scenes.append(task.source)
    clips = make_clips(scenes, shape, device)
    maps = None
    if dense or task.ask in ("depth", "motion"):
        maps = dense_truth(task.scene, clips.truths[0], clips.masks[0], shape)
    done = TaskClips(
        task=task,
        video=clips.video[0],
        audio=clips.audio[0],
        masks=clips.masks[0],
        truth=clips.truths[0],
        given=tuple(make_reference(one, shape, device, clips) for one in task.references),
        dense=maps,
    )
    if task.kind == "sequence":
        return replace(done, shots=make_sequence(task.scene, shape, device=device))
    if task.kind == "extend":
        return replace(done, known=_known(task.known, shape.frames))
    if task.source is not None:
        shown = _shown(task, clips, maps)
        return replace(
            done, video=shown, source_video=clips.video[-1], source_audio=clips.audio[-1]
        )
    return done


def make_reference(
    given: TaskReference,
    shape: ClipShape,
    device: torch.device | str = "cpu",
    drawn: Clips | None = None,
) -> Given:
    """Draw a reference; clips that are drawn already are not drawn again.

    Args:
        given: what to draw.
        shape: of a clip; a picture has its size.
        device: where to draw.
        drawn: clips of this shape, among which the reference's scene may be.
    """
    if given.role == "subject":
        picture = _portrait(given, shape)
        return Given(reference=given, video=picture.to(device)[None], audio=None)
    if drawn is not None and given.scene in drawn.scenes:
        clips, index = drawn, drawn.scenes.index(given.scene)
    else:
        clips, index = make_clips([given.scene], shape, device), 0
    if MEDIA[given.role] == "audio":
        return Given(reference=given, video=None, audio=clips.audio[index])
    video = clips.video[index]
    if MEDIA[given.role] == "image":
        picture = round(given.at * (shape.frames - 1))
        video = video[picture : picture + 1]
    return Given(reference=given, video=video, audio=None)


def _portrait(given: TaskReference, shape: ClipShape) -> Tensor:
    """(H, W, 3) uint8: a subject alone on plain ground, in a pose of its own."""
    scene: Scene = given.scene
    count = len(scene.bodies)
    if given.subject < count:
        seen: np.ndarray = subject_picture(
            scene, given.subject, shape.width, shape.height, given.seed
        )
    else:
        identity = scene.cast[given.subject - count].identity
        seen = puppet_picture(identity, shape.width, shape.height, given.seed)
    return torch.from_numpy(np.ascontiguousarray(seen))


def _known(share: float, frames: int) -> Tensor:
    """(T,) bool: whole latents of the beginning, or of the end where the share is below 0."""
    count = 1 + 4 * round((frames - 1) / 4 * abs(share))
    known = torch.zeros(frames, dtype=torch.bool)
    known[:count] = share > 0.0
    if share < 0.0:
        known[frames - count + 1 :] = True
    return known


def _shown(task: Task, clips: Clips, maps: DenseTruth | None) -> Tensor:
    """The picture that is wanted, or a map in its place."""
    match task.ask:
        case "picture":
            return clips.video[0]
        case "outline":
            return show_outline(clips.masks[0], task.subjects[0])
        case "depth":
            assert maps is not None
            return show_depth(maps).to(clips.video.device)
        case "motion":
            assert maps is not None
            return show_motion(maps).to(clips.video.device)
