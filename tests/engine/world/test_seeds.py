from itertools import pairwise

import pytest

from engine.world import seeds
from engine.world.seeds import HELD_OUT_FROM, held_out_seed, training_seed


def test_training_and_held_out_seeds_are_apart():
    assert training_seed(HELD_OUT_FROM - 1) < held_out_seed(0)
    with pytest.raises(ValueError, match="no training scene"):
        training_seed(HELD_OUT_FROM)
    with pytest.raises(ValueError, match="no held-out scene"):
        held_out_seed(-1)


def test_every_use_has_room_for_millions_of_scenes_of_its_own():
    begins = sorted(value for name, value in vars(seeds).items() if name.endswith("_FROM"))
    assert all(after - before >= 10_000_000 for before, after in pairwise(begins))
