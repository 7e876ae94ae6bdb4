"""Every text that a person sees goes through `studio.wording`, and comes into the catalogue."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QLocale

from studio import wording
from studio.bridge import language
from studio.wording import tr

ROOT = Path(__file__).resolve().parents[2]
SEEN = ("studio/ui", "studio/bridge")
# What stands in these modules is not the program's own words on the screen.
OTHERS = {
    "studio/ui/breathing.py": "names of the benchmark",
    "studio/ui/play_probe.py": "the benchmark prints it",
    "studio/ui/probes.py": "the benchmark prints it",
    "studio/ui/theme.py": "fonts and styles",
    "studio/bridge/burn_in.py": "fonts",
    "studio/bridge/demo_film.py": "the film's own words",
    "studio/bridge/keymaps.py": "keys",
    "studio/bridge/native_faults.py": "names of files",
    "studio/bridge/scripts.py": "the words that scripts and engines know",
    "studio/document/codec.py": "causes of damage, for those who mend a file",
    "studio/document/lane.py": "faults of the program, or of a damaged file",
    "studio/document/schema.py": "the database's language",
    "studio/export/credentials_ingredients.py": "written into files",
    "studio/export/provenance.py": "written into files",
    "studio/export/provenance_words.py": "written into files",
    # What opens, copies and locks the film's file is in the program's own language yet.
    "studio/document/backups.py": "the film's file",
    "studio/document/film_copy.py": "the film's file",
    "studio/document/paths.py": "the film's file",
    "studio/document/project_file.py": "the film's file",
    "studio/document/project_lock.py": "the film's file",
}
# Takes words that nobody reads.
SILENT = {
    "NewType", "ParamSpec", "QKeySequence", "TypeVar", "cast", "compile", "getattr", "name",
    "setObjectName", "sub", "Thread", "NotImplementedError", "AssertionError", "TypeError",
}  # fmt: skip
# Values of the film's own, and what only those read who mend the program.
UNSAID = {
    "lower third", "X seeds", "  outside the program", "X, Python X", "no film", "crash X.txt",
    "crash *.txt", "user X", "The film was assembled and rendered from its cut.",
}  # fmt: skip
# A style sheet, markup, a command line, a report for those who mend the program.
_STYLE = re.compile(
    r"[#\w ,>:]*\{ |\b[a-z-]+: ?[^;]*;|style=|color: |^(python|A fault in Dailies)|, line X"
)
_SPOKEN = re.compile(r"(^|\s)[A-Za-z]{3,}[.,:;!?]?\s|\s[A-Za-z]{3,}[.,:;!?]?$")
_SENTENCE = re.compile(r"\w,? \w.*[.…]\s*$", re.DOTALL)
_UNITS = re.compile(r"\b(dB|EV|TP)\b|\.[a-z0-9]{2,5}\b")


@pytest.fixture(scope="module")
def catalogue():
    spec = importlib.util.spec_from_file_location("texts", ROOT / "packaging" / "texts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["texts"] = module
    spec.loader.exec_module(module)
    return module


def reads_like_a_text(words: str) -> bool:
    """Whether words have two parts, or begin with a capital, and are no style or unit."""
    bare = _UNITS.sub("", words).strip()
    spoken = re.search("[A-Za-z]{2,}", bare) and (" " in bare or bare[:1].isupper())
    return bool(spoken) and not _STYLE.search(words)


class Literals(ast.NodeVisitor):
    """Literals that read like texts and go through neither `tr` nor `term`."""

    def __init__(self, catalogue) -> None:
        self._catalogue = catalogue
        self.found: list[tuple[int, str]] = []

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and reads_like_a_text(node.value):
            self.found.append((node.lineno, node.value))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        words = "".join(
            str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values
        )
        if _SPOKEN.search(words) and not _STYLE.search(words):
            self.found.append((node.lineno, words))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Call(self, node: ast.Call) -> None:
        name = self._catalogue.called(node)
        self.visit(node.func)
        for given in [*node.args, *(one.value for one in node.keywords)]:
            passed = name in self._catalogue.TELLERS or name in SILENT
            if not (passed and isinstance(given, ast.Constant)):
                self.visit(given)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.visit(node.value)

    def visit_Dict(self, node: ast.Dict) -> None:
        for value in node.values:
            self.visit(value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    def visit_match_case(self, node: ast.match_case) -> None:
        for line in node.body:
            self.visit(line)

    def visit_Compare(self, node: ast.Compare) -> None:
        """What is compared with is not shown."""

    def visit_arg(self, node: ast.arg) -> None:
        """Nor is what annotates."""


def unsaid(path: Path, catalogue) -> list[tuple[int, str]]:
    literals = Literals(catalogue)
    literals.visit(ast.parse(path.read_text("utf-8")))
    return [(line, words) for line, words in literals.found if words not in UNSAID]


def modules(folders: tuple[str, ...] = SEEN) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if path.relative_to(ROOT).as_posix() not in OTHERS]


def test_every_text_of_the_window_is_said_in_the_language_in_use(catalogue):
    missed = [
        f"{path.relative_to(ROOT)}:{line}: {words!r}"
        for path in modules()
        for line, words in unsaid(path, catalogue)
    ]
    assert not missed, "say it through studio.wording.tr, or mark it with term in a table"


def test_what_films_cuts_and_exports_have_to_say_is_said_in_it_too(catalogue):
    missed = [
        f"{path.relative_to(ROOT)}:{line}: {words!r}"
        for path in modules(
            ("studio/document", "studio/render", "studio/playback", "studio/export")
        )
        for line, words in unsaid(path, catalogue)
        if _SENTENCE.search(words)
    ]
    assert not missed


def test_tr_takes_a_text_and_its_values_by_name(catalogue):
    wrong = [
        f"{path.name}:{node.lineno}"
        for path in sorted((ROOT / "studio").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (catalogue.called(node) == "tr")
        and not (isinstance(node.func, ast.Name) and len(node.args) == 1)
    ]
    assert not wrong


def test_values_are_put_in_by_tr_which_passes_over_translations_that_do_not_fit():
    wrong = [
        f"{path.name}:{node.lineno}"
        for path in sorted((ROOT / "studio").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "format" and path.name != "wording.py"
    ]
    assert not wrong, "give the values to studio.wording.tr"


@pytest.mark.parametrize(
    "code",
    [
        'label.setText("Not translated")',
        'label.setText(f"{count} shots")',
        'TABLE = {"one": "A word"}',
        'def f(room):\n    room.say("Undo" if x else y)',
        'raise ChangeError(f"Track {name} is locked.")',
    ],
)
def test_a_text_that_is_not_translated_is_found(catalogue, tmp_path, code):
    path = tmp_path / "panel.py"
    path.write_text(f'"""A module."""\n{code}\n')
    assert list(unsaid(path, catalogue))


def test_the_catalogue_holds_buttons_tables_commands_and_sentences(catalogue):
    found = {text.source for text in catalogue.texts()}
    assert {"Undo", "New film…", "Character", "Wipe"} <= found


def test_a_catalogue_is_made_kept_up_to_date_and_spoken(catalogue, tmp_path, qapp):
    release = shutil.which("pyside6-lrelease", path=str(Path(sys.executable).parent))
    if release is None:
        pytest.skip("Qt's lrelease is not here")
    path = tmp_path / "dailies_de.ts"
    text = catalogue.Text
    said = [text("Keep {name}", "a.py", 1), text("{n} shots", "a.py", 2, counted=True)]
    assert catalogue.write(path, iter([*said, text("Gone", "a.py", 3)])) == 3
    root = ElementTree.parse(path)
    german = {"Keep {name}": ["{name} behalten"], "{n} shots": ["{n} Bild", "{n} Bilder"]}
    for message in root.iter("message"):
        told = german.get(message.findtext("source", ""), [])
        translation = message.find("translation")
        if told and translation is not None:
            translation.clear()
            if message.get("numerus"):
                for form in told:
                    ElementTree.SubElement(translation, "numerusform").text = form
            else:
                translation.text = told[0]
    root.write(path, "utf-8", xml_declaration=True)
    assert catalogue.write(path, iter(said)) == 2
    assert "Gone" not in path.read_text("utf-8")
    subprocess.run([release, path], check=True, capture_output=True)
    assert language.install(qapp, QLocale("de_DE"), tmp_path)
    try:
        assert tr("Keep {name}", name="Bild 1") == "Bild 1 behalten"
        assert [tr("{n} shots", n=n) for n in (1, 2)] == ["1 Bild", "2 Bilder"]
        assert tr("Undo") == "Undo"
    finally:
        wording.speak(None)
