import json

from engine.media import probe, read_image


def test_a_scene_becomes_a_film_with_its_truth_and_a_sheet(engine, tmp_path):
    names = {"--out": "w.mp4", "--truth": "w.json", "--sheet": "w.png", "--json": "r.json"}
    words = [part for key, name in names.items() for part in (key, tmp_path / name)]
    code, told = engine("world", "--seed", 3, "--size", "64x36", "--seconds", 1, *words)
    assert code == 0, told
    info = probe(tmp_path / "w.mp4")
    assert (info.width, info.height, info.frames, info.channels) == (64, 36, 13, 2)
    truth = json.loads((tmp_path / "w.json").read_text())
    assert len(truth["centres"]) == 13
    assert truth["scene"]["bodies"]
    assert truth["caption"] in told
    assert read_image(tmp_path / "w.png").shape == (72, 256, 3)
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["frames"] == 13
    assert {path.name for path in tmp_path.iterdir()} == set(names.values())


def test_the_same_seed_is_the_same_scene(engine, tmp_path):
    for name in ("a", "b"):
        words = ("world", "--seed", 9, "--size", "32x32", "--seconds", 0.5, "--out")
        assert engine(*words, tmp_path / f"{name}.mp4")[0] == 0
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
