"""The feed: what a line means, whose it is, and how it may be encoded."""

import json

import pytest
from sqlalchemy import func, select, update

from approvals.base.encoding import NOT_UTF8
from approvals.base.hashing import canonical, sha256
from approvals.filing.queries import TABLE
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
