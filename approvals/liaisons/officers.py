"""Duty officers as the roster calls them: by name and unit, and by user name only where two share both."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select

from approvals.accounts.queries import GRANT, PERSON, UNIT, UnitName
from approvals.base.i18n import own_name
from approvals.base.text_folding import search_key
from approvals.liaisons.on_call import DUTY_ROLES


@dataclass(frozen=True, slots=True)
class Officer:
    id: int
    username: str
    name: str
    unit: UnitName


@dataclass(frozen=True, slots=True)
class Officers:
    """Everybody who may be on duty. `by_text` are those whom a text means, however it is written."""

    people: tuple[Officer, ...]
    by_text: Mapping[str, tuple[Officer, ...]]
    namesakes: frozenset[int]  # the ids of those whose name and unit another has too

    def called(self, text: str) -> tuple[Officer, ...]:
        """Those whom this text means: nobody, one, or namesakes."""
        return self.by_text.get(search_key(text), ())

    def label(self, officer: Officer) -> str:
        """The name with the unit, in the language in use; no other officer is called the same."""
        unit = own_name(officer.unit)
        return name_and_unit(officer.name, f"{unit} {officer.username}" if officer.id in self.namesakes else unit)


def duty_ids() -> Select[tuple[int]]:
    """The ids of everybody who may be on duty."""
    granted = select(GRANT.c.person_id).where(GRANT.c.role.in_(DUTY_ROLES))
    return select(PERSON.c.id).where(PERSON.c.is_active, PERSON.c.id.in_(granted))


def name_and_unit(name: str, unit: str) -> str:
    return f"{name} ({unit})"


def duty_officers(tx: Connection) -> Officers:
    """Everybody who may be on duty, by unit and name."""
    rows = tx.execute(
        select(PERSON.c.id, PERSON.c.username, PERSON.c.name, UNIT.c.name, UNIT.c.name_en)
        .select_from(PERSON.join(UNIT, UNIT.c.id == PERSON.c.unit_id))
        .where(PERSON.c.id.in_(duty_ids()))
        .order_by(UNIT.c.name, PERSON.c.name, PERSON.c.username)
    )
    people = tuple(Officer(*row[:3], UnitName(*row[3:])) for row in rows)
    keys = [search_key(name_and_unit(officer.name, officer.unit.name)) for officer in people]
    shared = Counter(keys)
    namesakes = frozenset(officer.id for officer, key in zip(people, keys, strict=True) if shared[key] > 1)
    return Officers(people, _by_text(people), namesakes)


def _by_text(people: Iterable[Officer]) -> dict[str, tuple[Officer, ...]]:
    by_text: dict[str, tuple[Officer, ...]] = {}
    for officer in people:
        for key in {search_key(text) for text in _texts(officer)}:
            by_text[key] = (*by_text.get(key, ()), officer)
    for officer in people:  # a user name is one person's, whoever else is called so
        by_text[search_key(officer.username)] = (officer,)
    return by_text


def _texts(officer: Officer) -> Iterable[str]:
    yield officer.name
    for unit in filter(None, (officer.unit.name, officer.unit.name_en)):
        yield name_and_unit(officer.name, unit)
        yield name_and_unit(officer.name, f"{unit} {officer.username}")
