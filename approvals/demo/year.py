"""One year of the example city as lines of the feed: the same arguments give the same lines."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import groupby

from approvals.base.moments import CITY_ZONE
from approvals.demo.changes import change_lines
from approvals.demo.handlers import handler_lines
from approvals.demo.own_projects import agreement_lines
from approvals.demo.programme.year import programme_year
from approvals.demo.projects import DemoCity, FeedEntry, project
from approvals.demo.schedule import YearSpan
from approvals.demo.source_data import ProgrammeRow, document_number, programme, reserve
from approvals.demo.supervision import Line, feed_line, joint_lines, order_lines
from approvals.demo.works import is_of_works
from workflows.clock.calendar import Calendar
from workflows.config.catalogue import Catalogue

SEED = "攀挂"
OFFICE_MINUTES = (*range(9 * 60, 12 * 60), *range(13 * 60 + 30, 17 * 60 + 20))
EVENING = 3 * 60  # minutes after the office closed, when owners still send what is left
EVENING_CHANCE = 0.06
OWED_FOR, CHECKED_WITHIN = timedelta(days=7), timedelta(days=30)
SPRING = {1: 3, 2: 4, 3: 6, 4: 5, 5: 4, 6: 2, 7: 2, 8: 1, 9: 1, 10: 1, 11: 1, 12: 2}  # how many projects begin
LEFT_TO_THE_LEDGER = 8  # one service item in so many is not filed at all


def whole_year(ends_at: datetime, calendar: Calendar, catalogue: Catalogue, seed: str = SEED) -> list[Line]:
    """The lines of the street and of the programme, in order of time, all at or before `ends_at`."""
    street = city_year(ends_at, calendar, catalogue, seed)
    lines = [*street, *programme_year(street, calendar, ends_at, seed)]
    return sorted(lines, key=lambda line: (datetime.fromisoformat(line["at"]), line["on"]))


def city_year(ends_at: datetime, calendar: Calendar, catalogue: Catalogue, seed: str = SEED) -> list[Line]:
    """The lines of the street, for the twelve months before `ends_at`, in order of time, all at or before it."""
    city = DemoCity(seed, _year_span(ends_at.astimezone(CITY_ZONE).date(), calendar), calendar, catalogue)
    lines = [line for number, row in enumerate(_rows()) for line in _lines(city, project(city, number, row))]
    lines += joint_lines(lines, calendar, catalogue, ends_at)
    lines += change_lines(lines, calendar, ends_at)
    lines += order_lines(calendar, catalogue, ends_at)
    lines += handler_lines(lines, calendar, catalogue, ends_at)
    lines += agreement_lines(lines, catalogue)
    lines = sorted((line for line in lines if line["at"] <= ends_at), key=lambda line: (line["at"], line["on"]))
    _number_documents(lines)
    _date_owed(lines)
    _number_lines(lines)
    return [line | {"at": line["at"].isoformat()} for line in lines]


def _year_span(ends_on: date, calendar: Calendar) -> YearSpan:
    last = calendar.count(ends_on.toordinal())
    first = calendar.count(_a_year_before(ends_on).toordinal()) + 1
    return YearSpan(
        first, last, {n: SPRING[date.fromordinal(calendar.working_day(n)).month] for n in range(first, last)}
    )


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _rows() -> list[ProgrammeRow]:
    services = [row for row in programme() if row.kind == "service"]
    unfiled = services[LEFT_TO_THE_LEDGER - 1 :: LEFT_TO_THE_LEDGER]
    return [row for row in (*programme(), *reserve()) if row not in unfiled]


# The time of day: on each reference the steps keep their order, and no two of one project share a minute.


def _lines(city: DemoCity, entries: list[FeedEntry]) -> Iterable[Line]:
    dice = city.dice(entries[0].on, "minutes")
    in_order = sorted((entry for entry in entries if not is_of_works(entry.step)), key=lambda entry: entry.step.day)
    for number, group in groupby(in_order, key=lambda entry: entry.step.day):
        if number <= city.window.last:
            for minute, entry in _timed(list(group), dice):
                yield _line(city, minute, entry)
    for entry in entries:  # with minutes of their own, before the office's hours
        if is_of_works(entry.step) and entry.step.day <= city.window.last:
            yield _line(city, entry.step.minute or 0, entry)


def _line(city: DemoCity, minute: int, entry: FeedEntry) -> Line:
    step = entry.step
    at = datetime.combine(city.day(step.day), time(), CITY_ZONE) + timedelta(minutes=minute)
    return feed_line(at, step.by, step.move, entry.on, step.facts)


def _timed(entries: list[FeedEntry], dice: random.Random) -> Iterable[tuple[int, FeedEntry]]:
    fixed = [(entry.step.minute, entry) for entry in entries if entry.step.minute is not None]
    free = _shuffled([entry for entry in entries if entry.step.minute is None], dice)
    occupied = {minute for minute, _ in fixed}
    minutes = sorted(dice.sample([minute for minute in OFFICE_MINUTES if minute not in occupied], len(free)))
    if free and not fixed and free[-1].step.by.startswith("owner") and dice.random() < EVENING_CHANCE:
        minutes[-1] = OFFICE_MINUTES[-1] + dice.randint(1, EVENING)
    return [*zip(minutes, free, strict=True), *fixed]


def _shuffled(entries: list[FeedEntry], dice: random.Random) -> list[FeedEntry]:
    """In any order, but on each reference in its own."""
    queues: dict[str, list[FeedEntry]] = defaultdict(list)
    for entry in entries:
        queues[entry.on].append(entry)
    order = [entry.on for entry in entries]
    dice.shuffle(order)
    return [queues[on].pop(0) for on in order]


# Numbers, given once all lines stand in order.


def _number_documents(lines: list[Line]) -> None:
    numbers: Counter[tuple[str, int]] = Counter()
    for line in lines:
        if line["move"] == "grant":
            code, year = line["on"].rpartition("/")[2], line["at"].year
            numbers[code, year] += 1
            line["with"]["document_no"] = document_number(code, line["at"].date(), numbers[code, year])


def _date_owed(lines: list[Line]) -> None:
    """What an acceptance leaves owed is owed for a week; promises are checked within a month."""
    for line in lines:
        if line["move"] == "accept" and line["with"].get("owed"):
            line["with"]["owed_until"] = (line["at"].date() + OWED_FOR).isoformat()
        if "check_on" in line["with"]:
            line["with"]["check_on"] = (line["at"].date() + CHECKED_WITHIN).isoformat()


def _number_lines(lines: list[Line]) -> None:
    counts: Counter[str] = Counter()
    for line in lines:
        ref = line["on"].partition("/")[0]
        counts[ref] += 1
        line["id"] = f"{ref}-{counts[ref]:03}"
