"""Help leads from each page of each role to a chapter that there is, in both languages, in the reader's own books."""

from dataclasses import replace

import pytest
from flask_openapi3 import OpenAPI

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.i18n import LANGUAGES, in_language
from approvals.web.handbook.books import BOOKS, COMMON, book
from approvals.web.handbook.chapters import BOOKS_OF, CHAPTERS, chapters_of, help_for, other_books, own_books
from tests.support.access_table import PUBLIC, SIGNED_IN, TABLE
from tests.support.browser.crawler import DOWNLOADS
from workflows.charts.roles import ROLES

# Files, texts for programs, and what answers by leading elsewhere.
NO_PAGES = DOWNLOADS | {"static", "docs.file", "docs.description", "calendar_feed.show", "health.healthz"}
NO_PAGES |= {"health.readyz", "handbook.picture", "handbook.index", "programme.evidence", "filing.preview"}


def pages_of(app: OpenAPI, role: str) -> set[str]:
    """The endpoints of the pages that this role opens."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES and not rule.rule.startswith("/api/")
        if TABLE[rule.endpoint] in (PUBLIC, SIGNED_IN) or role in TABLE[rule.endpoint]
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ROLES)
def test_help_on_each_page_of_a_role_leads_to_a_chapter_about_it(app: OpenAPI, role: str, language: str) -> None:
    reader, wrong = replace(SYSTEM_ACTOR, roles=frozenset({role})), []
    with in_language(language):
        for endpoint in pages_of(app, role):
            name, anchor = help_for(reader, endpoint)
            text = str(book(name).body)
            if name not in own_books({role}) or anchor not in chapters_of(endpoint) or f'id="{anchor}"' not in text:
                wrong.append((endpoint, name, anchor))
    assert wrong == []


def test_each_chapter_is_one_of_a_page_that_there_is(app: OpenAPI) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert set(CHAPTERS) <= endpoints | {endpoint.partition(".")[0] for endpoint in endpoints}


def test_each_role_has_a_book_and_each_book_a_reader() -> None:
    assert set(BOOKS_OF) == set(ROLES)
    assert {name for names in BOOKS_OF.values() for name in names} | {COMMON} == set(BOOKS)
    assert own_books({"window", "window_head"}) == ["window", COMMON]
    assert sorted(own_books({"owner"}) + other_books({"owner"})) == sorted(BOOKS)
    assert own_books(()) == [COMMON]
