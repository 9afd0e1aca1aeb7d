"""Whole numbers as they come in: written with plain digits, where `int()` takes signs, blanks and other scripts too."""

from approvals.base.errors import NotFound

LONGEST_ID = 18  # digits of a row's id


def whole_number(text: str, digits: int) -> int | None:
    """The number that is written with at most so many digits; None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def address_number(text: str, digits: int = LONGEST_ID) -> int:
    """The number in an address; NotFound for any other text."""
    found = whole_number(text, digits)
    if found is None:
        raise NotFound
    return found
