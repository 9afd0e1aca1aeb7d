"""The charts against the street as it is written down by hand."""

from dataclasses import astuple

import pytest
from transitions import Machine, MachineError

from tests.support.expected_charts import BEGINS_IN, NEEDS, NEW, ROLES, SAME, STREET, SYSTEM
from workflows.charts.model import BEFORE, NotInChart, draw, open_moves, step
from workflows.charts.registry import CHARTS

KINDS = {
    "line": ("line", "liaison", "department", "procedure", "item_no", "unit", "person", "item", "handler"),
    "reference": ("external_ref",),
    "items": ("notice_items",),
}


@pytest.mark.parametrize("name", STREET)
def test_a_chart_has_the_states_of_the_street_and_ends_where_it_ends(name):
    states, final, _ = STREET[name]
    assert set(CHARTS[name].state_names) == set(states)
    assert len(CHARTS[name].state_names) == len(states)
    assert set(CHARTS[name].final_states) == set(final)


@pytest.mark.parametrize("name", STREET)
def test_a_chart_has_the_moves_of_the_street_and_nobody_else_may_make_them(name):
    moves = STREET[name][2]
    moves_of_chart = {m.name: (tuple(m.sources) or (NEW,), m.target or SAME, m.by) for m in CHARTS[name].moves}
    assert set(moves_of_chart) == set(moves)
    for move, (sources, target, by) in moves.items():
        assert set(moves_of_chart[move][0]) == set(sources), move
        assert moves_of_chart[move][1] == target, move
        assert set(moves_of_chart[move][2]) == set(by), move


@pytest.mark.parametrize(("name", "move"), NEEDS)
def test_a_move_needs_what_the_street_says(name, move):
    needs = {n.name: (n.kind, n.required) for n in CHARTS[name].move(move).needs}
    expected = NEEDS[name, move]
    assert set(needs) == set(expected)
    for field, kind in expected.items():
        plain = kind.rstrip("?")
        assert needs[field][0] in KINDS.get(plain, (plain,)), field
        assert needs[field][1] is not kind.endswith("?"), field


def test_every_move_that_people_make_has_its_needs_written_down():
    people = {(name, m) for name, (_, _, moves) in STREET.items() for m, (_, _, by) in moves.items() if by != (SYSTEM,)}
    assert set(NEEDS) == people


def a_machine(name):
    """The chart's machine, built anew from what the street says."""
    states, _, moves = STREET[name]
    return Machine(
        states=[NEW, *states],
        initial=NEW,
        auto_transitions=False,
        transitions=[
            {"trigger": move, "source": source, "dest": source if target == SAME else target}
            for move, (sources, target, _) in moves.items()
            for source in sources
        ],
    )


@pytest.mark.parametrize("name", STREET)
def test_a_step_leads_where_a_transitions_machine_leads_from_every_state(name):
    states, _, moves = STREET[name]
    machine = a_machine(name)
    for state in (NEW, *states):
        for move in moves:
            machine.set_state(state)
            try:
                machine.trigger(move)
                expected = machine.state
            except MachineError:
                expected = None
            try:
                target = step(CHARTS[name], BEFORE if state == NEW else state, move)
            except NotInChart:
                target = None
            assert target == expected, (state, move)


@pytest.mark.parametrize("name", STREET)
def test_open_moves_are_those_of_the_state_and_the_role_in_the_order_of_the_chart(name):
    states, _, moves = STREET[name]
    order = [move.name for move in CHARTS[name].moves]
    for state in states:
        for role in (*ROLES, SYSTEM):
            names = [move.name for move in open_moves(CHARTS[name], state, frozenset({role}))]
            expected = {move for move, (sources, _, by) in moves.items() if state in sources and role in by}
            assert set(names) == expected, (state, role)
            assert names == sorted(names, key=order.index)


def test_somebody_with_two_roles_has_the_moves_of_both_and_nobody_without_a_role_has_any():
    chart = CHARTS["approval"]
    names = {m.name for m in open_moves(chart, "received", frozenset({"window", "window_head"}))}
    assert names == {"accept", "notify_once", "notify_again", "reject_intake", "assign", "take", "give_back"}
    assert open_moves(chart, "received", frozenset()) == ()


@pytest.mark.parametrize("name", CHARTS)
def test_a_move_that_the_chart_does_not_have_is_no_move(name):
    for move in ("", "abolish", "to_granted", "trigger", "initial"):
        with pytest.raises(NotInChart):
            CHARTS[name].move(move)
        with pytest.raises(NotInChart):
            step(CHARTS[name], CHARTS[name].state_names[0], move)
    with pytest.raises(NotInChart):
        step(CHARTS[name], "nowhere", CHARTS[name].moves[0].name)


@pytest.mark.parametrize("name", CHARTS)
def test_every_state_and_move_of_a_chart_has_both_languages_and_is_drawn(name):
    chart = CHARTS[name]
    for part in (chart, *chart.states, *chart.moves, *(need for move in chart.moves for need in move.needs)):
        assert part.zh.strip() and part.en.strip()
        assert part.zh != part.en
    drawing = draw(chart)
    for part in (*chart.states, *chart.moves):
        assert part.name in drawing


@pytest.mark.parametrize("name", CHARTS)
def test_every_state_of_a_chart_can_be_reached(name):
    chart = CHARTS[name]
    reached = {BEGINS_IN.get(name, BEFORE)}
    for _ in chart.states:
        reached |= {step(chart, s, m.name) for m in chart.moves for s in (m.sources or (BEFORE,)) if s in reached}
    assert reached - {BEFORE} == set(chart.state_names)


def test_every_move_of_people_has_a_message_in_both_languages():
    moves = [(chart.name, move) for chart in CHARTS.values() for move in chart.moves if not move.is_systems]
    silent = [(name, move.name) for name, move in moves if not all(astuple(move.message))]
    assert silent == [("report", "compile_again"), ("report", "issue")]  # the worker's page says how far they are
