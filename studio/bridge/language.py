"""The program's texts through Qt's translation, where the system's language has a catalogue.

A catalogue is `dailies_<language>.qm` in `assets/languages`, made from the texts of the code by
`packaging/texts.py`. Qt's own buttons and dialogs are translated by the catalogues it comes with.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from studio import wording

FOLDER = Path(__file__).resolve().parent.parent.parent / "assets" / "languages"


def install(app: QCoreApplication, locale: QLocale | None = None, folder: Path = FOLDER) -> bool:
    """Say everything in the language of ``locale``, the system's if ``None``.

    Returns whether there is a catalogue of it; without one nothing changes.
    """
    told = locale or QLocale.system()
    own = QTranslator(app)
    if not own.load(told, "dailies", "_", str(folder)):
        return False
    theirs = QTranslator(app)
    if theirs.load(
        told, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    ):
        app.installTranslator(theirs)
    use(app, own)
    return True


def use(app: QCoreApplication, translator: QTranslator) -> None:
    """Let ``translator`` say the program's texts."""
    app.installTranslator(translator)
    wording.speak(lambda text, n: QCoreApplication.translate(wording.CONTEXT, text, None, n))


def leave(app: QCoreApplication, translator: QTranslator) -> None:
    """Show the texts as they are written again."""
    app.removeTranslator(translator)
    wording.speak(None)
