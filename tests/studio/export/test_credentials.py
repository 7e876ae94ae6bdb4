"""Content credentials of a film: what it was made of goes in, and the library reads it back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from studio.document.film import Media, MediaSource
from studio.document.ledger import Ledger
from studio.document.titles import TitleSource
from studio.export.credentials import Credentials, CredentialsError, read_credentials, sign
from studio.export.credentials_certificate import Identity, local_identity
from studio.export.exporter import Exporter, ExportFinished
from studio.export.plan import plan_export
from studio.export.provenance import Manifest, manifest_of
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from tests.studio.playback.reels import Reel, noise, numbered


@pytest.fixture(scope="module")
def identity(tmp_path_factory) -> Identity:
    return local_identity(tmp_path_factory.mktemp("id"), "Ava")


@pytest.fixture
def reel(tmp_path) -> Reel:
    """A film of a generated take and an imported picture."""
    made = Reel(tmp_path / "film", width=64, height=36)
    made.folder.mkdir()
    made.lay("V1", made.take(numbered(4, 64, 36), noise(8_000)), 0, 8)
    made.lay("V1", made.image(np.full((36, 64, 3), 90, np.uint8)), 8, 4)
    return made


def manifest(reel: Reel) -> Manifest:
    return manifest_of(reel.film, reel.ledger, reel.cut.timeline, folder=reel.folder)


def exported(reel: Reel, name: str, identity: Identity) -> Credentials:
    """What the library reads in a film that was written and signed."""
    path, cut = reel.folder.parent / name, reel.cut
    plan = plan_export(reel.film, cut.timeline, path)
    pictures = FrameSource(cut)
    assert isinstance(Exporter(plan, pictures, Mixer(cut)).run(), ExportFinished)
    pictures.close()
    sign(path, manifest(reel), identity)
    found = read_credentials(path, identity)
    assert found is not None
    return found


def parts(found: Credentials) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ingredients by title, and actions by name."""
    active = found.report["manifests"][found.report["active_manifest"]]
    (actions,) = (
        one["data"]["actions"] for one in active["assertions"] if "actions" in one["label"]
    )
    by_title = {one["title"]: one for one in active.get("ingredients", [])}
    return by_title, {one["action"]: one for one in actions}


def named(action: dict[str, Any]) -> set[str]:
    """The ingredients of an action."""
    held = action.get("parameters", {}).get("ingredients", [])
    return {one["url"].rpartition("/")[2] for one in held}


def sha256(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_files_of_a_take_and_of_a_picture_go_in(reel, identity):
    (take,), (picture,) = reel.ledger.takes.values(), reel.film.media
    found = exported(reel, "rain.mp4", identity)
    assert found.state == "Trusted"
    assert found.source_type == "compositeWithTrainedAlgorithmicMedia"
    ingredients, actions = parts(found)
    assert set(ingredients) == {f"Take ({take.id})", picture.name}
    one, other = ingredients[f"Take ({take.id})"], ingredients[picture.name]
    assert (one["format"], other["format"]) == ("video/x-matroska", "image/png")
    folder = reel.folder / take.folder
    assert one["metadata"]["org.dailies.files"] == [
        {"name": name, "sha256": sha256(folder / name)} for name in ("picture.mkv", "sound.wav")
    ]
    assert other["instance_id"] == f"sha256:{sha256(reel.folder / picture.path)}"
    placed = {
        one["url"].rpartition("/")[2] for one in actions["c2pa.placed"]["parameters"]["ingredients"]
    }
    assert placed == {one["label"], other["label"]}
    assert not actions["c2pa.created"].get("parameters")


def test_what_a_take_was_made_from_was_put_into_its_making_not_into_the_film(reel, identity):
    (take,), (picture,) = reel.ledger.takes.values(), reel.film.media
    request = json.dumps({"references": [{"source": picture.path, "role": "first_frame"}]})
    reel.ledger = Ledger().append(replace(take, recipe=request))
    reel.change_track("V1", clips=reel.track("V1").clips[:1])
    ingredients, actions = parts(exported(reel, "rain.mp4", identity))
    assert ingredients[picture.name]["relationship"] == "inputTo"
    assert named(actions["c2pa.created"]) == {ingredients[picture.name]["label"]}
    assert named(actions["c2pa.placed"]) == {ingredients[f"Take ({take.id})"]["label"]}


def imported(reel: Reel, name: str, tamper: bool = False) -> None:
    """The film of this name, brought into the bin and laid."""
    raw = bytearray((reel.folder.parent / name).read_bytes())
    if tamper:
        raw[raw.find(b"mdat") + 40] ^= 255
    (reel.folder / "media" / "own.mp4").write_bytes(raw)
    media = Media(id="own", kind="video", name="Own", path="media/own.mp4", sha256="")
    reel.film = replace(reel.film, media=(*reel.film.media, media))
    reel.lay("V1", MediaSource(media_id="own"), 12, 4)


@pytest.mark.parametrize("tamper", [False, True])
def test_the_credentials_of_an_imported_film_are_kept(reel, identity, tamper):
    exported(reel, "first.mp4", identity)
    imported(reel, "first.mp4", tamper)
    found = exported(reel, "second.mp4", identity)
    assert found.state == "Trusted"
    own = next(one for one in found.ingredients if one.title == "Own")
    assert own.signer == "Ava (self-made by Dailies)"
    assert own.words.endswith(", not valid" if tamper else ", whole")
    # Those of the first are in the second, with what it was made of in turn.
    assert len(found.report["manifests"]) == 2
    assert sum("ingredients" in one for one in found.report["manifests"].values()) == 2


def test_a_source_that_is_gone_or_broken_goes_in_by_name(reel, identity):
    (take,), (picture,) = reel.ledger.takes.values(), reel.film.media
    found = exported(reel, "rain.mp4", identity)
    (reel.folder / take.folder / "picture.mkv").unlink()
    (reel.folder / take.folder / "sound.wav").unlink()
    (reel.folder / picture.path).write_bytes(b"no picture")
    sign(reel.folder.parent / "rain.mp4", manifest(reel), identity)
    found = read_credentials(reel.folder.parent / "rain.mp4", identity)
    assert found is not None
    ingredients, actions = parts(found)
    assert set(ingredients) == {f"Take ({take.id})", picture.name}
    assert "metadata" not in ingredients[f"Take ({take.id})"]
    digest = hashlib.sha256(b"no picture").hexdigest()
    assert ingredients[picture.name]["metadata"]["org.dailies.files"][0]["sha256"] == digest
    assert named(actions["c2pa.placed"]) == {one["label"] for one in ingredients.values()}


def test_a_film_of_titles_alone_has_no_ingredients(reel, identity):
    reel.change_track("V1", clips=())
    reel.lay("V1", TitleSource(text="Rain"), 0, 4)
    found = exported(reel, "rain.mp4", identity)
    assert found.ingredients == ()
    assert set(parts(found)[1]) == {"c2pa.created"}


def test_a_folder_is_not_signed(reel, identity, tmp_path):
    (tmp_path / "rain.wav").mkdir()
    with pytest.raises(CredentialsError, match="MP4, MOV, WAV and GIF"):
        sign(tmp_path / "rain.wav", manifest(reel), identity)
