"""Holds the figures of a month against the independent count: each figure of each line, one idea a function."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import astuple, fields

from sqlalchemy import Connection

from approvals.reports.document.figure_lines import BESIDE, line_page, lines_by_split
from approvals.reports.figures.aggregate import Aggregate, aggregate
from approvals.reports.figures.case_items import CaseItems, read_cases
from approvals.reports.figures.compilation import closing_of
from approvals.reports.figures.model import Decisions, FigureLine, Figures, LightCounts
from approvals.reports.figures.oversight_model import CardCounts, OrderCounts
from approvals.reports.figures.source_data import read_record
from approvals.reports.lifecycle.drill_down import cases_of, hits_of
from approvals.reports.periods import read_month
from tests.support.figures import recount_beside as beside
from tests.support.figures.brief_check import earlier, the_brief_is_counted
from tests.support.figures.recount import Recount, bounds, speed

SPLITS = {"departments": 0, "stages": 1, "categories": 2, "liaisons": 3}  # lines, and which part of a place names them
MOVES = {
    "submitted": ("submit",),
    "notified": ("notify_once", "notify_again"),
    "notified_again": ("notify_again",),
    "accepted": ("accept", "deem_accepted"),
    "deemed": ("deem_accepted",),
    "not_accepted": ("reject_intake",),
    "paused": ("start_special",),
    "extended": ("extend",),
    "granted": ("grant",),
    "refused": ("refuse",),
    "withdrawn": ("withdraw_approval",),
    "delivered": ("deliver",),
}
PROJECT_MOVES = {
    "filed": "file",
    "returned": "return_filing",
    "declined": "decline",
    "classified": "classify",
    "diverted": "divert",
    "registered": "register",
    "suspended": "suspend",
    "resumed": "resume",
    "completed": "complete",
    "withdrawn": "withdraw",
}
PROJECT_STANDING = {
    "open": ("registered", "suspended"),
    "open_suspended": ("suspended",),
    "awaiting_triage": ("filed",),
    "awaiting_owner": ("returned",),
    "awaiting_registration": ("classified",),
}
LEVEL_MOVES = {"raised": ("raise", "raise_jointly"), "answered": ("answer", "instruct"), "lifted": ("lift",)}
BY = {"categories": "category", "liaisons": "liaison", "owners": "owner"}  # splits of projects


def lines_with_places(figures: Figures) -> list[tuple[FigureLine, int | None]]:
    """Every line of the report, and which part of a place decides whether something counts there."""
    return [(figures.city, None), *((line, part) for name, part in SPLITS.items() for line in getattr(figures, name))]


def is_here(line: FigureLine, part: int | None, place: tuple[int, int, str, str]) -> bool:
    return part is None or str(place[part]) == line.key


def moves_are_counted(figures: Figures, recount: Recount, month: str) -> None:
    moves = recount.moves(month)
    for line, part in lines_with_places(figures):
        for name, counted in MOVES.items():
            here = sum(
                times
                for (subject, move, _, place), times in moves.items()
                if subject == "approval" and move in counted and is_here(line, part, place)
            )
            assert getattr(line.now.moves, name) == here, (line.label, name)


def projects_are_counted(figures: Figures, recount: Recount, month: str) -> None:
    lines = [(figures.projects, ""), *((line, "categories") for line in figures.project_categories)]
    lines += [(line, "liaisons") for line in figures.project_liaisons]
    lines += [(line, "owners") for line in figures.project_owners]
    moves, statuses = recount.project_places(month)
    for line, split in lines:
        counts = Counter(move for move, place in moves if counts_here(line.key, split, place))
        states = Counter(state for state, place in statuses if counts_here(line.key, split, place))
        for name, move in PROJECT_MOVES.items():
            assert getattr(line.now, name) == counts[move], (line.label, name)
        for name, counted in PROJECT_STANDING.items():
            assert getattr(line.now, name) == sum(states[state] for state in counted), (line.label, name)


def counts_here(key: str, split: str, place: dict[str, object]) -> bool:
    return not split or str(place[BY[split]]) == key


def standing_is_counted(figures: Figures, recount: Recount, month: str) -> None:
    """What is open by light, by a day-by-day replay."""
    expected: dict[tuple[int, int, str, str], Counter[str]] = defaultdict(Counter)
    for approval_id, state, case, last in recount.standing(month):
        counts = expected[recount.place(approval_id, bounds(month)[1])]
        counts["open"] += state in ("accepted", "paused")
        counts["paused"] += state == "paused"
        counts[state] += state in ("ready", "received", "correcting")
        if state in ("accepted", "paused"):
            counts[case.light(last)] += 1
    for line, part in lines_with_places(figures):
        for count in fields(LightCounts):
            here = sum(counts[count.name] for place, counts in expected.items() if is_here(line, part, place))
            assert getattr(line.now.standing, count.name) == here, (line.label, count.name)


def decisions_are_counted(figures: Figures, recount: Recount, month: str) -> None:
    """In time, and how fast; the pairs of which the speed-up is made are all of them."""
    decisions = list(recount.decisions(month))
    for line, part in lines_with_places(figures):
        here = [row for row in decisions if is_here(line, part, row[0])]
        assert line.now.decisions == Decisions(
            decided=len(here),
            within_promised=sum(row[1] for row in here),
            within_legal=sum(row[2] for row in here),
            late=sum(not row[2] for row in here),
        )
        assert astuple(line.now.speed)[:5] == speed(row[3:] for row in here)
    pairs = Counter((row[4], row[3]) for row in decisions)
    assert {(row.legal, row.used): row.count for row in figures.decision_days} == dict(pairs)


def permits_are_counted(figures: Figures, recount: Recount, month: str) -> None:
    expected = list(recount.permits(month))
    assert astuple(figures.permits)[:5] == speed(expected)
    assert sorted((project.days, project.legal) for project in figures.permit_projects) == sorted(expected)
    for project in figures.permit_projects:
        assert (sum(item.legal for item in project.needed), len(project.needed)) == (project.legal, project.items)


def levels_are_counted(figures: Figures, recount: Recount, month: str) -> None:
    moves, open_ones = recount.moves(month), recount.open_escalations(month)
    for line, part in lines_with_places(figures):
        for level in line.now.levels:
            for name, counted in LEVEL_MOVES.items():
                counts = [
                    times
                    for (subject, move, at, place), times in moves.items()
                    if (subject, at) == ("escalation", level.level) and move in counted and is_here(line, part, place)
                ]
                assert getattr(level, name) == sum(counts), (line.label, level.level, name)
            here = Counter[str]()
            for (at, status, place), times in open_ones.items():
                here[status] += times * (at == level.level and is_here(line, part, place))
            assert (level.open_raised, level.open_answered) == (here["raised"], here["answered"])
            assert (level.open_lifted, level.open) == (here["lifted"], here.total())


def late_ones_are_listed(figures: Figures, recount: Recount, month: str) -> None:
    """What is yellow or red, with its ledgers."""
    expected = Counter()
    for approval_id, state, case, last in recount.standing(month):
        if state in ("accepted", "paused") and case.light(last) in ("yellow", "red"):
            reading, days = case.reading(last), recount.ledger(approval_id, month)
            dates = (reading["accepted_on"], reading["promised"]["due_on"], reading["legal"]["due_on"])
            accounts = days["department"], days["owner"], days["special"]
            code, over = recount.approvals[approval_id]["code"], -reading["promised"]["left"]
            expected[code, *dates, reading["light"], over, accounts] += 1
    listed = Counter[object]()
    for late in figures.late:
        dates = map(str, (late.accepted_on, late.promised_due_on, late.legal_due_on))
        listed[late.code, *dates, late.light, late.over_promised, astuple(late.days)] += 1
    assert listed == expected
    assert len(figures.late) == figures.city.now.standing.yellow + figures.city.now.standing.red


def causes_are_counted(figures: Figures, recount: Recount, month: str) -> None:
    """Each late approval by the longest of its ledgers and by its last answer; and those of the month before."""
    for name, end in (("now", month), ("before", earlier(month))):
        times, answers = Counter[object](), Counter[str]()
        over: dict[str, list[int]] = defaultdict(list)
        for approval_id, state, case, last in recount.standing(end):
            if state in ("accepted", "paused") and (light := case.light(last)) in ("yellow", "red"):
                days = recount.ledger(approval_id, end)
                longest = max(days["department"], days["owner"], days["special"])
                cause = next(party for party in ("department", "owner", "special") if days[party] == longest)
                times[cause] += 1
                times[cause, "red"] += light == "red"
                over[cause].append(max(0, -case.reading(last)["promised"]["left"]))
                answers[recount.answer(approval_id, end)] += 1
        for line in figures.causes.by_time:
            counts = getattr(line, name)
            assert (counts.late, counts.red) == (times[line.key], times[line.key, "red"]), (name, line.key)
            days_over = over[line.key]
            assert (counts.over_sum, counts.over_longest) == (sum(days_over), max(days_over, default=0))
        assert {line.key: getattr(line, name).late for line in figures.causes.by_answer} == {
            key: answers[key] for key in ("broken", "committed", "unanswered")
        }


def due_ones_are_listed(figures: Figures, recount: Recount, month: str) -> None:
    """All limits that end in the next month."""
    coming = after(month)
    expected: Counter[tuple[str, str]] = Counter()
    for approval_id, _, case, last in recount.standing(month):
        reading = case.reading(last)
        dates = [part["due_on"] for part in (reading["notice"], reading["promised"], reading["legal"]) if part]
        if due := [due_on for due_on in dates if due_on.startswith(coming)]:
            expected[recount.approvals[approval_id]["code"], min(due)] += 1
    assert Counter((due.code, due.first_due_on.isoformat()) for due in figures.due) == expected
    assert [due.first_due_on for due in figures.due] == sorted(due.first_due_on for due in figures.due)


def after(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def are_counted(counts: object, names: Iterable[str], counted: Counter[tuple[str, object]], key: object) -> None:
    """Each of these figures is what was counted under its name for this key; None stands for all keys."""
    for name in names:
        here = sum(times for (figure, of), times in counted.items() if figure == name and key in (None, of))
        assert getattr(counts, name) == here, (key, name)


def orders_are_counted(figures: Figures, recount: Recount, month: str) -> None:
    counted = beside.orders(recount, month)
    orders = figures.orders
    lines = [(None, orders.city), *((int(line.key), line.now) for line in orders.departments)]
    for unit, counts in lines:
        are_counted(counts, [count.name for count in fields(OrderCounts)], counted, unit)
    for count in fields(OrderCounts):
        assert sum(getattr(line.now, count.name) for line in orders.departments) == getattr(orders.city, count.name)
    assert {order.ref for order in orders.told} == beside.orders_told(recount, month)


def cards_are_counted(figures: Figures, recount: Recount, month: str) -> None:
    counted = beside.cards(recount, month)
    lines = [(None, figures.oversight.cards), *((int(line.key), line.now) for line in figures.card_departments)]
    for unit, counts in lines:
        are_counted(counts, [count.name for count in fields(CardCounts)], counted, unit)


def service_is_counted(figures: Figures, recount: Recount, month: str) -> None:
    counted = beside.service(recount, month)
    oversight = figures.oversight
    lines = [(None, oversight.service), *((line.key, line.now) for line in oversight.liaisons)]
    for who, counts in lines:
        are_counted(counts, beside.SERVICE, counted, who)
        assert (counts.median_minutes, counts.longest_minutes) == beside.minutes(recount, month, who), who


def offices_are_counted(figures: Figures, recount: Recount, month: str) -> None:
    counted, longest = beside.offices(recount, month)
    offices = figures.offices
    for key, counts in [(None, offices.city), *((line.key, line.now) for line in offices.lines)]:
        are_counted(counts, ("done", "in_time", "late", "open", "open_late"), counted, key)
        assert counts.longest == (max(longest.values(), default=None) if key is None else longest.get(key)), key
        assert counts.done == counts.in_time + counts.late
    assert {line for _, line in counted} <= {line.key for line in offices.lines}


def objections_are_listed(figures: Figures, recount: Recount, month: str) -> None:
    codes = {key: row["code"] for key, row in recount.approvals.items()}
    expected = Counter({(codes[key], *rest): n for (key, *rest), n in beside.objections(recount, month).items()})
    listed = Counter((row.ref.rpartition("/")[2], row.colour, row.until, row.is_raised) for row in figures.objections)
    assert sum(listed.values()) == sum(beside.objections(recount, month).values())
    assert set(listed) == set(expected)
    owed = Counter(row.ref.rpartition("/")[2] for row in figures.owed_answers)
    assert owed == Counter(codes[key] for key in beside.owed_answers(recount, month).elements())


CHECKS = (
    *(moves_are_counted, projects_are_counted, standing_is_counted, decisions_are_counted, permits_are_counted),
    *(
        levels_are_counted,
        late_ones_are_listed,
        causes_are_counted,
        the_brief_is_counted,
        due_ones_are_listed,
        orders_are_counted,
        cards_are_counted,
    ),
    *(service_is_counted, offices_are_counted, objections_are_listed),
)


def tallied(tx: Connection, month: str) -> Aggregate:
    """What the lists behind the figures of projects and approvals are taken from."""
    period = read_month(month)
    return aggregate(closing_of(read_record(tx, period.starts_at, period.ends_at), period, period.ends_at))


def cases_in(tx: Connection, month: str) -> CaseItems:
    """What the lists behind all others are taken from."""
    period = read_month(month)
    return read_cases(tx, period, period.ends_at)


def with_other_lists(figures: Figures, counted: Aggregate, cases: CaseItems) -> list[tuple[str, str, str, int, int]]:
    """The figures of all lines whose list has another length: split, key, name, what is said and what is listed."""
    wrong = []
    for split, lines in lines_by_split(figures).items():
        for key in (line.key or "-" for line in lines):
            for figure in line_page(figures, split, key).figures:
                is_beside = figure.name.partition(".")[0] in BESIDE
                rows = (
                    cases_of(cases, split, key, figure.name) if is_beside else hits_of(counted, split, key, figure.name)
                )
                if len(rows) != figure.now:
                    wrong.append((split, key, figure.name, figure.now, len(rows)))
    return wrong
