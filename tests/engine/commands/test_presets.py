import json


def test_a_preset_says_what_it_takes(engine, tmp_path, capsys):
    from engine.__main__ import main

    assert main(["presets", "nano", "--json", str(tmp_path / "report.json")]) == 0
    told = capsys.readouterr().out
    assert "nano" in told
    row = json.loads((tmp_path / "report.json").read_text())["presets"]["nano"]
    assert row["parameters"] > 100_000
    assert row["config"]["depth"] == 2
    assert {"forward_flops", "training_bytes", "weights_bytes"} <= set(row)


def test_an_unknown_preset_is_a_sentence(engine):
    code, told = engine("presets", "colossal")
    assert code == 1
    assert "choose one of nano, small" in told
