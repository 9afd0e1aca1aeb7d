"""Messages and documents lead to pages that exist."""

from approvals.notifications.links import PATHS, page_path
from tests.support.pages import an_app

VALUES = {
    "project": "510400-2026-00017",
    "ref": "510400-2026-00017",
    "code": "A07",
    "level": 3,
    "seq": 12,
    "number": 4,
    "order": "2026-7",
    "month": "2026-03",
    "year": 2026,
    "item_no": "030",
    "uid": "d-1",
    "unit_id": 3,
    "username": "owner1",
}


def test_page_paths_are_those_of_routes(sqlite_url: str) -> None:
    with an_app(sqlite_url) as app:
        routes = app.url_map.bind("localhost")
        for page in PATHS:
            _endpoint, arguments = routes.match(page_path(page, **VALUES))
            texts = {name: str(value) for name, value in arguments.items()}
            assert texts.items() <= {name: str(value) for name, value in VALUES.items()}.items() | {("kind", page)}


def test_page_path_encodes_its_values() -> None:
    assert page_path("project", ref="攀/17?") == "/casefiles/%E6%94%80%2F17%3F"
