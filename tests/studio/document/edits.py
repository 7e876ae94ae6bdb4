"""Random edits: films, and changes to them as hypothesis draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st

from studio.document import card_changes as cards
from studio.document import cut_changes as cuts
from studio.document import group_changes as groups
from studio.document import holding
from studio.document import library_changes as library
from studio.document import shot_changes as shots
from studio.document import subtitle_changes as subtitles
from studio.document import timeline_changes as timelines
from studio.document import track_changes as tracks
from studio.document import trim_changes as trims
from studio.document.errors import ChangeError
from studio.document.film import (
    Bin,
    Card,
    Clip,
    Film,
    Marker,
    Media,
    MediaSource,
    Shot,
    ShotReference,
    ShotSource,
    Subtitle,
    Timeline,
    new_film,
    new_id,
)
from studio.document.framing import SHAPES
from studio.document.lane import faults
from studio.document.swapping import swap_clips
from studio.document.timeline_access import place_of
from tests.studio.document.library_edits import LIBRARY_EDITS
from tests.studio.document.look_edits import LOOK_EDITS

Edit = Callable[[Film], Film]


def named(name: str) -> Edit:
    """An edit that gives the film a name."""
    return lambda film: library.edit_film(film, name=name)


def film_of_clips(count: int = 6, *, gaps: bool = True) -> Film:
    """A film with linked picture and sound in a row, a second layer, shots and media.

    Without ``gaps`` every clip meets the next, as sliding and rolling want it.
    """
    film = new_film("Tide", rate=Fraction(24))
    shot_list = [Shot(id=f"s{n}", name=f"Shot {n}") for n in range(count)]
    film = shots.add_shots(film, shot_list)
    media = Media(id="m0", kind="image", name="Ava", path="media/ava.png", sha256="00")
    film = library.add_media(film, [media], film.bins[0].id)
    timeline = film.timelines[0]
    placements = [
        timelines.Placement(
            track_id=timeline.tracks[lane].id,
            clip=Clip(
                id=f"{lane}-{n}",
                source=ShotSource(shot_id=f"s{n}"),
                start=n * 20,
                length=20 - n % 3 if gaps else 20,
                source_in=n,
                link_id=f"link{n}",
            ),
        )
        for n in range(count)
        for lane in (1, 2)
    ]
    return timelines.overwrite_clips(film, timeline.id, placements)


def sound(film: Film) -> list[str]:
    """What breaks the rules of a film."""
    found = [
        fault for one in film.timelines for track in one.tracks for fault in faults(track.clips)
    ]
    ids = [clip.id for one in film.timelines for track in one.tracks for clip in track.clips]
    if len(set(ids)) < len(ids):
        found.append("A clip is on two tracks.")
    found += [
        f"Subtitle {line.id} overlaps the next or has no length."
        for one in film.timelines
        for line, after in pairwise((*one.subtitles, Subtitle(id="", start=1 << 40, end=1 << 41)))
        if line.end > after.start or line.end <= line.start
    ]
    return found


FRAMES = st.integers(-10, 160)
SMALL = st.integers(-40, 40)


@st.composite
def clip_edits(draw: st.DrawFn) -> Edit:
    """One change to a clip or two, wherever they are by then."""
    kind = draw(st.sampled_from(sorted({**_CLIP_EDITS, **LOOK_EDITS})))
    picks = draw(st.lists(st.integers(0, 40), min_size=1, max_size=3))
    frame, by, linked = draw(FRAMES), draw(SMALL), draw(st.booleans())

    def edit(film: Film) -> Film:
        timeline = film.timelines[0]
        clips = [clip for track in timeline.tracks for clip in track.clips]
        if not clips:
            return film
        chosen = [clips[pick % len(clips)].id for pick in picks]
        edit = _CLIP_EDITS.get(kind) or LOOK_EDITS[kind]
        return edit(film, timeline, chosen, frame, by, linked)

    return tolerant(edit)


@st.composite
def film_edits(draw: st.DrawFn) -> Edit:
    """One change to anything else."""
    every = {**_FILM_EDITS, **LIBRARY_EDITS}
    kind = draw(st.sampled_from(sorted(every)))
    pick, frame, text = draw(st.integers(0, 20)), draw(FRAMES), draw(st.text(max_size=8))
    return tolerant(lambda film: every[kind](film, pick, frame, text))


def edits() -> st.SearchStrategy[Edit]:
    """One change of any kind."""
    return st.one_of(clip_edits(), clip_edits(), film_edits())


def tolerant(edit: Edit) -> Edit:
    """``edit``, leaving the film alone where it is refused."""

    def tried(film: Film) -> Film:
        try:
            return edit(film)
        except ChangeError:
            return film

    return tried


ClipEdit = Callable[[Film, Timeline, list[str], int, int, bool], Film]

_CLIP_EDITS: dict[str, ClipEdit] = {
    "move": lambda f, t, c, _, by, k: timelines.move_clips(
        f, t.id, c, frames=by, tracks=by % 3 - 1, linked=k
    ),
    "split": lambda f, t, c, at, _, k: timelines.split_clips(f, t.id, c, at, linked=k),
    "move to": lambda f, t, c, at, by, k: timelines.move_clip_to(
        f, t.id, c[0], track_id=t.tracks[abs(by) % len(t.tracks)].id, start=max(0, at), linked=k
    ),
    "lift": lambda f, t, c, *_: timelines.lift_clips(f, t.id, c[:1]),
    "ripple delete": lambda f, t, c, _, __, k: timelines.ripple_delete(f, t.id, c[:1], linked=k),
    "link": lambda f, t, c, *_: groups.link_clips(f, t.id, c),
    "unlink": lambda f, t, c, *_: groups.unlink_clips(f, t.id, c),
    "head": lambda f, t, c, at, _, k: trims.trim_clip(f, t.id, c[0], "head", at, linked=k),
    "tail": lambda f, t, c, at, _, k: trims.trim_clip(f, t.id, c[0], "tail", at, linked=k),
    "ripple head": lambda f, t, c, at, _, k: trims.ripple_trim(f, t.id, c[0], "head", at, linked=k),
    "ripple tail": lambda f, t, c, at, _, k: trims.ripple_trim(f, t.id, c[0], "tail", at, linked=k),
    "roll": lambda f, t, c, at, by, k: trims.roll_edit(
        f, t.id, c[0], "head" if by < 0 else "tail", at, also=c[1:], linked=k
    ),
    "slip": lambda f, t, c, _, by, k: trims.slip_clips(f, t.id, c, by, linked=k),
    "swap": lambda f, t, c, _, __, k: swap_clips(f, t.id, c[0], _beside(t, c[0]), linked=k),
    "hold": lambda f, t, c, at, *_: holding.hold_from(f, t.id, c[0], at),
    "insert hold": lambda f, t, c, at, by, _: holding.insert_hold(f, t.id, c[0], at, 1 + abs(by)),
    "run on": lambda f, t, c, *_: holding.run_on(f, t.id, c),
    "slide": lambda f, t, c, _, by, k: trims.slide_clip(f, t.id, c[0], by, also=c[1:], linked=k),
    "fades": lambda f, t, c, _, by, __: trims.edit_clips(
        f, t.id, c, fade_in=by, fade_out=abs(by), gain_db=by / 2
    ),
    "insert": lambda f, t, _, at, by, __: timelines.insert_clips(f, t.id, [_new_clip(t, at, by)]),
    "overwrite": lambda f, t, _, at, by, __: timelines.overwrite_clips(
        f, t.id, [_new_clip(t, at, by), _new_clip(t, at + 3, -by)]
    ),
}


def _beside(timeline: Timeline, clip_id: str) -> str:
    place = place_of(timeline, clip_id)
    clips = timeline.tracks[place.track].clips
    return clips[min(place.position + 1, len(clips) - 1)].id


def _new_clip(timeline: Timeline, start: int, by: int) -> timelines.Placement:
    return timelines.Placement(
        track_id=timeline.tracks[abs(by) % len(timeline.tracks)].id,
        clip=Clip(
            id=new_id(), source=MediaSource(media_id="m0"), start=max(0, start), length=1 + abs(by)
        ),
    )


FilmEdit = Callable[[Film, int, int, str], Film]


def _track(film: Film, pick: int) -> str:
    found = film.timelines[0].tracks
    return found[pick % len(found)].id


def _line(film: Film, pick: int) -> str:
    lines = film.timelines[0].subtitles
    return lines[pick % len(lines)].id if lines else "none"


def _shot(film: Film, pick: int) -> str:
    return film.shots[pick % len(film.shots)].id if film.shots else "none"


_FILM_EDITS: dict[str, FilmEdit] = {
    "split all": lambda f, _, at, __: timelines.split_all(f, f.timelines[0].id, at),
    "lift range": lambda f, n, at, _: timelines.lift_range(f, f.timelines[0].id, at, at + n),
    "extract": lambda f, n, at, _: timelines.extract_range(
        f, f.timelines[0].id, max(0, at), at + n
    ),
    "close gap": lambda f, n, at, _: timelines.close_gap(
        f, f.timelines[0].id, _track(f, n), max(0, at)
    ),
    "add track": lambda f, n, *_: tracks.add_track(
        f, f.timelines[0].id, "video" if n % 2 else "audio"
    ),
    "remove track": lambda f, n, *_: tracks.remove_track(f, f.timelines[0].id, _track(f, n)),
    "edit track": lambda f, n, at, text: tracks.edit_track(
        f,
        f.timelines[0].id,
        _track(f, n),
        locked=at % 5 == 0,
        height_px=at,
        name=text,
        gain_db=at / 4,
        pan=at / 40,
    ),
    "track order": lambda f, n, at, _: tracks.move_track(
        f, f.timelines[0].id, _track(f, n), at % 5
    ),
    "copy timeline": lambda f, *_: cuts.duplicate_timeline(f, f.timelines[0].id),
    "timeline order": lambda f, n, *_: cuts.move_timeline(f, f.timelines[0].id, n),
    "shape": lambda f, n, *_: cuts.set_frame_shape(f, f.timelines[0].id, SHAPES[n % len(SHAPES)]),
    "subtitle": lambda f, n, at, text: subtitles.add_subtitle(
        f, f.timelines[0].id, Subtitle(id=new_id(), start=at, end=at + n, text=text)
    ),
    "edit subtitle": lambda f, n, at, text: subtitles.edit_subtitle(
        f, f.timelines[0].id, _line(f, n), start=at, text=text
    ),
    "no subtitle": lambda f, n, *_: subtitles.remove_subtitles(f, f.timelines[0].id, [_line(f, n)]),
    "marker": lambda f, _, at, text: tracks.add_marker(
        f, f.timelines[0].id, Marker(id=new_id(), frame=at, note=text)
    ),
    "range": lambda f, n, at, _: tracks.set_range(f, f.timelines[0].id, at, at + n - 5),
    "add timeline": lambda f, _, __, text: cuts.add_timeline(f, text),
    "remove timeline": lambda f, *_: cuts.remove_timeline(f, f.timelines[-1].id),
    "add shot": lambda f, n, _, text: shots.add_shot(f, Shot(id=new_id(), name=text), n),
    "copy shot": lambda f, n, *_: shots.duplicate_shot(f, _shot(f, n)),
    "remove shot": lambda f, n, *_: shots.remove_shots(f, [_shot(f, n)]),
    "move shot": lambda f, n, at, _: shots.move_shots(f, [_shot(f, n)], at % 7),
    "prompt": lambda f, n, at, text: shots.edit_shot(f, _shot(f, n), prompt=text, seed=at),
    "choose": lambda f, n, _, text: shots.choose_take(f, _shot(f, n), text),
    "reference": lambda f, n, *_: shots.add_reference(
        f,
        _shot(f, n),
        ShotReference(id=new_id(), source=MediaSource(media_id="m0"), role="style"),
    ),
    "bin": lambda f, n, _, text: library.add_bin(f, Bin(id=new_id(), name=text), n),
    "into bin": lambda f, n, *_: library.put_in_bin(f, f.bins[n % len(f.bins)].id, ["m0"]),
    "card": lambda f, n, *_: library.add_card(f, Card(id=new_id(), kind="place", tag=f"P{n}")),
    "name": lambda f, n, _, __: (
        cards.rename_card(f, f.cards[n % len(f.cards)].id, f"Q{n}") if f.cards else f
    ),
    "together": lambda f, n, at, _: shots.edit_shots(
        f, [one.id for one in f.shots], frames=at + 11
    ),
    "cameras": lambda f, *_: shots.plan_cameras(f, [one.id for one in f.shots], size="close"),
    "media": lambda f, n, _, text: library.add_media(
        f, [replace(f.media[0], id=new_id(), name=text)], f.bins[n % len(f.bins)].id
    ),
    "settings": lambda f, _, __, text: library.edit_film(
        f, name=text, settings=replace(f.settings, style_prompt=text)
    ),
}
