"""The sheet of a unit's month: downloaded, filled in, previewed and taken; what cannot be is told at its cell."""

import io
from datetime import date

import openpyxl
import pytest

from approvals.base.errors import Invalid
from approvals.base.i18n import in_language
from approvals.exports.programme_month import write_month
from approvals.exports.returned_sheets import returned
from approvals.imports.programme_month import read_month, take_month
from approvals.imports.sent_lines import reasons_of
from approvals.programme.sheets.month_form import month_blank
from approvals.programme.sheets.month_preview import preview_month
from approvals.programme.sheets.previews import Seen
from tests.support.builders import an_actor, do, when
from tests.support.programme_moves import (
    EAST,
    LEAD,
    MIYI,
    OFFICE,
    REPORTER,
    an_item,
    cells,
    closed,
    entry_of,
    entry_row_of,
    report,
)

MAY = "2026-05"
NOW = when("2026-05-27")
FILLED = {"里程": {"quantity": 3.5}, "市级资金": {"allocated": 200, "received": 150, "paid": 50.5}}
HEADS = {"quantity": 15, "allocated": 16, "received": 17, "paid": 18, "reached_on": 19, "no_figure": 20, "reason": 21}


def blank(tx, by=REPORTER, month=MAY, now=NOW):
    return write_month(month_blank(tx, an_actor(tx, by), month, now))


def filled(content, lines=FILLED, change=lambda worksheet: None):
    """The sheet with these cells by the name of the line."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    worksheet = book.worksheets[0]
    for row in worksheet.iter_rows(min_row=6):
        for key, value in lines.get(row[5].value, {}).items():
            row[HEADS[key] - 1].value = value
    change(worksheet)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def previewed(tx, content, by=REPORTER, now=NOW, seen=None):
    actor = an_actor(tx, by)
    sheet = read_month(content, "", actor)
    return preview_month(tx, actor, sheet.month, sheet.lines, now, seen)


def seen_in(preview):
    return {entry.key: Seen(entry.version, entry.cells) for entry in preview.entries}


def taken(database, content, seen=None, now=NOW, by=REPORTER):
    with database.read() as tx:
        actor = an_actor(tx, by)
        seen = seen_in(previewed(tx, content, by, now)) if seen is None else seen
    return take_month(database, actor, read_month(content, "", actor), seen, lambda: now)


def reasons(preview):
    return reasons_of(preview.faults)


@pytest.fixture
def sheet(database):
    """A blank for the eastern county's only task."""
    with database.write() as tx:
        an_item(tx)
        return blank(tx)


def test_a_blank_has_only_the_units_tasks_with_the_month_before_locked_beside(database):
    with database.write() as tx:
        an_item(tx)
        report(tx, "2026-04")
        worksheet = openpyxl.load_workbook(io.BytesIO(blank(tx))).worksheets[0]
    rows = list(worksheet.iter_rows(min_row=6))
    assert [(row[0].value, row[2].value, row[5].value) for row in rows] == [
        ("901", EAST, name) for name in ("里程", "市级资金", "开工", "竣工")
    ]
    assert (rows[0][9].value, [cell.value for cell in rows[1][10:13]]) == (3.5, [200, 150, 50.5])
    assert rows[0][9].protection.locked and not rows[0][14].protection.locked
    assert worksheet.protection.sheet


def test_a_filled_sheet_is_previewed_and_taken(database, sheet):
    content = filled(sheet, FILLED | {"开工": {"reached_on": date(2026, 5, 4)}})
    with database.read() as tx:
        [entry] = previewed(tx, content).entries
    assert (entry.status, len(entry.changes), entry.faults) == ("new", 5, ())
    assert taken(database, content).count == 1
    with database.read() as tx:
        assert entry_row_of(tx, MAY).state == "reported"
        assert previewed(tx, content).entries[0].status == "same"


def test_a_sheet_sent_twice_changes_nothing(database, sheet):
    content = filled(sheet)
    with database.read() as tx:
        seen = seen_in(previewed(tx, content))
    assert [taken(database, content, seen).count, taken(database, content, seen).count] == [1, 0]
    assert taken(database, content).count == 0
    with database.read() as tx:
        assert entry_row_of(tx, MAY).version == 1


