"""The certificate that credentials are signed with: the director's, or one made here on request.

One made here is vouched for by nobody: whoever checks a film sees that it was not changed since,
and that the name in it is the maker's own word.
"""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from studio.export.presets import ExportError
from studio.wording import tr

_KEY = "credentials.key"
_CHAIN = "credentials.pem"
_YEARS = 5
_ALGORITHMS = {
    "secp256r1": "es256",
    "secp384r1": "es384",
    "secp521r1": "es512",
    "Ed25519": "ed25519",
    "RSA": "ps256",
}
SELF_MADE = "self-made by Dailies"


class CertificateError(ExportError):
    """A certificate that cannot be used or made; ``str`` is the sentence."""


class EndedError(CertificateError):
    """A certificate whose time is over."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who signs.

    Attributes:
        chain: certificates in PEM, the signer's first.
        key: the signer's private key in PEM.
        algorithm: that its kind of key signs by, in C2PA's words.
        anchor: the root that vouches for it, in PEM; empty where others know it.
        self_made: it was made here, and nobody vouches for it.
    """

    chain: bytes
    key: bytes
    algorithm: str = "es256"
    anchor: bytes = b""
    self_made: bool = False

    @property
    def words(self) -> str:
        """What its signature is worth, as a sentence."""
        if self.self_made:
            return tr(
                "Signed with a certificate made on this machine: it shows that the film was not "
                "changed since, not who made it."
            )
        return tr("Signed with your own certificate.")


def load_identity(chain: Path, key: Path) -> Identity:
    """The director's own certificate and key, in PEM.

    Raises:
        CertificateError: if one of them cannot be used.
    """
    try:
        held, secret = chain.read_bytes(), key.read_bytes()
    except OSError as error:
        raise CertificateError(
            tr(
                "{filename} cannot be read: {strerror}.",
                filename=error.filename,
                strerror=error.strerror,
            )
        ) from error
    if b"BEGIN CERTIFICATE" not in held:
        raise CertificateError(
            tr("{name} holds no certificate; it should be a PEM file.", name=chain.name)
        )
    if b"PRIVATE KEY" not in secret:
        raise CertificateError(
            tr("{name} holds no private key; it should be a PEM file.", name=key.name)
        )
    private = _private_key(key.name, secret)
    algorithm = _algorithm(key.name, private)
    _check_pair(chain.name, held, key.name, private)
    return Identity(chain=held, key=secret, algorithm=algorithm)


def _check_pair(name: str, chain: bytes, key_name: str, private: Any) -> None:
    """See that a certificate is one, holds today, and is that of the key."""
    try:
        own = _library("x509").load_pem_x509_certificate(chain)
    except ValueError as error:
        raise CertificateError(
            tr("{name} holds no certificate that can be read.", name=name)
        ) from error
    if own.public_key() != private.public_key():
        raise CertificateError(
            tr(
                "The key {key_name} is not that of the certificate {name}; choose the "
                "two that belong together. In a chain the signer's own certificate "
                "stands first.",
                key_name=key_name,
                name=name,
            )
        )
    ends = own.not_valid_after_utc
    if ends < datetime.now(UTC):
        raise EndedError(
            tr(
                "The certificate {name} ended on {ends:%Y-%m-%d}; use a newer one.",
                name=name,
                ends=ends,
            )
        )


def _private_key(name: str, secret: bytes) -> Any:
    """The key of a PEM file.

    Raises:
        CertificateError: if it cannot be read.
    """
    serialization = _library("hazmat.primitives.serialization")
    try:
        return serialization.load_pem_private_key(secret, None)
    except TypeError as error:
        raise CertificateError(
            tr(
                "{name} is locked by a password; save the key without one and choose that.",
                name=name,
            )
        ) from error
    except ValueError as error:
        raise CertificateError(
            tr("{name} holds no private key that can be read.", name=name)
        ) from error


def _algorithm(name: str, key: Any) -> str:
    """How a key signs (C2PA 2.2, section 13.2).

    Raises:
        CertificateError: if it signs in no way that is allowed.
    """
    curve = getattr(getattr(key, "curve", None), "name", "")
    kind = curve or type(key).__name__
    for start, algorithm in _ALGORITHMS.items():
        if kind.startswith(start):
            return algorithm
    raise CertificateError(
        tr(
            "{name} is a key of a kind that content credentials do not use; use "
            "one of P-256, P-384, P-521, Ed25519 or RSA.",
            name=name,
        )
    )


def local_identity(folder: Path, name: str) -> Identity:
    """The certificate made on this machine; made now, where there is none that still holds.

    Args:
        folder: where it is kept; only its owner may read the key.
        name: whose it claims to be.

    Raises:
        CertificateError: if it can neither be read nor made.
    """
    chain, key = folder / _CHAIN, folder / _KEY
    if not (chain.is_file() and key.is_file()):
        _store(folder, *_made(name))
    try:
        own = load_identity(chain, key)
    except EndedError:
        _store(folder, *_made(name))
        own = load_identity(chain, key)
    parts = own.chain.split(b"-----BEGIN CERTIFICATE-----")
    root = b"-----BEGIN CERTIFICATE-----" + parts[-1]
    return replace(own, anchor=root, self_made=True)


def _store(folder: Path, chain: bytes, key: bytes) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in ((_KEY, key), (_CHAIN, chain)):
            part = folder / f"{name}.part"
            part.unlink(missing_ok=True)
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            part.replace(folder / name)
    except OSError as error:
        raise CertificateError(
            tr(
                "The certificate could not be kept in {folder}: {value}.",
                folder=folder,
                value=error.strerror or error,
            )
        ) from error


def _library(name: str) -> Any:
    try:
        return importlib.import_module(f"cryptography.{name}")
    except ImportError as error:
        raise CertificateError(
            tr("Making a certificate needs the package cryptography, which is not installed here.")
        ) from error


def _made(name: str) -> tuple[bytes, bytes]:
    """A chain of two (C2PA refuses certificates that sign themselves), and the signer's key."""
    serialization = _library("hazmat.primitives.serialization")
    ec = _library("hazmat.primitives.asymmetric.ec")
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _names(f"{name} ({SELF_MADE}, root)")
    root = _certificate(root_name, root_name, root_key.public_key(), root_key, root=True)
    own_name = _names(f"{name} ({SELF_MADE})")
    own = _certificate(own_name, root_name, key.public_key(), root_key, root=False)
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return own.public_bytes(pem) + root.public_bytes(pem), secret


def _names(name: str) -> Any:
    x509 = _library("x509")
    oid = x509.oid.NameOID
    return x509.Name(
        [
            x509.NameAttribute(oid.COMMON_NAME, name[:64]),
            x509.NameAttribute(oid.ORGANIZATION_NAME, SELF_MADE),
        ]
    )


def _certificate(subject: Any, issuer: Any, public: Any, signing: Any, *, root: bool) -> Any:
    """A certificate as C2PA's profile asks for (section 14.5 of the specification)."""
    x509 = _library("x509")
    hashes = _library("hazmat.primitives.hashes")
    start = datetime.now(UTC) - timedelta(minutes=5)
    usage = x509.KeyUsage(
        digital_signature=not root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=root,
        crl_sign=root,
        encipher_only=False,
        decipher_only=False,
    )
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(authority, critical=False)
    )
    if not root:
        purposes = [x509.oid.ExtendedKeyUsageOID.EMAIL_PROTECTION]
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return builder.sign(signing, hashes.SHA256())
