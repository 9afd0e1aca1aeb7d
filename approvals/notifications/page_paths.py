"""Paths of the pages that messages, calendars and documents lead to. A test holds them against the routes of `web/`."""

from collections.abc import Mapping
from urllib.parse import quote

PATHS: Mapping[str, str] = {
    "approval": "/approvals/{project}/{code}",
    "escalation": "/escalations/{project}/{code}/{level}",
    "notice": "/approvals/{project}/{code}/notices/{seq}",
    "own_project": "/projects/{ref}",
    "project": "/casefiles/{ref}",
    "request": "/projects/{ref}/requests/{number}",
    "order": "/orders/{order}",
    "monthly": "/reports/monthly/{month}",
    "bulletin": "/reports/bulletins/{month}",
}

SAFE = "!$&'()*+,;=:@"  # characters that a segment of a path may hold as they are (RFC 3986)


def page_path(page: str, **values: object) -> str:
    """The path of this page, its values percent-encoded."""
    return PATHS[page].format_map({name: quote(str(value), safe=SAFE) for name, value in values.items()})
