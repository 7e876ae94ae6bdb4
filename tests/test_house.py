"""Rules of the house that no other tool holds."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "studio")
SEAM = {"api", "errors", "media", "plain", "rooms", "shapes", "__main__"}
LINES = 400
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager"}
# Spelled in pieces, so that this file may hold them.
FORBIDDEN_TEXT = (
    re.compile("/wor" + r"k/(main|shared|\.library)"),
    re.compile("py" + r"pi\.org|python" + r"hosted|download\.py" + r"torch|registry\.npm" + "js"),
    re.compile("/root/" + r"\w"),
)
QT_ALLOWED = (
    "studio/bridge/",
    "studio/ui/",
    "studio/playback/player.py",
    "studio/app.py",
    "studio/bench.py",
)
TEXT_SUFFIXES = {".py", ".md", ".toml", ".sh", ".txt", ".json", ".yml", ".yaml", ".cfg", ""}


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("not a clone")
    paths = (ROOT / name for name in listing.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imports(path: Path) -> Iterator[str]:
    """Every module that ``path`` names in an import, at any depth."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_is_too_long():
    long = {
        short(path): lines
        for path in python_files(*PACKAGES, "tests")
        if (lines := len(path.read_text("utf-8").splitlines())) > LINES
    }
    assert not long, f"more than {LINES} lines; split by subject"


def test_every_module_and_package_says_what_it_is():
    silent = [
        short(path)
        for path in python_files(*PACKAGES)
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent


def test_every_folder_of_code_is_a_package():
    folders = {path.parent for path in python_files(*PACKAGES)}
    assert not [short(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_names_say_what_a_module_is_about():
    vague = [short(path) for path in python_files(*PACKAGES) if path.stem in FORBIDDEN_NAMES]
    assert not vague


def test_no_mocks():
    mocking = [
        short(path)
        for path in python_files("tests")
        if any(name.startswith(("unittest.mock", "mock.")) for name in imports(path))
    ]
    assert not mocking, "write a scripted fake"


@pytest.fixture(scope="module")
def shared():
    return "by the tests of this module"


def test_what_a_module_shares_is_made_by_one_worker(request, shared):
    """Workers are told by the ids of tests which of them are to stay together."""
    if request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@tests/test_house.py")


def test_tests_do_not_sleep():
    sleeping = [
        f"{short(path)}:{node.lineno}"
        for path in python_files("tests")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep")
    ]
    assert not sleeping, "wait for what is waited for, with a limit"


def test_qt_stays_where_it_belongs():
    strays = [
        short(path)
        for path in python_files(*PACKAGES)
        if not short(path).startswith(QT_ALLOWED)
        and any(name.split(".")[0] == "PySide6" for name in imports(path))
    ]
    # The doctor loads Qt by name, to say whether it can be loaded.
    assert not strays


def test_the_world_needs_numbers_only():
    allowed = {"numpy", "torch", "cv2"}
    for path in python_files("engine/world"):
        for name in imports(path):
            top = name.split(".")[0]
            if top == "engine":
                assert name.startswith(("engine.world", "engine.shapes", "engine.errors")), (
                    f"{short(path)} imports {name}"
                )
            else:
                assert top in allowed or not _is_installed(top), f"{short(path)} imports {name}"


def _is_installed(name: str) -> bool:
    """Whether a module is a third party's."""
    import sys

    return name not in sys.stdlib_module_names


def test_the_contracts_name_every_module():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    protected = {
        name
        for contract in contracts["contracts"]
        if contract["type"] == "protected"
        for name in contract["protected_modules"]
    }
    behind = {
        f"engine.{path.stem}"
        for path in (ROOT / "engine").iterdir()
        if (path.is_dir() and (path / "__init__.py").exists()) or path.suffix == ".py"
    }
    behind -= {f"engine.{name}" for name in SEAM} | {"engine.__init__"}
    assert behind <= protected, "add them to the protected modules in pyproject.toml"


def test_no_text_names_a_place_outside():
    found = []
    for path in tracked():
        if path.suffix not in TEXT_SUFFIXES or path.stat().st_size > 2**20:
            continue
        text = path.read_text("utf-8", errors="replace")
        found += [f"{short(path)}: {rule.pattern}" for rule in FORBIDDEN_TEXT if rule.search(text)]
    assert not found


def test_the_tracked_tree_stays_small():
    sizes = {path: path.stat().st_size for path in tracked()}
    assert sum(sizes.values()) <= 50e6
    weights = ROOT / "assets" / "weights"
    assert sum(size for path, size in sizes.items() if weights in path.parents) <= 32e6


def test_versions_are_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(line for extra in extras for line in extra)]
    pins: dict[str, str] = {}
    for path in sorted((ROOT / "packaging").glob("requirements*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if match := re.match(r"([A-Za-z0-9._-]+)==([^\s\\]+)", line):
                pins[_normal(match[1])] = match[2]
    for line in asked:
        name, version = line.split("==")
        assert pins.get(_normal(name)) == version, f"{name} differs in packaging/"
    from studio import VERSION

    assert project["version"] == VERSION


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
