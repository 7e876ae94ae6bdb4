"""The loudness that is asked for where films are published; what brings sound to it is beside."""

from __future__ import annotations

from studio.wording import term

TARGETS: tuple[tuple[str, float], ...] = (
    (term("-14 LUFS — streaming"), -14.0),
    (term("-16 LUFS — web and podcasts"), -16.0),
    (term("-23 LUFS — EBU R 128"), -23.0),
    (term("-24 LUFS — ATSC A/85"), -24.0),
)
"""What sound is brought to where it is published: the words for it, and LUFS."""
