"""Where the button of each duty leads, and the number of duties that the menu shows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import g, url_for
from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.casefile.worklist.lists import LISTS as FEW
from approvals.casefile.worklist.worklist import Duty, Worklist, all_duties, duty_count, worklist
from approvals.jobs.duties import LISTS as OF_SERVICE

LISTS = (*FEW, *OF_SERVICE)
COUNTED = "duty_count"  # of this request, once it is known

# Each kind: the page, and what stands in its address (`{name}` of the duty); after # the place on the page.
_PAGES: Mapping[str, tuple[str, str]] = {
    "escalation": ("supervision.escalation", "project={ref} code={code} level={part} #answer"),
    "order": ("orders.show", "order={part}"),
    "order_review": ("orders.show", "order={part}"),
    "appeal": ("cards.show", "project={ref} code={code} key={part}"),
    "appeal_review": ("cards.show", "project={ref} code={code} key={part}"),
    "correction": ("corrections.show", "project={ref} code={code}"),
    "joint_word": ("joint.show", "ref={ref}"),
    **dict.fromkeys(
        ("agree", "decide", "intake", "deliver", "special", "check", "collect", "late"),
        ("windows.show", "project={ref} code={code} #next"),
    ),
    **dict.fromkeys(("resubmit", "owed", "submit", "reapply"), ("windows.show", "project={ref} code={code} #hand-in")),
    "returned": ("filing.show", "ref={ref}"),
    "draft": ("filing.show", "ref={ref}"),
    "request": ("requests.show", "ref={ref} number={part}"),
    "follow_up": ("contacts.index", "ref={ref} #contact-{id}"),
    "silent": ("contacts.index", "ref={ref} #note"),
    "works": ("casefile.show", "ref={ref} #works"),
    "sort": ("triage.show", "ref={ref}"),
    "divert": ("triage.show", "ref={ref}"),
    "register": ("registration.show", "ref={ref}"),
    "amendment": ("casefile.show", "ref={ref} #amendment"),
    "suspension": ("triage.show", "ref={ref}"),
    **dict.fromkeys(("problem", "problem_word"), ("programme.problem", "year={year} item_no={item_no} number={part}")),
    "problem_order": ("orders.new", "about=programme/{year}/{item_no}/problems/{part}"),
    **dict.fromkeys(
        ("entry", "entry_review", "money"),
        ("programme.entry", "year={year} item_no={item_no} code={code} month={part}"),
    ),
    **dict.fromkeys(("claim", "replan", "division"), ("programme.item", "year={year} item_no={item_no}")),
    "month": ("programme.months", "year={year}"),
    "second": ("second.index", ""),
    "vacancy": ("vacancies.index", ""),
    "uncovered": ("absences.deputy", "absence_id={id}"),
    "jobs": ("jobs.index", ""),
    "deliveries": ("deliveries.index", ""),
    "calendar": ("calendars.new", "year={part}"),
}


def address_of(duty: Duty) -> str:
    """The address of the page where the duty is done."""
    endpoint, pattern = _PAGES[duty.kind.name]
    args: dict[str, Any] = {}
    for part in pattern.split():
        name, _, value = ("_anchor", "", part[1:]) if part.startswith("#") else part.partition("=")
        args[name] = value.format(
            ref=duty.ref, code=duty.code, part=duty.part, id=duty.id, year=duty.year, item_no=duty.item_no
        )
    return url_for(endpoint, **args)


def duties(tx: Connection, actor: Actor, now: datetime, cursor: str) -> Worklist:
    """A page of the actor's duties, the number of which the menu shows as well."""
    view = worklist(tx, actor, now, LISTS, cursor=cursor)
    setattr(g, COUNTED, view.total)
    return view


def every_duty(tx: Connection, actor: Actor, now: datetime) -> list[Duty]:
    """All duties of the actor, the most urgent first."""
    return all_duties(tx, actor, now, LISTS)


def waiting(tx: Connection, actor: Actor, now: datetime) -> int:
    """How many duties the actor has."""
    known: int | None = g.get(COUNTED)
    return duty_count(tx, actor, now, LISTS) if known is None else known
