"""Replicas on this machine: more processes that do what this one does, on clips of their own.

On a processor, two processes of one thread each train a third faster than one of two threads: they
wait for one another once a step, not after every product.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

import torch
import torch.distributed as dist

from engine.errors import EngineError, TrainingError
from engine.training.group import ProcessLostError, meeting, process_lost

_CPU = torch.device("cpu")
_LEAVE_S = 20.0


@contextmanager
def accompanied(count: int, work: Callable[[], object]) -> Iterator[None]:
    """Within the block ``count - 1`` more processes do ``work``, and this one is their first.

    What is done within the block must be what ``work`` does. The processor's threads are shared
    out evenly. The others end with the block, however it ends.

    Args:
        count: of processes, this one among them; 1 is this one alone.
        work: can be sent to another process.

    Raises:
        TrainingError: if one of them ends before it has begun.
    """
    if count == 1:
        yield
        return
    threads, context = torch.get_num_threads(), multiprocessing.get_context("spawn")
    share = max(1, threads // count)
    with tempfile.TemporaryDirectory(prefix="dailies-replicas-") as folder:
        place = Path(folder) / "meeting"
        others: list[SpawnProcess] = []
        here: list[Connection] = []
        try:
            for rank in range(1, count):
                ours, theirs = context.Pipe(duplex=False)
                here.append(ours)
                task = (rank, count, place, share, theirs, work)
                others.append(context.Process(target=_accompany, args=task, daemon=True))
                others[-1].start()
                theirs.close()
            _wait_for(others, here)
            torch.set_num_threads(share)
            with meeting(_CPU, _meet(0, count, place)):
                yield
                for other in others:
                    other.join(_LEAVE_S)
        except (ProcessLostError, RuntimeError) as error:
            if isinstance(error, ProcessLostError) or process_lost(error):
                raise _what_was_lost(error, here) from error
            raise
        finally:
            torch.set_num_threads(threads)
            for connection in here:
                connection.close()
            for other in others:
                other.terminate()
                other.join(_LEAVE_S)
                other.kill()
                other.join()
                other.close()


def _wait_for(others: Sequence[SpawnProcess], here: Sequence[Connection]) -> None:
    """Wait until every process says that it is there."""
    for other, connection in zip(others, here, strict=True):
        wait([connection, other.sentinel])
        try:
            connection.recv_bytes()
        except EOFError as error:
            raise TrainingError(
                "A process that was to train beside this one ended before it began. "
                "Free some memory, or train with fewer --replicas."
            ) from error


def _what_was_lost(error: Exception, here: Sequence[Connection]) -> ProcessLostError:
    """``error`` with the sentence in which a process ended that had time for one."""
    sentence = "A process that trained beside this one ended before the first step."
    if isinstance(error, ProcessLostError):
        sentence = str(error)
    for connection in here:
        with contextlib.suppress(EOFError, OSError):
            if connection.poll(_LEAVE_S):
                return ProcessLostError(f"{sentence} It said: {connection.recv_bytes().decode()}")
    return ProcessLostError(sentence)


def _accompany(
    rank: int,
    count: int,
    place: Path,
    threads: int,
    there: Connection,
    work: Callable[[], object],
) -> None:
    """What a process beside the first does, from its start to its end."""
    # Ctrl+C reaches all processes of a console; the first one says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(threads)
    there.send_bytes(b"here")
    try:
        with meeting(_CPU, _meet(rank, count, place)):
            work()
    except ProcessLostError:
        sys.exit(1)  # The first one has ended, and said why.
    except EngineError as error:
        # It is told by the first one, who may have met with the same.
        with contextlib.suppress(OSError):
            there.send_bytes(str(error).encode())
        sys.exit(1)
    except RuntimeError as error:
        if process_lost(error):
            sys.exit(1)
        raise


def _meet(rank: int, count: int, place: Path) -> Callable[..., None]:
    """Bring the processes together through a file, which needs no free port to be guessed."""
    store = dist.FileStore(str(place), count)
    return partial(dist.init_process_group, store=store, rank=rank, world_size=count)
