"""Engines by name: which folder, which licence, and which process."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from engine.backends.hosted import HostedBackend
from engine.errors import WeightsError
from studio.__main__ import main
from studio.backends import build_backend, read_licence
from studio.settings import SettingsFile


@pytest.fixture
def folder(tmp_path):
    weights = tmp_path / "ltx"
    weights.mkdir()
    (weights / "model_index.json").write_text(json.dumps({"_class_name": "LTX2Pipeline"}))
    (weights / "LICENSE").write_text("Be kind.")
    return str(weights)


def test_an_unknown_engine_names_those_that_are_known():
    with pytest.raises(WeightsError, match=r"backlot.*ltx.*scripted"):
        build_backend("other")


def test_ltx_wants_a_folder():
    with pytest.raises(WeightsError, match="needs a folder"):
        build_backend("ltx")


def test_weights_of_others_wait_for_their_licence(folder):
    with pytest.raises(WeightsError, match="not accepted"):
        build_backend("ltx", folder)
    # Accepted, it is looked into, and found not to be whole.
    with pytest.raises(WeightsError, match="lacks transformer"):
        build_backend("ltx", folder, accepted=[read_licence(folder).sha256])


def test_a_command_shows_the_licence_and_remembers_that_it_was_accepted(
    folder, tmp_path, monkeypatch, capsys
):
    file = tmp_path / "settings.json"
    monkeypatch.setenv("DAILIES_SETTINGS", str(file))
    words = ["demo", "--export", str(tmp_path / "a.mp4"), "--backend", "ltx", "--weights", folder]
    assert main(words) == 1
    assert "--accept-licence" in capsys.readouterr().err
    assert main([*words, "--accept-licence"]) == 1
    assert "Be kind." in capsys.readouterr().out
    assert SettingsFile(file).value.licences == (read_licence(folder).sha256,)


def test_all_who_ask_for_an_engine_apart_share_one_process():
    first = build_backend("scripted", apart=True)
    assert isinstance(first, HostedBackend)
    assert build_backend("scripted", apart=True) is first
    assert first.capabilities().name == "Scripted"
    first.unload()


def test_those_who_ask_at_the_same_instant_share_it_too(monkeypatch):
    begun = threading.Barrier(2)

    class Slow(HostedBackend):
        def __init__(self, target, arguments):
            with suppress(threading.BrokenBarrierError):
                begun.wait(0.3)  # for another that is being made, if there is one
            super().__init__(target, arguments)

    monkeypatch.setattr("engine.backends.hosted.HostedBackend", Slow)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(build_backend, "scripted", "twice", apart=True) for _ in range(2)]
        first, second = (one.result() for one in asked)
    assert first is second