def test_what_is_exported_and_imported_changes_nothing(database):
    with database.write() as tx:
        an_item(tx)
        more = {"problems": ["两户未签约"], "next": "路面", "nodes": [{"name": "开工", "reached_on": "2026-05-04"}]}
        report(tx, given=cells(**more))
        for language in ("zh", "en"):
            with in_language(language):
                content = blank(tx)
            assert [entry.status for entry in previewed(tx, content).entries] == ["same"]


def test_a_change_is_told_from_and_to_and_leaves_what_the_sheet_does_not_say(database):
    with database.write() as tx:
        an_item(tx)
        report(tx, given=cells(next="路面", problems=["两户未签约"]))
        content = filled(blank(tx), {"里程": {"quantity": 4}})
        [entry] = previewed(tx, content).entries
        assert [(change.name.zh, change.now, change.sent) for change in entry.changes] == [("里程", "3.5", "4")]
    assert taken(database, content).count == 1
    with database.read() as tx:
        reported = entry_row_of(tx, MAY).reported
    assert "路面" in reported and "两户未签约" in reported


def test_what_somebody_changed_since_the_preview_is_shown_and_not_written_over(database, sheet):
    content = filled(sheet, FILLED | {"里程": {"quantity": 4}})
    with database.write() as tx:
        seen = seen_in(previewed(tx, content))
        report(tx, given=cells("3.0"))
    assert taken(database, content, seen).count == 0
    with database.read() as tx:
        [entry] = previewed(tx, content, seen=seen).entries
        assert entry.has_moved
        told = {
            change.name.zh: (change.before, change.now, change.sent) for change in entry.changes if not change.label
        }
        assert told == {"里程": ("", "3", "4")}
    assert taken(database, content).count == 1


def test_a_task_left_blank_is_left_alone(database, sheet):
    with database.read() as tx:
        assert [entry.status for entry in previewed(tx, sheet).entries] == ["blank"]
    assert taken(database, sheet).count == 0


@pytest.mark.parametrize(
    ("lines", "row", "reason"),
    [
        ({"里程": {"quantity": None}}, 6, "O6: 必填：填写数字、0，或说明无数据的原因"),
        ({"里程": {"quantity": "很多"}}, 6, "O6: 不是数字：很多"),
        ({"里程": {"quantity": 3.55}}, 6, "O6: 小数位数不得超过 1 位"),
        ({"里程": {"quantity": -1}}, 6, "O6: "),
        ({"里程": {"quantity": 3.5, "no_figure": "未测"}}, 6, "T6: 已有数据"),
        ({"里程": {"quantity": 3.5, "paid": 1}}, 6, "R6: "),
        ({"市级资金": {"paid": None}}, 7, "R7: 必填"),
        ({"市级资金": {"paid": 1.001}}, 7, "R7: "),
        ({"市级资金": {"paid": 10**9}}, 7, "R7: "),
        ({"竣工": {"reached_on": date(2026, 5, 20)}}, 9, "S9: "),
        ({"开工": {"reached_on": date(2026, 5, 28)}}, 8, "S8: "),
    ],
)
def test_what_cannot_be_is_refused_at_its_cell(database, sheet, lines, row, reason):
    content = filled(filled(sheet), lines)
    with database.read() as tx, in_language("zh"):
        preview = previewed(tx, content)
        told = reasons(preview)
    assert [entry.status for entry in preview.entries] == ["refused"]
    assert told[row].startswith(reason)
    assert taken(database, content).count == 0


def test_a_figure_that_falls_needs_a_reason(database):
    with database.write() as tx:
        an_item(tx)
        report(tx, "2026-04")
        content = filled(blank(tx), FILLED | {"里程": {"quantity": 2}})
        assert list(reasons(previewed(tx, content))) == [6]
    assert taken(database, filled(content, {"里程": {"reason": "核减"}})).count == 1


def test_figures_that_look_like_a_mistake_are_told_in_the_preview(database, sheet):
    content = filled(sheet, FILLED | {"市级资金": {"allocated": 50, "received": 150, "paid": 200}})
    with database.read() as tx:
        [entry] = previewed(tx, content).entries
    assert (entry.status, len(entry.warnings)) == ("new", 1)


