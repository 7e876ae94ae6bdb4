"""What the program says to a person, in the language that the person reads.

Every text that is shown goes through `tr`, from the document's sentences to the buttons. Texts that
stand in tables are marked by `term` and said by `tr` where they are shown, so that the language can
be chosen after the tables were made. `studio.bridge.language` puts Qt's translation behind it;
without a catalogue texts are shown as they are written. One context serves the whole program: a
word is translated once, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

CONTEXT = "Dailies"
# A text and the number in it that decides between one and many, or -1.
Translate = Callable[[str, int], str]


class _Tongue:
    """The translation in use; one a process, as the language is."""

    translate: Translate | None = None


def speak(translate: Translate | None) -> None:
    """Let ``translate`` say every text from now on; ``None`` says them as they are written."""
    _Tongue.translate = translate


def tr(text: str, /, **values: object) -> str:
    """``text`` in the language in use, with ``values`` in its braces.

    A value called ``n`` is the number that decides between a language's one, few and many. A
    translation whose braces name other values is passed over: the text is shown as it is written.
    """
    if _Tongue.translate is None:
        return text.format(**values) if values else text
    n = values.get("n", -1)
    said = _Tongue.translate(text, n if isinstance(n, int) else -1)
    if not values:
        return said
    try:
        return said.format(**values)
    except (KeyError, IndexError, ValueError):
        return text.format(**values)


def term(text: str) -> str:
    """A text of a table, as it is written; `tr` says it where it is shown."""
    return text


def listed(names: Sequence[str], most: int) -> str:
    """The first ``most`` of ``names`` in a row, and how many more there are."""
    shown = ", ".join(names[:most])
    left = len(names) - most
    return tr("{names} and {n} more", names=shown, n=left) if left > 0 else shown
