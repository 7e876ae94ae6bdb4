"""Questions about a film and its ledger: what is shown, what state it is in, where it ends."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, assert_never

from studio.document.film import (
    Card,
    Clip,
    Film,
    Media,
    MediaSource,
    ReferenceSource,
    Shot,
    ShotReference,
    ShotSource,
    TakeSource,
    Timeline,
    Track,
    TrackKind,
)
from studio.document.lane import clip_at
from studio.document.ledger import Failed, JobRecord, Ledger, TakeRecord
from studio.document.timebase import conformed_length, frames_for_seconds, seconds
from studio.document.titles import DrawnSource, GeneratorSource, TitleSource
from studio.wording import tr

ShotState = Literal["draft", "queued", "preview", "full", "stale", "failed", "locked"]

_TAG = re.compile(r"@(\w+)")


@dataclass(frozen=True)
class Shown:
    """A clip on its track, as seen or heard at a frame."""

    track: Track
    clip: Clip


@dataclass(frozen=True)
class Missing:
    """A source that is not there (any more), with the sentence to show for it."""

    sentence: str


@dataclass(frozen=True)
class Drawn:
    """A source that is no footage: it is drawn at the size of the frame, as long as it lasts."""

    source: DrawnSource


Resolved = TakeRecord | Media | Drawn | Missing


def find_shot(film: Film, shot_id: str) -> Shot | None:
    """The shot with this id, if the film has one."""
    return film.shots_by_id.get(shot_id)


def find_media(film: Film, media_id: str) -> Media | None:
    """The media with this id, if the film has it."""
    return film.media_by_id.get(media_id)


def active_timeline(film: Film) -> Timeline:
    """The timeline that is open; the first one, or an empty one, where it is gone."""
    for timeline in film.timelines:
        if timeline.id == film.active_timeline_id:
            return timeline
    return film.timelines[0] if film.timelines else Timeline(id="", name="")


def timeline_end(timeline: Timeline) -> int:
    """The frame after the last clip."""
    return max((track.clips[-1].end for track in timeline.tracks if track.clips), default=0)


def play_range(timeline: Timeline) -> tuple[int, int]:
    """First frame and the one after the last of what is played and exported."""
    start = timeline.in_frame or 0
    end = timeline_end(timeline) if timeline.out_frame is None else timeline.out_frame
    return start, max(start, end)


def is_marked(timeline: Timeline) -> bool:
    """Whether a part of it is marked from in to out."""
    return timeline.in_frame is not None or timeline.out_frame is not None


def audible_tracks(timeline: Timeline) -> tuple[Track, ...]:
    """The audio tracks that are heard: those that are solo, or else those not muted."""
    return _active(timeline, "audio")


def stem_tracks(timeline: Timeline) -> tuple[Track, ...]:
    """The audio tracks that are heard and hold something."""
    return tuple(track for track in audible_tracks(timeline) if track.clips)


def visible_tracks(timeline: Timeline) -> tuple[Track, ...]:
    """The video tracks that are seen, the lowest first."""
    return _active(timeline, "video")


def picture_at(timeline: Timeline, frame: int) -> Shown | None:
    """The topmost picture at ``frame``."""
    for track in reversed(visible_tracks(timeline)):
        clip = clip_at(track.clips, frame)
        if clip is not None and clip.enabled:
            return Shown(track, clip)
    return None


def edit_points(timeline: Timeline) -> tuple[int, ...]:
    """Every frame at which a clip begins or ends, in order."""
    points = {
        point
        for track in timeline.tracks
        for clip in track.clips
        for point in (clip.start, clip.end)
    }
    return tuple(sorted(points))


def best_upgrade(ledger: Ledger, take_id: str) -> TakeRecord | None:
    """The take itself, or its newest upgrade that was not rejected, and so on from there."""
    take = ledger.takes.get(take_id)
    seen = {take_id}
    while take is not None:
        better = [
            upgrade
            for upgrade in ledger.upgrades.get(take.id, ())
            if upgrade.id not in seen and ledger.decision(upgrade.id) != "rejected"
        ]
        if not better:
            return take
        take = better[-1]
        seen.add(take.id)
    return None


def shot_take(film: Film, ledger: Ledger, shot_id: str) -> TakeRecord | None:
    """What a shot shows in the cut: its chosen take in its best finished upgrade."""
    shot = find_shot(film, shot_id)
    if shot is None or shot.chosen_take_id is None:
        return None
    return best_upgrade(ledger, shot.chosen_take_id)


def resolve_clip(film: Film, ledger: Ledger, clip: Clip) -> Resolved:
    """What a clip shows: a take, a file, or the reason why there is nothing."""
    match clip.source:
        case ShotSource(shot_id=shot_id):
            if find_shot(film, shot_id) is None:
                return Missing(tr("The shot of this clip is no longer in the film."))
            return shot_take(film, ledger, shot_id) or Missing(
                tr("No take of this shot is kept yet.")
            )
        case TakeSource() | MediaSource() as source:
            return resolve_source(film, ledger, source)
        case TitleSource() | GeneratorSource() as source:
            return Drawn(source)
        case _:
            assert_never(clip.source)


def resolve_source(
    film: Film, ledger: Ledger, source: ReferenceSource
) -> TakeRecord | Media | Missing:
    """The take (in its best upgrade) or file that a reference names, or why there is none."""
    match source:
        case TakeSource(take_id=take_id):
            return best_upgrade(ledger, take_id) or Missing(tr("This take is not in the film."))
        case MediaSource(media_id=media_id):
            return find_media(film, media_id) or Missing(tr("This file is not in the film."))
        case _:
            assert_never(source)


def source_length(film: Film, resolved: Resolved, kind: TrackKind) -> int | None:
    """Frames, at the film's rate, that a source lasts on a track; ``None`` is without end."""
    match resolved:
        case Missing() | Drawn():
            return None
        case TakeRecord():
            return conformed_length(resolved.frames, resolved.rate, film.rate)
        case Media(kind="image"):
            return None
        case Media(facts=facts):
            if kind == "video" and facts.frames and facts.rate:
                return conformed_length(facts.frames, facts.rate, film.rate)
            if facts.samples and facts.sample_rate_hz:
                from_sound = seconds(facts.samples, Fraction(facts.sample_rate_hz))
                return max(1, frames_for_seconds(from_sound, film.rate))
            return 0
        case _:
            assert_never(resolved)


