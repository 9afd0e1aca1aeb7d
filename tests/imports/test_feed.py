"""The feed: what a line means, whose it is, and how it may be encoded."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from approvals.base.encoding import NOT_UTF8
from approvals.base.hashing import canonical, sha256
from approvals.filing.queries import TABLE, id_of
from approvals.history.queries import entries_of_project
from approvals.history.timeline import describe
from approvals.imports.feed import LINES, Feed
from approvals.imports.tables import ANYBODY
from tests.support.builders import GIVEN, NOW, an_actor

DRAFT = {
    "id": "e-1",
    "at": "2026-03-02T09:15:00+08:00",
    "by": "owner1",
    "move": "draft",
    "on": "ext-001",
    "with": GIVEN["draft"] | {"planned_10k_yuan": 1200},
}
FILE = {"id": "e-2", "at": "2026-03-02T09:20:00+08:00", "by": "owner1", "move": "file", "on": "ext-001"}


def outcomes(database, *lines, speaker=None):
    raw = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
    return list(Feed(database, lambda: NOW, speaker).take(raw))


def names(database, *lines, speaker=None):
    return [outcome.outcome for outcome in outcomes(database, *lines, speaker=speaker)]


@pytest.fixture
def integration(database):
    with database.read() as tx:
        return an_actor(tx, "integration1")


def test_a_byte_order_mark_loses_no_line(database):
    assert names(database, "\ufeff".encode() + json.dumps(DRAFT).encode(), FILE) == ["done", "done"]


def test_a_line_in_another_encoding_is_refused_with_its_encoding(database):
    refused, done = outcomes(database, json.dumps(DRAFT, ensure_ascii=False).encode("gbk"), DRAFT)
    assert (refused.outcome, str(refused.problem)) == ("refused", NOT_UTF8["GBK"])
    assert done.outcome == "done"


def test_a_line_written_otherwise_is_the_same_line(database):
    names(database, DRAFT, FILE)
    again = DRAFT | {"at": "2026-03-02T01:15:00Z", "with": DRAFT["with"] | {"planned_10k_yuan": 1200.0}}
    assert names(database, again, FILE | {"with": {}}, FILE | {"at": "2026-03-02T10:20:00.000+09:00"}) == ["known"] * 3
    assert names(database, FILE | {"at": "2026-03-02T09:20:01+08:00"}) == ["refused"]


def test_an_id_is_each_speakers_own(database, integration):
    mine = DRAFT | {"on": "ext-002", "with": DRAFT["with"] | {"name": "另一所小学"}}
    assert names(database, DRAFT) == ["done"]
    assert names(database, mine, speaker=integration) == ["done"]
    assert names(database, DRAFT) == names(database, mine, speaker=integration) == ["known"]


def test_a_line_of_before_speakers_were_written_down_is_known_to_everybody(database, integration):
    names(database, DRAFT)
    with database.write() as tx:
        tx.execute(update(LINES).values(speaker=ANYBODY, digest=sha256(canonical(DRAFT))))
    assert names(database, DRAFT) == names(database, DRAFT, speaker=integration) == ["known"]
    assert names(database, DRAFT | {"move": "edit"}) == ["refused"]
    with database.read() as tx:
        assert tx.execute(select(func.count()).select_from(TABLE)).scalar_one() == 1


def dated(minutes):
    """The draft as it is sent so many minutes after it happened."""
    return DRAFT | {"at": (NOW - timedelta(minutes=minutes)).isoformat()}


@pytest.mark.parametrize(
    ("minutes", "outcome"), [(0, "done"), (10, "done"), (10.1, "refused"), (60 * 24 * 30, "refused")]
)
def test_a_person_dates_a_move_of_their_own_back_by_minutes_alone(database, minutes, outcome):
    with database.read() as tx:
        owner = an_actor(tx, "owner1")
    (line,) = outcomes(database, dated(minutes), speaker=owner)
    assert line.outcome == outcome
    if outcome == "refused":
        assert line.problem.status == 409 and line.problem.field == "at"
        assert "at most 10 minutes" in str(line.problem)
        assert names(database, dated(0), speaker=owner) == ["done"], "the refused line took nothing"


def test_a_program_and_the_command_line_bring_records_of_before(database, integration):
    other = DRAFT | {"on": "ext-002", "with": DRAFT["with"] | {"name": "另一所小学"}}
    assert names(database, DRAFT) == names(database, other, speaker=integration) == ["done"]


@pytest.mark.parametrize(
    ("via", "minutes", "is_later"),
    [("token:1:x", 11, True), ("token:1:x", 10, False), ("cli", 60, False), ("page", 0, False), ("page", 60, True)],
)
def test_what_somebody_recorded_later_says_so(database, integration, via, minutes, is_later):
    from_there = None if via == "cli" else replace(integration, via=via)
    (line,) = outcomes(database, dated(minutes), speaker=from_there)
    with database.read() as tx:
        (entry,) = entries_of_project(tx, id_of(tx, line.ref, an_actor(tx, "office1")))
        (told,) = describe(tx, [entry])
    assert (entry.is_recorded_later, told.recorded_at) == (is_later, NOW if is_later else None)
