"""The pages of the handbook: one's own book first, all books open, in the language of the reader, for who signed in."""

import re

import pytest

from approvals.web.handbook.books import BOOKS, COMMON
from tests.support.pages import somebody

LINK = re.compile(r'<a class="tool help-link" href="(/handbook/[^"]+)"')


@pytest.mark.parametrize(
    ("username", "path", "address"),
    (
        ("owner1", "/projects/new", "/handbook/owner#filing"),
        ("owner1", "/programme/month", "/handbook/county#month"),
        ("head-a01", "/windows/handlers", "/handbook/window#handlers"),
        ("window-a01", "/notices", f"/handbook/{COMMON}#messages"),
        ("office1", "/triage", "/handbook/office#triage"),
        ("leader1", "/handbook/leader", f"/handbook/{COMMON}#help"),
        ("secadmin1", "/administration/people", "/handbook/secadmin#people"),
    ),
)
def test_the_head_of_a_page_leads_to_the_chapter_about_it(app, username, path, address) -> None:
    visitor = somebody(app, username)
    assert LINK.findall(visitor.get(path).text) == [address]
    place, _, anchor = address.partition("#")
    assert f'id="{anchor}"' in visitor.get(place).text


def test_the_handbook_opens_at_ones_own_book_and_has_all_others(app, office) -> None:
    response = office.get("/handbook")
    assert (response.status_code, response.location) == (303, "/handbook/office")
    page = office.get("/handbook/office").text
    assert all(f'href="/handbook/{name}"' in page for name in BOOKS)
    assert 'href="/handbook/office" aria-current="page"' in page
    assert all(office.get(f"/handbook/{name}").status_code == 200 for name in BOOKS)


def test_the_handbook_speaks_the_language_of_the_reader(office) -> None:
    assert "<h1>督查办</h1>" in office.get("/handbook/office").text
    office.post("/language", {"language": "en", "next": "/handbook/office"})
    assert "<h1>Supervision office</h1>" in office.get("/handbook/office").text


def test_pictures_are_sent_to_who_signed_in(app, office) -> None:
    page = office.get("/handbook/office").text
    pictures = re.findall(r'src="(pictures/[^"]+)"', page)
    assert len(pictures) > 3
    for picture in pictures:
        response = office.get(f"/handbook/{picture}")
        assert (response.status_code, response.mimetype) == (200, "image/png")
        assert response.data.startswith(b"\x89PNG")
    assert app.test_client().get(f"/handbook/{pictures[0]}").status_code in (303, 302, 401)


@pytest.mark.parametrize(
    "path", ("/handbook/nothing", "/handbook/pictures/fr/queue.png", "/handbook/pictures/zh/no.png")
)
def test_what_is_no_book_and_no_picture_is_not_found(office, path) -> None:
    assert office.get(path).status_code == 404


def test_nobody_reaches_another_file_by_the_name_of_a_picture(office) -> None:
    for name in ("..%2f..%2fzh%2foffice.md", "%2e%2e/en/queue.png", "../../zh/office.md"):
        assert office.get(f"/handbook/pictures/zh/{name}").status_code in (404, 308)
