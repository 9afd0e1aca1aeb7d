"""Language marks: what is Chinese in an English page says so, to be read aloud and set as Chinese (WCAG, 3.1.2)."""

import re

from approvals.base.i18n import DEFAULT, HTML_CODES

MARK = f'lang="{HTML_CODES[DEFAULT]}"'
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAS_HAN = re.compile(f"[{_HAN}]")
# A passage: words between blanks that have such a character, as 攀挂〔2026〕7号; escaped characters end a word.
_WORD = f"[^\\s&;{_HAN}]*+[{_HAN}][^\\s&]*+"
_PASSAGE = re.compile(f"{_WORD}(?: {_WORD})*+")
# A tag of ours, in whose attributes every > is escaped; a text with Chinese behind it; what ends the text.
_TEXT = re.compile(f"<([/a-zA-Z][^\\s/>]*+)([^>]*+)>([^<{_HAN}]*+[{_HAN}][^<]*+)(?=(</)?)")
_WITHOUT_PARTS = frozenset({"option", "textarea", "title", "text"})  # hold text alone, so they are marked as a whole
_UNTOUCHED = frozenset({"script", "style"})
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
_READ_ALOUD = re.compile(r"\b(?:aria-label|data-label|title|alt)=")  # English words that share the language of a tag
_OWN = re.compile(r"\slang=")


def mark_chinese(page: str) -> str:
    """The HTML of an English page with `lang` on what is Chinese in its body; texts and attributes stay as they are."""
    if not _HAS_HAN.search(page):
        return page
    head, body, rest = page.partition("<body")
    return head + body + _TEXT.sub(_marked, rest) if body else _TEXT.sub(_marked, page)


def _marked(match: re.Match[str]) -> str:
    name, attributes, text, closes = match.groups()
    if name in _UNTOUCHED or _OWN.search(attributes):
        return match.group()
    is_whole = name[0] != "/" and name not in _VOID and bool(closes)
    if is_whole and (name in _WITHOUT_PARTS or _may_be_marked(attributes, text)):
        return f"<{name}{attributes} {MARK}>{text}"
    return f"<{name}{attributes}>" + _PASSAGE.sub(rf"<span {MARK}>\g<0></span>", text)


def _may_be_marked(attributes: str, text: str) -> bool:
    """Whether an element is Chinese as a whole: all of its text is, and no attribute is in English."""
    return _PASSAGE.fullmatch(text.strip()) is not None and not _READ_ALOUD.search(attributes)
