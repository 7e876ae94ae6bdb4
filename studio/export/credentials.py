"""Content credentials (C2PA 2.2) of a film: signed into it, and read and checked from it.

The library is loaded only when it is needed. It fetches nothing: no remote manifests, no lists of
certificates, no time stamps.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from studio.export.credentials_certificate import SELF_MADE, Identity
from studio.export.credentials_ingredients import Ingredient, ingredients_of
from studio.export.passing import Passing
from studio.export.presets import ExportError
from studio.export.provenance import Manifest, Origin
from studio.wording import term, tr

_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPES: dict[Origin, str] = {
    "generated": _TERMS + "trainedAlgorithmicMedia",
    "mixed": _TERMS + "compositeWithTrainedAlgorithmicMedia",
    "recorded": _TERMS + "composite",
}
"""What the C2PA's actions say of where pictures come from, in the IPTC's words."""

_POINT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
"""A PNG of one point."""

_TYPES = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".wav": "audio/wav",
    ".gif": "image/gif",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}


NO_HOLDER = term(
    "Content credentials go into MP4, MOV, WAV and GIF files, not into others or folders."
)

_MEANINGS = {
    "Trusted": term("whole, and signed by somebody known"),
    "Valid": term("whole: nothing was changed since; who signed them is not vouched for"),
}
_BROKEN = term("not valid: the file was changed since, or badly signed")


class CredentialsError(ExportError):
    """Credentials that cannot be made or read; ``str`` is the sentence."""


@dataclass(frozen=True, kw_only=True)
class IngredientFound:
    """Something that a file was made of, as its credentials say.

    Attributes:
        signer: of its own credentials, which went into those of the file; ``None`` without any.
        faults: what was wrong with its own when it was taken in, in the library's codes; that
            nobody vouches for the signer is no fault.
    """

    title: str
    description: str = ""
    signer: str | None = None
    faults: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """It and the worth of its own credentials, on a line."""
        told = f"{self.title}: {self.description}" if self.description else self.title
        if self.signer is None:
            return told
        worth = "not valid" if self.faults else "whole"
        return f"{told}; has credentials of its own, signed by {self.signer}, {worth}"


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What the credentials of a file say.

    Attributes:
        self_made: the certificate was made by this program, and nobody vouches for it.
        state: ``Trusted`` by somebody known, ``Valid`` but signed by somebody unknown, or
            ``Invalid``: changed since, or badly signed.
        faults: what is wrong with them, in the library's own codes.
        report: all of it, as the library has it.
    """

    state: str
    signer: str
    self_made: bool
    title: str
    source_type: str
    ingredients: tuple[IngredientFound, ...]
    faults: tuple[str, ...]
    report: Mapping[str, Any]

    @property
    def words(self) -> str:
        """What they are worth, as a sentence."""
        if self.state != "Invalid" and self.self_made:
            return tr(
                "Content credentials, signed by {signer}: whole, nothing was changed "
                "since. The certificate was made on the signer's own machine; nobody "
                "vouches for the name.",
                signer=self.signer,
            )
        return tr(
            "Content credentials, signed by {signer}: {meaning}.",
            signer=self.signer or tr("nobody named"),
            meaning=tr(_MEANINGS.get(self.state, _BROKEN)),
        )


def can_hold(path: Path) -> bool:
    """Whether a file of this name can hold credentials."""
    return path.suffix.lower() in _TYPES


