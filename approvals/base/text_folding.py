"""One folding of text, for search and for uniqueness: what people hold for the same text is one key."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Code points that show nothing (Default_Ignorable_Code_Point of the Unicode Character Database 15), as a class.
IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
KEYS_KEPT = 2**16  # names that a search reads again and again; a folding takes 8 µs
_IGNORABLE = re.compile(f"[{IGNORABLE}]")
_BLANKS = re.compile(r"[\s\u2800]+")  # U+2800 is a braille pattern without dots
_ALIKE = str.maketrans(
    dict.fromkeys("[{〔〈《「『【〖〘〚", "(")
    | dict.fromkeys("]}〕〉》」』】〗〙〛", ")")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
)


def fold(text: str) -> str:
    """The key of a text: NFKC, without invisible characters, brackets and dashes alike, blanks collapsed, no case.

    Empty for a text that shows nothing.
    """
    visible = _IGNORABLE.sub("", unicodedata.normalize("NFKC", _IGNORABLE.sub("", text)))
    folded = unicodedata.normalize("NFKC", visible.translate(_ALIKE).casefold())
    return _BLANKS.sub(" ", folded).strip()


def words_of(search: str) -> list[str]:
    """The words of a search, folded; what fits contains each of them."""
    return fold(search).split()


@lru_cache(maxsize=KEYS_KEPT)
def search_key(text: str) -> str:
    """The folding of a text without its blanks, in which words are looked for."""
    return fold(text).replace(" ", "")


def has_words(words: Iterable[str], *texts: str | None) -> bool:
    """Whether each of these words, which are folded, stands in one of the texts."""
    keys = [search_key(text) for text in texts if text]
    return all(any(word in key for key in keys) for word in words)


def contains(search: str, *texts: str | None) -> bool:
    """Whether each word of the search stands in one of these texts, however either is written."""
    return has_words(words_of(search), *texts)
