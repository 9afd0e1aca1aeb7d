"""The programme's sheets, however they are laid out and typed, make the same moves; exported, they change nothing."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.base.i18n import in_language
from approvals.exports.programme_money import write_money
from approvals.exports.programme_month import write_month
from approvals.exports.programme_plan import write_plan
from approvals.exports.sheets import WrittenSheet, write_sheets
from approvals.imports.programme_money import read_money
from approvals.imports.programme_month import read_month
from approvals.imports.programme_plan import read_plan
from approvals.programme.sheets import money_form, month_form, plan_form
from approvals.programme.sheets.money_preview import preview_money
from approvals.programme.sheets.month_preview import preview_month
from approvals.programme.sheets.plan_preview import preview_plan
from tests.support.builders import an_actor, do, when
from tests.support.extent import effort
from tests.support.programme_moves import EAST, FINANCE, MIYI, OFFICE, REPORTER, an_item, cells, report
from tests.support.sheet_layouts import as_csv, disordered
from tests.support.trying import Undone
from tests.support.workbooks import PRODUCERS, READ_BY_GNUMERIC, saved_by_gnumeric, written_by
from workflows.charts.programme_terms import ADDS_UP, DIRECTIONS, ITEM_KINDS, ITEM_LEVELS, RHYTHMS, SOURCES

MAY, NOW = "2026-05", when("2026-05-29")
NUMBERS = ("item_no", "code")
PEOPLE = {EAST: ("东区", f"county-{EAST}"), MIYI: ("米易县", f"county-{MIYI}")}
NAMES = st.sampled_from(["雨污分流", "A 段", "二期（东）", "路面-3", "公示"])
AMOUNTS = st.decimals(0, Decimal("9999999.99"), places=2)
QUANTITIES = st.decimals(0, Decimal("99999.9"), places=1)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
PROGRAMS = st.sampled_from(list(PRODUCERS.values()))
quietly = settings(
    max_examples=effort(8, 300),
    suppress_health_check=list(HealthCheck),
    deadline=None,
    derandomize=effort(True, False),
)


@st.composite
def plans(draw):
    """The lines of a plan by part, as values: a year's items, each of which fits together."""
    parts = {part: [] for part in plan_form.PARTS}
    for number in draw(st.lists(st.sampled_from(["7", "030", "104", "A-1"]), min_size=1, max_size=2, unique=True)):
        _an_item(draw, parts, number)
    return parts


def _an_item(draw, parts, number):
    codes = draw(st.lists(st.sampled_from(list(PEOPLE)), unique=True))
    funds = [_a_fund(draw, number, code) for code in codes]
    planned = sum(fund["planned_10k_yuan"] for fund in funds) if funds else draw(st.none() | AMOUNTS)
    choice = {
        "level": _word(draw, ITEM_LEVELS),
        "kind": _word(draw, ITEM_KINDS),
        "key": draw(st.none() | st.booleans()),
    }
    fields = {"name": draw(NAMES), "category": "道路通畅", "lead_unit": "市教育局", "planned_10k_yuan": planned}
    parts["items"].append({"item_no": number, **fields, **choice, "starts_on": draw(st.none() | DAYS)})
    parts["funds"] += funds
    for code in codes:
        unit, person = PEOPLE[code]
        task = {"item_no": number, "code": code, "unit": unit, "person": person, "rhythm": _word(draw, RHYTHMS)}
        parts["tasks"].append(task)
        parts["nodes"] += _nodes(draw, number, code)
    for name in draw(st.lists(NAMES, unique=True, max_size=2)) if codes else ():
        common = {"unit": "公里", "decimals": 1, "adds_up": _word(draw, ADDS_UP), "direction": _word(draw, DIRECTIONS)}
        parts["indicators"] += [
            {"item_no": number, "name": name, **common, "code": code, "target": draw(st.none() | QUANTITIES)}
            for code in codes
        ]


def _word(draw, labels):
    words = draw(st.sampled_from(list(labels.values())))
    return draw(st.sampled_from([words.zh, words.en]))


def _a_fund(draw, number, code):
    own = {"source": _word(draw, SOURCES), "planned_10k_yuan": draw(AMOUNTS), "fiscal": draw(st.none() | st.booleans())}
    return {"item_no": number, "code": code, **own}


def _nodes(draw, number, code):
    days = sorted(draw(st.lists(DAYS, max_size=3)))
    names = ["开工", "主体完工", "竣工"]
    return [
        {"item_no": number, "code": code, "name": names[at], "planned_on": day, "after": names[at - 1] if at else None}
        for at, day in enumerate(days)
    ]


def moves(preview):
    """What a sheet would do: each entry or item with what it says of it."""
    said = [(entry.key, entry.status, entry.input, entry.changes) for entry in preview.entries]
    assert preview.faults == (), preview.faults
    return sorted(said, key=lambda entry: entry[0])


def of_plan(tx, content):
    actor = an_actor(tx, OFFICE)
    return preview_plan(tx, actor, 2026, read_plan(content, 2026, actor).lines, NOW.date())


def of_month(tx, content):
    actor = an_actor(tx, REPORTER)
    sheet = read_month(content, MAY, actor)
    return preview_month(tx, actor, MAY, sheet.lines, NOW)


def of_money(tx, content):
    actor = an_actor(tx, FINANCE)
    return preview_money(tx, actor, MAY, read_money(content, MAY, actor).lines)


def neat(parts, columns):
    return write_sheets([WrittenSheet(columns[part], lines, part) for part, lines in parts.items()], title="表")


