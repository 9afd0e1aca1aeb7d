"""Hints for who sees a page for the first time: one line, shown until it is read."""

from collections.abc import Mapping

from flask import g, request

from approvals.accounts.actors import Actor
from approvals.accounts.hints import has_read
from approvals.accounts.permissions import PROGRAMS
from approvals.base.i18n import N_
from approvals.http.application import database

# The hint of each page that has one, by its endpoint: a msgid.
HINTS: Mapping[str, str] = {
    "home.index": N_(
        "What waits for you stands here, the most urgent first; the button beside each matter leads to the page where "
        "it is done. “Help” in the head of every page opens the handbook at the chapter about that page."
    ),
    "windows.queue": N_(
        "The cases stand in the order of their due dates. Click a case to deal with it; click a date to see how its "
        "days were counted."
    ),
    "filing.new": N_(
        "Fill in the form in any order: what you type is kept, also when you leave the page. Nothing is submitted "
        "before you have seen which approvals your answers lead to."
    ),
    "programme.entry": N_(
        "Enter the totals from January to the end of the month, not those of the month alone. What you save is "
        "confirmed by the lead unit, and counts from then on."
    ),
    "board.index": N_(
        "Each number on the board leads to the cases behind it. The board shows this moment; the monthly report shows "
        "the end of a month."
    ),
}


def hint_of_page() -> str | None:
    """The hint that the reader of this page has not read yet, as a msgid; programs get none."""
    actor: Actor | None = g.get("actor")
    endpoint = request.endpoint or ""
    if request.method != "GET" or endpoint not in HINTS or actor is None or g.get("is_problem"):
        return None
    if actor.roles <= PROGRAMS:  # programs, and who has no role yet
        return None
    with database().read() as tx:
        return None if has_read(tx, actor.id, endpoint) else HINTS[endpoint]
