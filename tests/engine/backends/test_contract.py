"""The contract of the seam: what every backend does alike."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from engine import api
from engine.errors import EngineError, RequestError
from engine.media import probe, read_pictures, read_sound, write_film, write_wav
from engine.plain import from_plain, to_plain
from tests.engine.backends.contract import (
    EACH,
    LATE_STEPS,
    await_end,
    backend_of,
    bits,
    image_role,
    park_after,
    picture_file,
    programs_of,
    render,
    run,
    small_request,
)


def test_capabilities_are_data_that_survives_json(backend):
    can = backend.capabilities()
    plain = json.loads(json.dumps(to_plain(can)))
    assert from_plain(api.Capabilities, plain) == can
    assert can.sizes
    assert can.rates
    assert list(can.frames) == sorted(set(can.frames))
    assert "generate" in can.modes
    assert can.max_images >= 0


def test_requests_takes_and_events_survive_json(backend, request_, tmp_path):
    plain = json.loads(json.dumps(request_.to_json()))
    assert api.ShotRequest.from_json(plain) == request_
    for event in run(backend, request_, tmp_path):
        plain = json.loads(json.dumps(to_plain(event)))
        assert from_plain(type(event), plain) == event


def test_what_was_compiled_is_what_the_engine_gets(backend, request_, tmp_path):
    path = str(picture_file(tmp_path))
    role = image_role(backend)
    sent = api.Reference(kind="image", role=role, source=path, tag="Ava")
    ignored = dataclasses.replace(sent, tag="Bo", weight=0.0)
    request = dataclasses.replace(request_, prompt="@Ava meets @Bo", references=(ignored, sent))
    compiled = backend.compile(request)
    assert "@Image1" in compiled.text
    assert "@Ava" not in compiled.text
    assert "Bo" in compiled.text
    assert [(one.slot, one.tag) for one in compiled.references] == [("@Image1", "Ava")]
    assert [dropped.what for dropped in compiled.dropped] == ["@Bo"]
    assert (compiled.width, compiled.height) == (request.width, request.height)
    assert compiled.padded_width >= compiled.width
    assert compiled.steps == 4


def test_an_unknown_tag_is_a_sentence_that_names_the_known_ones(backend, request_, tmp_path):
    role = image_role(backend)
    one = api.Reference(kind="image", role=role, source=str(picture_file(tmp_path)), tag="Ava")
    request = dataclasses.replace(request_, prompt="@Eva waits", references=(one,))
    with pytest.raises(RequestError, match=r"@Eva.*@Ava"):
        backend.compile(request)
    assert any(f.level == "refused" and "@Eva" in f.sentence for f in backend.preflight(request))


def test_a_good_request_has_no_refusal_and_an_estimate(backend, request_):
    assert not [f for f in backend.preflight(request_) if f.level == "refused"]
    estimate = backend.estimate(request_)
    assert estimate.seconds > 0
    assert estimate.memory_bytes > 0
    full = dataclasses.replace(request_, quality=api.Quality(mode="full"))
    assert backend.estimate(full).seconds > estimate.seconds


def test_events_come_in_order(backend, request_, tmp_path):
    events = run(backend, request_, tmp_path)
    assert isinstance(events[0], api.Started)
    assert events[0].steps == 4
    steps = [event for event in events if isinstance(event, api.Progress)]
    assert [event.step for event in steps] == [1, 2, 3, 4]
    assert all(event.of == 4 for event in steps)
    assert all(event.eta_s is None or event.eta_s >= 0 for event in steps)
    assert isinstance(events[-1], api.Finished)
    previews = [Path(event.preview) for event in steps if event.preview]
    assert previews
    assert all(probe(path).kind == "image" for path in previews)
    assert all(tmp_path in path.parents for path in previews)


def test_steps_are_taken_as_asked_and_gone_on_with(backend, request_, tmp_path):
    takes = {}
    for sampler in backend.capabilities().samplers:
        quality = api.Quality(steps=4, sampler=sampler)
        request = dataclasses.replace(request_, quality=quality)
        (take,) = render(backend, request, tmp_path / sampler / "whole")
        assert take.recipe.sampler == sampler
        events = run(backend, request, tmp_path / sampler / "parked", on_event=park_after(2))
        parked = events[-1]
        assert isinstance(parked, api.Parked)
        (again,) = render(backend, request, tmp_path / sampler / "parked", parked.checkpoint)
        takes[sampler] = bits(take)
        assert bits(again) == takes[sampler]
    assert len(set(takes.values())) == len(takes)


def test_a_take_is_what_was_asked_for(backend, request_, tmp_path):
    (take,) = render(backend, request_, tmp_path)
    assert tmp_path in Path(take.folder).parents
    pictures = read_pictures(take.picture)
    assert pictures.shape == (request_.frames, request_.height, request_.width, 3)
    assert (take.frames, take.rate) == (request_.frames, request_.rate)
    sound = read_sound(take.sound, rate_hz=take.sample_rate_hz)
    assert sound.shape == (2, take.samples)
    exact = request_.frames / request_.rate * take.sample_rate_hz
    assert abs(take.samples - exact) <= 1
    assert take.recipe.request == request_
    assert take.recipe.weights == backend.capabilities().weights
    assert api.import_recipe(Path(take.folder)) == take.recipe
    assert not list(tmp_path.rglob("*.part"))
    assert backend.checkpoint(tmp_path) is None


def test_the_same_request_makes_the_same_bits(backend, request_, tmp_path):
    (one,) = render(backend, request_, tmp_path / "one")
    (two,) = render(backend, request_, tmp_path / "two")
    (other,) = render(backend, dataclasses.replace(request_, seed=8), tmp_path / "three")
    assert bits(one) == bits(two)
    assert bits(one) != bits(other)


def test_variations_step_the_seed(backend, request_, tmp_path):
    request = dataclasses.replace(request_, variations=2)
    first, second = render(backend, request, tmp_path / "both")
    assert [take.recipe.request.seed for take in (first, second)] == [7, 8]
    assert all(take.recipe.request.variations == 1 for take in (first, second))
    assert bits(first) != bits(second)


def test_several_shots_make_a_take_each(backend, request_, tmp_path):
    if backend.capabilities().max_shots < 2:
        pytest.skip("makes one shot at a time")
    plan = request_.shots[0]
    shots = (dataclasses.replace(plan, caption="it falls"), dataclasses.replace(plan, frames=5))
    takes = render(backend, dataclasses.replace(request_, shots=shots), tmp_path)
    assert [take.recipe.shot for take in takes] == [0, 1]
    assert [take.frames for take in takes] == [plan.frames, 5]


def test_a_parked_render_goes_on_bit_for_bit(backend, request_, tmp_path):
    (whole,) = render(backend, request_, tmp_path / "whole")
    last = run(backend, request_, tmp_path / "parked", on_event=park_after(2))[-1]
    assert isinstance(last, api.Parked)
    assert backend.checkpoint(tmp_path / "parked") == last.checkpoint
    events = run(backend, request_, tmp_path / "parked", last.checkpoint)
    steps = [event.step for event in events if isinstance(event, api.Progress)]
    assert steps == [3, 4]
    assert isinstance(events[-1], api.Finished)
    assert bits(events[-1].takes[0]) == bits(whole)


def test_a_render_is_parked_after_its_last_step_and_before_its_take(backend, request_, tmp_path):
    (whole,) = render(backend, request_, tmp_path / "whole")
    last = run(backend, request_, tmp_path / "parked", on_event=park_after(4))[-1]
    assert isinstance(last, api.Parked)
    (take,) = render(backend, request_, tmp_path / "parked", last.checkpoint)
    assert bits(take) == bits(whole)


def test_parked_before_the_first_step(backend, request_, tmp_path):
    control = api.Control(tmp_path)
    control.park()
    last = list(backend.render(request_, control))[-1]
    assert isinstance(last, api.Parked)
    render(backend, request_, tmp_path, last.checkpoint)


def test_a_checkpoint_of_another_request_fails_before_it_starts(backend, request_, tmp_path):
    last = run(backend, request_, tmp_path, on_event=park_after(1))[-1]
    other = dataclasses.replace(request_, seed=99)
    events = run(backend, other, tmp_path, last.checkpoint)
    assert [type(event) for event in events] == [api.Failed]
    Path(last.checkpoint).write_bytes(b"\x00" * 100)
    events = run(backend, request_, tmp_path, last.checkpoint)
    assert [type(event) for event in events] == [api.Failed]
    events = run(backend, request_, tmp_path, str(tmp_path / "nowhere"))
    assert [type(event) for event in events] == [api.Failed]


def test_a_checkpoint_of_a_file_that_changed_fails_before_it_starts(backend, request_, tmp_path):
    path = picture_file(tmp_path)
    shown = api.Reference(kind="image", role=image_role(backend), source=str(path))
    request = dataclasses.replace(request_, references=(shown,))
    last = run(backend, request, tmp_path / "parked", on_event=park_after(1))[-1]
    path.write_bytes(path.read_bytes() + b"\x00")
    events = run(backend, request, tmp_path / "parked", last.checkpoint)
    assert [type(event) for event in events] == [api.Failed]


def test_cancel_is_heard_and_leaves_nothing(backend, request_, tmp_path):
    request = dataclasses.replace(request_, quality=api.Quality(mode="full", steps=500))
    control = api.Control(tmp_path)
    last, late = None, 0
    for event in backend.render(request, control):
        if isinstance(event, api.Progress):
            late += control.cancelled
            if not control.cancelled:
                threading.Timer(0.005, control.cancel).start()
        last = event
    assert isinstance(last, api.Cancelled)
    assert late < LATE_STEPS
    assert backend.checkpoint(tmp_path) is None
    assert not list(tmp_path.rglob("picture.mkv"))


def test_the_last_finished_step_is_on_disk_when_it_is_told(backend, request_, tmp_path):
    """A killed program leaves what its last Progress said."""
    (whole,) = render(backend, request_, tmp_path / "whole")
    stopped = backend.render(request_, api.Control(tmp_path / "killed"))
    for event in stopped:
        if isinstance(event, api.Progress) and event.step == 3:
            break
    del stopped
    checkpoint = backend.checkpoint(tmp_path / "killed")
    assert checkpoint is not None
    events = run(backend, request_, tmp_path / "killed", checkpoint)
    assert [event.step for event in events if isinstance(event, api.Progress)] == [4]
    assert bits(events[-1].takes[0]) == bits(whole)


KILLED = """
import os
import sys
from pathlib import Path
from engine import api
from tests.engine.backends.contract import backend_of, small_request
name = sys.argv[1]
if name != "hosted":  # the pipes and threads of which a fork would not take along
    backend_of(name).load()
