"""The record of moves. `row_to_begin()` gives a case its first state; `move()` alone changes a state afterwards."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Table, bindparam, insert, select, text, update

from approvals.accounts.actors import Actor, Scope, acts_for
from approvals.base.errors import Refused, Stale
from approvals.base.hashing import FIRST, canonical, digest_of, link, moment_text
from approvals.base.i18n import N_
from approvals.base.prepared import Prepared
from approvals.base.tables import insert_once, table_of
from approvals.history.commands import MoveWarning
from approvals.history.second_persons import check_half
from approvals.history.tables import Chain, Entry, NoticeRow
from workflows.charts.model import BEFORE, Chart, Move, NotInChart, step

CHAIN: Table = table_of(Chain)
ENTRY: Table = table_of(Entry)
NOTICE: Table = table_of(NoticeRow)
FOR = "for"  # among the facts: the user name of who was away, when a deputy acted with their right
FORMER = "before"  # among the facts: what a move changed, by name, as it was until then
CITY_CHAIN = 0  # the chain of what belongs to no project, in place of the id of one: reports, orders at large
CITY = Scope(owner_unit_id=0)
_ADD_ENTRY = Prepared(insert(ENTRY), [column.name for column in ENTRY.c if column.name != "id"])
_ADD_NOTICE = Prepared(insert(NOTICE), [column.name for column in NOTICE.c if column.name != "id"])
_SET_CHAIN = Prepared(
    update(CHAIN)
    .where(CHAIN.c.project_id == bindparam("b_project"), CHAIN.c.seq == bindparam("b_seq"))
    .values(seq=bindparam("n_seq"), head=bindparam("n_head"), last_at=bindparam("n_at"))
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a move is made on: a row with a state. `label` is how people address it, `place` who has to do with it."""

    chart: Chart
    table: Table
    id: int
    state: str
    version: int
    place: Scope
    label: str
    approval_id: int | None = None
    round: int = 0
    level: int = 0  # of an escalation
    holder: int = 0  # the level that owes a step, when another one hears of it
    warnings: tuple[MoveWarning, ...] = ()  # of the move just made


HEADS = "window_head"  # the audience of notices in the two units of a joint project
LEVEL_AUDIENCES = {1: "window", 2: "service_centre", 3: "supervision_office", 4: "city_government"}


@dataclass(slots=True)
class OpenChain:
    """The open end of one project's chain, locked by this transaction. `at` is when the moves happen."""

    tx: Connection
    project_id: int
    seq: int
    head: str
    last_at: datetime
    at: datetime
    now: datetime


def lock_out_writers(tx: Connection) -> None:
    """Wait for all who write the record, and keep others from it until the end of this transaction."""
    if tx.dialect.name == "postgresql":  # of SQLite each write transaction is the only one
        tx.execute(text("LOCK TABLE history_chains IN EXCLUSIVE MODE"))  # a writer begins by locking the end of a chain


def newest_entry(tx: Connection) -> int:
    """The newest entry of the whole record, 0 when there is none; of those before it some may not be committed yet."""
    return tx.execute(select(ENTRY.c.id).order_by(ENTRY.c.id.desc()).limit(1)).scalar_one_or_none() or 0


def settled_entry(tx: Connection) -> int:
    """The newest entry of the whole record after all writers have ended: each before it is committed."""
    lock_out_writers(tx)
    return newest_entry(tx)


@contextmanager
def recording(
    tx: Connection, project_id: int, seq: int, head: str, last_at: datetime, *, at: datetime | None, now: datetime
) -> Iterator[OpenChain]:
    """Open a chain whose row is locked, and store its new end. With no `at` the moves happen now.

    Refused when `at` lies in the future or before the last entry of the project.
    """
    record = OpenChain(tx, project_id, seq, head, last_at, at or max(now, last_at), now)
    if at is not None and at > now:
        raise Refused(N_("The time is in the future."), field="at")
    if record.at < last_at:
        raise Refused(N_("The time is earlier than the last entry of this project."), field="at")
    yield record
    if record.seq == seq:
        return
    end = {"b_project": project_id, "b_seq": seq, "n_seq": record.seq, "n_head": record.head, "n_at": record.last_at}
    if _SET_CHAIN.run(tx, end) != 1:
        raise Stale(N_("Someone else changed this at the same time. Review the changes and try again."))


