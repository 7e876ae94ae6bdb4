"""The engine's sentences are known again and said in the language in use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator

import engine
from engine.api import ShotPlan, ShotRequest
from engine.backends.memory_remedy import remedy
from engine.backends.scripted import CAPABILITIES, ScriptedBackend
from engine.errors import unwritten
from studio.bridge import language
from studio.bridge.engine_sentences import SENTENCES
from studio.bridge.engine_words import known_in, said
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


# Of these nothing is said in the window as a sentence of its own: notes of what an engine can do,
# prompts that are written anew, and an engine that tests are made with.
SILENT = {
    "engine.backends.backlot_limits",
    "engine.backends.ltx_limits",
    "engine.backends.scripted",
    "engine.conditioning.edits",
}
# A licence that is not there, which is shown as it lies in a folder; what is put together of parts.
LICENCE = "This folder has no licence file. The weights of LTX-2 come under terms"
OFFERS = "Or ask for"
ROOT = Path(engine.__file__).parent


@cache
def modules_of_the_window() -> dict[str, ast.Module]:
    """What stands behind the seam: backends, media, scripts, and all of ours that they import."""
    left = ["engine.conditioning.shot_plans"]
    for folder in ("api", "backends", "media"):
        left += [f"engine.{folder}.{path.stem}" for path in (ROOT / folder).glob("*.py")]
    found: dict[str, ast.Module] = {}
    while left:
        name = left.pop()
        path = ROOT.joinpath(*name.split(".")[1:]).with_suffix(".py")
        if name in found or not name.startswith("engine.") or not path.is_file():
            continue
        found[name] = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(found[name]):
            match node:
                case ast.ImportFrom(module=str(module), names=names):
                    left += [module, *(f"{module}.{one.name}" for one in names)]
                case _:
                    pass
    return found


def texts_of(tree: ast.Module) -> Iterator[str]:
    """Every text of a module but what explains it, with a mark where a value stands."""
    parts = {id(part) for node in ast.walk(tree) for part in _apart(node)}
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=values):
                yield "".join(
                    str(one.value) if isinstance(one, ast.Constant) else "\0" for one in values
                )
            case ast.Constant(value=str(text)) if id(node) not in parts:
                yield text
            case _:
                pass


def _apart(node: ast.AST) -> list[ast.expr]:
    """Texts within ``node`` that are none of their own: docstrings, and parts of others."""
    match node:
        case ast.JoinedStr(values=values):
            return values
        case ast.Expr(value=ast.Constant() as explained):
            return [explained]
        case _:
            return []


def sentences_of(text: str) -> list[str]:
    """The sentences of a text that is one or more of them, and of any other none."""
    # A value that stands apart is a sentence of its own.
    text = re.sub(r"^\0 (?=[A-Z][a-z])|(?<=\.) ?\0$", "", text.strip())
    if " " not in text or not (text.endswith(".") or ". " in text):
        return []
    return [one.rstrip(".") + "." for one in text.split(". ") if one.strip("\0. ()")]


def bare(text: str) -> str:
    """A text with the same mark for every value, and one for a size, which is two."""
    return re.sub(r"\{\w+\}", "\0", text).replace("\0x\0", "\0")


def test_the_table_holds_what_the_engine_says():
    trees = modules_of_the_window().values()
    texts = "\n".join(bare(text) for tree in trees for text in texts_of(tree))
    # Offers are put together from parts, and tried in what follows.
    lost = [one for one in SENTENCES if not one.startswith(OFFERS) and bare(one) not in texts]
    assert not lost


def test_what_the_engine_can_say_in_the_window_is_in_the_table():
    known = {bare(one) for one in SENTENCES}
    missing = {
        f"{name}: {sentence}"
        for name, tree in modules_of_the_window().items()
        if name not in SILENT
        for text in texts_of(tree)
        if not text.strip().startswith((LICENCE, OFFERS))
        for sentence in sentences_of(text)
        if bare(sentence) not in known
    }
    assert not missing, "add them to studio.bridge.engine_sentences"


def test_no_sentence_of_the_table_is_taken_for_another():
    for one in SENTENCES:
        known = known_in(re.sub(r"\{(\w+)\}", "7", one))
        assert known is not None
        assert known[0] == one


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
