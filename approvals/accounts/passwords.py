"""Passwords: generated, hashed, compared and judged."""

import secrets
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from approvals.base.i18n import N_

LEAST, MOST = 10, 200  # characters; GB/T 22239-2019 8.1.4.1 asks for passwords that are not easily guessed
_HASHER = PasswordHash((Argon2Hasher(),))
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


def new_password() -> str:
    """One that can be read out and typed: four groups of four."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def hash_password(password: str) -> str:
    """An argon2 hash with its own salt."""
    return _HASHER.hash(password)


def is_right(password: str, password_hash: str) -> bool:
    """Whether it is the password; takes as long for somebody who does not exist (an empty hash) as for anybody."""
    matches = _HASHER.verify(password[:MOST], password_hash or _nobodys())
    return matches and bool(password_hash) and len(password) <= MOST


@cache
def _nobodys() -> str:
    return hash_password("nobody's password")


def password_fault(password: str, username: str) -> tuple[str, dict[str, object]] | None:
    """Why this is no good password, as msgid and parameters, or None."""
    if len(password) < LEAST:
        return N_("needs at least %(least)s characters"), {"least": LEAST}
    if len(password) > MOST:
        return N_("must have at most %(limit)s characters"), {"limit": MOST}
    if username.lower() in password.lower():
        return N_("must not contain the user name"), {}
    if len(set(password)) < 5:
        return N_("must contain more different characters"), {}
    return None
