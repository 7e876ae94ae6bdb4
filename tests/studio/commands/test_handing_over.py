"""`dailies export` and `dailies inspect`: what leaves the program besides media."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from engine.media import read_pictures, write_wav
from studio.__main__ import main
from studio.document.film import Clip, TakeSource
from studio.document.ledger import Ledger, TakeRecord
from studio.document.library_changes import edit_media
from studio.export import credentials_certificate as certificates
from studio.export.credentials import CredentialsError, read_credentials, sign, try_out
from studio.export.credentials_certificate import CertificateError, load_identity, local_identity
from studio.export.provenance import manifest_of, sidecar_path
from studio.export.provenance_words import manifest_lines
from studio.settings import SettingsFile
from tests.studio.export.own_certificates import KEYS, certified


@pytest.mark.parametrize("name", ["cut.otio", "cut.edl", "cut.fcpxml", "cut.srt", "cut.vtt"])
def test_a_cut_is_handed_over_and_what_is_dropped_is_said(project, tmp_path, capsys, name):
    assert main(["export", str(project.folder), str(tmp_path / name)]) == 0
    said = capsys.readouterr().out
    assert "written" in said
    assert (tmp_path / name).stat().st_size > 20
    if name.endswith((".edl", ".fcpxml")):
        assert "subtitles are left out" in said
    if name.endswith((".otio", ".edl")):
        assert main(["inspect", str(tmp_path / name)]) == 0
        assert "2 clips" in capsys.readouterr().out


def test_a_film_says_how_it_was_made_in_it_and_beside_it(project, tmp_path, capsys):
    path = tmp_path / "rain.mp4"
    assert main(["export", str(project.folder), str(path), "--sign"]) == 0
    said = capsys.readouterr().out
    assert "No rights are noted for Street" in said
    assert "made on this machine" in said
    assert sidecar_path(path).is_file()
    assert main(["inspect", str(path)]) == 0
    said = capsys.readouterr().out
    assert "Nothing of this film was generated" in said
    assert "Street (video, in the film, 111111111111): no rights noted" in said
    assert "nobody vouches for the name" in said
    assert main(["inspect", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["provenance"]["edits"]["clips"] == 2
    assert told["credentials"]["state"] in {"Valid", "Trusted"}
    sidecar_path(path).unlink()
    assert main(["inspect", str(path)]) == 0
    assert "as written in it" in capsys.readouterr().out


def test_a_changed_film_no_longer_holds(project, tmp_path):
    path = tmp_path / "rain.mp4"
    assert main(["export", str(project.folder), str(path), "--sign"]) == 0
    raw = bytearray(path.read_bytes())
    raw[raw.find(b"mdat") + 40] ^= 255
    path.write_bytes(raw)
    found = read_credentials(path)
    assert found is not None
    assert found.state == "Invalid"
    assert "changed since" in found.words


def test_a_film_project_is_inspected(project, capsys):
    assert main(["inspect", str(project.folder)]) == 0
    said = capsys.readouterr().out
    assert "Without a rights note: 1 of 1 files." in said
    project.store.apply(lambda film: edit_media(film, "m", rights="Own footage."), "Rights")
    film, ledger = project.store.film, project.store.ledger
    manifest = manifest_of(film, ledger, film.timelines[0])
    assert manifest.notes == ()
    body: Any = manifest.body
    assert body["files"][0]["rights"] == "Own footage."


def test_a_failure_leaves_the_film_as_it_was(project, tmp_path):
    film, ledger = project.store.film, project.store.ledger
    manifest = manifest_of(film, ledger, film.timelines[0])
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"this is no film")
    identity = local_identity(tmp_path / "id", "Ava")
    with pytest.raises(CredentialsError, match=r"broken\.mp4 was not signed"):
        sign(path, manifest, identity)
    assert path.read_bytes() == b"this is no film"
    assert sorted(one.name for one in tmp_path.glob("broken*")) == ["broken.mp4"]


@pytest.mark.parametrize("share", [0.0, 0.5], ids=["while it is signed", "while it is checked"])
def test_signing_tells_how_far_it_is_and_is_stopped_in_the_middle(project, tmp_path, share):
    film, ledger = project.store.film, project.store.ledger
    manifest = manifest_of(film, ledger, film.timelines[0])
    path = tmp_path / "rain.wav"
    write_wav(path, np.zeros((2, 480_000), np.float32), 48_000)
    before = path.read_bytes()
    identity = local_identity(tmp_path / "id", "Ava")
    shares = []
    stopped = lambda: bool(shares) and shares[-1] > share  # noqa: E731
    with pytest.raises(CredentialsError, match=r"rain\.wav is whole, but not signed"):
        sign(path, manifest, identity, shares.append, stopped)
    assert share < shares[-1] <= 1
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.glob("rain*")] == ["rain.wav"]
    sign(path, manifest, identity, shares.append)
    assert shares[-1] == 1
    assert path.read_bytes() != before


def test_the_local_certificate_is_made_once_and_kept_private(tmp_path):
    first = local_identity(tmp_path / "id", "Ava")
    assert local_identity(tmp_path / "id", "Ava").chain == first.chain
    assert first.self_made
    assert {one.stat().st_mode & 0o777 for one in (tmp_path / "id").iterdir()} == {0o600}


@pytest.mark.parametrize("kind", KEYS)
def test_a_director_signs_with_a_certificate_of_their_own(project, tmp_path, capsys, kind):
    path = tmp_path / "rain.mp4"
    own = certified(tmp_path, KEYS[kind](), "Ava Rain")
    assert main(["export", str(project.folder), str(path), *own]) == 0
    assert "Signed with your own certificate." in capsys.readouterr().out
    found = read_credentials(path)
    assert found is not None
    assert (found.state, found.signer, found.self_made) == ("Valid", "Ava Rain", False)
    assert [one.words for one in found.ingredients] == ["Street: Rights: not noted"]
    (held,) = found.report["manifests"][found.report["active_manifest"]]["ingredients"]
    assert held["description"] == "Rights: not noted"


def test_a_key_that_cannot_sign_is_refused(tmp_path):
    own = certified(tmp_path, KEYS["P-256"](), "Ava Rain")
    locked = KEYS["P-256"]().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"rain"),
    )
    other = ec.generate_private_key(ec.SECP256K1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    broken = b"-----BEGIN PRIVATE KEY-----\nrain\n-----END PRIVATE KEY-----\n"
    for key, words in ((locked, "a password"), (other, "do not use"), (broken, "can be read")):
        (tmp_path / "own.key").write_bytes(key)
        with pytest.raises(CertificateError, match=words):
            load_identity(Path(own[1]), Path(own[3]))


def test_a_certificate_and_a_key_that_do_not_belong_together_are_refused(tmp_path):
    _, chain, _, key = certified(tmp_path, KEYS["P-256"](), "Ava Rain")
    secret = Path(key).read_bytes()
    certified(tmp_path, KEYS["P-256"](), "Ben Rain")
    Path(key).write_bytes(secret)
    with pytest.raises(CertificateError, match="is not that of the certificate"):
        load_identity(Path(chain), Path(key))
    Path(chain).write_text("-----BEGIN CERTIFICATE-----\nrain\n-----END CERTIFICATE-----\n")
    with pytest.raises(CertificateError, match="can be read"):
        load_identity(Path(chain), Path(key))


def test_a_certificate_that_ended_is_refused_and_a_local_one_made_again(tmp_path, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(certificates, "_YEARS", 0)
        _, chain, _, key = certified(tmp_path, KEYS["P-256"](), "Ava Rain")
        certificates._store(tmp_path / "id", *certificates._made("Ava"))
    with pytest.raises(CertificateError, match="ended on"):
        load_identity(Path(chain), Path(key))
    try_out(local_identity(tmp_path / "id", "Ava"))


def test_a_certificate_that_may_not_sign_is_found_out(tmp_path):
    key = KEYS["P-256"]()
    name = certificates._names("Ava")
    alone = certificates._certificate(name, name, key.public_key(), key, root=True)
    pem = serialization.Encoding.PEM
    (tmp_path / "own.pem").write_bytes(alone.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "own.key").write_bytes(secret)
    with pytest.raises(CredentialsError, match="certificate"):
        try_out(load_identity(tmp_path / "own.pem", tmp_path / "own.key"))


def test_the_certificate_of_the_settings_signs_where_none_is_named(project, tmp_path, capsys):
    _, chain, _, key = certified(tmp_path, KEYS["P-256"](), "Ava Rain")
    SettingsFile().change(certificate=chain, certificate_key=key)
    asked = ["export", str(project.folder), str(tmp_path / "rain.mp4"), "--sign"]
    assert main(asked) == 0
    assert "Signed with your own certificate." in capsys.readouterr().out
    Path(key).unlink()
    (tmp_path / "rain.mp4").unlink()
    assert main(asked) == 1
    assert "own.key cannot be read" in capsys.readouterr().err
    assert not (tmp_path / "rain.mp4").exists()


def test_what_is_no_certificate_is_refused(tmp_path):
    (tmp_path / "a.pem").write_text("words")
    with pytest.raises(CertificateError, match="holds no certificate"):
        load_identity(tmp_path / "a.pem", tmp_path / "a.pem")
    with pytest.raises(CertificateError, match="cannot be read"):
        load_identity(tmp_path / "none.pem", tmp_path / "a.pem")


def test_subtitles_are_burned_in_when_asked(project, tmp_path, qapp):
    for name, more in (("bare.mp4", ()), ("burned.mp4", ("--burn-in",))):
        assert main(["export", str(project.folder), str(tmp_path / name), *more]) == 0
    bare, burned = (
        read_pictures(tmp_path / name).astype(int) for name in ("bare.mp4", "burned.mp4")
    )
    apart = abs(bare - burned).mean(axis=(1, 2, 3))
    assert apart[3] > 3 * apart[0]


def test_a_take_names_its_words_and_the_files_it_was_made_with(project):
    request = {
        "type": "ShotRequest",
        "prompt": "a ball",
        "references": [{"source": "media/street.mp4", "sha256": ""}],
    }
    take = TakeRecord(
        id="t",
        folder="takes/t",
        kind="full",
        frames=12,
        rate=Fraction(12),
        width=64,
        height=36,
        created="2026-01-01T00:00:00+00:00",
        recipe=json.dumps(request),
    )
    film = project.store.film
    clip = Clip(id="c", source=TakeSource(take_id="t"), start=0, length=9)
    cut = film.timelines[0]
    cut = replace(cut, tracks=(*cut.tracks[:2], replace(cut.tracks[2], clips=(clip,))))
    manifest = manifest_of(film, Ledger().append(take), cut)
    told = manifest_lines(manifest.body)
    assert manifest.origin == "generated"
    assert manifest.unnoted == ("Street",)
    assert "    Prompt: a ball" in told
    assert "    Reference: media/street.mp4 (111111111111)" in told
