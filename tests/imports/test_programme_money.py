"""Finance's sheet of a month: what agrees is confirmed, what differs is refused with both figures."""

import io

import openpyxl
import pytest

from approvals.base.errors import Invalid
from approvals.base.i18n import in_language
from approvals.exports.programme_money import write_money
from approvals.exports.programme_month import write_month
from approvals.imports.programme_money import read_money, take_money
from approvals.imports.sent_lines import reasons_of
from approvals.programme.sheets.money_form import money_blank, money_of_month
from approvals.programme.sheets.money_preview import preview_money
from approvals.programme.sheets.month_form import month_blank
from approvals.programme.sheets.previews import Seen
from tests.support.builders import an_actor, do, when
from tests.support.programme_moves import FINANCE, LEAD, REPORTER, an_item, cells, confirmed, entry_of, report

MAY, NOW = "2026-05", when("2026-05-29")
AGREEING, APRILS = (200, 150, 50.5), (200, 150, 40)
FIRST, FILLED = 6, 14  # row of the first line, first column that finance fills in


def blank(tx):
    return write_money(money_blank(tx, an_actor(tx, FINANCE), MAY))


def filled(content, *rows, change=lambda worksheet: None):
    """The sheet with finance's figures, row by row from the first."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for number, amounts in enumerate(rows, FIRST):
        for place, amount in enumerate(amounts, FILLED):
            book.worksheets[0].cell(number, place).value = amount
    change(book.worksheets[0])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def previewed(tx, content, seen=None):
    actor = an_actor(tx, FINANCE)
    sheet = read_money(content, "", actor)
    return preview_money(tx, actor, sheet.month, sheet.lines, seen)


def seen_in(preview):
    return {entry.key: Seen(entry.version, entry.cells) for entry in preview.entries}


def taken(database, content, seen=None):
    with database.read() as tx:
        actor = an_actor(tx, FINANCE)
        seen = seen_in(previewed(tx, content)) if seen is None else seen
    return take_money(database, actor, read_money(content, "", actor), seen, lambda: NOW)


@pytest.fixture
def sheet(database):
    """The money of three tasks of May, of which two are reported; April's of one is confirmed."""
    with database.write() as tx:
        an_item(tx)
        confirmed(tx, "2026-04", cells(paid="40"))
        report(tx)
        second, _third = an_item(tx, item_no="902"), an_item(tx, item_no="903")
        do(tx, REPORTER, "report", entry_of(MAY, second), cells(), at=when("2026-05-27"))
        return blank(tx)


def test_a_blank_has_all_fund_lines_with_last_months_and_the_reported_figures_beside(sheet):
    worksheet = openpyxl.load_workbook(io.BytesIO(sheet)).worksheets[0]
    rows = list(worksheet.iter_rows(min_row=FIRST, values_only=True))
    nothing = (None, None, None)
    assert [(row[0], row[5], row[6], row[7:10], row[10:13], row[13:16]) for row in rows] == [
        ("901", "市级资金", 300, APRILS, AGREEING, nothing),
        ("902", "市级资金", 300, nothing, AGREEING, nothing),
        ("903", "市级资金", 300, nothing, nothing, nothing),
    ]
    assert worksheet.protection.sheet
    assert [worksheet.cell(FIRST, place).protection.locked for place in (8, 11, 14)] == [True, True, False]


def test_what_agrees_is_confirmed_once_and_what_differs_is_told_with_both_figures(database, sheet):
    content = filled(sheet, AGREEING, (200, 150, 49), (10, 0, 0))
    with database.read() as tx, in_language("zh"):
        preview = previewed(tx, content)
    assert [entry.status for entry in preview.entries] == ["new", "refused", "refused"]
    assert reasons_of(preview.faults) == {
        7: "P7: 本表为 49.00，月报为 50.50",
        8: "N8: 该任务尚未报送，报送后请再次上传本表。",
    }
    assert [taken(database, content).count, taken(database, content).count] == [1, 0]
    with database.read() as tx:
        assert [entry.status for entry in previewed(tx, content).entries] == ["same", "refused", "refused"]
        assert [entry.status for entry in previewed(tx, blank(tx)).entries] == ["same", "blank", "blank"]


def test_what_was_confirmed_and_reported_anew_is_told_from_and_to(database):
    with database.write() as tx:
        an_item(tx)
        report(tx)
        content = filled(blank(tx), AGREEING)
    assert taken(database, content).count == 1
    with database.write() as tx:
        report(tx, given=cells(paid="60"), at=when("2026-05-30"))
        [entry] = previewed(tx, filled(content, (200, 150, 60))).entries
    assert (entry.status, [(c.label.zh, c.now, c.sent) for c in entry.changes]) == (
        "changed",
        [("支付", "50.50", "60.00")],
    )


def test_what_cannot_be_is_refused_at_its_cell(database, sheet):
    with database.read() as tx, in_language("zh"):
        for paid in (None, -1, "50.505", 10**9):
            preview = previewed(tx, filled(sheet, (200, 150, paid)))
            assert [entry.status for entry in preview.entries] == ["refused", "blank", "blank"]
            assert reasons_of(preview.faults)[FIRST].startswith("P6: ")


def test_an_entry_reported_again_since_the_preview_is_shown_and_not_confirmed(database, sheet):
    content = filled(sheet, AGREEING)
    with database.write() as tx:
        seen = seen_in(previewed(tx, content))
        report(tx, given=cells("4.0"), at=when("2026-05-28"))
    assert taken(database, content, seen).count == 0
    with database.read() as tx:
        assert not any(task.is_confirmed for task in money_of_month(tx, an_actor(tx, FINANCE), MAY))
        entry = previewed(tx, content, seen).entries[0]
        assert (entry.status, entry.has_moved) == ("new", True)


def test_a_source_without_a_figure_stays_blank(database):
    with database.write() as tx:
        an_item(tx)
        given = {"quantities": {"里程": "3.5"}, "funds": [], "no_figure": {"city": "财政未对账"}}
        report(tx, given=given)
        told = reasons_of(previewed(tx, filled(blank(tx), (1, 1, 1))).faults)
    assert "财政未对账" in told[FIRST]


def test_a_row_of_a_source_or_task_that_there_is_not_is_refused(database, sheet):
    def change(worksheet):
        worksheet["F6"], worksheet["A7"] = "彩票", "909"

    content = filled(sheet, AGREEING, AGREEING, change=change)
    with database.read() as tx, in_language("zh"):
        told = reasons_of(previewed(tx, content).faults)
    assert told[6].startswith("F6: ") and told[7].startswith("A7: ")
    assert taken(database, content).count == 0


def test_a_units_sheet_is_not_finances(database):
    with database.write() as tx:
        an_item(tx)
        other = write_month(month_blank(tx, an_actor(tx, REPORTER), MAY, when("2026-05-27")))
        for by in (FINANCE, LEAD):
            with pytest.raises(Invalid):
                read_money(other, "", an_actor(tx, by))
