"""The same move on many cases: each in a transaction of its own, with an outcome that is kept under the form's key."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import DBAPIError

from approvals.base.database import Transactions
from approvals.base.errors import Invalid, NotFound, Problem
from approvals.base.hashing import canonical, sha256
from approvals.base.i18n import N_
from approvals.base.pagination import PAGE
from approvals.base.stores import answer_of, reserve, settle
from approvals.base.tables import OnceKey, table_of
from approvals.history.commands import Command
from approvals.moves import execute, settling
from workflows.charts.approval import APPROVAL
from workflows.charts.model import Chart, State
from workflows.charts.project import PROJECT
from workflows.label import Label

KEYS: Table = table_of(OnceKey)
MOST = PAGE  # cases at a time: those of one page of a list
INTERRUPTED = N_("Processing was interrupted before this case. Try it again.")
UNAVAILABLE = N_("It could not be done just now. Try it again.")
CHARTS: Mapping[str, Chart] = {"assign": APPROVAL, "remind": APPROVAL, "hand_over": PROJECT, "mark": PROJECT}
Reason = tuple[str, Mapping[str, object]]  # a msgid with its parameters
Charted = Mapping[str, Callable[[str], object]]


@dataclass(frozen=True, slots=True)
class BulkTarget:
    """The command for one case, and what the case is called."""

    command: Command
    name: str
    item: Label | None = None


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What came of one case: its new state, or the reasons why nothing was done, each after the word of its field."""

    ref: str
    name: str
    item: Label | None
    state: State | None
    reasons: tuple[tuple[Label | None, Reason], ...]

    @property
    def is_done(self) -> bool:
        return self.state is not None


@dataclass(frozen=True, slots=True)
class BulkResult:
    """The outcomes in the order of the list; `back` is the address of that list."""

    action: str
    back: str
    rows: tuple[BulkOutcome, ...]

    @property
    def done(self) -> int:
        return sum(row.is_done for row in self.rows)

    @property
    def refused(self) -> int:
        return len(self.rows) - self.done


def key_of(person_id: int, once: str) -> str:
    """The idempotency key of one form of this person."""
    return f"bulk:{person_id}:{once}"


def make_each(
    database: Transactions,
    key: str,
    refs: Sequence[str],
    target: Callable[[Connection, str], BulkTarget],
    *,
    action: str,
    back: str,
    now: datetime,
) -> None:
    """Make the move of each of these cases, at most MOST; one that fails stops no other.

    Sent again under the same key, what was done or refused stays so, and what was not reached is made up for.
    """
    refs = list(dict.fromkeys(refs))[:MOST]
    with database.write() as tx:
        if reserve(tx, key, now) is None:
            settle(tx, key, canonical({"action": action, "back": back, "refs": refs}))
        else:
            refs = _noted(tx, key)["refs"]
    for ref in refs:
        _make_one(database, key, ref, target, now)


def _make_one(
    database: Transactions, key: str, ref: str, target: Callable[[Connection, str], BulkTarget], now: datetime
) -> None:
    own, name = _key_of_one(key, ref), {}
    try:
        with database.read() as tx:
            if answer_of(tx, own) is not None:
                return
            case = target(tx, ref)
        name = {"name": case.name, "item": [case.item.zh, case.item.en] if case.item else None}
        with settling(database, case.command), database.write() as tx:
            if reserve(tx, own, now) is None:
                settle(tx, own, canonical(name | {"state": execute(tx, case.command).state}))
    except Problem as problem:
        _keep(database, own, name | _reasons(problem), now)
    except DBAPIError:  # a lock that nobody let go of in time: the others are tried all the same
        _keep(database, own, name | {"reasons": [[None, UNAVAILABLE, {}]]}, now)


def _keep(database: Transactions, own: str, outcome: Mapping[str, object], now: datetime) -> None:
    with database.write() as tx:
        if reserve(tx, own, now) is None:
            settle(tx, own, canonical(outcome))


def _reasons(problem: Problem) -> dict[str, object]:
    """Why nothing was done: a field, a msgid and its parameters each."""
    fields = problem.fields if isinstance(problem, Invalid) else {None: [(problem.message, problem.params)]}
    return {
        "reasons": [
            [field, msgid, {name: str(value) for name, value in params.items()}]
            for field, reasons in fields.items()
            for msgid, params in reasons
        ]
    }


def _key_of_one(key: str, ref: str) -> str:
    return f"{key}:{sha256(ref)[:32]}"


# Reading.


def bulk_result(tx: Connection, key: str) -> BulkResult:
    """The outcomes under this key; NotFound when nothing was sent under it."""
    noted = _noted(tx, key)
    keys = [_key_of_one(key, ref) for ref in noted["refs"]]
    rows = tx.execute(select(KEYS.c.key, KEYS.c.answer).where(KEYS.c.key.in_(keys)).order_by(KEYS.c.key))
    answers = {row.key: orjson.loads(row.answer) for row in rows if row.answer}
    outcomes = (_outcome(ref, answers.get(_key_of_one(key, ref), {}), CHARTS[noted["action"]]) for ref in noted["refs"])
    return BulkResult(noted["action"], noted["back"], tuple(outcomes))


def _noted(tx: Connection, key: str) -> Any:
    summary = answer_of(tx, key)
    if not summary:
        raise NotFound
    return orjson.loads(summary)


def _outcome(ref: str, answer: Mapping[str, Any], chart: Chart) -> BulkOutcome:
    state = chart.state(answer["state"]) if "state" in answer else None
    item = Label(*answer["item"]) if answer.get("item") else None
    reasons = (
        () if state else tuple(_reason(reason, chart) for reason in answer.get("reasons", [[None, INTERRUPTED, {}]]))
    )
    return BulkOutcome(ref, answer.get("name", ""), item, state, reasons)


def _reason(reason: Sequence[Any], chart: Chart) -> tuple[Label | None, Reason]:
    """Names of moves and states become their labels again, and fields their words."""
    field, msgid, params = reason
    charted: Charted = {"move": chart.move, "state": chart.state}
    words: Iterable[tuple[str, object]] = ((n, charted[n](v) if n in charted else v) for n, v in params.items())
    need = next((need for move in chart.moves for need in move.needs if need.name == field), None)
    return Label(need.zh, need.en) if need else None, (msgid, dict(words))
