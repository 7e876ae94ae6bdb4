import pytest
import torch

from engine.devices import cores, describe, pick
from engine.errors import EngineError


def test_the_processor_is_always_there():
    assert pick("cpu") == torch.device("cpu")
    assert describe(pick("cpu")) == "cpu"
    assert pick("auto").type in ("cpu", "cuda", "mps")
    assert cores() >= 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is one")
def test_a_device_that_is_not_there_is_a_sentence():
    with pytest.raises(EngineError, match="CUDA"):
        pick("cuda")


@pytest.mark.parametrize("name", ["warp", "", "cpu:x", "meta"])
def test_what_is_no_device_is_a_sentence(name):
    with pytest.raises(EngineError, match="cpu"):
        pick(name)
