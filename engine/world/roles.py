"""Roles that references are given in, what each is given as, and how a prompt names it."""

from __future__ import annotations

import random
from typing import Literal

from engine.world.grammar import expand

RoleName = Literal[
    "subject",
    "environment",
    "motion",
    "camera",
    "voice",
    "music",
    "first frame",
    "last frame",
    "keyframe",
    "soundtrack",
    "picture",
]
MediaName = Literal["image", "video", "audio"]
MEDIA: dict[RoleName, MediaName] = {
    "subject": "image",
    "environment": "image",
    "motion": "video",
    "camera": "video",
    "voice": "audio",
    "music": "audio",
    "first frame": "image",
    "last frame": "image",
    "keyframe": "image",
    "soundtrack": "audio",
    "picture": "video",
}
# At least twenty ways each.
MENTIONS: dict[RoleName, str] = {
    "subject": (
        "{{Starring|With|Featuring|It stars|It features|It is about|It shows|We see|We follow} "
        "@{tag}|The one {who acts|who plays|that we see|that we follow|in the picture} is @{tag}|"
        "@{tag} {plays in it|is in it|stars in it|takes the lead|has the part|is who we see}}."
    ),
    "environment": (
        "{The {place|set|setting|location} is{| that of}|{Set|Shot|Filmed|Staged} in|"
        "It {happens|takes place|is set|plays} in|"
        "{Use|Take|Keep} the {place|set|location} of} @{tag}."
    ),
    "motion": (
        "{It moves {as in|like}|{The|With the} {motion|movement|action|moves} {of|from}|"
        "{Use|Take|Keep} the {motion|movement} of} @{tag}."
    ),
    "camera": (
        "{{Shot|Filmed|Framed} {like|as in}|The camera {moves|goes|works} {as in|like}|"
        "{With|Use|Take|Keep} the {camera|camera move|framing} of} @{tag}."
    ),
    "voice": (
        "{The voice is{| that of}|{Speaking|Spoken|Said|Talking} {with|in} the voice of|"
        "It sounds like|{Use|Take|Keep} the voice {of|from}|"
        "{Who speaks|Who talks|The speaker} sounds like} @{tag}."
    ),
    "music": (
        "{{In|To|On|With} the {rhythm|beat|tempo|groove} of|"
        "The music {goes like|has the beat of|keeps the beat of|is as fast as}|"
        "{Use|Take|Keep} the {rhythm|beat} of} @{tag}."
    ),
}  # fmt: skip


def mention(role: RoleName, tag: str, choose: random.Random) -> str:
    """A sentence that says what is to be taken from the reference ``@tag``."""
    return choose.choice(expand(MENTIONS[role])).replace("{tag}", tag)
