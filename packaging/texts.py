"""The program's texts as a catalogue for Qt's Linguist.

    .venv/bin/python packaging/texts.py assets/languages/dailies_de.ts
    .venv/bin/pyside6-linguist assets/languages/dailies_de.ts
    .venv/bin/pyside6-lrelease assets/languages/dailies_de.ts

The first line makes the catalogue of a language, or brings one up to date: what was translated
stays, what is no longer said goes. The last makes what the program reads at its start.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
CONTEXT = "Dailies"
# What takes a text, by the place that it has among the arguments.
TELLERS: Mapping[str, int] = {
    "tr": 0,
    "term": 0,
    "_spec": 1,
    "Command": 1,
    "QueueAction": 1,
    "WidgetKey": 1,
}


@dataclass(frozen=True, order=True)
class Text:
    """One text and where it is said.

    Attributes:
        counted: a number in it decides between a language's one, few and many.
    """

    source: str
    place: str
    line: int
    counted: bool = False


def called(node: ast.Call) -> str:
    """The last name of what ``node`` calls."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def told(node: ast.Call) -> ast.Constant | None:
    """The text that ``node`` gives to one of `TELLERS`."""
    place = TELLERS.get(called(node))
    if place is None or len(node.args) <= place:
        return None
    given = node.args[place]
    return given if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


def texts(folder: Path = ROOT / "studio") -> Iterator[Text]:
    """Every text of the program, file by file."""
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(folder.parent).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (given := told(node)) is not None:
                counted = any(keyword.arg == "n" for keyword in node.keywords)
                yield Text(str(given.value), place, node.lineno, counted)


def write(path: Path, found: Iterator[Text]) -> int:
    """Write the catalogue ``path``, with the translations that it has already; how many texts."""
    known = _translated(path) if path.exists() else {}
    language = path.stem.partition("_")[2]
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = CONTEXT
    by_source: dict[str, list[Text]] = {}
    for text in found:
        by_source.setdefault(text.source, []).append(text)
    for source, said in sorted(by_source.items()):
        counted = any(text.counted for text in said)
        message = ElementTree.SubElement(context, "message", {"numerus": "yes"} if counted else {})
        for text in said:
            ElementTree.SubElement(
                message, "location", filename=f"../../{text.place}", line=str(text.line)
            )
        ElementTree.SubElement(message, "source").text = source
        translation = known.get((source, counted))
        message.append(_untranslated(counted=counted) if translation is None else translation)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', "utf-8")
    return len(by_source)


def _translated(path: Path) -> dict[tuple[str, bool], ElementTree.Element]:
    kept = {}
    for message in ElementTree.parse(path).iter("message"):  # noqa: S314 (a file of this tree)
        translation = message.find("translation")
        if translation is not None and translation.get("type") is None:
            counted = message.get("numerus") == "yes"
            kept[message.findtext("source", ""), counted] = translation
    return kept


def _untranslated(*, counted: bool) -> ElementTree.Element:
    element = ElementTree.Element("translation", type="unfinished")
    if counted:
        ElementTree.SubElement(element, "numerusform")
    return element


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    catalogue = Path(sys.argv[1])
    sys.stdout.write(f"{catalogue}: {write(catalogue, texts())} texts\n")
