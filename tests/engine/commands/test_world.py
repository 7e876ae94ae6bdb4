import json

import pytest

from engine.media import probe, read_image
from engine.world.tasks import TASK_SHARES


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


@pytest.mark.parametrize("kind", TASK_SHARES)
def test_every_task_lies_as_files_beside_what_is_wanted(engine, tmp_path, kind):
    code, told = engine(
        "world", "--task", kind, "--level", 3, "--seed", 11, "--size", "32x32", "--seconds", 1,
        "--out", tmp_path / "t.mp4", "--truth", tmp_path / "t.json", "--sheet", tmp_path / "t.png",
        "--json", tmp_path / "r.json",
    )  # fmt: skip
    assert code == 0, told
    task = json.loads((tmp_path / "t.json").read_text())["task"]
    report = json.loads((tmp_path / "r.json").read_text())
    assert task["kind"] == report["task"] == kind
    assert task["prompt"] in told
    wanted = {f"{one['tag']}.{_ENDS[one['tag'][:5]]}" for one in task["references"]}
    wanted |= {"source.mp4"} if kind in ("edit", "perception") else set()
    wanted |= {"known.mp4"} if kind == "extend" else set()
    wanted |= {f"shot{number + 1}.mp4" for number in range(len(task["shots"]))}
    assert {path.name for path in tmp_path.glob("t.*.*")} == {f"t.{name}" for name in wanted}
    rows = 1 + sum(name.startswith(("Image", "Video", "source")) for name in wanted)
    assert read_image(tmp_path / "t.png").shape == (32 * rows, 256, 3)
    assert probe(tmp_path / "t.mp4").frames == 13


_ENDS = {"Image": "png", "Video": "mp4", "Audio": "wav"}
