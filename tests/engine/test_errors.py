import errno

import pytest
import torch

from engine.errors import (
    EngineError,
    MediaError,
    MemoryShortageError,
    MissingFileError,
    RequestError,
    UnwrittenError,
    WeightsError,
    blame,
    memory_ran_out,
    unwritten,
)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("tried to allocate"),
        RuntimeError("MPS backend out of memory (MPS allocated: 8.00 GB)"),
        RuntimeError("Invalid buffer size: 12.00 GB"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
    ],
)
def test_memory_runs_out_in_many_words(error):
    assert memory_ran_out(error)


def test_a_processor_says_so_in_its_own_words():
    with pytest.raises(RuntimeError) as told:
        torch.empty(2**52, dtype=torch.uint8)
    assert memory_ran_out(told.value)


def test_a_fault_is_not_for_want_of_memory():
    assert not memory_ran_out(RuntimeError("shapes do not fit"))
    assert not memory_ran_out(ValueError("out of memory"))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "The disk is full: a.mkv could not be written. Make room on it"),
        (errno.EROFS, "a.mkv may not be written. Choose a folder that can be"),
        (errno.EIO, "a.mkv could not be written: Broken."),
    ],
)
def test_what_could_not_be_written_says_what_to_do(code, said):
    assert unwritten("a.mkv", OSError(code, "Broken")).startswith(said)


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (MissingFileError("a.png is not there."), "file"),
        (MediaError("a.mp4 is no film."), "file"),
        (RequestError("There is no such size."), "request"),
        (WeightsError("There are none."), "weights"),
        (MemoryShortageError("It does not fit."), "machine"),
        (EngineError("It ended by itself."), "machine"),
        (OSError(errno.ENOSPC, "full"), "machine"),
        (UnwrittenError("a.mkv was not written: the disk is full."), "machine"),
    ],
)
def test_a_failure_says_what_must_be_mended(error, what):
    assert blame(error) == what
