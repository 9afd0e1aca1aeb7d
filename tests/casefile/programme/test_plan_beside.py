"""The plan of an item beside last year's: the one of its name, else those of its category, else nothing."""

from approvals.casefile.programme.outlook import outlook_of
from approvals.casefile.programme.plan_beside import plan_beside
from approvals.projects.programme_figures import year_facts
from tests.support.builders import an_actor, do, when
from tests.support.programme_moves import EAST, LEAD, OFFICE, ON, PLAN, REPORTER, ROADS, cells
from workflows.rules.programme_facts import Sight

LAST_YEARS = "programme/2025/801"


def last_years_roads(tx):
    """Two nodes in 2025, one of them reached in May."""
    nodes = [row | {"planned_on": row["planned_on"].replace("2026", "2025")} for row in PLAN["nodes"]]
    do(
        tx,
        OFFICE,
        "propose",
        LAST_YEARS,
        ROADS | {"starts_on": "2025-01-01", "finishes_on": "2025-12-31"},
        at=when("2025-02-03"),
    )
    do(tx, LEAD, "assign", LAST_YEARS, PLAN | {"nodes": nodes}, at=when("2025-02-04"))
    do(tx, OFFICE, "adopt", LAST_YEARS, {}, at=when("2025-02-05"))
    entry, given = f"{LAST_YEARS}/{EAST}/2025-05", cells(nodes=[{"name": "开工", "reached_on": "2025-05-06"}])
    do(tx, REPORTER, "report", entry, given, at=when("2025-05-27"))
    do(tx, LEAD, "confirm", entry, {}, at=when("2025-05-28"))


def beside(tx, item_no):
    office, on = an_actor(tx, OFFICE), when("2026-03-05").date()
    facts = next(item for item in year_facts(tx, 2026, office).values() if item.item_no == item_no)
    return plan_beside(tx, NAMES[item_no], facts, office, on)


NAMES = {"901": ROADS["name"], "902": "村道硬化", "903": "校舍加固"}


def test_a_plan_stands_beside_its_like_of_the_year_before(database):
    late = [row | {"planned_on": "2026-11-20"} for row in PLAN["nodes"]]
    with database.write() as tx:
        last_years_roads(tx)
        for number, name in NAMES.items():
            on = ON.replace("901", number)
            fields = ROADS | {"name": name} | ({"category": "教育助学"} if number == "903" else {})
            do(tx, OFFICE, "propose", on, fields, at=when("2026-03-02"))
            do(tx, LEAD, "assign", on, PLAN | {"nodes": late}, at=when("2026-03-03"))
        same, alike, other = (beside(tx, number) for number in NAMES)
        assert same.is_tight and [str(share) for share in same.planned] == ["0.0000", "0.0000", "0.0000", "1.0000"]
        assert same.last_year and [str(share) for share in same.last_year.shares] == ["0.0000", *["0.5000"] * 3]
        assert (same.last_year.is_same, alike.last_year.is_same, alike.last_year.items) == (True, False, 1)
        assert other.last_year is None
        office, on = an_actor(tx, OFFICE), when("2026-03-05").date()
        outlook = outlook_of(tx, 2026, office, year_facts(tx, 2026, office), Sight(on, on))
        told = [(row.item_no, str(row.last_quarter), str(row.last_year)) for row in outlook.tight]
        assert told == [
            ("901", "1.0000", "0.0000"), ("902", "1.0000", "0.0000"), ("903", "1.0000", "None"),
        ]  # fmt: skip
