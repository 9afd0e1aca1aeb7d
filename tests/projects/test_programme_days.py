"""Days of nodes that an approval reaches: by its clock, whose hands it was in; the move that divides the others."""

import pytest

from approvals.base.errors import Invalid, Refused
from approvals.casefile.programme.item_figures import item_figures
from approvals.projects.programme_days import days_of_nodes
from approvals.projects.programme_figures import year_facts
from tests.support.builders import a_project, an_actor, do, walk, when
from tests.support.programme_moves import EAST, LEAD, OFFICE, ON, SUSPENSION, an_item, days_of
from workflows.config.policy import ProgrammeRules
from workflows.rules.programme_facts import Sight

SUBMITTED, ACCEPTED, GRANTED = when("2026-03-10"), when("2026-03-12"), when("2026-03-20")


def with_a_permit(tx):
    """The node “立项” of 5 March waits for A01 of a project that was registered on the 2nd and granted on the 20th."""
    ref = a_project(tx, "registered", at=when("2026-03-02"))
    permit = {"name": "立项", "task": EAST, "planned_on": "2026-03-05", "approval": "A01", "project": ref}
    an_item(tx, nodes=[permit, {"name": "开工", "task": EAST, "planned_on": "2026-04-30"}])
    walk(tx, ref, "A01", ("submit",), at=SUBMITTED)
    walk(tx, ref, "A01", ("accept",), at=ACCEPTED)
    walk(tx, ref, "A01", ("grant",), at=GRANTED)


def days_on(tx, day, by=OFFICE):
    on = when(day).date()
    items = year_facts(tx, 2026, an_actor(tx, by)).values()
    return {node.name: (dict(node.parties), node.undivided) for node in days_of_nodes(tx, items, Sight(on, on))}


def test_the_days_of_an_approval_are_those_of_whoever_had_it_in_hand(database):
    with database.write() as tx:
        with_a_permit(tx)
        assert days_on(tx, "2026-03-05") == {}
        assert days_on(tx, "2026-03-09")["立项"] == ({"owner": 4}, 0)
        for by in (OFFICE, LEAD):
            assert days_on(tx, "2026-03-31", by)["立项"] == ({"approval_department": 10, "owner": 5}, 0)
        on = when("2026-03-31").date()
        told = item_figures(tx, 2026, "901", an_actor(tx, OFFICE), Sight(on, on), ProgrammeRules())
        assert (told.nodes[0].whose_days, told.nodes[0].undivided) == ({"approval_department": 10, "owner": 5}, 0)


@pytest.mark.parametrize(
    ("days", "fault"),
    [
        (days_of("立项", unit=1), "days.0.days"),  # all of them are the clock's
        (days_of("开工", county=21), "days.0.days"),
        (days_of("开工", county=10, weather=11), "days.1.days"),
        (days_of("竣工", county=1), "days.0.name"),
        (days_of("开工", task="city", county=1), "days.0.name"),
        ([], "days"),
    ],
)
def test_no_more_days_are_divided_than_clock_and_record_leave(database, days, fault):
    """On 20 May the start is 20 days late."""
    with database.write() as tx:
        with_a_permit(tx)
        with pytest.raises(Invalid) as refused:
            do(tx, LEAD, "divide_days", ON, {"days": days, "note": "据实"}, at=when("2026-05-20"))
        assert set(refused.value.fields) == {fault}


def test_days_are_divided_from_their_confirmation_on_and_suspended_ones_are_the_suspensions(database):
    with database.write() as tx:
        with_a_permit(tx)
        do(
            tx,
            LEAD,
            "divide_days",
            ON,
            {"days": days_of("开工", county=5, higher_level=9), "note": "据实"},
            at=when("2026-05-20"),
        )
        with pytest.raises(Refused, match="already awaiting"):
            do(tx, LEAD, "divide_days", ON, {"days": days_of("开工", unit=1), "note": "再报"}, at=when("2026-05-20"))
        assert days_on(tx, "2026-05-20")["开工"] == ({}, 20)
        do(tx, OFFICE, "confirm_days", ON, {}, at=when("2026-05-21"))
        do(tx, OFFICE, "suspend", ON, SUSPENSION | {"review_on": "2026-06-30"}, at=when("2026-05-25"))
        do(tx, OFFICE, "resume", ON, {"reason": "恢复"}, at=when("2026-05-28"))
        parties = {"county": 5, "higher_level": 9, "suspension": 3}
        assert days_on(tx, "2026-05-31")["开工"] == (parties, 14)
        do(tx, LEAD, "divide_days", ON, {"days": days_of("开工", unit=28), "note": "改报"}, at=when("2026-05-31"))
        do(tx, OFFICE, "decline_days", ON, {"reason": "不实"}, at=when("2026-05-31"))
        assert days_on(tx, "2026-05-31")["开工"] == (parties, 14)
