"""Reads the record of moves, and verifies its chains."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Row,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)

from approvals.accounts.actors import CLI
from approvals.base.hashing import FIRST, digest_of, sha256
from approvals.history.record import CHAIN, ENTRY, entry_hash
from workflows.charts.approval import HANDLING, UNASSIGN
from workflows.charts.model import SYSTEM
from workflows.config.policy import load_policy

TAKEN_OVER = ("", CLI, SYSTEM)  # interfaces by which nobody records anything late
INNER_SUBJECTS = frozenset({"order"})  # cases of the city's offices, in which no owner takes part
INNER_MOVES = frozenset({*HANDLING, UNASSIGN, "remind_window"})  # and of these an owner learns that they were made
INNER_FACTS = frozenset(
    {"words", "order", "order_due_on", "same_as"}
)  # and what is said there in the entries of other cases


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry as pages and JSON show it."""

    seq: int
    subject: str
    subject_id: int
    approval_id: int | None
    round: int
    move: str
    from_state: str
    to_state: str
    actor: str
    role: str
    unit: str
    at: datetime
    recorded_at: datetime
    facts: dict[str, Any]
    via: str | None
    hash: str

    @property
    def is_recorded_later(self) -> bool:
        """Whether somebody recorded this later than it happened; not of what the command line took over."""
        is_somebodys = self.via is not None and self.via not in TAKEN_OVER
        return is_somebodys and self.recorded_at - self.at > timedelta(minutes=load_policy().recorded_later)


_COLUMNS = [ENTRY.c[name] for name in EntryView.__dataclass_fields__]
_OF_PROJECT = select(*_COLUMNS).where(ENTRY.c.project_id == bindparam("project_id")).order_by(ENTRY.c.seq)
_OF_PROJECT_ITSELF = _OF_PROJECT.where(ENTRY.c.subject == "project")
_OF_APPROVAL = select(*_COLUMNS).where(ENTRY.c.approval_id == bindparam("approval_id")).order_by(ENTRY.c.seq)


def entries_of_project(tx: Connection, project_id: int) -> list[EntryView]:
    """All entries of a project, its approvals' and escalations' among them, in order."""
    return [_view(row) for row in tx.execute(_OF_PROJECT, {"project_id": project_id})]


def own_entries_of_project(tx: Connection, project_id: int) -> list[EntryView]:
    """The entries of a project itself, its approvals aside, in order: as many as its version says."""
    return [_view(row) for row in tx.execute(_OF_PROJECT_ITSELF, {"project_id": project_id})]


def entries_of_approval(tx: Connection, approval_id: int) -> list[EntryView]:
    """The entries of one approval and its escalations, in order."""
    return [_view(row) for row in tx.execute(_OF_APPROVAL, {"approval_id": approval_id})]


def entries_of_case(tx: Connection, project_id: int, subject: str, subject_id: int) -> list[EntryView]:
    """The entries of one case in this chain, in order."""
    own = ENTRY.c.project_id == project_id, ENTRY.c.subject == subject, ENTRY.c.subject_id == subject_id
    return [_view(row) for row in tx.execute(select(*_COLUMNS).where(*own).order_by(ENTRY.c.seq))]


def outward(entries: Iterable[EntryView]) -> list[EntryView]:
    """These entries for an owner: without what the city's offices say among themselves."""
    return [
        replace(entry, facts={} if entry.move in INNER_MOVES else _outward(entry.facts))
        for entry in entries
        if entry.subject not in INNER_SUBJECTS
    ]


def _outward(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in INNER_FACTS}


def count_entries(tx: Connection) -> int:
    """How many moves were ever made."""
    return int(tx.execute(select(func.count()).select_from(ENTRY)).scalar_one())


def _view(row: Row[Any]) -> EntryView:
    values = row._asdict()
    return EntryView(**values | {"facts": orjson.loads(values["facts"])})


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that does not hold: which rule, where, and what was found."""

    rule: str
    where: str
    found: str


def chain_faults(tx: Connection) -> Iterator[Violation]:
    """Every changed, removed, swapped or cut entry, named."""
    ends = {row.project_id: row for row in tx.execute(select(CHAIN).order_by(CHAIN.c.project_id))}
    open_ends = dict.fromkeys(ends, (0, FIRST))
    last_at: dict[int, datetime] = {}
    for entry in tx.execute(select(ENTRY).order_by(ENTRY.c.project_id, ENTRY.c.seq)).mappings():
        project_id = entry["project_id"]
        seq, head = open_ends.get(project_id, (0, FIRST))
        yield from _entry_faults(dict(entry), seq, head)
        open_ends[project_id] = (entry["seq"], entry["hash"])
        last_at[project_id] = max(entry["at"], last_at.get(project_id, entry["at"]))
    for project_id, (seq, head) in open_ends.items():
        end = ends.get(project_id)
        if end is None or (end.seq, end.head) != (seq, head):
            yield Violation(
                "chain", f"project {project_id}", f"ends at entry {seq}, not where its chain says: cut or added"
            )
        elif seq and end.last_at != last_at[project_id]:
            yield Violation("chain", f"project {project_id}", f"its last entry is of {last_at[project_id]}")


def _entry_faults(entry: dict[str, Any], seq: int, head: str) -> Iterator[Violation]:
    where = f"project {entry['project_id']}, entry {entry['seq']}"
    if entry["seq"] != seq + 1:
        yield Violation("chain", where, f"follows entry {seq}: one was removed")
    if entry["digest"] != digest_of(entry["salt"], entry["actor"], entry["facts"]):
        yield Violation("chain", where, "actor or facts were changed")
    if entry["hash"] != entry_hash(head, entry):
        yield Violation("chain", where, "was changed, swapped or follows a changed one")


def chain_root(tx: Connection, until: datetime | None = None, last_entry: int | None = None) -> str:
    """One hash over the heads of all chains, in the order of the projects: as they stand, or as they stood at `until`.

    `last_entry` leaves out what was recorded after that entry, however early it happened.
    """
    now = select(CHAIN.c.project_id, CHAIN.c.head)
    heads = (now if until is None else _heads_at(until, last_entry)).subquery()
    lines = func.aggregate_strings(cast(heads.c.project_id, String) + " " + heads.c.head, "\n")
    return sha256(tx.execute(select(lines.aggregate_order_by(heads.c.project_id))).scalar_one() or "")


def _heads_at(until: datetime, last_entry: int | None) -> CompoundSelect[Any]:
    """The heads of all chains that had begun; of those that went on afterwards the entries are read back."""
    first = ENTRY.alias()
    goes_on = CHAIN.c.last_at > until
    if last_entry is not None:
        goes_on |= CHAIN.c.project_id.in_(select(ENTRY.c.project_id).where(ENTRY.c.id > last_entry))
    is_first = first.c.seq == literal_column("1")  # as its index says it
    has_begun = is_first & (first.c.project_id == CHAIN.c.project_id) & _up_to(first, until, last_entry)
    then = select(ENTRY.c.hash).where(ENTRY.c.project_id == CHAIN.c.project_id, _up_to(ENTRY, until, last_entry))
    last = then.order_by(ENTRY.c.seq.desc()).limit(1).scalar_subquery()
    over = select(CHAIN.c.project_id, CHAIN.c.head).where(~goes_on, CHAIN.c.seq > 0)
    return over.union_all(select(CHAIN.c.project_id, last).where(has_begun, goes_on))


def _up_to(entries: FromClause, until: datetime, last_entry: int | None) -> ColumnElement[bool]:
    happened = entries.c.at <= until
    return happened if last_entry is None else happened & (entries.c.id <= last_entry)
