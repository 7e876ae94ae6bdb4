"""What a request is made from, as latents and tokens of the model: sources, pictures, streams.

Shape letters: C latent channels, L latent frames, h w latent picture, A audio latents.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api import Edit, Reference
from engine.backends.backlot_desk import Desk
from engine.backends.own_latents import Wanted, own_latents
from engine.backends.sources import held_pictures, load_picture, load_sound
from engine.backends.take_files import (
    hash_file,
    picture_of,
    sound_of,
)
from engine.conditioning.placing import picture_at
from engine.errors import RequestError
from engine.media import probe
from engine.models.signals import Latents
from engine.models.transformer import TransformerConfig
from engine.pipelines.model import Model
from engine.pipelines.references import StreamReference, encode_sound
from engine.pipelines.render import Still
from engine.pipelines.stages import (
    REFERENCE_PX,
    Around,
    PictureReference,
    centre_square,
    encode_clip,
    fill_frame,
)
from engine.pipelines.streaming import encode_pictures
from engine.shapes import (
    SAMPLE_RATE_HZ,
    SAMPLES_PER_LATENT,
    TIME_STRIDE,
    ClipShape,
    clip_size,
    nearest_legal_frames,
)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Everything that a request's references become, for one shape.

    Attributes:
        slots: a number for every slot that the prompt may name.
        first: latent (1, C, 1, h, w) of a given first picture.
        soundtrack: latents (1, 2, C, A) of a given sound.
    """

    pictures: tuple[PictureReference, ...] = ()
    streams: tuple[StreamReference, ...] = ()
    slots: dict[str, int] = field(default_factory=dict)
    first: Tensor | None = None
    stills: tuple[Still, ...] = ()
    soundtrack: Tensor | None = None


def load_sources(
    desk: Desk,
    references: Sequence[tuple[Reference, str]],
    slots: dict[str, int],
    shape: ClipShape,
) -> Sources:
    """What ``references``, each with the name of its slot, are for a clip of ``shape``.

    Args:
        desk: the codecs of its model encode them.
        references: that reach the clip.
        slots: a number for every slot that the words may name.
        shape: of the clip.

    Raises:
        EngineError: if a file cannot be read.
    """
    pictures: list[PictureReference] = []
    streams: list[StreamReference] = []
    stills: list[Still] = []
    first = soundtrack = None
    for reference, slot in sorted(references, key=lambda pair: slots[pair[1]]):
        match reference.kind, reference.role:
            case "audio", "soundtrack":
                soundtrack = _soundtrack(desk, reference, shape)
            case ("audio", _) | ("video", _):
                latents = _stream(desk, reference, shape)
                streams.append(_weighted(reference, latents, slots[slot]))
            case _, "first_frame":
                first = _frame(desk, reference, shape)
            case _, "last_frame" | "keyframe":
                latent = _frame(desk, reference, shape)
                stills.append(Still(latent=latent, frame=_frame_of(reference, shape)))
            case _:
                pictures.append(_picture(desk, reference, slots[slot]))
    return Sources(
        pictures=tuple(pictures),
        streams=tuple(streams),
        slots=slots,
        first=first,
        stills=tuple(stills),
        soundtrack=soundtrack,
    )


def to_latents(arrays: dict[str, NDArray[np.generic]], prefix: str = "") -> Latents:
    """Arrays of a file as latents; ``prefix`` begins their names.

    Raises:
        RequestError: if there are none in it.
    """
    names = (f"{prefix}video", f"{prefix}audio")
    try:
        video, audio = (torch.from_numpy(np.array(arrays[name])) for name in names)
    except KeyError as error:
        raise RequestError("The latents of this take are damaged; render it again.") from error
    return Latents(video=video.float(), audio=audio.float())


def from_latents(latents: Latents, prefix: str = "") -> dict[str, NDArray[np.generic]]:
    """Latents as arrays for a file."""
    return {
        f"{prefix}video": latents.video.cpu().numpy(),
        f"{prefix}audio": latents.audio.cpu().numpy(),
    }


