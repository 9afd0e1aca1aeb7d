"""What a bulletin demands is re-derived here in a naive way, for the months of the lived year and made-up figures."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.i18n import in_language
from approvals.reports.document.bulletin.demands import Demand, demands
from approvals.reports.figures.bulletin_model import Objection, OwedAnswer
from approvals.reports.figures.model import EscalationAnswer, Figures
from approvals.reports.lifecycle.renditions import ISSUED_IN
from tests.reports.conftest import MONTHS, LivedYear
from tests.support.bulletins import ITEM, a_chapter, a_late_approval, a_quiet, an_order, lagging
from workflows.label import Label

FROM = 3  # working days beyond the promised limit
REF, OTHER = "510400-2026-00001/A02", "510400-2026-00002/A05"


@pytest.fixture(scope="module", params=MONTHS)
def figures(request: pytest.FixtureRequest, app: OpenAPI, sqlite_year: LivedYear) -> Figures:
    return sqlite_year.figures(request.param)


@pytest.fixture
def quiet(app: OpenAPI, september: Figures) -> Figures:
    return a_quiet(september)


@pytest.fixture
def unit(quiet: Figures) -> Label:
    return quiet.departments[0].label


def asked(figures: Figures) -> dict[str, Demand]:
    with in_language(ISSUED_IN):
        return {demand.key: demand for demand in demands(figures)}


def test_each_demand_is_one_that_a_naive_walk_finds(figures: Figures) -> None:
    keys = []
    for late in figures.late:
        if late.over_promised >= FROM or late.legal_due_on < figures.as_of_on:
            keys.append(f"late/{late.ref}")
    for owed in figures.owed_answers:
        if f"late/{owed.ref}" not in keys:
            keys.append(f"answer/{owed.ref}")
    keys += [f"order/{order.ref}" for order in figures.orders.told if order.is_overdue]
    for item in figures.programme.behind if figures.programme else ():
        if f"behind/{item.lead.zh}" not in keys:
            keys.append(f"behind/{item.lead.zh}")
    assert list(asked(figures)) == keys
    assert all(demand.what and demand.basis and demand.unit.zh for demand in asked(figures).values())


def test_nothing_late_demands_nothing(quiet: Figures) -> None:
    assert asked(quiet) == {}


def test_figures_of_an_earlier_edition_demand_nothing(quiet: Figures, unit: Label) -> None:
    late = replace(quiet, late=(a_late_approval(unit),))
    assert list(asked(late)) == [f"late/{REF}"]
    assert asked(replace(late, edition="2026-06")) == {}


@pytest.mark.parametrize(("over", "light", "is_asked"), [(2, "yellow", False), (3, "yellow", True), (0, "red", True)])
def test_a_late_approval_is_asked_for_from_the_days_of_the_policy_on(
    quiet: Figures, unit: Label, over: int, light: str, is_asked: bool
) -> None:
    late = a_late_approval(unit, over=over, light=light)
    assert (f"late/{REF}" in asked(replace(quiet, late=(late,)))) == is_asked


def test_the_basis_tells_days_promise_and_silence(quiet: Figures, unit: Label) -> None:
    promise = EscalationAnswer(2, "等待材料", quiet.as_of_on - timedelta(days=1))
    late = a_late_approval(unit, over=18, light="red", answer=promise)
    owed = OwedAnswer(REF, late.project, ITEM, unit, quiet.as_of_on)
    demand = asked(replace(quiet, late=(late,), owed_answers=(owed,)))[f"late/{REF}"]
    assert demand.basis == (
        f"超承诺时限18个工作日；超法定时限1个工作日；承诺{promise.commitment_on}办结，未兑现；升级反馈逾期未答复"
    )


def test_an_unanswered_escalation_of_what_is_not_late_enough_asks_for_the_answer(quiet: Figures, unit: Label) -> None:
    owed = OwedAnswer(OTHER, "甲", ITEM, unit, date(2026, 9, 8))
    [demand] = asked(replace(quiet, owed_answers=(owed,))).values()
    assert (demand.key, demand.about, demand.unit) == (f"answer/{OTHER}", OTHER, unit)
    assert "2026-09-08" in demand.basis


def test_what_an_open_order_demands_already_says_so(quiet: Figures, unit: Label) -> None:
    late = a_late_approval(unit)
    done = an_order("2026-1", unit, is_overdue=False, about=REF, state="accepted")
    going = an_order("2026-2", unit, is_overdue=True, about=REF)
    told = asked(replace(quiet, late=(late,), orders=replace(quiet.orders, told=(done, going))))
    assert {key: demand.order for key, demand in told.items()} == {f"late/{REF}": "2026-2", "order/2026-2": "2026-2"}


def test_a_lead_unit_is_asked_once_for_all_its_items(quiet: Figures) -> None:
    school, water = Label("市教育局", "Education"), Label("市水利局", "Water")
    items = (*(lagging(n, school, gap=f"0.{n}000", days=n) for n in range(2, 8)), lagging(9, water, node="", days=0))
    told = asked(replace(quiet, programme=a_chapter(behind=items)))
    assert list(told) == ["behind/市教育局", "behind/市水利局"]
    school_asked = told["behind/市教育局"]
    assert "等6项" in school_asked.what and "分项7" not in school_asked.what
    assert all(f"00{n} 分项{n}" in school_asked.in_full for n in range(2, 8))
    assert school_asked.basis == "落后计划20.0–70.0个百分点；“开工”节点最长逾期7天"
    assert told["behind/市水利局"].basis == "落后计划20.0个百分点"


@pytest.mark.parametrize(("is_raised", "text"), [(True, "异议处理中"), (False, "申诉期内（至2026-10-09）")])
def test_what_is_objected_to_is_marked(quiet: Figures, unit: Label, is_raised: bool, text: str) -> None:
    card = Objection("card", REF, "甲", ITEM, unit, "red", quiet.as_of_on, date(2026, 10, 9), is_raised)
    late = a_late_approval(unit), a_late_approval(unit, ref=OTHER)
    told = asked(replace(quiet, late=late, objections=(card,)))
    assert [told[f"late/{ref}"].objection for ref in (REF, OTHER)] == [text, ""]
