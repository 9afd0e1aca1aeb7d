"""The way to the pages that somebody's roles open: the navigation, and the home page with its counts."""

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
    """A page's place in the navigation; `title` and `about` are msgids, `count` says how many wait there."""

    endpoint: str
    title: str
    about: str
    count: Count | None = None


@dataclass(frozen=True, slots=True)
class HomeLink:
    endpoint: str
    title: str
    about: str
    waiting: int | None


@dataclass(frozen=True, slots=True)
class NavLink:
    endpoint: str
    title: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Bell:
    """The way to one's notices; `waiting` counts the new ones, `words` say so to those who don't see the picture."""

    endpoint: str
    words: str
    waiting: int


@dataclass(frozen=True, slots=True)
class HomeWarning:
    """What the home page warns those of who may open `endpoint`: `tell` gives msgids with their values."""

    endpoint: str
    tell: Callable[[Connection], list[tuple[str, dict[str, object]]]]


def set_up_home(
    app: Flask,
    links: tuple[NavigationEntry, ...],
    bell: NavigationEntry | None = None,
    warnings: tuple[HomeWarning, ...] = (),
) -> None:
    """Keep the links, and hand each page who is at work and where they may go."""
    app.extensions[LINKS] = links
    app.extensions[BELL] = bell
    app.extensions[WARNINGS] = warnings
    app.context_processor(_who_and_where)


def home_links(tx: Connection, actor: Actor, now: datetime) -> list[HomeLink]:
    """The pages that the actor's roles open, with what waits there, in the order of the street."""
    return [
        HomeLink(link.endpoint, link.title, link.about, link.count(tx, actor, now) if link.count else None)
        for link in current_app.extensions[LINKS]
        if may_open(actor, link.endpoint)
    ]


def home_warnings(tx: Connection, actor: Actor) -> list[tuple[str, str]]:
    """The sentences that the actor is warned with, each with the page where more is to be seen."""
    return [
        (warned.endpoint, translated(message, values))
        for warned in current_app.extensions[WARNINGS]
        if may_open(actor, warned.endpoint)
        for message, values in warned.tell(tx)
    ]


def _who_and_where() -> dict[str, object]:
    actor: Actor | None = g.get("actor")
    roles = tuple(ROLES[role] for role in ROLES if actor and actor.has(role))
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return {
        "me": actor,
        "may_be_away": may_open(actor, "absences.index"),
        "my_roles": roles,
        "own_unit": label(Label(actor.unit, actor.unit_en)) if actor else "",
        "nav": _nav(actor) if actor else (),
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


def _nav(actor: Actor) -> tuple[NavLink, ...]:
    shown = [link for link in current_app.extensions[LINKS] if may_open(actor, link.endpoint)]
    here = _here(shown)
    return tuple(NavLink(link.endpoint, link.title, is_here=link is here) for link in shown)


def _here(links: list[NavigationEntry]) -> NavigationEntry | None:
    """The link under which this page lies: of the same stage, and the one whose address it continues."""
    stage = [link for link in links if link.endpoint.partition(".")[0] == request.blueprint]
    above = [link for link in stage if request.path.startswith(url_for(link.endpoint))]
    return max(above, key=lambda link: len(url_for(link.endpoint)), default=stage[0] if stage else None)
