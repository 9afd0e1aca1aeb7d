"""Every step of one project of the example city, from its first draft to the end of the year."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from approvals.demo.course import DaySpan, Desk, ScenarioStep
from approvals.demo.filings import OFFICE, Site, filing
from approvals.demo.liaisons import LIAISONS, DemoTerm, liaison_steps
from approvals.demo.people import demo_people, head_of, owner_of, window_of
from approvals.demo.reactions import LevelAnswer, answers, appeals, corrections
from approvals.demo.schedule import (
    SOME_WAY,
    Schedule,
    YearSpan,
    completed_schedule,
    is_deciding,
    kept_schedule,
    running_schedule,
)
from approvals.demo.source_data import ProgrammeRow, holds, say, say_answer
from approvals.demo.works import dated, moved, planned_days, works_days, works_of, works_steps
from workflows.clock.calendar import Calendar
from workflows.config.catalogue import Catalogue, Item, PlannedItem
from workflows.config.conditions import Yes

APPROVED = ("registered", "completed", "suspended", "abandoned")  # endings of projects that get approvals
STOPPED = ("suspended", "abandoned")  # of these, what stops on the way
INTERRUPTED = {"ms-053": 14}  # working days of a suspension that is over
STOPPED_AT, RESUMED_AT = 17 * 60 + 40, 8 * 60 + 40  # minutes of the day, after and before the office's hours
REVIEWED_AFTER = 20  # working days after a suspension
ANSWERERS = {2: "centre1", 3: "office1", 4: "leader1"}
CHANCES = {"occupies_road": 0.4, "affects_green_space": 0.35, "in_heritage_zone": 0.22, "lightning_sensitive": 0.45}


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One step on a project or on one of its approvals; the steps on one reference keep their order."""

    on: str
    step: ScenarioStep


@dataclass(frozen=True, slots=True)
class DemoCity:
    """What the year rests upon."""

    seed: str
    window: YearSpan
    calendar: Calendar
    catalogue: Catalogue

    def dice(self, *names: object) -> random.Random:
        return random.Random("/".join(map(str, (self.seed, *names))))

    def contact(self, username: str) -> tuple[str, str]:
        """Name and telephone of this person of the city."""
        return next((who.name, who.phone) for who in demo_people(self.catalogue) if who.username == username)

    def day(self, number: int) -> date:
        return date.fromordinal(self.calendar.working_day(number))


def project(city: DemoCity, number: int, row: ProgrammeRow) -> list[FeedEntry]:
    """The steps of the city's `number`-th project, in order on each reference."""
    dice = city.dice(row.ref)
    owner = owner_of(row.owner_unit)
    site = Site(row, _screening(city, row, dice), owner, LIAISONS[number % len(LIAISONS)], city.contact(owner))
    luck = city.dice(row.ref, "works")
    if row.ending in APPROVED:
        return [FeedEntry(e.on, dated(e.step, city.day)) for e in _registered(city, site, dice, luck)]
    site = replace(site, planned=planned_days(row, city.window.last - row.since, None, city.day, luck))
    steps = filing(site, row.ending, dice)
    begins = city.window.last - row.since - steps[-1].day
    if row.ending == "diverted":
        begins = city.window.draw(dice, city.window.first, city.window.last - 30)
    return [_entry(row.ref, step, begins) for step in steps]


def _screening(city: DemoCity, row: ProgrammeRow, dice: random.Random) -> dict[str, bool]:
    """The answers to the yes/no questions; what is kept standing at the end must apply."""
    conditions = [city.catalogue.items[hold.code].applies_when for hold in holds().get(row.ref, ())]
    needed = {condition.question for condition in conditions if isinstance(condition, Yes)}
    return {q: row.kind == "construction" and (dice.random() < chance or q in needed) for q, chance in CHANCES.items()}


def _entry(on: str, step: ScenarioStep, begins: int) -> FeedEntry:
    return FeedEntry(on, replace(step, day=begins + step.day))


def _registered(city: DemoCity, site: Site, dice: random.Random, luck: random.Random) -> list[FeedEntry]:
    row = site.row
    schedule = _schedule(city, site)
    days = works_days(schedule, works_of(_plan(city, site)), luck)
    site = replace(site, planned=planned_days(row, schedule.registered, days, city.day, luck))
    steps = filing(site, "registered", dice)
    entries = [_entry(row.ref, step, schedule.registered - steps[-1].day) for step in steps]
    for desk, begins, course in schedule.placed:
        on = f"{row.ref}/{desk.item.code}"
        entries += [_entry(on, step, begins) for step in course.steps]
        entries += _answered(city, site, desk, [_span(span, begins) for span in course.spans])
        entries += _corrections(city, site, desk, [_entry(on, step, begins) for step in course.steps])
    if days:
        entries += [FeedEntry(row.ref, step) for step in works_steps(days, site.owner, site.liaison, luck)]
    if row.ending in STOPPED:
        entries = _stopped(city, site, entries, city.window.last - row.since)
    elif row.ref in INTERRUPTED:
        entries = _interrupted(city, row.ref, entries, schedule, INTERRUPTED[row.ref])
    return _accompanied(city, site, entries, schedule.registered)


def _accompanied(city: DemoCity, site: Site, entries: list[FeedEntry], registered: int) -> list[FeedEntry]:
    """The same with what the owner asked, and with another liaison from some day on where there is one."""
    term = DemoTerm(site.row.ref, site.owner, site.liaison, registered, _under_way_until(city, site, entries))
    steps, handed_over = liaison_steps(term, city.day, city.dice(site.row.ref, "care"))
    if handed_over:
        entries = [_by_the_next(entry, site.liaison, handed_over) for entry in entries]
    return entries + [FeedEntry(on, step) for on, step in steps]


