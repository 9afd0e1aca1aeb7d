"""Rule books of deductions: the city's editions in points.yaml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from workflows.charts.deduction_terms import EVENT_KINDS, WHOM
from workflows.charts.programme_terms import PARTIES
from workflows.config import DATA
from workflows.config.yaml_positions import LinedDict, LinedList, UnreadableYaml, load

_BOOK = frozenset({"year", "edition", "adopted_on", "from_on", "costs_nothing", "rules"})
_RULE = frozenset({"points", "whom", "cap", "each_days"})
_ALWAYS_FREE = frozenset({"owner", "suspension"})  # their days cost nothing whatever the city decides
_FIRST_YEAR, _LAST_YEAR = 2000, 2199


class PointRulesError(ValueError):
    """A rule book breaks a rule; the message names the line and says which."""


@dataclass(frozen=True, slots=True)
class PointRule:
    """What one event costs: `points` once, or for each full `each_days`; never beyond `cap` for one event."""

    event: str
    points: int
    whom: str
    each_days: int | None = None
    cap: int | None = None

    def points_for(self, days: int = 0) -> int:
        """The points of an event that lasted so many days."""
        return price(self.points, days, self.each_days, self.cap)


def price(points: int, days: int, each_days: int | None, cap: int | None) -> int:
    """These points once, or for each full `each_days` of the days; never beyond the cap."""
    total = points * (days // each_days if each_days else 1)
    return total if cap is None else max(total, cap)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """One edition. Days of the parties in `costs_nothing` cost nobody a point."""

    year: int
    edition: str
    adopted_on: date
    from_on: date
    costs_nothing: frozenset[str]
    rules: Mapping[str, PointRule]


def book_on(books: Sequence[RuleBook], day: date) -> RuleBook | None:
    """The edition by which what happened on this day counts, None when none was in force."""
    in_force = [book for book in books if book.year == day.year and book.from_on <= day]
    return in_force[-1] if in_force else None


@cache
def load_point_rules(path: Path = DATA / "points.yaml") -> tuple[RuleBook, ...]:
    """The rule books in this file, checked."""
    return read_point_rules(path.read_text(encoding="utf-8"))


def read_point_rules(text: str) -> tuple[RuleBook, ...]:
    """The rule books in this text, the earliest first; PointRulesError says what is wrong and where."""
    try:
        raw = load(text)
    except UnreadableYaml as error:
        raise PointRulesError(str(error)) from None
    if not isinstance(raw, LinedList) or not raw:
        raise PointRulesError("line 1: a list of editions is needed, at least one")
    books = [_book(entry, line) for entry, line in zip(raw, raw.lines, strict=True)]
    for former, book, line in zip(books, books[1:], raw.lines[1:], strict=False):
        if book.from_on <= former.from_on:
            raise _error(line, f"edition {book.edition} comes into force no later than {former.edition} above it")
    if len({book.edition for book in books}) < len(books):
        raise PointRulesError("line 1: two editions have the same name")
    return tuple(books)


def _book(raw: Any, line: int) -> RuleBook:
    _check_names(raw, line, _BOOK, _BOOK)
    year, edition, free = raw["year"], raw["edition"], raw["costs_nothing"]
    if not _is_number(year) or not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise _error(raw.lines["year"], f"year is a whole number from {_FIRST_YEAR} to {_LAST_YEAR}")
    if not isinstance(edition, str) or not edition.strip():
        raise _error(raw.lines["edition"], "edition is a text in quotes")
    adopted_on, from_on = (_day(raw, name) for name in ("adopted_on", "from_on"))
    if from_on < adopted_on:
        raise _error(raw.lines["from_on"], "a rule never works backwards: from_on lies before adopted_on")
    if from_on.year != year:
        raise _error(raw.lines["from_on"], f"from_on lies outside the year {year}")
    if not isinstance(free, list) or any(party not in [*PARTIES] for party in free):
        raise _error(raw.lines["costs_nothing"], f"costs_nothing is a list of parties: {', '.join(PARTIES)}")
    if not set(free) >= _ALWAYS_FREE:
        raise _error(raw.lines["costs_nothing"], "days of the owner and of a suspension always cost nothing")
    rules = raw["rules"]
    if not isinstance(rules, LinedDict) or not rules:
        raise _error(raw.lines["rules"], "rules names events, at least one")
    return RuleBook(
        year=year,
        edition=edition,
        adopted_on=adopted_on,
        from_on=from_on,
        costs_nothing=frozenset(free),
        rules={event: _rule(event, rule, rules.lines[event]) for event, rule in rules.items()},
    )


def _rule(event: Any, raw: Any, line: int) -> PointRule:
    kind = EVENT_KINDS.get(event) if isinstance(event, str) else None
    if kind is None:
        raise _error(line, f"“{event}” is not an event; there are {', '.join(EVENT_KINDS)}")
    _check_names(raw, line, _RULE, frozenset({"points", "whom"}))
    points, cap, each_days = raw["points"], raw.get("cap"), raw.get("each_days")
    _check_points(event, points, cap, line)
    if raw["whom"] != kind.whom:
        raise _error(line, f"{event}: whom is {kind.whom}; known are {', '.join(WHOM)}")
    if kind.counts_days and (not _is_number(each_days) or not 1 <= each_days <= 366):
        raise _error(line, f"{event}: each_days is a whole number from 1 to 366")
    if not kind.counts_days and "each_days" in raw:
        raise _error(line, f"{event}: each_days belongs to events that last for days")
    return PointRule(event, points, kind.whom, each_days, cap)


def _check_points(event: str, points: Any, cap: Any, line: int) -> None:
    if not _is_number(points) or points >= 0:
        raise _error(line, f"{event}: points are taken off, so points is a whole number below 0")
    if cap is None:
        return
    if not _is_number(cap) or cap >= 0:
        raise _error(line, f"{event}: a cap of {cap} would make the rule void; cap is a whole number below 0")
    if cap > points:
        raise _error(line, f"{event}: the cap {cap} lies above the points {points} of one event")


def _check_names(raw: Any, line: int, known: frozenset[str], needed: frozenset[str]) -> None:
    if not isinstance(raw, LinedDict):
        raise _error(line, f"{', '.join(sorted(needed))} are needed here")
    for name in raw:
        if name not in known:
            raise _error(raw.lines[name], f"“{name}” is not known here; there are {', '.join(sorted(known))}")
    if missing := sorted(needed - set(raw)):
        raise _error(line, f"{', '.join(missing)} is missing")


def _day(raw: LinedDict, name: str) -> date:
    value = raw[name]
    if type(value) is not date:
        raise _error(raw.lines[name], f"{name} is a day such as 2026-01-01")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _error(line: int, words: str) -> PointRulesError:
    return PointRulesError(f"line {line}: {words}")
