from __future__ import annotations

from pathlib import Path

import pytest

from studio.document.project_file import create_project
from tests.studio.document.edits import film_of_clips


@pytest.fixture
def project(tmp_path: Path):
    made = create_project(tmp_path / "Tide", film_of_clips())
    yield made
    made.close()
