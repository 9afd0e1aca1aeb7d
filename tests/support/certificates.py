"""Keys and certificates as a city may bring them."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
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
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    uses = x509.KeyUsage(is_for_signing, False, not is_for_signing, False, False, False, False, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(uses, critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{len(list(folder.glob('*.p12')))}.p12"
    content = pkcs12.serialize_key_and_certificates(
        None, key, certificate, None, BestAvailableEncryption(SECRET.encode())
    )
    path.write_bytes(content)
    return path
