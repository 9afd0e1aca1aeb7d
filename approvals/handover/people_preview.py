"""What a sheet of people would do, row by row: the system administrator's part, or the security administrator's.

Nothing that a page of one person refuses is done by a sheet: who would have to name a successor does so on that page.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.accounts.inputs import NewPerson, PersonDetails
from approvals.accounts.people_form import DETAILS, ROLES, UNIT
from approvals.accounts.queries import PersonView, people, units
from approvals.accounts.units import unit_ids
from approvals.base.errors import Invalid
from approvals.base.hashing import canonical, sha256
from approvals.base.i18n import N_, Labelled, label, own_name, series
from approvals.base.sheet_lines import TWICE, SentLine, SheetFault, key_of
from approvals.base.text_folding import fold
from approvals.base.text_validation import read_fields
from approvals.handover.responsibilities import BoundPeople, bound_people
from workflows.charts.roles import ROLES as ALL_ROLES
from workflows.charts.roles import conflict

Status = Literal["new", "changed", "same", "refused"]
UNKNOWN_UNIT = N_("is not the name of a unit: %(name)s")
UNKNOWN_ROLE = N_("is not the name of a role: %(name)s")
CONFLICT = N_("an administrator cannot have any other role")
OWN = N_("is your own account. Ask another administrator.")
OFF = N_("belongs to an account that is deactivated. Activate it on its page first.")
OPEN_WORK = N_("has projects or duties as liaison that somebody must go on with. Name who, on the person's page.")
NO_ACCOUNT = N_("has no account yet. The system administrator takes this sheet first.")
OTHER_NAME = N_("is not the name of this account, which is %(name)s. The system administrator takes this sheet first.")
OTHER_UNIT = N_("is not the unit of this account, which is %(unit)s. The system administrator takes this sheet first.")
REQUIRED = N_("is required")
_BETWEEN_ROLES = re.compile(r"[、，,;；/|\n]+")


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What a row says of a person, as texts: what stands, and what the sheet says."""

    name: Labelled
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What comes of one row. `left` is what it says that is another administrator's to do.

    To be written: `new` is an account, `details` are those of one that exists, `unit_id` where it moves, and `roles`.
    """

    row: int
    username: str
    name: str
    status: Status = "same"
    changes: tuple[PersonChange, ...] = ()
    left: tuple[PersonChange, ...] = ()
    faults: tuple[SheetFault, ...] = ()
    new: NewPerson | None = None
    details: PersonDetails | None = None
    unit_id: int | None = None
    roles: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class PeoplePreview:
    """What a sheet would do. A sheet with a refused row does nothing: it is taken as a whole."""

    rows: tuple[PersonRow, ...]

    def count(self, *statuses: Status) -> int:
        return sum(row.status in statuses for row in self.rows)

    @property
    def faults(self) -> tuple[SheetFault, ...]:
        return tuple(fault for row in self.rows for fault in row.faults)

    @property
    def refusals(self) -> int:
        return self.count("refused")

    @property
    def has_something_to_take(self) -> bool:
        return bool(self.count("new", "changed")) and not self.refusals

    @property
    def digest(self) -> str:
        """The same for the same outcome of the same rows: what was previewed is what is taken."""
        told = [
            [
                row.row,
                row.username,
                row.status,
                [[change.name.en, change.before, change.after] for change in row.changes],
            ]
            for row in self.rows
        ]
        return sha256(canonical(told))


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands: people by user name, units by folded name, their names by id."""

    people: Mapping[str, PersonView]
    units: Mapping[str, int]
    names: Mapping[int, str]
    bound: BoundPeople


def preview_people(tx: Connection, actor: Actor, lines: Sequence[SentLine], now: datetime) -> PeoplePreview:
    """Each row compared with what stands: by the system administrator accounts, by the security administrator roles."""
    standing = _standing(tx, now)
    part = _account_row if actor.has("sysadmin") else _role_row
    first: dict[str, int] = {}
    rows = []
    for line in lines:
        username = line.text("username")
        before = first.setdefault(username, line.row)
        twice = (line.fault("username", TWICE, {"row": before}),) if username and before != line.row else ()
        own = standing.people.get(username)
        start = PersonRow(line.row, username, line.text("name") or (own.name if own else ""))
        row = _refused(start, (*line.faults, *twice)) if line.faults or twice else part(start, line, own, standing)
        rows.append(_checked(row, line, own, actor, standing) if own and row.status == "changed" else row)
    return PeoplePreview(tuple(rows))


def _standing(tx: Connection, now: datetime) -> Standing:
    ids = {fold(name): unit_id for name, unit_id in unit_ids(tx).items()}
    views = units(tx)
    english = {fold(view.name_en): view.successor_id or view.id for view in views if view.name_en}
    return Standing(
        {view.username: view for view in people(tx)},
        english | ids,
        {view.id: own_name(view) for view in views},
        bound_people(tx, now),
    )


def _refused(row: PersonRow, faults: Iterable[SheetFault]) -> PersonRow:
    return replace(
        row, status="refused", faults=tuple(sorted(faults, key=lambda fault: fault.address)), changes=(), left=()
    )


# The system administrator's part.


