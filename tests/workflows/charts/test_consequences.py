"""What no other move undoes says so in both languages: pages name it and ask for a tick."""

import pytest

from workflows.charts.registry import CHARTS

IRREVOCABLE = {
    "approval": {"reject_intake", "refuse", "withdraw_approval"},
    "card": {"withdraw_card", "uphold"},
    "correction": {"confirm_correction", "decline_correction"},
    "deduction": {"revoke_deduction", "confirm_deduction", "waive_deduction"},
    "item": {"drop"},
    "order": {"accept_answer"},
    "project": {"decline", "divert", "decline_amendment", "strike_approval", "withdraw"},
    "report": {"issue"},
    "request": {"close"},
}
DELIBERATE = {("approval", "grant")}  # daily work, whose form asks for the document


@pytest.mark.parametrize("name", CHARTS)
def test_irrevocable_moves_are_those_of_the_street(name: str) -> None:
    moves = {move.name for move in CHARTS[name].moves if move.is_irrevocable}
    assert moves == IRREVOCABLE.get(name, set())
    assert all(move.consequences.zh and move.consequences.en for move in CHARTS[name].moves if move.is_irrevocable)


@pytest.mark.parametrize("name", CHARTS)
def test_whoever_ends_a_case_is_told_that_it_ends(name: str) -> None:
    chart = CHARTS[name]
    ends = {move.name for move in chart.moves if move.target in chart.final_states and not move.is_systems}
    untold = {move for move in ends if not chart.move(move).is_irrevocable}
    assert {(name, move) for move in untold} <= DELIBERATE