def laid_out(data, producer, parts, columns):
    """A workbook that an office made of these lines, a worksheet a part."""
    sheets = {part: disordered(data.draw, columns[part], lines, NUMBERS) for part, lines in parts.items() if lines}
    first, *rest = sheets
    return written_by(producer, sheets[first], name=first, more=[(part, sheets[part]) for part in rest])


@quietly
@given(plans(), PROGRAMS, st.data())
def test_a_disordered_plan_makes_the_same_moves_and_changes_nothing_when_it_was_taken(town, parts, producer, data):
    with pytest.raises(Undone), town.write() as tx:
        content = laid_out(data, producer, parts, plan_form.COLUMNS)
        items = moves(of_plan(tx, content))
        assert items == moves(of_plan(tx, neat(parts, plan_form.COLUMNS)))
        for number, status, given_input, _changes in items:
            assert status == "new"
            _take(tx, f"programme/2026/{number}", given_input)
        with in_language(data.draw(st.sampled_from(["zh_Hans", "en"]))):
            exported = write_plan(plan_form.plan_blank(tx, an_actor(tx, OFFICE), 2026))
        for again in (content, exported):
            assert {status for _number, status, *_rest in moves(of_plan(tx, again))} == {"same"}
        raise Undone


def _take(tx, on, said):
    do(tx, OFFICE, "propose", on, said["fields"], at=NOW)
    if any(said["plan"].values()):
        do(tx, OFFICE, "assign", on, said["plan"], at=NOW)


@st.composite
def months(draw):
    money = {kind: draw(AMOUNTS) for kind in ("allocated", "received", "paid")}
    reached = draw(st.none() | st.dates(date(2026, 3, 3), date(2026, 5, 20)))
    return {"里程": {"quantity": draw(QUANTITIES)}, "市级资金": money, "开工": {"reached_on": reached}}


@pytest.fixture(scope="module")
def road(town):
    """A task of which nothing is reported yet."""
    with town.write() as tx:
        an_item(tx, item_no="030")
    return town


@quietly
@given(months(), PROGRAMS, st.sampled_from(["gb18030", "utf-8-sig"]), st.data())
def test_a_disordered_month_and_its_money_make_the_same_moves(road, filled, producer, encoding, data):
    with pytest.raises(Undone), road.write() as tx:
        lines = [
            line | filled.get(line["figure"], {})
            for line in month_form.month_blank(tx, an_actor(tx, REPORTER), MAY, NOW).lines
        ]
        columns = month_form.COLUMNS
        told = moves(of_month(tx, neat({"month": lines}, {"month": columns})))
        layout = disordered(data.draw, columns, lines, NUMBERS)
        assert told == moves(of_month(tx, written_by(producer, layout)))
        assert told == moves(of_month(tx, as_csv(layout, encoding)))
        do(tx, REPORTER, "report", f"programme/2026/030/{EAST}/{MAY}", told[0][2], at=NOW, confirmed=True)
        exported = write_month(month_form.month_blank(tx, an_actor(tx, REPORTER), MAY, NOW))
        assert [status for _key, status, *_rest in moves(of_month(tx, exported))] == ["same"]
        _check_money(tx, producer, data)
        raise Undone


def _check_money(tx, producer, data):
    blank = money_form.money_blank(tx, an_actor(tx, FINANCE), MAY)
    kinds = ("allocated", "received", "paid")
    lines = [line | {kind: line[f"reported_{kind}"] for kind in kinds} for line in blank.lines]
    layout = disordered(data.draw, money_form.COLUMNS, lines, NUMBERS)
    told = moves(of_money(tx, neat({"money": lines}, {"money": money_form.COLUMNS})))
    assert [status for _key, status, *_rest in told] == ["new"]
    assert told == moves(of_money(tx, written_by(producer, layout)))
    do(tx, FINANCE, "confirm_money", f"programme/2026/030/{EAST}/{MAY}", {}, at=NOW)
    exported = write_money(money_form.money_blank(tx, an_actor(tx, FINANCE), MAY))
    assert [status for _key, status, *_rest in moves(of_money(tx, exported))] == ["same"]


@pytest.mark.soak
@settings(quietly, max_examples=100)
@given(plans(), st.sampled_from(READ_BY_GNUMERIC), st.data())
def test_a_plan_that_gnumeric_saved_makes_the_same_moves(town, parts, producer, data):
    with town.read() as tx:
        told = moves(of_plan(tx, neat(parts, plan_form.COLUMNS)))
        for content in (neat(parts, plan_form.COLUMNS), laid_out(data, producer, parts, plan_form.COLUMNS)):
            assert moves(of_plan(tx, saved_by_gnumeric(content))) == told


@pytest.mark.soak
def test_our_own_sheets_keep_who_they_are_in_gnumeric(database):
    with database.write() as tx:
        an_item(tx)
        report(tx, given=cells(nodes=[{"name": "开工", "reached_on": "2026-05-04"}]))
        actor, finance, office = (an_actor(tx, name) for name in (REPORTER, FINANCE, OFFICE))
        month = write_month(month_form.month_blank(tx, actor, MAY, NOW))
        money = write_money(money_form.money_blank(tx, finance, MAY))
        plan = write_plan(plan_form.plan_blank(tx, office, 2026))
        assert read_month(saved_by_gnumeric(month), "", actor).month == MAY
        assert read_money(saved_by_gnumeric(money), "", finance).month == MAY
        assert read_plan(saved_by_gnumeric(plan), 2026, office).identity.kind == plan_form.KIND
        assert {entry.status for entry in of_plan(tx, saved_by_gnumeric(plan)).entries} == {"same"}
        worksheet = openpyxl.load_workbook(io.BytesIO(saved_by_gnumeric(month))).worksheets[0]
        assert worksheet.protection.sheet
