"""Turns events into deductions: one cause one deduction in each regime, the highest; days as they are divided."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from workflows.config.point_rules import PointRule, RuleBook, book_on

DEPARTMENT = "approval_department"  # the party of a late node that is charged by its own right
OF_TASK = ("unit", "county")  # parties that are the task's unit


@dataclass(frozen=True, slots=True)
class ChargeableEvent:
    """Something that happened. `key` names it for good, `cause` is the delay that it belongs to.

    `unit_id` was responsible on the day `on`; `days` are the charged ones of what lasts.
    """

    key: str
    kind: str
    cause: str
    on: date
    unit_id: int
    regimes: tuple[str, ...]
    days: int = 0


@dataclass(frozen=True, slots=True)
class DueDeduction:
    """Points to be taken off a unit in a regime for one event, by this edition of the rules."""

    event: ChargeableEvent
    regime: str
    edition: str
    rule: PointRule
    points: int


def due_deductions(events: Iterable[ChargeableEvent], books: Sequence[RuleBook]) -> list[DueDeduction]:
    """What these events cost, by day and key.

    Of one cause, unit and regime an event costs only when it costs more than each before it: reminder, card, order and
    late node of one delay are one deduction that grows. An event of a day without a book, or without a rule in it,
    costs nothing.
    """
    priced = [due for event in events for due in _priced(event, books)]
    priced.sort(key=lambda due: (_cause(due), due.event.on, due.points, due.event.key))
    highest = [due for _, of_cause in groupby(priced, key=_cause) for due in _growing(of_cause)]
    return sorted(highest, key=lambda due: (due.event.on, due.event.key, due.event.unit_id, due.regime))


def _priced(event: ChargeableEvent, books: Sequence[RuleBook]) -> Iterable[DueDeduction]:
    book = book_on(books, event.on)
    rule = book.rules.get(event.kind) if book else None
    points = rule.points_for(event.days) if rule else 0
    for regime in event.regimes:
        if book and rule and points:
            yield DueDeduction(event, regime, book.edition, rule, points)


def _cause(due: DueDeduction) -> tuple[str, int, str]:
    return due.event.cause, due.event.unit_id, due.regime


def _growing(of_cause: Iterable[DueDeduction]) -> Iterable[DueDeduction]:
    lowest = 0
    for due in of_cause:
        if due.points < lowest:
            yield due
            lowest = due.points


def charged_days(
    party_of_day: Mapping[date, str],
    holders: Sequence[tuple[date, int]],
    department_id: int | None,
    free: frozenset[str],
) -> dict[int, int]:
    """The days of a late node that each unit is charged with.

    `party_of_day` says whose each late day is, as it was divided; a day that it leaves out is nobody's yet. `holders`
    are the units responsible for the task, each since its day; `department_id` is that of the approval which the node
    waits for. Days of the parties in `free` cost nobody anything.
    """
    days: Counter[int] = Counter()
    for day, party in party_of_day.items():
        unit_id = department_id if party == DEPARTMENT else _holder_on(holders, day) if party in OF_TASK else None
        if unit_id is not None and party not in free:
            days[unit_id] += 1
    return dict(days)


def _holder_on(holders: Sequence[tuple[date, int]], day: date) -> int | None:
    """The unit responsible on a day."""
    so_far = [unit_id for since, unit_id in holders if since <= day]
    return so_far[-1] if so_far else None
