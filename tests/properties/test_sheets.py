"""What is written is read again, and the same rows read the same however they are laid out and typed."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.base.errors import Invalid
from approvals.base.i18n import in_language
from approvals.base.sheets import Column, SheetIdentity, read_identity
from approvals.exports.returned_sheets import returned
from approvals.exports.sheets import write_sheet
from approvals.imports.sheets import read_sheet
from tests.support.extent import effort
from tests.support.sheet_layouts import as_csv, disordered
from tests.support.workbooks import PRODUCERS, READ_BY_GNUMERIC, saved_again, saved_by_gnumeric, written_by
from workflows.label import Label

CENTRE, PROVINCE = Label("中央", "Centre"), Label("省级", "Province")
PAID = Label("支付", "Paid")
COLUMNS = (
    Column("number", Label("编号", "Number"), "code", width=3, needs_head=True, needs_value=True),
    Column("name", Label("名称", "Name"), needs_head=True),
    Column("people", Label("人数", "People"), "whole"),
    Column("centre", PAID, "amount", group=CENTRE),
    Column("province", PAID, "amount", group=PROVINCE),
    Column("count", Label("完成量", "Quantity"), "quantity", decimals=3, lowest=None),
    Column("finished_on", Label("完成日期", "Finished on"), "day"),
    Column("is_key", Label("重点", "Key"), "yes_no"),
)
_LETTERS = st.characters(exclude_categories=("C", "Z", "M"), exclude_characters="\u3164\uffa0\u115f\u1160\u2800")
TEXTS = st.text(_LETTERS, min_size=1, max_size=30).filter(lambda text: text == text.strip())
AMOUNTS = st.decimals(0, Decimal("999999999.99"), places=2, allow_nan=False)
ROWS = st.fixed_dictionaries(
    {
        "number": st.integers(0, 999).map("{:03}".format),
        "name": st.none() | st.builds("{}桥".format, TEXTS),
        "people": st.none() | st.integers(0, 999_999_999),
        "centre": st.none() | AMOUNTS,
        "province": st.none() | AMOUNTS,
        "count": st.none() | st.decimals(-999_999_999, 999_999_999, places=3, allow_nan=False),
        "finished_on": st.none() | st.dates(date(2000, 1, 1), date(2100, 12, 31)),
        "is_key": st.none() | st.booleans(),
    }
)
SOME_ROWS = st.lists(ROWS, min_size=1, max_size=6)
quietly = settings(max_examples=effort(30, 5_000), suppress_health_check=[HealthCheck.too_slow], deadline=None)


def values(content):
    sheet = read_sheet(content, COLUMNS)
    assert not sheet.has_faults, [(cell.address, str(cell.fault)) for row in sheet.rows for cell in row.faults]
    return [row.values for row in sheet.rows]


def normal(rows):
    """Texts in one Unicode form, as they are read."""
    return [row | {"name": row["name"] and normalize("NFC", row["name"])} for row in rows]


@quietly
@given(SOME_ROWS, st.permutations(COLUMNS), st.sampled_from(["zh_Hans", "en"]))
def test_what_is_written_reads_the_same(rows, columns, language):
    with in_language(language):
        content = write_sheet(columns, rows, title="表")
    assert values(content) == normal(rows)


@pytest.mark.soak
@quietly
@given(SOME_ROWS)
def test_what_another_program_saves_reads_the_same(rows):
    assert values(saved_again(write_sheet(COLUMNS, rows, title="表"))) == normal(rows)


@st.composite
def layouts(draw):
    """Rows, and a sheet that an office made of them."""
    rows = draw(SOME_ROWS)
    return rows, disordered(draw, COLUMNS, rows)


@quietly
@given(layouts(), st.sampled_from(list(PRODUCERS.values())))
def test_a_disordered_sheet_reads_the_same(layout, producer):
    rows, lines = layout
    assert values(written_by(producer, lines)) == normal(rows)


@pytest.mark.soak
@settings(quietly, max_examples=200)
@given(layouts(), st.sampled_from(READ_BY_GNUMERIC))
def test_a_sheet_that_gnumeric_saved_reads_the_same(layout, producer):
    rows, lines = layout
    assert values(saved_by_gnumeric(written_by(producer, lines))) == normal(rows)


@quietly
@given(layouts(), st.sampled_from(["gb18030", "utf-8-sig", "utf-16"]), st.sampled_from(",;\t"))
def test_a_disordered_csv_reads_the_same(layout, encoding, delimiter):
    rows, lines = layout
    assert values(as_csv(lines, encoding, delimiter)) == normal(rows)


@quietly
@given(layouts(), st.sampled_from(list(PRODUCERS.values())), st.data())
def test_a_returned_sheet_reads_the_same(layout, producer, data):
    rows, lines = layout
    content = written_by(producer, lines)
    sheet = read_sheet(content, COLUMNS)
    reasons = data.draw(st.dictionaries(st.sampled_from([row.number for row in sheet.rows]), st.text(max_size=20)))
    assert values(returned(content, sheet.place, reasons)) == normal(rows)


@quietly
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_sheet_or_refused(content):
    with pytest.raises(Invalid):
        read_sheet(content, COLUMNS)


@quietly
@given(SOME_ROWS, st.data())
def test_a_damaged_workbook_is_read_or_refused(rows, data):
    content = bytearray(write_sheet(COLUMNS, rows, title="表"))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Invalid):
        read_sheet(bytes(content), COLUMNS)


@quietly
@given(st.builds(SheetIdentity, *[TEXTS] * 5), st.text(max_size=50))
def test_an_identification_is_read_again(identity, other):
    assert read_identity(identity.as_text()) == identity
    assert read_identity(other) is None
