"""What the scripted backend promises beyond the contract of the seam."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine import api
from engine.backends.scripted import Fault, ScriptedBackend
from engine.backends.scripted_content import compose, scene_of
from engine.media import read_pictures, read_sound, write_film, write_wav

RATE_HZ = 24_000
GRAIN = np.zeros((18, 32), np.float32)


def request_for(**changes) -> api.ShotRequest:
    request = api.ShotRequest(
        prompt="a red ball bounces",
        shots=(api.ShotPlan(caption="", frames=25),),
        width=128,
        height=72,
        rate=Fraction(12),
        seed=3,
        quality=api.Quality(mode="fast", steps=2),
    )
    return dataclasses.replace(request, **changes)


def take_of(request, folder, backend=None) -> api.Take:
    last = list((backend or ScriptedBackend()).render(request, api.Control(folder)))[-1]
    assert isinstance(last, api.Finished), last
    return last.takes[0]


def picture_file(folder: Path, colour=(200, 60, 20), name="picture.png") -> str:
    path = folder / name
    cv2.imwrite(str(path), np.full((72, 128, 3), colour[::-1], np.uint8))
    return str(path)


def test_landings_are_heard_when_and_where_they_are_seen():
    request = request_for()
    _, sound = compose(request, 0, GRAIN)
    layout = scene_of(request, 0).layout
    landings = [c for c in layout.contacts(0.1, 1.9) if c.force == 1]
    assert landings
    for landing in landings:
        begin = int(landing.time_s * RATE_HZ)
        before = np.abs(sound[:, begin - 240 : begin]).max()
        after = np.abs(sound[:, begin : begin + 240])
        assert after.max() > 2 * before
        left, right = np.square(after).mean(axis=1)
        assert (right > left) == (landing.place > 0.5) or abs(landing.place - 0.5) < 0.05


def test_the_disc_stays_in_the_picture():
    for seed in range(20):
        layout = scene_of(request_for(seed=seed), 0).layout
        for time_s in np.linspace(-20, 20, 401):
            assert 0.1 < layout.place(time_s) < 0.9
            assert 0 <= layout.rise(time_s) < 0.6


def test_full_is_the_same_scene_with_sharper_edges():
    fast, _ = compose(request_for(), 0, GRAIN)
    full, _ = compose(request_for(quality=api.Quality(mode="full")), 0, GRAIN)
    assert np.abs(fast.astype(int) - full).mean() < 3
    edges = [np.abs(np.diff(pictures.astype(int), axis=2)).max() for pictures in (fast, full)]
    assert edges[1] > 1.3 * edges[0]


def test_night_darkens_inside_the_span_and_nothing_outside(tmp_path):
    take = take_of(request_for(), tmp_path / "take")
    edit = api.Edit(
        source=take.folder, instruction="make it nighttime", start_frame=8, end_frame=16
    )
    night = take_of(request_for(task=edit), tmp_path / "night")
    before, after = read_pictures(take.picture), read_pictures(night.picture)
    assert after[8:16].mean() < 0.75 * before[8:16].mean()
    assert np.array_equal(after[:8], before[:8])
    assert np.array_equal(after[16:], before[16:])
    old, new = (read_sound(t.sound, rate_hz=RATE_HZ) for t in (take, night))
    begin, end = 8 * 2000, 16 * 2000
    assert np.array_equal(old[:, :begin], new[:, :begin])
    assert np.array_equal(old[:, end:], new[:, end:])
    assert not np.array_equal(old[:, begin:end], new[:, begin:end])


def test_a_mask_keeps_what_is_black(tmp_path):
    take = take_of(request_for(), tmp_path / "take")
    mask = np.zeros((72, 128, 3), np.uint8)
    mask[:, 64:] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    edit = api.Edit(source=take.folder, instruction="snow", mask=str(tmp_path / "mask.png"))
    edited = take_of(request_for(task=edit), tmp_path / "edited")
    before, after = read_pictures(take.picture), read_pictures(edited.picture)
    assert np.array_equal(after[:, :, :60], before[:, :, :60])
    assert not np.array_equal(after[:, :, 70:], before[:, :, 70:])


def test_strength_grows_evenly(tmp_path):
    take = take_of(request_for(), tmp_path / "take")
    before = read_pictures(take.picture).astype(float)
    changes = []
    for strength in (0.0, 0.5, 1.0):
        edit = api.Edit(source=take.folder, instruction="night", picture_strength=strength)
        pictures, _ = compose(request_for(task=edit), 0, GRAIN)
        changes.append(np.abs(pictures - before).mean())
    assert changes[0] == 0
    assert changes[2] == pytest.approx(2 * changes[1], rel=0.1)


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_an_extension_joins_without_a_jump(tmp_path, direction):
    take = take_of(request_for(), tmp_path / "take")
    task = api.Extend(source=take.folder, direction=direction)
    longer = take_of(request_for(task=task), tmp_path / "longer")
    own, new = (read_pictures(t.picture).astype(float) for t in (take, longer))
    parts = (own, new) if direction == "forward" else (new, own)
    within = np.abs(np.diff(own, axis=0)).mean(axis=(1, 2, 3)).max()
    assert np.abs(parts[1][0] - parts[0][-1]).mean() < 1.5 * within


def test_an_edit_of_any_footage(tmp_path):
    pictures = np.tile(np.arange(30, dtype=np.uint8)[:, None, None, None] * 8, (1, 90, 160, 3))
    write_film(tmp_path / "film.mkv", pictures, Fraction(24), preset="take")
    edit = api.Edit(source=str(tmp_path / "film.mkv"), instruction="night")
    request = request_for(task=edit, shots=(api.ShotPlan(caption="", frames=13),))
    take = take_of(request, tmp_path / "take")
    edited = read_pictures(take.picture)
    assert edited.shape == (13, 72, 128, 3)
    assert np.all(np.diff(edited.mean(axis=(1, 2, 3))) > 0)


def test_an_upgrade_of_an_edit_and_of_an_upgrade(tmp_path):
    take = take_of(request_for(), tmp_path / "take")
    edit = api.Edit(source=take.folder, instruction="night")
    night = take_of(request_for(task=edit), tmp_path / "night")
    full = api.Quality(mode="full", steps=2)
    upgrade = request_for(task=api.Upgrade(source=night.folder), quality=full)
    better = take_of(upgrade, tmp_path / "full")
    assert np.array_equal(read_pictures(better.picture), read_pictures(night.picture))
    again = request_for(task=api.Upgrade(source=better.folder), quality=full)
    assert take_of(again, tmp_path / "again").frames == 25


def test_references_are_seen_and_heard(tmp_path):
    orange = picture_file(tmp_path)
    first = api.Reference(kind="image", role="first_frame", source=orange)
    pictures, _ = compose(request_for(references=(first,)), 0, GRAIN)
    assert np.abs(pictures[:, 0, 0].astype(int) - (200, 60, 20)).max() <= 1
    track = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 12_000)).astype(np.float32)
    write_wav(tmp_path / "track.wav", track, RATE_HZ)
    heard = api.Reference(kind="audio", role="soundtrack", source=str(tmp_path / "track.wav"))
    _, sound = compose(request_for(references=(heard,)), 0, GRAIN)
    assert np.array_equal(sound[:, :12_000], track)
    assert not sound[:, 12_000:].any()


def test_a_still_is_one_picture(tmp_path):
    take = take_of(request_for(shots=(api.ShotPlan(caption="", frames=1),)), tmp_path)
    assert read_pictures(take.picture).shape[0] == 1
    assert take.samples == 2000


def test_faults_are_played_once(tmp_path):
    backend = ScriptedBackend(faults=[Fault(kind="memory", step=1), Fault(kind="fail", step=1)])
    sentences = []
    for _ in range(2):
        last = list(backend.render(request_for(), api.Control(tmp_path)))[-1]
        assert isinstance(last, api.Failed)
        sentences.append(last.sentence)
    assert "memory" in sentences[0]
    take_of(request_for(), tmp_path, backend)


def test_a_crash_is_raised(tmp_path):
    backend = ScriptedBackend(faults=[Fault(kind="crash")])
    with pytest.raises(RuntimeError):
        list(backend.render(request_for(), api.Control(tmp_path)))


def test_no_torch_is_needed():
    import subprocess
    import sys

    code = "import sys, engine.backends.scripted; sys.exit('torch' in sys.modules)"
    environment = {"PYTHONPATH": str(Path.cwd()), "PATH": ""}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
