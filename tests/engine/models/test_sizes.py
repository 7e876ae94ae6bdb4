import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.checkpoint import read_metadata
from engine.models.sizes import SIZES, count, pass_flops
from engine.models.transformer import DualTransformer, TransformerConfig
from engine.plain import from_plain


def parameters(config, device):
    with torch.device(device):
        return sum(one.numel() for one in DualTransformer(config).parameters())


def test_blocks_that_were_not_counted_take_what_the_counted_ones_do():
    nano = SIZES["nano"]
    deep = replace(nano, config=replace(nano.config, depth=5))
    counted = count(deep)
    assert counted.parameters == parameters(deep.config, "cpu")
    assert 3 * counted.forward_flops <= counted.training_flops <= 3.5 * counted.forward_flops
    assert counted.training_bytes > 20 * counted.parameters


def test_sizes_grow_from_tests_to_the_order_of_ten_billion():
    nano, paper = SIZES["nano"].config, SIZES["paper"].config
    assert parameters(nano, "meta") < 1e6
    assert 8e9 < parameters(paper, "meta") < 15e9
    assert sorted(SIZES.values(), key=lambda size: size.config.width) == list(SIZES.values())


def test_the_small_size_is_the_network_that_is_shipped():
    shipped = Path(__file__).parents[3] / "assets" / "weights" / "transformer.safetensors"
    config = json.loads(read_metadata(shipped)["config"])
    found = from_plain(TransformerConfig, config)
    small = SIZES["small"].config
    # What its truth heads were taught is no part of a render, and pathways come with tasks.
    assert small == replace(found, truths=small.truths, pathways=small.pathways)


@pytest.mark.parametrize("name", ["small", "medium"])
def test_what_is_reckoned_is_near_what_is_counted(name):
    size = SIZES[name]
    counted = count(size).forward_flops
    assert pass_flops(size.config, size.clip) == pytest.approx(counted, rel=0.15)
