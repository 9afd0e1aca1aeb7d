"""Signs a printed document with the city's certificate, where there is one, and reads signatures."""

import importlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from approvals.base.errors import Refused
from approvals.base.i18n import N_, in_language
from approvals.base.i18n import gettext as _
from approvals.base.moments import day_of
from approvals.base.service import settings_in_use
from approvals.base.settings import Settings
from approvals.pdf.rendered import RenderedPdf
from approvals.reports.lifecycle.file_metadata import (
    Certificate,
    Signature,
    SignatureReason,
    UnusableKey,
    signature_position,
)
from workflows.config.city import load_city

SIGNED_IN = "zh_Hans"  # the language of issued reports
SEAL = "approvals.reports.lifecycle.signature"  # loaded on demand: its libraries are large, an extra

_log = logging.getLogger(__name__)


class CannotSign(Refused):
    """The city has a certificate, and it is of no use at this moment."""


def signed(printing: Callable[[], RenderedPdf], at: datetime) -> RenderedPdf:
    """What this prints, with the city's signature after its bytes; as it is where the city has no certificate.

    CannotSign, before anything is printed, when the certificate does not hold at this moment or cannot be used.
    """
    key = settings_in_use().signing_key
    if key is None:
        return printing()
    seal = _usable_seal(key, settings_in_use().signing_password, at)
    printed = printing()
    by = {"name": seal.certificate.name, "certificate": seal.certificate.sha256, "printed_bytes": len(printed.pdf)}
    pdf = seal.sign(printed.pdf, at, _reason())
    return replace(printed, pdf=pdf, made_with=printed.made_with | {"signed": by})


def _usable_seal(key: Path, password: str, at: datetime) -> Any:
    try:
        seal = opened_seal(key, password)
    except UnusableKey as error:
        _log.error("no paper can be signed: %s", error)
        raise CannotSign(
            N_("The document cannot be signed because the city's signing key is unusable. Nothing was issued.")
        ) from None
    if not seal.certificate.holds_at(at):
        first, last = day_of(seal.certificate.from_at), day_of(seal.certificate.until_at)
        message = N_(
            "The city's certificate is valid from %(first)s to %(last)s. The document was neither signed nor issued."
        )
        raise CannotSign(message, first=first, last=last)
    return seal


def _reason() -> SignatureReason:
    with in_language(SIGNED_IN):
        why = _("Issued by the supervision office of the municipal government")
    return SignatureReason(why, load_city().name.zh, settings_in_use().public_url)


def certificate_in_use(settings: Settings) -> Certificate | None:
    """The certificate that this installation signs with, None without a key; UnusableKey when the key is no use."""
    return opened_seal(settings.signing_key, settings.signing_password).certificate if settings.signing_key else None


def opened_seal(key: Path, password: str) -> Any:
    """The key in this file, read again when the file has changed; UnusableKey says why there is none."""
    try:
        stamp = key.stat().st_mtime_ns
    except OSError as error:
        raise UnusableKey(f"the file cannot be read ({error.strerror})") from None
    return _opened(key, password, stamp)


@lru_cache(maxsize=2)
def _opened(key: Path, password: str, _stamp: int) -> Any:
    return _seals().Seal(key, password)


def _seals() -> Any:
    try:
        return importlib.import_module(SEAL)
    except ModuleNotFoundError as error:
        raise UnusableKey(f"the package {error.name} is missing; install pyhanko (the extra `signing`)") from None


def signature_of(pdf: bytes) -> Signature | None:
    """The signature over the whole of this file; None without one, and where nothing here can read signatures."""
    position = signature_position(pdf)
    if position is None:
        return None
    try:
        signature: Signature | None = _seals().read_signature(position.content, (position.before, position.behind))
    except UnusableKey:
        return None
    return signature
