"""Mail to a person about what others did to their account, and the link by which they choose a password."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts.audit import EVENT, EVENTS, TOLD
from approvals.accounts.queries import PERSON
from approvals.base.formatting import moment
from approvals.base.i18n import HTML_CODES, in_language, label
from approvals.base.i18n import gettext as _
from approvals.base.jobs import Running, enqueue_new
from approvals.base.service import settings_in_use
from approvals.notifications.delivery import send_letter
from approvals.notifications.mail import PATIENCE
from approvals.notifications.messages import Message, MessageLine, one_line
from approvals.notifications.queries import channels_of

TELL = "tell_account"  # a kind of job; its key is the number of the event
JUST_NOW = timedelta(minutes=5)


def mail_of(tx: Connection, person_id: int) -> Any | None:
    """The row of the person's confirmed mail address; None without one, or where no mail is sent."""
    if settings_in_use().mail is None:
        return None
    row = channels_of(tx, person_id).get("mail")
    return row if row is not None and row.address else None


def tell_person(tx: Connection, username: str, now: datetime) -> None:
    """Enqueue a mail about each thing that others have just done to this person's account."""
    person_id = tx.execute(select(PERSON.c.id).where(PERSON.c.username == username)).scalar_one_or_none()
    if person_id is None or mail_of(tx, person_id) is None:
        return
    done = EVENT.c.subject == username, EVENT.c.actor != username, EVENT.c.event.in_(TOLD), EVENT.c.at > now - JUST_NOW
    ids = tx.execute(select(EVENT.c.id).where(*done).order_by(EVENT.c.id)).scalars()
    enqueue_new(tx, TELL, [str(id_) for id_ in ids], now)


def send(job: Running) -> Mapping[str, Any]:
    """Send the mail about one event; nothing when the person has no address any more."""
    with job.read() as tx:
        event = tx.execute(select(EVENT).where(EVENT.c.id == int(job.period))).one()
        person = tx.execute(select(PERSON).where(PERSON.c.username == event.subject)).one()
        channel = mail_of(tx, person.id)
    if channel is not None:
        send_letter(channel, event_letter(event, person), f"{TELL}-{job.period}", job.now())
    return {}


def event_letter(event: Any, person: Any) -> Message:
    """What was done to the account, by whom and when, in the person's language."""
    with in_language(person.language):
        line = MessageLine(label(EVENTS[event.event]), person.name, event.actor, moment(event.at), "")
        return _letter(_("Your account: %(event)s", event=label(EVENTS[event.event])), line, person.language)


def send_link(channel: Any, person: Any, link: str, now: datetime, *, patience: float = PATIENCE) -> None:
    """Send the link by which the person chooses a password; Undelivered when the server does not take it."""
    with in_language(person.language):
        line = MessageLine(_("Open this link within 24 hours and choose a new password"), person.name, "", "", link)
        letter = _letter(_("Choose a new password"), line, person.language)
    send_letter(channel, letter, f"password-{person.id}-{now:%Y%m%d%H%M%S%f}", now, patience=patience)


def _letter(subject: str, line: MessageLine, language: str) -> Message:
    return Message(
        subject=one_line(f"{subject} · {_('Guahao')}"),
        lines=(line,),
        more="",
        about=_(
            "You receive this because it concerns your account. If you know nothing of it, tell your administrator."
        ),
        settings_link="",
        html_code=HTML_CODES[language],
    )
