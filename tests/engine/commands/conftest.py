"""Commands run in this process, on the tiny model."""

import json

import cv2
import numpy as np
import pytest

from engine.__main__ import main
from tests.engine.tiny_model import tiny_folder


@pytest.fixture
def engine(capsys):
    """Run a command; its exit code and what it told on stderr."""

    def run(*words) -> tuple[int, str]:
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:  # argparse leaves this way
            code = int(ended.code or 0)
        return code, capsys.readouterr().err

    return run


@pytest.fixture
def film(engine, tmp_path):
    """Generate a short film of the tiny model; its report."""

    def make(name="film.mp4", *more):
        report = tmp_path / "report.json"
        code, told = engine(
            "generate", "--prompt", "a red ball bounces in the park", "--seconds", 0.75,
            "--steps", 2, "--weights", tiny_folder(), "--device", "cpu",
            "--out", tmp_path / name, "--json", report, *more,
        )  # fmt: skip
        assert code == 0, told
        return json.loads(report.read_text())

    return make


@pytest.fixture
def picture(tmp_path):
    """A picture file."""
    path = tmp_path / "ava.png"
    ramp = np.tile(np.linspace(0, 255, 96, dtype=np.uint8), (64, 1))
    cv2.imwrite(str(path), np.stack([ramp, ramp[:, ::-1], np.full_like(ramp, 90)], axis=-1))
    return path
