"""Keys and certificates, self-signed: for documents as a city may bring them, and for a server on this machine."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from tests.support.builders import NOW

SECRET = "口令 pass-word"
YEAR = timedelta(days=365)


def a_key(
    folder: Path,
    name: str = "攀枝花市督查办",
    *,
    begins: datetime = NOW - YEAR,
    ends: datetime = NOW + YEAR,
    is_for_signing: bool = True,
    is_rsa: bool = False,
) -> Path:
    """A PKCS#12 file with a key and its self-signed certificate, opened by SECRET."""
    key = rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
    uses = x509.KeyUsage(is_for_signing, False, not is_for_signing, False, False, False, False, False, False)
    certificate = _of_itself(name, key, begins, ends).add_extension(uses, critical=True).sign(key, hashes.SHA256())
    path = folder / f"{len(list(folder.glob('*.p12')))}.p12"
    content = pkcs12.serialize_key_and_certificates(
        None, key, certificate, None, BestAvailableEncryption(SECRET.encode())
    )
    path.write_bytes(content)
    return path


def a_certificate(folder: Path, host: str = "127.0.0.1") -> tuple[Path, Path]:
    """The files of a certificate for this host and of its key."""
    key, now, day = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC), timedelta(days=1)
    certificate = (
        _of_itself(host, key, now - day, now + day)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / f"{host}.pem", folder / f"{host}.key"
    pem.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return pem, private


def _of_itself(name: str, key: Any, begins: datetime, ends: datetime) -> x509.CertificateBuilder:
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(key.public_key())
    return builder.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
