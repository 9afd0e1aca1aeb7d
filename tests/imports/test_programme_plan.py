"""The sheet of a year's plan: new items, changed plans, what cannot be, and what changes nothing."""

import io
from copy import deepcopy

import openpyxl
import pytest
from sqlalchemy import delete

from approvals.base.errors import Invalid
from approvals.base.i18n import in_language
from approvals.exports.programme_plan import write_plan
from approvals.imports.programme_plan import read_plan, take_plan
from approvals.programme.items.standing_plans import standing_plans
from approvals.programme.queries import TASK_PEOPLE
from approvals.programme.sheets.plan_form import plan_blank
from approvals.programme.sheets.plan_preview import preview_plan
from approvals.programme.sheets.previews import Seen, reason_of
from tests.support.builders import an_actor, do, faults, when
from tests.support.files import ole, xlsx
from tests.support.programme_moves import EAST, LEAD, MIYI, OFFICE, ON, PLAN, ROADS, an_item, item_row
from tests.support.trying import Undone

NOW = when("2026-03-03")
FIRST = {"分项": 5}  # row of the first line; of the other worksheets it is the third
NEW = {
    "分项": [["30", "城区雨污分流", "道路通畅", "市级", "工程建设", "市教育局", *[None] * 7, 800.5]],
    "任务": [
        [30, None, "东区", "东区", "county-510402", None, "按月"],
        ["030", None, 510421, "米易县", "county-510421"],
    ],
    "指标": [
        ["30", None, "管网", "公里", EAST, 12.5, 1],
        ["30", None, "管网", None, MIYI, "３", None],
    ],
    "时间节点": [
        ["30", None, EAST, "开工", "2026年4月30日"],
        ["30", None, EAST, "竣工", 46326, "开工"],
    ],
    "资金来源": [["30", None, EAST, "市级资金", "300"], ["30", None, MIYI, "centre", 500.5]],
}


def blank(tx, by=OFFICE, year=2026):
    return write_plan(plan_blank(tx, an_actor(tx, by), year))


