"""Certificates that a director could have of their own, made for tests."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import Name, NameAttribute
from cryptography.x509.oid import NameOID

from studio.export import credentials_certificate as certificates


def certified(folder, key, name):
    """A director's own certificate: a root that nobody here knows, and one signed by it."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = certificates._names("Rain Pictures (root)")
    root = certificates._certificate(
        root_name, root_name, root_key.public_key(), root_key, root=True
    )
    own = certificates._certificate(
        Name([NameAttribute(NameOID.COMMON_NAME, name),
              NameAttribute(NameOID.ORGANIZATION_NAME, "Rain Pictures")]),
        root_name, key.public_key(), root_key, root=False,
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    (folder / "own.pem").write_bytes(own.public_bytes(pem) + root.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "own.key").write_bytes(secret)
    return ["--certificate", str(folder / "own.pem"), "--key", str(folder / "own.key")]


KEYS = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "RSA": lambda: rsa.generate_private_key(65_537, 2_048),
}
