"""Who acts: the value that every action takes, and what that person may see and do."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, false, or_, true

from approvals.accounts.permissions import WINDOWS
from approvals.base.errors import Forbidden, NotFound
from approvals.base.i18n import N_
from workflows.charts.model import SYSTEM, Move
from workflows.charts.roles import JOINT_ROLE, ROLES, sees


@dataclass(frozen=True, slots=True)
class Covered:
    """Somebody who is away, and the roles in which the actor stands in for them today."""

    id: int
    username: str
    name: str
    roles: frozenset[str]
    until_on: date | None  # None: until further notice


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a program may do with its token: for people of which units, and which moves; empty is no limit."""

    unit_ids: frozenset[int] = frozenset()
    moves: frozenset[str] = frozenset()


UNBOUND = Bounds()


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at work, or the system itself.

    `roles` are those that count today; `lent` are the ones among them that come only from whom the actor `covers`.
    `via` is the interface: page, cli, job, system, or token:ID:LABEL of a program.
    """

    id: int
    username: str
    name: str
    unit_id: int
    unit: str
    roles: frozenset[str]
    language: str = "zh_Hans"
    unit_en: str = ""
    lent: frozenset[str] = frozenset()
    covers: tuple[Covered, ...] = ()
    former_units: tuple[int, ...] = ()  # that were merged into the actor's: what was closed there stays theirs to see
    via: str = ""
    bounds: Bounds = UNBOUND

    @property
    def units(self) -> tuple[int, ...]:
        """The actor's unit, and those that were merged into it."""
        return (self.unit_id, *self.former_units)

    @property
    def accompanies_as(self) -> tuple[int, ...]:
        """The liaisons whose projects are the actor's today: their own, and those of whom they cover."""
        return (self.id, *(person.id for person in self.covers if "liaison" in person.roles))

    @property
    def handles_as(self) -> tuple[int, ...]:
        """The handlers whose cases are the actor's today: they themselves, and those of whom they cover."""
        return (self.id, *(person.id for person in self.covers if not WINDOWS.isdisjoint(person.roles)))

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


def token_of(via: str) -> tuple[str, str] | None:
    """Id and label of the token that this interface is; None of any other."""
    kind, _, token = via.partition(":")
    number, _, label = token.partition(":")
    return (number, label) if kind == "token" else None


def check_bounds(actor: Actor, move: str) -> None:
    """Forbidden when the token that the actor speaks by is not made for this move, or for people of their unit."""
    bounds = actor.bounds
    if bounds.moves and move not in bounds.moves:
        text = N_("This access token is not made for “%(move)s”. It may make: %(moves)s.")
        raise Forbidden(text, move=move, moves=", ".join(sorted(bounds.moves)))
    if bounds.unit_ids and bounds.unit_ids.isdisjoint(actor.units):
        raise Forbidden(N_("This access token does not speak for people of %(unit)s."), unit=actor.unit)


