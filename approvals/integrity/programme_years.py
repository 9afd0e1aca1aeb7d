"""Years of the programme: closed months, exceptions, last year's totals and reminders follow from the history."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.programme.queries import CLOSED, EXCEPTIONS, ITEMS, LAST_YEARS, PREFIX, REMINDERS, TASKS, YEARS
from approvals.programme.years.outcomes import OUTCOMES, STATED

TOTALS = ("planned", "fiscal", "executed")


def programme_years_follow_from_history(tx: Connection) -> Iterator[Violation]:
    """Each month that was closed, opened again or reminded of is one of the record, and the other way round."""
    recorded: Counter[tuple[Any, ...]] = Counter(_recorded(tx))
    stored: Counter[tuple[Any, ...]] = Counter(_stored(tx))
    for row in sorted(stored - recorded, key=repr):
        yield Violation("programme", PREFIX, f"holds {', '.join(map(str, row))}, which the history does not say")
    for row in sorted(recorded - stored, key=repr):
        yield Violation("programme", PREFIX, f"lacks {', '.join(map(str, row))}")


def _recorded(tx: Connection) -> Iterator[tuple[Any, ...]]:
    years: dict[int, int] = {}
    query = (
        select(ENTRY).where(ENTRY.c.subject.in_(("programme", "reminder"))).order_by(ENTRY.c.project_id, ENTRY.c.seq)
    )
    for row in tx.execute(query):
        facts = orjson.loads(row.facts)
        if row.move == "open_year":
            years[row.subject_id] = facts["year"]
            yield "year", row.subject_id, facts["year"]
        elif row.move == "close_month":
            yield "closed month", facts["month"], row.at
        elif row.move == "open_exception":
            task = facts["task"].removeprefix(f"{PREFIX}/{facts['month'][:4]}/")
            until = date.fromisoformat(facts["until"])
            yield "exception", f"{facts['month'][:4]}/{task}", facts["month"], until, facts["reason"], row.at
        elif row.move == "record_last_year":
            totals = [None if facts.get(name) is None else Decimal(facts[name]) for name in TOTALS]
            yield "last year", years[row.subject_id], *totals, facts["source"], row.at
        elif row.move == "record_outcome":
            texts = [facts[name] for name in ("category", "name", "unit", "period")]
            numbers = [None if facts.get(name) is None else Decimal(facts[name]) for name in ("value", "change")]
            reason = facts.get("reason") or ""
            yield "outcome", years[row.subject_id], *texts, *numbers, facts["source"], reason, row.at
        elif row.move != "remind":  # which stores nothing
            yield "reminder", row.subject_id, facts["month"], row.move, row.at


def _stored(tx: Connection) -> Iterator[tuple[Any, ...]]:
    for row in tx.execute(select(YEARS).order_by(YEARS.c.id)):
        yield "year", row.id, row.year
    for row in tx.execute(select(CLOSED).order_by(CLOSED.c.id)):
        yield "closed month", row.month, row.closed_at
    tasks = {row.id: f"{row.year}/{row.item_no}/{row.code}" for row in tx.execute(_TASKS)}
    for row in tx.execute(select(EXCEPTIONS).order_by(EXCEPTIONS.c.id)):
        yield "exception", tasks.get(row.task_id), row.month, row.until_on, row.reason, row.opened_at
    for row in tx.execute(select(LAST_YEARS).order_by(LAST_YEARS.c.id)):
        yield "last year", row.year, *(getattr(row, name) for name in TOTALS), row.source, row.counts_at
    for row in tx.execute(select(OUTCOMES).order_by(OUTCOMES.c.id)):
        yield "outcome", row.year, *(getattr(row, name) for name in STATED), row.reason, row.counts_at
    for row in tx.execute(select(REMINDERS).order_by(REMINDERS.c.id)):
        yield "reminder", row.id, row.month, row.move, row.state_since


_TASKS = (
    select(TASKS.c.id, TASKS.c.code, ITEMS.c.year, ITEMS.c.item_no)
    .join(ITEMS, ITEMS.c.id == TASKS.c.item_id)
    .order_by(TASKS.c.id)
)
