"""The way to the pages that somebody's roles open: the navigation, and the home page with its counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, g, request
from sqlalchemy import Connection

from approvals.accounts.access import may_open
from approvals.accounts.actors import Actor
from workflows.roles import ROLES

KEY = "guahao-links"
Count = Callable[[Connection, Actor, datetime], int]


@dataclass(frozen=True, slots=True)
class Link:
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


def set_up_home(app: Flask, links: tuple[Link, ...]) -> None:
    """Keep the links, and hand each page who is at work and where they may go."""
    app.extensions[KEY] = links
    app.context_processor(_who_and_where)


def home_links(tx: Connection, actor: Actor, now: datetime) -> list[HomeLink]:
    """The pages that the actor's roles open, with what waits there, in the order of the street."""
    return [
        HomeLink(link.endpoint, link.title, link.about, link.count(tx, actor, now) if link.count else None)
        for link in current_app.extensions[KEY]
        if may_open(actor, link.endpoint)
    ]


def _who_and_where() -> dict[str, object]:
    actor: Actor | None = g.get("actor")
    roles = tuple(ROLES[role] for role in ROLES if actor and actor.has(role))
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    return {"me": actor, "my_roles": roles, "nav": _nav(actor) if actor else (), "bell": None, "here": here}


def _nav(actor: Actor) -> tuple[NavLink, ...]:
    return tuple(
        NavLink(link.endpoint, link.title, is_here=_folder(link.endpoint) == request.blueprint)
        for link in current_app.extensions[KEY]
        if may_open(actor, link.endpoint)
    )


def _folder(endpoint: str) -> str:
    return endpoint.partition(".")[0]
