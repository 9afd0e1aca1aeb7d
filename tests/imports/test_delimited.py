"""CSV files: encodings, delimiters, and rows as spreadsheet programs count them."""

import pytest

from approvals.base.errors import Invalid
from approvals.imports.delimited import UNCLOSED, read_delimited
from approvals.imports.packages import NO_WORKBOOK


def texts(content):
    return {number: {place: cell.text for place, cell in cells.items()} for number, cells in read_delimited(content)}


def refusal(content):
    with pytest.raises(Invalid) as refused:
        read_delimited(content)
    return refused.value.fields["file"][0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_the_encoding_is_told(encoding):
    grid = read_delimited("编号,名称\r\n030,滨江路\r\n".encode(encoding))
    assert grid.rows[2][2].text == "滨江路"
    assert grid.encoding == {"gbk": "gb18030"}.get(encoding, encoding)


def test_a_record_of_several_lines_is_one_row():
    assert texts(b'a,"b\r\nc"\n\n,,\nd,e\n') == {1: {1: "a", 2: "b\nc"}, 4: {1: "d", 2: "e"}}


def test_a_text_that_kept_its_noughts_is_plain():
    assert texts(b'="030",=1+1\n')[1] == {1: "030", 2: "=1+1"}


def test_a_quotation_mark_that_is_not_closed_is_refused_with_its_row():
    assert refusal(b'a,b\n"c,d\n' + b"e,f\n" * 3) == (UNCLOSED, {"row": 2})
    assert refusal(b'a,b\n"c,d\n' + b"e,f\n" * 50_000) == (UNCLOSED, {"row": 2})


@pytest.mark.parametrize("content", [b"a\0b", b'{"a": 1}', b"<table>", b"%PDF-1.7", b"\xff\xff\xff"])
def test_what_is_no_table_is_refused(content):
    assert refusal(content) == (NO_WORKBOOK, {})


def test_too_many_rows_or_columns_cut_it():
    assert read_delimited(b"a\n" * 6000).excess == "rows"
    assert read_delimited(b"," * 400 + b"a\n").excess == "columns"
