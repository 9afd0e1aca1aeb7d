"""Moves of a monthly entry: who makes them, what is refused at which cell, and from when on it counts."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from approvals.base.errors import Forbidden, Invalid, NotFound, Refused, Stale, Unconfirmed
from approvals.history.record import ENTRY
from approvals.programme.queries import REACHED, REPORTS
from approvals.projects.programme_figures import year_figures
from tests.support.builders import an_actor, do, when
from tests.support.programme_moves import (
    EAST,
    FINANCE,
    LEAD,
    MIYI,
    OFFICE,
    ON,
    PLAN,
    REPORTER,
    YEAR,
    an_item,
    cells,
    closed,
    entry_of,
    entry_row_of,
    item_row,
    report,
)
from workflows.config.policy import load_policy
from workflows.rules.programme_facts import Sight

STARTED = {"name": "开工", "reached_on": "2026-05-04"}
FINISHED = {"name": "竣工", "reached_on": "2026-05-20"}
CITY = {"source": "city", "allocated": 3, "received": 2, "paid": 1}


def figures_on(tx, day, known=None):
    moment = when(day).date()
    sight = Sight(moment, when(known or day).date())
    return year_figures(tx, 2026, an_actor(tx, OFFICE), sight, load_policy().programme)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"funds": [CITY]}, "quantities.里程"),
        (cells(""), "quantities.里程"),
        (cells("-1"), "quantities.里程"),
        (cells("3.55"), "quantities.里程"),
        (cells("abc"), "quantities.里程"),
        (cells("1,5"), "quantities.里程"),
        (cells(quantities={"里程": 1, "座": 1}), "quantities.座"),
        (cells(funds=[]), "funds.city"),
        (cells(funds=[CITY | {"source": "county"}]), "funds.0.source"),
        (cells(funds=[CITY | {"source": "lottery"}]), "funds.0.source"),
        (cells(funds=[CITY, CITY]), "funds.1.source"),
        (cells(funds=[CITY | {"paid": "1.001"}]), "funds.0.paid"),
        (cells(funds=[CITY | {"paid": "-1"}]), "funds.0.paid"),
        (cells(funds=[CITY | {"received": 10**9}]), "funds.0.received"),
        (cells(funds=[{"source": "city", "paid": 1, "received": 1}]), "funds.0.allocated"),
        (cells(no_figure={"里程": "不适用"}), "no_figure.里程"),
        (cells(no_figure={"座": "不适用"}), "no_figure.座"),
        (cells(nodes=[{"name": "立项", "reached_on": "2026-05-04"}]), "nodes.0.name"),
        (cells(nodes=[STARTED, STARTED]), "nodes.1.name"),
        (cells(nodes=[STARTED | {"reached_on": "2026-05-28"}]), "nodes.0.reached_on"),
        (cells(nodes=[FINISHED]), "nodes.0.reached_on"),
        (cells(nodes=[FINISHED, STARTED | {"reached_on": "2026-05-21"}]), "nodes.0.reached_on"),
        (cells(forecast={"nodes": [{"name": "立项", "expected_on": "2026-09-30"}]}), "forecast.nodes.0.name"),
        (cells(forecast={"quantities": {"座": 3}}), "forecast.quantities.座"),
        (cells(forecast={"funds": {"loan": 3}}), "forecast.funds.loan"),
        (cells(colour="red"), "colour"),
    ],
)
def test_report_names_the_cell_that_is_wrong(database, given, path):
    with database.write() as tx:
        an_item(tx)
    with pytest.raises(Invalid) as refused, database.write() as tx:
        report(tx, given=given)
    assert any(field == path or field.startswith(f"{path}.") for field in refused.value.fields), refused.value.fields
    with database.read() as tx:
        assert tx.execute(select(REPORTS)).all() == []
        assert item_row(tx).state == "adopted"


def test_a_cell_is_a_number_nothing_or_no_figure_with_a_reason(database):
    with database.write() as tx:
        an_item(tx)
        report(tx, "2026-04", cells(0))
        report(tx, "2026-05", {"no_figure": {"里程": "尚未测量", "city": "指标文件未到"}})
        assert [row.is_complete for row in tx.execute(select(REPORTS).order_by(REPORTS.c.id))] == [True, False]


@pytest.mark.parametrize(
    ("state", "month", "at", "why"),
    [
        ("adopted", "2026-06", "2026-05-27", "not begun"),
        ("adopted", "2026-02", "2026-05-27", "not adopted yet"),
        ("adopted", "2027-01", "2026-05-27", "not of the year"),
        ("proposed", "2026-05", "2026-05-27", "adopted and not suspended"),
        ("suspended", "2026-03", "2026-03-27", "not suspended"),
        ("dropped", "2026-03", "2026-03-27", "not suspended"),
    ],
)
def test_a_month_of_which_no_entry_is_made_is_refused(database, state, month, at, why):
    with database.write() as tx:
        an_item(tx, state)
        with pytest.raises(Refused, match=why):
            report(tx, month, at=when(at))


def test_a_quarterly_task_reports_at_the_end_of_quarters(database):
    given = {"quantities": {"里程": 2}, "funds": [CITY | {"source": "centre"}]}
    with database.write() as tx:
        an_item(tx)
        with pytest.raises(Refused, match="by quarter"):
            do(tx, f"county-{MIYI}", "report", entry_of("2026-05", code=MIYI), given, at=when("2026-05-27"))
        do(tx, f"county-{MIYI}", "report", entry_of("2026-06", code=MIYI), given, at=when("2026-06-27"))


def test_a_cumulative_figure_falls_only_with_a_reason(database):
    lower = cells("3.0", paid="40")
    with database.write() as tx:
        an_item(tx)
        report(tx, "2026-04", cells("3.5"))  # that nobody has confirmed it yet makes no difference
        with pytest.raises(Invalid) as refused:
            report(tx, "2026-05", lower)
        assert set(refused.value.fields) == {"quantities.里程", "funds.0.paid"}
        report(tx, "2026-05", lower | {"reason": "上月误报"})


def test_an_entry_that_was_sent_back_binds_nobody(database):
    with database.write() as tx:
        an_item(tx)
        report(tx, "2026-04", cells("35"))
        do(tx, LEAD, "send_back", entry_of("2026-04"), {"reasons": "多了一个数位"}, at=when("2026-04-28"))
        report(tx, "2026-05", cells("4"))
        report(tx, "2026-04", cells("3.5"), at=when("2026-05-29"))


def test_a_rate_may_fall(database):
    rate = [{"name": "达标率", "unit": "%", "decimals": 1, "adds_up": "last", "targets": {EAST: 90}}]
    with database.write() as tx:
        an_item(tx, indicators=rate)
        report(tx, "2026-04", cells(quantities={"达标率": 88}))
        report(tx, "2026-05", cells(quantities={"达标率": 80}))


@pytest.mark.parametrize(
    ("by", "move", "given", "error"),
    [
        (LEAD, "report", cells(), Forbidden),
        (OFFICE, "report", cells(), Forbidden),
        (f"county-{MIYI}", "report", cells(), Forbidden),
        ("county-510403", "report", cells(), NotFound),
        (REPORTER, "confirm", {}, Forbidden),
        (OFFICE, "confirm", {}, Forbidden),
        (FINANCE, "confirm", {}, Forbidden),
        (LEAD, "confirm_money", {}, Forbidden),
        (OFFICE, "confirm_money", {}, Forbidden),
        ("owner2", "confirm", {}, NotFound),
        (FINANCE, "send_back", {"reasons": "有误"}, Forbidden),
        (OFFICE, "close", {}, Invalid),
    ],
)
def test_moves_are_made_by_whose_they_are(database, by, move, given, error):
    with database.write() as tx:
        an_item(tx)
        report(tx)
        with pytest.raises(error):
            do(tx, by, move, entry_of("2026-05"), given, at=when("2026-05-28"))


def test_what_was_never_reported_is_not_found(database):
    with database.write() as tx:
        an_item(tx)
        for on in (entry_of("2026-05"), entry_of("2026-05", code="510403"), f"{ON}/{EAST}/2026-13"):
            with pytest.raises(NotFound):
                do(tx, LEAD, "confirm", on, {}, at=when("2026-05-28"))


def test_figures_count_from_their_confirmation_on(database):
    with database.write() as tx:
        an_item(tx)
        report(tx, given=cells(nodes=[STARTED]))
        assert figures_on(tx, "2026-05-27").nodes.met_late == 0
        do(tx, LEAD, "confirm", entry_of("2026-05"), {}, at=when("2026-05-28"))
        do(tx, FINANCE, "confirm_money", entry_of("2026-05"), {}, at=when("2026-05-30"))
        assert figures_on(tx, "2026-05-28").nodes.met_late == 1
        assert figures_on(tx, "2026-05-29").money.paid == Decimal(0)
        assert figures_on(tx, "2026-05-30").money.paid == Decimal("50.50")
        assert figures_on(tx, "2026-05-04", known="2026-05-28").nodes.met_late == 1
        with pytest.raises(Refused, match="already confirmed"):
            do(tx, FINANCE, "confirm_money", entry_of("2026-05"), {}, at=when("2026-05-30"))


def test_an_entry_that_is_reported_again_waits_for_finance_again(database):
    with database.write() as tx:
        an_item(tx)
        report(tx)
        do(tx, FINANCE, "confirm_money", entry_of("2026-05"), {}, at=when("2026-05-27", "10:00"))
        report(tx, given=cells(paid="60"), at=when("2026-05-27", "11:00"))
        assert figures_on(tx, "2026-05-28").money.paid == Decimal("50.50")
        do(tx, FINANCE, "confirm_money", entry_of("2026-05"), {}, at=when("2026-05-27", "12:00"))
        assert figures_on(tx, "2026-05-28").money.paid == Decimal("60")


def test_a_closed_month_takes_no_report_without_an_exception(database):
    exception = {"task": f"901/{EAST}", "month": "2026-04", "until": "2026-06-05", "reason": "漏报"}
    with database.write() as tx:
        an_item(tx)
        do(tx, OFFICE, "close_month", YEAR, {"month": "2026-04"}, at=when("2026-05-05"))
        with pytest.raises(Refused, match="This month is closed"):
            report(tx, "2026-04", at=when("2026-05-06"))
        do(tx, OFFICE, "open_exception", YEAR, exception, at=when("2026-05-07"))
        report(tx, "2026-04", at=when("2026-06-05", "23:00"))
        with pytest.raises(Refused, match="This month is closed"):
            report(tx, "2026-04", at=when("2026-06-06"))
        do(tx, LEAD, "confirm", entry_of("2026-04"), {}, at=when("2026-06-07"))
        assert entry_row_of(tx, "2026-04").state == "closed"


def test_an_amendment_counts_from_a_second_persons_word_on(database):
    with database.write() as tx:
        an_item(tx)
        entry = closed(tx, given=cells(nodes=[STARTED]))
        with pytest.raises(Invalid) as refused:
            do(tx, REPORTER, "amend_entry", entry, cells("3.0"), at=when("2026-06-08"))
        assert set(refused.value.fields) == {"reason"}
        amended = cells("3.0", paid="45") | {"reason": "开工认定有误"}
        do(tx, REPORTER, "amend_entry", entry, amended, at=when("2026-06-08"))
        with pytest.raises(Forbidden):
            do(tx, REPORTER, "confirm_amendment", entry, {}, at=when("2026-06-09"))
        assert figures_on(tx, "2026-06-09").nodes.met_late == 1
        do(tx, LEAD, "confirm_amendment", entry, {}, at=when("2026-06-10"))
        assert figures_on(tx, "2026-06-10").money.paid == Decimal(45)
        assert figures_on(tx, "2026-06-10").nodes.met_late == 0
        assert figures_on(tx, "2026-05-31").nodes.met_late == 1, "the closed month stays as it was known"
        assert [row.reached_on is None for row in tx.execute(select(REACHED).order_by(REACHED.c.id))] == [False, True]


def test_an_amendment_is_not_confirmed_by_who_made_it(database):
    """Even where the task's unit leads the item itself."""
    own = [PLAN["tasks"][0] | {"unit": "市教育局", "person": LEAD}]
    parts = {"tasks": own, "indicators": [], "nodes": PLAN["nodes"][:1], "funds": PLAN["funds"][:1]}
    given = {"funds": [CITY]}
    with database.write() as tx:
        an_item(tx, **parts)
        report(tx, given=given, by=LEAD)
        do(tx, LEAD, "confirm", entry_of("2026-05"), {}, at=when("2026-05-28"))
        do(tx, OFFICE, "close_month", YEAR, {"month": "2026-05"}, at=when("2026-06-01"))
        do(tx, LEAD, "amend_entry", entry_of("2026-05"), given | {"reason": "漏报"}, at=when("2026-06-02"))
        with pytest.raises(Forbidden, match="second person"):
            do(tx, LEAD, "confirm_amendment", entry_of("2026-05"), {}, at=when("2026-06-03"))
        do(tx, OFFICE, "decline_amendment", entry_of("2026-05"), {"reason": "数据无误"}, at=when("2026-06-03"))


