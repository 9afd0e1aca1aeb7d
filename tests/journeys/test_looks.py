"""Each page of each role in both languages, from a narrow phone to a desk, with the example city's year on it.

Everybody can read it, nothing is wider than the screen or lies upon something else, and drawings have letters of a
size and colour that can be read. `make test` looks at each type of page once, at each as another person, in the other
language and at another width; a soak looks at all pages of all people in both languages at all widths.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from approvals.base.i18n import LANGUAGES
from tests.journeys.conftest import At, WalkOf
from tests.support.browser.looks import WIDTHS, faults_at
from tests.support.browser.walks import PEOPLE, SEE_LESS, SHOW_THE_SAME, pages_for
from tests.support.extent import SOAK
from tests.support.pages import an_app

STRANGERS = ("/sign-in", "/nothing-here", "/verify")  # pages for whoever comes along
OF_OTHERS = "docs.page"  # drawn by a program of others, Swagger UI
Look = tuple[str, tuple[int, ...]]  # an address, and the widths of the screen


@pytest.fixture(scope="module")
def app(make_database) -> Iterator[Flask]:  # type: ignore[no-untyped-def]
    with an_app(make_database("sqlite")) as app:
        yield app


def shares(app: Flask) -> dict[str, list[str]]:
    """Each type of page for one of those who open it, in as equal shares as can be."""
    opened = {username: pages_for(app, username) - {OF_OTHERS} for username in PEOPLE if username not in SEE_LESS}
    readers = {
        page: [name for name, pages in opened.items() if page in pages] for page in set().union(*opened.values())
    }
    own: dict[str, list[str]] = {username: [] for username in opened}
    for page in sorted(readers, key=lambda page: (len(readers[page]), page)):
        min((own[username] for username in readers[page]), key=len).append(page)
    return own


def own_share(app: Flask, pages: dict[str, str], username: str, language: str) -> list[Look]:
    """One page of each type of this person's share, every second one in this language, at one width after another."""
    share = [page for page in shares(app)[username] if page in pages][list(LANGUAGES).index(language) :: 2]
    return [(pages[page], (WIDTHS[number % len(WIDTHS)],)) for number, page in enumerate(share)]


def all_pages(pages: dict[str, str]) -> list[Look]:
    own = {kind: address for kind, address in pages.items() if kind != OF_OTHERS}
    return [(address, WIDTHS) for kind, address in own.items() if SHOW_THE_SAME.isdisjoint(kind.split()[1:])]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("username", [name for name in PEOPLE if SOAK or name not in SEE_LESS])
def test_pages_are_readable_by_everybody_at_every_width(
    app: Flask, walk_of: WalkOf, city_address: str, at_browser: At, username: str, language: str
) -> None:
    pages = walk_of(username).pages
    looks = all_pages(pages) if SOAK else own_share(app, pages, username, language)
    assert looks
    person = at_browser(city_address, bypass_csp=True)  # or the examiner may not run; the links are crawled without
    person.sign_in(username, language)
    faults = []
    for address, widths in looks:
        person.go(address)
        faults += [f"{address} {fault}" for width in widths for fault in faults_at(person.page, width)]
    assert faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_strangers_are_readable_at_every_width(city_address: str, at_browser: At, language: str) -> None:
    person, faults = at_browser(city_address, bypass_csp=True), []
    person.choose(language)
    for address in STRANGERS:
        person.go(address)
        faults += [f"{address} {fault}" for width in WIDTHS for fault in faults_at(person.page, width)]
    assert faults == []