def sign(
    path: Path,
    manifest: Manifest,
    identity: Identity,
    tell: Callable[[float], None] = lambda _share: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Credentials:
    """Put signed credentials into the file at ``path``, then read and check them.

    The signed file is written beside it and takes its place once it is found to be whole.

    Args:
        path: of the file.
        manifest: what it is made of.
        identity: who signs.
        tell: told which share is done, from 0 to 1: it is written and read as often as it is long.
        stopped: asked whenever a piece of the file passes.

    Raises:
        CredentialsError: if it cannot be signed or was stopped; the file is as it was.
    """
    if path.is_dir() or not can_hold(path):
        raise CredentialsError(
            tr("{name} was not signed: {no_holder}", name=path.name, no_holder=tr(NO_HOLDER))
        )
    c2pa = _library()
    ingredients = ingredients_of(manifest)
    part = path.with_name(path.stem + ".signed.part" + path.suffix)
    try:
        # It is written once and read once more; that the source is read beside it says nothing new.
        passing = Passing(2 * path.stat().st_size, tell, stopped)
        with (
            c2pa.Context.from_dict(_settings(identity)) as context,
            _signer(c2pa, identity) as signer,
            c2pa.Builder(_claim(path, manifest, ingredients), context) as builder,
            path.open("rb") as source,
            part.open("w+b") as target,
        ):
            for one in ingredients:
                passing.go_on()
                one.added_to(builder, c2pa.C2paError)
            kind = _TYPES[path.suffix.lower()]
            watched = passing.through(source, counted=False)
            builder.sign(signer, kind, watched, passing.through(target))
            target.flush()
            os.fsync(target.fileno())
        found = _held(path.name, read_credentials(part, identity, passing))
        part.replace(path)
    except (OSError, c2pa.C2paError, CredentialsError) as error:
        if stopped():
            words = tr("Signing was stopped: {name} is whole, but not signed.", name=path.name)
            raise CredentialsError(words) from error
        if isinstance(error, CredentialsError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise CredentialsError(
            tr("{name} was not signed: {reason}.", name=path.name, reason=reason)
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return found


def _held(name: str, found: Credentials | None) -> Credentials:
    if found is None or found.state == "Invalid":
        faults = ", ".join(found.faults) if found else "nothing was written"
        raise CredentialsError(
            tr("The credentials of {name} did not hold: {faults}.", name=name, faults=faults)
        )
    return found


def try_out(identity: Identity) -> None:
    """See that ``identity`` can sign, by a picture of one point.

    Raises:
        CredentialsError: if it cannot, with the library's reason.
    """
    c2pa = _library()
    made = {"action": "c2pa.created", "digitalSourceType": _TERMS + "digitalCreation"}
    claim = {
        "claim_generator_info": [{"name": "Dailies"}],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [made]}, "created": True},
        ],
    }
    source, target = BytesIO(base64.b64decode(_POINT)), BytesIO()
    try:
        with (
            c2pa.Context.from_dict(_settings(identity)) as context,
            _signer(c2pa, identity) as signer,
            c2pa.Builder(claim, context) as builder,
        ):
            builder.sign(signer, "image/png", source, target)
            target.seek(0)
            with c2pa.Reader("image/png", target, context=context) as reader:
                state = reader.get_validation_state()
    except c2pa.C2paError as error:
        raise CredentialsError(
            tr("Nothing can be signed with this certificate: {error}.", error=error)
        ) from error
    if state == "Invalid":
        raise CredentialsError(
            tr(
                "What is signed with this certificate does not hold; ask whoever issued it for one "
                "that may sign content credentials (C2PA)."
            )
        )


def _signer(c2pa: Any, identity: Identity) -> Any:
    return c2pa.Signer.from_info(
        c2pa.C2paSignerInfo(
            alg=identity.algorithm.encode(),
            sign_cert=identity.chain,
            private_key=identity.key,
            ta_url=None,
        )
    )


def read_credentials(
    path: Path, identity: Identity | None = None, passing: Passing | None = None
) -> Credentials | None:
    """The credentials in a file, checked; ``None`` where it has none or can have none.

    Args:
        path: of the file.
        identity: whose certificates count as known, beside nobody's.
        passing: told what of the file is read.

    Raises:
        CredentialsError: if there are some that cannot be read.
    """
    if not can_hold(path):
        return None
    c2pa = _library()
    try:
        with (
            c2pa.Context.from_dict(_settings(identity)) as context,
            path.open("rb") as file,
        ):
            watched = file if passing is None else passing.through(file)
            reader = c2pa.Reader.try_create(_TYPES[path.suffix.lower()], watched, context=context)
            if reader is None:
                return None
            with reader:
                return _credentials(json.loads(reader.json()), reader.get_validation_state())
    except OSError as error:
        raise CredentialsError(
            tr("{name} cannot be read: {value}.", name=path.name, value=error.strerror or error)
        ) from error
    except (c2pa.C2paError, ValueError) as error:
        raise CredentialsError(
            tr(
                "The content credentials of {name} cannot be read: {error}.",
                name=path.name,
                error=error,
            )
        ) from error


