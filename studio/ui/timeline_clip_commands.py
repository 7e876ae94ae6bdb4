"""The commands on selected clips: copies, fades, dissolves, gain, speed, labels and groups."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Literal

from PySide6.QtCore import QObject

from studio.bridge.session import Session
from studio.document import clipboard
from studio.document.clip_changes import add_clip_marker
from studio.document.dissolve_changes import remove_dissolve, set_dissolves
from studio.document.film import Clip, ColourLabel, Film, Marker, new_id
from studio.document.gain_changes import clear_gain, set_gain, set_gain_point, set_pan
from studio.document.group_changes import group_clips, link_clips, ungroup_clips
from studio.document.looks import DissolveKind, FadeShape
from studio.document.shot_changes import edit_shots
from studio.document.speed_changes import fit_to_range, reverse_clips, set_speed
from studio.document.store import Store
from studio.document.swapping import swap_clips
from studio.document.timebase import nominal
from studio.document.timeline_access import place_of
from studio.document.timeline_changes import lift_clips, move_clips
from studio.document.trim_changes import edit_clips
from studio.ui.timeline_command_group import Apply, CommandGroup, Refuse
from studio.ui.timeline_in_hand import chosen_clips, cuts_in_hand
from studio.wording import tr


class ClipCommands(CommandGroup):
    """Commands on the clips that a session has selected."""

    def __init__(
        self, store: Store, session: Session, apply: Apply, refuse: Refuse, parent: QObject
    ) -> None:
        super().__init__(store, session, apply, refuse, parent)
        self._copied = clipboard.Copied()
        self._look: Clip | None = None

    # --- copies ---

    def copy(self) -> None:
        """Remember the selected clips."""
        chosen = self._chosen()
        if chosen:
            self._copied = clipboard.copied(self._timeline, [clip.id for clip in chosen])
            self._look = chosen[0]

    def cut(self) -> None:
        """Remember the selected clips and lift them."""
        self.copy()
        self._edit(tr("Cut"), partial(lift_clips, linked=self._session.linking))

    def paste(self) -> None:
        """Lay what was copied over the playhead, on the tracks that it came from."""
        self._paste(tr("Paste"), inserts=False)

    def paste_insert(self) -> None:
        """Lay what was copied in at the playhead; what follows moves later."""
        self._paste(tr("Paste and make room"), inserts=True)

    def duplicate(self) -> None:
        """Insert copies of the selected clips behind them."""
        ids, timeline_id = self._ids(), self._timeline.id
        made: list[str] = []

        def change(film: Film) -> Film:
            after, names = clipboard.duplicate_clips(film, timeline_id, ids)
            made[:] = names
            return after

        if ids and self._apply(change, tr("Duplicate")):
            self._session.select(made)

    def paste_look(self) -> None:
        """Give the selected clips gain, fades, place and colour of the first one copied."""
        ids, timeline_id, look = self._ids(), self._timeline.id, self._look
        if look is None:
            self._refuse(tr("Copy a clip first; its look is what is pasted."))
        elif ids:
            self._apply(
                lambda film: clipboard.paste_attributes(film, timeline_id, ids, look),
                tr("Paste look"),
            )

    # --- moving ---

    def nudge(self, frames: int) -> None:
        """Move the selected clips by a few frames."""
        self._move(frames=frames)

    def climb(self, tracks: int) -> None:
        """Move the selected clips by so many tracks of their kind."""
        first = next(iter(self._chosen()), None)
        if first is None:
            return
        kinds = {
            clip_id: track.kind for track in self._timeline.tracks for clip_id in track.positions
        }
        kind = kinds[first.id]
        pictures = [clip.id for clip in self._chosen() if kinds[clip.id] == "video"]
        self._move(tracks=tracks, ids=pictures if pictures and kind != "audio" else None)

    def swap(self, by: int) -> None:
        """Let the selected clip change places with its neighbour, or two with each other."""
        timeline, linked = self._timeline, self._session.linking
        first = place_of(timeline, self._ids()[0])
        clips = timeline.tracks[first.track].clips
        chosen = [clip for clip in clips if clip.id in self._session.selection]
        if len(chosen) == 1 and 0 <= first.position + by < len(clips):
            chosen.append(clips[first.position + by])
        if len(chosen) == 2:
            one, other = chosen[0].id, chosen[1].id
            self._apply(
                lambda film: swap_clips(film, timeline.id, one, other, linked=linked), tr("Swap")
            )
        else:
            self._refuse(tr("Select a clip that has a neighbour, or two neighbours, to swap them."))

    # --- fades and dissolves ---

    def dissolve(self, kind: DissolveKind = "cross") -> None:
        """Dissolve at the cuts in hand, a second long where the handles allow."""
        timeline_id, ledger, cuts = self._timeline.id, self._store.ledger, self._cuts()
        frames = nominal(self._store.film.rate)
        if not cuts:
            self._refuse(tr("Put the playhead near a cut, or select the clips beside it."))
        else:
            self._apply(
                lambda film: set_dissolves(
                    film, ledger, timeline_id, cuts, frames, kind=kind, alignment="centre"
                ),
                tr("Cross dissolve") if kind == "cross" else tr("Dip to black"),
            )

    def hard_cut(self) -> None:
        """Take the dissolves at the cuts in hand off."""
        timeline_id, cuts = self._timeline.id, self._cuts()

        def change(film: Film) -> Film:
            for clip_id in cuts:
                film = remove_dissolve(film, timeline_id, clip_id)
            return film

        self._apply(change, tr("Hard cut"))

    def fade(self, end: Literal["in", "out"]) -> None:
        """Let the selected clips fade in up to the playhead, or out from it."""
        frame, timeline_id, clips = self._session.playhead, self._timeline.id, self._chosen()

        def change(film: Film) -> Film:
            for clip in clips:
                if clip.start < frame < clip.end and end == "in":
                    film = edit_clips(film, timeline_id, [clip.id], fade_in=frame - clip.start)
                elif clip.start < frame < clip.end:
                    film = edit_clips(film, timeline_id, [clip.id], fade_out=clip.end - frame)
            return film

        self._apply(change, tr("Fade"))

    def no_fades(self) -> None:
        """Take the fades of the selected clips off."""
        self._edit(
            tr("No fades"),
            lambda film, cut, ids: edit_clips(film, cut, ids, fade_in=0, fade_out=0),
        )

    def shape_fades(self, shape: FadeShape) -> None:
        """Let the fades of the selected clips rise and fall in another shape."""
        self._edit(
            tr("Shape of fades"),
            lambda film, cut, ids: edit_clips(
                film, cut, ids, fade_in_shape=shape, fade_out_shape=shape
            ),
        )

    # --- sound and speed ---

    def louder(self, by_db: float) -> None:
        """Make the sounds among the selected clips, or all of them, louder."""
        clips, timeline_id = self._sounds(), self._timeline.id

        def change(film: Film) -> Film:
            for clip in clips:
                film = set_gain(film, timeline_id, [clip.id], clip.gain_db + by_db)
            return film

        self._apply(change, tr("Gain"))

    def gain_point(self) -> None:
        """Put a point on the gain lines under the playhead."""
        frame, timeline_id = self._session.playhead, self._timeline.id
        clips = [clip for clip in self._sounds() if clip.start <= frame <= clip.end]

        def change(film: Film) -> Film:
            for clip in clips:
                film = set_gain_point(film, timeline_id, clip.id, frame - clip.start)
            return film

        self._apply(change, tr("Gain point"))

    def no_gain(self) -> None:
        """Leave the selected clips as loud as their sources."""
        self._edit(tr("Gain as in the source"), clear_gain)

    def pan(self, by: float) -> None:
        """Move the sounds among the selected clips further left, or right."""
        clips, timeline_id = self._sounds(), self._timeline.id

        def change(film: Film) -> Film:
            for clip in clips:
                film = set_pan(film, timeline_id, [clip.id], round(clip.pan + by, 2))
            return film

        self._apply(change, tr("Pan"))

    def no_pan(self) -> None:
        """Leave the selected clips where their sources stand."""
        self._edit(tr("Pan as in the source"), lambda film, cut, ids: set_pan(film, cut, ids, 0.0))

    def speed(self, factor: Fraction | None) -> None:
        """Run the selected clips so many times faster; ``None`` at their sources' speed."""
        clips, timeline_id = self._chosen(), self._timeline.id

        def change(film: Film) -> Film:
            done: set[str] = set()
            for clip in clips:
                if clip.link_id is None or clip.link_id not in done:
                    wanted = Fraction(1) if factor is None else clip.speed * factor
                    film = set_speed(film, timeline_id, [clip.id], wanted)
                if clip.link_id is not None:
                    done.add(clip.link_id)
            return film

        self._apply(change, tr("Speed"))

    def fit_marks(self) -> None:
        """Let the selected clip fill the marked part by its speed, and lie there."""
        timeline, clips = self._timeline, self._chosen()
        first, last = timeline.in_frame, timeline.out_frame
        if first is None or last is None:
            self._refuse(tr("Mark in and out first (I and O)."))
        elif not clips or any(not _go_together(clips[0], clip) for clip in clips):
            self._refuse(tr("Select one clip to fit it to the marks."))
        else:
            name = clips[0].id
            self._apply(
                lambda film: fit_to_range(film, timeline.id, name, first, last),
                tr("Fit to marks"),
            )

    def reverse(self) -> None:
        """Turn the selected clips round."""
        self._edit(tr("Backwards"), reverse_clips)

    # --- what belongs together, and how it is marked ---

    def link(self) -> None:
        """Let the selected clips keep their sync."""
        self._edit(tr("Link"), link_clips)

    def group(self) -> None:
        """Let the selected clips be picked and moved as one."""
        self._edit(tr("Group"), group_clips)

    def ungroup(self) -> None:
        """Part the groups of the selected clips."""
        self._edit(tr("Ungroup"), ungroup_clips)

    def enable(self) -> None:
        """Turn the selected clips off, or on where none of them is."""
        on = not any(clip.enabled for clip in self._chosen())
        self._edit(
            tr("Clip on") if on else tr("Clip off"),
            lambda film, cut, ids: edit_clips(film, cut, ids, enabled=on),
        )

    def label(self, colour: ColourLabel) -> None:
        """Give the selected clips a colour, or the picked shots where no clip is selected."""
        shots = self._session.picked
        if self._ids():
            self._edit(
                tr("Label"), lambda film, cut, ids: edit_clips(film, cut, ids, colour=colour)
            )
        elif shots:
            self._apply(lambda film: edit_shots(film, shots, colour=colour), tr("Label shot"))

    def add_marker(self) -> None:
        """Put a marker on the selected clips under the playhead."""
        frame, timeline_id = self._session.playhead, self._timeline.id
        clips = [clip for clip in self._chosen() if clip.start <= frame < clip.end]
        if not clips:
            self._refuse(tr("Put the playhead on a selected clip to mark it."))

        def change(film: Film) -> Film:
            for clip in clips:
                marker = Marker(id=new_id(), frame=frame - clip.start, colour="orange")
                film = add_clip_marker(film, timeline_id, clip.id, marker)
            return film

        self._apply(change, tr("Add marker to clip"))

    # --- what is in hand ---

    def _chosen(self) -> list[Clip]:
        return chosen_clips(self._timeline, self._session.selection)

    def _ids(self) -> list[str]:
        return [clip.id for clip in self._chosen()]

    def _sounds(self) -> list[Clip]:
        names = {
            clip_id
            for track in self._timeline.tracks
            if track.kind == "audio"
            for clip_id in track.positions
        }
        return [clip for clip in self._chosen() if clip.id in names]

    def _cuts(self) -> list[str]:
        return cuts_in_hand(self._timeline, self._session.selection, self._session.playhead)

    def _edit(self, name: str, change: Callable[[Film, str, list[str]], Film]) -> None:
        ids, timeline_id = self._ids(), self._timeline.id
        if ids:
            self._apply(lambda film: change(film, timeline_id, ids), name)

    def _move(self, *, frames: int = 0, tracks: int = 0, ids: list[str] | None = None) -> None:
        names, timeline_id = self._ids() if ids is None else ids, self._timeline.id
        linked = self._session.linking
        if names:
            self._apply(
                lambda film: move_clips(
                    film, timeline_id, names, frames=frames, tracks=tracks, linked=linked
                ),
                tr("Move"),
            )

    def _paste(self, name: str, *, inserts: bool) -> None:
        what, frame, timeline_id = self._copied, self._session.playhead, self._timeline.id
        made: list[str] = []

        def change(film: Film) -> Film:
            after, names = clipboard.paste(film, timeline_id, what, frame, inserts=inserts)
            made[:] = names
            return after

        if what.pieces and self._apply(change, name):
            self._session.select(made)
            self._session.set_playhead(frame + what.length)


def _go_together(clip: Clip, other: Clip) -> bool:
    return clip is other or (clip.link_id is not None and clip.link_id == other.link_id)
