"""What happens to accounts. Every act leaves an event for the auditor."""

import secrets
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from approvals.accounts import appointments
from approvals.accounts.actors import UNBOUND, Actor, Bounds
from approvals.accounts.audit import note
from approvals.accounts.credentials import end_credentials
from approvals.accounts.identity import digest
from approvals.accounts.inputs import NewPerson, NewUnit, PersonDetails
from approvals.accounts.passwords import hash_password, new_password, password_fault
from approvals.accounts.queries import GRANT, PERSON, TOKEN, UNIT, PersonView, person, units_by_id
from approvals.accounts.sign_ins import end_sessions
from approvals.accounts.units import check_name_is_free, standing_unit
from approvals.base.errors import Forbidden, Invalid, NotFound, Refused, invalid
from approvals.base.i18n import N_
from approvals.base.moments import day_of, start_of
from workflows.charts.roles import ADMINISTRATORS, ROLES, conflict
from workflows.config.sign_in_policy import load_sign_in_policy

# What people do with their own account.


def set_language(tx: Connection, actor: Actor, language: str) -> None:
    tx.execute(update(PERSON).where(PERSON.c.id == actor.id).values(language=language))


def change_password(tx: Connection, old: str, new: str, *, by: Actor, now: datetime) -> None:
    """A new password of one's own, after the old one was found right; all sessions of the person end."""
    if old == new:
        raise invalid("new", N_("must differ from your current password"))
    if fault := password_fault(new, by.username):
        raise Invalid({"new": [fault]})
    set_password(tx, by.id, new, must_change=False)
    note(tx, "password_changed", by=by.username, subject=by.username, now=now)


def set_password(tx: Connection, person_id: int, password: str | None, *, must_change: bool) -> None:
    """Give a person this password, or with None take it away; all sessions of the person end."""
    values = {"password_hash": hash_password(password) if password else "", "must_change_password": must_change}
    values |= {"password_ends_at": None}
    tx.execute(update(PERSON).where(PERSON.c.id == person_id).values(values))
    end_sessions(tx, person_id)


# The system administrator: units, people, passwords. The three administrators watch each other.


def create_unit(tx: Connection, values: NewUnit, *, by: Actor, now: datetime) -> int:
    """A new unit; no other may ever have had its name."""
    check_name_is_free(tx, values.name)
    try:
        with tx.begin_nested():
            unit_id = tx.execute(insert(UNIT).values(values.model_dump()).returning(UNIT.c.id)).scalar_one()
    except IntegrityError:
        raise invalid("name", N_("is already in use")) from None
    note(tx, "unit_created", by=by.username, subject=values.name, now=now)
    return int(unit_id)


def create_person(tx: Connection, unit_id: int, person: NewPerson, *, by: Actor, now: datetime) -> str:
    """A person without roles, and the password that is shown once and holds for some days."""
    password, ends_at = new_password(), now + load_sign_in_policy().initial_password
    add_person(tx, unit_id, person, by=by, now=now)
    initial = {"password_hash": hash_password(password), "password_ends_at": ends_at}
    tx.execute(update(PERSON).where(PERSON.c.username == person.username).values(initial))
    return password


def add_person(tx: Connection, unit_id: int, person: NewPerson, *, by: Actor, now: datetime) -> None:
    """A person without roles; nobody signs in as them until a password was chosen."""
    standing_unit(tx, unit_id)
    values = person.model_dump() | {"unit_id": unit_id}
    try:
        with tx.begin_nested():
            tx.execute(insert(PERSON).values(values | {"must_change_password": True}))
    except IntegrityError:
        raise invalid("username", N_("is already in use")) from None
    note(tx, "person_created", by=by.username, subject=person.username, now=now)


def change_person(tx: Connection, username: str, details: PersonDetails, *, by: Actor, now: datetime) -> None:
    """Another name, telephone number or mail address; the event names what changed, of contact data not to what."""
    account = check_someone_else(tx, username, by)
    new = details.model_dump()
    changed = [field for field in new if new[field] != getattr(account, field)]
    if not changed:
        return
    tx.execute(update(PERSON).where(PERSON.c.id == account.id).values(new))
    said = [f"name {account.name} → {details.name}" if field == "name" else field for field in changed]
    note(tx, "person_changed", by=by.username, subject=username, detail="; ".join(said), now=now)


def set_active(tx: Connection, username: str, is_active: bool, *, by: Actor, now: datetime) -> None:
    """Let a person in again, or keep them out; their sessions, tokens and calendar addresses end for good."""
    account = check_someone_else(tx, username, by)
    if account.is_active == is_active:
        return
    if not is_active:
        check_not_last(tx, account, frozenset(account.roles))
    tx.execute(update(PERSON).where(PERSON.c.id == account.id).values(is_active=is_active))
    if is_active:
        appointments.begin(tx, account.id, account.unit_id, account.roles, now)
    else:
        appointments.end(tx, account.id, now)
        end_credentials(tx, account.id, now)
    note(tx, "person_activated" if is_active else "person_deactivated", by=by.username, subject=username, now=now)


def check_someone_else(tx: Connection, username: str, by: Actor) -> PersonView:
    """The account, which is not the administrator's own and waits for nobody else's act; Forbidden, or NotFound."""
    if username == by.username:
        raise Forbidden(N_("You cannot administer your own account. Ask another administrator."))
    # Two administrators at once: the second one reads what the first one left.
    tx.execute(select(PERSON.c.id).where(PERSON.c.username == username).with_for_update(key_share=True))
    return person(tx, username)


