"""The prompt field: plain text with its @tags coloured and completed as they are typed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit, QWidget

from studio.bridge.panel_keys import deed_of

TAG = re.compile(r"(?<![\w@])@(\w+(?:-\w+)*)")
QUOTED = re.compile('["“][^"”]*["”]')
_UNFINISHED = re.compile(r"(?<![\w@])@([\w-]*)$")
_BEGUN = re.compile(r"([^\W\d_]*)$")


class TagHighlighter(QSyntaxHighlighter):
    """Colours the tags that are known, underlines those that are not, and quoted dialogue."""

    def __init__(self, document: QTextDocument, known: QColor, unknown: QColor) -> None:
        super().__init__(document)
        self._tags: frozenset[str] = frozenset()
        self._known = QTextCharFormat()
        self._known.setForeground(known)
        self._known.setFontWeight(QFont.Weight.DemiBold)
        self._unknown = QTextCharFormat()
        self._unknown.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        self._unknown.setUnderlineColor(unknown)
        self._spoken = QTextCharFormat()
        self._spoken.setFontItalic(True)

    def set_tags(self, tags: Sequence[str]) -> None:
        """Colour by another set of known tags."""
        known = frozenset(tag.lower() for tag in tags)
        if known != self._tags:
            self._tags = known
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # noqa: N802
        for match in QUOTED.finditer(text):
            self.setFormat(match.start(), match.end() - match.start(), self._spoken)
        for match in TAG.finditer(text):
            known = match.group(1).lower() in self._tags
            length = match.end() - match.start()
            self.setFormat(match.start(), length, self._known if known else self._unknown)


class PromptEdit(QPlainTextEdit):
    """Text with tags. It commits when the hand leaves it or Ctrl+Return is pressed.

    Signals:
        committed: the text that the director is done with.
        done: Ctrl+Return was pressed, whether or not the text is another one.
    """

    committed = Signal(str)
    done = Signal()

    def __init__(self, known: QColor, unknown: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self._shown = ""
        self._highlighter = TagHighlighter(self.document(), known, unknown)
        self._tags = QStringListModel(self)
        self._completer = QCompleter(self._tags, self)
        self._completer.setWidget(self)
        self._list = self._completer.popup() or QListView(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.activated.connect(self._complete)
        self._words: tuple[str, ...] = ()
        self._heights_px: tuple[int, int] | None = None

    def grow_between(self, heights_px: tuple[int, int]) -> None:
        """Be as high as the text, from the one height to the other; beyond that it scrolls."""
        self._heights_px = heights_px
        self.setFixedHeight(heights_px[0])
        sizes = self.document().documentLayout()
        sizes.documentSizeChanged.connect(lambda _size: self._grow())

    def set_tags(self, tags: Sequence[str]) -> None:
        """The tags that can be completed and are known."""
        self._tags.setStringList(sorted(tags, key=str.lower))
        self._highlighter.set_tags(tags)

    def set_words(self, words: Sequence[str]) -> None:
        """The vocabulary that Ctrl+Space completes from."""
        self._words = tuple(dict.fromkeys(words))

    def insert_word(self, word: str) -> None:
        """Write a word at the cursor, with the blanks that it needs."""
        cursor = self.textCursor()
        text, at = self.toPlainText(), cursor.selectionStart()
        before = "" if at == 0 or text[at - 1].isspace() else " "
        after = (
            ""
            if cursor.selectionEnd() < len(text) and text[cursor.selectionEnd()] in " ,.;"
            else " "
        )
        cursor.insertText(f"{before}{word}{after}")
        self.setTextCursor(cursor)
        self.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._grow()  # where it is narrower there are more lines

    def _grow(self) -> None:
        if self._heights_px is None:
            return
        least, most = self._heights_px
        lines = self.document().documentLayout().documentSize().height()  # counted in lines
        beside = self.height() - self.viewport().height() + 2 * self.document().documentMargin()
        wanted = math.ceil(lines * self.fontMetrics().lineSpacing() + beside)
        # A bar that came for a moment would make more lines, for which it would stay.
        bar = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            bar.ScrollBarAsNeeded if wanted > most else bar.ScrollBarAlwaysOff
        )
        self.setFixedHeight(max(least, min(most, wanted)))

    def show_text(self, text: str) -> None:
        """Show the document's text, unless it is what is there already."""
        self._shown = text
        if text != self.toPlainText():
            self.setPlainText(text)

    def commit(self) -> None:
        """Hand the text over if it is another one."""
        text = self.toPlainText()
        if text != self._shown:
            self._shown = text
            self.committed.emit(text)

    def completing(self) -> bool:
        """Whether the list of tags is open."""
        return self._list.isVisible()

    def event(self, event: QEvent) -> bool:
        # The window's one-key commands must not take the keys that belong to writing.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ShiftModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if plain and event.key() not in (Qt.Key.Key_Escape, Qt.Key.Key_F1, Qt.Key.Key_F11):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape)
        if self.completing() and event.key() in keys:
            event.ignore()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
            event.ignore()  # what the field stands in may be put away by it
            return
        deed = deed_of("prompt", event)
        if deed:
            if deed == "commit":
                self.commit()
                self.done.emit()
            else:
                self._offer_words()
            return
        super().keyPressEvent(event)
        self._offer()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()

    def _offer(self) -> None:
        """Open the list where the hand has begun a tag."""
        before = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        match = _UNFINISHED.search(before)
        popup = self._list
        if match is None or not self._tags.rowCount():
            popup.hide()
            return
        self._completer.setModel(self._tags)
        self._completer.setCompletionPrefix(match.group(1))
        count = self._completer.completionCount()
        if not count or (count == 1 and self._completer.currentCompletion() == match.group(1)):
            popup.hide()
            return
        self._open()

    def _offer_words(self) -> None:
        """Open the vocabulary of the weights at the word that has been begun."""
        before = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        match = _BEGUN.search(before)
        if not self._words or match is None:
            return
        self._completer.setModel(QStringListModel(list(self._words), self._completer))
        self._completer.setCompletionPrefix(match.group(1))
        if self._completer.completionCount():
            self._open()

    def _open(self) -> None:
        popup = self._list
        popup.setCurrentIndex(self._completer.completionModel().index(0, 0))
        # Under the line, not over it: the list is placed from the field's edge.
        rect = self.cursorRect().translated(self.viewport().pos()).adjusted(0, 0, 0, 2)
        rect.setWidth(max(160, popup.sizeHintForColumn(0) + 24))
        self._completer.complete(rect)

    def _complete(self, tag: str) -> None:
        cursor = self.textCursor()
        begun = len(self._completer.completionPrefix())
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, begun)
        cursor.insertText(f"{tag} ")
        self.setTextCursor(cursor)
