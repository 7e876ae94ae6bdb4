"""What a press begins: the gesture that fits the place, the tool and the keys held."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QPoint, Qt

from studio.bridge.session import Session
from studio.document.dissolve_changes import handles_at
from studio.document.group_changes import with_groups
from studio.ui.timeline_geometry import (
    ClipHit,
    HeaderHit,
    Hit,
    LaneHit,
    MarkerHit,
    NothingHit,
    RulerHit,
    SubtitleHit,
)
from studio.ui.timeline_gestures import (
    FadeGesture,
    Gesture,
    Ground,
    Keys,
    MoveGesture,
    SlideGesture,
    SlipGesture,
    partners,
)
from studio.ui.timeline_handle_gestures import (
    DissolveGesture,
    GainGesture,
    KeyGesture,
    OrderGesture,
    SubtitleGesture,
)
from studio.ui.timeline_track_gestures import (
    ButtonGesture,
    HeightGesture,
    MarkerGesture,
    MarqueeGesture,
    RazorGesture,
    ScrubGesture,
)
from studio.ui.timeline_trimming import TrimGesture

_ADDING = Keys.ShiftModifier | Keys.ControlModifier


def begun(
    hit: Hit,
    ground: Ground,
    press: QPoint,
    keys: Keys,
    session: Session,
    legal: tuple[int, ...],
) -> Gesture | None:
    """The gesture that a press at ``hit`` begins; the selection follows at once.

    ``legal`` are the numbers of pictures that the engine makes, ascending.
    """
    match hit:
        case RulerHit() | MarkerHit():
            return _over_ruler(hit, ground, press, keys, session)
        case HeaderHit():
            return _over_header(hit, ground, press)
        case SubtitleHit():
            session.set_playhead(hit.line.start)
            return SubtitleGesture(ground, press, hit)
        case LaneHit() | NothingHit():
            return _over_nothing(hit, ground, press, keys, session)
        case ClipHit():
            return _over_clip(hit, ground, press, keys, session, legal)
        case _:
            assert_never(hit)


def _over_ruler(
    hit: RulerHit | MarkerHit, ground: Ground, press: QPoint, keys: Keys, session: Session
) -> Gesture:
    if isinstance(hit, MarkerHit):
        session.set_playhead(hit.marker.frame)
        return MarkerGesture(ground, press, hit.marker)
    gesture = ScrubGesture(ground, press, session.set_playhead)
    gesture.update(press, keys)
    return gesture


def _over_header(hit: HeaderHit, ground: Ground, press: QPoint) -> Gesture | None:
    if hit.part == "name":
        return OrderGesture(ground, press, hit.lane)
    if hit.part == "height":
        return HeightGesture(ground, press, hit.lane)
    return ButtonGesture(ground, press, hit.lane, hit.part)


def _over_nothing(
    hit: LaneHit | NothingHit, ground: Ground, press: QPoint, keys: Keys, session: Session
) -> Gesture:
    if session.tool == "razor" and isinstance(hit, LaneHit) and keys & Keys.ShiftModifier:
        gesture = RazorGesture(ground, press, None)
        gesture.update(press, keys)
        return gesture
    base = ground.selection if keys & _ADDING else frozenset[str]()
    session.select(base)
    return MarqueeGesture(ground, press, session.select, base)


def _over_clip(
    hit: ClipHit,
    ground: Ground,
    press: QPoint,
    keys: Keys,
    session: Session,
    legal: tuple[int, ...],
) -> Gesture | None:
    clip, lane = hit.clip, hit.lane
    if session.tool == "razor":
        gesture = RazorGesture(ground, press, clip)
        gesture.update(press, keys)
        return gesture
    together = _together(ground, clip.id, keys)
    makes_point = hit.part == "gain" and keys & Keys.ControlModifier
    if keys & _ADDING and not makes_point:
        session.toggle(together)
        return None
    if clip.id not in session.selection or keys & Keys.AltModifier:
        session.select(together)
    session.set_edge((clip.id, hit.part) if hit.part in ("head", "tail") else None)
    match hit.part:
        case "head" | "tail":
            return TrimGesture(ground, press, lane, clip, hit.part, session.tool, legal)
        case "fade_in" | "fade_out":
            return FadeGesture(ground, press, clip, fades_in=hit.part == "fade_in")
        case "dissolve":
            handles = handles_at(ground.film, ground.looks.ledger, ground.timeline, clip.id)
            return DissolveGesture(ground, press, clip, handles)
        case "body" | "gain" | "key":
            return _over_body(hit, ground, press, keys, session)
        case _:
            assert_never(hit.part)


def _over_body(
    hit: ClipHit, ground: Ground, press: QPoint, keys: Keys, session: Session
) -> Gesture:
    if hit.part == "gain" and session.tool == "select":
        return GainGesture(ground, press, hit.lane, hit.clip, keys)
    if hit.key is not None and session.tool == "select":
        return KeyGesture(ground, press, hit.clip, hit.key, keys)
    if session.tool == "slip":
        return SlipGesture(ground, press, hit.clip)
    if session.tool == "slide":
        return SlideGesture(ground, press, hit.clip)
    return MoveGesture(ground, press, hit.lane, hit.clip)


def clicked(hit: Hit, ground: Ground, keys: Qt.KeyboardModifier, session: Session) -> None:
    """A press that was let go without having moved: of several selected clips, take the one.

    On a key the playhead goes there, so that its values can be seen and set. A header takes its
    track in hand.
    """
    if isinstance(hit, HeaderHit) and hit.part == "name":
        session.set_track(hit.lane.track_id)
    if isinstance(hit, ClipHit) and not keys & _ADDING and session.tool != "razor":
        session.select(_together(ground, hit.clip.id, keys))
        if hit.key is not None:
            session.set_playhead(hit.clip.start + hit.key.frame)


def _together(ground: Ground, clip_id: str, keys: Keys) -> frozenset[str]:
    """What a press on a clip takes hold of: it, its partners and its group; with Alt it alone.

    Where the switch for linked clips is off it is without partners, with which Alt takes it.
    """
    if ground.linking and keys & Keys.AltModifier:
        return frozenset([clip_id])
    grouped = with_groups(ground.timeline, [clip_id])
    return frozenset(partners(ground.timeline, grouped)) if ground.links(keys) else grouped
