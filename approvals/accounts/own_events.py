"""What others did to a person's account, shown to them until they have read it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, String, cast, exists, insert, literal, select

from approvals.accounts.actors import Actor
from approvals.accounts.audit import EVENT, TOLD, EventView
from approvals.accounts.hints import READ

SHOWN_FOR = timedelta(days=30)
PREFIX = "account-event-"  # of the name under which a read one is kept among the hints


def unread_events(tx: Connection, actor: Actor, now: datetime) -> list[EventView]:
    """What others did to the actor's account lately and they have not marked as read, the newest first."""
    read = exists().where(READ.c.person_id == actor.id, READ.c.hint == literal(PREFIX) + cast(EVENT.c.id, String))
    own = EVENT.c.subject == actor.username, EVENT.c.actor != actor.username, EVENT.c.event.in_(TOLD)
    rows = tx.execute(select(EVENT).where(*own, EVENT.c.at > now - SHOWN_FOR, ~read).order_by(EVENT.c.id.desc()))
    return [EventView(**{name: row._mapping[name] for name in EventView.__slots__}) for row in rows]


def mark_events_read(tx: Connection, actor: Actor, now: datetime) -> None:
    """Show these to the person no more."""
    rows = [
        {"person_id": actor.id, "hint": f"{PREFIX}{event.id}", "read_at": now}
        for event in unread_events(tx, actor, now)
    ]
    if rows:
        tx.execute(insert(READ), rows)
