"""Nothing of a cut is lost without a word, in any form; and the page says what comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.export.interchange import INTERCHANGES
from tests.studio.export.round_trips import FEATURES, base, table, verdict

PAGE = Path(__file__).parents[3] / "DELIVERY.md"


@pytest.mark.parametrize("form", INTERCHANGES, ids=lambda form: form.suffix)
def test_nothing_is_lost_without_a_word(form):
    film = base()
    found = {feature.name: verdict(form, feature, film) for feature in FEATURES}
    assert [name for name, what in found.items() if what == "LOST"] == []
    if form.suffix == ".otio":
        assert set(found.values()) == {"comes back"}


def test_the_page_has_the_table_as_it_is():
    assert "\n".join(table()) in PAGE.read_text(encoding="utf-8")
