"""One search: what everybody finds, held against an oracle that reads all rows; what is exact first; what it costs."""

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, insert, select

from approvals.base.database import Database
from approvals.casefile.search.search import FEW, KINDS, LONGEST, MOST, search, search_fault
from approvals.filing.documents import DOCUMENTS
from tests.conftest import MakeDatabase
from tests.support.builders import a_database, an_actor, head, window
from tests.support.extent import ENGINES, effort
from tests.support.grown_programme import grow_programme
from tests.support.project_copies import copy_projects
from tests.support.search_oracle import World
from tests.support.searched_city import build
from tests.support.sql_recorder import Statement, recorded

READERS = (
    *("owner1", "owner2", "owner3", window("A01"), head("A01"), head("A02"), window("A02"), "liaison1", "centre1"),
    *("office1", "leader1", "finance1", "county-510402", "integration1", "sysadmin1", "secadmin1", "auditor1"),
)
NUMBERS = (
    *(
        "攀挂〔2026〕1号",
        "攀挂（２０２６）１ 号",
        "攀挂[2026]1号",
        "(2026)2",
        "2026-1",
        "２０２６－０００１",
        "2号",
        "第2号",
    ),
    *(
        "攀督〔2026〕2号",
        "督（2026）2号",
        "攀督【2026】３号",
        "攀备〔2026〕1号",
        "攀备(2026)4号",
        "攀挂报〔2026〕2号",
        "攀督通(2026)1号",
    ),
    *("510400-2026-00001/A01", "攀挂〔2026〕2号 a01", "CB-001 项目建议书", "2026年3月", "2026-03", "March 2026", "6月"),
    *(
        "攀挂告〔2026〕1号",
        "发改〔2026〕1号",
        "%",
        "_",
        "100%_",
        "'",
        "\\",
        "小学 二期",
        "小学(扩建) 2期",
        "pdf",
        "窗口",
        "提交申请",
    ),
)
MOST_STATEMENTS = 25
COPIES = effort(150, 5000)  # of each of two projects
EXAMPLES = effort(30, 1500)  # searches that are made up


@pytest.fixture(scope="module", params=ENGINES)
def searched(request: pytest.FixtureRequest, make_database: MakeDatabase) -> Iterator[Database]:
    """A city with something of every kind. Its reports have no contents, so it is not verified."""
    database = a_database(make_database(request.param))
    with database.write() as tx:
        build(tx)
    yield database
    database.close()


def found(tx: Connection, username: str, text: str) -> dict[str, set[str]]:
    """By kind the references of all hits."""
    results = search(tx, an_actor(tx, username), text, limit=1000)
    assert all(result.found.total == len(result.found.hits) for result in results)
    return {result.kind.name: {hit.ref for hit in result.found.hits} for result in results}


def made_up(world: World) -> list[str]:
    """Parts of what there is, as people write: in full width, with other brackets, in capitals, in two words."""
    chance, texts, searches = random.Random(17), world.texts(), []
    for _ in range(EXAMPLES):
        text = chance.choice(texts)
        start = chance.randrange(len(text))
        part = text[start : start + chance.choice((1, 2, 2, 3, 5, 20))]
        other = chance.choice(texts)[:2] if chance.random() < 0.15 else ""
        searches.append(f"{chance.choice(WAYS)(part)} {other}".strip())
    return [text for text in searches if not search_fault(text)]


WAYS = (
    str,
    str.upper,
    str.lower,
    lambda text: "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text),
    lambda text: text.translate(str.maketrans("（）〔〕()", "[]（）【】")),
    lambda text: f"　{text} ",
)


def test_everybody_finds_what_they_may_see_and_nothing_else(searched: Database) -> None:
    wrong = []
    with searched.read() as tx:
        world = World.read(tx)
        for username in READERS:
            reader = world.person(username)
            for text in (*NUMBERS, *made_up(world)):
                expected, actual = reader.finds(text), found(tx, username, text)
                if expected != actual:
                    wrong.append((username, text, expected, actual))
    assert wrong == []


def test_the_city_has_something_of_every_kind(searched: Database) -> None:
    with searched.read() as tx:
        kinds = {kind for text in ("小学", "2026", "局", "李", "a", "1") for kind in found(tx, "office1", text)}
    assert kinds == set(KINDS)


