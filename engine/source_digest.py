"""Which code makes something: a digest of modules and of all of ours that they import.

What is kept on a disk was made by code as it was then. Comments, docstrings and layout change
nothing that is made and do not count.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_ROOT = Path(__file__).parent
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@lru_cache
def source_digest(*modules: str) -> str:
    """16 hexadecimal digits that change with what ``modules``, or what they import, compute."""
    found: dict[str, ast.Module] = {}
    left = list(modules)
    while left:
        name = left.pop()
        path = _file_of(name)
        if path is not None and name not in found:
            found[name] = ast.parse(path.read_bytes())
            left += [*_parents(name), *_imported(found[name])]
    digest = hashlib.sha256()
    for name in sorted(found):
        digest.update(f"{name}\n{ast.dump(_bare(found[name]))}\n".encode())
    return digest.hexdigest()[:16]


def _file_of(name: str) -> Path | None:
    """The source of one of our modules; nothing where ``name`` is something else."""
    package, *parts = name.split(".")
    if package != _ROOT.name:
        return None
    place = _ROOT.joinpath(*parts)
    files = (place / "__init__.py", place.with_suffix(".py"))
    return next((file for file in files if file.is_file()), None)


def _parents(name: str) -> Iterator[str]:
    """The packages that are imported before a module is."""
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _imported(tree: ast.Module) -> Iterator[str]:
    """What may be a module among all that is imported, at the top or in functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _bare(tree: ast.Module) -> ast.Module:
    """``tree`` without its docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return tree
