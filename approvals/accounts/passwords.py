"""Passwords: generated, hashed, compared and judged."""

import secrets
from dataclasses import dataclass
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from zxcvbn import zxcvbn

from approvals.base.i18n import N_
from workflows.config.city import load_city
from workflows.config.sign_in_policy import load_sign_in_policy

LEAST, MOST = 10, 200  # characters; GB/T 22239-2019 8.1.4.1 asks for passwords that are not easily guessed
LEAST_SCORE = 3  # of zxcvbn's 0 to 4: at least 10^8 guesses
JUDGED = 72  # characters that zxcvbn looks at; more only make a password better
_HASHER = PasswordHash((Argon2Hasher(),))
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
Fault = tuple[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Strength:
    """How hard a password is to guess: 0 to 4, and why it is refused, as msgid and parameters, or None."""

    score: int
    fault: Fault | None


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


def password_fault(password: str, username: str) -> Fault | None:
    """Why this is no good password, as msgid and parameters, or None."""
    return strength(password, username).fault


def strength(password: str, username: str = "") -> Strength:
    """How hard the password is to guess, for somebody who knows the city and, where it is known, the user name."""
    if fault := _form_fault(password, username):
        return Strength(0, fault)
    judged = zxcvbn(password[:JUDGED], user_inputs=[*_city_words(), *([username] if username else [])])
    score = int(judged["score"])
    if score >= LEAST_SCORE:
        return Strength(score, None)
    if any(part["pattern"] == "dictionary" for part in judged["sequence"]):
        return Strength(score, (N_("is too easy to guess: it is made of common passwords, names or words"), {}))
    return Strength(score, (N_("is too easy to guess: it follows a simple pattern"), {}))


def _form_fault(password: str, username: str) -> Fault | None:
    if len(password) < LEAST:
        return N_("needs at least %(least)s characters"), {"least": LEAST}
    if len(password) > MOST:
        return N_("must have at most %(limit)s characters"), {"limit": MOST}
    if username and username.lower() in password.lower():
        return N_("must not contain the user name"), {}
    if len(set(password)) < 5:
        return N_("must contain more different characters"), {}
    return None


@cache
def _city_words() -> tuple[str, ...]:
    """What everybody thinks of first here: the city's names and counties, and the words of the policy."""
    city = load_city()
    names = (city.name.zh, city.name.zh.removesuffix("市"), city.name.en, city.issuer.zh, city.division)
    return (*names, *city.counties, *load_sign_in_policy().password_words)