def test_another_owners_case_changes_no_number_order_or_error(searched: Database) -> None:
    """What owner3 finds is the same whether the others' cases are there or not: they are named alike."""
    with searched.read() as tx:
        own = [(r.kind.name, r.found) for r in search(tx, an_actor(tx, "owner3"), "第二小学")]
        assert [(kind, hits.total) for kind, hits in own if kind == "project"] == [("project", 1)]
        assert not any("owner1" in str(hits) or "2期" in str(hits) or "２期" in str(hits) for _, hits in own)
        assert search(tx, an_actor(tx, "owner3"), "东区污水处理厂管网") == []
        assert search(tx, an_actor(tx, "owner3"), "510400-2026-00001") == []


@pytest.mark.parametrize(
    ("text", "kind", "ref"),
    [
        ("攀挂〔2026〕2号", "project", "510400-2026-00002"),
        ("CB-001", "project", "510400-2026-00001"),
        ("2604-510400-04-01-123456", "project", "510400-2026-00001"),
        ("攀督（2026）2号", "order", "2026-2"),
        ("攀发改〔2026〕12号", "approval", "510400-2026-00002/A01"),
        ("攀挂〔2026〕1号 A01", "approval", "510400-2026-00001/A01"),
        ("2026-03", "report", "monthly/2026-03"),
        ("902", "item", "programme/2026/902"),
        ("liaison1", "person", "liaison1"),
    ],
)
def test_an_exact_number_goes_first(searched: Database, text: str, kind: str, ref: str) -> None:
    with searched.read() as tx:
        results = search(tx, an_actor(tx, "office1"), text)
    exact = [(result.kind.name, result.found.hits[0].ref) for result in results if result.is_exact]
    assert (kind, ref) in exact
    assert [result.is_exact for result in results] == sorted((r.is_exact for r in results), reverse=True)


def test_what_is_found_is_bounded_and_counted(searched: Database) -> None:
    with searched.read() as tx:
        office = an_actor(tx, "office1")
        few = {result.kind.name: result for result in search(tx, office, "a")}
        [people] = search(tx, office, "局", kind="unit", limit=MOST)
    assert all(len(result.found.hits) == min(FEW, result.found.total) for result in few.values())
    assert any(result.has_more for result in few.values())
    assert people.kind.name == "unit"
    assert people.found.total == len(people.found.hits) > FEW


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\x00", "a\nb", "\ud800", "小" * (LONGEST + 1)])
def test_what_cannot_be_searched_has_a_reason(text: str) -> None:
    assert search_fault(text) is not None
    assert search_fault("小" * LONGEST) is None


def test_a_search_asks_as_often_in_a_grown_city(database_url: str) -> None:
    writer, reader = a_database(database_url), Database(database_url)
    noted = recorded(reader.engine)
    with writer.write() as tx:
        build(tx)
    few = statements(reader, noted)
    with writer.write() as tx:
        copy_projects(tx, ["510400-2026-00001", "510400-2026-00002"], COPIES)
        grow_programme(tx, [2024, 2025], COPIES, tasks=1, months=1)
        many_documents(tx)
    assert statements(reader, noted) == few
    assert 0 < max(few.values()) <= MOST_STATEMENTS
    with reader.read() as tx:
        totals = {result.kind.name: result.found.total for result in search(tx, an_actor(tx, "office1"), "小学")}
    assert totals["project"] > COPIES
    for database in (writer, reader):
        database.close()


def statements(database: Database, noted: list[Statement]) -> dict[str, int]:
    """How often each of these readers' searches asks the database."""
    numbers = {}
    with database.read() as tx:
        for username in ("office1", "owner1", window("A01"), "sysadmin1"):
            actor = an_actor(tx, username)
            for text in ("小学", "项目建议书"):
                search(tx, actor, text)  # what the process keeps is kept
                noted.clear()
                search(tx, actor, text)
                numbers[f"{username} {text}"] = len(noted)
    return numbers


def many_documents(tx: Connection) -> None:
    """As many documents again as there are copies, of one project."""
    row = dict(tx.execute(select(DOCUMENTS).order_by(DOCUMENTS.c.id).limit(1)).one()._mapping)
    del row["id"]
    tx.execute(insert(DOCUMENTS), [row | {"uid": f"d-{number:016x}"} for number in range(COPIES)])
