"""What happened that costs points, read from rows and the record: each with its entry, cause and unit of that day."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, and_, or_, select

from approvals.base.moments import day_of, start_of
from approvals.history.record import ENTRY
from approvals.programme.queries import ITEMS, TASKS
from approvals.supervision.orders.queries import ORDERS, ref_of_order
from approvals.supervision.queries import CARDS
from workflows.charts.card import CARD
from workflows.charts.escalation import ESCALATION
from workflows.charts.order import LIFTS, ORDER
from workflows.charts.project import PROJECT
from workflows.charts.reminder import REMINDER
from workflows.rules.deductions import ChargeableEvent

LIVELIHOOD, URGENT = "livelihood", "urgent"
OF_COLOUR: Mapping[str, str] = {"yellow": "yellow_card", "red": "red_card"}
OF_RULE: Mapping[str, str] = {
    "delivery": "late_delivery",
    "second_notice": "second_notice",
    "order": "order_overdue",
}  # cards that are an event of their own whatever their colour
OF_DELAY = ("promised", "legal", "order")  # rules of cards that are steps of the one delay of a round
MARKING = ("classify", "mark")  # moves of a project that say whether it is urgent


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event with the entry that says so and how its subject is addressed."""

    event: ChargeableEvent
    chain: int
    seq: int
    about: str


def recorded_events(tx: Connection, since: date, today: date) -> list[RecordedEvent]:
    """The events of the days from `since` to the day before `today`, by day and key."""
    events = [*_of_cards(tx, since, today), *_of_orders(tx, since, today)]
    events += [*_of_escalations(tx, since, today), *_of_entries(tx, since, today)]
    return sorted(events, key=lambda recorded: (recorded.event.on, recorded.event.key, recorded.event.unit_id))


def _of_cards(tx: Connection, since: date, today: date) -> Iterator[RecordedEvent]:
    """Cards that stand: upheld, or not appealed against in time."""
    stands = or_(CARDS.c.state == "upheld", and_(CARDS.c.state == "shown", CARDS.c.appeal_by < today))
    columns = [CARDS.c[name].label(f"card_{name}") for name in ("id", "rule", "colour", "shown_on", "round")]
    query = _entries(ENTRY.c.subject == CARD.name, ENTRY.c.move == "show_card").add_columns(*columns)
    query = query.join(CARDS, CARDS.c.id == ENTRY.c.subject_id)
    rows = tx.execute(query.where(stands, CARDS.c.shown_on >= since, CARDS.c.shown_on < today)).all()
    urgent = urgent_days(tx, (row.project_id for row in rows))
    for row in rows:
        kind = OF_RULE.get(row.card_rule) or OF_COLOUR[row.card_colour]
        part = "delay" if row.card_rule in OF_DELAY else row.card_rule
        recorded = _of_approval(row, f"card/{row.card_id}", kind, part, row.card_shown_on, urgent)
        yield replace(recorded, about=f"{recorded.about}/cards/{row.card_rule}-{row.card_round}")


def _of_orders(tx: Connection, since: date, today: date) -> Iterator[RecordedEvent]:
    """Orders reported as unanswered, once for each day by which they were due; one with a card is charged by it."""
    names = [ORDERS.c.approval_id.label("order_approval"), ORDERS.c.round.label("order_round")]
    query = _entries(ENTRY.c.subject == ORDER.name, ENTRY.c.move == "lift_order", *_between(since, today))
    query = query.add_columns(*names, ORDERS.c.year, ORDERS.c.serial).join(ORDERS, ORDERS.c.id == ENTRY.c.subject_id)
    rows = [row for row in tx.execute(query) if orjson.loads(row.facts)["level"] == LIFTS[0]]
    carded = _with_order_card(tx, [row.order_approval for row in rows if row.order_approval])
    urgent = urgent_days(tx, (row.project_id for row in rows if row.project_id))
    for row in rows:
        if (row.order_approval, row.order_round) in carded:
            continue
        key = f"order/{row.subject_id}/{orjson.loads(row.facts)['due_on']}"
        if row.order_approval:
            yield _of_approval(row, key, "order_overdue", "delay", day_of(row.at), urgent)
        else:
            event = _event(row, key, "order_overdue", f"order/{row.subject_id}", day_of(row.at), urgent)
            yield RecordedEvent(event, row.project_id, row.seq, f"orders/{ref_of_order(row)}")


def _with_order_card(tx: Connection, approval_ids: Iterable[int]) -> set[tuple[int, int]]:
    of_orders = CARDS.c.rule == "order", CARDS.c.approval_id.in_(sorted(set(approval_ids)))
    rows = tx.execute(select(CARDS.c.approval_id, CARDS.c.round).where(*of_orders).order_by(CARDS.c.id))
    return {(row.approval_id, row.round) for row in rows}


