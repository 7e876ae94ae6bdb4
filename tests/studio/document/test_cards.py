from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.document.card_changes import rename_card, retag_prompt, retagged, shots_using
from studio.document.errors import ChangeError
from studio.document.film import (
    Card,
    CardKind,
    MediaSource,
    Shot,
    ShotReference,
    TakeSource,
    new_film,
)
from studio.document.ledger import Ledger, TakeRecord
from studio.document.library_changes import add_card, edit_card
from studio.document.queries import replaced_references, shot_fingerprint, shot_state
from studio.document.shot_changes import (
    add_shots,
    choose_take,
    edit_shots,
    plan_cameras,
    shot_of,
)

WORDS = st.text("Avaon@ ,-.'\"", max_size=40)


def cast():
    film = add_card(new_film("Tide"), Card(id="ava", kind="character", tag="Ava"))
    return add_shots(
        film,
        [
            Shot(id="a", name="A", prompt="@ava runs, @Avalon waits"),
            Shot(
                id="b",
                name="B",
                references=(
                    ShotReference(
                        id="r", source=MediaSource(media_id="m"), role="subject", tag="Ava"
                    ),
                ),
            ),
            Shot(id="c", name="C", prompt="nobody@Ava.com"),
        ],
    )


def test_a_card_is_renamed_in_every_prompt_and_reference():
    film = rename_card(cast(), "ava", "Eve")
    assert film.shots[0].prompt == "@Eve runs, @Avalon waits"
    assert film.shots[1].references[0].tag == "Eve"
    assert film.shots[2] is cast().shots[2] or film.shots[2].prompt == "nobody@Ava.com"


def test_a_name_that_is_taken_is_refused():
    film = add_card(cast(), Card(id="eve", kind="prop", tag="Eve"))
    with pytest.raises(ChangeError, match="taken"):
        rename_card(film, "ava", "eve")


@given(WORDS)
def test_there_and_back_again_is_the_same_text(text: str):
    there = retagged(text, "Ava", "Zoe")
    assert retagged(there, "Zoe", "Ava") == text or "@ava" in text.casefold()


def test_a_card_knows_the_shots_that_use_it():
    film = cast()
    assert shots_using(film, film.cards[0]) == ("a", "b")


def test_a_tag_becomes_a_plain_word():
    film = retag_prompt(cast(), "a", "Avalon", "")
    assert film.shots[0].prompt == "@ava runs, Avalon waits"


def test_several_shots_are_set_at_once():
    film = edit_shots(cast(), ["a", "c"], frames=33, seed_policy="lock")
    assert [shot.frames for shot in film.shots] == [33, 25, 33]
    film = plan_cameras(film, ["a"], move="push in")
    film = plan_cameras(film, ["a", "b"], size="close")
    assert shot_of(film, "a").camera.move == "push in"
    assert [shot.camera.size for shot in film.shots] == ["close", "close", ""]


def take(take_id: str, shot_id: str) -> TakeRecord:
    return TakeRecord(
        id=take_id,
        shot_id=shot_id,
        folder=f"takes/{take_id}",
        kind="full",
        frames=25,
        rate=cast().shots[0].rate,
        width=96,
        height=64,
        created="2026-01-02T03:04:05+00:00",
    )


def test_a_card_that_becomes_a_place_makes_its_shots_stale_and_a_prop_does_not():
    ledger = Ledger().append(take("a1", "a"))
    film = choose_take(cast(), "a", "a1")
    card = film.cards[0]

    def state(kind: CardKind, media: tuple[str, ...] = ("m1",)) -> str:
        now = edit_card(film, card.id, kind=kind, media_ids=media)
        then = edit_card(film, card.id, kind="character", media_ids=media)
        asked = shot_fingerprint(then, shot_of(then, "a"))
        made = ledger.takes["a1"]
        taken = Ledger().append(replace(made, fingerprint=asked))
        return shot_state(now, taken, shot_of(now, "a"))

    assert state("character") == "full"
    assert state("prop") == "full", "it is shown to the engine as it was"
    assert state("place") == "stale"
    assert state("place", media=()) == "full", "its words are all that the engine is given"


def test_a_shot_is_stale_when_a_take_it_refers_to_was_replaced():
    ledger = Ledger().append(take("a1", "a"), take("a2", "a"), take("c1", "c"))
    film = choose_take(choose_take(cast(), "a", "a1"), "c", "c1")
    reference = ShotReference(id="r", source=TakeSource(take_id="a1"), role="style")
    film = edit_shots(film, ["c"])
    shots = tuple(
        shot if shot.id != "c" else type(shot)(**{**shot.__dict__, "references": (reference,)})
        for shot in film.shots
    )
    film = type(film)(**{**film.__dict__, "shots": shots})
    assert shot_state(film, ledger, film.shots[2]) == "full"
    film = choose_take(film, "a", "a2")
    assert shot_state(film, ledger, film.shots[2]) == "stale"
    ((found, other),) = replaced_references(film, ledger, film.shots[2])
    assert (found.id, other.id) == ("r", "a")