def new_chain(tx: Connection, project_id: int, at: datetime) -> None:
    """The chain of a project that has just been drafted."""
    tx.execute(insert(CHAIN), {"project_id": project_id, "seq": 0, "head": FIRST, "last_at": at})


def locked_city_chain(tx: Connection, begins_at: datetime) -> tuple[int, int, str, datetime]:
    """The end of the city's chain as `recording` takes it, locked; begun at this moment when there is none."""
    return locked_chain(tx, CITY_CHAIN, begins_at)


def locked_chain(tx: Connection, chain: int, begins_at: datetime) -> tuple[int, int, str, datetime]:
    """The end of a chain that is no project's, as `recording` takes it, locked; begun when there is none."""
    first = {"project_id": chain, "seq": 0, "head": FIRST, "last_at": begins_at}
    tx.execute(insert_once(tx, CHAIN).values(first))
    end = tx.execute(select(CHAIN).where(CHAIN.c.project_id == chain).with_for_update()).one()
    return end.project_id, end.seq, end.head, end.last_at


def check_version(case: Subject, version: int | None) -> None:
    """Stale when the caller looked at another version than the one that stands."""
    if version is not None and version != case.version:
        raise Stale(N_("This record was changed by someone else. Review the changes and try again."))


def next_state(case: Subject, name: str) -> str:
    """The state after this move; Refused when the chart does not allow it now."""
    try:
        return step(case.chart, case.state, name)
    except NotInChart:
        raise Refused(
            N_("“%(move)s” is not allowed in the state “%(state)s”."),
            move=case.chart.move(name),
            state=case.chart.state(case.state),
        ) from None