PAGE, CLI, JOB = "page", "cli", "job"  # interfaces, beside the system itself and tokens
SYSTEM_ACTOR = Actor(0, SYSTEM, SYSTEM, 0, "", frozenset({SYSTEM}), via=SYSTEM)
# Whoever may run commands on the machine acts for the supervision office.
COMMAND_LINE = Actor(0, "command-line", "command line", 0, "", frozenset({"supervision_office"}), via=CLI)
# Whoever sits at the machine and names no administrator; no person can have such a user name.
OPERATOR = Actor(0, "@console", "operator at the console", 0, "", frozenset({"sysadmin", "secadmin"}), via=CLI)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a case stands, as far as it decides who may see it and act on it."""

    owner_unit_id: int
    department_id: int | None = None  # None for a project
    liaison_id: int | None = None
    officer_id: int | None = None  # on duty outside office hours, as far as a request goes
    handler_id: int | None = None  # of an approval: who of the department is expected to handle it
    former_handler_id: int | None = None  # who was until this move
    joint_units: tuple[int, ...] = ()  # the two that are responsible together; their heads see the whole project
    asked_unit_id: int | None = None  # the one of them whose head acts here beside the department
    lead_unit_id: int | None = None  # of an item of the programme
    task_units: tuple[int, ...] = ()  # that report of it
    asked: tuple[tuple[str, int], ...] = ()  # who is asked to help with a problem: audience and address

    @property
    def officers(self) -> frozenset[int]:
        """The people whose own case this is."""
        return frozenset(id_ for id_ in (self.liaison_id, self.officer_id) if id_ is not None)


def within(actor: Actor, scope: str, place: Scope) -> bool:
    """Whether `place` lies within this scope of the actor."""
    return {
        "own_unit": place.owner_unit_id in actor.units,
        "department": not {place.department_id, place.asked_unit_id}.isdisjoint(actor.units),
        "accompanied": bool(place.officers & set(actor.accompanies_as)),
        "programme": place.lead_unit_id is not None,
        "city": True,
        "nothing": False,
    }[scope]


def may_see(actor: Actor, place: Scope) -> bool:
    if SYSTEM in actor.roles or is_joint(actor, place):
        return True
    return any(within(actor, scope, place) for scope in sees(actor.roles))


def is_joint(actor: Actor, place: Scope) -> bool:
    """Whether the actor heads one of the two units that are responsible here together."""
    return actor.has(JOINT_ROLE) and actor.unit_id in place.joint_units


def joint_scope(actor: Actor, place: Scope) -> Scope:
    """The place as it is for what both units are asked: their heads act there as in their own department."""
    return replace(place, asked_unit_id=actor.unit_id) if is_joint(actor, place) else place


def is_officer(actor: Actor) -> bool:
    """Whether somebody works for the city, and reads what its offices say among themselves."""
    return bool({"city", "department"} & sees(actor.roles))


def check_sees(actor: Actor, place: Scope) -> None:
    """NotFound for what somebody may not see, as if it did not exist."""
    if not may_see(actor, place):
        raise NotFound


def acting_role(actor: Actor, move: Move, place: Scope) -> str:
    """The role in which the actor makes this move here; Forbidden when none of theirs may."""
    if SYSTEM in actor.roles and SYSTEM in move.by:
        return SYSTEM
    may = acting_roles(actor, place) - {SYSTEM}
    roles = sorted((role for role in move.by if role in may), key=lambda role: acts_for(actor, role, place) is not None)
    if not roles:
        raise Forbidden
    return roles[0]  # one's own right comes before a lent one


def acts_for(actor: Actor, role: str, place: Scope) -> Covered | None:
    """Whom the actor stands in for when acting in this role here; None in their own right."""
    if not actor.covers or role not in actor.roles:
        return None
    own = replace(actor, roles=actor.roles - actor.lent, covers=())
    if role in acting_roles(own, place):
        return None
    by_person = ROLES[role].acts == "accompanied"
    absent = (person for person in actor.covers if role in person.roles)
    return next((person for person in absent if not by_person or person.id in place.officers), None)


def acting_roles(actor: Actor, place: Scope) -> frozenset[str]:
    """The roles in which the actor may act at this place; what `open_moves` is asked with."""
    if SYSTEM in actor.roles:
        return actor.roles
    return frozenset(role for role in actor.roles if within(actor, ROLES[role].acts, place))


def visible(
    actor: Actor,
    owner_unit_id: ColumnElement[int],
    department_id: ColumnElement[int] | None = None,
    liaison_id: ColumnElement[int] | None = None,
    joint: ColumnElement[bool] | None = None,
) -> ColumnElement[bool]:
    """The WHERE clause that leaves only what the actor may see; `joint`: the actor's unit is jointly responsible."""
    clauses: list[ColumnElement[bool]] = [joint] if joint is not None and actor.has(JOINT_ROLE) else []
    for scope in sorted(sees(actor.roles)):
        if scope == "city":
            return true()
        if scope == "own_unit":
            clauses.append(_is_theirs(owner_unit_id, actor))
        elif scope == "department" and department_id is not None:
            clauses.append(_is_theirs(department_id, actor))
        elif scope == "accompanied" and liaison_id is not None:
            clauses.append(liaison_id.in_(actor.accompanies_as))
    return or_(*clauses) if clauses else false()


def _is_theirs(unit_id: ColumnElement[int], actor: Actor) -> ColumnElement[bool]:
    return unit_id.in_(actor.units) if actor.former_units else unit_id == actor.unit_id
