"""The rows of the table, in the order in which they are measured."""

from tests.bench.measuring import Row
from tests.bench.rows_cases import whole_case
from tests.bench.rows_demo import example_year
from tests.bench.rows_grown import growth
from tests.bench.rows_growth import deep_page, month_figures, sweep_of_many
from tests.bench.rows_load import load
from tests.bench.rows_moves import move_on_postgres, move_on_sqlite
from tests.bench.rows_pages import pages
from tests.bench.rows_paper import brief, month_report
from tests.bench.rows_rules import chart_share, due_date
from tests.bench.rows_web import beside_bare_flask, beside_fsm, beside_viewflow, in_a_crowd

ROWS: dict[int | str, Row] = {
    row.number: row
    for row in (
        Row(1, "a move over JSON beside a bare Flask POST", beside_bare_flask),
        Row(2, "a move over JSON beside django-fsm-2", beside_fsm),
        Row(3, "a move over JSON beside viewflow.workflow", beside_viewflow),
        Row(4, "the slowest of many moves at once", in_a_crowd),
        Row(5, "a move in process, SQLite", move_on_sqlite),
        Row(6, "the chart's share of a move", chart_share),
        Row(7, "a whole case in process", whole_case),
        Row(8, "a move on PostgreSQL", move_on_postgres),
        Row(9, "a queue page deep in a grown city", deep_page),
        Row(10, "a sweep over a grown city", sweep_of_many),
        Row(11, "the figures of a month in a grown city", month_figures),
        Row(12, "a due date", due_date),
        Row(13, "the month's report as PDF", month_report),
        Row(14, "the brief as PDF", brief),
        Row(15, "the example year by the feed", example_year),
        Row("growth", "readings in cities of three sizes", growth),
        Row("pages", "the most used pages", pages),
        Row("load", "many people at once", load),
    )
}