def row_to_begin(chart: Chart, name: str, row: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A new row as its first move leaves it: state, version and the chart's edition."""
    state = step(chart, BEFORE, name)
    return dict(row) | {"state": state, "state_since": at, "version": 1, "edition": chart.edition}


def begun(
    record: OpenChain,
    case: Subject,
    name: str,
    *,
    by: Actor,
    role: str,
    facts: Mapping[str, object],
    at: datetime | None = None,
) -> None:
    """Record the move that began this case, whose row stands already."""
    _append(record, case, case.chart.move(name), BEFORE, case.state, by, role, facts, at or record.at)


def move(
    record: OpenChain,
    case: Subject,
    name: str,
    *,
    by: Actor,
    role: str,
    facts: Mapping[str, object] | None = None,
    changes: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Subject:
    """Make one move: the state and `changes` in the row, an entry in the chain, and its notices, all or nothing.

    Refused when the chart does not allow it from this state; Stale when somebody else changed the row meanwhile;
    Forbidden for a program that made the first half of what needs two persons.
    """
    target = next_state(case, name)
    when = at or record.at
    values = dict(changes or {})
    if target != case.state:
        values |= {"state": target, "state_since": when}
    statement = _change(case.table, tuple(sorted(values)))
    bound = {f"n_{column}": value for column, value in values.items()}
    if statement.run(record.tx, bound | {"b_id": case.id, "b_version": case.version}) != 1:
        raise Stale(N_("Someone else changed this at the same time. Review the changes and try again."))
    _append(record, case, case.chart.move(name), case.state, target, by, role, facts or {}, when)
    return replace(case, state=target, version=case.version + 1)


def attest(
    record: OpenChain,
    case: Subject,
    name: str,
    *,
    by: Actor,
    role: str,
    facts: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> None:
    """Record a move that is said of a case alone: an entry and its notices, while the row stays as it is.

    Refused when the chart does not allow it from this state; ValueError for a move that leads to another state.
    """
    if next_state(case, name) != case.state:
        raise ValueError(f"{name} changes the state; it is made by move()")
    _append(record, case, case.chart.move(name), case.state, case.state, by, role, facts or {}, at or record.at)


@cache
def _change(table: Table, columns: tuple[str, ...]) -> Prepared:
    values: dict[str, Any] = {column: bindparam(f"n_{column}") for column in columns}
    return Prepared(
        update(table)
        .where(table.c.id == bindparam("b_id"), table.c.version == bindparam("b_version"))
        .values(version=table.c.version + 1, **values)
    )


def _append(
    record: OpenChain,
    case: Subject,
    move_: Move,
    source: str,
    target: str,
    by: Actor,
    role: str,
    facts: Mapping[str, object],
    at: datetime,
) -> None:
    check_half(record.tx, record.project_id, case.chart, case.id, move_, by)
    away = acts_for(by, role, case.place)
    written = canonical({**facts, FOR: away.username} if away else facts)
    salt, seq = secrets.token_hex(8), record.seq + 1
    digest, recipients = digest_of(salt, by.username, written), _recipients(case, move_)
    entry = {
        "project_id": record.project_id,
        "seq": seq,
        "subject": case.chart.name,
        "subject_id": case.id,
        "approval_id": case.approval_id,
        "round": case.round,
        "move": move_.name,
        "from_state": source,
        "to_state": target,
        "actor": by.username,
        "role": role,
        "unit": by.unit,
        "at": at,
        "recorded_at": record.now,
        "facts": written,
        "salt": salt,
        "digest": digest,
        "via": by.via,
        "told": canonical([case.label, *recipients]),
    }
    entry["hash"] = entry_hash(record.head, entry)
    _ADD_ENTRY.run(record.tx, entry)
    record.seq, record.head, record.last_at = seq, str(entry["hash"]), max(record.last_at, at)
    notices = notices_of(entry)
    if notices:
        _ADD_NOTICE.run_all(record.tx, notices)


def _of_programme(place: Scope, audiences: list[str]) -> list[tuple[str, int]]:
    """The units of an item that are told, whose people are owners, and who is asked about a problem; each once."""
    lead = [place.lead_unit_id] if "lead_unit" in audiences and place.lead_unit_id is not None else []
    units = [*lead, *(place.task_units if "task_units" in audiences else ())]
    owners = [("owner", unit) for unit in units]
    return list(dict.fromkeys([*owners, *(place.asked if "asked" in audiences else ())]))


CHAINED = (
    "project_id", "seq", "subject", "subject_id", "approval_id", "round", "move", "from_state", "to_state", "role",
    "unit",
)  # fmt: skip


FURTHER = ("told", "via")  # of entries since they are kept


def entry_hash(previous: str, entry: Mapping[str, Any]) -> str:
    """The hash of this entry after the previous one."""
    moments = (moment_text(entry["at"]), moment_text(entry["recorded_at"]))
    further = {name: entry[name] for name in FURTHER if entry[name] is not None}
    parts = (*(entry[name] for name in CHAINED), *moments, entry["digest"], *((further,) if further else ()))
    return link(previous, *parts)


def notices_of(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of the notices that go out with this entry."""
    label, *recipients = orjson.loads(entry["told"])
    return [
        {
            "project_id": entry["project_id"],
            "seq": entry["seq"],
            "audience": audience,
            "unit_id": address,
            "approval_id": entry["approval_id"],
            "move": f"{entry['subject']}.{entry['move']}",
            "label": label,
            "at": entry["at"],
        }
        for audience, address in recipients
    ]


def _recipients(case: Subject, move_: Move) -> list[tuple[str, int]]:
    """Audience and address of each notice of this move."""
    place = case.place
    addresses = {"owner": place.owner_unit_id, "window": place.department_id}
    addresses |= {"liaison": place.liaison_id, "officer": place.officer_id}
    addresses |= {"handler": place.handler_id, HEADS: place.department_id}
    addresses |= dict.fromkeys(("supervision_office", "service_centre", "city_government", "finance"), 0)
    levels = {"level": case.level, "holder": case.holder}
    audiences = [LEVEL_AUDIENCES[levels[name]] if name in levels else name for name in move_.tells]
    recipients = [(audience, address) for audience in audiences if (address := addresses.get(audience)) is not None]
    if "former_handler" in audiences and place.former_handler_id is not None:
        recipients.append(("handler", place.former_handler_id))
    if "joint" in audiences:
        recipients += [(HEADS, unit) for unit in place.joint_units if ("window", unit) not in recipients]
    return recipients + _of_programme(place, audiences)
