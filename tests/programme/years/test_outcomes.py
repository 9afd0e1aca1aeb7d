"""Outcomes are stated once with their source, corrected with a reason, and read as they were known on any day."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from approvals.base.database import Database
from approvals.base.errors import Forbidden, Invalid
from approvals.programme.years.outcomes import outcomes_of
from tests.support.builders import do, when
from tests.support.programme_moves import OFFICE, YEAR, an_item

AIR = {"category": "生态环境", "name": "PM10年均浓度", "unit": "毫克/立方米", "period": "1—11月", "value": "0.083"}
AIR |= {"change": "-8.8", "source": "市生态环境局"}


def state(tx: Connection, day: str, **changes: str) -> None:
    do(tx, OFFICE, "record_outcome", YEAR, AIR | changes, at=when(day))


def test_an_outcome_is_corrected_by_a_newer_statement_with_a_reason(database: Database) -> None:
    with database.write() as tx:
        an_item(tx)
        state(tx, "2026-05-04")
        state(tx, "2026-05-04", name="优良天数比例", unit="%", value="91.1", change="+0.5")
        with pytest.raises(Invalid) as refusal:
            state(tx, "2026-05-05", value="0.084")
        assert list(refusal.value.fields) == ["reason"]
        state(tx, "2026-05-05", value="0.084", reason="国控站点数据已复核")
        before, after = (outcomes_of(tx, 2026, date(2026, 5, day)) for day in (4, 5))
        assert [(row.value, row.change) for row in before] == [
            (Decimal("0.083"), Decimal("-8.8")),
            (Decimal("91.1"), Decimal("0.5")),
        ]
        assert (after[0].value, after[0].reason) == (Decimal("0.084"), "国控站点数据已复核")
        assert outcomes_of(tx, 2026, date(2026, 5, 3)) == outcomes_of(tx, 2025, date(2026, 5, 5)) == ()


@pytest.mark.parametrize(
    ("field", "value"), [("value", "-1"), ("value", ""), ("change", "8,8"), ("change", "5.123"), ("category", "天气")]
)
def test_an_outcome_that_cannot_be_is_refused_at_its_field(database: Database, field: str, value: str) -> None:
    with database.write() as tx:
        an_item(tx)
        with pytest.raises(Invalid) as refusal:
            state(tx, "2026-05-04", **{field: value})
    assert list(refusal.value.fields) == [field]


def test_outcomes_are_stated_by_the_office_alone(database: Database) -> None:
    with database.write() as tx:
        an_item(tx)
        with pytest.raises(Forbidden):
            do(tx, "owner1", "record_outcome", YEAR, AIR, at=when("2026-05-04"))
