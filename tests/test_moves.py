"""The table from a move to its action: whole, closed to the system's moves, and addressed the same from every side."""

import pytest

from approvals.base.errors import Invalid
from approvals.history.commands import Command, Kind, Reference
from approvals.moves import MOVES, execute, read_reference
from tests.support.builders import NOW, a_database, an_actor
from workflows.charts.approval import APPROVAL
from workflows.charts.card import CARD
from workflows.charts.correction import CORRECTION
from workflows.charts.deduction import DEDUCTION
from workflows.charts.escalation import ESCALATION
from workflows.charts.item import ITEM
from workflows.charts.model import Chart
from workflows.charts.monthly_entry import ENTRY
from workflows.charts.order import ORDER
from workflows.charts.problem import PROBLEM
from workflows.charts.programme_year import PROGRAMME
from workflows.charts.project import PROJECT
from workflows.charts.request import REQUEST
from workflows.charts.word import WORD

KINDS: dict[Chart, tuple[Kind, ...]] = {
    PROJECT: ("projects", "project"),
    APPROVAL: ("approval",),
    ESCALATION: ("approval",),
    CORRECTION: ("approval",),
    CARD: ("card",),
    REQUEST: ("requests", "request"),
    WORD: ("word",),
    ORDER: ("orders", "order"),
    DEDUCTION: ("deduction",),
    PROGRAMME: ("programme",),
    ITEM: ("items", "item"),
    ENTRY: ("entry",),
    PROBLEM: ("problems", "problem"),
}
NO_MOVE_OF_A_CHART = {"grant_at_once"}  # two moves in one step
MADE_BY_ANOTHER = {(ENTRY, "close")}  # by closing the month of all


@pytest.mark.parametrize("chart", KINDS, ids=lambda chart: chart.name)
def test_table_has_every_move_that_people_make(chart: Chart) -> None:
    table = {name for kind in KINDS[chart] for name in MOVES[kind]}
    people = {move.name for move in chart.moves if not move.is_systems and (chart, move.name) not in MADE_BY_ANOTHER}
    assert people <= table


def test_table_has_no_other_moves() -> None:
    assert MOVES.keys() == {kind for kinds in KINDS.values() for kind in kinds}
    for kind, actions in MOVES.items():
        charts = [chart for chart, kinds in KINDS.items() if kind in kinds]
        people = {move.name for chart in charts for move in chart.moves if not move.is_systems}
        assert actions.keys() - NO_MOVE_OF_A_CHART <= people, kind


def test_execute_refuses_the_moves_of_the_system(sqlite_url: str) -> None:
    database = a_database(sqlite_url)
    for kind, move in [(kind, move) for chart, kinds in KINDS.items() for kind in kinds for move in chart.moves]:
        if move.is_systems:
            with database.write() as tx, pytest.raises(Invalid, match="move: is not an action available"):
                execute(tx, Command(move.name, Reference(kind, "ext-1", "A01", "1"), {}, an_actor(tx, "office1"), NOW))
    database.close()


@pytest.mark.parametrize(
    ("text", "move", "expected"),
    [
        ("ext-1", "draft", Reference("projects", "ext-1")),
        ("ext/1", "draft", Reference("projects", "ext/1")),
        ("ext-1", "file", Reference("project", "ext-1")),
        ("ext-1/A01", "submit", Reference("approval", "ext-1", "A01")),
        ("ext-1/A01", "answer", Reference("approval", "ext-1", "A01")),
        ("ext-1/A01/cards/promised-1", "appeal", Reference("card", "ext-1", "A01", "promised-1")),
        ("ext-1/requests", "ask", Reference("requests", "ext-1")),
        ("ext-1/requests", "answer", Reference("approval", "ext-1", "requests")),
        ("ext-1/requests/3", "answer", Reference("request", "ext-1", key="3")),
        ("ext-1/words/2026-03", "write_word", Reference("word", "ext-1", key="2026-03")),
        ("orders", "issue", Reference("orders")),
        ("ext-1/orders", "issue", Reference("orders", "ext-1")),
        ("ext-1/A01/orders", "issue", Reference("orders", "ext-1", "A01")),
        ("orders/2026-3", "answer", Reference("order", key="2026-3")),
        ("deductions/2026-3", "object", Reference("deduction", key="2026-3")),
        ("orders/A01", "submit", Reference("approval", "orders", "A01")),  # a project may be called so
        ("programme/2026", "close_month", Reference("programme", key="2026")),
        ("programme/2026/030", "propose", Reference("items", key="2026/030")),
        ("programme/2026/030", "adopt", Reference("item", key="2026/030")),
        ("programme/2026/030/510402/2026-05", "report", Reference("entry", key="2026/030/510402/2026-05")),
        ("programme/2026/030/problems", "raise_problem", Reference("problems", key="2026/030")),
        ("programme/2026/030/problems/3", "add_word", Reference("problem", key="2026/030/problems/3")),
        ("programme/2026/030/problems/3/orders", "issue", Reference("orders", key="2026/030/problems/3")),
        ("programme/2026/030/problems/2026-05", "report", Reference("entry", key="2026/030/problems/2026-05")),
        ("programme/A01", "submit", Reference("approval", "programme", "A01")),  # a project may be called so
        ("", "file", Reference("project", "")),
    ],
)
def test_read_reference(text: str, move: str, expected: Reference) -> None:
    assert read_reference(text, move) == expected
