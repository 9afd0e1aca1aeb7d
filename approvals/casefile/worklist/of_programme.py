"""Duties in the programme: months to report, to confirm and to close, money, problems, what lead units ask for."""

from typing import Any

from sqlalchemy import Select, String, Table, cast, func, literal, or_, select

from approvals.accounts.actors import Actor
from approvals.accounts.permissions import FINANCE, MOVE_PROBLEMS, OFFICE, OWNERS
from approvals.accounts.queries import UNIT
from approvals.base.moments import month_of
from approvals.casefile.programme.problem_list import asked_of
from approvals.casefile.worklist.rows import DutySource, Moments, duty_rows
from approvals.programme.problems.queries import PROBLEMS, is_stale, is_unanswered, visible_problems
from approvals.programme.queries import CLOSED, DIVISIONS, ENTRIES, ITEMS, REPLANS, TASKS
from approvals.programme.worklist import money_is_open, to_confirm
from workflows.config.policy import load_policy

LEAD, REPORTER, ASKED = UNIT.alias("lead"), UNIT.alias("reporter"), UNIT.alias("asked")
_ITEM = {"chain": -ITEMS.c.id, "name": ITEMS.c.name, "year": ITEMS.c.year, "item_no": ITEMS.c.item_no}
_BY_LEAD = {"origin": LEAD.c.name, "origin_en": LEAD.c.name_en}
_ITEMS = ITEMS.join(LEAD, LEAD.c.id == ITEMS.c.lead_unit_id)
_ENTRIES = (
    ENTRIES.join(TASKS, TASKS.c.id == ENTRIES.c.task_id)
    .join(ITEMS, ITEMS.c.id == TASKS.c.item_id)
    .join(REPORTER, REPORTER.c.id == TASKS.c.unit_id)
)
_ENTRY = {**_ITEM, "code": TASKS.c.code, "part": ENTRIES.c.month, "since": ENTRIES.c.state_since}
_BY_REPORTER = {"origin": REPORTER.c.name, "origin_en": REPORTER.c.name_en}
_PROBLEMS = PROBLEMS.join(ITEMS, ITEMS.c.id == PROBLEMS.c.item_id).join(LEAD, LEAD.c.id == ITEMS.c.lead_unit_id)
_PROBLEM = {**_ITEM, "part": cast(PROBLEMS.c.number, String), "text": PROBLEMS.c.text, **_BY_LEAD}


def _entries_to_confirm(actor: Actor, _at: Moments) -> Select[Any]:
    return duty_rows("entry_review", _ENTRIES, ENTRIES.c.id, to_confirm(actor), **_ENTRY, **_BY_REPORTER)


def _money(_actor: Actor, _at: Moments) -> Select[Any]:
    return duty_rows("money", _ENTRIES, ENTRIES.c.id, money_is_open(), **_ENTRY, **_BY_REPORTER)


def _months(_actor: Actor, at: Moments) -> Select[Any]:
    """The months that are over, that units reported of and that nobody has closed."""
    is_closed = ENTRIES.c.month.in_(select(CLOSED.c.month))
    is_over = ENTRIES.c.month < str(month_of(at.today)), ENTRIES.c.state != "due", ~is_closed
    about = {"year": ITEMS.c.year, "part": ENTRIES.c.month}
    rows = duty_rows("month", _ENTRIES, func.min(ENTRIES.c.id), *is_over, **about)
    return rows.group_by(ITEMS.c.year, ENTRIES.c.month)


def _claims(_actor: Actor, _at: Moments) -> Select[Any]:
    about = {**_ITEM, "since": ITEMS.c.state_since, **_BY_LEAD}
    return duty_rows("claim", _ITEMS, ITEMS.c.id, ITEMS.c.state == "claimed", **about)


def _asked_for(kind: str, table: Table) -> DutySource:
    """What lead units ask the office for, and that waits."""

    def query(_actor: Actor, _at: Moments) -> Select[Any]:
        source = _ITEMS.join(table, table.c.item_id == ITEMS.c.id)
        about = {**_ITEM, "since": table.c.asked_at, **_BY_LEAD}
        return duty_rows(kind, source, table.c.id, table.c.state == "asked", **about)

    return DutySource(kind, OFFICE, query)


def _problems(actor: Actor, _at: Moments) -> Select[Any]:
    about = {**_PROBLEM, "since": PROBLEMS.c.asked_at}
    return duty_rows("problem", _PROBLEMS, PROBLEMS.c.id, visible_problems(actor), asked_of(actor), **about)


def _unanswered(actor: Actor, at: Moments) -> Select[Any]:
    """Problems that were not answered for so long that an order may follow."""
    source = _PROBLEMS.outerjoin(ASKED, ASKED.c.id == PROBLEMS.c.asked_unit_id)
    about = {**_PROBLEM, "since": PROBLEMS.c.asked_at}
    about |= {
        "origin": func.coalesce(ASKED.c.name, PROBLEMS.c.asked_office),
        "origin_en": func.coalesce(ASKED.c.name_en, literal("", String)),
    }
    waits = visible_problems(actor), is_unanswered(at.today, load_policy().programme), ~asked_of(actor)
    return duty_rows("problem_order", source, PROBLEMS.c.id, *waits, **about)


def _stale(actor: Actor, at: Moments) -> Select[Any]:
    """Problems without a word for long, but those that wait for the actor in another way."""
    rules = load_policy().programme
    others = [asked_of(actor)] + ([is_unanswered(at.today, rules)] if actor.has("supervision_office") else [])
    waits = visible_problems(actor), is_stale(at.today, rules), ~func.coalesce(or_(*others), literal(False))
    return duty_rows("problem_word", _PROBLEMS, PROBLEMS.c.id, *waits, **_PROBLEM, since=PROBLEMS.c.said_at)


SOURCES = (
    DutySource("entry_review", OWNERS, _entries_to_confirm),
    DutySource("money", FINANCE, _money),
    DutySource("month", OFFICE, _months),
    DutySource("claim", OFFICE, _claims),
    _asked_for("replan", REPLANS),
    _asked_for("division", DIVISIONS),
    DutySource("problem", MOVE_PROBLEMS, _problems),
    DutySource("problem_order", OFFICE, _unanswered),
    DutySource("problem_word", OWNERS | OFFICE, _stale),
)
