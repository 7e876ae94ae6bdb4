import torch

from engine import paces
from engine.paces import Pace, compute_type, pace_of

CPU = torch.device("cpu")


def test_numbers_are_halved_only_where_that_pays():
    assert Pace(float32=100.0, bfloat16=90.0).best == torch.float32
    assert Pace(float32=100.0, bfloat16=110.0).best == torch.float32
    assert Pace(float32=100.0, bfloat16=200.0).best == torch.bfloat16


def test_a_pace_is_measured_once_and_remembered(tmp_path, monkeypatch):
    file = tmp_path / "cache" / "paces.json"
    first = pace_of.__wrapped__(CPU, file)
    assert first.float32 > 1e8
    assert first.bfloat16 > 0

    def again(_):
        raise AssertionError("measured twice")

    monkeypatch.setattr(paces, "measure", again)
    assert pace_of.__wrapped__(CPU, file) == first


def test_a_damaged_memory_is_measured_anew(tmp_path, monkeypatch):
    file = tmp_path / "paces.json"
    known = Pace(float32=3.0, bfloat16=9.0)
    monkeypatch.setattr(paces, "measure", lambda _: known)
    for text in ("{", "[]", '{"cpu": 3}', '{"cpu": {"float32": -1, "bfloat16": 1}}'):
        file.write_text(text)
        assert pace_of.__wrapped__(CPU, file) == known


def test_what_was_measured_on_a_busy_machine_does_not_stand_for_ever(tmp_path, monkeypatch):
    file = tmp_path / "paces.json"
    monkeypatch.setattr(paces, "measure", lambda _: Pace(float32=10.0, bfloat16=1.0))
    pace_of.cache_clear()
    for seen, known in ((8.0, 10.0), (12.0, 10.0), (60.0, 60.0), (20.0, 60.0)):
        paces.raise_pace(CPU, torch.float32, seen, file)
        assert pace_of(CPU, file) == Pace(float32=known, bfloat16=1.0)
    pace_of.cache_clear()


def test_the_processor_computes_in_what_was_measured_to_be_faster(monkeypatch):
    for fast, dtype in ((1.0, torch.float32), (9.0, torch.bfloat16)):
        monkeypatch.setattr(paces, "pace_of", lambda _, f=fast: Pace(float32=3.0, bfloat16=f))
        assert compute_type(CPU) == dtype