def _account_row(row: PersonRow, line: SentLine, own: PersonView | None, standing: Standing) -> PersonRow:
    unit_id, faults = _unit(line, standing)
    roles, role_faults = _roles(line)
    faults += role_faults
    if own is None and not line.text("unit"):
        faults.append(line.fault("unit", REQUIRED))
    try:
        row = _as_new(row, line) if own is None else _with_details(row, line, own)
    except Invalid as problem:
        faults += [line.fault(name, *reason) for name, reasons in problem.fields.items() for reason in reasons]
    if faults:
        return _refused(row, faults)
    moves = unit_id is not None and own is not None and unit_id != own.unit_id
    if unit_id is not None and (own is None or moves):
        row = replace(row, unit_id=unit_id, changes=(*row.changes, *_move(unit_id, own, standing)))
    held = frozenset(own.roles) if own and not moves else frozenset()
    left = (_role_change(held, roles),) if roles is not None and roles != held else ()
    status: Status = "new" if own is None else "changed" if row.changes else "same"
    return replace(row, status=status, left=left)


def _as_new(row: PersonRow, line: SentLine) -> PersonRow:
    typed = {key: line.text(key) for key in ("username", *DETAILS) if line.text(key)}
    changes = [PersonChange(DETAILS[key].head, "", line.text(key)) for key in DETAILS if line.text(key)]
    return replace(row, new=read_fields(NewPerson, typed), changes=tuple(changes))


def _with_details(row: PersonRow, line: SentLine, own: PersonView) -> PersonRow:
    """What the row says is over what stands; an empty cell leaves it."""
    stands = {key: str(getattr(own, key)) for key in DETAILS}
    said = {key: line.text(key) or stands[key] for key in DETAILS}
    if said == stands:
        return row
    details = read_fields(PersonDetails, {key: text for key, text in said.items() if text})
    changed = [key for key in DETAILS if said[key] != stands[key]]
    changes = [PersonChange(DETAILS[key].head, stands[key], said[key]) for key in changed]
    return replace(row, details=details, changes=tuple(changes))


def _move(unit_id: int, own: PersonView | None, standing: Standing) -> Iterator[PersonChange]:
    """Another unit; roles were those of the former one and end."""
    yield PersonChange(UNIT.head, standing.names[own.unit_id] if own else "", standing.names[unit_id])
    if own and own.roles:
        yield _role_change(frozenset(own.roles), frozenset())


# The security administrator's part.


def _role_row(row: PersonRow, line: SentLine, own: PersonView | None, standing: Standing) -> PersonRow:
    if own is None:
        return _refused(row, [line.fault("username", NO_ACCOUNT)])
    unit_id, faults = _unit(line, standing)
    roles, role_faults = _roles(line)
    faults += role_faults
    if line.text("name") and fold(line.text("name")) != fold(own.name):
        faults.append(line.fault("name", OTHER_NAME, {"name": own.name}))
    if unit_id is not None and unit_id != own.unit_id:
        faults.append(line.fault("unit", OTHER_UNIT, {"unit": standing.names[own.unit_id]}))
    if faults:
        return _refused(row, faults)
    held = frozenset(own.roles)
    if roles is None or roles == held:
        return row
    return replace(row, status="changed", roles=roles, changes=(_role_change(held, roles),))


# What both need.


def _checked(row: PersonRow, line: SentLine, own: PersonView, actor: Actor, standing: Standing) -> PersonRow:
    """The row, or its refusal for what the page of the person would refuse as well."""
    if own.username == actor.username:
        return _refused(row, [line.fault("username", OWN)])
    if not own.is_active:
        return _refused(row, [line.fault("username", OFF)])
    kept = row.roles if row.roles is not None else frozenset() if row.unit_id is not None else frozenset(own.roles)
    lost = frozenset(own.roles) - kept
    if standing.bound.need_successor(own, lost):
        return _refused(row, [line.fault("roles" if row.roles is not None else "unit", OPEN_WORK)])
    return row


def _unit(line: SentLine, standing: Standing) -> tuple[int | None, list[SheetFault]]:
    """The unit that the row names, None without one; a former name leads to the unit of today."""
    name = line.text("unit")
    unit_id = standing.units.get(fold(name)) if name else None
    return unit_id, [line.fault("unit", UNKNOWN_UNIT, {"name": name})] if name and unit_id is None else []


def _roles(line: SentLine) -> tuple[frozenset[str] | None, list[SheetFault]]:
    """The roles that the row names, None for an empty cell."""
    names = [name for name in map(str.strip, _BETWEEN_ROLES.split(line.text("roles"))) if name]
    keys = {name: key_of(ALL_ROLES, name) for name in names}
    faults = [line.fault("roles", UNKNOWN_ROLE, {"name": name}) for name, key in keys.items() if not key]
    roles = frozenset(filter(None, keys.values()))
    if not faults and conflict(roles):
        faults = [line.fault("roles", CONFLICT)]
    return (roles if names else None), faults


def _role_change(before: frozenset[str], after: frozenset[str]) -> PersonChange:
    return PersonChange(ROLES.head, _role_names(before), _role_names(after))


def _role_names(roles: frozenset[str]) -> str:
    return series(label(role) for name, role in ALL_ROLES.items() if name in roles)
