"""Somebody's own clips, encoded into a store of latents as drawn scenes are.

Shape letters: T pictures, H height, W width, S samples.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.data.latents import TEXT_TOKENS, LatentSpec, LatentStore
from engine.errors import TrainingError
from engine.models.codecs import Codecs
from engine.models.text_encoder import TextEncoder
from engine.plain import to_plain

_LIST = "clips.json"
_MOST_WORDS = 2_000
# Words that say nothing of what is seen: a prompt that has these alone asks for nothing learned.
_SMALL_WORDS = """
    a an and are as at be by for from has have he her his in into is it its of off on or out over
    she that the their there they this to under up was were which while who with
"""


@dataclass(frozen=True, kw_only=True)
class OwnClip:
    """A captioned clip: uint8 (T, H, W, 3) and sound (2, S) at 24 kHz, or no sound.

    Attributes:
        name: of the file that it is from.
    """

    name: str
    caption: str
    pictures: NDArray[np.uint8]
    sound: NDArray[np.float32] | None


def encode_own(
    folder: Path, spec: LatentSpec, clips: Iterable[OwnClip], codecs: Codecs, text: TextEncoder
) -> LatentStore:
    """Encode ``clips`` into a store in ``folder``; however many there are, ``spec`` is told.

    Raises:
        TrainingError: if there is none.
    """
    videos, audios, words, names, with_sound = [], [], [], [], []
    for clip in clips:
        sound = clip.sound
        if sound is None:
            sound = np.zeros((2, spec.shape.samples), np.float32)
        videos.append(codecs.encode_video(torch.from_numpy(clip.pictures)[None])[0].cpu().half())
        audios.append(codecs.encode_audio(torch.from_numpy(sound)[None])[0].cpu().half())
        words.append(clip.caption)
        names.append(clip.name)
        with_sound.append(clip.sound is not None)
    if not words:
        raise TrainingError("There is no clip to learn from.")
    spec = replace(spec, clips=len(words))
    folder.mkdir(parents=True, exist_ok=True)
    store = LatentStore(folder, spec, "w+")
    store.video[:] = torch.stack(videos).numpy()
    store.audio[:] = torch.stack(audios).numpy()
    for row, caption in enumerate(words):
        states, mask = text.batch([caption], TEXT_TOKENS)
        store.text[row] = states[0].cpu().half().numpy()
        store.lengths[row] = int(mask.sum())
    (folder / _LIST).write_text(
        json.dumps({"names": names, "captions": words, "heard": with_sound}), encoding="utf-8"
    )
    (folder / "spec.json").write_text(json.dumps(to_plain(spec)), encoding="utf-8")
    (folder / "ready").write_text(str(len(words)))
    return store


def heard(folder: Path, clips: int) -> NDArray[np.float32]:
    """(clips,) 1 where the clip has sound.

    Raises:
        TrainingError: if the store in ``folder`` is none of own clips.
    """
    try:
        flags = json.loads((folder / _LIST).read_text(encoding="utf-8"))["heard"]
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(f"There are no clips of your own in {folder}.") from error
    if len(flags) != clips:
        raise TrainingError(f"The list of clips in {folder} is damaged; begin in another folder.")
    return np.array(flags, dtype=np.float32)


def learned_words(folder: Path) -> list[str]:
    """The words of the captions of the store in ``folder``, the most frequent first.

    Raises:
        TrainingError: if it is none of own clips.
    """
    try:
        captions = json.loads((folder / _LIST).read_text(encoding="utf-8"))["captions"]
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(f"There are no clips of your own in {folder}.") from error
    small = frozenset(_SMALL_WORDS.split())
    said = Counter(word for text in captions for word in re.findall(r"\w+", text.casefold()))
    return [word for word, _ in said.most_common() if word not in small][:_MOST_WORDS]