def _under_way_until(city: DemoCity, site: Site, entries: list[FeedEntry]) -> int:
    """The working day on which the project ends; the last grant completes it, whatever is delivered later."""
    if site.row.ending == "registered":
        return city.window.last
    ending = ("grant",) if site.row.ending == "completed" else ("withdraw", "suspend")
    return max(entry.step.day for entry in entries if entry.step.move in ending)


def _by_the_next(entry: FeedEntry, former: str, handed_over: ScenarioStep) -> FeedEntry:
    """What the former liaison would have done after that day is done by the next one."""
    if entry.step.by != former or entry.step.day <= handed_over.day:
        return entry
    return replace(entry, step=replace(entry.step, by=handed_over.facts["liaison"]))


def _plan(city: DemoCity, site: Site) -> tuple[PlannedItem, ...]:
    return city.catalogue.plan(site.answers, Decimal(site.row.planned_10k_yuan))


def _schedule(city: DemoCity, site: Site) -> Schedule:
    row, plan = site.row, _plan(city, site)
    desks = {planned.item.code: _desk(city, site, planned.item) for planned in plan}
    name = f"{city.seed}/{row.ref}"
    if row.ending == "completed":
        return completed_schedule(name, plan, desks, city.window)
    if row.ending in STOPPED:
        return running_schedule(name, plan, desks, city.window.last - row.since)
    # A suspension on the way moves everything after it, so the rest is laid out as if the year were shorter.
    window = replace(city.window, last=city.window.last - INTERRUPTED.get(row.ref, 0))
    return kept_schedule(name, plan, desks, holds()[row.ref], window)


def _desk(city: DemoCity, site: Site, item: Item) -> Desk:
    catalogue, department = city.catalogue, item.department
    required = {code for later in catalogue.items.values() for code in later.requires}
    is_leaf = item.code not in required and item.stage < max(catalogue.stages)
    window, head = window_of(catalogue, department), head_of(catalogue, department)
    return Desk(item, site.owner, site.liaison, window, head, is_leaf)


def _span(span: DaySpan, begins: int) -> DaySpan:
    decided = None if span.decided is None else begins + span.decided
    return replace(span, accepted=begins + span.accepted, decided=decided)


# Answers to the four levels.


def _answered(city: DemoCity, site: Site, desk: Desk, spans: list[DaySpan]) -> Iterator[FeedEntry]:
    if site.row.ref in INTERRUPTED or site.row.ending in STOPPED:
        return
    dice = city.dice(site.row.ref, desk.item.code, "answers")
    for span in spans:
        for answer in answers(span, city.calendar, site.row.is_hurried, city.window.last, dice):
            yield FeedEntry(f"{site.row.ref}/{desk.item.code}", _answer(city, desk, answer, dice))
        if len(spans) == 1:
            luck = city.dice(site.row.ref, desk.item.code, "card")
            for step in appeals(desk, span, city.calendar, city.window.last, luck):
                yield FeedEntry(f"{site.row.ref}/{desk.item.code}/cards/promised", step)


def _corrections(city: DemoCity, site: Site, desk: Desk, entries: list[FeedEntry]) -> Iterator[FeedEntry]:
    if site.row.ref not in INTERRUPTED and site.row.ending not in STOPPED:
        luck = city.dice(site.row.ref, desk.item.code, "corrections")
        for step in corrections(desk, (entry.step for entry in entries), city.window.last, city.day, luck):
            yield FeedEntry(f"{site.row.ref}/{desk.item.code}", step)


def _answer(city: DemoCity, desk: Desk, answer: LevelAnswer, dice: random.Random) -> ScenarioStep:
    by = ANSWERERS.get(answer.level) or dice.choice((desk.window, desk.head))
    reason, committed_on = say_answer(dice, answer.level), city.day(answer.committed).isoformat()
    facts = {"level": answer.level, "reason": reason, "commitment_on": committed_on}
    return ScenarioStep(answer.day, "answer", by, facts)


# What stops a project. The clock stands still from the close of the day on which a suspension begins.


def _stopped(city: DemoCity, site: Site, entries: list[FeedEntry], day: int) -> list[FeedEntry]:
    """As far as the project came, and what stopped it."""
    ref = site.row.ref
    facts = {"reason": say(city.dice(ref), "withdraw_reasons")}
    stop = ScenarioStep(day, "withdraw", site.owner, facts, STOPPED_AT)
    if site.row.ending == "suspended":
        stop = _suspend(city, ref, day)
    return [entry for entry in entries if entry.step.day <= day] + [FeedEntry(ref, stop)]


def _interrupted(city: DemoCity, ref: str, entries: list[FeedEntry], schedule: Schedule, lasts: int) -> list[FeedEntry]:
    day = next(d for d in range(schedule.registered + SOME_WAY, city.window.last) if is_deciding(schedule, d))
    resume = ScenarioStep(day + lasts, "resume", OFFICE, {"reason": say(city.dice(ref), "resume_reasons")}, RESUMED_AT)
    later = [FeedEntry(e.on, moved(e.step, lasts)) if e.step.day > day else e for e in entries]
    return [*later, FeedEntry(ref, _suspend(city, ref, day)), FeedEntry(ref, resume)]


def _suspend(city: DemoCity, ref: str, day: int) -> ScenarioStep:
    dice = city.dice(ref, "suspension")
    facts = {
        "cause": say(dice, "suspend_causes"),
        "restart_steps": say(dice, "restart_steps"),
        "review_on": city.day(day + REVIEWED_AFTER).isoformat(),
    }
    return ScenarioStep(day, "suspend", OFFICE, facts, STOPPED_AT)
