"""The engine's sentences are known again and said in the language in use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator

import engine
from engine.api import ShotPlan, ShotRequest
from engine.backends.memory_remedy import remedy
from engine.backends.scripted import CAPABILITIES, ScriptedBackend
from engine.errors import unwritten
from studio.bridge import language
from studio.bridge.engine_words import SENTENCES, said
from studio.wording import CONTEXT


class Shouting(QTranslator):
    """Says ``<WORD>`` for word, and leaves values as they are."""

    def translate(self, context, source, disambiguation=None, n=-1):
        if context != CONTEXT:
            return source
        return "<" + re.sub(r"[^{}]+(?![^{]*\})", lambda text: text[0].upper(), source) + ">"


@pytest.fixture
def shouted(qapp):
    made = Shouting()
    language.use(qapp, made)
    yield
    language.leave(qapp, made)


def texts_of_the_engine() -> Iterator[str]:
    """Every text of its source, with a mark where a value stands."""
    for path in Path(engine.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.JoinedStr(values=values):
                    yield "".join(
                        str(one.value) if isinstance(one, ast.Constant) else "\0" for one in values
                    )
                case ast.Constant(value=str(text)):
                    yield text
                case _:
                    pass


def test_the_table_holds_what_the_engine_says():
    texts = "\n".join(texts_of_the_engine())
    # Put together from parts, and tried in what follows.
    built = {one for one in SENTENCES if one.startswith("Or ask for")}
    shapes = {one: re.escape(re.sub(r"\{\w+\}", "\0", one)) for one in SENTENCES}
    # A size is two values.
    lost = [
        one
        for one, shape in shapes.items()
        if one not in built and not re.search(shape.replace("\0", "\0(?:x\0)?"), texts)
    ]
    assert not lost


def request(**values) -> ShotRequest:
    plan = ShotPlan(caption="", frames=values.pop("frames", 49))
    held = {"prompt": "a ball", "width": 256, "height": 144, "rate": Fraction(12), "seed": 1}
    return ShotRequest(shots=(plan,), **{**held, **values})


def test_without_a_catalogue_nothing_is_changed():
    for words in (
        remedy(request(), CAPABILITIES),
        unwritten("/films/a. b/x.mkv", OSError(28, "No space left on device")),
        "Something else, which nobody knows. And more. Close other programs.",
        "3.5 s is too long.",
    ):
        assert said(words) == words


def test_what_stops_a_render_is_said_in_the_language_in_use(shouted):
    words = said(remedy(request(), CAPABILITIES))
    assert words.startswith("<THERE IS NOT ENOUGH MEMORY FOR THIS RENDER.> <CLOSE OTHER PROGRAMS.>")
    assert "<OR ASK FOR 128x72 INSTEAD OF 256x144, OR 3.8 S INSTEAD OF 4.1.>" in words
    full = said(unwritten("/films/x.mkv", OSError(28, "No space left on device")))
    assert full == (
        "<THE DISK IS FULL: /films/x.mkv COULD NOT BE WRITTEN.> <MAKE ROOM ON IT AND TRY AGAIN.>"
    )


def test_what_is_wrong_with_a_request_is_said_in_the_language_in_use(shouted):
    backend = ScriptedBackend()
    for asked in (request(width=200), request(prompt="@Ava runs"), request(prompt="")):
        findings = backend.preflight(asked)
        assert findings
        for finding in findings:
            for words in filter(None, (finding.sentence, finding.remedy)):
                assert said(words).startswith("<"), words


def test_what_is_not_known_is_said_as_the_engine_says_it(shouted):
    assert said("The moon is full. Close other programs.") == (
        "The moon is full. <CLOSE OTHER PROGRAMS.>"
    )
