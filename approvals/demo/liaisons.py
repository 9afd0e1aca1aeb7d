"""What the liaisons of the example city do: questions and answers, hand-overs, the roster, and the contact log."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, select

from approvals.accounts.identity import actor_by_username, actor_of
from approvals.base.moments import CITY_ZONE
from approvals.base.stores import fact, keep_fact
from approvals.demo.course import ScenarioStep
from approvals.demo.source_data import say
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.views import project_by_id
from approvals.liaisons.contacts import finish_follow_up, note
from approvals.liaisons.roster import MOST_SHIFTS, enter
from approvals.registration.queries import OPEN_PROJECTS

CENTRE = "centre1"
LIAISONS = ("liaison1", "liaison2")
OFFICERS = ("liaison1", "liaison2", CENTRE)  # on duty in turn, each from nine to nine
ON_DUTY_FROM = 9 * 60  # minute of the day
REQUESTS = (0, 0, 1, 1, 2)  # how many an owner has
AT_NIGHT = 0.3
IN_THE_OFFICE = (9 * 60 + 5, 11 * 60, 13 * 60 + 35, 16 * 60)  # minutes of the day between which questions come
AT_HOME = (20 * 60 + 40, 21 * 60 + 40)
LATE = 0.12  # how many are answered after they have climbed
QUICK, SLOW, QUICKLY = (6, 50), (70, 95), (5, 40)  # minutes until the answer
IS_THANKED, IS_ASKED_AGAIN = 0.4, 0.2
HANDED_OVER = 0.1
HANDED_OVER_AT = 17 * 60 + 35
OPEN_AT_THE_END = {"ms-010": 9 * 60 + 41, "ms-012": 11 * 60 + 21, "ms-030": 14 * 60 + 11, "ms-036": 16 * 60 + 11}
NEWLY_TAKEN = {"ms-032": 2, "ms-045": 4}  # working days before the end
CONTACTED = 0.05  # of a contact with one owner on one working day
SHARED, FOLLOWED = 0.6, 0.35
CHANNELS = ("phone", "phone", "wecom", "visit", "mail", "meeting")
LIVED = "demo_contacts"  # the fact that says up to which day contacts are noted
ROSTER_AHEAD = 5  # days after the end for which somebody is on duty
KEPT_OPEN = 3  # days before the end from which on follow-ups are still to be done


@dataclass(frozen=True, slots=True)
class DemoTerm:
    """A project from its registration on; `until` is the last working day on which something happens."""

    ref: str
    owner: str
    liaison: str
    registered: int
    until: int

    @property
    def days(self) -> range:
        """The days on which it is certainly under way."""
        return range(self.registered + 1, self.until)


def officer_on(day: date, minute: int) -> str:
    """Who is on duty at this minute of the day."""
    return OFFICERS[(day.toordinal() - (minute < ON_DUTY_FROM)) % len(OFFICERS)]


def liaison_steps(
    term: DemoTerm, day_of: Callable[[int], date], rng: random.Random
) -> tuple[list[tuple[str, ScenarioStep]], ScenarioStep | None]:
    """What is asked and answered, each step with its reference; and the hand-over, if there is one."""
    if not term.days:
        return [], None
    handed_over = _hand_over(term, rng)
    steps = [(term.ref, handed_over)] if handed_over else []
    free = [day for day in term.days if handed_over is None or day != handed_over.day]
    days = sorted(rng.sample(free, min(rng.choice(REQUESTS), len(free))))
    for number, day in enumerate(days, start=1):
        liaison = handed_over.facts["liaison"] if handed_over and day > handed_over.day else term.liaison
        steps += _request_steps(term, number, day, liaison, day_of(day), rng)
    if term.ref in OPEN_AT_THE_END:
        text = {"text": say(rng, "questions")}
        steps.append(
            (f"{term.ref}/requests", ScenarioStep(term.until, "ask", term.owner, text, OPEN_AT_THE_END[term.ref]))
        )
    return steps, handed_over


def _hand_over(term: DemoTerm, rng: random.Random) -> ScenarioStep | None:
    day = rng.choice(term.days)
    is_handed_over = rng.random() < HANDED_OVER
    if term.ref in NEWLY_TAKEN:
        is_handed_over, day = True, term.until - NEWLY_TAKEN[term.ref]
    if not is_handed_over:
        return None
    facts = {"liaison": LIAISONS[1 - LIAISONS.index(term.liaison)], "note": say(rng, "hand_over_notes")}
    return ScenarioStep(day, "reassign", CENTRE, facts, HANDED_OVER_AT)


def _request_steps(
    term: DemoTerm, number: int, day: int, liaison: str, on: date, rng: random.Random
) -> list[tuple[str, ScenarioStep]]:
    """A question, its answer some time later on the same day, and the owner's thanks."""
    is_night = rng.random() < AT_NIGHT
    question_at = rng.randint(*(AT_HOME if is_night else rng.choice((IN_THE_OFFICE[:2], IN_THE_OFFICE[2:]))))
    answered_at = question_at + rng.randint(*(SLOW if rng.random() < LATE and not is_night else QUICK))
    by = officer_on(on, question_at) if is_night else liaison
    request = f"{term.ref}/requests/{number}"
    steps = [
        (f"{term.ref}/requests", ScenarioStep(day, "ask", term.owner, {"text": say(rng, "questions")}, question_at)),
        (request, ScenarioStep(day, "answer", by, {"text": say(rng, "replies")}, answered_at)),
    ]
    dice, again_at = rng.random(), answered_at + rng.randint(3, 15)
    if dice < IS_THANKED:
        steps.append((request, ScenarioStep(day, "close", term.owner, {}, again_at)))
    elif dice < IS_THANKED + IS_ASKED_AGAIN:
        steps.append(
            (request, ScenarioStep(day, "ask_again", term.owner, {"text": say(rng, "further_questions")}, again_at))
        )
        replied_at = again_at + rng.randint(*QUICKLY)
        steps.append((request, ScenarioStep(day, "answer", by, {"text": say(rng, "further_replies")}, replied_at)))
    return steps


# The roster and the contact log are no moves of cases.


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
        if dice.random() < CONTACTED:
            _note(tx, project_id, liaison_id, day, ends_at, dice)


def _note(tx: Connection, project_id: int, liaison_id: int, day: date, ends_at: datetime, dice: random.Random) -> None:
    by, project = actor_of(tx, liaison_id, day), project_by_id(tx, project_id)
    now = datetime.combine(day, time(17, dice.randint(30, 59)), CITY_ZONE)
    if by is None or now > ends_at or project.registered_at is None or project.registered_at > now:
        return
    is_shared = dice.random() < SHARED
    contact: dict[str, object] = {
        "channel": dice.choice(CHANNELS),
        "with_whom": say(dice, "with_whom"),
        "text": say(dice, "contacts" if is_shared or dice.random() < 0.5 else "private_contacts"),
        "is_shared": is_shared,
    }
    if dice.random() < FOLLOWED:
        contact["follow_up_on"] = (day + timedelta(days=dice.randint(1, 5))).isoformat()
    line = note(tx, project, contact, by, now)
    if "follow_up_on" in contact and day < ends_at.date() - timedelta(days=KEPT_OPEN):
        finish_follow_up(tx, project, line, by, now + timedelta(days=2))
