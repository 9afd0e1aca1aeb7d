"""Search among projects: by name, number and reference, however they are written."""

import pytest
from sqlalchemy import select

from approvals.base.errors import Invalid
from approvals.filing.queries import TABLE
from approvals.filing.search import owner_matches, project_matches
from tests.support.builders import GIVEN, do

NAME = "第二小学（扩建） ２期"
AS_TEXT = ("小学(扩建)", "第二小学(扩建)  2期", "【扩建】", "第二小\u200b学", "cb-001", "ＣＢ－００１")
AS_NUMBER = (
    *("攀挂〔2026〕1号", "攀挂（2026）1号", "攀挂（２０２６）１号", "攀挂[2026] 1号", "\u200b攀挂〔2026〕1号"),
    *("2026-1", "2026-00001", "510400-2026-00001", "00001", "1号", "第1号"),
)


@pytest.fixture
def registered(database):
    """A registered project, the first one, beside another one."""
    with database.write() as tx:
        do(tx, "owner1", "draft", "CB-001", GIVEN["draft"] | {"name": NAME})
        for username, move in (("owner1", "file"), ("office1", "classify"), ("centre1", "register")):
            do(tx, username, move, "CB-001")
        do(tx, "owner2", "draft", "AB-1", GIVEN["draft"])
    return database


def found(tx, condition):
    return list(tx.execute(select(TABLE.c.external_ref).where(condition).order_by(TABLE.c.id)).scalars())


def test_a_search_finds_a_project_however_it_is_written(registered):
    with registered.read() as tx:
        for search in (*AS_TEXT, *AS_NUMBER):
            assert found(tx, project_matches(search)) == ["CB-001"], search
        for search in ("11号", "2026-11", "2025-1", "第三小学", "%", "_", "小学__扩建"):
            assert found(tx, project_matches(search)) == [], search


def test_a_search_finds_an_owner_by_both_names(registered):
    with registered.read() as tx:
        for search in ("市教育局", "education", "EDUCATION　bureau"):
            assert found(tx, owner_matches(tx, search)) == ["CB-001"], search


def test_a_name_of_invisible_characters_is_refused(database):
    for name in ("\u200b", "\u3164 \u3164", "\u2800"):
        with pytest.raises(Invalid) as refusal, database.write() as tx:
            do(tx, "owner1", "draft", "CB-001", GIVEN["draft"] | {"name": name})
        assert list(refusal.value.fields) == ["name"]