def filled(content, lines, change=lambda book: None):
    """The sheet with these lines below those that stand there."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name, rows in lines.items():
        first = book[name].max_row + 1
        for number, row in enumerate(rows, first):
            for place, value in enumerate(row, 1):
                book[name].cell(number, place).value = value
    change(book)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def previewed(tx, content, by=OFFICE, seen=None):
    actor = an_actor(tx, by)
    return preview_plan(tx, actor, 2026, read_plan(content, 2026, actor).lines, NOW.date(), seen)


def seen_in(preview):
    return {entry.key: Seen(entry.version, entry.cells) for entry in preview.entries}


def taken(database, content, seen=None, by=OFFICE):
    with database.read() as tx:
        actor = an_actor(tx, by)
        seen = seen_in(previewed(tx, content, by)) if seen is None else seen
    return take_plan(database, actor, read_plan(content, 2026, actor), seen, lambda: NOW)


def told(preview):
    return {fault.place or f"{fault.sheet} {fault.row}": reason_of(fault) for fault in preview.faults}


def statuses(preview):
    return {entry.key: entry.status for entry in preview.entries}


def plan_of(tx, item_no):
    row = item_row(tx, item_no)
    return standing_plans(tx, [row.id])[row.id]


def test_a_blank_of_a_new_year_takes_a_new_item_with_its_plan(database):
    with database.read() as tx:
        content = filled(blank(tx), NEW)
        [entry] = previewed(tx, content).entries
    assert (entry.key, entry.status, entry.faults) == ("030", "new", ())
    assert [taken(database, content).count, taken(database, content).count] == [1, 0]
    with database.read() as tx:
        item, plan = item_row(tx, "030"), plan_of(tx, "030")
        assert (item.state, item.name, f"{item.planned_10k_yuan:.2f}") == ("proposed", "城区雨污分流", "800.50")
        assert [(row["code"], row["person"], row["rhythm"]) for row in plan["tasks"]] == [
            (EAST, "county-510402", "monthly"),
            (MIYI, "county-510421", "monthly"),
        ]
        assert plan["indicators"][0]["targets"] == {EAST: "12.5", MIYI: "3"}
        assert [(row["name"], row["planned_on"], row.get("after")) for row in plan["nodes"]] == [
            ("开工", "2026-04-30", None),
            ("竣工", "2026-10-31", "开工"),
        ]
        assert [(row["source"], row["planned_10k_yuan"]) for row in plan["funds"]] == [
            ("city", "300.00"),
            ("centre", "500.50"),
        ]
        assert statuses(previewed(tx, content)) == {"030": "same"}
    assert faults(database) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_exported_and_imported_changes_nothing(database, language):
    with database.write() as tx:
        an_item(tx)
        nodes = [PLAN["nodes"][0] | {"who": "施工单位", "needs_evidence": True}]
        funds = [row | {"mode": "以奖代补", "fiscal": False} for row in PLAN["funds"]]
        an_item(tx, "proposed", item_no="902", nodes=nodes, funds=funds)
        with in_language(language):
            preview = previewed(tx, blank(tx))
    assert statuses(preview) == {"901": "same", "902": "same"}


def test_a_blank_offers_what_there_is_to_choose_from_and_leaves_room_for_new_rows(town):
    with town.read() as tx, in_language("zh"):
        book = openpyxl.load_workbook(io.BytesIO(blank(tx, year=2027)))
    choices = {str(choice.sqref): choice.formula1 for choice in book["分项"].data_validations.dataValidation}
    assert choices["D5:D505"] == '"省级,市级,县（区）级"' and "道路通畅" in choices["C5:C505"]
    assert not any(worksheet.protection.sheet for worksheet in book.worksheets[:5])


def test_a_task_that_was_taken_over_without_a_person_changes_nothing(town):
    with pytest.raises(Undone), town.write() as tx:
        an_item(tx)
        tx.execute(delete(TASK_PEOPLE))
        assert statuses(previewed(tx, blank(tx))) == {"901": "same"}
        raise Undone


def test_a_change_of_a_proposed_plan_is_told_and_leaves_the_rest(database):
    with database.write() as tx:
        an_item(tx, "proposed")
        content = filled(blank(tx), {"时间节点": [["901", None, MIYI, "验收", "2026-12-01"]]})

    def change(book):
        book["任务"]["D3"] = "东区"
        book["资金来源"]["E3"] = 310
        book["指标"].delete_rows(3)

    content = filled(content, {}, change)
    with database.read() as tx, in_language("zh"):
        [entry] = previewed(tx, content).entries
    assert [(c.name.zh, c.label and c.label.zh, c.now, c.sent) for c in entry.changes] == [
        ("验收（米易县）", "计划日期", "", "2026-12-01"),
        ("市级资金（东区）", "计划金额", "300.00", "310.00"),
    ]
    assert taken(database, content).count == 1
    with database.read() as tx:
        assert len(plan_of(tx, "901")["indicators"][0]["targets"]) == 2
        assert [taken(database, content).count, statuses(previewed(tx, content))] == [0, {"901": "same"}]
    assert faults(database) == []


def changed(part, row, place, value):
    lines = deepcopy(NEW)
    lines[part][row] = [*lines[part][row], *[None] * 9]
    lines[part][row][place] = value
    return lines


@pytest.mark.parametrize(
    ("lines", "place", "reason"),
    [
        (changed("分项", 0, 2, "没有此类"), "分项!C5", "不在可选范围内"),
        (changed("分项", 0, 5, "没有此单位"), "分项!F5", "单位不存在"),
        (changed("分项", 0, 13, 800), "分项!N5", "合计"),
        (changed("分项", 0, 13, "800.555"), "分项!N5", "小数"),
        (changed("分项", 0, 0, "第三十号"), "分项!A5", ""),
        (changed("任务", 0, 2, "没有此县"), "任务!C3", "县"),
        (changed("任务", 0, 2, 510499), "任务!C3", "县"),
        (changed("任务", 0, 3, "没有此单位"), "任务!D3", "单位不存在"),
        (changed("任务", 0, 4, "没有此人"), "任务!E3", "没有这个人"),
        (changed("指标", 0, 3, None), "指标!D3", "必填"),
        (changed("指标", 1, 3, "米"), "指标!D4", "第 3 行"),
        (changed("指标", 0, 5, 12.55), "指标!F3", "小数"),
        (changed("时间节点", 1, 4, "2026-04-01"), "时间节点!E4", "开工"),
        (changed("时间节点", 1, 5, "奠基"), "时间节点!F4", ""),
        (changed("时间节点", 1, 3, "开工"), "时间节点!D4", "重复"),
        (changed("资金来源", 0, 3, "彩票"), "资金来源!D3", "不在可选范围内"),
        (changed("资金来源", 0, 4, -1), "资金来源!E3", ""),
        (changed("资金来源", 0, 0, "77"), "资金来源!A3", "2026"),
    ],
)
def test_what_cannot_be_is_refused_at_its_cell_and_nothing_is_imported(town, lines, place, reason):
    with town.read() as tx, in_language("zh"):
        content = filled(blank(tx), lines)
        reasons = told(previewed(tx, content))
    assert place in reasons and reason in reasons[place], reasons
    assert taken(town, content).count == 0


def test_of_several_items_the_right_ones_are_taken(database):
    with database.read() as tx:
        wrong = ["902", "西区道路", "没有此类", "市级", "工程建设", "市教育局"]
        content = filled(blank(tx), NEW | {"分项": [*NEW["分项"], wrong]})
    assert taken(database, content).count == 1
    with database.read() as tx:
        assert statuses(previewed(tx, content)) == {"030": "same", "902": "refused"}


def test_an_adopted_plan_and_the_fields_of_an_item_are_not_changed_by_a_sheet(database):
    def change(book):
        book["时间节点"]["E3"] = "2026-05-31"
        book["分项"]["B6"] = "改名"

    with database.write() as tx:
        an_item(tx)
        an_item(tx, "proposed", item_no="902")
        content = filled(blank(tx), {}, change)
    with database.read() as tx, in_language("zh"):
        preview = previewed(tx, content)
        assert statuses(preview) == {"901": "refused", "902": "refused"}
        assert list(told(preview)) == ["时间节点!E3", "分项!B6"]
        assert "新建农村公路" in told(preview)["分项!B6"]
    assert taken(database, content).count == 0


def test_what_somebody_changed_since_the_preview_is_shown_and_not_written_over(database):
    with database.write() as tx:
        an_item(tx, "proposed")

        def change(book):
            book["资金来源"]["E3"] = 310

        content = filled(blank(tx), {}, change)
        seen = seen_in(previewed(tx, content))
        funds = [PLAN["funds"][0] | {"planned_10k_yuan": "320"}, PLAN["funds"][1]]
        do(tx, LEAD, "assign", ON, PLAN | {"funds": funds}, at=when("2026-03-02", "10:00"))
    assert taken(database, content, seen).count == 0
    with database.read() as tx:
        [entry] = previewed(tx, content, seen=seen).entries
        assert entry.has_moved
        assert [(c.before, c.now, c.sent) for c in entry.changes] == [("300.00", "320.00", "310.00")]


def test_a_unit_plans_the_items_that_it_leads(database):
    with database.write() as tx:
        an_item(tx, "proposed")
        do(tx, OFFICE, "propose", "programme/2026/902", ROADS | {"lead_unit": "市住房城乡建设局"}, at=NOW)
        own = blank(tx, LEAD)
        assert [line["item_no"] for line in plan_blank(tx, an_actor(tx, LEAD), 2026).parts["items"]] == ["901"]
        theirs = {"任务": [["902", None, EAST, "东区", "county-510402"]]}
        more = [["903", "别家的", "道路通畅", "市级", "工程建设", "市住房城乡建设局"]]
        preview = previewed(tx, filled(own, theirs | {"分项": more}), LEAD)
        assert statuses(preview) == {"901": "same", "902": "refused", "903": "refused"}
        assert {entry.name for entry in preview.entries} == {"新建农村公路", "", "别家的"}
        with pytest.raises(Invalid, match="市教育局"):
            read_plan(own, 2026, an_actor(tx, OFFICE))


def test_a_sheet_of_another_year_or_without_its_heads_is_refused(database):
    with database.read() as tx, in_language("zh"):
        actor = an_actor(tx, OFFICE)
        with pytest.raises(Invalid, match="2027"):
            read_plan(filled(blank(tx, year=2027), NEW), 2026, actor)

        def change(book):
            book["任务"]["E2"] = "某人"

        with pytest.raises(Invalid) as refusal:
            read_plan(filled(blank(tx), NEW, change), 2026, actor)
        assert "任务" in str(refusal.value) and "责任人" in str(refusal.value)
        rows = "编号,任务代码,节点名称,计划日期\n" + "901,510402,验收,2026-12-01\n" * 20_000
        for content in (blank(tx), b"a,b\n1,2\n", rows.encode(), ole("Workbook"), xlsx("xl/vbaProject.bin")):
            with pytest.raises(Invalid):
                read_plan(content, 2026, actor)


def test_one_part_alone_will_do_as_csv(database):
    with database.write() as tx:
        an_item(tx, "proposed")
        content = "编号,任务代码,节点名称,计划日期\n901,东区,验收,2026.12.1\n".encode("gbk")
        assert statuses(previewed(tx, content)) == {"901": "changed"}
    assert taken(database, content).count == 1
    with database.read() as tx:
        assert [row["name"] for row in plan_of(tx, "901")["nodes"]] == ["开工", "竣工", "验收"]


def test_a_sheet_with_the_heads_of_an_earlier_release_is_read(database):
    with database.write() as tx:
        an_item(tx, "proposed")
        content = "Number,Task,Node,Planned day,After the node\n901,510402,Accepted,2026-12-01,竣工\n".encode()
        assert statuses(previewed(tx, content)) == {"901": "changed"}
    assert taken(database, content).count == 1
    with database.read() as tx:
        assert [(row["name"], row.get("after")) for row in plan_of(tx, "901")["nodes"]][-1] == ("Accepted", "竣工")
