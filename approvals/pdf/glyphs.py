"""Glyph fallback: a character that no font has is set as 〓; control characters are left out.

The files attached to a document keep every character.
"""

import unicodedata
from bisect import bisect_right
from functools import cache

from approvals.pdf.fonts import ask_fontconfig

GETA = "〓"  # U+3013
SPACES = "\t\n\r"  # HTML takes them as spaces
JOINERS = "\u200c\u200d"  # they make one shape of several letters, in names too
STEERING = ("Cc", "Cf", "Cs")  # categories: control, format, half a character
LINES = ("Zl", "Zp")  # HTML breaks no line there, and no font draws them
STANDS_FOR = {  # where no font has a character of this category
    **{"Mn": "", "Me": ""},  # a mark on the letter before
    **{"Zs": " ", "Zl": " ", "Zp": " "},
}
RARE = {  # the first character of each of the extensions of CJK that names are taken from (GB 18030-2022, level 3)
    **{"A": "\u3400", "B": "\U00020000", "C": "\U0002a700", "D": "\U0002b740"},
    **{"E": "\U0002b820", "F": "\U0002ceb0"},
}


def printable(text: str) -> str:
    """The text as it is set."""
    unusual = {character for character in text if not (character.isascii() and character.isprintable())}
    return text.translate({ord(character): _set_as(character) for character in unusual})


def _set_as(character: str) -> str:
    if character in SPACES or character in JOINERS:
        return character
    category = unicodedata.category(character)
    if category in STEERING:
        return ""
    return character if is_covered(character) and category not in LINES else STANDS_FOR.get(category, GETA)


def is_covered(character: str) -> bool:
    """Whether some font of documents has it."""
    starts, ends = _coverage()
    position = bisect_right(starts, ord(character)) - 1
    return position >= 0 and ord(character) <= ends[position]


def uncovered_extensions() -> list[str]:
    """The letters of the CJK extensions that no font of documents covers."""
    return [name for name, character in RARE.items() if not is_covered(character)]


@cache
def _coverage() -> tuple[list[int], list[int]]:
    """First and last of each run of characters that some font of documents has."""
    charsets = ask_fontconfig("fc-list", "--format", "%{charset} ")
    runs = sorted(_run(word) for word in set(charsets.split()))
    starts: list[int] = []
    ends: list[int] = []
    for start, end in runs:
        if ends and start <= ends[-1] + 1:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def _run(word: str) -> tuple[int, int]:
    """`4e00-9fff` or `3013`."""
    first, _dash, last = word.partition("-")
    return int(first, 16), int(last or first, 16)
