"""From a shot of the film to the frozen request that a render needs. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from engine.api import (
    CameraPlan,
    Capabilities,
    Edit,
    Extend,
    Generate,
    Kind,
    Quality,
    Reference,
    ShotPlan,
    ShotRequest,
    Task,
    Upgrade,
)
from engine.errors import RequestError
from studio.document.film import Card, Film, Media, MediaSource, Shot, ShotReference, TakeSource
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import best_upgrade, card_role, cards_named, find_media, shot_words
from studio.document.take_lineage import continued
from studio.render.film_paths import inside
from studio.render.stored_requests import load_request
from studio.wording import tr

_TAG = re.compile(r"(?<![\w@])@(\w+(?:-\w+)*)")
_IMAGE_ROLES = ("first_frame", "last_frame", "keyframe")
_SOUND_ROLES = ("voice", "music", "soundtrack")
_PLACED_ROLES = (*_IMAGE_ROLES, "soundtrack")
MAX_SEED = 2**31 - 1
FAST = Quality()


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a request is made from, beside the shot.

    Attributes:
        folder: the film's folder.
    """

    film: Film
    ledger: Ledger
    folder: Path
    capabilities: Capabilities


def shot_request(
    desk: Desk,
    shot: Shot,
    *,
    quality: Quality = FAST,
    seed: int | None = None,
    variations: int = 1,
) -> ShotRequest:
    """The request that makes ``shot`` from its words and references.

    A shot that goes on from a take, or leads up to one, does so every time.
    """
    given = _request(desk, shot, Generate(), quality=quality, seed=seed, variations=variations)
    origin = continued(desk.ledger, shot.id)
    return given if origin is None else continuing(desk, given, *origin)


def says_nothing(request: ShotRequest) -> bool:
    """Whether ``request`` has neither words nor references that something could be made of."""
    (plan, *others) = request.shots
    filmed = plan.camera != CameraPlan() or bool(plan.caption.strip())
    new = isinstance(request.task, Generate) and not others
    return new and not (re.search(r"\w", request.prompt) or filmed or request.references)


def continuing(desk: Desk, request: ShotRequest, take: TakeRecord, backward: bool) -> ShotRequest:
    """``request`` as one that goes on from ``take``, or leads up to it, in the take's size.

    What says how a shot begins or ends is left to the take.
    """
    size = _on_take(desk, take, request.task)
    source = str(inside(desk.folder, take.folder))
    return replace(
        _unplaced(request),
        task=Extend(source=source, direction="backward" if backward else "forward"),
        width=size.width,
        height=size.height,
    )


def still_request(desk: Desk, shot: Shot, *, seed: int | None = None) -> ShotRequest:
    """The request for a still of ``shot``: the shortest that can be made, for its picture."""
    short = replace(shot, frames=min(desk.capabilities.frames))
    return _request(desk, short, Generate(), seed=seed)


def sequence_request(
    desk: Desk, shots: Sequence[Shot], *, quality: Quality = FAST, seed: int | None = None
) -> ShotRequest:
    """One request for ``shots``, which share size, rate, seed and references of the first.

    Raises:
        RequestError: if there is no shot.
    """
    if not shots:
        raise RequestError(tr("Choose the shots of the sequence first."))
    first = replace(shots[0], references=_shared_references(shots), prompt="", negative_prompt="")
    request = _request(desk, first, Generate(), quality=quality, seed=seed)
    named = " ".join(shot.prompt for shot in shots)
    known = {reference.tag.casefold() for reference in request.references}
    cards = card_references(desk, named, known)
    plans = tuple(
        ShotPlan(
            caption=worded(desk.film, shot.prompt),
            frames=shot.frames,
            camera=_camera(shot),
            negative_prompt=described(desk.film, shot.negative_prompt),
        )
        for shot in shots
    )
    return replace(request, shots=plans, references=(*request.references, *cards))


def edit_request(
    desk: Desk,
    take: TakeRecord,
    edit: Edit,
    *,
    quality: Quality = FAST,
    seed: int | None = None,
) -> ShotRequest:
    """The request that changes ``take`` as ``edit`` says; its source is filled in."""
    edit = replace(edit, source=str(inside(desk.folder, take.folder)))
    request = _on_take(desk, take, edit)
    return replace(request, quality=quality, seed=take.seed if seed is None else seed)


