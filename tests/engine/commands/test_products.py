from engine.commands.products import forward_over_products
from engine.training.tiny import SHAPE
from tests.engine.tiny_model import loaded


def test_products_are_listed_and_timed():
    model = loaded().transformer
    one, four = (forward_over_products(model, SHAPE, batch, 1) for batch in (1, 4))
    # Every weight matrix meets every token at least once.
    width, tokens = model.config.width, 12
    assert one["gflop"] * 1e9 > 2 * tokens * model.config.depth * 4 * width**2
    assert four["gflop"] > 3 * one["gflop"]
    assert one["forward_s"] > 0
    assert one["ratio"] > 0.5