def shot_length(film: Film, shot: Shot) -> int:
    """Frames that a shot takes at the film's rate."""
    return conformed_length(shot.frames, shot.rate, film.rate)


def shot_words(film: Film, shot: Shot) -> str:
    """The words of a shot's request: the style of the film, and its own."""
    parts = (film.settings.style_prompt.strip(), shot.prompt.strip())
    return "\n".join(part for part in parts if part)


def cards_named(film: Film, text: str) -> tuple[Card, ...]:
    """The cards whose ``@tag`` stands in ``text``, in the order they are first named."""
    cards = {card.tag.casefold(): card for card in film.cards}
    tags = dict.fromkeys(match.group(1).casefold() for match in _TAG.finditer(text))
    return tuple(cards[tag] for tag in tags if tag in cards)


def card_role(card: Card) -> Literal["environment", "subject"]:
    """What the pictures and clips of a card are shown to the engine as."""
    return "environment" if card.kind == "place" else "subject"


def shot_fingerprint(film: Film, shot: Shot) -> str:
    """A hash of all that a shot asks of a render, but for the seed where it is not locked.

    Files count by their content: renaming or moving one makes nothing stale.
    """
    wants = [
        film.settings.style_prompt,
        [shot.prompt, shot.negative_prompt, shot.frames, str(shot.rate)],
        [shot.size.width, shot.size.height] if shot.size else [film.width, film.height],
        shot.seed if shot.seed_policy == "lock" else None,
        [shot.camera.size, shot.camera.move, shot.camera.side],
        [list(_reference_wants(film, shot))],
        [_card_wants(film, card) for card in cards_named(film, shot_words(film, shot))],
    ]
    return hashlib.sha256(json.dumps(wants).encode()).hexdigest()


def is_stale(film: Film, shot: Shot, take: TakeRecord, weights: str | None = None) -> bool:
    """Whether the shot would ask for something else now, or of other weights."""
    if not take.fingerprint:
        return False
    if weights is not None and take.weights and take.weights != weights:
        return True
    return take.fingerprint != shot_fingerprint(film, shot)


