"""Approvals as they were planned: stage, department, prerequisites and limits, as catalogue and history give them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.accounts.units import unit_ids
from approvals.catalogue.queries import known_catalogues
from approvals.handover.units import MOVE as MERGER
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.integrity.registrations import names_of_units
from approvals.registration.queries import APPROVALS
from workflows.config.catalogue import Catalogue, Item

_LIMITS = ("promised_limit", "legal_limit", "legal_unit")
_EDITION = "catalogue_edition"
_OF_PROJECT = ("register", "add_approval", "strike_approval")
_Key = tuple[int, str]  # project, code


@dataclass(slots=True)
class _Replay:
    """What the entries read so far give each approval of a project whose registration names its edition."""

    known: Mapping[str, Catalogue]
    catalogues: dict[int, Catalogue] = field(default_factory=dict)  # by project
    requires: dict[_Key, list[str]] = field(default_factory=dict)
    columns: dict[_Key, dict[str, object]] = field(default_factory=dict)
    departments: dict[_Key, set[int]] = field(default_factory=dict)  # where a merger gave one

    def read(self, entry: Any, key: _Key | None) -> None:
        """Take one entry in; `key` is that of its approval, if it is of one."""
        facts = orjson.loads(entry.facts)
        if entry.subject == "project":
            self._of_project(entry.move, entry.project_id, facts)
        elif key is None:
            return
        elif entry.move == MERGER:
            self.departments[key] = {facts["unit_id"]}
        elif key in self.columns:
            self.columns[key] |= {name: facts[name] for name in (*_LIMITS, _EDITION) if name in facts}

    def department(self, key: _Key) -> str | None:
        """The name that the catalogue gives the department of this approval; None for what it does not know."""
        catalogue = self.catalogues.get(key[0])
        item = catalogue.items.get(key[1]) if catalogue else None
        return item.department if item else None

    def _of_project(self, move: str, project_id: int, facts: Mapping[str, Any]) -> None:
        if move == "register" and (named := self.known.get(facts.get("catalogue_sha256", ""))):
            self.catalogues[project_id] = named
        catalogue = self.catalogues.get(project_id)
        if catalogue is None:
            return
        if move == "register":
            for code in facts["planned"]:
                self._plan(project_id, catalogue, code, catalogue.needed(catalogue.item(code), facts["planned"]))
        elif move == "strike_approval":
            for code in facts["freed"]:
                self.requires[project_id, code].remove(facts["code"])
        else:
            self._plan(project_id, catalogue, facts["code"], facts["requires"])
            for code in facts["required_by"]:
                self.requires[project_id, code].append(facts["code"])

    def _plan(self, project_id: int, catalogue: Catalogue, code: str, requires: Any) -> None:
        self.requires[project_id, code] = list(requires)
        if item := catalogue.items.get(code):
            self.columns.setdefault((project_id, code), _planned(item, catalogue.edition))


def _planned(item: Item, edition: str) -> dict[str, object]:
    limits = {"promised_limit": item.promised, "legal_limit": item.legal, "legal_unit": item.legal_unit}
    return {"stage": item.stage, _EDITION: edition} | limits


def approvals_are_as_planned(tx: Connection) -> Iterator[Violation]:
    """Each approval has the stage, limits, prerequisites and department that its plan and its acceptance gave it."""
    rows = {(row.project_id, row.code): row for row in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id))}
    replay = _replayed(tx, {row.id: key for key, row in rows.items()})
    units = _units_by_name(tx)
    for key, row in rows.items():
        where = f"approval {row.id}"
        for name, value in replay.columns.get(key, {}).items():
            if getattr(row, name) != value:
                yield Violation("plans", where, f"{name} is {getattr(row, name)}, its plan says {value}")
        requires = replay.requires.get(key, orjson.loads(row.requires))
        if requires != orjson.loads(row.requires):
            yield Violation("plans", where, f"requires is {row.requires}, its plan says {requires}")
        if row.department_id not in replay.departments.get(key, units.get(replay.department(key), {row.department_id})):
            yield Violation("plans", where, f"is at unit {row.department_id}, which its plan does not say")


def _units_by_name(tx: Connection) -> dict[str | None, set[int]]:
    """By each name that a unit has or had: that unit, and the one that took it over."""
    units: dict[str | None, set[int]] = {}
    for unit_id, names in names_of_units(tx).items():
        for name in names:
            units.setdefault(name, set()).add(unit_id)
    for name, unit_id in unit_ids(tx).items():
        units.setdefault(name, set()).add(unit_id)
    return units


def _replayed(tx: Connection, keys: Mapping[int, _Key]) -> _Replay:
    replay = _Replay(known_catalogues(tx))
    of_projects = (ENTRY.c.subject == "project") & ENTRY.c.move.in_(_OF_PROJECT)
    of_approvals = (ENTRY.c.subject == "approval") & ENTRY.c.move.in_(("accept", "deem_accepted", MERGER))
    statement = select(ENTRY).where(of_projects | of_approvals).order_by(ENTRY.c.project_id, ENTRY.c.seq)
    for entry in tx.execute(statement):
        replay.read(entry, keys.get(entry.subject_id) if entry.subject == "approval" else None)
    return replay
