"""A new plan: asked ahead, refused after the planned day, with the days by party that tie out; errors are corrected."""

import pytest
from sqlalchemy import select

from approvals.base.errors import Forbidden, Refused
from approvals.casefile.programme.item_figures import item_figures
from approvals.programme.queries import PARTY_DAYS, REPLANNED_NODES
from approvals.projects.programme_figures import year_facts
from tests.programme.items.test_actions import A_NODE, LATER, faults_of
from tests.support.builders import a_role, an_actor, do, when
from tests.support.programme_moves import EAST, LEAD, MIYI, OFFICE, ON, REPORTER, an_item, days_of
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import Sight
from workflows.rules.programme_replans import plan_moves


def replan(*nodes, **more):
    return {"nodes": list(nodes), "cause": "land", "reason": "用地未落实"} | more


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (replan(), "nodes"),
        (replan(A_NODE | {"name": "立项"}), "nodes.0.name"),
        (replan(A_NODE, A_NODE), "nodes.1.name"),
        (replan(A_NODE | {"planned_on": "2026-11-30"}), "nodes.0.planned_on"),
        (replan(A_NODE | {"name": "竣工", "planned_on": "2026-04-01"}), "nodes.0.planned_on"),
        (replan(funds=[{"source": "loan", "task": EAST, "planned_10k_yuan": 1}]), "funds.0.source"),
        (replan(A_NODE, cause="bored"), "cause"),
    ],
)
def test_replan_names_the_cell_that_is_wrong(database, given, path):
    with database.write() as tx:
        an_item(tx)
        assert faults_of(tx, LEAD, "replan", given) == {path}


def test_replan_leaves_the_baseline_and_is_decided_once(database):
    new = A_NODE | {"planned_on": "2026-05-31"}
    with database.write() as tx:
        an_item(tx)
        result = do(tx, LEAD, "replan", ON, replan(new), at=LATER)
        assert result.warnings == ()
        with pytest.raises(Refused, match="already awaiting"):
            do(tx, LEAD, "replan", ON, replan(new), at=LATER)
        do(tx, OFFICE, "refuse_replan", ON, {"reason": "可以按期"}, at=LATER)
        do(tx, LEAD, "replan", ON, replan(new), at=LATER)
        do(tx, OFFICE, "confirm_replan", ON, {}, at=LATER)
        assert [str(row.planned_on) for row in tx.execute(select(REPLANNED_NODES))] == ["2026-05-31"]
        with pytest.raises(Refused, match="No new plan"):
            do(tx, OFFICE, "confirm_replan", ON, {}, at=LATER)


@pytest.mark.parametrize(("day", "is_late"), [("2026-04-15", False), ("2026-04-17", True), ("2026-04-29", True)])
def test_replan_asked_late_is_marked_and_warned_of(database, day, is_late):
    """Ten working days ahead of Thursday, 30 April."""
    with database.write() as tx:
        an_item(tx)
        result = do(tx, LEAD, "replan", ON, replan(A_NODE | {"planned_on": "2026-06-30"}), at=when(day))
        assert bool(result.warnings) is is_late


def moves_on(tx, day):
    [facts] = year_facts(tx, 2026, an_actor(tx, OFFICE)).values()
    on = when(day).date()
    return tuple(plan_moves(facts.nodes, Sight(on, on)))


@pytest.mark.parametrize("day", ["2026-04-30", "2026-05-06"])
def test_from_the_planned_day_on_only_an_error_is_corrected(database, day):
    new = A_NODE | {"planned_on": "2026-06-30"}
    with database.write() as tx:
        an_item(tx)
        assert faults_of(tx, LEAD, "replan", replan(new), at=when(day)) == {"nodes.0.planned_on"}
        do(tx, LEAD, "replan", ON, replan(new, cause="error", reason="六月误为四月"), at=when(day))
        do(tx, OFFICE, "confirm_replan", ON, {}, at=when(day))
        assert moves_on(tx, day) == (0, 61), "an error is no move of the plan, though the days are set right"


def test_a_new_plan_asked_in_time_and_decided_late_is_in_time(database):
    with database.write() as tx:
        an_item(tx)
        asked = do(tx, LEAD, "replan", ON, replan(A_NODE | {"planned_on": "2026-05-31"}), at=when("2026-04-15"))
        do(tx, OFFICE, "confirm_replan", ON, {}, at=when("2026-05-20"))
        assert asked.warnings == ()
        assert moves_on(tx, "2026-05-19") == (0, 0)
        assert moves_on(tx, "2026-05-20") == (1, 31)
        do(tx, LEAD, "replan", ON, replan(A_NODE | {"planned_on": "2026-06-10"}), at=when("2026-05-21"))
        do(tx, OFFICE, "confirm_replan", ON, {}, at=when("2026-05-22"))
        assert moves_on(tx, "2026-05-22") == (2, 41)


def test_the_days_by_party_of_a_new_plan_are_those_by_which_it_moves(database):
    new = replan(A_NODE | {"planned_on": "2026-05-31"})
    with database.write() as tx:
        an_item(tx)
        assert faults_of(tx, LEAD, "replan", new | {"days": days_of("开工", county=20)}) == {"days"}
        assert faults_of(tx, LEAD, "replan", new | {"days": days_of("竣工", county=31)}) == {"days.0.name"}
        assert faults_of(tx, LEAD, "replan", new | {"days": days_of("开工", nobody=31)}) == {"days.0.party"}
        do(tx, LEAD, "replan", ON, new | {"days": days_of("开工", county=20, weather=11)}, at=LATER)
        assert tx.execute(select(PARTY_DAYS)).all() == []
        do(tx, OFFICE, "confirm_replan", ON, {}, at=LATER)
        assert [(row.party, row.days) for row in tx.execute(select(PARTY_DAYS))] == [("county", 20), ("weather", 11)]


def test_what_was_asked_for_is_confirmed_by_a_second_person(database):
    """Somebody may hold both roles, of lead unit and office."""
    with database.write() as tx:
        an_item(tx)
        a_role(tx, LEAD, "supervision_office")
        do(tx, LEAD, "replan", ON, replan(A_NODE | {"planned_on": "2026-05-31"}), at=LATER)
        with pytest.raises(Forbidden, match="second person"):
            do(tx, LEAD, "confirm_replan", ON, {}, at=LATER)
        do(tx, OFFICE, "confirm_replan", ON, {}, at=LATER)


def test_a_county_sees_the_new_plans_of_its_own_tasks_alone(database):
    def seen_by(name):
        told = item_figures(tx, 2026, "901", an_actor(tx, name), Sight(LATER.date(), LATER.date()), ProgrammeRules())
        return [(replan.state, [node[1] for node in replan.nodes]) for replan in told.replans]

    with database.write() as tx:
        an_item(tx)
        do(tx, LEAD, "replan", ON, replan(A_NODE | {"planned_on": "2026-05-31"}), at=LATER)
        for name in (OFFICE, LEAD, REPORTER):
            assert seen_by(name) == [("asked", ["开工"])]
        assert seen_by(f"county-{MIYI}") == []
