"""Stems: the sound of every track of a cut by itself, which add up to the mix."""

from __future__ import annotations

from dataclasses import replace

from studio.document.queries import stem_tracks
from studio.playback.cut import Cut
from studio.playback.mixer import Mixer
from studio.playback.sound_shelf import SoundShelf


def stems(cut: Cut, shelf: SoundShelf) -> tuple[tuple[str, Mixer], ...]:
    """Name and mixer of every track that is heard and holds something."""
    return tuple(
        (track.name, Mixer(cut.with_tracks((replace(track, solo=False, muted=False),)), shelf))
        for track in stem_tracks(cut.timeline)
    )
