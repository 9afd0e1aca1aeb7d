"""The current policy, tried over months of the example year, gives exactly what the year's record holds."""

from collections import Counter

import orjson
import pytest
from sqlalchemy import func, select

from approvals.base.moments import read_month
from approvals.history.record import ENTRY
from approvals.supervision.simulation import simulate
from tests.reports.conftest import ENDS, LivedYear
from workflows.config.policy import load_policy

MOVES = {"raise": "raise", "raise_jointly": "raise", "lift": "lift", "show_card": "show_card"}


@pytest.mark.parametrize("month", ["2026-06", "2026-10", "2026-11"])
def test_a_trial_of_the_current_policy_is_the_record_and_writes_nothing(year: LivedYear, month: str) -> None:
    real = Counter[tuple[str, str]]()
    with year.database.read() as tx:
        before = tx.execute(select(func.count(), func.max(ENTRY.c.hash)).select_from(ENTRY)).one()
        for row in tx.execute(select(ENTRY).where(ENTRY.c.subject.in_(("escalation", "card"))).order_by(ENTRY.c.id)):
            facts = orjson.loads(row.facts)
            if row.move in MOVES and facts["on"].startswith(month):
                real[MOVES[row.move], str(facts.get("rule", facts.get("level")))] += 1
        simulation = simulate(tx, load_policy(), read_month(month), ENDS.date())
        after = tx.execute(select(func.count(), func.max(ENTRY.c.hash)).select_from(ENTRY)).one()
    assert (simulation.more, simulation.fewer) == ((), ())
    assert {(line.move, line.name): line.tried for line in simulation.lines if line.tried} == dict(real)
    assert simulation.same == real.total() > 10
    assert before == after
