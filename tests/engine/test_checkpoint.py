import contextlib
import json
import struct

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from engine.checkpoint import (
    apply,
    check_header,
    load_parts,
    load_tensors,
    read_metadata,
    save_in_parts,
    save_tensors,
    sha256,
)
from engine.errors import WeightsError


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "weights.safetensors"
    tensors = {"weight": torch.arange(6.0).reshape(2, 3), "bias": torch.ones(2).bfloat16()}
    save_tensors(path, tensors, {"kind": "line"})
    return path


def test_tensors_and_metadata_come_back(path):
    tensors, metadata = load_tensors(path)
    assert metadata == read_metadata(path) == {"kind": "line"}
    assert torch.equal(tensors["weight"], torch.arange(6.0).reshape(2, 3))
    assert tensors["bias"].dtype == torch.bfloat16
    assert not list(path.parent.glob("*.part"))
    assert len(sha256(path)) == 64


def test_a_layout_of_its_own_is_written_plainly(tmp_path):
    last = torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last)
    save_tensors(tmp_path / "a.safetensors", {"a": last}, {})
    assert torch.equal(load_tensors(tmp_path / "a.safetensors")[0]["a"], last)


def test_a_folder_that_cannot_be_written_to_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WeightsError, match="could not be written"):
        save_tensors(tmp_path / "file" / "a.safetensors", {"a": torch.zeros(1)}, {})


@pytest.mark.parametrize(
    "contents",
    [
        b"",
        b"\x01",
        b"\xff" * 8,
        struct.pack("<Q", 2**40) + b"{}",
        struct.pack("<Q", 4) + b"[1]!",
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 3) + b"\xff\xfe\xfd",
        b"PK\x03\x04 an archive of pickles, by its looks",
    ],
)
def test_what_is_no_safetensors_file_is_a_sentence(tmp_path, contents):
    path = tmp_path / "a.safetensors"
    path.write_bytes(contents)
    for read in (load_tensors, read_metadata, check_header):
        with pytest.raises(WeightsError, match=r"a\.safetensors"):
            read(path)


def test_missing_files_and_folders_are_a_sentence(tmp_path):
    for place in (tmp_path / "missing.safetensors", tmp_path):
        with pytest.raises(WeightsError):
            load_tensors(place)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_damage_anywhere_is_a_sentence_or_harmless(path, data):
    contents = bytearray(path.read_bytes())
    length = data.draw(st.integers(min_value=0, max_value=len(contents)))
    at = data.draw(st.integers(min_value=0, max_value=len(contents) - 1))
    contents[at] ^= data.draw(st.integers(min_value=1, max_value=255))
    damaged = path.with_name("damaged.safetensors")
    damaged.write_bytes(contents[:length])
    with contextlib.suppress(WeightsError):
        tensors, _ = load_tensors(damaged)
        apply(nn.Linear(3, 2), tensors, "damaged")


def test_metadata_that_is_none_is_empty(tmp_path):
    header = json.dumps({"__metadata__": {}}).encode()
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    assert read_metadata(tmp_path / "a.safetensors") == {}


def test_weights_are_applied_only_where_all_fit():
    layer = nn.Linear(3, 2)
    before = layer.weight.clone()
    good = {"weight": torch.ones(2, 3), "bias": torch.zeros(2)}
    for bad, says in (
        ({"weight": torch.ones(2, 3)}, "lack the tensor bias"),
        (good | {"bias": torch.zeros(3)}, r"\(2,\) but is \(3,\)"),
        (good | {"more": torch.zeros(1)}, "unknown tensor, more"),
        (good | {"bias": torch.tensor([0.0, float("inf")])}, "not finite"),
    ):
        with pytest.raises(WeightsError, match=says):
            apply(layer, bad, "line")
        assert torch.equal(layer.weight, before)
    apply(layer, good, "line")
    assert torch.equal(layer.weight, torch.ones(2, 3))


def test_parts_are_small_and_come_back_in_any_order(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.checkpoint._HEADER_ROOM_BYTES", 1000)
    tensors = {f"t{index}": torch.randn(100 + index) for index in range(9)}
    paths = save_in_parts(tmp_path / "m.safetensors", tensors, {"kind": "x"}, 2200)
    assert len(paths) > 2
    assert all(path.stat().st_size <= 2200 for path in paths)
    found, metadata = load_parts(paths[::-1])
    assert metadata == {"kind": "x"}
    assert found.keys() == tensors.keys()
    assert all(torch.equal(found[name], tensors[name]) for name in tensors)
    with pytest.raises(WeightsError, match="part 2-of-"):
        load_parts([path for path in paths if ".2-of-" not in path.name])
    other = save_in_parts(tmp_path / "n.safetensors", tensors, {"kind": "y"}, 2200)
    with pytest.raises(WeightsError, match="not parts of one model"):
        load_parts([paths[0], *other[1:]])
    with pytest.raises(WeightsError, match="t8 alone"):
        save_in_parts(tmp_path / "o.safetensors", {"t8": torch.randn(400)}, {}, 2200)
    whole = save_in_parts(tmp_path / "p.safetensors", tensors, {"kind": "x"}, 10**6)
    assert [path.name for path in whole] == ["p.safetensors"]
    assert load_parts(whole)[1] == {"kind": "x"}
