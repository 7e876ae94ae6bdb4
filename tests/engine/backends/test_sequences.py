"""What the backlot backend promises of shots that are made together."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import api
from engine.backends.backlot_desk import Desk
from engine.backends.backlot_limits import capabilities_of
from engine.backends.backlot_plans import plan_request
from engine.backends.repeating import settled
from engine.media import read_pictures
from engine.pipelines.references import EncodedCache
from tests.engine.backends.contract import bits, render, small_request
from tests.engine.backends.planned import end_of, two_shots
from tests.engine.tiny_model import loaded, tiny_backend


@pytest.fixture(scope="module")
def backend():
    return tiny_backend()


@pytest.fixture(scope="module")
def request_(backend):
    return small_request(backend, quality=api.Quality(mode="fast", steps=2))


def test_pictures_of_a_sequence_stand_in_their_own_shots(request_, files):
    picture = api.Reference(kind="image", role="first_frame", source=files["image"][0])
    later = dataclasses.replace(picture, role="keyframe", at_s=9 / 12)
    plain, opens, second = (
        end_of(two_shots(request_, references)).video for references in ((), (picture,), (later,))
    )
    half = plain.shape[2] // 2
    assert not torch.equal(opens[:, :, 0], plain[:, :, 0])
    assert torch.allclose(second[:, :, :half], plain[:, :, :half], atol=1e-5)
    # What opens the second shot is the very picture that opens the first one elsewhere.
    assert torch.allclose(second[:, :, half], opens[:, :, 0], atol=1e-5)


def test_every_shot_of_a_sequence_is_without_what_is_its_own(backend, request_, files):
    request = two_shots(request_, ())
    first, second = request.shots
    rain = dataclasses.replace(first, negative_prompt="rain @Ava")
    ava = api.Reference(kind="image", role="subject", source=files["image"][0], tag="Ava")
    own = dataclasses.replace(
        request, shots=(rain, second), negative_prompt="people", references=(ava,)
    )
    assert backend.compile(own).negative_text == "people\nShot 1: rain @Image1"
    desk = Desk(model=loaded(), words=capabilities_of("").vocabulary, cache=EncodedCache())
    nothing = plan_request(desk, own, 2).nothing
    assert nothing.text_shots is not None
    counts = [int(nothing.text_mask[0, nothing.text_shots == shot].sum()) for shot in range(2)]
    alone = [desk.model.text.token_count(words) for words in ("rain, people", "people")]
    assert counts == alone
    dry = dataclasses.replace(second, negative_prompt="rain")
    plain, other = (end_of(dataclasses.replace(request, shots=(first, shot))).video
                    for shot in (second, dry))  # fmt: skip
    half = plain.shape[2] // 2
    assert torch.equal(plain[:, :, :half], other[:, :, :half])
    assert not torch.equal(plain[:, :, half:], other[:, :, half:])


def test_a_full_render_is_without_what_its_preview_was_without(backend, request_, tmp_path):
    shots = two_shots(request_, ()).shots
    shots = (shots[0], dataclasses.replace(shots[1], negative_prompt="rain"))
    takes = render(
        backend, dataclasses.replace(request_, shots=shots, negative_prompt="people"), tmp_path
    )
    full = dataclasses.replace(request_, quality=api.Quality(mode="full", steps=2))
    for take, unwanted in zip(takes, ("people", "rain, people"), strict=True):
        asked = dataclasses.replace(full, task=api.Upgrade(source=take.folder))
        assert backend.compile(asked).negative_text == unwanted


def test_a_tag_of_a_later_shot_is_its_own_picture(request_, files):
    first, ava, bo = (
        api.Reference(kind="image", role=role, source=path, tag=tag)
        for role, path, tag in zip(
            ("first_frame", "subject", "subject"),
            files["image"][:3],
            ("", "Ava", "Bo"),
            strict=True,
        )
    )
    model = dataclasses.replace(loaded(), trained=frozenset({"subject", "tags"}))
    desk = Desk(model=model, words=capabilities_of("").vocabulary, cache=EncodedCache())
    words = ("a red ball @Ava rolls", "a blue drum @Bo falls on a red ball @Ava")
    request = two_shots(request_, (first, bo, ava), words=words)
    context = plan_request(desk, request, 2).context
    assert context.slots.tolist() == [[0, 1]]
    assert context.text_slots is not None
    assert context.text_shots is not None
    slots, shots = context.text_slots[0], context.text_shots
    named = [
        [slot for slot in slots[shots == shot].unique().tolist() if slot >= 0] for shot in range(2)
    ]
    assert named == [[0], [0, 1]]
    drum, ball = ((slots[shots == 1] == slot).nonzero()[0].item() for slot in (1, 0))
    assert drum < ball
    alone = encoded(desk, request, ava)
    assert torch.equal(context.references[:, 0], alone)


def encoded(desk, request, reference):
    """(1, C, 8, 8) what one picture is encoded to."""
    single = dataclasses.replace(request, prompt="a ball", shots=request.shots[:1])
    own = dataclasses.replace(single.shots[0], caption="")
    single = dataclasses.replace(single, shots=(own,), references=(reference,))
    return plan_request(desk, single, 2).context.references[:, 0]


def test_a_shot_of_a_sequence_is_rendered_in_full_with_its_own_stills(
    backend, request_, files, tmp_path
):
    opens = api.Reference(kind="image", role="first_frame", source=files["image"][0])
    later = api.Reference(kind="image", role="keyframe", source=files["image"][1], at_s=9 / 12)
    takes = render(backend, two_shots(request_, (opens, later)), tmp_path)
    for take, role, weights in zip(
        takes, ("keyframe", "first_frame"), ([1, 0], [0, 1]), strict=True
    ):
        task = api.Upgrade(source=take.folder)
        whole = settled(dataclasses.replace(request_, prompt="", task=task))
        assert [one.weight for one in whole.references] == weights
        assert whole.references[1].role == role
        # As the studio asks: with all that the sequence was asked with.
        full = dataclasses.replace(request_, references=(opens, later), task=task)
        full = dataclasses.replace(full, quality=api.Quality(mode="full", steps=2))
        assert not [one for one in backend.preflight(full) if one.level == "refused"]
        edit = api.Edit(source=take.folder, instruction="night")
        changed = dataclasses.replace(request_, references=(opens, later), task=edit)
        assert not [one for one in backend.preflight(changed) if one.level == "refused"]


def test_shots_are_saved_apart_and_decode_and_upgrade_apart(backend, request_, tmp_path):
    shots = (
        api.ShotPlan(caption="a red ball rolls", frames=9),
        api.ShotPlan(caption="a blue drum falls", frames=5),
    )
    request = dataclasses.replace(request_, shots=shots, variations=2)
    said = " ".join(finding.sentence for finding in backend.preflight(request))
    assert "several shots together" in said
    takes = render(backend, request, tmp_path / "both")
    assert [(take.recipe.shot, take.recipe.request.seed) for take in takes] == [
        (0, 7), (0, 8), (1, 7), (1, 8),
    ]  # fmt: skip
    second = takes[2]
    before = bits(second)
    second.picture.unlink()
    assert bits(backend.decode(Path(second.folder))) == before
    upgrade = dataclasses.replace(
        request_,
        prompt="",
        shots=(dataclasses.replace(shots[1], caption=""),),
        task=api.Upgrade(source=second.folder),
        quality=api.Quality(mode="full", steps=2),
    )
    (full,) = render(backend, upgrade, tmp_path / "full")
    old, new = (read_pictures(take.picture).astype(int) for take in (second, full))
    assert np.abs(old - new).mean() < 3
