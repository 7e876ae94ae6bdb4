"""What weights may learn beyond the first ones, and that it is nothing until it is trained."""

import hashlib
import itertools
import json
from dataclasses import asdict, replace
from fractions import Fraction

import pytest
import torch

from engine.checkpoint import save_tensors
from engine.models.context import ReferenceTokens
from engine.models.dual_block import at_tokens
from engine.models.layout import (
    ROLE_PLACES,
    ROLE_SPAN_S,
    Layout,
    Run,
    clip_places,
    in_sequence,
    layout_of,
    token_places,
    track_places,
)
from engine.models.pathways import FIRST_ROLES, ROLES, trained_of
from engine.models.signals import Latents, Levels
from engine.models.transformer import Context, DualTransformer, TransformerConfig
from engine.pipelines.model import load_transformer
from engine.shapes import ClipShape
from engine.training.tiny import TRANSFORMER
from tests.engine.models.test_transformer import SHAPE, context_of, latents_of, levels_of, run

# Outputs of the first release's network at a fixed input, weights drawn from one generator.
GOLDEN = {"video": (0.7185323, -4.7287273), "audio": (0.5649173, 3.2704170)}


def drawn(config=TRANSFORMER, seed=0):
    """Every weight alive; the same weights whether or not the network has pathways."""
    model = DualTransformer(config).eval().requires_grad_(False)
    for name, parameter in sorted(model.named_parameters()):
        if not name.startswith("pathways."):
            digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
            generator = torch.Generator().manual_seed(int.from_bytes(digest[:6], "little"))
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.05)
    return model


@pytest.fixture(scope="module")
def model():
    """The first weights with pathways beside them that add nothing."""
    model = drawn()
    model.attach_pathways()
    return model


@pytest.fixture(scope="module")
def learned():
    """Pathways alive, as after training."""
    model = drawn(replace(TRANSFORMER, pathways=True))
    generator = torch.Generator().manual_seed(5)
    for parameter in model.pathways.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)
    return model


def shipped_input():
    shape = ClipShape(width=128, height=72, frames=25, rate=Fraction(12))
    generator = torch.Generator().manual_seed(3)
    config = TransformerConfig()
    latents = Latents(
        video=torch.randn(1, config.channels, *shape.video_latents, generator=generator),
        audio=torch.randn(1, 2, config.audio_channels, shape.audio_latents, generator=generator),
    )
    video, audio = torch.full((1, 7), 0.6), torch.full((1, shape.audio_latents), 0.4)
    video[:, 0] = 0
    context = Context(
        text=torch.randn(1, 9, 384, generator=generator),
        text_mask=torch.ones(1, 9, dtype=torch.bool),
        references=torch.randn(1, 1, config.channels, 8, 8, generator=generator),
        roles=torch.zeros(1, 1, dtype=torch.long),
        slots=torch.zeros(1, 1, dtype=torch.long),
    )
    levels = Levels(video=video, audio=audio, video_r=video, audio_r=audio)
    return shape, latents, levels, context


def test_the_first_weights_give_what_they_gave():
    """Held against numbers of the first release: weights that are out there stay good."""
    shape, latents, levels, context = shipped_input()
    model = drawn(TransformerConfig())
    result = model(latents, levels, model.prepare(context), model.places(shape), torch.ones(1))
    for name in ("video", "audio"):
        values = getattr(result, name)
        found = (values.std().item(), values.flatten()[::97].sum().item())
        assert found == pytest.approx(GOLDEN[name], rel=2e-4, abs=2e-3)


def test_pathways_add_nothing_until_they_are_trained(model):
    latents, plain = latents_of(), drawn()
    one, two = run(plain, latents), run(model, latents)
    assert torch.equal(one.video, two.video)
    assert torch.equal(one.audio, two.audio)
    slots = torch.tensor([[-1, 3, -1, 0, -1, -1]] * 2)
    tagged = run(model, latents, context=replace(context_of(), text_slots=slots))
    assert torch.equal(one.video, tagged.video)


