"""What the documents print can be typed, pressed and seen as it is printed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from engine.__main__ import _parser
from studio.bridge.actions import ACTIONS
from studio.bridge.panel_keys import PANELS

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "WALKTHROUGH.md", "GALLERY.md", "EXAMPLES.md")
COMMANDS = ("generate", "upgrade", "edit", "sequence", "extend")
ENGINE = "python -m engine "
KEY = re.compile(r"(?:(?:Ctrl|Alt|Shift)\+)*(?:[A-Z]|F\d+|Return|Esc|Space|Home|End|Del|Backspace)")


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def engine_commands(text: str) -> list[str]:
    """Commands of the engine: on lines of their own, in sentences, and in a table after them."""
    found = [
        line.split(ENGINE, 1)[1]
        for line in text.splitlines()
        if line[:4] == "    " and ENGINE in line
    ]
    for cell in re.findall(r"^\|.*\| (.*) \|$", text, re.MULTILINE):
        plain = cell.replace(r"\|", "|")
        found += [one for one in re.findall(r"`([^`]+)`", plain) if one.split()[0] in COMMANDS]
    return found


@pytest.mark.parametrize("command", engine_commands(text_of("README.md")))
def test_every_command_of_the_readme_is_understood(command):
    assert callable(_parser().parse_args(shlex.split(command, comments=True)).run)


def test_there_are_commands_in_the_readme():
    assert len(engine_commands(text_of("README.md"))) > 10


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_and_page_is_there(page):
    links = re.findall(r"\]\(([^)#:]+)\)", text_of(page))
    assert links
    assert not [link for link in links if not (ROOT / link).is_file()]


def test_every_key_of_the_walkthrough_does_something():
    known = {key for spec in ACTIONS for key in spec.keys}
    known |= {key for panel in PANELS.values() for one in panel.keys for key in one.keys.split()}
    named = {
        one for one in re.findall(r"`([^`]+)`", text_of("WALKTHROUGH.md")) if KEY.fullmatch(one)
    }
    assert len(named) > 20
    assert not named - known


def test_every_menu_of_the_walkthrough_has_what_is_chosen_there():
    listed = {f"{spec.menu} > {spec.text}" for spec in ACTIONS}
    chosen = re.findall(r"\*(\w+ > [^*]+)\*", text_of("WALKTHROUGH.md"))
    assert chosen
    assert not set(chosen) - listed