for folder in sys.stdin:
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        continue
    backend = backend_of(name)
    print(os.getpid(), flush=True)
    for event in backend.render(small_request(backend), api.Control(Path(folder.strip()))):
        print(type(event).__name__, getattr(event, "step", ""), flush=True)
    os._exit(0)
"""


@pytest.mark.parametrize("name", EACH)
def test_a_killed_program_loses_no_finished_step(name, tmp_path):
    backend = backend_of(name)
    backend.load()
    request = small_request(backend)
    (whole,) = render(backend, request, tmp_path / "whole")
    # Its networks are loaded once; every render is then a fork of it, and is killed.
    command = [sys.executable, "-c", KILLED, name]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        for number, line in enumerate(("Started", "Progress 2", "Progress 4")):
            killed = tmp_path / str(number)
            process.stdin.write(f"{killed}\n")
            process.stdin.flush()
            program = int(process.stdout.readline())
            while not process.stdout.readline().startswith(line):
                assert process.poll() is None
            left = programs_of(program)
            os.kill(program, signal.SIGKILL)
            # A host ends when it finds its program gone, and may write until then.
            await_end(left)
            (again,) = render(backend, request, killed, backend.checkpoint(killed))
            assert bits(again) == bits(whole)
        process.stdin.close()


def test_decoding_again_gives_the_take_back(backend, request_, tmp_path):
    (take,) = render(backend, request_, tmp_path)
    before = bits(take)
    take.picture.unlink()
    take.sound.write_bytes(b"damaged")
    assert bits(backend.decode(Path(take.folder))) == before


def test_a_take_without_latents_cannot_be_decoded(backend, request_, tmp_path):
    (take,) = render(backend, request_, tmp_path)
    (Path(take.folder) / "latents.safetensors").unlink()
    with pytest.raises(EngineError, match="latents"):
        backend.decode(Path(take.folder))
    with pytest.raises(EngineError):
        backend.decode(tmp_path / "nowhere")


def test_rating_flags_what_can_be_measured(backend, request_, tmp_path):
    (take,) = render(backend, request_, tmp_path)
    write_wav(take.sound, np.zeros((2, take.samples), np.float32), take.sample_rate_hz)
    flat = np.full((take.frames, take.height, take.width, 3), 40, np.uint8)
    write_film(take.picture, flat, take.rate, preset="take")
    names = {flag.name for flag in backend.rate(take).flags}
    assert {"silence", "constant picture"} <= names


def test_an_upgrade_shows_the_same_scene(backend, request_, tmp_path):
    if "upgrade" not in backend.capabilities().modes:
        pytest.skip("does not upgrade")
    (fast,) = render(backend, request_, tmp_path / "fast")
    (other,) = render(backend, dataclasses.replace(request_, seed=4242), tmp_path / "other")
    request = dataclasses.replace(
        request_,
        quality=api.Quality(mode="full", steps=8),
        task=api.Upgrade(source=fast.folder),
    )
    (full,) = render(backend, request, tmp_path / "full")
    pictures = [read_pictures(take.picture).astype(float) for take in (fast, full, other)]
    near = np.abs(pictures[0] - pictures[1]).mean()
    far = np.abs(pictures[0] - pictures[2]).mean()
    assert 0 < near < far


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_an_extension_is_a_clip_that_goes_on_from_its_source(
    backend, request_, tmp_path, direction
):
    if "extend" not in backend.capabilities().modes:
        pytest.skip("does not extend")
    (take,) = render(backend, request_, tmp_path / "take")
    (other,) = render(backend, dataclasses.replace(request_, seed=99), tmp_path / "other")
    made = []
    for number, source in enumerate((take, take, other)):
        task = api.Extend(source=source.folder, direction=direction)
        request = dataclasses.replace(request_, task=task)
        made += render(backend, request, tmp_path / str(number))
    assert made[0].frames == request_.frames
    assert bits(made[0]) == bits(made[1])
    assert bits(made[0]) != bits(made[2])
    again = bits(made[0])
    made[0].sound.unlink()
    assert bits(backend.decode(Path(made[0].folder))) == again


def test_a_parked_extension_goes_on_bit_for_bit(backend, request_, tmp_path):
    if "extend" not in backend.capabilities().modes:
        pytest.skip("does not extend")
    (take,) = render(backend, request_, tmp_path / "take")
    request = dataclasses.replace(request_, task=api.Extend(source=take.folder))
    (whole,) = render(backend, request, tmp_path / "whole")
    last = run(backend, request, tmp_path / "parked", on_event=park_after(2))[-1]
    (again,) = render(backend, request, tmp_path / "parked", last.checkpoint)
    assert bits(again) == bits(whole)