def test_weights_without_pathways_load_and_say_what_they_learned(tmp_path):
    path = tmp_path / "transformer.safetensors"
    metadata = {"kind": "dual_transformer", "config": json.dumps(asdict(TRANSFORMER))}
    save_tensors(path, drawn().state_dict(), metadata)
    model, _ = load_transformer(path)
    assert model.pathways is not None
    assert not any(parameter.any() for parameter in model.pathways.parameters())
    assert "subject" in trained_of({})
    assert "sequence" not in trained_of({})
    assert trained_of({"trained": '["style"]'}) == {"style"}


def test_weights_with_some_pathways_keep_them(tmp_path, learned):
    path = tmp_path / "transformer.safetensors"
    config = asdict(replace(TRANSFORMER, pathways=True))
    state = dict(learned.state_dict())
    del state["pathways.shot"]
    save_tensors(path, state, {"kind": "dual_transformer", "config": json.dumps(config)})
    model, _ = load_transformer(path)
    assert torch.equal(model.pathways.role, learned.pathways.role)
    assert not model.pathways.shot.any()


def test_a_level_per_token_is_the_level_per_frame_where_they_agree(model):
    latents = latents_of()
    frames, rows, columns = SHAPE.video_tokens
    per_frame = torch.tensor([0.0, 0.7, 0.3]).expand(2, -1)
    sound = torch.full((2, SHAPE.audio_latents), 0.5)
    plain = Levels(video=per_frame, audio=sound, video_r=per_frame, audio_r=sound)
    index = torch.arange(frames).repeat_interleave(rows * columns).expand(2, -1)
    few = replace(
        plain,
        audio=torch.full((2, 1), 0.5),
        audio_r=torch.full((2, 1), 0.5),
        video_index=index,
        audio_index=torch.zeros(2, 2 * SHAPE.audio_latents, dtype=torch.long),
    )
    one, two = run(model, latents, levels=plain), run(model, latents, levels=few)
    assert torch.allclose(one.video, two.video, atol=1e-5)
    assert torch.allclose(one.audio, two.audio, atol=1e-5)


def test_a_region_has_its_own_level(model):
    latents = latents_of()
    tokens = SHAPE.video_tokens[0] * SHAPE.video_tokens[1] * SHAPE.video_tokens[2]
    index = torch.zeros(2, tokens, dtype=torch.long)
    levels = replace(
        levels_of(),
        video=torch.tensor([[0.5, 0.0]] * 2),
        video_r=torch.tensor([[0.5, 0.0]] * 2),
        video_index=index,
    )
    whole = run(model, latents, levels=levels)
    assert torch.allclose(whole.video, run(model, latents).video, atol=1e-5)
    some = index.clone()
    some[:, 5] = 1
    part = run(model, latents, levels=replace(levels, video_index=some))
    assert not torch.allclose(whole.video, part.video, atol=1e-4)


def test_details_follow_the_level_of_their_token():
    model = drawn(replace(TRANSFORMER, details=4))
    latents = latents_of()
    frames, rows, columns = SHAPE.video_tokens
    per_frame = torch.tensor([0.1, 0.7, 0.3]).expand(2, -1)
    plain = replace(levels_of(), video=per_frame, video_r=per_frame)
    index = torch.arange(frames).repeat_interleave(rows * columns).expand(2, -1)
    one = run(model, latents, levels=plain)
    two = run(model, latents, levels=replace(plain, video_index=index))
    assert torch.allclose(one.video, two.video, atol=1e-5)


