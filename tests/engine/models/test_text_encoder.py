import functools

import pytest
import torch

from engine.errors import WeightsError
from engine.models.text_encoder import MAX_TOKENS, WIDTH, TextEncoder, packaged_folder


@functools.cache
def encoder():
    return TextEncoder()


def test_the_same_words_give_the_same_states():
    words = "a red ball bounces in the park"
    one, two = TextEncoder().states(words), encoder().states(words)
    assert torch.equal(one, two)
    assert one.shape == (encoder().token_count(words), WIDTH)


def test_neighbours_in_a_batch_do_not_matter():
    short, long = "a ball", "a yellow star made of glass rolls over the beach at sunset"
    encoder().warm([short, long])
    fresh = TextEncoder()
    assert torch.allclose(fresh.states(short), encoder().states(short), atol=1e-4)


def test_what_is_warmed_is_kept_as_far_as_there_is_room():
    few = TextEncoder(kept=2)
    few.warm(["a ball", "a red ball", "a red ball falls"])
    known = few.states("a red ball falls")
    assert few.states("a red ball falls") is known
    few.states("a ball")
    few.states("a drum")
    assert few.states("a red ball falls") is not known


def test_a_batch_is_padded_and_masked():
    states, mask = encoder().batch(["a ball", "a red ball falls"], 9)
    assert states.shape == (2, 9, WIDTH)
    assert mask.sum(1).tolist() == [4, 6]
    assert not states[~mask].any()


def test_long_texts_are_cut():
    assert encoder().token_count("ball " * 500) == MAX_TOKENS


def test_related_sentences_are_nearer():
    def pooled(text):
        return torch.nn.functional.normalize(encoder().states(text).mean(0), dim=0)

    night = pooled("a ball falls at night")
    assert night @ pooled("a sphere drops after dark") > night @ pooled("tax law of 1987")


def test_other_weights_are_refused(tmp_path):
    source = packaged_folder()
    (tmp_path / "tokenizer.json").write_bytes((source / "tokenizer.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"\x00" * 64)
    with pytest.raises(WeightsError, match="not the one"):
        TextEncoder(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(WeightsError):
        TextEncoder(tmp_path)
