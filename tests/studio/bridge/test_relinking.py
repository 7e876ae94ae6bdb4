"""Missing media found again: what a search reads, and what it says of files that it did not."""

import pytest

from studio.bridge.importing import digest_of
from studio.bridge.relinking import Relinked, relink
from studio.document.film import Media, MediaFacts


@pytest.fixture
def searched(tmp_path):
    """A folder of three files, of which the last is missing in a film."""
    for name in ("a.wav", "b.wav", "c.wav", "d.txt"):
        (tmp_path / name).write_bytes(name.encode())
    digest = digest_of(tmp_path / "c.wav")
    media = Media(
        id="m", kind="audio", name="tone", path="media/tone.wav", sha256=digest, facts=MediaFacts()
    )
    return media, tmp_path


@pytest.mark.parametrize("most", [3, 4])
def test_what_is_found_among_the_files_that_are_read_is_brought_back(searched, tmp_path, most):
    media, folder = searched
    film = tmp_path / "film"
    assert relink([media], film, folder, most=most) == Relinked(
        found=("tone",), lost=(), looked_at=3
    )
    assert (film / media.path).read_bytes() == b"c.wav"


def test_a_search_that_ends_before_all_is_read_says_so(searched, tmp_path):
    media, folder = searched
    assert relink([media], tmp_path / "film", folder, most=2) == Relinked(
        found=(), lost=("tone",), looked_at=2, cut_short=True
    )


def test_a_search_that_reads_the_last_file_is_not_cut_short(searched, tmp_path):
    media, folder = searched
    (folder / "c.wav").write_bytes(b"another")
    assert not relink([media], tmp_path / "film", folder, most=3).cut_short
