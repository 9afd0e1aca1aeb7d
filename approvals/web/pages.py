"""Filters and globals of all pages, and the frame around them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import uuid4

from flask import Flask, Response, url_for
from markupsafe import Markup

from approvals import PACKAGE
from approvals.base.files.filetypes import FILE_TYPES, is_viewable
from approvals.base.i18n import HTML_CODES, LANGUAGES, Labelled, label, language
from approvals.base.language_marks import mark_chinese
from approvals.base.templating import set_up_environment
from approvals.calendar.lights import light_label
from approvals.http.application import clock, settings, today
from approvals.web.forms import EMPTY
from workflows.charts.filing_fields import FUNDING_SOURCES, SCALE_UNITS
from workflows.charts.options import OPTION_LABELS
from workflows.charts.programme_terms import PARTIES
from workflows.config.catalogue import Stage
from workflows.config.city import City, load_city

STATIC = PACKAGE / "static"


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout shows of the installation and the language."""

    city: City
    language: str
    html_code: str
    languages: Mapping[str, str]
    today: date
    is_clock_moved: bool
    is_production: bool


def set_up_pages(app: Flask) -> None:
    set_up_environment(app.jinja_env)
    app.after_request(_say_what_is_chinese)
    app.jinja_env.filters.update(labels=labels, light_label=light_label, is_viewable=is_viewable)
    app.jinja_env.globals.update(
        frame=frame,
        asset=asset,
        styles=styles,
        idempotency_key=idempotency_key,
        option_choices=option_choices,
        category_choices=category_choices,
        file_types=file_types,
        county_choices=county_choices,
        SCALE_UNITS=SCALE_UNITS,
        FUNDING_SOURCES=FUNDING_SOURCES,
        PARTIES=PARTIES,
        NO_FORM=EMPTY,
    )


def _say_what_is_chinese(response: Response) -> Response:
    if language() == "en" and response.mimetype == "text/html" and not response.direct_passthrough:
        response.set_data(mark_chinese(response.get_data(as_text=True)))
    return response


def frame() -> Frame:
    spoken = language()
    return Frame(
        city=load_city(),
        language=spoken,
        html_code=HTML_CODES[spoken],
        languages=LANGUAGES,
        today=today(),
        is_clock_moved=clock().is_moved,
        is_production=settings().is_production,
    )


def stage_choices(stages: Mapping[int, Stage]) -> list[tuple[str, str]]:
    """These stages by number, for a choice."""
    return [(str(number), label(stage)) for number, stage in stages.items()]


def labels(words: Mapping[str, Labelled]) -> list[tuple[str, str]]:
    """Values with their labels, for a choice."""
    return [(value, label(word)) for value, word in words.items()]


def option_choices(options: Iterable[str]) -> list[tuple[str, str]]:
    return [(option, label(OPTION_LABELS[option])) for option in options]


def category_choices() -> list[tuple[str, str]]:
    return [(name, label(words)) for name, words in load_city().categories.items()]


def county_choices() -> list[tuple[str, str]]:
    return [(county, county) for county in load_city().counties]


def file_types() -> str:
    """The endings of the files that are accepted, for a file field."""
    return ",".join(f".{suffix}" for suffix in FILE_TYPES)


def idempotency_key() -> str:
    """A new idempotency key for a form."""
    return uuid4().hex


def asset(path: str) -> str:
    """The address of a static file, which changes with its content."""
    return url_for("static", filename=path, v=_fingerprint(path))


def styles(*names: str) -> Markup:
    """Links to these style sheets, for the head of a page."""
    return Markup("\n").join(Markup('<link rel="stylesheet" href="{}">').format(asset(f"{name}.css")) for name in names)


@cache
def _fingerprint(path: str) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
