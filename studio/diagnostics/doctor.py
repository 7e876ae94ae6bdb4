"""What this machine has and lacks for making films, in words."""

from __future__ import annotations

import argparse
import json
import shutil
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from engine.errors import MediaError
from studio.diagnostics import installed, machine, models, surroundings
from studio.diagnostics.findings import Finding, Verdict

Look = Callable[[], Finding]
LOOKS: tuple[Look, ...] = (
    machine.python,
    machine.processor,
    machine.memory,
    machine.disk,
    machine.folders,
    installed.libraries,
    installed.files,
    surroundings.packages,
    surroundings.qt,
    surroundings.sound,
    installed.media,
    installed.deliveries,
    installed.finishing,
    installed.credentials,
    installed.comparison,
    models.language_encoder,
    models.weights,
    models.engine,
    installed.open_weights,
    machine.torch_build,
    machine.accelerator,
)
"""Cheap ones first."""


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


def examine(looks: tuple[Look, ...] = LOOKS) -> Iterator[Finding]:
    """Look at everything. A look that fails becomes a finding itself."""
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


def _write_json(path: Path, findings: list[Finding]) -> None:
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_text(json.dumps([asdict(finding) for finding in findings], indent=2), "utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise MediaError(f"{path} could not be written: {error.strerror}.") from error
