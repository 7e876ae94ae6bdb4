"""Tasks drawn from the world, as small values: what is given, what is asked, what is wanted.

References are cross-paired (``engine.world.cross_pairs``). ``engine.world.task_clips`` draws tasks.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from engine.world.caption import caption
from engine.world.cross_pairs import cross_paired, speakers
from engine.world.edits import Edit, sample_edit
from engine.world.instructions import perception_instruction
from engine.world.roles import MEDIA, RoleName, mention
from engine.world.sampler import sample_scene
from engine.world.scene import Scene
from engine.world.script import common_caption, shot_caption

TaskKind = Literal[
    "text",
    "frames",
    "references",
    "sound for picture",
    "picture for sound",
    "edit",
    "extend",
    "sequence",
    "perception",
]
TASK_SHARES: dict[TaskKind, float] = {
    "text": 0.22,
    "frames": 0.12,
    "references": 0.18,
    "sound for picture": 0.07,
    "picture for sound": 0.06,
    "edit": 0.15,
    "extend": 0.08,
    "sequence": 0.07,
    "perception": 0.05,
}
AskName = Literal["picture", "depth", "motion", "outline"]


@dataclass(frozen=True, kw_only=True)
class TaskReference:
    """Something given.

    Attributes:
        role: what is to be taken from it.
        scene: what it is drawn from.
        tag: its name in the prompt, without the ``@``: Image1, Video1, Audio1 and so on.
        subject: which body, then cast, of the scene a subject's picture or outline shows.
        at: of a keyframe, its place in the clip, 0 the first picture to 1 the last.
        seed: draws the pose of a subject's picture.
    """

    role: RoleName
    scene: Scene
    tag: str
    subject: int = 0
    at: float = 0.0
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task.

    Attributes:
        scene: what shall be seen and heard.
        prompt: the words: of the whole, or the common ones of a sequence.
        shots: the words of each shot of a sequence.
        references: what is given beside the words.
        source: of an edit or a perception, the scene that is changed or looked at.
        edit: of an edit, the kind of change.
        subjects: what an edit changes, an outline traces: bodies, then cast.
        known: of an extension, the share of the clip that is given: above 0 its beginning,
            below 0 its end.
        ask: the picture, or a map of it.
    """

    kind: TaskKind
    scene: Scene
    prompt: str
    shots: tuple[str, ...] = ()
    references: tuple[TaskReference, ...] = ()
    source: Scene | None = None
    edit: str = ""
    subjects: tuple[int, ...] = ()
    known: float = 0.0
    ask: AskName = "picture"


def sample_task(seed: int, level: int = 3, kind: TaskKind | None = None) -> Task:
    """The task of a seed; equal arguments give equal tasks.

    Args:
        seed: zero or above; a held-out seed gives a held-out scene and cast.
        level: of its scenes; sequences need 3.
        kind: by default drawn by ``TASK_SHARES``.
    """
    choose = random.Random(f"{seed}/task")
    drawn = choose.choices(tuple(TASK_SHARES), tuple(TASK_SHARES.values()))[0]
    kind = kind or drawn
    if kind == "sequence":
        return _sequence(_cut_scene(seed), choose)
    scene = sample_scene(seed, level)
    if kind != "text":
        # A reference, an edit or an extension is of one shot; so is what a map is asked of.
        scene = replace(scene, shots=())
    return _MAKERS[kind](scene, choose)


def edit_task(edit: Edit) -> Task:
    """The task of making an edit."""
    return Task(
        kind="edit",
        scene=edit.result,
        prompt=edit.instruction,
        source=edit.source,
        edit=edit.kind,
        subjects=edit.subjects,
    )


def _text(scene: Scene, choose: random.Random) -> Task:
    return Task(kind="text", scene=scene, prompt=_words(scene, choose))


def _sound(scene: Scene, choose: random.Random) -> Task:
    given = TaskReference(role="picture", scene=scene, tag="Video1")
    words = _words(scene, choose)
    return Task(kind="sound for picture", scene=scene, prompt=words, references=(given,))


def _picture(scene: Scene, choose: random.Random) -> Task:
    given = TaskReference(role="soundtrack", scene=scene, tag="Audio1")
    words = _words(scene, choose)
    return Task(kind="picture for sound", scene=scene, prompt=words, references=(given,))


def _edit(scene: Scene, choose: random.Random) -> Task:
    return edit_task(sample_edit(scene, choose.getrandbits(31)))


