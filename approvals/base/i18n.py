"""Translation: Simplified Chinese unless English is in use. The language belongs to the context of the caller."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Protocol, runtime_checkable

from markupsafe import Markup

DEFAULT = "zh_Hans"
LANGUAGES = {"zh_Hans": "中文", "en": "English"}
HTML_CODES = {"zh_Hans": "zh-Hans", "en": "en"}  # as `lang` in a page says it
CATALOGUES = Path(__file__).resolve().parents[1] / "translations"
MEMO_SIZE = 8192  # messages in their languages: more than there are

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


@runtime_checkable
class Labelled(Protocol):
    """A word that is data: it carries its own two languages."""

    @property
    def zh(self) -> str: ...

    @property
    def en(self) -> str: ...


class Named(Protocol):
    """Something with a Chinese name that may have an English one too."""

    @property
    def name(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def language() -> str:
    """The language in use: zh_Hans or en."""
    return _language.get()


def use_language(name: str) -> None:
    """From here on this context speaks this language."""
    _language.set(name if name in LANGUAGES else DEFAULT)


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """Speak this language for the time of a block."""
    before = _language.set(name if name in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _language.reset(before)


def known_language(text: str | None) -> str | None:
    """Our name of this language: every zh is ours, whatever the script or region; None for one that we don't speak."""
    main = (text or "").strip().replace("-", "_").lower().partition("_")[0]
    return {"zh": "zh_Hans", "en": "en"}.get(main)


def N_(message: str) -> str:  # gettext's customary name
    """Mark a message for extraction; it is translated where it is shown."""
    return message


@cache
def _catalogue(name: str) -> NullTranslations:
    return translation("messages", CATALOGUES, [name], fallback=True)


def gettext(message: str, /, **values: object) -> str:
    """The message in the language in use, with its named values."""
    text: str = _catalogue(language()).gettext(message)
    return text % values if values else text


def html_gettext(message: str, /, **values: object) -> Markup:
    """`_()` in templates: the message as HTML, its values escaped."""
    return _raw(language(), message) % values if values else _plain(language(), message)


@lru_cache(maxsize=MEMO_SIZE)
def _raw(_language: str, message: str) -> Markup:
    return Markup(gettext(message))  # noqa: S704 our own texts


@lru_cache(maxsize=MEMO_SIZE)
def _plain(language: str, message: str) -> Markup:
    return _raw(language, message) % {}  # a per cent sign is `%%`


def label(thing: Labelled) -> str:
    """The word of a chart, role, catalogue or city in the language in use."""
    return thing.en if language() == "en" and thing.en else thing.zh


def own_name(thing: Named) -> str:
    """Its name in the language in use, as far as there is one."""
    return thing.name_en if language() == "en" and thing.name_en else thing.name


def series(names: Iterable[str]) -> str:
    """Names one after another, as the language in use separates them."""
    return (", " if language() == "en" else "、").join(names)


def translated(message: str, params: Mapping[str, object]) -> str:
    """The message with its parameters, those that are words of a chart translated too. A per cent sign is `%%`."""
    return gettext(message) % {
        name: label(value) if isinstance(value, Labelled) else value for name, value in params.items()
    }
