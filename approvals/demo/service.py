"""What the example city's liaisons do beside the moves of cases: the roster of duty officers, and the contact log."""

import random
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, select

from approvals.accounts.identity import actor_by_username, actor_of
from approvals.base.moments import CITY_ZONE
from approvals.base.stores import fact, keep_fact
from approvals.demo.care import CENTRE, ON_DUTY_FROM, officer_on
from approvals.demo.texts import say
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.views import project_by_id
from approvals.liaisons.contacts import finish_follow_up, note
from approvals.liaisons.roster import MOST_SHIFTS, enter
from approvals.registration.queries import OPEN_PROJECTS

CHANCE = 0.05  # of a contact with one owner on one working day
SHARED, FOLLOWED = 0.6, 0.35
CHANNELS = ("phone", "phone", "wecom", "visit", "mail", "meeting")
LIVED = "demo_contacts"  # the fact that says up to which day contacts are noted
ROSTER_AHEAD = 5  # days after the end for which somebody is on duty
KEPT_OPEN = 3  # days before the end from which on follow-ups are still to be done


def enter_roster(tx: Connection, first: date, last: date, now: datetime) -> None:
    """One officer for each day from nine to nine, until a few days after the end."""
    by = actor_by_username(tx, CENTRE, first)
    if by is None:
        return
    opens = time(ON_DUTY_FROM // 60)
    days = [first + timedelta(days=n) for n in range((last - first).days + ROSTER_AHEAD)]
    shifts = [_shift(officer_on(day, ON_DUTY_FROM), datetime.combine(day, opens)) for day in days]
    if fact(tx, LIVED) is not None:
        return
    keep_fact(tx, LIVED, first.isoformat())
    for start in range(0, len(shifts), MOST_SHIFTS):
        enter(tx, shifts[start : start + MOST_SHIFTS], knows_gaps=True, by=by, now=now)


def _shift(person: str, since: datetime) -> dict[str, str]:
    until = since + timedelta(days=1)
    return {"person": person, "since": f"{since:%Y-%m-%d %H:%M}", "until": f"{until:%Y-%m-%d %H:%M}"}


def live_through(tx: Connection, day: date, ends_at: datetime) -> None:
    """Whom the liaisons called or met on this day, and what they followed up; once, also when a load goes on."""
    if fact(tx, LIVED) is None or fact(tx, LIVED) < day.isoformat():
        _note_contacts(tx, day, ends_at)
        keep_fact(tx, LIVED, day.isoformat())


def _note_contacts(tx: Connection, day: date, ends_at: datetime) -> None:
    dice = random.Random(f"contacts/{day}")
    own = select(PROJECTS.c.id, PROJECTS.c.liaison_id).where(PROJECTS.c.state.in_(OPEN_PROJECTS))
    for project_id, liaison_id in tx.execute(own.order_by(PROJECTS.c.id)).all():
        if dice.random() < CHANCE:
            _note(tx, project_id, liaison_id, day, ends_at, dice)


def _note(tx: Connection, project_id: int, liaison_id: int, day: date, ends_at: datetime, dice: random.Random) -> None:
    by, found = actor_of(tx, liaison_id, day), project_by_id(tx, project_id)
    now = datetime.combine(day, time(17, dice.randint(30, 59)), CITY_ZONE)
    if by is None or now > ends_at or found.registered_at is None or found.registered_at > now:
        return
    is_shared = dice.random() < SHARED
    given: dict[str, object] = {
        "channel": dice.choice(CHANNELS),
        "with_whom": say(dice, "with_whom"),
        "text": say(dice, "contacts" if is_shared or dice.random() < 0.5 else "private_contacts"),
        "is_shared": is_shared,
    }
    if dice.random() < FOLLOWED:
        given["follow_up_on"] = (day + timedelta(days=dice.randint(1, 5))).isoformat()
    line = note(tx, found, given, by, now)
    if "follow_up_on" in given and day < ends_at.date() - timedelta(days=KEPT_OPEN):
        finish_follow_up(tx, found, line, by, now + timedelta(days=2))
