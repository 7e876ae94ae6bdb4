"""The loading of torch's libraries while the process's other threads go on."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import threading
from pathlib import Path

# In the order in which they need each other; a build has some of them.
_NAMES = ("libc10", "libtorch_cpu", "libc10_cuda", "libtorch_cuda", "libtorch_python")
# The loader of the system has a lock too: a second thread would wait for that, holding the
# interpreter's all the while.
_lock = threading.Lock()
_SUFFIXES = {"linux": ".so", "darwin": ".dylib"}


def open_libraries() -> tuple[str, ...]:
    """Open torch's libraries before torch is imported, without the interpreter's lock.

    The import statement opens them too, but holds the lock: for 160 to 300 ms, most of it spent on
    one library of 400 MB, no other thread of the program runs, a window's least of all. A foreign
    function is called without the lock, and ``dlopen(3)`` is one; the import then finds everything
    in memory. Windows needs nothing of this: there torch opens its libraries by a foreign call.

    Returns:
        The names of the libraries that are open now; a missing one is left to the import, which
        knows how to complain.
    """
    suffix = _SUFFIXES.get(sys.platform)
    if suffix is None or "torch" in sys.modules:
        return ()
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return ()
    folder = Path(found.origin).parent / "lib"
    paths = [folder / f"{name}{suffix}" for name in _NAMES]
    with _lock:
        return tuple(path.name for path in paths if path.is_file() and _open(path))


def _open(path: Path) -> bool:
    dlopen = getattr(ctypes.CDLL(None), "dlopen", None)
    if dlopen is None:
        return False
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    return dlopen(os.fsencode(path), os.RTLD_NOW) is not None
