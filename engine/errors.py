"""Domain errors of the engine: each carries a sentence fit for the screen."""

from __future__ import annotations

import errno
from typing import Literal

# What torch says in a plain RuntimeError: on processors (Linux, Windows), cards and Apple's chips.
_MEMORY_RAN_OUT = (
    "can't allocate memory",
    "not enough memory",
    "out of memory",
    "Invalid buffer size",
    "ALLOC_FAILED",
)


class EngineError(Exception):
    """A user's mistake or a machine's limit; ``str(error)`` is a sentence that says what to do."""


class MediaError(EngineError):
    """A media file could not be read or written."""


class UnwrittenError(MediaError):
    """A media file could not be written: the disk is full, or the folder does not take it."""


class SoundEndedError(MediaError):
    """The sound of a file is over before the part that was asked for."""


class RequestError(EngineError):
    """A request asks for what the backend cannot make."""


class MissingFileError(RequestError):
    """A file that a request names is not there, or cannot be used."""


class WeightsError(EngineError):
    """Weights are missing, damaged, or were made for another model."""


class MemoryShortageError(EngineError):
    """The work does not fit in memory; the sentence names what would."""


class TrainingError(EngineError):
    """A training run cannot go on; its last good state is kept."""


Blame = Literal["machine", "request", "file", "weights"]
"""What a failure lies in. Doing the same again may help where that is the machine, and nowhere else
before it was mended: the request, a file that it names, or the weights."""


def blame(error: BaseException) -> Blame:
    """What ``error`` lies in."""
    match error:
        case UnwrittenError():
            return "machine"
        case MissingFileError() | MediaError():
            return "file"
        case RequestError():
            return "request"
        case WeightsError():
            return "weights"
        case _:
            return "machine"


def unwritten(path: object, error: OSError) -> str:
    """What to say of ``path``, which ``error`` kept from being written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: {path} could not be written. Make room on it and try again."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return f"{path} may not be written. Choose a folder that can be, or allow it."
    return f"{path} could not be written: {error.strerror or error}."


def memory_ran_out(error: BaseException) -> bool:
    """Whether ``error`` is for want of memory, which torch has no one class for."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(said in str(error) for said in _MEMORY_RAN_OUT)
