"""All that lets somebody in beside their password, ended for good."""

from datetime import datetime

from sqlalchemy import Connection, update

from approvals.accounts.queries import TOKEN
from approvals.accounts.sign_ins import end_sessions
from approvals.accounts.tables import CalendarFeed
from approvals.base.tables import table_of

FEED = table_of(CalendarFeed)


def end_credentials(tx: Connection, person_id: int, now: datetime) -> None:
    """End all sessions, tokens and calendar addresses of a person; none comes back with the account."""
    end_sessions(tx, person_id)
    for secrets in (TOKEN, FEED):
        running = secrets.c.person_id == person_id, secrets.c.revoked_at.is_(None)
        tx.execute(update(secrets).where(*running).values(revoked_at=now))
