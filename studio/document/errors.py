"""The errors of the document: a small tree, each with a sentence fit for the screen."""

from __future__ import annotations

from pathlib import Path


class DocumentError(Exception):
    """Anything the director may be told about the document; ``str`` is the sentence."""


class TimecodeError(DocumentError):
    """A text that names no frame."""


class ChangeError(DocumentError):
    """A change that the film cannot take, such as a clip on a locked track."""


class ProjectError(DocumentError):
    """A film that cannot be opened or written."""


class NotAFilmError(ProjectError):
    """A file or folder that holds no film."""


class NewerVersionError(ProjectError):
    """A film written by a later version of the program."""


class _FilmFileError(ProjectError):
    """A film that cannot be opened as it should be.

    Attributes:
        file: the project file.
    """

    def __init__(self, sentence: str, file: Path) -> None:
        super().__init__(sentence)
        self.file = file


class FilmInUseError(_FilmFileError):
    """A film that another window or program has open for writing; it can be read meanwhile."""


class DamagedFilmError(_FilmFileError):
    """A film that cannot be read at all; its backups may be."""


class ReadOnlyFilmError(ProjectError):
    """A change to a film that was opened read-only."""


class SaveError(ProjectError):
    """A change that could not be written, such as on a full disk."""


class UnsafePathError(ProjectError):
    """A path that leads out of the film's own folder."""