def _of_escalations(tx: Connection, since: date, today: date) -> Iterator[RecordedEvent]:
    """Escalations of the window's level that were lifted without its answer."""
    lifted = ENTRY.c.move == "lift", ENTRY.c.from_state == "raised"
    query = _entries(ENTRY.c.subject == ESCALATION.name, *lifted, *_between(since, today))
    rows = [row for row in tx.execute(query) if orjson.loads(row.facts)["level"] == 1]
    raised = _entries(ENTRY.c.subject == ESCALATION.name, ENTRY.c.to_state == "raised")
    first = {row.subject_id: row for row in _by_subject(tx, raised, [row.subject_id for row in rows])}
    urgent = urgent_days(tx, (row.project_id for row in rows))
    for row in rows:
        key, told = f"escalation/{row.subject_id}", first[row.subject_id]
        yield _of_approval(row, key, "escalation_unanswered", "delay", day_of(row.at), urgent, told)


def _of_entries(tx: Connection, since: date, today: date) -> Iterator[RecordedEvent]:
    """Monthly entries that were missing on the day after their report day, as the reminder of all recorded it."""
    query = _entries(ENTRY.c.subject == REMINDER.name, ENTRY.c.move == "remind_missing", *_between(since, today))
    rows = tx.execute(query).all()
    years = {int(orjson.loads(row.facts)["month"][:4]) for row in rows}
    tasks = select(TASKS.c.code, TASKS.c.unit_id, ITEMS.c.year, ITEMS.c.item_no, ITEMS.c.is_urgent)
    tasks = tasks.join(ITEMS, ITEMS.c.id == TASKS.c.item_id).where(ITEMS.c.year.in_(years)).order_by(TASKS.c.id)
    of_task = {(task.year, f"{task.item_no}/{task.code}"): task for task in tx.execute(tasks)} if years else {}
    for row in rows:
        facts = orjson.loads(row.facts)
        year = int(facts["month"][:4])
        for name in facts["tasks"]:
            task, key = of_task[year, name], f"programme/{year}/{name}/{facts['month']}"
            regimes = (LIVELIHOOD, URGENT) if task.is_urgent else (LIVELIHOOD,)
            event = ChargeableEvent(key, "entry_missing", key, day_of(row.at), task.unit_id, regimes)
            yield RecordedEvent(event, row.project_id, row.seq, key)


def _of_approval(
    row: Row[Any], key: str, kind: str, part: str, on: date, urgent: "UrgentDays", told: Row[Any] | None = None
) -> RecordedEvent:
    """An event of an approval; `part` is the delay that it belongs to, `told` the entry that named the unit."""
    cause = f"approval/{row.approval_id}/{row.round}/{part}"
    event = _event(row, key, kind, cause, on, urgent, told)
    return RecordedEvent(event, row.project_id, row.seq, str(orjson.loads((told or row).told)[0]))


def _event(
    row: Row[Any], key: str, kind: str, cause: str, on: date, urgent: "UrgentDays", told: Row[Any] | None = None
) -> ChargeableEvent:
    regimes = (LIVELIHOOD, URGENT) if urgent.on(row.project_id, on) else (LIVELIHOOD,)
    return ChargeableEvent(key, kind, cause, on, window_of(told or row), regimes)


def window_of(row: Row[Any]) -> int:
    """The department that this entry was told to: the one responsible on that day, whoever took over since."""
    _label, *recipients = orjson.loads(row.told)
    return next(int(address) for audience, address in recipients if audience == "window")


def _between(since: date, today: date) -> tuple[Any, Any]:
    return ENTRY.c.at >= start_of(since), ENTRY.c.at < start_of(today)


def _entries(*clauses: Any) -> Select[Any]:
    columns = ("project_id", "seq", "subject_id", "approval_id", "round", "at", "facts", "told")
    of_record = select(*(ENTRY.c[name] for name in columns)).select_from(ENTRY)
    return of_record.where(*clauses).order_by(ENTRY.c.project_id, ENTRY.c.seq)


def _by_subject(tx: Connection, query: Select[Any], ids: Iterable[int]) -> Iterable[Row[Any]]:
    wanted = sorted(set(ids))
    return tx.execute(query.where(ENTRY.c.subject_id.in_(wanted))).all() if wanted else ()


@dataclass(frozen=True, slots=True)
class UrgentDays:
    """Since which moments projects were urgent and hard, or no longer, by the close of each day."""

    changes: Mapping[int, list[tuple[date, bool]]]

    def on(self, project_id: int, day: date) -> bool:
        """Whether the project was urgent at the close of this day."""
        changes = self.changes.get(project_id, [])
        index = bisect_right([since for since, _ in changes], day)
        return changes[index - 1][1] if index else False


def urgent_days(tx: Connection, project_ids: Iterable[int]) -> UrgentDays:
    """The days on which these projects came under double management of urgent and hard tasks, and left it."""
    wanted, changes = sorted(set(project_ids)), defaultdict[int, list[tuple[date, bool]]](list)
    query = select(ENTRY.c.project_id, ENTRY.c.at, ENTRY.c.facts).where(ENTRY.c.project_id.in_(wanted))
    query = query.where(ENTRY.c.subject == PROJECT.name, ENTRY.c.move.in_(MARKING))
    for row in tx.execute(query.order_by(ENTRY.c.project_id, ENTRY.c.seq)) if wanted else ():
        changes[row.project_id].append((day_of(row.at), bool(orjson.loads(row.facts)["urgent"])))
    return UrgentDays(changes)
