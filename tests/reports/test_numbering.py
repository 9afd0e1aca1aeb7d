"""Numbers that are set on one sheet for all pages, and stamped: they stand where they would have stood."""

from collections.abc import Iterator

import pytest

from approvals.reports.composing import PART
from approvals.reports.numbering import numbers_of
from approvals.reports.pdf import AssetFetcher, Setter, lay_out
from tests.papers import a_document, placed, set_here

PLAIN = "<link rel='stylesheet' href='asset:paper.css'/>"
NUMBERED = "<link rel='stylesheet' href='asset:numbers.css'/>"
PAGES = 103  # numbers of one figure, two and three


def leaves(number: int) -> str:
    return "<p>甲</p>" + "<p style='break-before: page'>乙</p>" * (number - 1)


def marks(pdf: bytes) -> Iterator[tuple[str, float, float]]:
    for page in placed(pdf):
        yield from (one for one in page if "—" in one[0])


def test_a_number_stands_where_the_page_itself_would_set_it() -> None:
    stamped = set_here(a_document(PART + leaves(PAGES), PLAIN))
    bearing = set_here(a_document(leaves(PAGES), PLAIN + NUMBERED))
    assert stamped.pages == bearing.pages == PAGES
    expected = list(marks(bearing.pdf))
    assert [text for text, _x, _y in expected] == [f"— {number} —" for number in range(1, PAGES + 1)]
    for found, wanted in zip(marks(stamped.pdf), expected, strict=True):
        assert found[0] == wanted[0]
        assert found[1:] == pytest.approx(wanted[1:], abs=0.01)  # millimetres


def test_both_lanes_together_number_each_page_once() -> None:
    one, other = Setter(), Setter()
    assert one.numbers(1, 40) == [*other.numbers(1, 17), *other.numbers(18, 40)]


@pytest.mark.parametrize("lines", ["<p>甲</p><p>乙</p>", "<p><br/></p>"])
def test_a_sheet_that_has_not_a_line_on_each_leaf_is_refused(lines: str) -> None:
    html = a_document(lines, "<style>@page { size: A4 }</style>")
    sheet = lay_out(html, AssetFetcher())[0].write_pdf(uncompressed_pdf=True)
    with pytest.raises(ValueError, match="on 1 leaves"):
        numbers_of(sheet)
