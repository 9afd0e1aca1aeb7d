"""Units and people as a sheet names them, and as they are called in the plan: read once for a whole sheet."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from approvals.accounts.queries import PERSON, UNIT
from approvals.accounts.units import unit_ids


@dataclass(frozen=True, slots=True)
class Directory:
    """Ids of units by their names, former ones too; user names of people by name and unit."""

    ids: Mapping[str, int]
    names: Mapping[int, str]
    usernames: frozenset[str]
    people: Mapping[tuple[str, int], list[str]]

    def unit(self, name: str) -> str:
        """What a unit is called now, or the one that took it over; a name that no unit has as it is."""
        unit_id = self.ids.get(name)
        return name if unit_id is None else self.names[unit_id]

    def person(self, name: str, unit: str) -> str:
        """The user name of a person of this unit; what is one already, or nobody's, as it is."""
        unit_id = self.ids.get(unit)
        called = [] if unit_id is None or name in self.usernames else self.people.get((name, unit_id), [])
        return called[0] if len(called) == 1 else name


def directory(tx: Connection) -> Directory:
    people: dict[tuple[str, int], list[str]] = defaultdict(list)
    query = select(PERSON.c.username, PERSON.c.name, PERSON.c.unit_id, PERSON.c.is_active).order_by(PERSON.c.id)
    rows = tx.execute(query).all()
    for row in rows:
        if row.is_active:
            people[row.name, row.unit_id].append(row.username)
    names = {row.id: row.name for row in tx.execute(select(UNIT.c.id, UNIT.c.name).order_by(UNIT.c.id))}
    return Directory(unit_ids(tx), names, frozenset(row.username for row in rows), people)
