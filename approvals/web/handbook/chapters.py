"""Which chapter of the handbook tells about which page, and which books are whose."""

from collections.abc import Iterable, Mapping

from approvals.accounts.actors import Actor
from approvals.web.handbook.books import BOOKS, COMMON, book
from workflows.charts.roles import ROLES

# The chapter of each page, by its endpoint or, for all others of a blueprint, by that; of several, separated by blanks,
# the first that the reader's books have.
CHAPTERS: Mapping[str, str] = {
    "home": "today",
    "search": "search",
    "accounts": "sign-in",
    "saved_views": "lists",
    "list_files": "lists",
    "filing": "filing",
    "filing.index": "projects",
    "filing.show": "projects",
    "amendments": "changes",
    "triage": "triage",
    "registration": "registration",
    "windows": "approval",
    "windows.queue": "queue",
    **dict.fromkeys(("owed", "papers", "materials"), "approval"),
    "corrections": "corrections",
    "calendars": "calendar",
    "due_dates": "due-dates",
    "catalogues": "catalogue",
    "liaisons": "liaisons",
    "liaisons.day": "day",
    "requests": "requests",
    "contacts": "contacts",
    "roster": "roster",
    "handlers": "handlers",
    "bulk": "several",
    "vacancies": "vacancies",
    "supervision": "escalations",
    "supervision.sweep": "sweep",
    "cards": "cards",
    "offices": "offices",
    "orders": "orders",
    "joint": "joint",
    "trials": "policy",
    **dict.fromkeys(("reports", "report_lines", "report_making", "report_parts"), "reports"),
    **dict.fromkeys(("issued_papers", "bulletin_orders"), "reports"),
    "verifying": "verify",
    "casefile": "casefile",
    "whose_time": "time",
    "board": "board",
    "programme": "programme",
    **dict.fromkeys(("programme.month", "programme.entry"), "month programme"),
    **dict.fromkeys(("programme.plan", "programme.plan_sheets", "programme.new"), "plan programme"),
    "programme.months": "months",
    **dict.fromkeys(("programme.problem_list", "programme.problem", "programme.new_problem"), "problems"),
    "notices": "messages",
    "outbox": "notifications",
    "absences": "absence",
    "absences.away": "absences",
    "deliveries": "deliveries",
    "jobs": "jobs",
    "locks": "people",
    **dict.fromkeys(("sessions", "second_factor"), "sign-in"),
    "administration": "people",
    **dict.fromkeys(("administration.units", "administration.unit"), "units"),
    "administration.events": "events",
    "handbook": "help",
}
OTHERWISE = "today"  # of pages that no chapter is about
# The books of each role; the common one follows all of them.
BOOKS_OF: Mapping[str, tuple[str, ...]] = {
    "owner": ("owner", "county"),
    "window": ("window",),
    "window_head": ("window",),
    "liaison": ("liaison",),
    "service_centre": ("centre",),
    "supervision_office": ("office",),
    "city_government": ("leader",),
    "finance": ("finance",),
    "integration": ("integration",),
    "sysadmin": ("sysadmin",),
    "secadmin": ("secadmin",),
    "auditor": ("auditor",),
}


def own_books(roles: Iterable[str]) -> list[str]:
    """The books of these roles, and the common one."""
    held = frozenset(roles)
    names = [name for role in ROLES if role in held for name in BOOKS_OF[role]]
    return list(dict.fromkeys([*names, COMMON]))


def other_books(roles: Iterable[str]) -> list[str]:
    own = own_books(roles)
    return [name for name in BOOKS if name not in own]


def chapters_of(endpoint: str) -> list[str]:
    """The chapters about this page, the best first."""
    blueprint = endpoint.partition(".")[0]
    return (CHAPTERS.get(endpoint) or CHAPTERS.get(blueprint, OTHERWISE)).split()


def help_for(actor: Actor, endpoint: str) -> tuple[str, str]:
    """The book and chapter that tell this reader about the page: the first of theirs that there is."""
    books = own_books(actor.roles)
    places = ((name, chapter) for chapter in chapters_of(endpoint) for name in books)
    return next(((name, chapter) for name, chapter in places if chapter in book(name).anchors), (COMMON, OTHERWISE))
