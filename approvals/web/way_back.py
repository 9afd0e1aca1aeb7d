"""The way back: the page of a case carries the address of the list it was opened from, as it was narrowed and sorted.

The address is read anew at each page and made again from what the list declares, so that it leads nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, current_app, g, has_request_context, request, url_for
from werkzeug.exceptions import HTTPException

from approvals.base.i18n import gettext as _
from approvals.http.access import actor, may_open
from approvals.web.lists import LISTS, ListPage
from approvals.web.query_parameters import is_local

PARAMETER = "back"
LONGEST = 2000  # characters
# The pages of cases that lists lead to, and the forms on them.
CARRYING = frozenset(
    {
        *("windows.show", "windows.make", "casefile.show", "casefile.make", "filing.show", "filing.make"),
        *("triage.show", "triage.make", "registration.show", "registration.make", "orders.show", "orders.make"),
        *("deductions.show", "deductions.make"),
        *("cards.show", "cards.make", "requests.show", "requests.make", "supervision.escalation"),
        *("programme.item", "administration.person"),
    }
)


@dataclass(frozen=True, slots=True)
class WayBack:
    """A list as it was left: its page, its address, and the parts of its query."""

    page: ListPage
    href: str
    query: Mapping[str, str]

    @property
    def title(self) -> str:
        return _(self.page.title)


def set_up_way_back(app: Flask) -> None:
    app.url_defaults(_carry)
    app.jinja_env.globals.update(way_back=way_back)


def way_back() -> WayBack | None:
    """The list that this page was opened from; None when its address names none that the reader may open."""
    if "way_back" not in g:
        g.way_back = read_way_back(request.args.get(PARAMETER, ""))
    return g.way_back


def read_way_back(address: str) -> WayBack | None:
    """The list at this local address; None when it is anything else."""
    page, place = _list_at(address)
    if page is None or "actor" not in g or not may_open(actor(), page.endpoint):
        return None
    sent = dict(parse_qsl(urlsplit(address).query))
    query = {name: sent[name] for name in (*page.parameters, "cursor") if sent.get(name) and name not in place}
    parts: dict[str, Any] = {**query, **place}
    return WayBack(page, url_for(page.endpoint, **parts), query)


def _list_at(address: str) -> tuple[ListPage | None, dict[str, Any]]:
    if len(address) > LONGEST or not is_local(address):
        return None, {}
    adapter = current_app.create_url_adapter(request)
    try:
        endpoint, place = adapter.match(urlsplit(address).path, "GET") if adapter else ("", {})
    except (ValueError, HTTPException):
        return None, {}
    return LISTS.get(endpoint), dict(place)


def _carry(endpoint: str, values: dict[str, Any]) -> None:
    """Let links from a narrowed list, and from the cases that were opened from it, say which list that is."""
    if endpoint in CARRYING and PARAMETER not in values and has_request_context():
        back = _here() if request.endpoint in LISTS else way_back()
        if back:
            values[PARAMETER] = back.href


def _here() -> WayBack | None:
    """The list of this request, where it is narrowed, sorted or read on."""
    if "this_list" not in g:
        back = read_way_back(f"{request.path}?{request.query_string.decode(errors='replace')}")
        g.this_list = back if back and back.query else None
    return g.this_list
