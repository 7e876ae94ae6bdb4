"""The mixer: the sound of a cut, sample by sample, as heard and as exported.

Blocks are float32 (2, S), left and right, at the film's sample rate. Every sample is computed from
its own position, so that it is the same in whatever blocks it is asked for.
"""

from __future__ import annotations

import numpy as np

from studio.playback.cut import Cut
from studio.playback.panning import panned
from studio.playback.sound_shelf import Sound, SoundShelf
from studio.playback.varispeed import read_at
from studio.playback.voices import Voice

_BLOCK = 1 << 16


class Mixer:
    """All audible clips of a frozen cut, with gains, fades and pans, summed in the order of tracks.

    Args:
        cut: the timeline that is heard.
        shelf: where sounds are kept between cuts; its own if None.
    """

    def __init__(self, cut: Cut, shelf: SoundShelf | None = None) -> None:
        self.cut = cut
        self._shelf = shelf or SoundShelf(cut.film.sample_rate_hz)

    @property
    def rate_hz(self) -> int:
        """Samples a second."""
        return self._shelf.rate_hz

    @property
    def faults(self) -> tuple[str, ...]:
        """Why some of it is silent, a sentence each."""
        return self._shelf.faults

    def mix(self, start: int, samples: int) -> Sound:
        """What is heard of the cut from sample ``start`` on; silence where there is nothing."""
        block = np.zeros((2, samples), np.float32)
        for voice in self.cut.voices(start, start + samples):
            self._add(block, start, voice)
        return block

    def whole(self, start: int, end: int) -> Sound:
        """What is heard from ``start`` until ``end``, in one piece."""
        sound = np.zeros((2, max(0, end - start)), np.float32)
        for at in range(start, end, _BLOCK):
            count = min(_BLOCK, end - at)
            sound[:, at - start : at - start + count] = self.mix(at, count)
        return sound

    def prepare(self, start: int, samples: int) -> None:
        """Decode what is heard there, so that it is at hand when its time comes."""
        for voice in self.cut.voices(start, start + samples):
            self._shelf.get(voice.sound)

    def _add(self, block: Sound, start: int, voice: Voice) -> None:
        sound = self._shelf.get(voice.sound)
        first, last = max(start, voice.begin), min(start + block.shape[1], voice.end)
        reading = voice.reading
        if reading.is_plain:
            first, last = max(first, -reading.first), min(last, sound.shape[1] - reading.first)
        if last <= first:
            return
        part = (
            sound[:, first + reading.first : last + reading.first]
            if reading.is_plain
            else read_at(sound, reading, first, last)
        )
        levels = np.asarray(voice.levels(first, last), np.float32)
        block[:, first - start : last - start] += panned(part * levels, voice.to)