def reference(role="motion", slot=1, weight=None, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return ReferenceTokens(
        latents=torch.randn(2, 8, 3, 4, 4, generator=generator),
        roles=torch.full((2,), ROLES.index(role)),
        slots=torch.full((2,), slot),
        places=clip_places(role, (3, 4, 4), 12.0, 1.0),
        weights=None if weight is None else torch.full((2,), weight),
    )


def track(role="music", seed=1):
    generator = torch.Generator().manual_seed(seed)
    return ReferenceTokens(
        latents=torch.randn(2, 2, 8, 6, generator=generator),
        roles=torch.full((2,), ROLES.index(role)),
        slots=torch.zeros(2, dtype=torch.long),
        places=track_places(role, 6, 1.0),
    )


def test_clips_are_seen_and_tracks_are_heard(model):
    latents, context = latents_of(), context_of()
    plain = run(model, latents, context=context, switch=0.0)
    shown = run(model, latents, context=replace(context, clips=(reference(),)), switch=0.0)
    assert not torch.allclose(plain.video, shown.video, atol=1e-4)
    assert torch.equal(plain.audio, shown.audio)
    heard = run(model, latents, context=replace(context, tracks=(track(),)), switch=0.0)
    assert torch.equal(plain.video, heard.video)
    assert not torch.allclose(plain.audio, heard.audio, atol=1e-4)


def test_a_weight_of_nothing_hides_and_more_weight_shows_more(model):
    latents, context = latents_of(), context_of()
    plain = run(model, latents, context=context).video

    def change(weight):
        shown = replace(context, clips=(reference(weight=weight),))
        return (run(model, latents, context=shown).video - plain).abs().mean().item()

    faint, usual, strong = (change(weight) for weight in (0.01, 1.0, 2.0))
    assert faint < 0.1 * usual
    assert usual < strong
    pictures = replace(context, weights=torch.full((2, 1), 0.5))
    assert not torch.allclose(run(model, latents, context=pictures).video, plain, atol=1e-5)


def test_an_absent_clip_is_not_seen(model):
    latents, context = latents_of(), context_of()
    absent = replace(reference(), roles=torch.full((2,), -1))
    hidden = run(model, latents, context=replace(context, clips=(absent,)))
    assert torch.allclose(run(model, latents, context=context).video, hidden.video, atol=1e-5)


def test_fifteen_references_at_once(learned):
    context = context_of(roles=(0,) * 9)
    many = replace(
        context,
        clips=tuple(reference(role, seed=seed) for seed, role in enumerate(("motion", "camera"))),
        tracks=tuple(track(role) for role in ("voice", "music", "soundtrack")),
    )
    assert run(learned, latents_of(), context=many).video.isfinite().all()


def test_trained_slots_bind_a_word_to_its_reference(learned):
    latents, context = latents_of(), context_of()
    slots = torch.tensor([[-1, 3, -1, -1, -1, -1]] * 2)
    one = run(learned, latents, context=replace(context, text_slots=slots)).video
    two = run(learned, latents, context=replace(context, text_slots=slots.roll(1, 1))).video
    assert not torch.allclose(one, two, atol=1e-4)


def test_places_of_roles_are_apart():
    own = [place for place in ROLE_PLACES.values() if not place.aligned]
    starts = sorted(place.time_s for place in own)
    assert all(b - a >= ROLE_SPAN_S for a, b in itertools.pairwise(starts))
    assert starts[-1] + ROLE_SPAN_S <= 0
    for kind in ({"motion", "camera", "source"}, {"music", "soundtrack"}):
        shifts = [(ROLE_PLACES[role].y, ROLE_PLACES[role].x) for role in kind]
        assert len(set(shifts)) == len(kind)
    long = clip_places("environment", (200, 4, 4), 12.0, 1.0)
    assert long[:, 0].max() < ROLE_PLACES["environment"].time_s + ROLE_SPAN_S
    aligned = clip_places("motion", (3, 4, 4), 12.0, 1.0)
    assert torch.equal(aligned[:, 0].unique(), token_places(SHAPE)[0][:, 0].unique())
    assert FIRST_ROLES == 6


def shots_of(across):
    shorter = replace(SHAPE, frames=5)
    return (SHAPE, shorter), in_sequence((SHAPE, shorter), across=across)


def sequence_of(layout, first=0):
    """Latents, levels and words of two shots in one window."""
    frames = sum(run.latents for run in layout.runs)
    generator = torch.Generator().manual_seed(8 + first)
    latents = Latents(
        video=torch.randn(1, 8, frames, 4, 4, generator=generator),
        audio=torch.randn(1, 2, 8, layout.audio_latents, generator=generator),
    )
    video, audio = layout.shot_of_tokens()
    level = torch.full((1, 2), 0.5)
    shots = torch.tensor([0, 1])
    levels = Levels(
        video=level, audio=level, video_r=level, audio_r=level,
        video_index=video[None], audio_index=audio[None], video_shot=shots, audio_shot=shots,
    )  # fmt: skip
    words = [context_of(1, seed=seed, roles=(-1,)) for seed in (3, 4)]
    context = replace(
        words[0],
        text=torch.cat([one.text for one in words], dim=1),
        text_mask=torch.cat([one.text_mask for one in words], dim=1),
        text_shots=torch.tensor([0] * 6 + [1] * 6),
    )
    return latents, levels, context, words


def test_shots_that_do_not_attend_to_one_another_are_as_if_alone(model):
    shapes, layout = shots_of(across=False)
    latents, levels, context, words = sequence_of(layout)
    both = model(latents, levels, model.prepare(context), model.places(layout), torch.ones(1))
    frame = sound = 0
    for shape, word in zip(shapes, words, strict=True):
        lengths = shape.video_latents[0], shape.audio_latents
        own = Latents(
            video=latents.video[:, :, frame : frame + lengths[0]],
            audio=latents.audio[..., sound : sound + lengths[1]],
        )
        level = torch.full((1, 1), 0.5)
        alone = model(
            own,
            Levels(video=level, audio=level, video_r=level, audio_r=level),
            model.prepare(word),
            model.places(shape),
            torch.ones(1),
        )
        assert torch.allclose(both.video[:, :, frame : frame + lengths[0]], alone.video, atol=2e-5)
        assert torch.allclose(both.audio[..., sound : sound + lengths[1]], alone.audio, atol=2e-5)
        frame, sound = frame + lengths[0], sound + lengths[1]


def test_shots_that_attend_to_one_another_see_each_other_and_read_their_own_words(model):
    _, layout = shots_of(across=True)
    latents, levels, context, _ = sequence_of(layout)
    places = model.places(layout)
    plain = model(latents, levels, model.prepare(context), places, torch.ones(1)).video
    changed = latents.video.clone()
    changed[:, :, -1] += 1
    other = model(
        replace(latents, video=changed), levels, model.prepare(context), places, torch.ones(1)
    ).video
    assert not torch.allclose(plain[:, :, 0], other[:, :, 0], atol=1e-4)
    apart = model.places(replace(layout, across=False))
    text = context.text.clone()
    text[:, 6:] += 1
    reworded = model.prepare(replace(context, text=text))
    one = model(latents, levels, model.prepare(context), apart, torch.ones(1)).video
    two = model(latents, levels, reworded, apart, torch.ones(1)).video
    assert torch.equal(one[:, :, :3], two[:, :, :3])
    assert not torch.allclose(one[:, :, 3:], two[:, :, 3:], atol=1e-4)


def test_runs_keep_one_clock():
    history = Run(latents=2, audio_latents=16, start_s=-8 / 12, begins=False)
    whole = replace(layout_of(SHAPE), runs=(history, *layout_of(SHAPE).runs))
    times = token_places(whole)[0][:, 0].unique()
    assert times.tolist() == pytest.approx([-6 / 12, -2 / 12, 0.5 / 12, 3 / 12, 7 / 12])
    assert isinstance(whole, Layout)
    assert whole.video_latents == (5, 4, 4)


def test_few_levels_are_given_to_many_tokens():
    levels = torch.tensor([[[1.0], [2.0]]])
    index = torch.tensor([[1, 0, 1]])
    assert at_tokens(levels, index).flatten().tolist() == [2, 1, 2]
    assert at_tokens(levels, None) is levels
