"""Pages of a list that is whole in memory."""

import pytest

from approvals.base.errors import Invalid
from approvals.base.pagination import PAGE, part_of, write_cursor


def test_pages_hold_each_row_once_in_order() -> None:
    rows, seen, cursor = range(2 * PAGE + 1), [], ""
    while cursor is not None:
        page = part_of(rows, cursor)
        seen += page.rows
        cursor = page.next_cursor
    assert seen == list(rows)


@pytest.mark.parametrize("cursor", ["x", write_cursor("a"), write_cursor(1, 2)])
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        part_of([], cursor)
