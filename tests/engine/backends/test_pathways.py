"""What the backlot backend promises of its pathways beyond the contract."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engine import api
from engine.backends.backlot import BacklotBackend
from engine.backends.backlot_desk import Desk
from engine.backends.backlot_limits import capabilities_of
from engine.backends.backlot_plans import guidance_of, plan_request
from engine.media import read_pictures, read_sound
from engine.models.pathways import FLOW_MAP, TOLD_GUIDANCE
from engine.pipelines.references import EncodedCache
from engine.pipelines.render import GUIDANCE, run_plan
from tests.engine.backends.contract import bits, render, small_request
from tests.engine.backends.planned import RATE_HZ, end_of, two_shots
from tests.engine.tiny_model import loaded, tiny_backend, tiny_capabilities, tiny_folder


@pytest.fixture(scope="module")
def backend():
    return tiny_backend()


@pytest.fixture(scope="module")
def request_(backend):
    return small_request(backend, quality=api.Quality(mode="fast", steps=2))


def all_references(files):
    roles = ("subject", "subject", "environment", "style", "subject", "style", "subject")
    pictures = [
        api.Reference(kind="image", role=role, source=path, tag=f"P{index}")
        for index, (role, path) in enumerate(zip(roles, files["image"], strict=False))
    ]
    pictures.append(api.Reference(kind="image", role="last_frame", source=files["image"][7]))
    pictures.append(
        api.Reference(kind="image", role="keyframe", source=files["image"][8], at_s=0.3)
    )
    clips = [
        api.Reference(kind="video", role=role, source=path, in_s=0.2, out_s=1.5)
        for role, path in zip(("motion", "camera", "subject"), files["video"], strict=True)
    ]
    tracks = [
        api.Reference(kind="audio", role=role, source=path, weight=1.5)
        for role, path in zip(("voice", "music", "music"), files["audio"], strict=True)
    ]
    return (*pictures, *clips, *tracks)


def test_fifteen_references_of_every_role_are_taken_and_untrained_ones_named(
    backend, request_, files, tmp_path
):
    request = dataclasses.replace(request_, references=all_references(files))
    findings = backend.preflight(request)
    assert not [finding for finding in findings if finding.level == "refused"]
    said = " ".join(finding.sentence for finding in findings)
    for role in ("environment", "style", "motion", "camera", "voice", "music", "last frame"):
        assert f"not trained on references with the role “{role}”" in said
    assert "“subject”" not in said
    assert len(backend.compile(request).references) == 15
    (take,) = render(backend, request, tmp_path)
    assert take.frames == request.frames


def test_every_reference_is_seen_or_heard(request_, files):
    plain = end_of(request_)
    for reference in all_references(files):
        shown = end_of(dataclasses.replace(request_, references=(reference,)))
        apart = (shown.video - plain.video).abs().max() + (shown.audio - plain.audio).abs().max()
        assert apart > 1e-4, reference


@pytest.mark.parametrize("trained", [None, frozenset({"subject", "tags"})])
def test_swapping_tags_with_their_files_changes_less_than_a_tenth_of_another_seed(
    request_, files, trained
):
    one, two = (
        api.Reference(kind="image", role="subject", source=path) for path in files["image"][:2]
    )

    def of(first, second, prompt, seed=7):
        references = (
            dataclasses.replace(first, tag="Ava"),
            dataclasses.replace(second, tag="Bo"),
        )
        request = dataclasses.replace(request_, prompt=prompt, references=references, seed=seed)
        return end_of(request, trained).video

    plain = of(one, two, "a red ball @Ava hits a drum @Bo")
    swapped = of(two, one, "a red ball @Bo hits a drum @Ava")
    other = of(one, two, "a red ball @Ava hits a drum @Bo", seed=8)
    assert (plain - swapped).abs().mean() < 0.1 * (plain - other).abs().mean()
    tags_alone = of(one, two, "a red ball @Bo hits a drum @Ava")
    if trained:
        assert (plain - tags_alone).abs().max() > 1e-4


def test_a_soundtrack_is_kept_to_the_sample_and_changes_the_picture(
    backend, request_, files, tmp_path
):
    track = api.Reference(kind="audio", role="soundtrack", source=files["audio"][0])
    request = dataclasses.replace(request_, references=(track,))
    (take,) = render(backend, request, tmp_path / "with")
    (plain,) = render(backend, request_, tmp_path / "without")
    heard = read_sound(take.sound, rate_hz=RATE_HZ)
    own = read_sound(files["audio"][0], rate_hz=RATE_HZ)[:, : take.samples]
    assert np.array_equal(heard[:, : own.shape[1]], own)
    assert bits(take)[0] != bits(plain)[0]
    before = bits(take)
    take.sound.unlink()
    assert bits(backend.decode(Path(take.folder))) == before


def test_what_a_task_has_no_use_for_is_said_and_not_sent(backend, request_, files, tmp_path):
    track = api.Reference(kind="audio", role="soundtrack", source=files["audio"][0], tag="Song")
    other = dataclasses.replace(track, source=files["audio"][1], tag="Other")
    request = two_shots(request_, (track, other))
    said = " ".join(finding.sentence for finding in backend.preflight(request))
    assert "@Song will not be used. Shots that are made together make their own sound." in said
    assert "2 references" not in said
    compiled = backend.compile(request)
    assert compiled.references == ()
    assert [one.what for one in compiled.dropped] == ["@Song", "@Other"]
    assert torch.equal(end_of(request).audio, end_of(two_shots(request_, ())).audio)


def test_a_full_render_is_stepped_as_its_preview_was(backend, request_, tmp_path):
    made = {}
    for sampler in ("dpm++", None):
        fast = dataclasses.replace(request_, quality=api.Quality(steps=2, sampler=sampler))
        (take,) = render(backend, fast, tmp_path / f"{sampler}")
        task = api.Upgrade(source=take.folder)
        full = dataclasses.replace(
            request_, task=task, quality=api.Quality(mode="full", steps=2), references=()
        )
        (made[sampler],) = render(backend, full, tmp_path / f"{sampler} full")
    assert {name: take.recipe.sampler for name, take in made.items()} == {
        "dpm++": "dpm++",
        None: "euler",
    }


def test_passes_of_a_full_render_are_counted_by_its_previews_sampler(backend, request_, tmp_path):
    fast = dataclasses.replace(request_, quality=api.Quality(steps=1, sampler="heun"))
    (take,) = render(backend, fast, tmp_path / "fast")
    full = dataclasses.replace(request_, quality=api.Quality(mode="full"))
    upgrade = dataclasses.replace(full, task=api.Upgrade(source=take.folder))
    assert backend.passes(upgrade) == 2 * backend.passes(full)


def test_an_edit_leaves_the_soundtrack_of_its_source(backend, request_, files, tmp_path):
    track = api.Reference(kind="audio", role="soundtrack", source=files["audio"][0])
    still = api.Reference(kind="image", role="first_frame", source=files["image"][0])
    made = dataclasses.replace(request_, references=(track, still))
    (take,) = render(backend, made, tmp_path / "made")
    edit = api.Edit(
        source=take.folder, instruction="night", picture_strength=0.6, sound_strength=0.6
    )
    request = dataclasses.replace(made, task=edit)
    assert len(backend.compile(request).dropped) == 2
    said = " ".join(finding.sentence for finding in backend.preflight(request))
    assert "The sound of the source is kept." in said
    (edited,) = render(backend, request, tmp_path / "edited")
    before, after = (read_sound(one.sound, rate_hz=RATE_HZ) for one in (take, edited))
    assert np.array_equal(before, after)
    assert bits(take)[0] != bits(edited)[0]
    full = dataclasses.replace(request, task=api.Upgrade(source=edited.folder), references=())
    assert [one.why for one in backend.compile(full).dropped] == [
        "The sound of the source is kept.",
        "A change starts from the pictures of its source.",
    ]
    # Where the picture is kept, the sound is what is asked for.
    alone = dataclasses.replace(edit, keep_picture=True, sound_strength=1.0)
    (heard,) = render(backend, dataclasses.replace(made, task=alone), tmp_path / "heard")
    assert not np.array_equal(before, read_sound(heard.sound, rate_hz=RATE_HZ))


def test_a_region_edit_leaves_the_rest_of_imported_footage_as_it_is(
    backend, request_, files, tmp_path
):
    mask = np.zeros((32, 32, 3), np.uint8)
    mask[20:, 20:] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    edit = api.Edit(
        source=files["video"][0],
        instruction="make it night",
        picture_strength=1.0,
        keep_sound=True,
        mask=str(tmp_path / "mask.png"),
    )
    request = dataclasses.replace(request_, task=edit)
    said = " ".join(finding.sentence for finding in backend.preflight(request))
    assert "not trained on edits inside a painted region" in said
    (take,) = render(backend, request, tmp_path / "take")
    after = read_pictures(take.picture).astype(int)
    before = read_pictures(
        files["video"][0], frames=9, rate=request.rate, width=32, height=32
    ).astype(int)
    changed = np.abs(after - before).max(axis=(0, 3))
    assert changed[18:, 18:].max() > 0
    assert not changed[:4, :4].any()


def test_an_instruction_sees_its_source(request_, files):
    edit = api.Edit(source=files["video"][0], instruction="night", picture_strength=1.0)
    one = end_of(dataclasses.replace(request_, task=edit))
    told = dataclasses.replace(edit, method="instruct")
    two = end_of(dataclasses.replace(request_, task=told))
    assert not torch.allclose(one.video, two.video, atol=1e-4)


def test_a_latent_that_would_be_ignored_is_named(backend, request_, tmp_path):
    (take,) = render(backend, request_, tmp_path / "take")
    longer = dataclasses.replace(request_, task=api.Extend(source=take.folder))
    (after,) = render(backend, longer, tmp_path / "after")
    full = dataclasses.replace(request_, quality=api.Quality(mode="full", steps=2))

    def said(source):
        task = api.Upgrade(source=source, from_latent=True)
        findings = backend.preflight(dataclasses.replace(full, task=task))
        return [finding.sentence for finding in findings if "preview" in finding.sentence]

    assert said(take.folder) == []
    assert said(after.folder)[0].startswith("It goes on from another take, so")
    latents = Path(take.folder) / "latents.safetensors"
    latents.write_bytes(latents.read_bytes()[:-9])
    assert said(take.folder)[0].startswith("The preview's latents are damaged, so")
    latents.unlink()
    assert said(take.folder)[0].startswith("The preview's latents are not there, so")


def test_capabilities_are_data_of_the_weights():
    can = capabilities_of("", {"subject", "style", "sequence", "edit", "region"})
    assert "style" not in can.untrained_roles
    assert "motion" in can.untrained_roles
    assert set(can.untrained) == {"instruct", "extend", "picture_to_sound"}


def test_keys_and_pictures_are_computed_once_for_all_takes(request_, files, tmp_path):
    folder = tiny_folder()
    backend = BacklotBackend(folder, "cpu", tiny_capabilities(folder))
    one = api.Reference(kind="image", role="subject", source=files["image"][0])
    request = dataclasses.replace(request_, references=(one,), variations=3)
    render(backend, request, tmp_path)
    assert backend._prepared.made == 2


@pytest.mark.parametrize(("mode", "passes"), [("fast", 1), ("full", 3)])
def test_previews_of_a_flow_map_take_one_pass_and_full_renders_stay(request_, mode, passes):
    model = dataclasses.replace(loaded(), trained=loaded().trained | {FLOW_MAP})
    desk = Desk(model=model, words=capabilities_of("").vocabulary, cache=EncodedCache())
    request = dataclasses.replace(request_, quality=api.Quality(mode=mode))
    plan = plan_request(desk, request, 2)
    assert plan.guidance.passes == passes
    assert plan.guidance.strides == (mode == "fast")
    *_, last = run_plan(model, plan)
    assert last.latents.video.isfinite().all()


def test_a_flow_map_that_is_told_guidance_takes_one_pass_for_every_scale_it_learned(request_):
    told = {FLOW_MAP, TOLD_GUIDANCE}

    def asked(scale, trained, **quality):
        own = dataclasses.replace(request_, guidance=scale, quality=api.Quality(**quality))
        made = guidance_of(trained, own)
        return made.passes, made.strides, made.told

    assert asked(None, told) == (1, True, GUIDANCE.text)
    assert asked(5.0, told) == (1, True, 5.0)
    # What was not learned is made in passes, and so is everything else than a preview's strides.
    assert asked(20.0, told) == (3, False, None)
    assert asked(5.0, told, mode="full") == (3, False, None)
    assert asked(5.0, told, sampler="heun") == (3, False, None)
    assert asked(5.0, {FLOW_MAP}) == (3, False, None)
    assert asked(None, {FLOW_MAP}) == (1, True, None)


def test_an_edit_takes_no_strides_since_its_levels_are_not_a_previews(request_):
    edit = api.Edit(source="take.mp4", instruction="at night")
    edited = dataclasses.replace(request_, task=edit, quality=api.Quality(mode="fast"))
    assert guidance_of({FLOW_MAP}, edited) == GUIDANCE