def extend_request(
    desk: Desk, take: TakeRecord, extend: Extend, frames: int, *, quality: Quality = FAST
) -> ShotRequest:
    """The request for ``frames`` pictures that go on from ``take``; its source is filled in."""
    extend = replace(extend, source=str(inside(desk.folder, take.folder)))
    request = _unplaced(_on_take(desk, take, extend))
    plan = replace(request.shots[0], frames=frames)
    return replace(request, quality=quality, shots=(plan,))


def upgrade_request(desk: Desk, take: TakeRecord, *, from_latent: bool = False) -> ShotRequest:
    """The request that renders the Fast ``take`` in full, from the same seed."""
    upgrade = Upgrade(source=str(inside(desk.folder, take.folder)), from_latent=from_latent)
    return replace(_on_take(desk, take, upgrade), quality=Quality(mode="full"))


def next_seed(shot: Shot, made: int, fresh: int) -> int:
    """The seed of the next take of ``shot``.

    Args:
        shot: its policy decides.
        made: takes that were made of it already.
        fresh: a random number, used by the policy ``random``.
    """
    match shot.seed_policy:
        case "lock":
            return shot.seed
        case "step":
            return (shot.seed + made) % MAX_SEED
        case "random":
            return fresh % MAX_SEED


def unit_hz(media: Media) -> Fraction:
    """How many of the units in which a part of ``media`` is marked are a second."""
    if media.kind == "audio":
        return Fraction(media.facts.sample_rate_hz or 1)
    return media.facts.rate or Fraction(1)


def picture_size(width: int, height: int, capabilities: Capabilities) -> tuple[int, int]:
    """The backend's first size of the shape nearest to ``width`` x ``height``."""
    wanted = Fraction(max(1, width), max(1, height))

    def unlikeness(index: int) -> tuple[float, int]:
        size = capabilities.sizes[index]
        ratio = float(wanted / Fraction(size.width, size.height))
        return round(max(ratio, 1 / ratio), 2), index

    size = capabilities.sizes[min(range(len(capabilities.sizes)), key=unlikeness)]
    return size.width, size.height


def _request(
    desk: Desk,
    shot: Shot,
    task: Task,
    *,
    quality: Quality = FAST,
    seed: int | None = None,
    variations: int = 1,
) -> ShotRequest:
    own = tuple(_reference(desk, reference, shot.rate) for reference in shot.references)
    known = {reference.tag.casefold() for reference in own if reference.tag}
    if shot.size is None:
        size = picture_size(desk.film.width, desk.film.height, desk.capabilities)
    else:
        size = (shot.size.width, shot.size.height)
    words = shot_words(desk.film, shot)
    return ShotRequest(
        prompt=worded(desk.film, words),
        negative_prompt=described(desk.film, shot.negative_prompt),
        shots=(ShotPlan(caption="", frames=shot.frames, camera=_camera(shot)),),
        width=size[0],
        height=size[1],
        rate=shot.rate,
        seed=shot.seed if seed is None else seed,
        references=(*own, *card_references(desk, words, known)),
        quality=quality,
        variations=variations,
        task=task,
    )


def _on_take(desk: Desk, take: TakeRecord, task: Task) -> ShotRequest:
    """A request with the words and references that made ``take``, in the size asked for then.

    The take itself may be larger (``Recipe.scale``); its latents are of the size asked for.
    """
    plan = ShotPlan(caption="", frames=take.frames)
    try:
        made = load_request(take.recipe, desk.folder)
    except RequestError:
        made = ShotRequest(
            prompt="", shots=(plan,), width=take.width, height=take.height, rate=take.rate,
            seed=take.seed,
        )  # fmt: skip
    return replace(
        made,
        shots=made.shots if len(made.shots) == 1 else (plan,),
        rate=take.rate,
        seed=take.seed,
        variations=1,
        task=task,
    )


def _reference(desk: Desk, reference: ShotReference, shot_rate: Fraction) -> Reference:
    kind, path, unit_hz = _source(desk, reference)
    end = reference.end
    at_frame = reference.at_frame
    return Reference(
        kind=kind,
        role=reference.role,
        source=str(path),
        tag=reference.tag,
        weight=reference.weight,
        in_s=float(reference.start / unit_hz),
        out_s=None if end is None else float(end / unit_hz),
        at_s=None if at_frame is None else float(at_frame / shot_rate),
    )


