"""The figures under the picture: what is read, what warns, and what a click forgets."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from engine.media import LoudnessReading
from studio.playback.sound_watch import SoundReading, SoundWatch
from studio.ui.loudness_line import LoudnessLine


def test_it_says_what_it_reads_and_keeps_the_highest_peak(qtbot):
    line = LoudnessLine()
    qtbot.addWidget(line)
    assert line.words == "M – · S – · I – · TP –"
    loud = LoudnessReading(
        momentary_lufs=-14.2, short_term_lufs=-16.0, integrated_lufs=-17.5, true_peak_db=-0.4
    )
    line.show_reading(SoundReading(loud, 0.8))
    quiet = LoudnessReading(momentary_lufs=-30.0, short_term_lufs=-20.0, integrated_lufs=-18.0)
    line.show_reading(SoundReading(quiet, -0.5))
    assert line.words == "M -30.0 · S -20.0 · I -18.0 · TP -0.4"
    assert line.accessibleDescription() == line.words
    assert not line.grab().isNull()
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    assert line.words == "M – · S – · I – · TP –"


def test_the_watch_reads_a_known_tone():
    """A 997 Hz sine at -20 dBFS in both channels is -20 LUFS (ITU-R BS.1770-4)."""
    tone = 0.1 * np.sin(np.arange(48_000 * 4) * 2 * np.pi * 997 / 48_000)
    sound = np.stack([tone, -tone]).astype(np.float32)
    watch, readings = SoundWatch(48_000), []
    for at in range(0, sound.shape[1], 1_024):
        reading = watch.take(sound[:, at : at + 1_024])
        if reading is not None:
            readings.append(reading)
    last = readings[-1]
    assert abs(last.loudness.momentary_lufs + 20) < 0.1
    assert abs(last.loudness.short_term_lufs + 20) < 0.1
    assert abs(last.loudness.integrated_lufs + 20) < 0.1
    assert abs(last.loudness.true_peak_db + 20) < 0.1
    assert last.correlation < -0.99
    assert 35 <= len(readings) <= 40