def around_arrays(around: Around) -> dict[str, NDArray[np.generic]]:
    """The sound around a clip as arrays for its file."""
    parts = {"audio_before": around.before, "audio_after": around.after}
    return {name: part.cpu().numpy() for name, part in parts.items() if part is not None}


def around_of(arrays: dict[str, NDArray[np.generic]]) -> Around:
    """The sound around a clip, from its file."""

    def part(name: str) -> Tensor | None:
        return torch.from_numpy(np.array(arrays[name])).float() if name in arrays else None

    return Around(before=part("audio_before"), after=part("audio_after"))


def source_latents(desk: Desk, edit: Edit, shape: ClipShape) -> Latents:
    """A take's own latents where they fit, else its media through the codecs."""
    own = None if edit.in_s else take_latents(desk.model, edit.source, shape)
    if own is not None:
        return own
    return encode_clip(desk.model, *source_media(edit, shape, desk.heard), shape)


def source_media(
    edit: Edit, shape: ClipShape, heard: Callable[[], None]
) -> tuple[Iterator[NDArray[np.uint8]], NDArray[np.float32]]:
    """Pictures, one by one, and sound (2, S) of what an edit takes of its source."""
    source, start_s = Path(edit.source), float(edit.in_s)
    size = (shape.width, shape.height)
    pictures = held_pictures(picture_of(source), shape.frames, shape.rate, *size, start_s, heard)
    return pictures, load_sound(source, shape.samples, start_s)


def edge_latents(desk: Desk, source: str, shape: ClipShape, *, backward: bool) -> Latents:
    """Latents at an end of ``source``: a take's own, else those of its last or first pictures.

    Raises:
        EngineError: if the source cannot be read or is of another size.
    """
    folder = Path(source)
    own = take_latents(desk.model, source, shape, whole=False)
    if own is not None:
        return own
    path = picture_of(folder)
    length_s = probe(path).duration_s
    room = max(1, int(length_s * shape.rate + 1e-6))
    frames = min(nearest_legal_frames(room)[0], 1 + 3 * TIME_STRIDE)
    part = ClipShape(width=shape.width, height=shape.height, frames=frames, rate=shape.rate)
    start_s = 0.0 if backward else max(0.0, room / float(shape.rate) - part.duration_s)
    size = (shape.width, shape.height)
    pictures = held_pictures(path, frames, shape.rate, *size, start_s, desk.heard)
    sound = load_sound(folder, part.samples, start_s)
    return encode_clip(desk.model, pictures, sound, part)


def take_latents(
    model: Model, source: str, shape: ClipShape, *, whole: bool = True
) -> Latents | None:
    """The latents of the take at ``source``, where this model starts from them.

    They may be of other weights, as long as the codecs are the same; where not the ``whole`` clip
    is wanted, of any length.
    """
    wanted = wanted_of(model.transformer.config, model.codecs.hash, shape, whole=whole)
    arrays = own_latents(Path(source), wanted)
    return None if arrays is None else to_latents(arrays)


def wanted_of(
    config: TransformerConfig, codecs: str, shape: ClipShape, *, whole: bool = True
) -> Wanted:
    """What latents of a clip of ``shape``, or a clip's end of any length, have to be."""
    frames, rows, columns = shape.video_latents
    return Wanted(
        codecs=codecs,
        width=shape.width,
        height=shape.height,
        rate=shape.rate,
        frames=shape.frames if whole else None,
        video=(1, config.channels, frames if whole else None, rows, columns),
        audio=(1, 2, config.audio_channels, shape.audio_latents if whole else None),
    )


def source_clip(desk: Desk, edit: Edit, shape: ClipShape) -> Tensor:
    """The source of an instruction as a reference clip (1, C, L, h, w), at half size."""
    path = picture_of(Path(edit.source))

    def make() -> Tensor:
        return _encoded(desk, path, shape.frames, shape, float(edit.in_s))

    key = ("source", hash_file(path, desk.heard), edit.in_s, shape)
    return desk.cache.get(key, make)


