"""The scheduled run: proposes the deductions that are due, each exactly once, and takes back those without an event."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, tuple_

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.accounts.queries import units_by_id
from approvals.appraisal.events import RecordedEvent, recorded_events
from approvals.appraisal.queries import DEDUCTIONS, WITH_UNIT, deduction_case, ref_of_deduction
from approvals.base.database import Transactions
from approvals.base.moments import day_of
from approvals.base.stores import next_number
from approvals.history.record import OpenChain, begun, locked_city_chain, move, recording, row_to_begin
from approvals.recalculation.preview import in_batches
from workflows.charts.deduction import DEDUCTION
from workflows.charts.model import SYSTEM
from workflows.config.point_rules import RuleBook, load_point_rules
from workflows.rules.deductions import DueDeduction, due_deductions

PROPOSE, VOID = "propose_deduction", "void_deduction"
TOGETHER = 25  # deductions in one transaction
Key = tuple[str, int, str]  # of an event, a unit and a regime


def propose_deductions(
    database: Transactions, now: Callable[[], datetime], books: Sequence[RuleBook] | None = None
) -> Counter[str]:
    """Propose what is due by today, and take back what has no event any more; how many of each.

    Run twice, or by several at once, or killed and run again, it has one effect.
    """
    books = load_point_rules() if books is None else books
    if not books:
        return Counter()
    done, since, today = Counter[str](), min(book.from_on for book in books), day_of(now())
    with database.read() as tx:
        events = recorded_events(tx, since, today)
        due, groundless = _missing(tx, events, books), _groundless(tx, events, since, today)
    by_key = {recorded.event.key: recorded for recorded in events}
    for batch in in_batches(due, TOGETHER):
        with database.write() as tx:
            done[PROPOSE] += _propose(tx, [(one, by_key[one.event.key]) for one in batch], now())
    for ids in in_batches(groundless, TOGETHER):
        with database.write() as tx:
            done[VOID] += _void(tx, ids, now())
    return +done


def key_of(due: DueDeduction) -> Key:
    """There is one deduction for each of these."""
    return due.event.key, due.event.unit_id, due.regime


def _missing(tx: Connection, events: Iterable[RecordedEvent], books: Sequence[RuleBook]) -> list[DueDeduction]:
    """The deductions that are due and were not proposed yet."""
    due = due_deductions([recorded.event for recorded in events], books)
    names = DEDUCTIONS.c.event_key, DEDUCTIONS.c.unit_id, DEDUCTIONS.c.regime
    stored = {tuple(row) for row in tx.execute(select(*names).order_by(DEDUCTIONS.c.id))}
    return [one for one in due if key_of(one) not in stored]


def _groundless(tx: Connection, events: Iterable[RecordedEvent], since: date, today: date) -> list[int]:
    """The standing deductions whose event fell away: a card was voided or withdrawn, a day corrected."""
    keys = {recorded.event.key for recorded in events}
    of_days = DEDUCTIONS.c.happened_on >= since, DEDUCTIONS.c.happened_on < today, DEDUCTIONS.c.state != "revoked"
    rows = tx.execute(select(DEDUCTIONS.c.id, DEDUCTIONS.c.event_key).where(*of_days).order_by(DEDUCTIONS.c.id))
    return [row.id for row in rows if row.event_key not in keys]


def _propose(tx: Connection, batch: Sequence[tuple[DueDeduction, RecordedEvent]], now: datetime) -> int:
    """Propose those of the batch that another run has not proposed meanwhile; how many."""
    with recording(tx, *locked_city_chain(tx, now), at=None, now=now) as record:
        names = DEDUCTIONS.c.event_key, DEDUCTIONS.c.unit_id, DEDUCTIONS.c.regime
        keys = [key_of(due) for due, _ in batch]
        stored = {tuple(row) for row in tx.execute(select(*names).where(tuple_(*names).in_(keys)))}
        new = [(due, recorded) for due, recorded in batch if key_of(due) not in stored]
        units = units_by_id(tx, {due.event.unit_id for due, _ in new})
        for due, recorded in new:
            _begin(record, due, recorded, units[due.event.unit_id].name)
        return len(new)


def _begin(record: OpenChain, due: DueDeduction, recorded: RecordedEvent, unit: str) -> None:
    event, rule = due.event, due.rule
    row: dict[str, Any] = {
        "year": event.on.year,
        "serial": next_number(record.tx, f"deduction/{event.on.year}"),
        "unit_id": event.unit_id,
        "regime": due.regime,
        "event": event.kind,
        "event_key": event.key,
        "cause": event.cause,
        "about": recorded.about,
        "chain": recorded.chain,
        "entry_seq": recorded.seq,
        "happened_on": event.on,
        "days": event.days,
        "rules": due.edition,
        "points": due.points,
    }
    values = row_to_begin(DEDUCTION, PROPOSE, row, record.at)
    row_id = record.tx.execute(insert(DEDUCTIONS).values(values).returning(DEDUCTIONS.c.id)).scalar_one()
    stored = record.tx.execute(WITH_UNIT.where(DEDUCTIONS.c.id == row_id)).one()
    priced = {"rule_points": rule.points, "each_days": rule.each_days, "cap": rule.cap}
    facts = row | {"deduction": ref_of_deduction(stored), "unit": unit} | priced
    begun(record, deduction_case(stored), PROPOSE, by=SYSTEM_ACTOR, role=SYSTEM, facts=facts)


def _void(tx: Connection, ids: Iterable[int], now: datetime) -> int:
    """Take these back, as far as they still stand; how many."""
    with recording(tx, *locked_city_chain(tx, now), at=None, now=now) as record:
        sources = DEDUCTION.move(VOID).sources
        stands = DEDUCTIONS.c.id.in_(list(ids)), DEDUCTIONS.c.state.in_(sources)
        rows = tx.execute(WITH_UNIT.where(*stands).order_by(DEDUCTIONS.c.id)).all()
        for row in rows:
            facts = {"deduction": ref_of_deduction(row), "event_key": row.event_key, "points": row.points}
            move(record, deduction_case(row), VOID, by=SYSTEM_ACTOR, role=SYSTEM, facts=facts)
        return len(rows)
