"""Works that were verified as done are asked after six and twelve months whether they are in use."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, and_, or_, select

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.moments import day_of, end_of, month_of, start_of
from approvals.history.record import move, recording
from approvals.programme.queries import ITEMS, item_case, locked_item_by_id, record_of_item
from workflows.charts.model import SYSTEM

ASKED_AFTER = (6, 12)  # months since the works were verified


def due_questions(tx: Connection, to: date) -> list[int]:
    """The works of which it is to be asked by the close of this day whether they are in use."""
    due = [
        and_(ITEMS.c.in_use_asked == asked, ITEMS.c.state_since <= end_of(_latest(to, months)))
        for asked, months in enumerate(ASKED_AFTER)
    ]
    query = select(ITEMS.c.id).where(ITEMS.c.state == "done", ITEMS.c.kind == "works", or_(*due))
    return list(tx.execute(query.order_by(ITEMS.c.id)).scalars())


def _latest(to: date, months: int) -> date:
    """The last day from which so many months have passed by `to`."""
    day = months_from(to, -months)
    while months_from(day + timedelta(1), months) <= to:
        day += timedelta(1)
    return day


def ask_in_use(tx: Connection, item_id: int, to: date, now: datetime) -> int:
    """Ask the lead unit once, as of the day on which it fell due; how many questions were asked."""
    item = locked_item_by_id(tx, item_id)
    if item.state != "done" or item.in_use_asked >= len(ASKED_AFTER):  # another sweep was faster
        return 0
    due_on = months_from(day_of(item.state_since), ASKED_AFTER[item.in_use_asked])
    if due_on > to:
        return 0
    at = max(start_of(due_on), item.chain_last_at)
    with recording(tx, *record_of_item(item), at=at, now=now) as record:
        changes = {"in_use_asked": item.in_use_asked + 1}
        facts = {"months": ASKED_AFTER[item.in_use_asked]}
        move(record, item_case(item), "ask_in_use", by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, changes=changes)
    return 1


def months_from(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    month = month_of(day).back(-months)
    return month.first_on.replace(day=min(day.day, month.last_on.day))
