"""What Final Cut Pro XML does not say of a cut, in sentences for whoever hands it over."""

from __future__ import annotations

import re

from studio.document.film import Clip
from studio.document.looks import Pose
from studio.document.titles import GeneratorSource, TitleSource
from studio.export.interchange_sheet import Sheet, marked_part_losses
from studio.wording import tr

_NUMBERED = re.compile(r"[AV]\d+")


def fcpxml_losses(sheet: Sheet) -> tuple[str, ...]:
    """What FCPXML does not say of a cut."""
    clips = [clip for _, clip in sheet.clips()]
    main = next((t for t in sheet.timeline.tracks if t.kind == "video" and t.clips), None)
    told = (
        (
            sum(isinstance(one.source, GeneratorSource) for one in clips),
            "generated pictures are gaps",
        ),
        (
            sum(bool(one.curves or one.gain_points) for one in clips),
            "keyframes and envelopes are dropped; the clip's own values stay",
        ),
        (sum(one.grade != Clip.grade for one in clips), "colours of clips are dropped"),
        (sum(_is_cropped(one.pose) for one in clips), "crops are dropped"),
        (
            sum(
                bool(clip.fade_in or clip.fade_out)
                for track, clip in sheet.clips()
                if track.kind == "video"
            ),
            "fades of pictures are dropped",
        ),
        (sum(one.colour != Clip.colour for one in clips), "label colours of clips are dropped"),
        (
            sum(clip.dissolve is not None for track, clip in sheet.clips() if track is not main),
            "dissolves above the storyline are cuts",
        ),
        (
            sum(not sheet.url(clip, track) for track, clip in sheet.clips())
            - sum(isinstance(one.source, TitleSource | GeneratorSource) for one in clips),
            "clips with nothing to show yet are left out",
        ),
        (len(sheet.timeline.subtitles), "subtitles are left out; export them as .srt beside it"),
    )
    found = [f"{number}: {words}." for number, words in told if number]
    if any(isinstance(one.source, TitleSource) for one in clips):
        found.append(
            tr("Titles become the program's Basic Title; places and backings are dropped.")
        )
    if any(track.gain_db or track.pan for track in sheet.timeline.tracks):
        found.append(tr("Gains and pans of tracks are given to their clips."))
    if any(track.clips and not _NUMBERED.fullmatch(track.name) for track in sheet.timeline.tracks):
        found.append(tr("Tracks become lanes, and their names are dropped."))
    found += marked_part_losses(sheet)
    return (*found, tr("Each take's recipe is dropped but for its number, weights and seed."))


def _is_cropped(pose: Pose) -> bool:
    return any((pose.crop_left, pose.crop_top, pose.crop_right, pose.crop_bottom))
