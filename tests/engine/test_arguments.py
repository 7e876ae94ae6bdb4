import argparse

import pytest

from engine.arguments import Parser, count, number, size


def test_words_are_read_as_what_they_say():
    assert size("128x72") == size(" 128 × 72") == (128, 72)
    assert number("-1.5") == -1.5
    assert count("3") == 3


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((size, text) for text in ("128", "0x3", "-1x2", "ax2", "99999x2")),
        *((number, text) for text in ("", "nan", "inf", "two")),
        *((count, text) for text in ("0", "-1", "1.5", "")),
    ],
)
def test_what_cannot_be_read_is_named(read, text):
    with pytest.raises(argparse.ArgumentTypeError, match=" is not a "):
        read(text)


def test_a_mistake_ends_in_one_sentence(capsys):
    parser = Parser(prog="make")
    parser.add_argument("--batch", type=count)
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["--batch", "0"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told == "Argument --batch: '0' is not a whole number from 1 up. See make --help.\n"
