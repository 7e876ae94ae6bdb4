"""What the timeline knows of a clip's source: its name, its state, and where its pictures are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import assert_never

from studio.bridge.shot_items import shot_standing
from studio.bridge.state_words import KIND_WORDS, RowState, Standing
from studio.document.film import (
    Clip,
    ClipSource,
    ColourLabel,
    Film,
    Media,
    MediaSource,
    Shot,
    ShotSource,
    TakeSource,
    TrackKind,
)
from studio.document.ledger import Ledger, TakeRecord
from studio.document.moved import shots_moved
from studio.document.queries import best_upgrade, source_length
from studio.document.titles import GeneratorSource, TitleSource
from studio.wording import tr


@dataclass(frozen=True, kw_only=True)
class Content:
    """Pictures or sound that a tile can be made of.

    Attributes:
        key: names the bytes: ``take:`` or ``media:`` and an id.
        rate: of its pictures; ``None`` for sound alone and still pictures.
    """

    key: str
    rate: Fraction | None
    pictures: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class SourceLook:
    """How clips of one source look.

    Attributes:
        standing: of the shot; ``None`` where the source is no shot.
        picture_frames, sound_frames: how long the source lasts on a track of each kind;
            ``None`` where it has no end.
        flags: faults noticed in it, as sentences.
        drawn: it is no footage: a title, or a picture that is generated.
        engine_rate: pictures a second of the lattice it is made on; ``None`` where it is not
            generated.
    """

    name: str
    note: str = ""
    standing: Standing | None = None
    content: Content | None = None
    picture_frames: int | None = None
    sound_frames: int | None = None
    engine_rate: Fraction | None = None
    film_rate: Fraction = Fraction(24)
    colour: ColourLabel = "none"
    missing: bool = False
    drawn: bool = False
    flags: tuple[str, ...] = ()

    @property
    def state(self) -> RowState | None:
        """The state of the shot; ``None`` where the source is no shot."""
        return None if self.standing is None else self.standing.state

    @property
    def told(self) -> str:
        """The state in words and what waits for one; empty where the source is no shot."""
        return "" if self.standing is None else self.standing.words()

    def frames(self, kind: TrackKind) -> int | None:
        """How many frames of the film the source lasts on a track of ``kind``."""
        return self.picture_frames if kind == "video" else self.sound_frames

    def picture_on(self, frame: int) -> int:
        """The picture of its content that stands on ``frame`` of the source, at the film's rate."""
        # Of every picture in sight at every paint.
        pictures, frames, last = self._pace
        return max(0, min(frame * pictures // frames, last))

    @cached_property
    def _pace(self) -> tuple[int, int, int]:
        """How many pictures stand on how many frames, none of a still; and the last picture."""
        content = self.content
        if content is None or content.pictures <= 1 or not content.rate:
            return 0, 1, 0
        return *(content.rate / self.film_rate).as_integer_ratio(), content.pictures - 1


class SourceLooks:
    """The looks of one film and ledger, each worked out once.

    Args:
        film: the film.
        ledger: its ledger.
        weights: content hash of what would render its shots now; takes of others are stale.
            ``None`` compares no weights.
    """

    def __init__(self, film: Film, ledger: Ledger, weights: str | None = None) -> None:
        self.film = film
        self.ledger = ledger
        self._weights = weights
        self._looks: dict[ClipSource, SourceLook] = {}

    def judged_by(self, weights: str | None) -> SourceLooks:
        """The looks with takes of other weights than these stale."""
        if weights == self._weights:
            return self
        return SourceLooks(self.film, self.ledger, weights)

    def following(self, film: Film, ledger: Ledger) -> SourceLooks:
        """The looks of a later film and ledger: these where nothing in them looks different."""
        moved = shots_moved((self.film, self.ledger), (film, ledger))
        if moved is None:
            return SourceLooks(film, ledger, self._weights)
        if not moved:
            self.film, self.ledger = film, ledger
            return self
        return self._looked_again(film, ledger, moved)

    def _looked_again(
        self, film: Film, ledger: Ledger, moved: frozenset[str | None]
    ) -> SourceLooks:
        """The looks with those of the shots that moved, and of their takes, made anew."""
        later = SourceLooks(film, ledger, self._weights)
        same = True
        for source, look in self._looks.items():
            match source:
                case ShotSource(shot_id=shot_id):
                    there = shot_id in moved
                case TakeSource(take_id=take_id):
                    take = ledger.takes.get(take_id)
                    there = take is None or take.shot_id in moved
                case _:
                    there = False
            if there:
                same = later.of(source) == look and same
            else:
                later._looks[source] = look
        if not same:
            return later
        self.film, self.ledger = film, ledger
        return self

    def look(self, clip: Clip) -> SourceLook:
        """How ``clip`` looks."""
        return self.of(clip.source)

    def of(self, source: ClipSource) -> SourceLook:
        """How clips of ``source`` look."""
        found = self._looks.get(source)
        if found is None:
            found = self._looks[source] = self._made(source)
        return found

    def _made(self, source: ClipSource) -> SourceLook:
        match source:
            case ShotSource(shot_id=shot_id):
                shot = self.film.shots_by_id.get(shot_id)
                return _gone() if shot is None else self._of_shot(shot)
            case TakeSource(take_id=take_id):
                take = self.ledger.takes.get(take_id)
                return _gone() if take is None else self._of_take(take)
            case MediaSource(media_id=media_id):
                media = self.film.media_by_id.get(media_id)
                return _gone() if media is None else self._of_media(media)
            case TitleSource(text=text):
                name = " ".join(text.split()) or tr("Title")
                return SourceLook(film_rate=self.film.rate, name=name, colour="violet", drawn=True)
            case GeneratorSource(kind=kind):
                name = tr("Colour") if kind == "colour" else tr("Bars")
                return SourceLook(film_rate=self.film.rate, name=name, colour="violet", drawn=True)
            case _:
                assert_never(source)

    def _of_shot(self, shot: Shot) -> SourceLook:
        best = best_upgrade(self.ledger, shot.chosen_take_id) if shot.chosen_take_id else None
        length = self._length(best, "video")
        return SourceLook(
            film_rate=self.film.rate,
            name=shot.name,
            note=shot.prompt,
            standing=shot_standing(self.film, self.ledger, shot, self._weights),
            content=None if best is None else _take_content(best),
            picture_frames=length,
            sound_frames=length,
            engine_rate=shot.rate,
            colour=shot.colour,
            flags=() if best is None else best.flags,
        )

    def _of_take(self, take: TakeRecord) -> SourceLook:
        best = best_upgrade(self.ledger, take.id) or take
        shot = self.film.shots_by_id.get(take.shot_id or "")
        length = self._length(best, "video")
        return SourceLook(
            film_rate=self.film.rate,
            name=take.label or (shot.name if shot else tr("Take")),
            note=tr(KIND_WORDS[best.kind]),
            content=_take_content(best),
            flags=best.flags,
            picture_frames=length,
            sound_frames=length,
        )

    def _of_media(self, media: Media) -> SourceLook:
        facts = media.facts
        return SourceLook(
            film_rate=self.film.rate,
            name=media.name,
            content=Content(
                key=f"media:{media.id}",
                rate=facts.rate,
                pictures=facts.frames,
                width=facts.width,
                height=facts.height,
            ),
            picture_frames=self._length(media, "video"),
            sound_frames=self._length(media, "audio"),
        )

    def _length(self, source: TakeRecord | Media | None, kind: TrackKind) -> int | None:
        return None if source is None else source_length(self.film, source, kind)


def _take_content(take: TakeRecord) -> Content:
    return Content(
        key=f"take:{take.id}",
        rate=take.rate,
        pictures=take.frames,
        width=take.width,
        height=take.height,
    )


def _gone() -> SourceLook:
    return SourceLook(name=tr("Missing"), missing=True)
