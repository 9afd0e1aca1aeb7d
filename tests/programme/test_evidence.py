"""Evidence in the programme: asked for by nodes, cited by moves, told of when the same picture is used again."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Connection

from approvals.base.database import Database
from approvals.base.errors import Forbidden, Invalid, NotFound, Unconfirmed
from approvals.programme.evidence import evidence_content, evidence_of_entry, evidence_of_item
from approvals.programme.queries import entry_key
from tests.support.builders import a_database, an_actor, do, faults, when
from tests.support.evidence import a_photo
from tests.support.files import pdf
from tests.support.pictures import photo
from tests.support.programme_moves import (
    EAST,
    FINANCE,
    LEAD,
    MIYI,
    OFFICE,
    ON,
    PLAN,
    REPORTER,
    an_item,
    cells,
    entry_of,
    entry_row_of,
    report,
)

REACHED = [{"name": "开工", "reached_on": "2026-05-04"}]
CITED = ["kind", "name", "ref", "sha256", "size", "taken_on"]
KEY = entry_key(f"2026/901/{EAST}/2026-05")


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A city with an item whose start needs evidence; its files lie in the folder of the test."""
    database = a_database(database_url)
    with database.write() as tx:
        an_item(tx, nodes=[PLAN["nodes"][0] | {"needs_evidence": True}, PLAN["nodes"][1]])
    yield database
    assert faults(database, tmp_path) == []
    database.close()


def standing(tx: Connection, month: str = "2026-05", column: str = "reported") -> list[str]:
    """The references that the entry of the eastern county holds."""
    entry = orjson.loads(getattr(entry_row_of(tx, month), column))
    return [piece["ref"] for piece in entry.get("evidence", ())]


def test_a_node_that_needs_evidence_is_not_reached_without(database: Database, tmp_path: Path) -> None:
    with database.write() as tx:
        with pytest.raises(Invalid, match="“开工” is reached with evidence"):
            report(tx, given=cells(nodes=REACHED))
        ref = a_photo(tx, tmp_path, REPORTER)
        report(tx, given=cells(nodes=REACHED, evidence=[ref]))
        piece = orjson.loads(entry_row_of(tx, "2026-05").reported)["evidence"][0]
        assert (sorted(piece), piece["taken_on"]) == (CITED, "2026-05-04")
        report(tx, given=cells("4", nodes=REACHED), at=when("2026-05-28"))  # left out: it stays
        assert standing(tx) == [ref]
        with pytest.raises(Invalid, match="is reached with evidence"):
            report(tx, given=cells("4", nodes=REACHED, evidence=[]), at=when("2026-05-29"))
        report(tx, "2026-06", cells("5", nodes=REACHED))  # reached in May, with evidence then
        assert standing(tx, "2026-06") == []


def test_only_what_their_own_unit_or_another_system_sent_may_be_cited(database: Database, tmp_path: Path) -> None:
    with database.write() as tx:
        others = a_photo(tx, tmp_path, f"county-{MIYI}")
        for refs in ([others], ["e-0000000000000000"], [""" ' """]):
            with pytest.raises(Invalid) as refusal:
                report(tx, given=cells(evidence=refs))
            assert set(refusal.value.fields) == {"evidence.0"}
        by_system = a_photo(tx, tmp_path, "integration1", content=photo(2))
        own = a_photo(tx, tmp_path, REPORTER, "验收单.pdf", pdf())
        with pytest.raises(Invalid):
            report(tx, given=cells(evidence=[own, own]))
        report(tx, given=cells(evidence=[by_system, own]))
        assert standing(tx) == [by_system, own]
        with pytest.raises(Forbidden):
            a_photo(tx, tmp_path, FINANCE)


def test_the_same_file_of_the_same_person_is_one_piece(database: Database, tmp_path: Path) -> None:
    with database.write() as tx:
        first = a_photo(tx, tmp_path, REPORTER)
        assert a_photo(tx, tmp_path, REPORTER) == first
        assert a_photo(tx, tmp_path, REPORTER, "另名.jpg") != first
        assert a_photo(tx, tmp_path, f"county-{MIYI}") != first


