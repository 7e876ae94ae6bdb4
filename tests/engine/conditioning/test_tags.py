import pytest

from engine.api import Kind, Reference, Role
from engine.conditioning.tags import compile_tags, pack_references, tags_in, unused_tags
from engine.errors import RequestError


def reference(tag, kind: Kind = "image", role: Role = "subject", weight=1.0):
    return Reference(kind=kind, role=role, source=f"{tag}.png", tag=tag, weight=weight)


def test_slots_are_numbered_by_kind():
    packing = pack_references(
        [reference("a"), reference("m", "audio", "music"), reference("b"), reference("c", "video")]
    )
    assert [one.slot for one in packing.references] == ["@Image1", "@Audio1", "@Image2", "@Video1"]
    text = compile_tags("@b and @A, then @m; mail me@c.org", packing)
    assert text == "@Image2 and @Image1, then @Audio1; mail me@c.org"


def test_a_card_becomes_all_its_slots():
    packing = pack_references([reference("Ava"), reference("Ava", "audio", "voice")])
    assert compile_tags("@Ava sings.", packing) == "@Image1 @Audio1 sings."


def test_what_is_not_sent_takes_no_number():
    packing = pack_references([reference("Bo", weight=0), reference("Ava")])
    assert compile_tags("@Bo looks at @Ava", packing) == "Bo looks at @Image1"
    assert packing.dropped[0].what == "@Bo"
    packing = pack_references([reference("Bo", role="style"), reference("Ava")], ["subject"])
    assert compile_tags("@Ava", packing) == "@Image1"
    assert "style" in packing.dropped[0].why


def test_slots_may_be_written_by_hand():
    packing = pack_references([reference("Ava")])
    assert compile_tags("@Image1 waits", packing) == "@Image1 waits"
    with pytest.raises(RequestError, match="Image2"):
        compile_tags("@Image2 waits", packing)


def test_unknown_tags_name_the_known_ones():
    with pytest.raises(RequestError, match=r"@Eva.*@Ava, @Bo"):
        compile_tags("@Eva", pack_references([reference("Ava"), reference("Bo")]))
    with pytest.raises(RequestError, match="no tagged reference"):
        compile_tags("@Eva", pack_references([]))


@pytest.mark.parametrize("tag", ["Image1", "video22", "two words", "-", "@a", "a@b"])
def test_tags_that_no_prompt_can_name(tag):
    with pytest.raises(RequestError):
        pack_references([reference(tag)])


def test_tags_of_any_alphabet():
    packing = pack_references([reference("Zoë-2"), reference("雨")])
    assert compile_tags("@Zoë-2 @雨", packing) == "@Image1 @Image2"
    assert tags_in("@Zoë-2, @雨 @雨") == ("Zoë-2", "雨")
    assert unused_tags(["@雨"], packing) == ("Zoë-2",)
