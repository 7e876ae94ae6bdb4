"""What several recipes learn from."""

import pytest

from tests.engine.random_latents import random_store


@pytest.fixture
def store(tmp_path):
    """Random latents whose details are a quarter as loud as the rest."""
    store = random_store(tmp_path)
    store.video[:, 3:] *= 0.25
    store.coverage[:, ::7] = 255
    store.onsets[:, 10:12] = 255
    return store