def _extend(scene: Scene, choose: random.Random) -> Task:
    known = choose.choice((0.25, 0.5, 0.75)) * choose.choice((1.0, 1.0, -1.0))
    return Task(kind="extend", scene=scene, prompt=_words(scene, choose), known=known)


def _words(scene: Scene, choose: random.Random) -> str:
    return caption(scene, choose.randrange(1000))


def _cut_scene(seed: int) -> Scene:
    """The first scene from a seed on that is cut."""
    jump = 0
    while not (scene := sample_scene(seed + jump, 3)).shots:
        # Held-out seeds lie above all others, and so does what is found from them.
        jump += 1_000_003
    return scene


def _sequence(scene: Scene, choose: random.Random) -> Task:
    variant = choose.randrange(1000)
    words = tuple(shot_caption(scene, index, variant) for index in range(len(scene.shots)))
    return Task(kind="sequence", scene=scene, prompt=common_caption(scene, variant), shots=words)


def _frames(scene: Scene, choose: random.Random) -> Task:
    """The first picture, the last, both, or some between."""
    ways: tuple[tuple[RoleName, ...], ...] = (
        ("first frame",),
        ("last frame",),
        ("first frame", "last frame"),
        ("keyframe", "keyframe"),
    )
    roles = choose.choice(ways)
    places = sorted(choose.sample((0.2, 0.4, 0.6, 0.8), 2))
    given = tuple(
        TaskReference(
            role=role,
            scene=scene,
            tag=f"Image{number + 1}",
            at={"first frame": 0.0, "last frame": 1.0}.get(role, places[number]),
        )
        for number, role in enumerate(roles)
    )
    return Task(kind="frames", scene=scene, prompt=_words(scene, choose), references=given)


# What captions need not say beside a reference of a role.
_SHOWN_BY: dict[RoleName, tuple[str, ...]] = {
    "environment": ("set",),
    "camera": ("move", "size"),
    "music": ("music",),
}


def _references(scene: Scene, choose: random.Random) -> Task:
    """Some references by role, each from a scene of its own."""
    roles: list[RoleName] = ["environment", "camera", "motion"]
    roles.extend("subject" for _ in (*scene.bodies, *scene.cast))
    if scene.music:
        roles.append("music")
    if speakers(scene):
        roles.append("voice")
    chosen = choose.sample(roles, min(len(roles), choose.choice((1, 1, 2, 2, 3, 4))))
    counts = {"image": 0, "video": 0, "audio": 0}
    given: list[TaskReference] = []
    subject = 0
    for role in sorted(chosen, key=list(MEDIA).index):
        kind = MEDIA[role]
        counts[kind] += 1
        tag = f"{kind.capitalize()}{counts[kind]}"
        seed = choose.getrandbits(31)
        shown = cross_paired(role, scene, seed)
        given.append(TaskReference(role=role, scene=shown, tag=tag, subject=subject, seed=seed))
        subject += role == "subject"
    # What a reference shows may be left to it.
    left = chosen if choose.random() < 0.5 else ()
    unsaid = frozenset(name for role in left for name in _SHOWN_BY.get(role, ()))
    words = caption(scene, choose.randrange(1000), unsaid)
    words = [words if words.endswith((".", '"')) else f"{words}."]
    words += [mention(one.role, one.tag, choose) for one in given]
    return Task(kind="references", scene=scene, prompt=" ".join(words), references=tuple(given))


def _perception(scene: Scene, choose: random.Random) -> Task:
    ask: Literal["depth", "motion", "outline"] = choose.choice(("depth", "motion", "outline"))
    if ask != "outline":
        prompt = perception_instruction(ask, "", choose)
        return Task(kind="perception", scene=scene, prompt=prompt, source=scene, ask=ask)
    subject = choose.randrange(len(scene.bodies) + len(scene.cast))
    given = TaskReference(
        role="subject", scene=scene, tag="Image1", subject=subject, seed=choose.getrandbits(31)
    )
    return Task(
        kind="perception",
        scene=scene,
        prompt=perception_instruction(ask, "@Image1", choose),
        references=(given,),
        source=scene,
        subjects=(subject,),
        ask=ask,
    )


_MAKERS: dict[TaskKind, Callable[[Scene, random.Random], Task]] = {
    "text": _text,
    "frames": _frames,
    "references": _references,
    "sound for picture": _sound,
    "picture for sound": _picture,
    "edit": _edit,
    "extend": _extend,
    "sequence": _sequence,
    "perception": _perception,
}
