"""Messages and documents lead to pages that exist."""

from approvals.notifications.inbox import notices
from approvals.notifications.links import PATHS, page_path, path_of
from tests.support.builders import a_project, an_actor, do, project_row, when
from tests.support.pages import an_app

VALUES = {
    "project": "510400-2026-00017",
    "ref": "510400-2026-00017",
    "code": "A07",
    "level": 3,
    "seq": 12,
    "number": 4,
    "order": "2026-7",
    "deduction": "2026-7",
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


def paths_of(tx, username):  # type: ignore[no-untyped-def]
    """The moves of which somebody heard, each with where it leads, the newest first."""
    reader = an_actor(tx, username)
    return [(notice.move.name, path_of(notice, reader)) for notice in notices(tx, reader).rows]


def test_heads_are_led_to_a_project_as_long_as_their_unit_is_responsible(database):  # type: ignore[no-untyped-def]
    with database.write() as tx:
        ref = a_project(tx, "registered", at=when("2026-03-02"))
        do(tx, "office1", "manage_jointly", ref, at=when("2026-03-03"))
        casefile = page_path("project", ref=project_row(tx, ref).number)
        assert paths_of(tx, "head-a02") == [("manage_jointly", casefile)]
        do(tx, "office1", "end_joint", ref, at=when("2026-03-04"))
        assert paths_of(tx, "head-a02") == [("end_joint", None), ("manage_jointly", None)]
