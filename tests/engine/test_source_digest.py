"""What is kept on a disk knows the code that made it, and nothing of how that code is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import source_digest as module
from engine.source_digest import source_digest

DRAW = '''"""Draws."""
from engine.world import light

def drawn():
    """A clip."""
    return light.level()
'''
LIGHT = """
def level():
    from engine.world.deep import depth
    return depth()
"""
FILES = {
    "__init__.py": "",
    "draw.py": DRAW,
    "world/__init__.py": "",
    "world/light.py": LIGHT,
    "world/deep.py": "def depth():\n    return 1\n",
    "world/other.py": "def other():\n    return 1\n",
}


@pytest.fixture
def digest_with(tmp_path, monkeypatch):
    """The digest of what draws, where some of the files are otherwise."""
    root = tmp_path / "engine"
    monkeypatch.setattr(module, "_ROOT", root)

    def of(**changed: str) -> str:
        for name, text in FILES.items():
            place = root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(changed.get(Path(name).stem, text))
        source_digest.cache_clear()
        return source_digest("engine.draw")

    yield of
    source_digest.cache_clear()


def test_what_is_computed_counts_however_far_below(digest_with):
    before = digest_with()
    assert before == digest_with()
    assert digest_with(deep="def depth():\n    return 2\n") != before
    assert digest_with(draw="def drawn():\n    return 1\n") != before
    assert digest_with(other="def other():\n    return 2\n") == before


def test_how_it_is_written_does_not(digest_with):
    before = digest_with()
    text = DRAW.replace("Draws.", "Draws all.").replace("A clip.", "One clip.")
    assert digest_with(draw=text + "\n\n# That is all.\n") == before
    assert digest_with(deep='def depth():\n    """Says so."""\n    return  1\n') == before
