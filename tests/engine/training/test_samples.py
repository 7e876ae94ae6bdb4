import cv2
import numpy as np
import pytest
import torch

from engine.metrics.run_page import png_of
from engine.models.text_encoder import TextEncoder
from engine.models.transformer import DualTransformer
from engine.training.loop import Run
from engine.training.samples import FixedPrompts
from engine.training.tiny import SHAPE, TRANSFORMER, tiny_codecs, tiny_recipe


@pytest.fixture(scope="module")
def codecs(tmp_path_factory):
    return tiny_codecs(tmp_path_factory.mktemp("codecs"))


def test_a_sheet_shows_a_prompt_a_row_and_is_the_same_for_the_same_weights(codecs):
    torch.manual_seed(0)
    module = DualTransformer(TRANSFORMER).eval()
    for parameter in module.parameters():
        parameter.data.add_(torch.randn_like(parameter) * 0.05)
    shown = FixedPrompts(
        codecs, TextEncoder(), SHAPE, ("a red ball falls", "a drum rolls at night")
    )
    first, second = shown(module), shown(module)
    assert first.shape == (2 * (32 + 2 * 24), 6 * 32, 3)
    assert np.array_equal(first, second)
    top, bottom = first[:32], first[80:112]
    assert top.std() > 1
    assert not np.array_equal(top, bottom)


def test_a_run_keeps_what_its_network_made_when_it_was_measured(codecs, tmp_path):
    drawn = []

    def shown(module):
        drawn.append(next(iter(module.state_dict().values())).clone())
        return np.full((8, 12, 3), 7 * len(drawn), dtype=np.uint8)

    recipe = tiny_recipe(tmp_path / "latents", codecs)
    run = Run(recipe, tmp_path / "run", torch.device("cpu"), shown)
    run.train()
    kept = sorted((tmp_path / "run" / "samples").glob("*.png"))
    assert [path.stem for path in kept] == ["step 000015", "step 000030"]
    assert len(drawn) == 2
    assert "samples/step 000030.png" in (tmp_path / "run" / "page.html").read_text()
    assert (cv2.imread(str(kept[1])) == 14).all()


def test_a_picture_is_read_back_from_the_file_as_it_was():
    picture = np.random.default_rng(0).integers(0, 256, (9, 14, 3), dtype=np.uint8)
    read = cv2.imdecode(np.frombuffer(png_of(picture), np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(read[..., ::-1], picture)
