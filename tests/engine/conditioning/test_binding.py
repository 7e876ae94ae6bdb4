from hypothesis import given
from hypothesis import strategies as st

from engine.conditioning.binding import bind_words, slot_order


def test_a_tag_is_bound_to_the_word_before_it():
    bound = bind_words("A red ball @Image1 hits the drum @Image2.")
    assert bound.text == "A red ball hits the drum."
    assert [(bound.text[a:b], slot) for a, b, slot in bound.words] == [
        ("ball", "Image1"),
        ("drum", "Image2"),
    ]


def test_a_tag_that_comes_first_is_bound_to_the_word_after_it():
    bound = bind_words("@Image2 waits , @Audio1")
    assert bound.text == "waits,"
    assert [(bound.text[a:b], slot) for a, b, slot in bound.words] == [
        ("waits", "Image2"),
        ("waits", "Audio1"),
    ]


def test_slots_are_numbered_as_the_prompt_names_them():
    slots = ["Image1", "Image2", "Video1"]
    assert slot_order("@Video1 and @Image2", slots) == {"Video1": 0, "Image2": 1, "Image1": 2}
    assert slot_order("", slots) == {"Image1": 0, "Image2": 1, "Video1": 2}


@given(st.text(alphabet="ab ,.@Image12", max_size=40))
def test_bound_words_lie_in_the_text(text):
    bound = bind_words(text)
    assert bound.text == bound.text.strip()
    for first, end, _ in bound.words:
        assert 0 <= first < end <= len(bound.text)
        assert bound.text[first:end].strip()
