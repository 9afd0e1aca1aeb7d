"""Batch triage: each filing in a transaction of its own; outcomes are stored under the idempotency key of the form."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, Table, select

from approvals.base.errors import NotFound, Problem
from approvals.base.hashing import canonical
from approvals.base.i18n import N_
from approvals.base.stores import answer_of, reserve, settle
from approvals.base.tables import OnceKey, table_of
from approvals.filing.queries import TABLE, ref_of
from approvals.history.commands import Command
from approvals.triage.views import SortingResult, SortingResults
from workflows.charts.project import PROJECT

KEYS: Table = table_of(OnceKey)
INTERRUPTED = N_("Processing was interrupted before this project. Try it again.")


class SortedFiling(Protocol):
    @property
    def state(self) -> str: ...


def key_of_all(person_id: int, once: str) -> str:
    """The idempotency key of one batch of this person."""
    return f"together:{person_id}:{once}"


def key_of_one(key: str, uid: str) -> str:
    return f"{key}:{uid}"


def begin_together(tx: Connection, key: str, move: str, uids: Iterable[str], now: datetime) -> None:
    """Store which projects belong to the batch."""
    if reserve(tx, key, now) is None:
        settle(tx, key, canonical({"move": move, "uids": list(uids)}))


def sort_one_of_several(
    tx: Connection, key: str, command: Command, execute: Callable[[Connection, Command], SortedFiling]
) -> None:
    """Make one move unless it was tried already; store the new state, or why it was refused."""
    own = key_of_one(key, command.ref.project)
    if reserve(tx, own, command.now) is not None:
        return
    outcome: dict[str, object]
    try:
        with tx.begin_nested():
            outcome = {"state": execute(tx, command).state}
    except Problem as problem:
        outcome = {"fault": problem.message, "params": {name: str(value) for name, value in problem.params.items()}}
    settle(tx, own, canonical(outcome))


def results(tx: Connection, key: str) -> SortingResults:
    """The outcomes in the order of the batch; NotFound when there is no such batch."""
    summary = answer_of(tx, key)
    if not summary:
        raise NotFound
    noted = orjson.loads(summary)
    outcomes, projects = _answers(tx, key, noted["uids"]), _projects(tx, noted["uids"])
    rows = tuple(_result(projects[uid], outcomes.get(key_of_one(key, uid), {})) for uid in noted["uids"])
    done = sum(row.is_done for row in rows)
    return SortingResults(PROJECT.move(noted["move"]), rows, done, len(rows) - done)


def _answers(tx: Connection, key: str, uids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    keys = [key_of_one(key, uid) for uid in uids]
    rows = tx.execute(select(KEYS.c.key, KEYS.c.answer).where(KEYS.c.key.in_(keys)).order_by(KEYS.c.key))
    return {row.key: orjson.loads(row.answer) for row in rows}


def _projects(tx: Connection, uids: Iterable[str]) -> dict[str, Any]:
    columns = [TABLE.c[name] for name in ("uid", "number", "external_ref", "name")]
    rows = tx.execute(select(*columns).where(TABLE.c.uid.in_(list(uids))).order_by(TABLE.c.id))
    return {row.uid: row for row in rows}


def _result(project: Any, outcome: Mapping[str, Any]) -> SortingResult:
    state = PROJECT.state(outcome["state"]) if "state" in outcome else None
    fault = "" if state else outcome.get("fault", INTERRUPTED)
    return SortingResult(ref_of(project), project.name, state, fault, _words(outcome.get("params", {})))


def _words(params: Mapping[str, str]) -> dict[str, object]:
    """Names of moves and states become their labels again."""
    charted = {"move": PROJECT.move, "state": PROJECT.state}
    return {name: charted[name](value) if name in charted else value for name, value in params.items()}
