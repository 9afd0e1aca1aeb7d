"""A changed policy over a month of the record: the current one gives what the record holds, and nothing is written."""

from collections import Counter
from datetime import date

import orjson
import pytest
from sqlalchemy import func, select

from approvals.base.columns import METADATA
from approvals.base.moments import read_month
from approvals.history.record import ENTRY
from approvals.supervision.simulation import simulate
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_project, an_approval, do, walk, when
from workflows.config import DATA
from workflows.config.policy import load_policy, read_policy

MARCH = read_month("2026-03")
TEXT = (DATA / "policy.yaml").read_text(encoding="utf-8")


def lived(database):
    """A month of a small city, swept each evening: silence, late answers, commitments kept and broken, a pause."""
    with database.write() as tx:
        for day in ("02", "03", "05"):
            an_approval(tx, "accepted", at=when(f"2026-03-{day}"))
        walk(tx, a_project(tx, "registered", at=when("2026-03-03")), "A01", ("submit",))
        on_time = an_approval(tx, "accepted", at=when("2026-03-04"))
        broken = an_approval(tx, "accepted", at=when("2026-03-04", "11:00"))
        joint = a_project(tx, "registered", at=when("2026-03-02", "15:00"))
        do(tx, "office1", "manage_jointly", joint)
        by_hand = an_approval(tx, "accepted", ref=joint)
        do(tx, "head-a05", "raise_jointly", by_hand, at=when("2026-03-03"))
    for day in range(2, 32):
        if day == 10:
            with database.write() as tx:
                for ref, until in ((on_time, "2026-03-20"), (broken, "2026-03-11")):
                    values = {"reason": "专家出差", "commitment_on": until}
                    do(tx, "window-a01", "answer", ref, values, at=when("2026-03-10", "10:00"))
        if day == 18:
            with database.write() as tx:
                do(tx, "window-a01", "grant", on_time, at=when("2026-03-18"))
        sweep(database, when(f"2026-03-{day:02}", "20:00"), lambda: NOW)


@pytest.fixture
def city(database):
    lived(database)
    return database


def recorded(database, month="2026-03"):
    """What the record says was raised, lifted and shown in this month, counted without any code of the trial."""
    moves = {"raise": "raise", "raise_jointly": "raise", "lift": "lift", "show_card": "show_card"}
    counts = Counter()
    with database.read() as tx:
        for row in tx.execute(select(ENTRY).where(ENTRY.c.subject.in_(("escalation", "card"))).order_by(ENTRY.c.id)):
            facts = orjson.loads(row.facts)
            if row.move in moves and facts["on"].startswith(month):
                counts[moves[row.move], str(facts.get("rule", facts.get("level")))] += 1
    return counts


def tried(city, old="", new="", today=date(2026, 11, 20)):
    """The policy, with `new` in place of `old`, tried over March."""
    with city.read() as tx:
        return simulate(tx, read_policy(TEXT.replace(old, new)) if old else load_policy(), MARCH, today)


def rows(database):
    """How many rows each table has, and the whole record."""
    with database.read() as tx:
        counts = {t.name: tx.execute(select(func.count()).select_from(t)).scalar_one() for t in METADATA.sorted_tables}
        return counts, [tuple(row) for row in tx.execute(select(ENTRY).order_by(ENTRY.c.id))]


def test_the_current_policy_gives_exactly_what_the_record_holds_and_writes_nothing(city):
    before = rows(city)
    result = tried(city)
    assert (result.more, result.fewer) == ((), ())
    real = recorded(city)
    assert {(line.move, line.name): line.real for line in result.lines if line.real} == dict(real)
    assert all(line.real == line.tried for line in result.lines)
    assert result.same == real.total() > 20
    assert {level for move, level in real if move == "raise"} == {"1", "2", "3", "4"}
    assert rows(city) == before


def test_a_longer_time_to_answer_lifts_less_and_a_commitment_goes_on_counting(city):
    result = tried(city, "normal: 3", "normal: 30")
    lifted = {line.name: (line.real, line.tried) for line in result.lines if line.move == "lift"}
    assert lifted["1"][1] == 1 < lifted["1"][0], "only the commitment that was broken still lifts"
    assert {event.move for event in result.fewer} == {"lift", "raise"}
    assert {event.move for event in result.more} == {"raise"}, "by the light, on a later day than by the lifting"


def test_a_rule_without_a_colour_shows_no_card(city):
    result = tried(city, "promised: yellow", "promised: null")
    assert {(event.move, event.name) for event in result.fewer} == {("show_card", "promised")}
    assert len(result.fewer) == recorded(city)["show_card", "promised"] > 0
    assert result.more == ()


def test_an_earlier_reminder_raises_the_first_level_earlier(city):
    result = tried(city, "reminder_at: 1", "reminder_at: 3")
    earlier = {event.ref: event.on for event in result.more if (event.move, event.name) == ("raise", "1")}
    later = {event.ref: event.on for event in result.fewer if (event.move, event.name) == ("raise", "1")}
    assert earlier.keys() == later.keys() != set()
    assert all(earlier[ref] < later[ref] for ref in earlier)


def test_a_month_under_way_is_tried_up_to_today(city):
    result = tried(city, today=date(2026, 3, 9))
    assert result.until == date(2026, 3, 9)
    assert (result.more, result.fewer) == ((), ())
