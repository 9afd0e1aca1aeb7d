"""Words of the end of an approval: a permit is granted; what records or reviews is completed, or not passed."""

from dataclasses import replace

import pytest

from workflows.charts.approval import APPROVAL
from workflows.config.catalogue import ENDS, load_catalogue
from workflows.rules.item_words import move_of, state_of

PERMIT = load_catalogue().items["C05"]
ENDED = {"granted": "已办结", "refused": "不予通过"}
MOVED = {"grant": "办结", "refuse": "不予通过"}


def test_reviews_and_records_of_the_catalogue_are_said_to_be_so() -> None:
    ends = {code: item.ends_with for code, item in load_catalogue().items.items() if item.ends_with != "permit"}
    named = {code for code, item in load_catalogue().items.items() if item.zh.endswith(("备案", "审查"))}
    assert set(ends) == named
    assert {code for code, end in ends.items() if end == "record"} == {"A06", "D03", "D06"}


@pytest.mark.parametrize("end", ENDS)
def test_only_the_end_is_called_otherwise_and_stays_what_it_is(end: str) -> None:
    item = replace(PERMIT, ends_with=end)
    for state in APPROVAL.states:
        called = state_of(item, state.name)
        expected = ENDED.get(state.name, state.zh) if end != "permit" else state.zh
        assert (called.name, called.is_final, called.zh) == (state.name, state.is_final, expected)
    for move in APPROVAL.moves:
        called_move = move_of(item, move)
        expected = MOVED.get(move.name, move.zh) if end != "permit" else move.zh
        assert replace(called_move, zh=move.zh, en=move.en, message=move.message) == move
        assert called_move.zh == expected
        message = called_move.message.zh if called_move.message else ""
        assert end == "permit" or "许可" not in called_move.zh + message
    assert all(move_of(None, move) is move for move in APPROVAL.moves)
