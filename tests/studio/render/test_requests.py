"""From shots, cards and references to requests."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine import api
from engine.backends.preflight import preflight_request
from engine.backends.scripted import CAPABILITIES
from engine.errors import RequestError
from studio.document.film import (
    CameraPlan,
    Card,
    Film,
    Media,
    MediaFacts,
    MediaSource,
    PictureSize,
    Shot,
    ShotReference,
    TakeSource,
    new_film,
)
from studio.document.ledger import Ledger, TakeRecord
from studio.document.queries import shot_fingerprint
from studio.render.film_paths import inside, stored_path
from studio.render.footage import Footage, footage_request
from studio.render.requests import (
    Desk,
    edit_request,
    extend_request,
    next_seed,
    picture_size,
    says_nothing,
    sequence_request,
    shot_request,
    still_request,
    upgrade_request,
)
from studio.render.stored_requests import load_request, store_request

MEDIA = (
    Media(id="face", kind="image", name="face", path="media/face.png", sha256="1"),
    Media(id="side", kind="image", name="side", path="media/side.png", sha256="2"),
    Media(
        id="walk",
        kind="video",
        name="walk",
        path="media/walk.mp4",
        sha256="3",
        facts=MediaFacts(frames=50, rate=Fraction(25), width=640, height=360),
    ),
    Media(
        id="voice",
        kind="audio",
        name="voice",
        path="media/voice.wav",
        sha256="4",
        facts=MediaFacts(samples=96_000, sample_rate_hz=48_000),
    ),
)
CARDS = (
    Card(id="1", kind="character", tag="Ava", media_ids=("face", "side"), voice_id="voice"),
    Card(id="2", kind="place", tag="Kitchen", description="a small kitchen"),
)
SHOT = Shot(
    id="shot",
    name="1",
    prompt="@ava walks through @Kitchen",
    negative_prompt="rain",
    frames=25,
    seed=11,
    camera=CameraPlan(size="wide", move="pan"),
)
TAKE = TakeRecord(
    id="t1",
    shot_id="shot",
    folder="takes/j/take-01-01",
    kind="preview",
    seed=11,
    frames=25,
    rate=Fraction(12),
    width=256,
    height=144,
    samples=50_000,
    sample_rate_hz=24_000,
    created="now",
)


def film(**changes) -> Film:
    return replace(new_film("Film"), media=MEDIA, cards=CARDS, **changes)


@pytest.fixture
def desk(tmp_path):
    return Desk(
        film=film(), ledger=Ledger().append(TAKE), folder=tmp_path, capabilities=CAPABILITIES
    )


def test_a_shot_becomes_a_request(desk, tmp_path):
    request = shot_request(desk, SHOT, seed=4, variations=3)
    assert request.prompt == "@ava walks through a small kitchen"
    assert request.negative_prompt == "rain"
    assert request.shots == (
        api.ShotPlan(caption="", frames=25, camera=api.CameraPlan(size="wide", move="pan")),
    )
    assert (request.width, request.height, request.rate) == (256, 144, 12)
    assert (request.seed, request.variations) == (4, 3)
    assert [(r.kind, r.role, r.tag) for r in request.references] == [
        ("image", "subject", "Ava"),
        ("image", "subject", "Ava"),
        ("audio", "voice", "Ava"),
    ]
    assert request.references[0].source == str(tmp_path / "media" / "face.png")


def test_the_style_of_the_film_comes_first(desk):
    settings = replace(desk.film.settings, style_prompt="grainy")
    desk = replace(desk, film=replace(desk.film, settings=settings))
    assert shot_request(desk, SHOT).prompt.startswith("grainy\n")


def test_cards_that_the_style_names_come_along(desk):
    settings = replace(desk.film.settings, style_prompt="painted by @Ava")
    styled = replace(desk, film=replace(desk.film, settings=settings))
    plain = replace(SHOT, prompt="an empty street")
    assert shot_request(desk, plain).references == ()
    request = shot_request(styled, plain)
    assert request.prompt == "painted by @Ava\nan empty street"
    assert {reference.tag for reference in request.references} == {"Ava"}
    # A card that only the style names makes stale, when it is another, what was made with it.
    cards = tuple(replace(card, media_ids=("side",)) for card in styled.film.cards)
    changed = replace(styled.film, cards=cards)
    assert shot_fingerprint(changed, plain) != shot_fingerprint(styled.film, plain)
    assert [r.tag for r in sequence_request(styled, [plain, plain]).references].count("Ava") == 3
    clip = Footage(media=MEDIA[2])
    edited = footage_request(styled, clip, api.Edit(source="", instruction="night"), seed=1)
    assert {reference.tag for reference in edited.references} == {"Ava"}


def test_own_references_speak_for_their_tag(desk):
    own = ShotReference(id="r", source=MediaSource(media_id="side"), role="subject", tag="AVA")
    request = shot_request(desk, replace(SHOT, references=(own,)))
    assert [r.source.rsplit("/", 1)[1] for r in request.references] == ["side.png"]


def test_parts_are_turned_into_seconds(desk):
    references = (
        ShotReference(id="1", source=MediaSource(media_id="walk"), role="motion", start=25, end=50),
        ShotReference(
            id="2", source=MediaSource(media_id="voice"), role="voice", start=24_000, end=None
        ),
        ShotReference(id="3", source=MediaSource(media_id="face"), role="keyframe", at_frame=6),
    )
    request = shot_request(desk, replace(SHOT, prompt="x", references=references))
    walk, voice, face = request.references
    assert (walk.in_s, walk.out_s) == (1.0, 2.0)
    assert (voice.in_s, voice.out_s) == (0.5, None)
    assert face.at_s == 0.5


def test_a_take_is_a_reference_in_its_best_upgrade(desk, tmp_path):
    full = replace(TAKE, id="t2", kind="full", upgrade_of="t1", folder="takes/k/take-01-01")
    desk = replace(desk, ledger=desk.ledger.append(full))
    one = ShotReference(id="1", source=TakeSource(take_id="t1"), role="motion")
    two = ShotReference(id="2", source=TakeSource(take_id="t1"), role="soundtrack")
    request = shot_request(desk, replace(SHOT, prompt="x", references=(one, two)))
    folder = tmp_path / "takes" / "k" / "take-01-01"
    assert [(r.kind, r.source) for r in request.references] == [
        ("video", str(folder / "picture.mkv")),
        ("audio", str(folder / "sound.wav")),
    ]


def test_what_says_nothing_is_what_engines_refuse_as_empty(desk):
    face = ShotReference(id="r", source=MediaSource(media_id="face"), role="subject")
    bare = replace(SHOT, prompt="", camera=CameraPlan())
    said = {}
    for name, shot in (
        ("nothing", bare),
        ("dots", replace(bare, prompt="…")),
        ("words", replace(bare, prompt="a road")),
        ("picture", replace(bare, references=(face,))),
        ("camera", replace(bare, camera=CameraPlan(size="close"))),
    ):
        request = shot_request(desk, shot)
        found = [one.sentence for one in preflight_request(request, desk.capabilities)]
        said[name] = says_nothing(request)
        assert said[name] == ("The prompt is empty." in found), name
    assert said == dict.fromkeys(("nothing", "dots"), True) | dict.fromkeys(
        ("words", "picture", "camera"), False
    )


@pytest.mark.parametrize("source", [MediaSource(media_id="gone"), TakeSource(take_id="gone")])
def test_what_is_gone_is_a_sentence(desk, source):
    one = ShotReference(id="1", source=source, role="subject")
    with pytest.raises(RequestError, match="reference"):
        shot_request(desk, replace(SHOT, references=(one,)))


def test_a_still_is_one_picture(desk):
    assert still_request(desk, SHOT).frames == min(desk.capabilities.frames)


def test_what_is_not_wanted_is_said_in_words_and_sends_no_pictures(desk):
    request = shot_request(desk, replace(SHOT, prompt="a road", negative_prompt="@ava in @Kitchen"))
    assert request.negative_prompt == "Ava in a small kitchen"
    assert request.references == ()


def test_every_shot_of_a_sequence_keeps_what_is_not_wanted_in_it(desk):
    other = replace(SHOT, id="b", negative_prompt="@Kitchen")
    request = sequence_request(desk, [SHOT, other])
    assert request.negative_prompt == ""
    assert [plan.negative_prompt for plan in request.shots] == ["rain", "a small kitchen"]


def test_a_sequence_shares_its_references(desk):
    other = replace(SHOT, id="b", prompt="@Ava sits", frames=13)
    request = sequence_request(desk, [replace(SHOT, prompt="a road"), other])
    assert [plan.caption for plan in request.shots] == ["a road", "@Ava sits"]
    assert [plan.frames for plan in request.shots] == [25, 13]
    assert len(request.references) == 3
    with pytest.raises(RequestError):
        sequence_request(desk, [])


def placed(name, role, at_frame=None):
    source = MediaSource(media_id=name)
    return ShotReference(id=f"{name}-{role}", source=source, role=role, at_frame=at_frame)


def test_stills_of_a_sequence_stand_in_their_own_shots(desk):
    shots = [
        replace(SHOT, prompt="a road", references=(placed("face", "first_frame"),)),
        replace(
            SHOT,
            id="b",
            prompt="a hill",
            frames=13,
            references=(placed("side", "first_frame"), placed("face", "keyframe", 6)),
        ),
        replace(SHOT, id="c", prompt="a lake", references=(placed("side", "last_frame"),)),
    ]
    request = sequence_request(desk, shots)
    assert [(r.source.rsplit("/", 1)[1], r.role, r.at_s) for r in request.references] == [
        ("face.png", "first_frame", None),
        ("side.png", "keyframe", 25 / 12),
        ("face.png", "keyframe", 31 / 12),
        ("side.png", "last_frame", None),
    ]
    only_second = [replace(shots[0], references=()), *shots[1:2]]
    assert "first_frame" not in {r.role for r in sequence_request(desk, only_second).references}


def test_a_last_picture_ends_its_shot_and_not_the_sequence(desk):
    ends = replace(SHOT, prompt="a road", references=(placed("face", "last_frame"),))
    request = sequence_request(desk, [ends, replace(SHOT, id="b", prompt="a hill")])
    (still,) = request.references
    assert (still.role, still.at_s) == ("keyframe", 24 / 12)


def test_requests_on_a_take(desk, tmp_path):
    made = shot_request(desk, SHOT)
    take = replace(TAKE, recipe=store_request(made, tmp_path))
    source = str(tmp_path / TAKE.folder)
    night = edit_request(desk, take, api.Edit(source="", instruction="night"), seed=3)
    assert night.task == api.Edit(source=source, instruction="night")
    assert (night.seed, night.prompt) == (3, made.prompt)
    longer = extend_request(desk, take, api.Extend(source=""), 13)
    assert longer.task == api.Extend(source=source)
    assert longer.frames == 13
    opened = replace(made, references=(*made.references, api.Reference(
        kind="image", role="first_frame", source=str(tmp_path / "media" / "face.png")
    )))  # fmt: skip
    take_opened = replace(TAKE, recipe=store_request(opened, tmp_path))
    assert extend_request(desk, take_opened, api.Extend(source=""), 13).references == (
        made.references
    )
    better = upgrade_request(desk, take)
    assert better.task == api.Upgrade(source=source)
    assert better.quality.mode == "full"
    assert (better.seed, better.shots) == (11, made.shots)
    assert upgrade_request(desk, replace(TAKE, recipe="nonsense")).frames == 25


def test_seed_policies():
    assert next_seed(replace(SHOT, seed_policy="lock"), 5, 77) == 11
    assert next_seed(replace(SHOT, seed_policy="step"), 5, 77) == 16
    assert next_seed(replace(SHOT, seed_policy="random"), 5, 77) == 77


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((1280, 720), (256, 144)),
        ((1080, 1920), (144, 256)),
        ((500, 500), (192, 192)),
        ((2048, 858), (344, 144)),
        ((0, 0), (192, 192)),
    ],
)
def test_the_size_of_the_nearest_shape(size, wanted):
    assert picture_size(size[0], size[1], CAPABILITIES) == wanted


def test_a_size_of_the_shot_itself(desk):
    request = shot_request(desk, replace(SHOT, size=PictureSize(width=128, height=72)))
    assert (request.width, request.height) == (128, 72)


def test_stored_requests_move_with_the_film(desk, tmp_path):
    edit = api.Edit(source="", instruction="night", mask=str(tmp_path / "cache" / "mask.png"))
    for task in (api.Generate(), edit, api.Extend(source=""), api.Upgrade(source="")):
        request = shot_request(desk, SHOT)
        if not isinstance(task, api.Generate):
            request = replace(request, task=replace(task, source=str(tmp_path / TAKE.folder)))
        text = store_request(request, tmp_path)
        assert str(tmp_path) not in text
        assert load_request(text, tmp_path) == request
        moved = load_request(text, tmp_path / "elsewhere")
        assert moved.references[0].source == str(tmp_path / "elsewhere" / "media" / "face.png")


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../other/film", "media/../../x", "."])
def test_paths_that_lead_out(tmp_path, path):
    if path == ".":
        with pytest.raises(RequestError):
            stored_path(tmp_path, tmp_path)
        return
    with pytest.raises(RequestError):
        inside(tmp_path, path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"type": "ShotRequest"}', "null", "3"])
def test_unreadable_requests_are_sentences(tmp_path, text):
    with pytest.raises(RequestError):
        load_request(text, tmp_path)
