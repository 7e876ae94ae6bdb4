"""The scripts that set up a machine, with a fake Python in place of the real one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ["packaging/dailies", "packaging/check", "packaging/setup.sh", ".ci/run"]

FAKE_PYTHON = r"""#!/bin/sh
# Makes "virtual environments" that hold this script, and writes down what it was asked.
echo "$*" >> "$FAKE_LOG"
case "$*" in
*"version_info < (3, 11)"*) exit "${FAKE_TOO_OLD:-0}" ;;
*"import ensurepip"*) exit "${FAKE_NO_VENV:-0}" ;;
*"version_info[:2]"*) echo python3.11-venv ;;
*"get_path"*) echo "$FAKE_SITE" ;;
*"importlib.metadata"*) exit 1 ;;
"--version") echo "Python 3.11.99" ;;
"-m venv --clear "*)
    shift 3
    rm -rf "$1"; mkdir -p "$1/bin"; cp "$0" "$1/bin/python"; touch "$1/pyvenv.cfg" ;;
*"pip install"*)
    if [ -n "${FAKE_PIP_FAILS:-}" ]; then echo "$FAKE_PIP_FAILS"; exit 1; fi ;;
*"-m studio"*) for word in "$@"; do echo "<$word>"; done ;;
esac
"""


@pytest.fixture
def machine(tmp_path):
    """A copy of the scripts below a path with a space, and a PATH that finds the fake first."""
    project = tmp_path / "a clone"
    (project / "packaging").mkdir(parents=True)
    for path in (ROOT / "packaging").iterdir():
        if path.is_file():
            shutil.copy(path, project / "packaging" / path.name)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("python3", "dpkg-query"):
        fake = tools / name
        # Every Debian package counts as installed: nothing real is asked.
        fake.write_text(FAKE_PYTHON if name == "python3" else "#!/bin/sh\necho installed\n")
        fake.chmod(0o755)
    site = tmp_path / "site"
    site.mkdir()
    environment = {
        "PATH": f"{tools}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "FAKE_LOG": str(tmp_path / "log"),
        "FAKE_SITE": str(site),
    }

    def start(*words: str, cwd: Path = tmp_path, **more: str):
        return subprocess.run(
            [str(project / "packaging" / "dailies"), *words],
            env=environment | more,
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE_S,
        )

    start.project = project
    start.log = tmp_path / "log"
    start.site = site
    return start


def asked(machine) -> str:
    return machine.log.read_text() if machine.log.exists() else ""


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_shell_can_read_it(script, shell):
    subprocess.run([shell, "-n", ROOT / script], check=True)


@pytest.mark.parametrize("script", ["packaging/dailies", "packaging/check", ".ci/run"])
def test_it_may_be_run(script):
    assert os.access(ROOT / script, os.X_OK)


@pytest.fixture
def few_tools(tmp_path):
    """A PATH with what compares two fingerprints, and nothing that takes its time."""
    folder = tmp_path / "few tools"
    folder.mkdir()
    for name in ("cat", "cksum", "dirname", "readlink"):
        found = shutil.which(name, path="/usr/bin:/bin")
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def test_the_first_start_sets_up_and_the_second_does_not(machine, few_tools):
    first = machine("doctor", "--json", "a b.json")
    assert first.returncode == 0, first.stderr
    assert "Setting up Dailies" in first.stderr
    assert first.stdout.split("\n")[-4:-1] == ["<doctor>", "<--json>", "<a b.json>"]
    assert (machine.site / "dailies.pth").read_text().strip() == str(machine.project)
    machine.log.unlink()
    second = machine("doctor", PATH=str(few_tools))
    assert second.stderr == ""
    assert asked(machine).splitlines() == ["-P -m studio doctor"]


def test_what_is_installed_is_compiled_by_all_cores_at_once_when_all_is_there(machine):
    machine("doctor")
    compiling = f"-m compileall -qq -j 0 {machine.site}"
    steps = [
        line for line in asked(machine).splitlines() if "pip install" in line or "all -q" in line
    ]
    assert steps[-1] == compiling
    assert steps[:-1]
    assert all("--no-compile" in line for line in steps[:-1])
    machine.log.unlink()
    assert machine("open-weights").returncode == 0
    assert asked(machine).splitlines()[-1] == compiling


def test_changed_requirements_are_installed(machine):
    machine()
    with (machine.project / "packaging" / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    assert "Setting up" in machine().stderr


def test_an_interrupted_set_up_is_begun_anew(machine):
    failed = machine("doctor", FAKE_PIP_FAILS="something odd")
    assert failed.returncode == 1
    assert "could not be installed" in failed.stderr
    machine.log.unlink()
    assert machine("doctor").returncode == 0
    assert "-m venv --clear" in asked(machine)


def test_one_that_was_killed_while_it_cleared_its_folder_goes_on(machine):
    venv = machine.project / ".venv"
    (venv / "lib").mkdir(parents=True)
    (venv / "lib" / "half.py").touch()
    lock = venv.with_name(".venv.lock")
    lock.write_text("somebody else's\n")
    assert "holds other things" in machine("doctor").stderr
    assert (venv / "lib" / "half.py").exists()
    lock.write_text("Dailies sets this folder up.\n")
    assert machine("doctor").returncode == 0
    assert not (venv / "lib").exists()
    assert not lock.exists()


def test_what_was_whole_is_not_lost_to_an_update_without_a_network(machine):
    machine("doctor")
    kept = machine.project / ".venv" / "torch"
    kept.touch()
    with (machine.project / "packaging" / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    failed = machine("doctor", FAKE_PIP_FAILS="Temporary failure in name resolution")
    assert failed.returncode == 1
    assert "needs the network" in failed.stderr
    assert machine("doctor").returncode == 0
    assert kept.exists()


def test_a_python_that_is_named_and_cannot_be_used_is_said(machine):
    result = machine("doctor", DAILIES_PYTHON="/no/such/python")
    assert result.returncode == 1
    assert "/no/such/python, which DAILIES_PYTHON names, is no Python" in result.stderr


def test_a_python_that_not_all_is_built_for_is_the_last_to_be_taken(machine):
    tools = machine.log.parent / "tools"
    newest = tools / "python3"
    older = tools / "python3.12"
    shutil.copy(newest, older)
    text = newest.read_text().replace(
        '*"version_info < (3, 11)"*) exit',
        '*"version_info < (3, 11)"*13) exit 1 ;;\n*"version_info < (3, 11)"*) exit',
    )
    newest.write_text(text)
    assert "Python" in machine("doctor").stderr
    assert f"cp {older}" not in asked(machine)
    made = machine.project / ".venv" / "bin" / "python"
    assert made.read_text() == older.read_text()
    for version in ("3.11", "3.12", "3.13"):
        (tools / f"python{version}").write_text("#!/bin/sh\nexit 1\n")
        (tools / f"python{version}").chmod(0o755)
    again = machine("doctor", DAILIES_VENV=str(machine.log.parent / "other"))
    assert again.returncode == 0
    assert (machine.log.parent / "other" / "bin" / "python").read_text() == text


def test_what_open_weights_need_fails_in_sentences_too(machine):
    machine("doctor")
    for words, sentence in (
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: No matching distribution found for av", "no build for Python 3.11.99"),
    ):
        result = machine("open-weights", FAKE_PIP_FAILS=words)
        assert result.returncode == 1
        assert sentence in result.stderr
        assert "unbound" not in result.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("Temporary failure in name resolution", "needs the network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "hash differs"),
        ("ERROR: No matching distribution found for av", "no build for Python 3.11.99"),
    ],
)
def test_what_stops_pip_is_said(machine, words, sentence):
    result = machine("doctor", FAKE_PIP_FAILS=words)
    assert result.returncode == 1
    assert sentence in result.stderr


def test_no_python_gets_a_sentence(machine):
    result = machine(FAKE_TOO_OLD="1", PATH=_only_old_pythons(machine))
    assert result.returncode == 1
    assert "Python 3.11 or newer is needed" in result.stderr


def _only_old_pythons(machine) -> str:
    """A PATH on which every Python is the fake one."""
    tools = machine.log.parent / "tools"
    for version in (11, 12, 13):
        shutil.copy(tools / "python3", tools / f"python3.{version}")
    (tools / "apt-get").write_text("#!/bin/sh\nexit 1\n")
    (tools / "apt-get").chmod(0o755)
    return f"{tools}:/usr/bin:/bin"


def test_no_venv_module_gets_a_sentence(machine):
    result = machine(FAKE_NO_VENV="1", PATH=_only_old_pythons(machine))
    assert result.returncode == 1
    assert "venv module is missing" in result.stderr
    assert "python3.11-venv" in result.stderr


def test_a_folder_with_other_things_is_never_touched(machine, tmp_path):
    home = tmp_path / "precious"
    home.mkdir()
    (home / "film.txt").write_text("mine")
    result = machine(DAILIES_VENV=str(home))
    assert result.returncode == 1
    assert "holds other things" in result.stderr
    assert [path.name for path in home.iterdir()] == ["film.txt"]


def test_another_place_can_be_named(machine, tmp_path):
    place = tmp_path / "else where" / "venv"
    assert machine("doctor", DAILIES_VENV=str(place)).returncode == 0
    assert (place / ".dailies-run").exists()
    assert machine("doctor", DAILIES_VENV="beside", cwd=tmp_path).returncode == 0
    assert (tmp_path / "beside" / ".dailies-run").exists()


def test_two_at_once_wait_for_each_other(machine):
    lock = machine.project / ".venv.lock"
    holder = subprocess.Popen(
        ["flock", str(lock), "sh", "-c", "echo held; read line"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    waiting = subprocess.Popen(
        [str(machine.project / "packaging" / "dailies"), "doctor"],
        env={
            "PATH": f"{machine.log.parent / 'tools'}:/usr/bin:/bin",
            "FAKE_LOG": str(machine.log),
            "FAKE_SITE": str(machine.site),
        },
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert "Another set-up" in waiting.stderr.readline()
    assert "venv" not in asked(machine)
    holder.communicate("go\n", timeout=PATIENCE_S)
    assert "Set up." in waiting.communicate(timeout=PATIENCE_S)[1]
    assert waiting.returncode == 0
