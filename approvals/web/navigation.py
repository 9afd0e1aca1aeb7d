"""Navigation and home page: the pages that the roles of the actor open, with counts of what waits there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, g, request, url_for
from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, translated
from approvals.http.access import may_open
from approvals.http.application import database, now
from workflows.charts.roles import ROLES
from workflows.label import Label

LINKS, BELL, WARNINGS = "guahao-links", "guahao-bell", "guahao-warnings"
Count = Callable[[Connection, Actor, datetime], int]


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A page in the navigation; `title` and `about` are msgids, `count` counts the items that wait there.

    With `has_badge` every page shows the count, so long as there is any: nobody else will see to it.
    """

    endpoint: str
    title: str
    about: str
    count: Count | None = None
    has_badge: bool = False


@dataclass(frozen=True, slots=True)
class Bell:
    """The link to one's notices; `waiting` counts the new ones, `words` is its accessible name."""

    endpoint: str
    words: str
    waiting: int


@dataclass(frozen=True, slots=True)
class HomeWarning:
    """A warning on the home page for those who may open `endpoint`: `tell` gives msgids with their values."""

    endpoint: str
    tell: Callable[[Connection], list[tuple[str, dict[str, object]]]]


def set_up_home(
    app: Flask,
    links: tuple[NavigationEntry, ...],
    bell: NavigationEntry | None = None,
    warnings: tuple[HomeWarning, ...] = (),
) -> None:
    """Register the navigation and pass actor, roles, navigation and bell to every template."""
    app.extensions[LINKS] = links
    app.extensions[BELL] = bell
    app.extensions[WARNINGS] = warnings
    app.context_processor(_template_context)


def home_links(tx: Connection, actor: Actor, now: datetime) -> list[tuple[NavigationEntry, int | None]]:
    """The pages that the actor's roles open, each with the number of items that wait there, if it is counted."""
    return [
        (link, link.count(tx, actor, now) if link.count else None)
        for link in current_app.extensions[LINKS]
        if may_open(actor, link.endpoint)
    ]


def home_warnings(tx: Connection, actor: Actor) -> list[tuple[str, str]]:
    """The warnings for the actor, each with the endpoint of the page that shows more."""
    return [
        (warning.endpoint, translated(message, values))
        for warning in current_app.extensions[WARNINGS]
        if may_open(actor, warning.endpoint)
        for message, values in warning.tell(tx)
    ]


def _template_context() -> dict[str, object]:
    actor: Actor | None = g.get("actor")
    roles = tuple(ROLES[role] for role in ROLES if actor and actor.has(role))
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return {
        "me": actor,
        "may_be_away": may_open(actor, "absences.index"),
        "my_roles": roles,
        "own_unit": label(Label(actor.unit, actor.unit_en)) if actor else "",
        "nav": _nav(actor) if actor else [],
        "bell": _bell(actor) if actor and not g.get("is_problem") else None,
        "here": here,
    }


def _bell(actor: Actor) -> Bell | None:
    link: NavigationEntry | None = current_app.extensions[BELL]
    if link is None or link.count is None or not may_open(actor, link.endpoint):
        return None
    with database().read() as tx:
        waiting = link.count(tx, actor, now())
    words = _("%(title)s: %(count)s new", title=_(link.title), count=waiting) if waiting else _(link.title)
    return Bell(link.endpoint, words, waiting)


def _nav(actor: Actor) -> list[tuple[NavigationEntry, bool, int]]:
    """The pages that the actor's roles open, each with whether it is the page of this request, and its badge."""
    links = [link for link in current_app.extensions[LINKS] if may_open(actor, link.endpoint)]
    here = _here(links)
    return [(link, link is here, _badge(link, actor)) for link in links]


def _badge(link: NavigationEntry, actor: Actor) -> int:
    if not link.has_badge or link.count is None or g.get("is_problem"):
        return 0
    with database().read() as tx:
        return link.count(tx, actor, now())


def _here(links: list[NavigationEntry]) -> NavigationEntry | None:
    """The entry of this page: of the same blueprint, the one with the longest address that this one continues."""
    stage = [link for link in links if link.endpoint.partition(".")[0] == request.blueprint]
    above = [link for link in stage if request.path.startswith(url_for(link.endpoint))]
    return max(above, key=lambda link: len(url_for(link.endpoint)), default=stage[0] if stage else None)