def replaced_references(
    film: Film, ledger: Ledger, shot: Shot
) -> tuple[tuple[ShotReference, Shot], ...]:
    """References to takes that no longer stand for their own shots, with those shots.

    A still is no such take: it never stood for its shot.
    """
    found: list[tuple[ShotReference, Shot]] = []
    for one in shot.references:
        take = ledger.takes.get(one.source.take_id) if isinstance(one.source, TakeSource) else None
        if take is None or take.kind == "still" or take.shot_id in (None, shot.id):
            continue
        other = find_shot(film, take.shot_id)
        if other is None or other.chosen_take_id is None:
            continue
        now, then = best_upgrade(ledger, other.chosen_take_id), best_upgrade(ledger, take.id)
        if now is not None and then is not None and now.id != then.id:
            found.append((one, other))
    return tuple(found)


def shot_state(film: Film, ledger: Ledger, shot: Shot, weights: str | None = None) -> ShotState:
    """The state that the stripe shows for a shot.

    ``weights`` is the content hash of what would render it now; ``None`` does not compare it.
    """
    if shot.locked:
        return "locked"
    jobs = ledger.jobs_by_shot.get(shot.id, ())
    if any(job.is_open for job in jobs):
        return "queued"
    take = best_upgrade(ledger, shot.chosen_take_id) if shot.chosen_take_id else None
    if shot_failure(film, ledger, shot) is not None:
        return "failed"
    if take is None:
        return "draft"
    if is_stale(film, shot, take, weights) or replaced_references(film, ledger, shot):
        return "stale"
    return "preview" if take.kind == "preview" else "full"


def waiting_takes(ledger: Ledger, shot: Shot) -> tuple[TakeRecord, ...]:
    """The takes of a shot that wait to be kept or rejected, oldest first.

    Where one stands in the cut, they are those that came after the word that put it there: what
    lay beside it then was passed over.
    """
    chosen = ledger.takes.get(shot.chosen_take_id or "")
    since = ""
    if chosen is not None:
        keep = ledger.keeps.get(chosen.id)
        since = chosen.created if keep is None else max(chosen.created, keep.created)
    return tuple(
        take
        for take in ledger.takes_by_shot.get(shot.id, ())
        if take.upgrade_of is None
        and take.kind != "still"
        and take.created > since
        and ledger.decision(take.id) == "undecided"
    )


def shot_failure(film: Film, ledger: Ledger, shot: Shot) -> Failed | None:
    """How a shot's newest job failed, if that is its state: nothing has come or waits since.

    What could not be made of it is no failure of what it asks for by now.
    """
    jobs = ledger.jobs_by_shot.get(shot.id, ())
    state = jobs[-1].state if jobs and not jobs[-1].dismissed else None
    if not isinstance(state, Failed) or shot.locked or any(job.is_open for job in jobs):
        return None
    asked = jobs[-1].fingerprint.split()
    if state.blame == "request" and asked and shot_fingerprint(film, shot) not in asked:
        return None
    take = best_upgrade(ledger, shot.chosen_take_id) if shot.chosen_take_id else None
    return state if take is None or jobs[-1].created >= take.created else None


def open_jobs(ledger: Ledger) -> tuple[JobRecord, ...]:
    """The jobs with something left to do, in the order they were queued."""
    return tuple(job for job in ledger.jobs.values() if job.is_open)


def _active(timeline: Timeline, kind: TrackKind) -> tuple[Track, ...]:
    tracks = [track for track in timeline.tracks if track.kind == kind]
    if any(track.solo for track in tracks):
        return tuple(track for track in tracks if track.solo and not track.muted)
    return tuple(track for track in tracks if not track.muted)


def _reference_wants(film: Film, shot: Shot) -> Iterator[list[object]]:
    for one in shot.references:
        match one.source:
            case MediaSource(media_id=media_id):
                content = _content(film, media_id)
            case TakeSource(take_id=take_id):
                content = take_id
            case _:
                assert_never(one.source)
        yield [content, one.role, one.tag, one.weight, one.start, one.end, one.at_frame]


def _card_wants(film: Film, card: Card) -> list[object]:
    files = [_content(film, one) for one in _card_media(card)]
    wants: list[object] = [card.tag, card.description, files]
    role = card_role(card)
    # Said of places alone: takes from before it was said go on being what their shots ask for.
    return [*wants, role] if card.media_ids and role != "subject" else wants


def _card_media(card: Card) -> tuple[str, ...]:
    return card.media_ids if card.voice_id is None else (*card.media_ids, card.voice_id)


def _content(film: Film, media_id: str) -> str:
    media = find_media(film, media_id)
    return "" if media is None else media.sha256
