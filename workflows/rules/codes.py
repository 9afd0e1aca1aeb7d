"""Codes that the state gives to projects and to units: how they are written, and their check characters."""

import re
import unicodedata

_DASHES = re.compile(r"[\u2010-\u2015\u2212_]")
_PROJECT = re.compile(r"(\d{4})-?(\d{6})-?(\d{2})-?(\d{2})-?(\d{6})")
_DIVISION = re.compile(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-6])[0-9]{4}|0000[0-9]{2}")  # of a province; central
_YEARS = range(2015, 2021)  # in which codes began with the year; since November 2020 with year and month
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_CREDIT_FORM = re.compile(rf"[1-9ANY][{_CREDIT}][0-9]{{6}}[{_CREDIT}]{{10}}")


def _folded(text: str) -> str:
    """The text with full-width characters and dashes as plain ones, in capitals and without blanks."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).upper()
    return "".join(plain.split())


def project_code(text: str) -> str | None:
    """A national project code in its 24 characters, as in 2604-510400-04-01-123456; None when it is none.

    GB/T 40058-2021: time, division, department of the central government, kind of project, five random digits and a
    check digit. How that digit is calculated is not published; time and division are checked.
    """
    match = _PROJECT.fullmatch(_folded(text))
    if match is None:
        return None
    time, division = match.group(1), match.group(2)
    is_time = 1 <= int(time[2:]) <= 12 or int(time) in _YEARS
    return "-".join(match.groups()) if is_time and _DIVISION.fullmatch(division) else None


def credit_code(text: str) -> str | None:
    """A unified social credit code in its 18 characters; None when its form or its check character is wrong."""
    code = _folded(text)
    if not _CREDIT_FORM.fullmatch(code):
        return None
    return code if code[-1] == credit_check(code[:-1]) else None


def credit_check(first: str) -> str:
    """The check character behind the first 17 (GB 32100-2015, ISO 7064 style: weights are powers of 3, modulo 31)."""
    total = sum(_CREDIT.index(character) * pow(3, place, 31) for place, character in enumerate(first))
    return _CREDIT[-total % 31]
