"""What became of filings that were sorted together: each by itself, kept under one key."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.base.errors import NotFound
from approvals.base.once import answer_of
from approvals.base.tables import OnceKey
from approvals.base.texts import N_
from approvals.filing.queries import TABLE, ref_of
from approvals.triage.actions import key_of_one
from approvals.triage.views import Result, Results
from workflows.project import PROJECT

KEYS: Any = OnceKey.__table__  # type: ignore[attr-defined]
INTERRUPTED = N_("The work was interrupted before this one; sort it again.")


def results(tx: Connection, key: str) -> Results:
    """What became of each, in the order in which they were sorted; NotFound when there is no such sorting."""
    summary = answer_of(tx, key)
    if not summary:
        raise NotFound
    noted = orjson.loads(summary)
    found, projects = _answers(tx, key, noted["uids"]), _projects(tx, noted["uids"])
    rows = tuple(_result(projects[uid], found.get(key_of_one(key, uid), {})) for uid in noted["uids"])
    done = sum(row.is_done for row in rows)
    return Results(PROJECT.move(noted["move"]), rows, done, len(rows) - done)


def _answers(tx: Connection, key: str, uids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    keys = [key_of_one(key, uid) for uid in uids]
    rows = tx.execute(select(KEYS.c.key, KEYS.c.answer).where(KEYS.c.key.in_(keys)).order_by(KEYS.c.key))
    return {row.key: orjson.loads(row.answer) for row in rows}


def _projects(tx: Connection, uids: Iterable[str]) -> dict[str, Any]:
    columns = [TABLE.c[name] for name in ("uid", "number", "external_ref", "name")]
    rows = tx.execute(select(*columns).where(TABLE.c.uid.in_(list(uids))).order_by(TABLE.c.id))
    return {row.uid: row for row in rows}


def _result(project: Any, outcome: Mapping[str, Any]) -> Result:
    state = PROJECT.state(outcome["state"]) if "state" in outcome else None
    fault = "" if state else outcome.get("fault", INTERRUPTED)
    return Result(ref_of(project), project.name, state, fault, _words(outcome.get("params", {})))


def _words(params: Mapping[str, str]) -> dict[str, object]:
    """Moves and states by their names are words of the chart again."""
    charted = {"move": PROJECT.move, "state": PROJECT.state}
    return {name: charted[name](value) if name in charted else value for name, value in params.items()}
