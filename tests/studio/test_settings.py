import json
import stat

from studio.settings import Settings, SettingsFile


def test_settings_survive_and_are_private(tmp_path):
    file = SettingsFile(tmp_path / "deep" / "settings.json")
    file.opened(tmp_path / "one")
    file.opened(tmp_path / "two")
    file.opened(tmp_path / "one")
    file.change(keymap="avid", keys={"shot.preview": ["G"]})
    again = SettingsFile(file.path).value
    assert again == file.value
    assert again.recent == (str(tmp_path / "one"), str(tmp_path / "two"))
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_unreadable_settings_are_put_aside(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text("{nonsense", encoding="utf-8")
    assert SettingsFile(path).value == Settings()
    assert path.with_name("settings.json.unreadable").exists()


def test_values_of_a_wrong_kind_are_left_out(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"keymap": 7, "recent": "x", "toured": True}), encoding="utf-8")
    assert SettingsFile(path).value == Settings(toured=True)


def test_what_another_window_has_changed_meanwhile_stays(tmp_path):
    one, two = (SettingsFile(tmp_path / "settings.json") for _ in range(2))
    one.change(keys={"shot.preview": ["G"]}, licences=("read",))
    two.change(geometry="here")
    assert SettingsFile(one.path).value == two.value
    assert (two.value.keys, two.value.licences) == ({"shot.preview": ["G"]}, ("read",))


def test_settings_that_cannot_be_written_hold_for_this_sitting(tmp_path):
    file = SettingsFile(tmp_path / "settings.json")
    file.change(keymap="avid")
    part = tmp_path / "settings.json.new"
    part.mkdir()  # in the way of every writer, even of one who may do anything
    file.change(toured=True)
    file.change(look="light")
    assert file.value == Settings(keymap="avid", toured=True, look="light")
    assert SettingsFile(file.path).value == Settings(keymap="avid")
    part.rmdir()
    file.change(scale="2")
    assert SettingsFile(file.path).value == file.value
    file.path.write_text("{nonsense", encoding="utf-8")
    assert file.change(toured=False).keymap == "avid"
