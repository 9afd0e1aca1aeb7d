"""How the liaisons of the example city care for a project: what its owner asks, who answers, who takes over."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from approvals.demo.course import ScenarioStep
from approvals.demo.texts import say

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


@dataclass(frozen=True, slots=True)
class LiaisonService:
    """A project from its registration on; `until` is the last working day of which something is told."""

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


def cared_for(
    care: LiaisonService, day_of: Callable[[int], date], rng: random.Random
) -> tuple[list[tuple[str, ScenarioStep]], ScenarioStep | None]:
    """What is asked and answered, each step with its reference; and the hand-over, if there is one."""
    if not care.days:
        return [], None
    handed_over = _hand_over(care, rng)
    steps = [(care.ref, handed_over)] if handed_over else []
    free = [day for day in care.days if handed_over is None or day != handed_over.day]
    days = sorted(rng.sample(free, min(rng.choice(REQUESTS), len(free))))
    for number, day in enumerate(days, start=1):
        liaison = handed_over.facts["liaison"] if handed_over and day > handed_over.day else care.liaison
        steps += _asked(care, number, day, liaison, day_of(day), rng)
    if care.ref in OPEN_AT_THE_END:
        text = {"text": say(rng, "questions")}
        steps.append(
            (f"{care.ref}/requests", ScenarioStep(care.until, "ask", care.owner, text, OPEN_AT_THE_END[care.ref]))
        )
    return steps, handed_over


def _hand_over(care: LiaisonService, rng: random.Random) -> ScenarioStep | None:
    day = rng.choice(care.days)
    is_handed_over = rng.random() < HANDED_OVER
    if care.ref in NEWLY_TAKEN:
        is_handed_over, day = True, care.until - NEWLY_TAKEN[care.ref]
    if not is_handed_over:
        return None
    facts = {"liaison": LIAISONS[1 - LIAISONS.index(care.liaison)], "note": say(rng, "hand_over_notes")}
    return ScenarioStep(day, "reassign", CENTRE, facts, HANDED_OVER_AT)


def _asked(
    care: LiaisonService, number: int, day: int, liaison: str, on: date, rng: random.Random
) -> list[tuple[str, ScenarioStep]]:
    """A question, its answer some time later on the same day, and the owner's thanks."""
    is_night = rng.random() < AT_NIGHT
    asked_at = rng.randint(*AT_HOME) if is_night else rng.randint(*rng.choice((IN_THE_OFFICE[:2], IN_THE_OFFICE[2:])))
    answered_at = asked_at + rng.randint(*(SLOW if rng.random() < LATE and not is_night else QUICK))
    by = officer_on(on, asked_at) if is_night else liaison
    one = f"{care.ref}/requests/{number}"
    steps = [
        (f"{care.ref}/requests", ScenarioStep(day, "ask", care.owner, {"text": say(rng, "questions")}, asked_at)),
        (one, ScenarioStep(day, "answer", by, {"text": say(rng, "replies")}, answered_at)),
    ]
    dice, again_at = rng.random(), answered_at + rng.randint(3, 15)
    if dice < IS_THANKED:
        steps.append((one, ScenarioStep(day, "close", care.owner, {}, again_at)))
    elif dice < IS_THANKED + IS_ASKED_AGAIN:
        steps.append(
            (one, ScenarioStep(day, "ask_again", care.owner, {"text": say(rng, "further_questions")}, again_at))
        )
        replied_at = again_at + rng.randint(*QUICKLY)
        steps.append((one, ScenarioStep(day, "answer", by, {"text": say(rng, "further_replies")}, replied_at)))
    return steps
