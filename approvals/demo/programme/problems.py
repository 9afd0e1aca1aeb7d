"""Problems of the example city's programme beside those that its entries name, and the outcomes of its year."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from approvals.demo.people import county_of, owner_of, window_of
from approvals.demo.programme.days import ProgrammeDays
from approvals.demo.programme.plan import DemoItem
from approvals.demo.source_data import year_totals
from approvals.demo.supervision import OFFICE, Line, feed_line
from workflows.config.catalogue import load_catalogue

LAND, ENVIRONMENT = "市自然资源局", "市生态环境局"
SETTLED, ASKED, REOPENED = "049", "088", "103"  # the items whose new plans say what hinders them
DEMOLITION = "红线内三户未签征收补偿协议，施工便道无法贯通。"
ASSESSMENT = "环评报告须补充水源地影响论证，审批尚未启动。"
FLOOD = "汛期临河段停工，基坑排水设备不足。"
MIDDAY, LATE = 12 * 60 + 40, 15 * 60 + 5
# What was published beside the outputs: name and unit of each outcome, and its category.
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "air_quality_good_days_part": ("空气质量优良天数比例", "%"),
    "pm10_mg_per_m3": ("可吸入颗粒物（PM10）平均浓度", "毫克/立方米"),
    "so2_mg_per_m3": ("二氧化硫平均浓度", "毫克/立方米"),
    "nox_mg_per_m3": ("氮氧化物平均浓度", "毫克/立方米"),
}
MEASURED_BY, PUBLISHED_IN = "市生态环境局环境质量月报", "市政府民生工程情况报告"
PERIOD = "1—11月"


def problem_lines(item: DemoItem, days: ProgrammeDays) -> Iterator[Line]:
    """One problem was settled with help, one waits for an answer, one came back after it was settled."""
    on, lead = f"programme/{days.year}/{item.row.item_no}", owner_of(item.row.owner_unit)
    steps = {SETTLED: _settled, ASKED: _asked, REOPENED: _reopened}.get(item.row.item_no)
    for number, minute, by, move, facts in steps(item, lead, days) if steps else ():
        address = f"{on}/problems" if move == "raise_problem" else f"{on}/problems/1"
        yield feed_line(days.at(number, minute), by, move, address, facts)


Step = tuple[int, int, str, str, Line]


def _settled(item: DemoItem, lead: str, days: ProgrammeDays) -> Iterator[Step]:
    reporter, window, month = county_of(item.codes[0]), window_of(load_catalogue(), LAND), days.due
    since = {"kind": "land", "since": days.day(days.adopted + 1).isoformat()}
    yield days.adopted + 3, MIDDAY, reporter, "raise_problem", {"text": DEMOLITION, **since}
    yield days.adopted + 4, MIDDAY, lead, "edit_problem", {"kind": "demolition"}
    asked = {"asked_unit": LAND, "asked": "请协调征收补偿标准，明确安置地块。"}
    yield days.adopted + 5, MIDDAY, lead, "ask_unit", asked | {"expected_on": date(days.year, 6, 30).isoformat()}
    yield days.adopted + 9, MIDDAY, window, "answer_problem", {"text": "安置地块已落实，本月内组织集中签约。"}
    yield month(3) - 10, MIDDAY, reporter, "add_word", {"text": "两户已签约，余一户正在评估。"}
    yield month(4) - 10, MIDDAY, reporter, "add_word", {}
    yield month(5) - 10, MIDDAY, lead, "close_problem", {"result": "三户均已签约并腾退，便道贯通。"}


def _asked(item: DemoItem, lead: str, days: ProgrammeDays) -> Iterator[Step]:
    raised = {"text": ASSESSMENT, "kind": "approval", "since": days.day(days.adopted + 2).isoformat()}
    yield days.adopted + 6, MIDDAY, lead, "raise_problem", raised
    yield days.due(9) - 8, MIDDAY, county_of(item.codes[0]), "add_word", {"text": "论证报告已委托编制。"}
    asked = {"asked_unit": ENVIRONMENT, "asked": "请提前介入指导，压缩论证和公示衔接时间。"}
    yield days.due(9) - 2, LATE, lead, "ask_unit", asked


def _reopened(item: DemoItem, lead: str, days: ProgrammeDays) -> Iterator[Step]:
    reporter = county_of(item.codes[0])
    asked = {"asked_office": "分管副市长", "asked": "请协调调拨排水设备。"}
    yield days.adopted + 7, LATE, reporter, "raise_problem", {"text": FLOOD, "kind": "weather", **asked}
    yield (
        days.adopted + 12,
        LATE,
        OFFICE,
        "answer_problem",
        {"text": "已调拨两台排水泵车（转达分管副市长意见）。"},
    )
    yield days.due(4) - 9, LATE, lead, "close_problem", {"result": "排水设备到位，临河段复工。"}
    yield days.due(9) - 9, LATE, OFFICE, "reopen_problem", {"reason": "主汛期再次停工，核查时基坑仍有积水。"}
    yield days.due(10) - 9, LATE, reporter, "add_word", {"text": "积水已排干，正在恢复基坑支护。"}


# Outcomes.


def outcome_lines(days: ProgrammeDays) -> Iterator[Line]:
    """What was published of the year as of 30 November, each with its source."""
    for minute, facts in enumerate(_outcomes()):
        on = f"programme/{days.year}"
        yield feed_line(days.at(days.last(11), 9 * 60 + 10 + minute), OFFICE, "record_outcome", on, facts)


def _outcomes() -> Iterator[Line]:
    totals = year_totals()
    for name, stated in totals["outcomes"].items():
        known = {"category": "生态环境", "source": MEASURED_BY, "period": PERIOD}
        yield known | _named(*OUTCOMES[name]) | _stated(stated["value"], stated.get("change"))
    published = {"source": PUBLISHED_IN, "period": PERIOD}
    education, poverty = totals["education"], totals["poverty_relief"]
    spent = _stated(education["spent"], education["over_last_year_part"])
    yield published | {"category": "教育助学"} | _named("教育助学支出", "万元") | spent
    yield published | {"category": "扶贫解困"} | _named("扶贫资金整合额", "万元") | _stated(poverty["pooled"])


def _named(name: str, unit: str) -> Line:
    return {"name": name, "unit": unit}


def _stated(value: Any, change: str | None = None) -> Line:
    """Value and change as they are entered: what was published writes 91.1 % and -8.8 %."""
    stated = {"value": str(value).removesuffix(" %")}
    return stated | ({"change": change.removesuffix(" %")} if change else {})