def test_reports_name_who_is_responsible_on_that_day(database):
    with database.write() as tx:
        an_item(tx)
        report(tx, "2026-04")
        do(tx, LEAD, "hand_over", ON, {"task": EAST, "person": "owner2", "note": "调岗"}, at=when("2026-05-04"))
        report(tx, "2026-05")
        facts = tx.execute(select(ENTRY.c.facts).where(ENTRY.c.move == "report").order_by(ENTRY.c.seq)).scalars().all()
        assert [f'"responsible":"{name}"' in text for name, text in zip((REPORTER, "owner2"), facts, strict=True)] == [
            True
        ] * 2


def test_a_version_that_is_not_the_one_that_stands_is_stale(database):
    with database.write() as tx:
        an_item(tx)
        report(tx, version=0)
    for version in (0, 2):
        with pytest.raises(Stale), database.write() as tx:
            report(tx, at=when("2026-05-28"), version=version)


WARNED = {
    "several times the usual month": [("2026-03", cells("1")), ("2026-04", cells("2")), ("2026-05", cells("9"))],
    "same three months running": [("2026-03", cells("2")), ("2026-04", cells("2")), ("2026-05", cells("2"))],
    "exactly the planned figure": [("2026-03", cells("3")), ("2026-04", cells("4")), ("2026-05", cells("5"))],
    "is complete while": [("2026-05", cells("12", nodes=[STARTED]))],
    "more is received than allocated": [("2026-05", cells(funds=[CITY | {"paid": 5}]))],
    "what is paid grows": [("2026-03", cells("1", "1")), ("2026-04", cells("2.5", "2")), ("2026-05", cells("3", "90"))],
}


@pytest.mark.parametrize(("message", "months"), WARNED.items())
def test_report_warns_and_never_refuses(database, message, months):
    with database.write() as tx:
        an_item(tx)
        results = [report(tx, month, given) for month, given in months]
    assert message in " ".join(warning.message for warning in results[-1].warnings)
    assert all(result.warnings == () for result in results[:-1])


def test_a_person_who_can_be_asked_confirms_the_warnings(database):
    given = WARNED["more is received than allocated"][0][1]
    with database.write() as tx:
        an_item(tx)
    with pytest.raises(Unconfirmed), database.write() as tx:
        report(tx, given=given, confirmed=False)
    with database.write() as tx:
        report(tx, given=given, confirmed=True)