def test_rows_may_be_missing_doubled_or_of_no_task(database, sheet):
    def change(worksheet):
        worksheet.delete_rows(7)
        for address, value in (("A9", "30"), ("C9", MIYI), ("E9", "数量"), ("F9", "里程")):
            worksheet[address] = value
        for place, cell in enumerate(worksheet[6], 1):
            worksheet.cell(10, place, cell.value)

    with database.read() as tx, in_language("zh"):
        told = reasons(previewed(tx, filled(sheet, change=change)))
    assert told == {9: "A9: 不是本单位 2026 年的任务", 10: "F10: 在表中重复，首次出现在第 6 行"}


def test_the_number_of_an_item_survives_as_a_number(database):
    with database.write() as tx:
        an_item(tx, item_no="030")

        def change(worksheet):
            for row in range(6, 10):
                worksheet.cell(row, 1).value, worksheet.cell(row, 3).value = 30, int(EAST)

        content = filled(blank(tx), change=change)
        assert [entry.status for entry in previewed(tx, content).entries] == ["new"]


def test_the_sheet_of_another_unit_or_month_is_refused(database, sheet):
    with database.write() as tx:
        other = blank(tx, f"county-{MIYI}", "2026-03")
        for content, chosen, words in ((other, "", "米易县"), (sheet, "2026-04", "2026-04")):
            with pytest.raises(Invalid) as refusal:
                read_month(content, chosen, an_actor(tx, REPORTER))
            assert words in str(refusal.value)


def test_a_sheet_without_identification_needs_a_month(database, sheet):
    book = openpyxl.load_workbook(io.BytesIO(filled(sheet)))
    del book["guahao"]
    output = io.BytesIO()
    book.save(output)
    with database.read() as tx:
        actor = an_actor(tx, REPORTER)
        with pytest.raises(Invalid):
            read_month(output.getvalue(), "", actor)
        assert read_month(output.getvalue(), MAY, actor).month == MAY


def test_a_closed_month_and_a_suspended_item_are_refused(database):
    with database.write() as tx:
        an_item(tx)
        content = filled(blank(tx))
        closed(tx, given=cells("3.0"))
        assert reasons(previewed(tx, content, now=when("2026-05-30"))).keys() == {6, 7, 8, 9}
        june = filled(blank(tx, month="2026-06", now=when("2026-06-27")))
        suspension = {"cause": "policy", "restart_steps": "等待", "review_on": "2026-07-01"}
        do(tx, OFFICE, "suspend", "programme/2026/901", suspension, at=when("2026-06-20"))
        assert previewed(tx, june, now=when("2026-06-27")).count("refused") == 1
        assert month_blank(tx, an_actor(tx, REPORTER), "2026-06", when("2026-06-27")).lines == ()


def test_an_entry_sent_back_is_reported_again(database, sheet):
    assert taken(database, filled(sheet)).count == 1
    content = filled(sheet, FILLED | {"里程": {"quantity": 4}})
    with database.write() as tx:
        do(tx, LEAD, "send_back", entry_of(MAY), {"reasons": "请核对"}, at=when("2026-05-27", "12:00"))
    assert taken(database, content, now=when("2026-05-28")).count == 1


def test_of_several_tasks_the_right_ones_are_taken_and_the_others_come_back(database):
    with database.write() as tx:
        an_item(tx)
        an_item(tx, item_no="902")
        content = filled(blank(tx), change=lambda worksheet: worksheet.cell(10, HEADS["quantity"], "很多"))
    assert taken(database, content).count == 1
    with database.read() as tx, in_language("zh"):
        actor = an_actor(tx, REPORTER)
        told = reasons(previewed(tx, content))
        back = returned(content, read_month(content, "", actor).place, told)
    assert list(told) == [10]
    worksheet = openpyxl.load_workbook(io.BytesIO(back)).worksheets[0]
    assert [row[21].value for row in worksheet.iter_rows(min_row=5, max_row=10)] == [
        *("退回原因", None, None, None, None),
        "O10: 不是数字：很多",
    ]
    again = filled(back, change=lambda worksheet: worksheet.cell(10, HEADS["quantity"], 7))
    assert taken(database, again).count == 1


def test_reports_are_entered_by_their_own_unit_alone(database, sheet):
    with database.read() as tx:
        assert month_blank(tx, an_actor(tx, LEAD), MAY, NOW).lines == ()
