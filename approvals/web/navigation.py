"""Navigation: the groups of pages that the roles of the actor open, the bell, and the warnings of the home page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Flask, current_app, g, request, url_for
from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label, translated
from approvals.http.access import may_open
from approvals.http.application import database, now
from approvals.notifications.inbox import MOST
from workflows.charts.roles import ROLES
from workflows.label import Label

HOME = "home.index"
MENU, BELL, WARNINGS = "guahao-menu", "guahao-bell", "guahao-warnings"
Count = Callable[[Connection, Actor, datetime], int]


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A page in the menu; `title` is a msgid.

    It is the current one on its own pages and those below it, and on pages of the blueprints that it stands for.
    Every page shows what `badge` counts, so long as there is any: nobody else will see to it.
    """

    endpoint: str
    title: str
    badge: Count | None = None
    stands_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """Pages that stand together in a role's menu; groups of the same name are one for who has several roles."""

    name: str
    title: Label
    endpoints: str  # separated by blanks


@dataclass(frozen=True, slots=True)
class Menu:
    """All pages of the menu, and the groups of each role."""

    pages: tuple[MenuPage, ...]
    groups: Mapping[str, tuple[MenuGroup, ...]]


@dataclass(frozen=True, slots=True)
class NavigationLink:
    page: MenuPage
    is_here: bool
    badge: int


@dataclass(frozen=True, slots=True)
class NavigationGroup:
    """A group as its reader sees it: the title leads to its first page."""

    title: Label
    links: tuple[NavigationLink, ...]

    @property
    def is_here(self) -> bool:
        return any(link.is_here for link in self.links)

    @property
    def here(self) -> NavigationLink | None:
        return next((link for link in self.links if link.is_here), None)

    @property
    def badge(self) -> int:
        return sum(link.badge for link in self.links)


@dataclass(frozen=True, slots=True)
class Navigation:
    groups: tuple[NavigationGroup, ...]

    @property
    def here(self) -> NavigationGroup | None:
        return next((group for group in self.groups if group.is_here), None)

    @property
    def page_count(self) -> int:
        return sum(len(group.links) for group in self.groups)


@dataclass(frozen=True, slots=True)
class Bell:
    """The link to one's messages; `waiting` counts what asks something, `words` is its accessible name.

    `opened` is the address of this page when messages may lead to it: they are read by that.
    """

    endpoint: str
    words: str
    waiting: str
    opened: str


@dataclass(frozen=True, slots=True)
class BellEntry:
    """Where the bell leads, what it is called (a msgid), what it counts, and the pages that messages lead to."""

    endpoint: str
    title: str
    count: Count
    leads_to: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HomeWarning:
    """A warning on the home page for those who may open `endpoint`: `tell` gives msgids with their values."""

    endpoint: str
    tell: Callable[[Connection], list[tuple[str, dict[str, object]]]]


def set_up_navigation(app: Flask, menu: Menu, bell: BellEntry, warnings: tuple[HomeWarning, ...]) -> None:
    """Register the menu and pass actor, roles, navigation and bell to every template."""
    app.extensions[MENU] = menu
    app.extensions[BELL] = bell
    app.extensions[WARNINGS] = warnings
    app.context_processor(_template_context)


def menu_groups(menu: Menu, roles: Iterable[str]) -> list[tuple[Label, list[MenuPage]]]:
    """The groups of these roles, merged by name, each with its title; a page stands in the first that names it."""
    pages = {page.endpoint: page for page in menu.pages}
    titles: dict[str, Label] = {}
    members: dict[str, list[MenuPage]] = {}
    placed: set[str] = set()
    for role in roles:
        for group in menu.groups[role]:
            titles.setdefault(group.name, group.title)
            new = [name for name in group.endpoints.split() if name not in placed]
            members.setdefault(group.name, []).extend(pages[name] for name in new)
            placed.update(new)
    return [(titles[name], own) for name, own in members.items() if own]


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
        "opens": partial(may_open, actor),
        "my_roles": roles,
        "own_unit": label(Label(actor.unit, actor.unit_en)) if actor else "",
        "navigation": _navigation(actor) if actor else None,
        "bell": _bell(actor) if actor and not g.get("is_problem") else None,
        "here": here,
        "is_home": request.endpoint == HOME,
    }


def _bell(actor: Actor) -> Bell | None:
    entry: BellEntry = current_app.extensions[BELL]
    if not may_open(actor, entry.endpoint):
        return None
    with database().read() as tx:
        waiting = entry.count(tx, actor, now())
    count = f"{MOST}+" if waiting > MOST else str(waiting) if waiting else ""
    words = _("%(title)s: %(count)s to be dealt with", title=_(entry.title), count=count) if count else _(entry.title)
    is_case = request.method == "GET" and request.endpoint in entry.leads_to
    return Bell(entry.endpoint, words, count, request.path if is_case else "")


def _navigation(actor: Actor) -> Navigation | None:
    """The actor's groups of pages; none without a role."""
    groups = menu_groups(current_app.extensions[MENU], [role for role in ROLES if actor.has(role)])
    here = _here([page for _title, pages in groups for page in pages])
    return Navigation(
        tuple(
            NavigationGroup(title, tuple(NavigationLink(page, page is here, _badge(page, actor)) for page in pages))
            for title, pages in groups
        )
    )


def _badge(page: MenuPage, actor: Actor) -> int:
    if page.badge is None or g.get("is_problem"):
        return 0
    with database().read() as tx:
        return page.badge(tx, actor, now())


def _here(pages: list[MenuPage]) -> MenuPage | None:
    """The page of this request, or the one that it stands below or that stands for it."""
    blueprint = request.blueprint or ""
    own = [page for page in pages if page.endpoint.partition(".")[0] == blueprint]
    above = [page for page in own if request.path.startswith(url_for(page.endpoint))]
    if above:
        return max(above, key=lambda page: len(url_for(page.endpoint)))
    return next((page for page in pages if blueprint in page.stands_for), own[0] if own else None)