def _library() -> Any:
    try:
        return importlib.import_module("c2pa")
    except (ImportError, OSError, RuntimeError) as error:
        raise CredentialsError(
            tr("Content credentials need the package c2pa-python, which is not installed here.")
        ) from error


def _settings(identity: Identity | None) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "verify": {
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
            "verify_trust": True,
            "verify_after_sign": False,
        },
        "builder": {"thumbnail": {"enabled": False}},
    }
    if identity is not None and identity.anchor:
        settings["trust"] = {"user_anchors": identity.anchor.decode()}
    return settings


def _claim(path: Path, manifest: Manifest, ingredients: tuple[Ingredient, ...]) -> dict[str, Any]:
    """The claim: what was done, of what, and our own manifest whole."""
    body = manifest.body
    placed = [one.label for one in ingredients if one.is_placed]
    given = [one.label for one in ingredients if not one.is_placed]
    actions: list[dict[str, Any]] = [
        {
            "action": "c2pa.created",
            "digitalSourceType": SOURCE_TYPES[manifest.origin],
            "softwareAgent": {"name": str(body["made_by"])},
            "description": "The film was assembled and rendered from its cut.",
            **({"parameters": {"ingredientIds": given}} if given else {}),
        }
    ]
    if placed:
        actions.append({"action": "c2pa.placed", "parameters": {"ingredientIds": placed}})
    return {
        "claim_generator_info": [{"name": str(body["made_by"])}],
        "title": path.name,
        "format": _TYPES[path.suffix.lower()],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": actions}, "created": True},
            {"label": "org.dailies.provenance", "data": dict(body)},
        ],
    }


def _credentials(report: dict[str, Any], state: str | None) -> Credentials:
    active = report.get("manifests", {}).get(report.get("active_manifest"), {})
    signature: Any = active.get("signature_info") or {}
    results = report.get("validation_results", {}).get("activeManifest", {})
    faults = [str(one.get("code")) for one in results.get("failure", [])]
    return Credentials(
        state=state or "Invalid",
        signer=str(signature.get("common_name") or signature.get("issuer") or ""),
        self_made=signature.get("issuer") == SELF_MADE,
        title=str(active.get("title", "")),
        source_type=_source_type(active),
        ingredients=tuple(_ingredient(report, one) for one in active.get("ingredients", [])),
        faults=tuple(faults),
        report=report,
    )


def _ingredient(report: dict[str, Any], one: dict[str, Any]) -> IngredientFound:
    own: Any = report.get("manifests", {}).get(one.get("active_manifest"))
    signature: Any = {} if own is None else own.get("signature_info") or {}
    results: Any = one.get("validation_results", {}).get("activeManifest", {})
    codes = [str(fault.get("code")) for fault in results.get("failure", [])]
    return IngredientFound(
        title=str(one.get("title", "")),
        description=str(one.get("description", "")),
        signer=None
        if own is None
        else str(signature.get("common_name") or signature.get("issuer") or "nobody named"),
        faults=tuple(code for code in codes if code != "signingCredential.untrusted"),
    )


def _source_type(active: dict[str, Any]) -> str:
    for assertion in active.get("assertions", []):
        data = cast("dict[str, Any]", assertion.get("data") or {})
        actions: list[Any] = data.get("actions") or []
        for action in actions:
            if action.get("digitalSourceType"):
                return str(action["digitalSourceType"]).rsplit("/", 1)[-1]
    return ""
