"""Supervision orders: who may do what from which state, numbers, days, and what nobody answers in time."""

from datetime import date

import pytest
from sqlalchemy import select

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused, Stale
from approvals.history.commands import Command, orders_about
from approvals.history.record import ENTRY, NOTICE
from approvals.supervision.orders.actions import OrderSource, issue_order
from approvals.supervision.orders.queries import ORDERS, ref_of_order
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_project, an_actor, an_approval, do, head, when, window
from tests.support.concurrency import race
from tests.support.expected_charts import ORDER_MOVES, PEOPLE, SAME, SYSTEM
from tests.support.trying import outcome, sweep_daily, sweep_to

ORDERED = when("2026-03-05")  # a Thursday
DUE = "2026-03-10"  # a Tuesday
A01 = "市发展改革委"
LARGE = {"subject": "清理积压件", "demands": "逐件说明原因。", "due_on": DUE, "department": A01}
ANSWER = {"done": "已逐件核实。", "commitment_on": "2026-03-31"}
BACK = {"reason": "没有说明责任人", "due_on": "2026-03-17"}


def issued(tx, about="", by="office1", at=ORDERED, **changed):
    values = {name: value for name, value in (LARGE | changed).items() if "/" not in about or name != "department"}
    return f"orders/{do(tx, by, 'issue', f'{about}/orders'.lstrip('/'), values, at=at).ref}"


def order_row(tx, ref):
    year, serial = map(int, ref.removeprefix("orders/").split("-"))
    return tx.execute(select(ORDERS).where(ORDERS.c.year == year, ORDERS.c.serial == serial)).one()


def told(tx, ref):
    own = select(ENTRY).where(ENTRY.c.subject == "order", ENTRY.c.subject_id == order_row(tx, ref).id)
    return list(tx.execute(own.order_by(ENTRY.c.seq)))


def about(tx, what):
    if what == "approval":
        return an_approval(tx, "accepted")
    return a_project(tx, "registered") if what == "project" else ""


PATHS = {
    "issued": (),
    "answered": ("answer",),
    "sent_back": ("answer", "send_back"),
    "accepted": ("answer", "accept_answer"),
}
GIVEN_FOR = {"answer": ANSWER, "send_back": BACK, "accept_answer": {}}
BY = {"answer": window("A01"), "send_back": "office1", "accept_answer": "office1"}


def an_order(tx, state, what="project", by="office1"):
    ref = issued(tx, about(tx, what), by)
    for hour, move in enumerate(PATHS[state], 10):
        keeper = BY[move] if move == "answer" else by
        do(tx, keeper, move, ref, GIVEN_FOR[move], at=when("2026-03-06", f"{hour}:00"))
    return ref


def test_an_order_at_large_goes_into_the_citys_own_chain_from_its_issue_to_its_end(database):
    goes_the_whole_way(database, "")


@pytest.mark.parametrize("what", ["project", "approval"])
def test_an_order_is_issued_answered_sent_back_answered_again_and_accepted(town, what):
    goes_the_whole_way(town, what)


def goes_the_whole_way(town, what):
    with town.write() as tx:
        ref = an_order(tx, "sent_back", what)
        do(tx, head("A01"), "answer", ref, {"done": "责任人为王某。"}, at=when("2026-03-09"))
        do(tx, "office1", "accept_answer", ref, {}, at=when("2026-03-09", "10:00"))
        row = order_row(tx, ref)
        moves = [entry.move for entry in told(tx, ref)]
        chains = {entry.project_id for entry in told(tx, ref)}
    assert (row.state, row.alarm_on, row.due_on) == ("accepted", None, date(2026, 3, 17))
    assert moves == ["issue", "answer", "send_back", "answer", "accept_answer"]
    assert chains == {row.project_id or 0}
    assert (row.project_id is None, row.approval_id is None) == (what == "", what != "approval")


