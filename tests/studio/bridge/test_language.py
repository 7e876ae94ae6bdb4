"""A catalogue of Qt's says the program's texts, whoever asks for them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, QTranslator

from studio.bridge import language
from studio.wording import CONTEXT, tr


class Shouting(QTranslator):
    def translate(self, context, source, disambiguation=None, n=-1):
        return source.upper() if context == CONTEXT else source


@pytest.fixture
def shouting(qapp):
    made = Shouting()
    language.use(qapp, made)
    yield made
    language.leave(qapp, made)


def test_texts_go_through_the_translators_of_the_application(qapp, shouting):
    assert tr("Undo") == "UNDO"
    language.leave(qapp, shouting)
    assert tr("Undo") == "Undo"


def test_without_a_catalogue_nothing_changes(qapp, tmp_path):
    assert not language.install(qapp, QLocale("de_DE"), tmp_path)
    assert tr("Undo") == "Undo"
