"""The rows of the table, in the order in which they are measured."""

from tests.bench.measuring import Row
from tests.bench.rows_demo import example_year
from tests.bench.rows_moves import move_on_postgres, move_on_sqlite
from tests.bench.rows_rules import chart_share, due_date

ROWS = {
    row.number: row
    for row in (
        Row(5, "a move in process, SQLite", move_on_sqlite),
        Row(6, "the chart's share of a move", chart_share),
        Row(8, "a move on PostgreSQL", move_on_postgres),
        Row(12, "a due date", due_date),
        Row(15, "the example year by the feed", example_year),
    )
}
