"""The playback probe: a film of H.264 and sound, played in real time into a recording device."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer

from engine.media import write_film, write_wav
from studio.document.film import Clip, Film, Media, MediaFacts, MediaSource, Track, new_film
from studio.document.ledger import Ledger
from studio.export.exporter import Exporter, ExportFinished
from studio.export.finishing import lanczos
from studio.export.plan import DeliverySpec, plan_export
from studio.playback.cut import Cut
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from studio.playback.player import Paused, Player
from studio.playback.recording_sink import RecordingSink

SECONDS = 8
EXPORT_S = 4
RATE = 24
_HZ = 48_000
_SIZE = (1280, 720)
_LIKE_OURS = (
    "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_inp,"
    "format=yuv420p"
)


class PlayProbe:
    """Plays, seeks and exports one film of ``SECONDS`` at 1280 x 720.

    Args:
        folder: an empty one for the film.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._film = _film(folder)
        self.sink = RecordingSink(time.monotonic, buffer=4_096, latency=480)
        self.player = Player(self.sink)
        self._shown: list[tuple[float, int]] = []
        self._loop = QEventLoop()
        # One for all waits, stopped after each: one left over would end the next wait early.
        self._guard = QTimer()
        self._guard.setSingleShot(True)
        self._guard.timeout.connect(self._loop.quit)
        self.player.frame_shown.connect(self._on_frame)
        self.player.state_changed.connect(self._on_state)
        # A device wakes its writer by itself; this one is woken.
        self._beat = QTimer()
        self._beat.setInterval(4)
        self._beat.timeout.connect(self.sink.wake)
        self._beat.start()
        timeline = self._film.timelines[0].id
        self.player.show(self._film, Ledger(), timeline, folder)

    def lateness_ms(self) -> tuple[list[float], int]:
        """How late each picture came after its sound, and how many never came."""
        self.player.seek(0)
        self._shown = []
        self.player.play()
        self._wait(SECONDS * 2_000)
        cut = self._cut
        late = [
            (at - self.sink.time_of(cut.sample_of(frame))) * 1_000
            for at, frame in self._shown
            if 0 < frame < cut.length - 1
        ]
        return late, cut.length - 2 - len(late)

    def seeks(self, runs: int, *, drags: bool = False) -> Iterator[float]:
        """Milliseconds from a seek, or a drag, to its first picture, all over the film."""
        # Other places than before: what was seen is kept.
        chance = random.Random(4 if drags else 3)
        go = self.player.scrub if drags else self.player.seek
        for _ in range(runs):
            self._wanted = chance.randrange(self._cut.length)
            began = time.perf_counter()
            go(self._wanted)
            if not self._shown or self._shown[-1][1] != self._wanted:
                self._seeking = True
                self._wait(5_000)
                self._seeking = False
            yield (time.perf_counter() - began) * 1_000

    def export_s(self) -> float:
        """Seconds that an MP4 of the film's first ``EXPORT_S`` takes."""
        path = self._folder / "out.mp4"
        spec = DeliverySpec(span=(0, EXPORT_S * RATE))
        plan = plan_export(self._film, self._film.timelines[0], path, spec, replace=True)
        source = FrameSource(self._cut)
        began = time.perf_counter()
        end = Exporter(plan, source, Mixer(self._cut)).run()
        taken = time.perf_counter() - began
        source.close()
        return taken if isinstance(end, ExportFinished) else float("nan")

    def ffmpeg_s(self) -> float | None:
        """Seconds that the ``ffmpeg`` of this machine takes for the same encode of the same frames.

        It is handed the pictures and the sound, which an export has to make. ``None`` where there
        is no ``ffmpeg``, or it fails.
        """
        program = shutil.which("ffmpeg")
        if program is None:
            return None
        pictures, sound = self._folder / "frames.rgb", self._folder / "frames.wav"
        if not sound.exists():
            self._write_frames(pictures, sound)
        wide, high = _SIZE
        words = [program, "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"]
        words += ["-s", f"{wide}x{high}", "-r", str(RATE), "-i", str(pictures), "-i", str(sound)]
        words += ["-vf", _LIKE_OURS, "-c:v", "libx264", "-crf", "15", "-preset", "medium"]
        words += ["-c:a", "aac", "-b:a", "256k", "-movflags", "+faststart"]
        words += [str(self._folder / "theirs.mp4")]
        began = time.perf_counter()
        done = subprocess.run(words, check=False, capture_output=True)  # noqa: S603
        return None if done.returncode else time.perf_counter() - began

    def _write_frames(self, pictures: Path, sound: Path) -> None:
        source = FrameSource(self._cut)
        with pictures.open("wb") as file:
            for frame in range(EXPORT_S * RATE):
                file.write(source.picture(frame).tobytes())
        source.close()
        write_wav(sound, Mixer(self._cut).whole(0, EXPORT_S * _HZ), _HZ)

    def close(self) -> None:
        """End the player."""
        self._beat.stop()
        self.player.close()

    def _wait(self, longest_ms: int) -> None:
        """Let the player run until what is waited for has come, or that long."""
        self._guard.start(longest_ms)
        self._loop.exec()
        self._guard.stop()

    _wanted = -1
    _seeking = False

    @property
    def _cut(self) -> Cut:
        return Cut(self._film, Ledger(), self._film.timelines[0].id, self._folder)

    def _on_frame(self, frame: int, _picture: object) -> None:
        self._shown.append((time.monotonic(), frame))
        if self._seeking and frame == self._wanted:
            self._loop.quit()

    def _on_state(self, state: object) -> None:
        if isinstance(state, Paused):
            self._loop.quit()


def _film(folder: Path) -> Film:
    """A film of one imported file."""
    width, height = _SIZE
    media = write_reel(folder, "media/a.mp4", _SIZE)
    film = new_film("Bench", width=width, height=height)
    clip = Clip(id="c", source=MediaSource(media_id=media.id), start=0, length=SECONDS * RATE)
    tracks = (
        Track(id="a1", kind="audio", name="A1", clips=(replace(clip, id="s"),)),
        Track(id="v1", kind="video", name="V1", clips=(clip,)),
    )
    timeline = replace(film.timelines[0], tracks=tracks)
    return replace(film, media=(media,), timelines=(timeline,), active_timeline_id=timeline.id)


def write_reel(folder: Path, path: str, size: tuple[int, int]) -> Media:
    """``SECONDS`` of soft shapes that move, ``size`` wide and high, and a tone, in a film's folder.

    ``path`` is its place in ``folder``.
    """
    width, height = size
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(1).integers(0, 255, (height // 40, width // 40, 3), np.uint8)
    soft = lanczos(coarse, width, height)
    pictures = (np.roll(soft, (k * 3, k * 5), axis=(0, 1)) for k in range(SECONDS * RATE))
    tone = 0.2 * np.sin(np.arange(SECONDS * _HZ) * 2 * np.pi * 330 / _HZ)
    sound = np.stack([tone, tone]).astype(np.float32)
    write_film(folder / path, pictures, Fraction(RATE), sound, sample_rate_hz=_HZ)
    facts = MediaFacts(
        width=width,
        height=height,
        frames=SECONDS * RATE,
        rate=Fraction(RATE),
        samples=sound.shape[1],
        sample_rate_hz=_HZ,
        channels=2,
    )
    name = Path(path).name
    return Media(id="reel", kind="video", name=name, path=path, sha256="0" * 64, facts=facts)
