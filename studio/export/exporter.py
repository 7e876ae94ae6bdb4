"""The exporter: a plan and its sources become a file, whole or not at all."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import assert_never

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.media import LoudnessMeter, write_film, write_gif, write_wav
from studio.export.finishing import Finisher
from studio.export.folder_beside import folder_beside, plain_name
from studio.export.loudness import Heard, Loudness, brought_to, shown_by
from studio.export.plan import ExportPlan, PictureSource, SoundSource
from studio.export.spool import room_beside
from studio.export.stages import ahead, mixed, unheard
from studio.export.time_left import Stage, TimeLeft, stage_guesses
from studio.wording import tr

Sound = NDArray[np.float32]

_TELL_S = 0.1


@dataclass(frozen=True, kw_only=True)
class ExportProgress:
    """So much is done.

    Attributes:
        of: samples of the sound, pictures, or thousandths of what has no count.
        eta_s: about how many seconds are left, of all stages.
    """

    stage: Stage
    done: int
    of: int
    eta_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class ExportFinished:
    """The file is there whole.

    Attributes:
        path: the file, or the folder of files.
        files: how many there are.
        duration_s, file_bytes: its length and size.
        loudness: of the sound as it went into the file; ``None`` where it has none.
        notes: what the director should know, as sentences.
    """

    path: Path
    frames: int
    width: int
    height: int
    duration_s: float
    file_bytes: int
    files: int
    took_s: float
    loudness: Loudness | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ExportFailed:
    """Nothing was written; ``cause`` is the technical detail one click deeper."""

    sentence: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class ExportCancelled:
    """The director stopped it; nothing was written."""


ExportEnd = ExportFinished | ExportFailed | ExportCancelled
ExportEvent = ExportProgress | ExportEnd

Seal = Callable[[ExportFinished, Callable[[float], None], Callable[[], bool]], ExportFinished]
"""What is done to a film that is written, and told with its end: it tells which share of it is
done, from 0 to 1, and asks whether it was stopped."""


def as_it_is(
    end: ExportFinished, _tell: Callable[[float], None], _stopped: Callable[[], bool]
) -> ExportFinished:
    """Nothing is done to it."""
    return end


class Exporter:
    """One export; ``run`` it here, or ``start`` it on a thread of its own.

    Args:
        plan: what is exported.
        pictures: shows the cut as the player does, at any size.
        sound: mixes the cut at the plan's sample rate.
        tell: told every event, on the thread that exports.
        stems: name and sound of every track, for stems.
        seal: what is done once the file is there; stopped in the middle, the file stays.
        stop: set by ``cancel``, for sources that take long over one answer.
    """

    def __init__(
        self,
        plan: ExportPlan,
        pictures: PictureSource,
        sound: SoundSource,
        tell: Callable[[ExportEvent], None] = lambda _event: None,
        stems: Sequence[tuple[str, SoundSource]] = (),
        seal: Seal = as_it_is,
        stop: threading.Event | None = None,
    ) -> None:
        self.plan = plan
        self._stems = stems
        self._seal = seal
        self._pictures = pictures
        self._sound = sound
        self._tell = tell
        self._stop = stop or threading.Event()
        self._thread: threading.Thread | None = None
        self._finisher: Finisher | None = None
        self._left = TimeLeft({})
        self._began_s = 0.0
        self._told_s = 0.0
        self._stage: Stage | None = None

    def start(self) -> None:
        """Export on a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="export")
        self._thread.start()

    def cancel(self) -> None:
        """Stop soon and leave nothing behind; from any thread."""
        self._stop.set()
        if self._finisher is not None:
            self._finisher.stop()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for the thread; ``False`` if it still works."""
        if self._thread is not None:
            self._thread.join(timeout_s)
            return not self._thread.is_alive()
        return True

    def run(self) -> ExportEnd:
        """Export, and tell and return how it ended. Errors end it too, and keep their cause."""
        self._began_s = time.monotonic()
        self._left = TimeLeft(stage_guesses(self.plan))
        try:
            end = self._export()
            if isinstance(end, ExportFinished):
                end = self._seal(end, partial(self._share, "signing"), self._stop.is_set)
        except EngineError as error:
            failed = ExportFailed(sentence=str(error), cause=repr(error.__cause__ or error))
            # What is stopped in the middle of a picture fails there.
            end = ExportCancelled() if self._stop.is_set() else failed
        except Exception as error:
            sentence = tr(
                "The export stopped because of an error in the program: {error}.", error=error
            )
            end = ExportFailed(sentence=sentence, cause=traceback.format_exc())
        self._tell(end)
        return end

    def pictures(self) -> Iterator[NDArray[np.uint8]]:
        """The pictures as they go into the encoder: those of the player, at the file's size."""
        plan = self.plan
        with Finisher(plan.width, plan.height, network=plan.finished) as finisher:
            self._finisher = finisher
            for index in range(plan.frames):
                yield finisher.finish(self._pictures.picture(plan.film_frame(index)))

    def mix(
        self, room: Sound | None = None, hear: Callable[[Sound], None] = unheard
    ) -> Sound | None:
        """The sound (2, S) as it is heard, before it is brought to a loudness.

        Args:
            room: where it is put; made if None.
            hear: given every block of it.

        Returns:
            ``None`` if the export was cancelled.
        """
        first, end = self.plan.sample_span
        if room is None:
            room = np.zeros((2, end - first), np.float32)
        return mixed(
            self._sound,
            (first, end),
            room,
            lambda done: self._progress("sound", done, end - first),
            self._stop.is_set,
            hear,
        )

    def _export(self) -> ExportEnd:
        kind = self.plan.preset.kind
        if kind == "pictures":
            return self._sequence()
        if kind == "gif":
            return self._gif()
        match kind:
            case "film":
                return self._film()
            case "sound":
                return self._wav()
            case "stems":
                return self._write_stems()
            case _:
                assert_never(kind)

    def _film(self) -> ExportEnd:
        plan, heard = self.plan, self._final_sound()
        if heard is None:
            return ExportCancelled()
        with closing(ahead(self.pictures())) as pictures:
            written = write_film(
                plan.path,
                pictures,
                plan.rate,
                heard.sound,
                sample_rate_hz=plan.sample_rate_hz,
                preset=plan.preset.encoding,
                timecode=plan.timecode,
                metadata=dict(plan.metadata),
                progress=lambda done: self._progress("pictures", done, plan.frames),
                cancelled=self._stop.is_set,
            )
        return self._finished(plan.path, heard.loudness) if written else ExportCancelled()

    def _gif(self) -> ExportEnd:
        plan = self.plan
        written = write_gif(
            plan.path,
            self.pictures,
            plan.frames,
            plan.rate,
            comment=dict(plan.metadata).get("comment", ""),
            progress=lambda done: self._progress("pictures", done, plan.frames * 2),
            cancelled=self._stop.is_set,
        )
        return self._finished(plan.path, None) if written else ExportCancelled()

    def _wav(self) -> ExportEnd:
        heard = self._final_sound()
        if heard is None:
            return ExportCancelled()
        samples = heard.sound.shape[1]
        written = self._write_sound(
            self.plan.path, heard.sound, lambda done: self._progress("writing", done, samples)
        )
        return self._finished(self.plan.path, heard.loudness) if written else ExportCancelled()

    def _write_stems(self) -> ExportEnd:
        """Every track by itself, and their mix, which is their sum: none is brought to a level."""
        folder = self.plan.target
        first, end = self.plan.sample_span
        samples = end - first
        parts = (*self._stems, ("Mix", self._sound))
        sound = room_beside(folder, samples)
        meter = LoudnessMeter(self.plan.sample_rate_hz)
        told = 0

        def tell(done: int) -> None:
            self._progress("sound", told + done, 2 * samples * len(parts))

        with folder_beside(folder) as part:
            for number, (name, source) in enumerate(parts, 1):
                hear = meter.add if source is self._sound else unheard
                if mixed(source, (first, end), sound, tell, self._stop.is_set, hear) is None:
                    return ExportCancelled()
                told += samples
                file = part.path / f"{folder.name}.{number:02d} {plain_name(name)}.wav"
                if not self._write_sound(file, sound, tell):
                    return ExportCancelled()
                told += samples
            part.done = True
        return self._finished(folder, shown_by(meter))

    def _write_sound(self, path: Path, sound: Sound, tell: Callable[[int], None]) -> bool:
        return write_wav(
            path,
            sound,
            self.plan.sample_rate_hz,
            sample_format="pcm24",
            metadata=dict(self.plan.metadata),
            progress=tell,
            cancelled=self._stop.is_set,
        )

    def _sequence(self) -> ExportEnd:
        """Pictures in a folder that gets its name when it is whole."""
        folder = self.plan.target
        with folder_beside(folder) as part, closing(ahead(self.pictures())) as pictures:
            for index, picture in enumerate(pictures):
                if self._stop.is_set():
                    return ExportCancelled()
                name = f"{folder.name}.{index + 1:06d}.png"
                _, encoded = cv2.imencode(".png", picture[..., ::-1])
                (part.path / name).write_bytes(encoded.tobytes())
                self._progress("pictures", index + 1, self.plan.frames)
            part.done = True
        return self._finished(folder, None)

    def _final_sound(self) -> Heard | None:
        plan = self.plan
        first, end = plan.sample_span
        meter = LoudnessMeter(plan.sample_rate_hz)
        sound = self.mix(room_beside(plan.path, end - first), meter.add)
        if sound is None:
            return None
        heard = Heard(sound=sound, loudness=shown_by(meter))
        if plan.loudness_lufs is None or heard.loudness.is_silent:
            return heard
        return brought_to(
            heard,
            plan.sample_rate_hz,
            plan.loudness_lufs,
            plan.true_peak_db,
            into=room_beside(plan.path, end - first),
            tell=partial(self._share, "loudness"),
            stopped=self._stop.is_set,
        )

    def _finished(self, path: Path, loudness: Loudness | None) -> ExportFinished:
        plan = self.plan
        files = tuple(path.iterdir()) if path.is_dir() else (path,)
        return ExportFinished(
            path=path,
            frames=0 if plan.preset.kind in ("sound", "stems") else plan.frames,
            width=plan.width,
            height=plan.height,
            duration_s=float(plan.duration_s),
            file_bytes=sum(file.stat().st_size for file in files),
            files=len(files),
            took_s=time.monotonic() - self._began_s,
            loudness=loudness,
            notes=(*self._sound.faults, *self._loudness_notes(loudness), *self._finishing_notes()),
        )

    def _loudness_notes(self, loudness: Loudness | None) -> tuple[str, ...]:
        target = self.plan.loudness_lufs
        if loudness is None or target is None or not loudness.is_heard:
            return ()
        if loudness.is_silent:
            return (tr("The sound is too short or quiet for a loudness; it is as it was mixed."),)
        if abs(loudness.lufs - target) < 0.5:
            return ()
        return (
            tr(
                "The sound is at {lufs:.1f} LUFS, not {target:g}: more would flatten its peaks.",
                lufs=loudness.lufs,
                target=target,
            ),
        )

    def _finishing_notes(self) -> tuple[str, ...]:
        return () if self._finisher is None else self._finisher.notes

    def _share(self, stage: Stage, share: float) -> None:
        self._progress(stage, int(share * 1_000), 1_000)

    def _progress(self, stage: Stage, done: int, of: int) -> None:
        """Tell how far it is: as a stage begins and ends, and ten times a second at the most."""
        eta_s = self._left.at(stage, done / of)
        now_s = time.monotonic()
        if stage == self._stage and done < of and now_s - self._told_s < _TELL_S:
            return
        self._stage, self._told_s = stage, now_s
        self._tell(ExportProgress(stage=stage, done=done, of=of, eta_s=eta_s))
