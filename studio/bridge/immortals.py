"""The immortals: constants kept alive under a Qt binding that miscounts them.

PySide6 6.12 is built for interpreters in which ``None``, ``True``, ``False`` and ``NotImplemented``
are immortal (Python 3.12 and later): a call of Qt that returns one of them takes away a reference
that it never took. Under 3.11 a count reaches zero after some thousand calls, and the interpreter
ends with "deallocating None". A count that no program can use up makes them immortal there too.
"""

from __future__ import annotations

import ctypes
import sys

ENOUGH = 1 << 60
_CONSTANTS = (None, True, False, NotImplemented)


def keep_constants() -> bool:
    """Give the constants more references than can be lost; whether that was needed."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return False
    for constant in _CONSTANTS:
        # The count is the first word of every object of a release build.
        ctypes.c_ssize_t.from_address(id(constant)).value = ENOUGH
    return True
