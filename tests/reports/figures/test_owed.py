"""What acceptances left owed in a month: how much, and what became of it, each figure with its list."""

from datetime import date

from approvals.base.database import Database
from approvals.reports.figures.compilation import compile_month
from approvals.reports.figures.oversight_model import OwedCounts
from approvals.reports.lifecycle.drill_down import drill_down
from approvals.reports.periods import read_month
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, an_owing, do, when


def test_what_was_owed_counts_in_its_month_and_when_it_is_late(database: Database) -> None:
    with database.write() as tx:
        late, kept = an_owing(tx, until="2026-03-31"), an_owing(tx, until="2026-03-10")
        do(tx, "owner1", "supply_owed", kept)
        do(tx, "window-a03", "settle_owed", kept)
    sweep(database, when("2026-04-02", "01:00"), lambda: NOW)

    with database.read() as tx:
        march, april = compile_month(tx, "2026-03").owed, compile_month(tx, "2026-04").owed
        listed = drill_down(tx, read_month("2026-04"), "city", "city", "owed.late", today=date(2026, 5, 1))

    assert march.city == OwedCounts(left=2, supplied=1, settled=1)
    assert (april.city, april.city_before) == (OwedCounts(late=1), march.city)
    assert [(line.label.zh, line.now.left) for line in march.departments] == [("市生态环境局", 2)]
    assert [(row.code, row.on) for row in listed.page.rows] == [("A03", date(2026, 4, 1))]
    assert late != kept
