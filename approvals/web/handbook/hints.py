"""Hints for who sees a page for the first time: one line, shown until it is read."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, request

from approvals.accounts.actors import Actor
from approvals.accounts.hints import has_read
from approvals.accounts.permissions import OWNERS, PROGRAMS, Roles
from approvals.base.i18n import N_
from approvals.http.application import database
from workflows.charts.roles import ROLES

PEOPLE: Roles = frozenset(ROLES) - PROGRAMS


@dataclass(frozen=True, slots=True)
class Hint:
    """A msgid, and the roles to which it says something."""

    text: str
    roles: Roles = PEOPLE


# The hint of each page that has one, by its endpoint.
HINTS: Mapping[str, Hint] = {
    "home.index": Hint(
        N_(
            "What is waiting for you is listed here, the most urgent first; the button beside each matter opens the "
            "page where it is done. “Help” at the top of every page opens the handbook at the chapter about that "
            "page."
        )
    ),
    "windows.queue": Hint(
        N_("Cases are listed by due date. Click a case to deal with it; click a date to see how its days were counted.")
    ),
    "filing.new": Hint(
        N_(
            "Fill in the form in any order: what you type is saved automatically, even if you leave the page. "
            "Nothing is submitted before you have seen which approvals your answers lead to."
        )
    ),
    "programme.entry": Hint(
        N_(
            "Enter the totals from January to the end of the month, not those of the month alone. What you save is "
            "confirmed by the lead unit, and counts from then on."
        ),
        OWNERS,
    ),
    "board.index": Hint(
        N_(
            "Each number on the board leads to the cases behind it. The board shows this moment; the monthly report "
            "shows the end of a month."
        )
    ),
}


def hint_of_page() -> str | None:
    """The hint that the reader of this page has not read yet, as a msgid; programs get none."""
    actor: Actor | None = g.get("actor")
    endpoint = request.endpoint or ""
    hint = HINTS.get(endpoint)
    if request.method != "GET" or hint is None or actor is None or g.get("is_problem"):
        return None
    if not actor.has(*hint.roles):
        return None
    with database().read() as tx:
        return None if has_read(tx, actor.id, endpoint) else hint.text