@pytest.mark.parametrize("state", PATHS)
@pytest.mark.parametrize("move", GIVEN_FOR)
def test_each_role_makes_the_moves_of_the_chart_and_no_other(town, state, move):
    sources, target, roles = ORDER_MOVES[move]
    for role, username in PEOPLE.items():
        with town.write() as tx:
            ref = an_order(tx, state, by="centre1" if role == "service_centre" else "office1")
        sees = role in roles or role in ("service_centre", "supervision_office", "city_government", "window")
        sees = sees or role in ("window_head", "liaison", "integration")
        expected = NotFound if not sees else Forbidden if role not in roles else None
        expected = expected or (Refused if state not in sources else None)
        result = outcome(town, username, move, ref, GIVEN_FOR[move], at=when("2026-03-09"))
        assert result == (expected or (state if target == SAME else target)), (role, state, move)


@pytest.mark.parametrize("role", PEOPLE)
def test_only_the_two_levels_issue_and_the_city_government_only_after_a_source(town, role):
    may = role in ("service_centre", "supervision_office")
    assert (role in ORDER_MOVES["issue"][2]) == (may or role == "city_government")
    with town.write() as tx:
        project = a_project(tx, "registered")
    result = outcome(town, PEOPLE[role], "issue", f"{project}/orders", LARGE, at=ORDERED)
    assert result == ("issued" if may else Forbidden)


def test_an_order_is_looked_at_by_the_level_that_keeps_it_alone(town):
    with town.write() as tx:
        ref = an_order(tx, "answered", by="centre1")
    with pytest.raises(Forbidden, match="handled at another level"), town.write() as tx:
        do(tx, "office1", "accept_answer", ref, {}, at=when("2026-03-09"))
    with town.write() as tx:
        do(tx, "centre1", "accept_answer", ref, {}, at=when("2026-03-09"))


def test_what_follows_a_report_may_be_the_city_governments_and_is_kept_by_the_office(database):
    with database.write() as tx:
        leader = an_actor(tx, "leader1")
        command = Command("issue", orders_about(""), LARGE, leader, NOW, at=ORDERED)
        case = issue_order(tx, command, OrderSource("report", "2026-2"))
        row = order_row(tx, case.label)
    assert (row.level, row.source_kind, row.source_ref) == (3, "report", "2026-2")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"due_on": "2026-03-04"}, "due_on"),  # the day before
        ({"due_on": "2026-03-07"}, "due_on"),  # a Saturday
        ({"due_on": "2026-04-04"}, "due_on"),  # Qingming
        ({"due_on": "soon"}, "due_on"),
        ({"department": "市教育局"}, "department"),  # a unit of owners
        ({"department": "某局"}, "department"),
        ({"department": None}, "department"),
        ({"subject": ""}, "subject"),
        ({"demands": " "}, "demands"),
    ],
)
def test_what_cannot_be_ordered_is_refused_and_takes_no_number(town, changed, field):
    with town.write() as tx:
        project = a_project(tx, "registered")
    values = {name: value for name, value in (LARGE | changed).items() if value is not None}
    with town.read() as tx:
        before = len(tx.execute(select(ORDERS.c.id)).all())
    with pytest.raises(Invalid) as refused, town.write() as tx:
        do(tx, "office1", "issue", f"{project}/orders", values, at=ORDERED)
    assert set(refused.value.fields) == {field}
    with town.read() as tx:
        assert len(tx.execute(select(ORDERS.c.id)).all()) == before


def test_an_answer_that_comes_too_late_or_looks_at_another_version_is_told_so(town):
    with town.write() as tx:
        ref = an_order(tx, "issued")
    with pytest.raises(Invalid), town.write() as tx:
        do(tx, window("A01"), "answer", ref, {"done": "…", "commitment_on": "2026-03-08"}, at=when("2026-03-06"))
    with pytest.raises(Stale), town.write() as tx:
        do(tx, window("A01"), "answer", ref, ANSWER, at=when("2026-03-06"), version=7)
    with pytest.raises(NotFound), town.write() as tx:
        do(tx, window("B01"), "answer", ref, ANSWER, at=when("2026-03-06"))


# Nobody answers: due on Tuesday the 10th, the office hears on the 11th, has three working days, the city on the 17th.
LIFTED = [("2026-03-11", 3), ("2026-03-17", 4)]


def test_an_order_at_large_that_nobody_answers_climbs_too(database):
    climbs_once(database, "", "late")


