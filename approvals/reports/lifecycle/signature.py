"""Signs with the city's key and reads signatures. The only importer of pyHanko, loaded on demand."""

import asyncio
import hashlib
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import cms, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import extract_certificate_info, extract_signer_info
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from approvals.reports.lifecycle.file_metadata import Certificate, Signature, SignatureReason, UnusableKey

FIELD = "Seal"
DIGESTS = ("sha256", "sha384", "sha512")
FOR_SIGNING = {"digital_signature", "non_repudiation"}  # uses of a key; a certificate that names none allows all
LONGEST = 32 * 1024  # bytes of a signature; ours take some two thousand


class Seal:
    """The key and certificate out of a PKCS#12 file; UnusableKey when it is none, or does not open or sign."""

    def __init__(self, path: Path, password: str) -> None:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnusableKey(f"the file cannot be read ({error.strerror})") from None
        self._signer = _opened(content, password)
        self.certificate = _certificate(self._signer.signing_cert)
        self._test()

    def sign(self, pdf: bytes, at: datetime, reason: SignatureReason) -> bytes:
        """These bytes and a signature (PAdES baseline B) after them, which allows no change of the document."""
        about = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            name=self.certificate.name,
            reason=reason.why,
            location=reason.where,
            contact_info=reason.contact or None,
        )
        signer = _SignerAt(about, self._signer, new_field_spec=SigFieldSpec(FIELD, readable_field_name=reason.why))
        signer.at = at
        return bytes(signer.sign_pdf(_Appending(BytesIO(pdf))).getvalue())

    def _test(self) -> None:
        trial = b"trial"
        try:
            signed = asyncio.run(self._signer.async_sign_general_data(trial, "sha256"))
        except Exception:  # the message of any error may disclose the key
            raise UnusableKey("its key does not sign") from None
        signature = read_signature(signed.dump(), [trial])
        if signature is None or not signature.is_intact:
            raise UnusableKey("its key and its certificate do not belong together")


class _Appending(IncrementalPdfFileWriter):
    """Leaves title, producer and the archive's mark as they were printed, where pyHanko would write its own."""

    def _update_meta(self) -> None:
        """The metadata stay as they were printed."""


class _SignerAt(PdfSigner):
    """Signs with the moment that it is given, not the machine's."""

    at: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


def _opened(content: bytes, password: str) -> SimpleSigner:
    try:
        signer = SimpleSigner.load_pkcs12_data(content, other_certs=(), passphrase=password.encode() or None)
    except Exception:  # what it says may hold parts of the file
        raise UnusableKey("it is no PKCS#12 file with a key and its certificate, or the password is wrong") from None
    uses = signer.signing_cert.key_usage_value
    if uses is not None and FOR_SIGNING.isdisjoint(uses.native):
        raise UnusableKey("its certificate is not meant for signing (keyUsage)")
    return signer


def _certificate(certificate: x509.Certificate) -> Certificate:
    subject: dict[str, Any] = certificate.subject.native
    name = subject.get("common_name") or subject.get("organization_name") or certificate.subject.human_friendly
    validity = certificate["tbs_certificate"]["validity"]
    sha256 = hashlib.sha256(certificate.dump()).hexdigest()
    return Certificate(str(name), sha256, validity["not_before"].native, validity["not_after"].native)


def read_signature(content: bytes, covered: Iterable[bytes | memoryview]) -> Signature | None:
    """Whose signature this is, and whether it fits what it covers; None for what is no signature."""
    try:
        return _read(content[:LONGEST], covered)
    except Exception:  # a stranger's bytes may make the reader stumble anywhere
        return None


def _read(content: bytes, covered: Iterable[bytes | memoryview]) -> Signature | None:
    signed = cms.ContentInfo.load(content)["content"]
    signer, certificate = extract_signer_info(signed), extract_certificate_info(signed).signer_cert
    name = signer["digest_algorithm"]["algorithm"].native
    if name not in DIGESTS:
        return None
    digest = hashlib.new(name)
    for part in covered:
        digest.update(part)
    fits, is_valid = validate_sig_integrity(signer, certificate, "data", digest.digest())
    return Signature(_certificate(certificate), fits and is_valid)
