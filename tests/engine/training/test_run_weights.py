"""Which weights of a run are used after it."""

from engine.training.run_weights import weights_of


def test_the_best_weights_of_a_run_are_used_else_the_last(tmp_path):
    assert weights_of(tmp_path).name == "weights.safetensors"
    for name in ("weights", "best"):
        (tmp_path / f"{name}.safetensors").write_bytes(b"")
    assert weights_of(tmp_path).name == "best.safetensors"