def _encoded(desk: Desk, path: Path, frames: int, shape: ClipShape, start_s: float) -> Tensor:
    """Pictures of a file as a reference clip (1, C, L, h, w) for a clip of ``shape``."""
    size = clip_size(shape)
    pictures = held_pictures(path, frames, shape.rate, *size, start_s, desk.heard)
    return encode_pictures(desk.model, pictures)


def _weighted(reference: Reference, latents: Tensor, slot: int) -> StreamReference:
    return StreamReference(latents=latents, role=reference.role, slot=slot, weight=reference.weight)


def _kept(
    desk: Desk, what: str, reference: Reference, make: Callable[[], Tensor], *more: Hashable
) -> Tensor:
    """``what`` of ``reference``, by the content of its file: made once."""
    path = Path(reference.source)
    file = sound_of(path) if reference.kind == "audio" else picture_of(path)
    key = (what, hash_file(file, desk.heard), reference.in_s, reference.out_s, *more)
    return desk.cache.get(key, make)


def _picture(desk: Desk, reference: Reference, slot: int) -> PictureReference:
    picture = (load_picture(reference, desk.heard) * 255).round().astype(np.uint8)

    def make() -> Tensor:
        square = centre_square(picture, REFERENCE_PX)
        return encode_pictures(desk.model, [square])[:, :, 0]

    return PictureReference(
        picture=picture,
        role=reference.role,
        slot=slot,
        weight=reference.weight,
        latent=_kept(desk, "picture", reference, make),
    )


def _frame(desk: Desk, reference: Reference, shape: ClipShape) -> Tensor:
    def make() -> Tensor:
        picture = (load_picture(reference, desk.heard) * 255).round().astype(np.uint8)
        return encode_pictures(desk.model, [fill_frame(picture, shape.width, shape.height)])

    return _kept(desk, "frame", reference, make, shape.width, shape.height)


def _frame_of(reference: Reference, shape: ClipShape) -> int:
    """The latent frame that covers a keyframe's time, or the last."""
    frames = shape.video_latents[0]
    if reference.role == "last_frame":
        return frames - 1
    picture = picture_at(reference, shape.rate)
    return min(frames - 1, -(-picture // TIME_STRIDE))


def _stream(desk: Desk, reference: Reference, shape: ClipShape) -> Tensor:
    def clip() -> Tensor:
        frames = nearest_legal_frames(_pictures_of(reference, shape))[0]
        path = picture_of(Path(reference.source))
        return _encoded(desk, path, frames, shape, reference.in_s)

    def track() -> Tensor:
        samples = min(shape.samples, _samples_of(reference))
        sound = load_sound(Path(reference.source), samples, reference.in_s, reference.out_s)
        return encode_sound(desk.model, sound)

    make = track if reference.kind == "audio" else clip
    return _kept(desk, "stream", reference, make, reference.role, shape)


def _soundtrack(desk: Desk, reference: Reference, shape: ClipShape) -> Tensor:
    def make() -> Tensor:
        sound = load_sound(Path(reference.source), shape.samples, reference.in_s, reference.out_s)
        return encode_sound(desk.model, sound)

    return _kept(desk, "soundtrack", reference, make, shape)


def _length_s(reference: Reference) -> float:
    path = Path(reference.source)
    whole_s = probe(sound_of(path) if reference.kind == "audio" else picture_of(path)).duration_s
    end_s = whole_s if reference.out_s is None else min(whole_s, reference.out_s)
    return max(0.0, end_s - reference.in_s)


def _pictures_of(reference: Reference, shape: ClipShape) -> int:
    return max(1, min(shape.frames, int(_length_s(reference) * shape.rate + 1e-6)))


def _samples_of(reference: Reference) -> int:
    return max(SAMPLES_PER_LATENT, int(_length_s(reference) * SAMPLE_RATE_HZ))
