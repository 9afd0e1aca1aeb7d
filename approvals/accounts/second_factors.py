"""The second factor: codes of a device by the clock (RFC 6238), and recovery codes that stand in for it once each."""

import re
from datetime import datetime
from hmac import compare_digest
from typing import Any

import pyotp
from sqlalchemy import Connection, delete, func, insert, select, update

from approvals.accounts.actors import Actor
from approvals.accounts.audit import note
from approvals.accounts.identity import FACTOR, digest
from approvals.accounts.passwords import new_password
from approvals.accounts.queries import person
from approvals.accounts.sign_ins import end_sessions
from approvals.accounts.tables import RecoveryCode
from approvals.base.errors import Refused, invalid
from approvals.base.i18n import N_
from approvals.base.tables import table_of

RECOVERY: Any = table_of(RecoveryCode)
RECOVERY_CODES = 10
STEP = 30  # seconds
TOLERANCE = (0, -1, 1)  # steps by which a device's clock may differ
_SECRET = re.compile(r"[A-Z2-7]{32}")


def new_secret() -> str:
    return pyotp.random_base32()


def key_address(secret: str, username: str, issuer: str) -> str:
    """What a QR code says to the device."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def has_factor(tx: Connection, person_id: int) -> bool:
    return tx.execute(select(FACTOR.c.person_id).where(FACTOR.c.person_id == person_id)).first() is not None


def recovery_codes_left(tx: Connection, person_id: int) -> int:
    unused = RECOVERY.c.person_id == person_id, RECOVERY.c.used_at.is_(None)
    return int(tx.execute(select(func.count()).select_from(RECOVERY).where(*unused)).scalar_one())


def set_up_factor(tx: Connection, secret: str, code: str, *, by: Actor, now: datetime) -> list[str]:
    """Keep the device that made this code as one's second factor; the recovery codes, shown this once.

    Refused when there is one already. Invalid when the code is not of this secret.
    """
    if has_factor(tx, by.id):
        raise Refused(N_("There is a second factor already. Remove it first."))
    step = _step_of(secret, code, now) if _SECRET.fullmatch(secret) else None
    if step is None:
        raise invalid("code", N_("is not the code that the device shows now"))
    tx.execute(insert(FACTOR).values(person_id=by.id, secret=secret, last_step=step, set_at=now))
    note(tx, "second_factor_set", by=by.username, subject=by.username, now=now)
    return _new_codes(tx, by.id)


def take_code(tx: Connection, username: str, person_id: int, code: str, now: datetime) -> bool:
    """Whether this is the code of the person's device now or an unused recovery code; it is used up by it."""
    secret = tx.execute(select(FACTOR.c.secret).where(FACTOR.c.person_id == person_id)).scalar_one_or_none()
    if secret is None:
        return False
    step = _step_of(secret, code, now)
    if step is not None:
        later = FACTOR.c.person_id == person_id, FACTOR.c.last_step < step
        return tx.execute(update(FACTOR).where(*later).values(last_step=step)).rowcount == 1
    unused = RECOVERY.c.person_id == person_id, RECOVERY.c.used_at.is_(None)
    of_code = RECOVERY.c.digest == digest(code.strip().lower())
    if tx.execute(update(RECOVERY).where(*unused, of_code).values(used_at=now)).rowcount != 1:
        return False
    note(tx, "recovery_code_used", by=username, subject=username, now=now)
    return True


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of the clock to which the code belongs, None where it belongs to none near now."""
    typed, current, totp = "".join(code.split()), int(now.timestamp()) // STEP, pyotp.TOTP(secret, interval=STEP)
    steps = (current + difference for difference in TOLERANCE)
    return next((step for step in steps if compare_digest(totp.generate_otp(step).encode(), typed.encode())), None)


def new_recovery_codes(tx: Connection, *, by: Actor, now: datetime) -> list[str]:
    """Ten new recovery codes, shown this once; the former ones are worth nothing."""
    if not has_factor(tx, by.id):
        raise Refused(N_("There is no second factor."))
    note(tx, "recovery_codes_made", by=by.username, subject=by.username, now=now)
    return _new_codes(tx, by.id)


def _new_codes(tx: Connection, person_id: int) -> list[str]:
    codes = [new_password() for _ in range(RECOVERY_CODES)]
    tx.execute(delete(RECOVERY).where(RECOVERY.c.person_id == person_id))
    tx.execute(insert(RECOVERY), [{"person_id": person_id, "digest": digest(code)} for code in codes])
    return codes


def remove_own_factor(tx: Connection, code: str, *, by: Actor, now: datetime) -> None:
    """Do without a second factor from now on. Invalid without a code of it."""
    if not take_code(tx, by.username, by.id, code, now):
        raise invalid("code", N_("is not the code that the device shows now"))
    _remove(tx, by.id, by.username, by, "", now)


def reset_factor(tx: Connection, username: str, *, by: Actor, confirmed_by: str = "", now: datetime) -> None:
    """Take somebody's second factor off; their sessions end. Refused when there is none."""
    account = person(tx, username)
    if not has_factor(tx, account.id):
        raise Refused(N_("There is no second factor."))
    end_sessions(tx, account.id)
    _remove(tx, account.id, username, by, f"confirmed by {confirmed_by}" if confirmed_by else "", now)


def _remove(tx: Connection, person_id: int, username: str, by: Actor, detail: str, now: datetime) -> None:
    tx.execute(delete(RECOVERY).where(RECOVERY.c.person_id == person_id))
    tx.execute(delete(FACTOR).where(FACTOR.c.person_id == person_id))
    note(tx, "second_factor_removed", by=by.username, subject=username, detail=detail, now=now)
