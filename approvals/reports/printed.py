"""A paper as it came out of the press: for those who print, sign or keep it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Printed:
    """The bytes, how many pages they have, and with what they were made."""

    pdf: bytes
    pages: int
    made_with: dict[str, Any]
