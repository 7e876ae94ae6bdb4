"""The sound devices of this machine, through PortAudio, of which a process has one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from studio.playback.audio_sink import SinkError
from studio.wording import tr

LOOK_AGAIN_S = 5.0
MISSED_S = 1.0
_CHANNELS = 2


class SoundDevices:
    """Opens streams, and knows the devices that are there. Any thread may ask.

    PortAudio knows the devices, and the system's default one, as they were when it started. So it
    is started again before a stream is opened or the devices are listed, but only while nothing is
    open on it, as that would be lost, and not every time, as it takes a while.

    Args:
        now_s: the time.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._open = 0
        self._looked_s: float | None = None
        self._missed = False

    def outputs(self) -> tuple[str, ...]:
        """The names of those that stereo can be heard by; none where there is no sound at all."""
        with self._lock:
            try:
                library = self._library()
                return tuple(dict.fromkeys(name for _, name in _outputs(library)))
            except SinkError:
                return ()

    def open(self, name: str, sample_rate_hz: int) -> Any:
        """A stream of the library's on the device of this name, or on the default one, that runs.

        It runs at the device's own rate where the device takes no other.

        Raises:
            SinkError: if there is none.
        """
        with self._lock:
            try:
                stream = _opened(self._library(), name, sample_rate_hz)
            except SinkError:
                self._missed = True
                raise
            self._open += 1
            return stream

    def close(self, stream: Any) -> None:
        """Close a stream that was opened here; what it holds is thrown away."""
        stream.abort(ignore_errors=True)
        stream.close(ignore_errors=True)
        # Last: until then the library must not be started again.
        with self._lock:
            self._open -= 1

    def miss(self) -> None:
        """Look for devices sooner: one is gone."""
        self._missed = True

    def _library(self) -> Any:
        """The library, which is loaded at the first run, so that the studio starts without it."""
        try:
            import sounddevice
        except Exception as error:  # it starts when it is imported, and says what it likes
            raise SinkError(
                tr("The sound library is not here or does not start; the film plays without sound.")
            ) from error
        now = self._now_s()
        if self._looked_s is None:
            self._looked_s = now  # it looked when it was loaded
        elif not self._open and now - self._looked_s >= self._patience_s:
            self._looked_s, self._missed = now, False
            _start_again(sounddevice)
        return sounddevice

    @property
    def _patience_s(self) -> float:
        return MISSED_S if self._missed else LOOK_AGAIN_S


def _start_again(library: Any) -> None:
    with suppress(library.PortAudioError):  # it could not be started the last time
        library._terminate()  # noqa: SLF001 (it has no other way)
    try:
        library._initialize()  # noqa: SLF001
    except library.PortAudioError as error:
        raise SinkError(
            tr("The sound system does not start; the film plays without sound.")
        ) from error


def _opened(library: Any, name: str, sample_rate_hz: int) -> Any:
    device = None
    if name:
        device = next((index for index, found in _outputs(library) if found == name), None)
        if device is None:
            raise SinkError(
                tr(
                    "The sound output “{name}” is not there; the film plays without sound. "
                    "Plug it in, or choose another one in the settings.",
                    name=name,
                )
            )
    try:
        try:
            return _running(library, device, sample_rate_hz)
        except library.PortAudioError:
            own_hz = int(library.query_devices(device, "output")["default_samplerate"])
            if own_hz == sample_rate_hz:
                raise
            return _running(library, device, own_hz)
    except (library.PortAudioError, ValueError, OSError) as error:
        raise SinkError(
            tr("No sound device can be opened; the film plays without sound.")
        ) from error


def _running(library: Any, device: int | None, rate_hz: int) -> Any:
    stream = library.OutputStream(
        samplerate=rate_hz, channels=_CHANNELS, dtype="float32", device=device
    )
    try:
        stream.start()
    except library.PortAudioError:
        stream.close(ignore_errors=True)
        raise
    return stream


def _outputs(library: Any) -> Iterator[tuple[int, str]]:
    """Number and name of each output of the system's own kind: others have the same ones again."""
    try:
        kind = library.default.hostapi
        for index, facts in enumerate(library.query_devices()):
            if facts["hostapi"] == kind and facts["max_output_channels"] >= _CHANNELS:
                yield index, facts["name"]
    except library.PortAudioError:
        return


DEVICES = SoundDevices()
"""Those of this process."""
