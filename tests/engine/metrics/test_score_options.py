"""What a score can be asked for, and what it refuses in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import RequestError
from engine.metrics.score_options import parsed


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["world", "--damage", "--html", "page"], "leave out --html or --damage"),
        (["--damage"], "score world --damage"),
        (["world", "--clips", "1"], "at least two clips"),
        (["--only", "looks"], "There is no score 'looks'"),
        (["world", "--full"], "leave out --full"),
    ],
)
def test_what_there_is_not_is_refused(words: list[str], says: str):
    with pytest.raises(RequestError, match=says):
        parsed(words)


@pytest.mark.parametrize("more", [("--level", "2"), ("--clips", "4"), ("--full",)])
def test_films_are_scored_as_they_are(tmp_path: Path, more: tuple[str, ...]):
    with pytest.raises(RequestError, match="Films are scored as they are"):
        parsed([str(tmp_path), *more])
    assert parsed([str(tmp_path)]).filmed


def test_a_page_is_kept_where_clips_are_scored_as_they_are(tmp_path: Path):
    asked = parsed(["world", "--html", str(tmp_path), "--clips", "4"])
    assert asked.html == tmp_path
    assert not asked.damage
