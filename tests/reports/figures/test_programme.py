"""The chapter on the year's programme: as of the period's last day, as known then, and equal to a recount."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from random import Random
from typing import Any

from approvals.base.database import Database
from approvals.base.moments import end_of
from approvals.reports.figures.compilation import compile_month, compile_period
from approvals.reports.figures.programme_chapter import programme_chapter
from approvals.reports.figures.programme_model import ProgrammeChapter
from approvals.reports.figures.serialization import checksum, from_json, to_json
from approvals.reports.figures.source_data import units_of
from approvals.reports.periods import bulletin_of, read_month
from tests.programme.random_years import RandomYear
from tests.programme.recount import Recount
from tests.programme.test_recount import month_ends, taken
from tests.support.extent import effort
from tests.support.programme import an_entry, an_item
from workflows.label import Label

FIRST = 2027  # each random year lives in a year of its own
EAST = Label("东区", "东区")


def chapter_of(database: Database, month: str) -> ProgrammeChapter:
    with database.read() as tx:
        chapter = compile_month(tx, month).programme
    assert chapter is not None
    return chapter


def test_a_city_without_a_programme_has_no_chapter(database: Database) -> None:
    with database.write() as tx:
        an_item(tx, "planned")
    with database.read() as tx:
        assert compile_month(tx, "2026-05").programme is None


def test_the_chapter_tells_of_the_last_day_of_the_month(database: Database) -> None:
    with database.write() as tx:
        an_entry(tx, an_item(tx), state="confirmed")
        an_item(tx, "adopted", "programme/2026/902", name="新建校舍")

    chapter = chapter_of(database, "2026-05")

    assert (chapter.year, chapter.on, chapter.time_share) == (2026, date(2026, 5, 31), "0.4167")
    assert (chapter.items.all, chapter.items.under_way, chapter.items.behind) == (2, 1, 1)
    assert asdict(chapter.money) == {
        **{"planned": "600.00", "allocated": "100.00", "received": "80.00", "paid": "50.50"},
        "execution_rate": "0.0842",
    }
    [county] = chapter.counties
    assert (county.key, county.label, county.items, county.money) == ("510402", EAST, chapter.items, chapter.money)
    assert (chapter.entries.due, chapter.entries.missing) == (6, 5)
    [lagging] = chapter.behind
    assert (lagging.item_no, lagging.name, lagging.lead.zh) == ("902", "新建校舍", "市教育局")
    assert (lagging.gap, lagging.node, lagging.days) == ("0.5000", "开工", 31)


def test_what_is_entered_later_leaves_the_figures_of_a_past_month(database: Database) -> None:
    with database.write() as tx:
        item = an_item(tx)
    with database.read() as tx:
        before = compile_month(tx, "2026-05")
    with database.write() as tx:
        an_entry(tx, item, "2026-06", "confirmed")
    with database.read() as tx:
        may, june = compile_month(tx, "2026-05"), compile_month(tx, "2026-06")
        second_quarter = compile_period(tx, bulletin_of(read_month("2026-06")))
    assert (may.programme, checksum(may)) == (before.programme, checksum(before))
    assert may.programme and may.programme.money.paid == "0.00"
    assert june.programme and june.programme.money.paid == "50.50"
    assert second_quarter.programme == june.programme
    assert from_json(to_json(june)) == june


def test_the_months_of_the_year_are_what_each_of_them_said(database: Database) -> None:
    with database.write() as tx:
        item = an_item(tx)
        an_entry(tx, item, "2026-05", "confirmed")
    with database.write() as tx:
        an_entry(tx, item, "2026-06", "confirmed")
    chapters = {month: chapter_of(database, month) for month in ("2026-04", "2026-05", "2026-06")}
    with database.read() as tx:
        months = compile_month(tx, "2026-06").programme_months
        assert compile_month(tx, "2026-05").programme_months == months[:-1]
    assert [month.paid == "0.00" for month in months[-3:]] == [True, False, False]
    for month in months[-3:]:
        chapter = chapters[month.month]
        money = chapter.money
        assert (month.planned, month.paid, month.execution_rate) == (money.planned, money.paid, money.execution_rate)
        assert month.time_share == chapter.time_share


def as_counted(chapter: ProgrammeChapter) -> dict[str, Any]:
    """The chapter in the shape of the recount."""
    figures: dict[str, Any] = asdict(chapter)
    figures["practical_matters"] = {"all": chapter.practical_matters, "done": chapter.practical_matters_done}
    return figures


def is_part(part: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    """Each of these figures is the same in the recount."""
    assert dict(part) == {name: whole[name] for name in part}


def test_a_recount_from_the_lines_equals_the_chapter(database: Database) -> None:
    for number in range(effort(2, 12)):
        year = FIRST + number
        recount = Recount(year, taken(database, RandomYear(year, Random(number)).lines()))
        for on in month_ends(year):
            counted = recount.figures(on, on)
            with database.read() as tx:
                chapter = programme_chapter(tx, on, units_of(tx, end_of(on)))
            assert (chapter is None) == (counted["items"]["all"] == 0)
            if chapter is None:
                continue
            told = as_counted(chapter)
            for part in ("items", "practical_matters", "money", "nodes", "entries", "coverage"):
                is_part(told[part], counted[part])
            counties = {row["key"]: row for row in told["counties"] if row["key"]}
            assert counties.keys() == counted["by_county"].keys()
            for code, row in counties.items():
                for part in ("items", "money", "nodes", "entries"):
                    is_part(row[part], counted["by_county"][code][part])
            assert len(chapter.behind) == chapter.items.behind
