"""Languages: Simplified Chinese unless somebody chose English."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol, runtime_checkable

from flask import Flask, g, request, session
from flask_babel import Babel, get_locale, gettext
from markupsafe import Markup

DEFAULT = "zh_Hans"
LANGUAGES = {"zh_Hans": "中文", "en": "English"}
HTML_CODES = {"zh_Hans": "zh-Hans", "en": "en"}  # as `lang` in a page says it
COOKIE = "language"
CHOSEN = "language"  # in the session: what was chosen on the way in, which holds until its end
KEPT = 8192  # texts in their languages: more than there are
COOKIE_LIFE = 365 * 24 * 3600  # seconds


@runtime_checkable
class Labelled(Protocol):
    """A word that is data: it carries its own two languages."""

    @property
    def zh(self) -> str: ...

    @property
    def en(self) -> str: ...


def set_up_languages(app: Flask) -> None:
    Babel(
        app,
        default_locale=DEFAULT,
        default_timezone="Asia/Shanghai",
        default_translation_directories="translations",
        locale_selector=chosen_language,
    )


def known_language(text: str | None) -> str | None:
    """Our name of this language: every zh is ours, whatever the script or region; None for one that we don't speak."""
    main = (text or "").strip().replace("-", "_").lower().partition("_")[0]
    return {"zh": "zh_Hans", "en": "en"}.get(main)


def chosen_language() -> str:
    """The language of this request: the person's, unless another was chosen right before signing in.

    Before that the browser's cookie; programs may ask by header.
    """
    asked = None
    if request.path.startswith("/api/"):
        asked = next(filter(None, (known_language(tag) for tag, _ in request.accept_languages)), None)
    actor = g.get("actor")
    own = (session.get(CHOSEN) or actor.language) if actor else request.cookies.get(COOKIE)
    return asked or known_language(own) or DEFAULT


def language() -> str:
    """The language of this answer: zh_Hans or en."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else DEFAULT


def told(message: str, /, **params: object) -> Markup:
    """`_()` in templates: a message in the language of this answer, as HTML, its parameters escaped."""
    return _raw(language(), message) % params if params else _plain(language(), message)


@lru_cache(maxsize=KEPT)
def _raw(_language: str, message: str) -> Markup:
    return Markup(gettext(message))  # noqa: S704 our own texts


@lru_cache(maxsize=KEPT)
def _plain(language: str, message: str) -> Markup:
    return _raw(language, message) % {}  # a per cent sign is `%%`


def label(thing: Labelled) -> str:
    """The word of a chart, role, catalogue or city in the language of this answer."""
    return thing.en if language() == "en" and thing.en else thing.zh


def translated(message: str, params: Mapping[str, object]) -> str:
    """A message in the language of this answer; parameters that are words of a chart too. A per cent sign is `%%`."""
    text: str = gettext(message)
    return text % {name: label(value) if isinstance(value, Labelled) else value for name, value in params.items()}
