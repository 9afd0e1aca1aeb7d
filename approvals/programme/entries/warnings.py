"""What of a report looks like a mistake: it asks for a word, and never refuses."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from approvals.base.i18n import N_
from approvals.base.moments import read_month
from approvals.history.commands import MoveWarning
from approvals.programme.entries.cells import CUMULATIVE, CellsDue, EarlierReport
from workflows.charts.programme_terms import SOURCES
from workflows.rules.programme_figures import MONTHS, even_share, rounded

MANY_TIMES = 3  # the usual month
ALIKE = 3  # months running
Figures = Sequence[tuple[str, Decimal]]  # by month, in order


def report_warnings(
    item: Any, due: CellsDue, facts: Mapping[str, Any], earlier: Sequence[EarlierReport], month: str
) -> tuple[MoveWarning, ...]:
    """The warnings of a report, in the order of the form."""
    return (
        *_quantity_warnings(item, due, facts, earlier, month),
        *_node_warnings(due, facts, earlier),
        *_money_warnings(facts, earlier, month),
    )


def _quantity_warnings(
    item: Any, due: CellsDue, facts: Mapping[str, Any], earlier: Sequence[EarlierReport], month: str
) -> Iterator[MoveWarning]:
    for name, value in facts.get("quantities", {}).items():
        target = due.indicators[name]
        figures = [(r.month, r.quantities[name]) for r in earlier if name in r.quantities] + [(month, value)]
        if target.adds_up in CUMULATIVE and is_unusual(figures):
            yield MoveWarning(N_("“%(figure)s” grows by several times the usual month."), {"figure": name})
        if is_unchanged(figures) and value != target.target:
            yield MoveWarning(N_("“%(figure)s” is the same three months running."), {"figure": name})
        elif target.target and is_as_planned(item, target, figures):
            yield MoveWarning(N_("“%(figure)s” is exactly the planned figure each month."), {"figure": name})


def _node_warnings(due: CellsDue, facts: Mapping[str, Any], earlier: Sequence[EarlierReport]) -> Iterator[MoveWarning]:
    reached = {name for report in earlier for name in report.nodes} | {row["name"] for row in facts.get("nodes", ())}
    is_open = [name for name, node in due.nodes.items() if name not in reached and not node.approval_code]
    quantities = facts.get("quantities", {})
    full = [name for name, row in due.indicators.items() if row.target and quantities.get(name, 0) >= row.target]
    if full and is_open:
        params = {"figure": full[0], "node": is_open[0]}
        yield MoveWarning(N_("“%(figure)s” is complete while “%(node)s” is not reached."), params)


def _money_warnings(facts: Mapping[str, Any], earlier: Sequence[EarlierReport], month: str) -> Iterator[MoveWarning]:
    for row in facts.get("funds", ()):
        source = {"source": SOURCES[row["source"]]}
        if not row["allocated"] >= row["received"] >= row["paid"]:
            yield MoveWarning(N_("%(source)s: more is received than allocated, or more paid than received."), source)
        money = [(r.month, r.money[row["source"]]["paid"]) for r in earlier if row["source"] in r.money]
        if is_unusual([*money, (month, row["paid"])]):
            yield MoveWarning(N_("%(source)s: what is paid grows by several times the usual month."), source)


def is_unusual(figures: Figures) -> bool:
    """Whether the last month grows by more than three times what the months before grew by on average."""
    if len(figures) < ALIKE:
        return False
    (first, _), (before, standing), (month, value) = figures[0], figures[-2], figures[-1]
    usual = standing / (_number(before) - _number(first) + 1)
    return usual > 0 and value - standing > MANY_TIMES * usual * (_number(month) - _number(before))


def is_unchanged(figures: Figures) -> bool:
    """Whether a figure above nothing is the same in the last three months."""
    last = [value for _, value in figures[-ALIKE:]]
    return len(last) == ALIKE and last[0] > 0 and len(set(last)) == 1


def is_as_planned(item: Any, target: Any, figures: Figures) -> bool:
    """Whether the last three months each report what an even course from start to finish would be."""
    last = figures[-ALIKE:]
    return len(last) == ALIKE and all(value == _planned(item, target, month) for month, value in last)


def _planned(item: Any, target: Any, month: str) -> Decimal:
    share = even_share(item, read_month(month).last_on)
    return rounded(Fraction(target.target) * share, Decimal(1).scaleb(-target.decimals))


def _number(month: str) -> int:
    return int(month[:4]) * MONTHS + int(month[5:7])
