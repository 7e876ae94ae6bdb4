"""FCPXML as its document type has it: the parts in their order, nothing unknown, and what they say.

The rules are those of versions 1.9 and 1.10 for the elements that are written here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings

from studio.document.film import Clip, MediaSource
from studio.document.looks import Pose
from studio.document.titles import TitleSource
from studio.export.interchange import FCPXML
from studio.export.interchange_sheet import sheet_of
from tests.studio.export import cuts
from tests.studio.export.round_trips import base, changed

TIMES = {"offset", "start", "duration", "frameDuration", "tcStart", "time"}
CLIP = "lane offset name start enabled"


@dataclass(frozen=True)
class Rule:
    """What may stand in an element: its children in their order, and its attributes."""

    parts: str = ""
    must: str = ""
    may: str = ""


RULES = {
    "fcpxml": Rule("resources library", "version"),
    "resources": Rule("(asset|effect|format)*"),
    "library": Rule("event*"),
    "event": Rule("project*", may="name"),
    "project": Rule("sequence", may="name"),
    "sequence": Rule("spine", "format", "duration tcStart tcFormat audioLayout audioRate"),
    "spine": Rule("(asset-clip|title|gap|transition)*"),
    "format": Rule("", "id", "name frameDuration width height colorSpace"),
    "asset": Rule(
        "media-rep metadata?", "id",
        "name start duration hasVideo format hasAudio audioSources audioChannels audioRate",
    ),
    "media-rep": Rule("", "src", "kind"),
    "metadata": Rule("md*"),
    "md": Rule("", "key", "value"),
    "effect": Rule("", "id uid", "name"),
    "asset-clip": Rule(
        "conform-rate? timeMap? adjust-transform? adjust-blend? adjust-volume? adjust-panner? "
        "(asset-clip|title)* marker*", "ref", f"{CLIP} duration srcEnable",
    ),
    "title": Rule("text* text-style-def* (asset-clip|title)* marker*", "ref duration", CLIP),
    "gap": Rule("(asset-clip|title)* marker*", "duration", "name offset start"),
    "transition": Rule("", "duration", "name offset"),
    "conform-rate": Rule("", "", "scaleEnabled"),
    "timeMap": Rule("timept*"),
    "timept": Rule("", "time value", "interp"),
    "adjust-transform": Rule("", "", "position scale rotation"),
    "adjust-blend": Rule("", "", "amount"),
    "adjust-volume": Rule("param*", "", "amount"),
    "adjust-panner": Rule("", "", "mode amount"),
    "param": Rule("fadeIn? fadeOut?", "name", ""),
    "fadeIn": Rule("", "duration", "type"),
    "fadeOut": Rule("", "duration", "type"),
    "marker": Rule("", "start value", "duration note"),
    "text": Rule("text-style*"),
    "text-style-def": Rule("text-style", "id"),
    "text-style": Rule("", "", "ref font fontSize fontColor bold italic alignment"),
}  # fmt: skip
VALUES = {
    "enabled": "0|1", "srcEnable": "all|audio|video", "tcFormat": "DF|NDF", "bold": "0|1",
    "audioRate": r"(32|44\.1|48|88\.2|96|176\.4|192)k|\d+", "interp": "smooth2|linear|smooth",
    "type": "linear|easeIn|easeOut|easeInOut", "alignment": "left|center|right|justified",
    "italic": "0|1", "scaleEnabled": "0|1", "kind": "original-media|proxy-media",
}  # fmt: skip


def pattern_of(rule: Rule) -> str:
    """The rule as a regular expression over names that each end with a space."""
    return "".join(
        re.sub(r"[a-zA-Z][\w-]*", lambda name: f"(?:{name[0]} )", part)
        for part in rule.parts.split()
    )


def check(element: Element) -> None:
    """See that ``element`` and all in it keep to the rules."""
    rule = RULES[element.tag]
    names = "".join(f"{child.tag} " for child in element)
    assert re.fullmatch(pattern_of(rule), names), f"{element.tag}: {names}"
    must, may = set(rule.must.split()), set(rule.may.split())
    found = set(element.keys())
    assert must <= found <= must | may, f"{element.tag}: {found}"
    for name, value in element.items():
        if name in VALUES:
            assert re.fullmatch(VALUES[name], value), f"{element.tag} {name}: {value}"
        if name in TIMES:
            assert re.fullmatch(r"-?\d+(/\d+)?s", value), f"{element.tag} {name}: {value}"
    for child in element:
        check(child)


def rendered(film, cut, folder) -> Element:
    return fromstring(FCPXML.render(sheet_of(film, cuts.ledger(), cut, folder)))


@given(film=cuts.films())
@settings(max_examples=40, deadline=None)
def test_every_cut_keeps_to_the_document_type(tmp_path_factory, film):
    root = rendered(film, film.timelines[0], tmp_path_factory.getbasetemp())
    check(root)
    ids = [one.attrib["id"] for one in root.iter() if "id" in one.attrib]
    assert len(ids) == len(set(ids))
    refs = (one.attrib.get(name) for one in root.iter() for name in ("ref", "format"))
    named = {ref for ref in refs if ref}
    assert named <= set(ids)


def with_clip(track: str, **values):
    """A film of which the second clip of a track has these values."""
    film = base()
    cut = changed(
        film.timelines[0], track, lambda one: (one[0], replace(one[1], **values), *one[2:])
    )
    return film, cut


def second(root: Element, kind: str) -> Element:
    """The second clip that shows or sounds the street."""
    found = [one for one in root.iter("asset-clip") if one.attrib["srcEnable"] == kind]
    return found[1]


def test_levels_pan_and_fades_are_said_of_the_sound(tmp_path):
    film, cut = with_clip(
        "A1", gain_db=-6.0, pan=-0.5, fade_in=6, fade_out=12, fade_out_shape="smooth"
    )
    sound = second(rendered(film, cut, tmp_path), "audio")
    volume, panner = sound.find("adjust-volume"), sound.find("adjust-panner")
    assert volume.attrib == {"amount": "-6dB"}
    assert volume.find("param/fadeIn").attrib == {"type": "easeIn", "duration": "1/4s"}
    assert volume.find("param/fadeOut").attrib == {"type": "easeInOut", "duration": "1/2s"}
    # From -100, all left, to 100; the mode is written as the program itself writes it.
    assert panner.attrib == {"mode": "1 (Stereo Left/Right)", "amount": "-50"}


@pytest.mark.parametrize(("clip", "track", "told"), [(-1.0, 0.0, -100), (0.5, 0.75, 100)])
def test_pans_of_clip_and_track_add_up_to_one_side_at_the_most(tmp_path, clip, track, told):
    film, cut = with_clip("A1", pan=clip)
    cut = replace(cut, tracks=tuple(replace(one, pan=track) for one in cut.tracks))
    sound = second(rendered(film, cut, tmp_path), "audio")
    assert float(sound.find("adjust-panner").attrib["amount"]) == told


def test_a_retimed_clip_says_which_part_of_the_file_it_is(tmp_path):
    film, cut = with_clip("V1", source_in=24, speed=Fraction(2))
    picture = second(rendered(film, cut, tmp_path), "video")
    points = [(one.attrib["time"], one.attrib["value"]) for one in picture.iter("timept")]
    # 9,000 frames of 24 a second in half the time; the clip begins 24 frames into the file.
    assert points == [("0s", "0s"), ("375/2s", "375s")]
    assert picture.attrib["start"] == "1/2s"


def test_files_have_formats_of_their_own(tmp_path):
    film, cut = with_clip("V1")
    root = rendered(film, cut, tmp_path)
    formats = {one.attrib["id"]: one.attrib for one in root.iter("format")}
    found = {one.attrib["name"]: formats[one.attrib["format"]]
             for one in root.iter("asset") if "format" in one.attrib}  # fmt: skip
    assert found["Street"]["frameDuration"] == "1/24s"
    assert (found["Street"]["width"], found["Street"]["height"]) == ("640", "360")
    assert found["Shot 1"]["frameDuration"] == "1/12s"
    assert formats[next(root.iter("sequence")).attrib["format"]]["width"] == str(film.width)


def test_a_track_that_is_not_heard_is_switched_off(tmp_path):
    film, cut = with_clip("V1", pose=Pose(opacity=0.5), source=TitleSource(text="Rain"))
    tracks = tuple(replace(one, solo=one.name == "A2") for one in cut.tracks)
    root = rendered(film, replace(cut, tracks=tracks), tmp_path)
    check(root)
    heard = [one for one in root.iter("asset-clip") if one.attrib["srcEnable"] == "audio"]
    assert heard
    assert all(one.attrib["enabled"] == "0" for one in heard)


def test_a_title_on_a_track_that_is_not_seen_is_switched_off(tmp_path):
    film, cut = with_clip("V1", source=TitleSource(text="Rain"))
    tracks = tuple(replace(one, muted=one.name == "V1") for one in cut.tracks)
    root = rendered(film, replace(cut, tracks=tracks), tmp_path)
    check(root)
    (title,) = root.iter("title")
    assert title.attrib["enabled"] == "0"


def test_a_sound_has_the_channels_of_its_file(tmp_path):
    film, cut = with_clip("A1", source=MediaSource(media_id="m2"))
    rain = replace(film.media[1], facts=replace(film.media[1].facts, channels=1))
    film = replace(film, media=(film.media[0], rain))
    root = rendered(film, cut, tmp_path)
    (asset,) = (one for one in root.iter("asset") if one.attrib["name"] == "Rain")
    assert asset.attrib["audioChannels"] == "1"


def test_a_still_has_no_rate(tmp_path):
    film = base()
    still = replace(film.media[0], id="m9", kind="image", path="media/a.png", name="Still")
    film = replace(film, media=(*film.media, still))
    clip = Clip(id="x", source=MediaSource(media_id="m9"), start=0, length=12)
    cut = changed(film.timelines[0], "V1", lambda _: (clip,))
    root = rendered(film, cut, tmp_path)
    check(root)
    asset = next(one for one in root.iter("asset") if one.attrib["name"] == "Still")
    form = next(one for one in root.iter("format") if one.attrib["id"] == asset.attrib["format"])
    assert "frameDuration" not in form.attrib
    assert asset.attrib["duration"] == "0s"