@pytest.mark.parametrize("often", ["daily", "late", "once", "by the answer"])
@pytest.mark.parametrize("what", ["project", "approval"])
def test_an_order_that_nobody_answers_climbs_once_to_each_level_on_its_day(town, what, often):
    climbs_once(town, what, often)


def climbs_once(town, what, often):
    with town.write() as tx:
        ref = an_order(tx, "issued", what, by="centre1")
    if often == "daily":
        sweep_daily(town, "2026-03-09", "2026-03-19")
    if often == "late":
        sweep_to(town, "2026-03-12")
        sweep_to(town, "2026-03-30")
    if often == "once":
        sweep_to(town, "2026-04-07")
    with town.write() as tx:
        do(tx, window("A01"), "answer", ref, {"done": "已办。"}, at=when("2026-04-08"))
        lifts = [entry for entry in told(tx, ref) if entry.move == "lift_order"]
        heard = tx.execute(
            select(NOTICE.c.audience).where(NOTICE.c.move == "order.lift_order", NOTICE.c.label == ref[7:])
        ).scalars()
        assert [(str(entry.at.astimezone(when("2026-03-01").tzinfo))[:16], entry.role) for entry in lifts] == [
            (f"{day} 00:00", SYSTEM) for day, _ in LIFTED
        ]
        assert sorted(heard) == ["city_government", "supervision_office", "window", "window"]
        if what == "approval":
            refs = tx.execute(select(ENTRY).where(ENTRY.c.subject == "card", ENTRY.c.move == "show_card")).all()
            mine = [entry for entry in refs if entry.approval_id == order_row(tx, ref).approval_id]
            assert [str(entry.at.date()) for entry in mine if '"order"' in entry.facts] == ["2026-03-10"]  # 16:00 UTC
    sweep_to(town, "2026-04-20")
    with town.read() as tx:
        assert len([entry for entry in told(tx, ref) if entry.move == "lift_order"]) == 2


def test_an_order_that_is_answered_in_time_climbs_only_after_it_was_sent_back(town):
    with town.write() as tx:
        ref = an_order(tx, "sent_back")
    sweep_to(town, "2026-03-17", "23:59")
    with town.read() as tx:
        assert order_row(tx, ref).lifted_to is None
    sweep_to(town, "2026-03-18")
    with town.read() as tx:
        assert order_row(tx, ref).lifted_to == 3
    with town.write() as tx:
        do(tx, window("A01"), "answer", ref, ANSWER, at=when("2026-03-18"))
    sweep_to(town, "2026-05-08")
    with town.read() as tx:
        assert [entry.move for entry in told(tx, ref)].count("lift_order") == 1


def _sweep(town, wait):
    wait()
    sweep(town, when("2026-04-20"), lambda: NOW)


def test_four_sweeps_at_once_report_each_order_once(database):
    with database.write() as tx:
        refs = [an_order(tx, "issued", what) for what in ("", "", "project", "approval")]
    race(str(database.engine.url.render_as_string(hide_password=False)), [(_sweep, ())] * 4)
    with database.read() as tx:
        for ref in refs:
            assert [entry.move for entry in told(tx, ref)] == ["issue", "lift_order", "lift_order"]
        row = order_row(tx, refs[-1])
        shown = select(ENTRY.c.id).where(ENTRY.c.approval_id == row.approval_id, ENTRY.c.move == "show_card")
        assert len(tx.execute(shown.where(ENTRY.c.facts.contains('"order"'))).all()) == 1


def _issue(town, wait, many):
    wait()
    for _ in range(many):
        with town.write() as tx:
            do(tx, "office1", "issue", "orders", LARGE, at=ORDERED)


def test_orders_issued_at_once_have_numbers_without_a_gap(database):
    race(str(database.engine.url.render_as_string(hide_password=False)), [(_issue, (5,))] * 4)
    with database.read() as tx:
        serials = [row.serial for row in tx.execute(select(ORDERS).order_by(ORDERS.c.serial))]
        assert serials == list(range(1, len(serials) + 1))
        assert ref_of_order(order_row(tx, "2026-1")) == "2026-1"
