"""The engine's sentences in the language in use: those that a director most often meets.

The engine speaks English, may live in another process, and what it said is kept with the job. So a
sentence is known again by its shape where it is shown, and said by the studio's catalogue with the
same values. What is not in the table is shown as the engine says it; a test holds every line of the
table to the engine's source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from studio.wording import term, tr

# Of two that fit, the first counts.
SENTENCES: tuple[str, ...] = (
    # Memory
    term("There is not enough memory for this render."),
    term("Close other programs."),
    term("Or ask for {smaller} instead of {size}, or {shorter} s instead of {length}."),
    term("Or ask for {shorter} s instead of {length}."),
    term("Or ask for {smaller} instead of {size}, or fewer shots at a time."),
    term("Or ask for {smaller} instead of {size}."),
    term("Or ask for fewer shots at a time."),
    term("This render wants about {wanted} GB of memory; {free} GB is free."),
    # The disk and the engine's process
    term("The disk is full: {path} could not be written."),
    term("Make room on it and try again."),
    term("{path} may not be written."),
    term("Choose a folder that can be, or allow it."),
    term("{path} could not be written: {why}."),
    term("The engine's process ended by itself ({how})."),
    term(
        "It is started again, and what it had finished is kept: render again to go on from there."
    ),
    # Weights
    term("There are no weights at {path}."),
    term("Copy it again from its source."),
    term("{name} is damaged or incomplete ({why})."),
    term("{path} cannot be read: {why}."),
    term("{name} is truncated or is not a safetensors file."),
    term("Of {name} the part {part} is missing."),
    term("Copy all parts to one folder."),
    term("The tensor {key} of {name} should be {right} but is {wrong}: these weights belong to "
         "another model."),
    term("Choose the folder that has LTX-2's model_index.json in it."),
    # The request
    term("{engine} cannot make pictures of {size}."),
    term("{engine} cannot make {rate} pictures a second."),
    term("{count} shots were asked for; {engine} makes at most {most} in one go."),
    term("Render them apart."),
    term("The shots are {count} pictures long together; at most {most} fit."),
    term("Shorten them or render them apart."),
    term("The prompt has {count} characters; at most {most} are read."),
    term("Shorten it."),
    term("The prompt is empty."),
    term("Say what is to be seen and heard."),
    term("{engine} knows none of the words of the prompt."),
    term("Write it in English with words such as {words}."),
    # References and tags
    term("The prompt names @{tag}, but the shot has no tagged reference."),
    term("The prompt names @{tag}, which no reference of the shot has; known tags: {tags}."),
    term("@{tag} is sent with the shot, but the prompt does not name it."),
    term("Write @{tag} where it should be seen or heard."),
    term("The shot has {count} references; {engine} takes at most {most}."),
    term("Take {count} off, or set their weight to 0."),
    term("{engine} does not take sound alone."),
    term("Add a picture or a clip."),
    term("{name} cannot be used."),
    term("{file} of @{tag} is not in {folder}."),
    term("{file} is not in {folder}."),
    term("{path} does not exist."),
    term("Choose another file, or relink it."),
    # Edits
    term("The edit says nothing."),
    term("Write what should change."),
    term("Picture and sound are both kept, so nothing will change."),
    term("Let one of them change."),
    term("The mask {path} is not there."),
    term("Paint it again."),
    term("Choose another take or file, or relink it."),
    term("Use {offered}."),
)  # fmt: skip
_VALUE = re.compile(r"\{(\w+)\}")


def said(words: str) -> str:
    """``words`` of the engine, sentence by sentence, as far as they are known."""
    return " ".join(_sentences(words))


def _sentences(words: str) -> Iterator[str]:
    while words:
        known = next(
            (
                (template, match)
                for template, shape in _shapes()
                if (match := shape.match(words)) is not None
            ),
            None,
        )
        if known is None:
            head, stop, words = words.partition(". ")
            yield f"{head}." if stop else head
        else:
            template, match = known
            yield tr(template, **match.groupdict())
            words = words[match.end() :].lstrip(" ")


@cache
def _shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, _shape(template)) for template in SENTENCES)


def _shape(template: str) -> re.Pattern[str]:
    """What fits a sentence and ends with it; a value holds no end of a sentence."""
    parts = [
        f"(?P<{part}>(?:(?!\\. ).)+?)" if at % 2 else re.escape(part)
        for at, part in enumerate(_VALUE.split(template))
    ]
    return re.compile("".join(parts) + "(?= |$)")