def test_the_same_picture_used_twice_is_pointed_out_and_never_refused(database: Database, tmp_path: Path) -> None:
    """By the same file, and by the same pixels in another; to a page first, to programs with the answer."""
    with database.write() as tx:
        first = a_photo(tx, tmp_path, REPORTER)
        again = a_photo(tx, tmp_path, REPORTER, "又.jpg", photo(taken="2026:06:11 08:00:00"))
        assert report(tx, given=cells(evidence=[first])).warnings == ()
        with pytest.raises(Unconfirmed, match=r"“又\.jpg” is the same picture as one in 901 东区 2026-05"):
            report(tx, "2026-06", cells("4", evidence=[again]), confirmed=False)
        told = report(tx, "2026-06", cells("4", evidence=[first, again])).warnings
        assert [(w.params["name"], str(w.params["where"])) for w in told][:2] == [
            ("现场.jpg", "901 东区 2026-05"),
            ("又.jpg", "901 东区 2026-05"),
        ]
        assert told[2].params["where"].en == "the same report"
        other = an_item(tx, item_no="902")
        given = cells("4", evidence=[first])
        warning = do(tx, REPORTER, "report", entry_of("2026-05", other), given, at=when("2026-05-27")).warnings[0]
        assert warning.params["where"].en == "another item"
        told = [piece.same for piece in evidence_of_entry(tx, KEY, [{"evidence": [first]}], an_actor(tx, LEAD))]
        assert told == [("901 东区 2026-06", "902 东区 2026-05")]


def test_a_claim_cites_what_counties_sent(database: Database, tmp_path: Path) -> None:
    with database.write() as tx:
        ref, own = a_photo(tx, tmp_path, REPORTER), a_photo(tx, tmp_path, LEAD, "验收单.pdf", pdf())
        report(tx, given=cells(evidence=[ref]))
        claim = {"finished_on": "2026-06-01", "note": "已完工", "evidence": [ref, own]}
        warnings = do(tx, LEAD, "claim_done", ON, claim, at=when("2026-06-02")).warnings
        assert [warning.message for warning in warnings] == [
            "%(count)s targets or nodes are not met; the note says why."
        ]
        pieces = evidence_of_item(tx, 2026, "901", an_actor(tx, OFFICE))
        assert [(piece.ref, piece.month) for piece in pieces] == [(own, ""), (ref, ""), (ref, "2026-05")]
        assert [piece.ref for piece in evidence_of_item(tx, 2026, "901", an_actor(tx, REPORTER))] == [ref]


def test_an_amendment_brings_evidence_of_its_own(database: Database, tmp_path: Path) -> None:
    with database.write() as tx:
        ref = a_photo(tx, tmp_path, REPORTER)
        report(tx)
        do(tx, LEAD, "confirm", entry_of("2026-05"), {}, at=when("2026-05-28", "15:00"))
        do(tx, OFFICE, "close_month", "programme/2026", {"month": "2026-05"}, at=when("2026-05-28", "18:00"))
        given = cells("3.5", nodes=REACHED, reason="漏报开工")
        with pytest.raises(Invalid, match="is reached with evidence"):
            do(tx, REPORTER, "amend_entry", entry_of("2026-05"), given, at=when("2026-06-02"))
        do(tx, REPORTER, "amend_entry", entry_of("2026-05"), given | {"evidence": [ref]}, at=when("2026-06-02"))
        assert (standing(tx), standing(tx, column="amendment")) == ([], [ref])
        do(tx, LEAD, "confirm_amendment", entry_of("2026-05"), {}, at=when("2026-06-03"))
        assert standing(tx) == [ref]


# Whether somebody sees photograph, document and original of the eastern county's entry: yes, no.
SIGHT = {
    OFFICE: "yyy",
    "leader1": "yyn",
    "liaison1": "yyn",
    LEAD: "yyy",
    REPORTER: "yyy",
    f"county-{MIYI}": "nnn",
    "owner2": "nnn",
    FINANCE: "nyn",
}


def test_evidence_is_seen_with_its_entry_and_originals_by_those_concerned(database: Database, tmp_path: Path) -> None:
    with database.write() as tx:
        ref, paper = a_photo(tx, tmp_path, REPORTER), a_photo(tx, tmp_path, REPORTER, "凭证.pdf", pdf())
        report(tx, given=cells(evidence=[ref, paper]))
        for username, expected in SIGHT.items():
            actor, seen = an_actor(tx, username), ""
            for piece, kind in ((ref, "copy"), (paper, "copy"), (ref, "original")):
                try:
                    evidence_content(tx, 2026, "901", piece, actor, kind)
                    seen += "y"
                except NotFound:
                    seen += "n"
            assert seen == expected, username
            listed = [piece.ref for piece in evidence_of_item(tx, 2026, "901", actor)]
            assert listed == [r for r, mark in ((paper, expected[1]), (ref, expected[0])) if mark == "y"], username