def check_not_last(tx: Connection, account: PersonView, lost: frozenset[str]) -> None:
    """Refused when nobody would hold one of the three administrators' roles any more.

    Who takes such a role from two people at the same time waits here for the other.
    """
    if tx.dialect.name == "postgresql" and lost & ADMINISTRATORS:
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('administrators', 0))"))
    for role in sorted(lost & ADMINISTRATORS):
        others = PERSON.c.id != account.id, PERSON.c.is_active, GRANT.c.role == role
        if account.is_active and not tx.execute(select(PERSON.c.id).join(GRANT).where(*others).limit(1)).first():
            raise Refused(N_("Nobody else is %(role)s. Give the role to somebody else first."), role=ROLES[role])


# The security administrator: roles.


def set_roles(
    tx: Connection, username: str, roles: frozenset[str], *, by: Actor, now: datetime, since: date | None = None
) -> None:
    """The roles that a person holds from now on; all sessions of the person end.

    `since` is the day from which the new ones hold: one in the past lets records of that time come in. Who is
    deactivated works in none of them until they are activated.
    """
    account = check_someone_else(tx, username, by)
    check_roles(roles)
    from_at = now if since is None or since == day_of(now) else start_of(since)
    if from_at > now:
        raise invalid("since", N_("must not be in the future"))
    former = frozenset(account.roles)
    if former == roles:
        return
    check_not_last(tx, account, former - roles)
    if not account.is_active and from_at != now:
        raise invalid("since", N_("cannot be given for a deactivated account: its roles begin when it is activated"))
    if from_at < appointments.last_end(tx, account.id):
        raise invalid("since", N_("must not be before the end of an earlier role"))
    appointments.revoke(tx, account.id, former - roles, now)
    appointments.grant(tx, account.id, roles - former)
    if account.is_active:
        appointments.begin(tx, account.id, account.unit_id, roles - former, from_at)
    end_sessions(tx, account.id)
    signed = [*(f"+{role}" for role in sorted(roles - former)), *(f"-{role}" for role in sorted(former - roles))]
    detail = " ".join(signed) + (f" since {since}" if from_at != now else "")
    note(tx, "roles_changed", by=by.username, subject=username, detail=detail, now=now)


def check_roles(roles: frozenset[str]) -> None:
    """Invalid for roles that nobody may hold together."""
    if conflict(roles):
        raise invalid("roles", N_("an administrator cannot have any other role"))


def move_person(tx: Connection, username: str, unit_id: int, *, by: Actor, now: datetime) -> None:
    """A person works in another unit from now on; their roles end, for they were those of the former unit."""
    account = check_someone_else(tx, username, by)
    stands = UNIT.c.id == unit_id, UNIT.c.successor_id.is_(None)
    name = tx.execute(select(UNIT.c.name).where(*stands)).scalar_one_or_none()
    if name is None:
        raise invalid("unit", N_("is not a known unit"))
    if unit_id == account.unit_id:
        raise invalid("unit", N_("is already their unit"))
    check_not_last(tx, account, frozenset(account.roles))
    appointments.revoke(tx, account.id, account.roles, now)
    tx.execute(update(PERSON).where(PERSON.c.id == account.id).values(unit_id=unit_id))
    end_sessions(tx, account.id)
    note(tx, "person_moved", by=by.username, subject=username, detail=f"{account.unit.name} → {name}", now=now)


# Programs.


def create_token(
    tx: Connection,
    username: str,
    label: str,
    *,
    now: datetime,
    by: str = "",
    bounds: Bounds = UNBOUND,
    ends_at: datetime | None = None,
) -> str:
    """A bearer token of this person, told once and kept as a digest; it holds until `ends_at`."""
    account = person(tx, username)
    if ends_at is not None and ends_at <= now:
        raise invalid("ends_at", N_("must be in the future"))
    token = f"gh_{secrets.token_urlsafe(32)}"
    kept = {"unit_ids": " ".join(map(str, sorted(bounds.unit_ids))), "moves": " ".join(sorted(bounds.moves))}
    values = {"person_id": account.id, "digest": digest(token), "label": label[:200], "made_at": now}
    tx.execute(insert(TOKEN).values(values | kept | {"ends_at": ends_at}))
    names = ", ".join(view.name for view in units_by_id(tx, bounds.unit_ids).values())
    until = f"until {day_of(ends_at)}" if ends_at else ""
    detail = "; ".join(filter(None, (label[:200], names, kept["moves"], until)))
    note(tx, "token_created", by=by or username, subject=username, detail=detail, now=now)
    return token


def revoke_token(tx: Connection, username: str, token_id: int, *, by: Actor, now: datetime) -> None:
    """The program that holds this token is let in no more."""
    account = person(tx, username)
    of_person = (TOKEN.c.id == token_id, TOKEN.c.person_id == account.id, TOKEN.c.revoked_at.is_(None))
    if tx.execute(update(TOKEN).where(*of_person).values(revoked_at=now)).rowcount != 1:
        raise NotFound
    note(tx, "token_revoked", by=by.username, subject=username, now=now)
