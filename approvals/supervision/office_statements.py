"""Says of the offices' own steps what is due: a reminder to who owes one, a report to the levels above when it is late.

An entry and its notices are all that a statement is; which ones are due follows from the steps that wait.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import orjson
from sqlalchemy import Connection, func, select

from approvals.accounts.actors import SYSTEM_ACTOR
from approvals.base.errors import NotFound
from approvals.base.hashing import moment_text
from approvals.base.moments import day_of, start_of
from approvals.filing.queries import id_of, locked_project_by_id, record_of
from approvals.history.commands import Command
from approvals.history.record import CITY_CHAIN, ENTRY, OpenChain, attest, locked_city_chain, recording
from approvals.registration.queries import approval_for
from approvals.supervision.office_tasks import WaitingStep, waiting_in, waiting_steps
from approvals.supervision.orders.queries import order_for
from approvals.supervision.queries import SWEEPS
from workflows.charts.model import SYSTEM
from workflows.charts.office_moves import REPORT, STATEMENTS
from workflows.rules.office_tasks import ENDING_MOVES, OfficeStatement

KINDS = ("project", "approval", "card", "order")  # of commands that may end a step
_Key = tuple[str, int, str]  # chart and id of what waits, and since when


@dataclass(frozen=True, slots=True)
class RecordedStatement:
    """A statement as it stands in the record."""

    move: str
    level: int
    at: datetime


def last_swept_on(tx: Connection) -> date | None:
    """The last day that was swept."""
    swept_to = tx.execute(select(func.max(SWEEPS.c.swept_to))).scalar_one()
    return day_of(swept_to) if swept_to else None


def chains_with_due_statements(tx: Connection, day: date) -> list[int]:
    """The projects (0 for the city itself) of which something is to be said by the close of `day`."""
    return sorted({step.chain for step, due in _due(tx, waiting_steps(tx, day), day) if due})


def state_due_steps(
    tx: Connection, chain: int, to: datetime, now: datetime, swept_on: date | None = None
) -> Counter[str]:
    """Say what is due of the steps of a project (0: the city) by `to`, each on its day.

    What the last sweep, of `swept_on`, would have said if the limits of today had stood then is said on that day: the
    months before stay as they were.
    """
    end = record_of(locked_project_by_id(tx, chain)) if chain else locked_city_chain(tx, now)
    first_at = start_of(min(swept_on, day_of(to))) if swept_on else None
    done = Counter[str]()
    with recording(tx, *end, at=None, now=now) as record:
        for step, due in _due(tx, waiting_in(tx, chain, day_of(to)), day_of(to)):
            for statement in due:
                at = max(filter(None, (start_of(statement.on), step.since, first_at)))
                _state(record, step, statement, min(at, to))
                done[statement.move] += 1
    return done


def state_before(tx: Connection, command: Command) -> None:
    """Before a move that ends a step: what is due of the steps of its project by then, as if a sweep had just run."""
    if command.ref.kind not in KINDS or command.move not in ENDING_MOVES:
        return
    at = command.at or command.now
    day = day_of(at)
    try:
        chain = _chain_of(tx, command)
    except NotFound:  # the move itself says so
        return
    if any(due for _, due in _due(tx, waiting_in(tx, chain, day), day)):
        state_due_steps(tx, chain, at, command.now, last_swept_on(tx))


def _chain_of(tx: Connection, command: Command) -> int:
    if command.ref.kind == "order":
        return order_for(tx, command.ref.key, command.actor).project_id or CITY_CHAIN
    if command.ref.code:
        return approval_for(tx, command.ref.project, command.ref.code, command.actor).project_id
    return id_of(tx, command.ref.project, command.actor)


def _due(
    tx: Connection, steps: Iterable[WaitingStep], day: date
) -> Iterator[tuple[WaitingStep, list[OfficeStatement]]]:
    """The steps with what is to be said of each by the close of `day` and was not said yet."""
    due = [(step, [statement for statement in step.statements if statement.on <= day]) for step in steps]
    due = [(step, statements) for step, statements in due if statements]
    said = statements_of(tx, [step for step, _ in due])
    for step, statements in due:
        known = {(one.move, one.level) for one in said[_key(step)]}
        yield step, [one for one in statements if (one.move, one.level) not in known]


def with_reports(tx: Connection, steps: Sequence[WaitingStep]) -> list[tuple[WaitingStep, RecordedStatement | None]]:
    """Each step with the last report of it, where it was reported as late."""
    said = statements_of(tx, [step for step in steps if step.is_late])
    reports = {key: [one for one in of_step if one.move == REPORT] for key, of_step in said.items()}
    return [(step, reports[key][-1] if reports.get(key := _key(step)) else None) for step in steps]


def statements_of(tx: Connection, steps: Iterable[WaitingStep]) -> dict[_Key, list[RecordedStatement]]:
    """What the record says of these steps, in its order."""
    chains, said = sorted({step.chain for step in steps}), defaultdict[_Key, list[RecordedStatement]](list)
    columns = (ENTRY.c[name] for name in ("subject", "subject_id", "move", "at", "facts"))
    statement = select(*columns).where(ENTRY.c.project_id.in_(chains), ENTRY.c.move.in_(STATEMENTS))
    for row in tx.execute(statement.order_by(ENTRY.c.project_id, ENTRY.c.seq)) if chains else ():
        facts = orjson.loads(row.facts)
        key = (row.subject, row.subject_id, facts["since"])
        said[key].append(RecordedStatement(row.move, facts["level"], row.at))
    return said


def _key(step: WaitingStep) -> _Key:
    return step.case.chart.name, step.case.id, moment_text(step.since)


def _state(record: OpenChain, step: WaitingStep, statement: OfficeStatement, at: datetime) -> None:
    facts = {
        "office_task": step.task,
        "office_due_on": step.deadline.due_on,
        "level": statement.level,
        "holder": step.level,
        "on": statement.on,
        "since": moment_text(step.since),
    }
    case = replace(step.case, level=statement.level, holder=step.level)
    attest(record, case, statement.move, by=SYSTEM_ACTOR, role=SYSTEM, facts=facts, at=at)