def _source(desk: Desk, reference: ShotReference) -> tuple[Kind, Path, Fraction]:
    """Kind and file of ``reference``, and how many of its units are a second.

    Raises:
        RequestError: if the film no longer has it.
    """
    match reference.source:
        case MediaSource(media_id=media_id):
            media = _media(desk.film, media_id)
            return media.kind, inside(desk.folder, media.path), unit_hz(media)
        case TakeSource(take_id=take_id):
            take = best_upgrade(desk.ledger, take_id)
            if take is None:
                raise RequestError(tr("A reference of the shot is a take that is not in the film."))
            folder = inside(desk.folder, take.folder)
            if reference.role in _SOUND_ROLES:
                return "audio", folder / "sound.wav", Fraction(take.sample_rate_hz)
            kind: Kind = "image" if reference.role in _IMAGE_ROLES else "video"
            return kind, folder / "picture.mkv", take.rate


def card_references(desk: Desk, text: str, known: set[str]) -> tuple[Reference, ...]:
    """References of the cards that ``text`` names and no own reference of the shot speaks for."""
    references: list[Reference] = []
    for card in cards_named(desk.film, text):
        if card.tag.casefold() not in known:
            references += _of_card(desk, card)
    return tuple(references)


def _of_card(desk: Desk, card: Card) -> list[Reference]:
    references: list[Reference] = []
    for media_id in card.media_ids:
        media = _media(desk.film, media_id)
        if media.kind != "audio":
            path = str(inside(desk.folder, media.path))
            references.append(
                Reference(kind=media.kind, role=card_role(card), source=path, tag=card.tag)
            )
    if card.voice_id is not None:
        media = _media(desk.film, card.voice_id)
        path = str(inside(desk.folder, media.path))
        references.append(Reference(kind="audio", role="voice", source=path, tag=card.tag))
    return references


def worded(film: Film, prompt: str) -> str:
    """``prompt`` with cards that have no files replaced by their descriptions."""
    bare = [card for card in film.cards if not card.media_ids and card.voice_id is None]
    return _in_words(bare, prompt)


def described(film: Film, unwanted: str) -> str:
    """``unwanted`` with all cards in words: what is not to be seen is not shown to the engine."""
    return _in_words(film.cards, unwanted)


def _in_words(cards: Iterable[Card], prompt: str) -> str:
    bare = {card.tag.casefold(): card.description.strip() or card.tag for card in cards}

    def replaced(match: re.Match[str]) -> str:
        return bare.get(match.group(1).casefold(), match.group(0))

    return _TAG.sub(replaced, prompt)


def _unplaced(request: ShotRequest) -> ShotRequest:
    """``request`` without what says how its first take began, ended and sounded."""
    kept = tuple(one for one in request.references if one.role not in _PLACED_ROLES)
    return replace(request, references=kept)


def _shared_references(shots: Sequence[Shot]) -> tuple[ShotReference, ...]:
    """The references of all ``shots``, each once, with their places in the whole sequence.

    Only the first shot's first picture opens a sequence, and only the last one's last picture ends
    it: those of the shots between are keyframes there.
    """
    seen: dict[object, ShotReference] = {}
    start = 0
    for index, shot in enumerate(shots):
        for one in shot.references:
            place = None
            match one.role:
                case "first_frame" if index > 0:
                    place = start
                case "last_frame" if index < len(shots) - 1:
                    place = start + shot.frames - 1
                case "keyframe" if one.at_frame is not None:
                    place = start + one.at_frame
                case _:
                    pass
            role = one.role if place is None else "keyframe"
            known = (one.source, role, one.tag, place)
            seen.setdefault(known, replace(one, role=role, at_frame=place))
        start += shot.frames
    return tuple(seen.values())


def _media(film: Film, media_id: str) -> Media:
    media = find_media(film, media_id)
    if media is None:
        raise RequestError(
            tr("A reference of the shot is no longer in the bins; take it off the shot.")
        )
    return media


def _camera(shot: Shot) -> CameraPlan:
    return CameraPlan(size=shot.camera.size, move=shot.camera.move, side=shot.camera.side)
