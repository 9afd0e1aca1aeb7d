"""Reports of earlier editions of the figures read, show, print and verify as they were frozen.

The texts under `frozen/` were written by the editions that they name, over the March of a small city.
"""

import hashlib
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import orjson
import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import insert

from approvals.base.hashing import sha256
from approvals.base.i18n import in_language
from approvals.reports.document.department_report import department_document
from approvals.reports.document.figure_lines import line_page
from approvals.reports.document.report import Imprint, report_document, report_page
from approvals.reports.figures.model import EDITION, Figures
from approvals.reports.figures.serialization import checksum, from_json, frozen, has
from approvals.reports.lifecycle.queries import TABLE, report_violations
from approvals.web.public import verification as verify_routes
from tests.support.builders import NOW
from tests.support.desk import the_database
from tests.support.extent import ENGINES
from tests.support.pages import a_site, somebody

FROZEN = Path(__file__).parent / "frozen"
CHECKSUMS = {
    "2026-01": "bf6dba7ee3feb5d2128d439cad58c231875971354a1038a490a7642589f097df",
    "2026-02": "b467850160d0c1383b3a5f3a078dd16254dc20745a02fc1fc473a52edf235a8e",
    "2026-03": "7c28fc6850d7ecdb422aea09af03a444fbaa8226c7bdb3adcdc63704ef2c7ac2",
    "2026-04": "d51f29ff1efac8f560a1ab5d7faca410063a92da0d51740966ce4a2c87feb3fd",
    "2026-05": "43199cec280b134b69e43e07f258f679ed7a86767d4126a2e200b08f0c8b808d",
    "2026-06": "a8d61672881e3d7228a148e7dbbbb6cbb2c7088ef4db56c35b338f4bb9daa479",
}
IMPRINT = Imprint("攀挂报〔2026〕1号", date(2026, 4, 2))
OF_THIRD, OF_FOURTH = {"orders", "order-list", "words", "decision-days"}, {"completions"}  # tables that came with them
OF_FIFTH, OF_SIXTH = {"offices"}, {"programme-counties", "programme-behind"}
OF_SEVENTH = {"causes-time", "causes-answer", "programme-months"}
NOT_YET = {  # the tables that an edition did not know
    **dict.fromkeys(("2026-01", "2026-02"), OF_THIRD | OF_FOURTH | OF_FIFTH | OF_SIXTH | OF_SEVENTH),
    **{"2026-03": OF_FOURTH | OF_FIFTH | OF_SIXTH | OF_SEVENTH, "2026-04": OF_FIFTH | OF_SIXTH | OF_SEVENTH},
    **{"2026-05": OF_SIXTH | OF_SEVENTH, "2026-06": OF_SEVENTH},
}


def text_of(edition: str) -> str:
    return (FROZEN / f"{edition}.json").read_text(encoding="utf-8")


def figures_of(edition: str) -> Figures:
    return from_json(orjson.loads(text_of(edition)))


@pytest.mark.parametrize("edition", CHECKSUMS)
def test_figures_of_an_earlier_edition_freeze_to_the_very_text_that_they_were(edition: str) -> None:
    figures = figures_of(edition)
    assert figures.edition == edition
    assert frozen(figures) == text_of(edition)
    assert checksum(figures) == sha256(text_of(edition)) == CHECKSUMS[edition]


@pytest.fixture(scope="module", params=ENGINES)
def app(request: pytest.FixtureRequest, make_database) -> Iterator[OpenAPI]:  # type: ignore[no-untyped-def]
    with a_site(make_database(request.param), now=NOW) as app:
        yield app


@pytest.mark.parametrize("spoken", ["zh_Hans", "en"])
@pytest.mark.parametrize("edition", CHECKSUMS)
def test_they_say_nothing_of_what_their_edition_did_not_know(app: OpenAPI, edition: str, spoken: str) -> None:
    figures = figures_of(edition)
    with app.app_context(), in_language(spoken):
        page = report_page(figures)
        own = department_document(figures, figures.departments[0].key)
    tables = {table.key for section in page.sections for table in section.tables}
    assert not tables & NOT_YET[edition]
    assert "late" in tables
    assert ("cards" in tables, "service" in tables) == (edition != "2026-01", edition != "2026-01")
    if edition < "2026-03":
        assert not OF_THIRD & {table.key for chapter in own.chapters for table in chapter.tables}
        names = {one.name.partition(".")[0] for one in line_page(figures, "city", "city").figures}
        assert not names & {"orders", "cards", "service"}


def test_the_edition_of_today_has_all_of_it(app: OpenAPI) -> None:
    assert EDITION not in CHECKSUMS
    third = ("orders", "card_departments", "joint", "decision_days", "permit_projects.needed")
    for part in (
        "oversight",
        *third,
        "completions",
        "completions_before",
        "completed_projects",
        "offices",
        "programme",
        *("year_ago", "causes", "programme_months"),
    ):
        assert has(from_json(orjson.loads(text_of("2026-02")) | {"edition": EDITION}), part)


def test_what_came_with_the_fourth_edition_is_no_part_of_the_third() -> None:
    third, fourth = (replace(figures_of("2026-02"), edition=edition) for edition in ("2026-03", "2026-04"))
    assert "orders" in orjson.loads(frozen(third)) and "owed" not in orjson.loads(frozen(third))
    assert "owed" in orjson.loads(frozen(fourth))
    shown = [{figure.name for figure in line_page(figures, "city", "city").figures} for figures in (third, fourth)]
    assert ["owed.late" in names for names in shown] == [False, True]


def test_the_offices_own_steps_came_with_the_fifth_edition() -> None:
    fourth, fifth = (replace(figures_of("2026-04"), edition=edition) for edition in ("2026-04", "2026-05"))
    assert ["offices" in orjson.loads(frozen(figures)) for figures in (fourth, fifth)] == [False, True]
    shown = [{figure.name for figure in line_page(figures, "city", "city").figures} for figures in (fourth, fifth)]
    assert ["offices.done" in names for names in shown] == [False, True]


def test_the_programme_came_with_the_sixth_edition() -> None:
    fifth, sixth = (replace(figures_of("2026-05"), edition=edition) for edition in ("2026-05", "2026-06"))
    assert ["programme" in orjson.loads(frozen(figures)) for figures in (fifth, sixth)] == [False, True]


def test_causes_came_with_the_seventh_edition() -> None:
    sixth, seventh = (replace(figures_of("2026-06"), edition=edition) for edition in ("2026-06", EDITION))
    for part in ("year_ago", "causes", "programme_months"):
        assert [part in orjson.loads(frozen(figures)) for figures in (sixth, seventh)] == [False, True]


def test_objections_and_what_a_bulletin_asks_by_came_with_the_seventh_edition() -> None:
    sixth, seventh = (replace(figures_of("2026-06"), edition=edition) for edition in ("2026-06", EDITION))
    for part in ("objections", "owed_answers", "rectification"):
        assert [part in orjson.loads(frozen(figures)) for figures in (sixth, seventh)] == [False, True]
        assert [has(figures, part) for figures in (sixth, seventh)] == [False, True]


def test_reports_issued_under_each_are_read_translated_and_verified(app: OpenAPI) -> None:
    """In the order of their numbers."""
    for edition in CHECKSUMS:
        issue_and_read(app, edition)


def issue_and_read(app: OpenAPI, edition: str) -> None:
    database, month = the_database(app), f"2026-{int(edition[-2:]) + 1:02}"
    pdf = f"%PDF-1.7 of {edition}".encode()
    with database.write() as tx:
        tx.execute(insert(TABLE), row_of(edition, month, pdf, number=int(edition[-1])))
    with database.read() as tx:
        assert list(report_violations(tx)) == []
    leader = somebody(app, "leader1")
    page = leader.get(f"/reports/monthly/{month}?chapter=all").text
    assert CHECKSUMS[edition] in page
    assert ("督办单逐件情况" in page, "办结的项目" in page) == (edition >= "2026-03", edition >= "2026-04")
    assert ("机关环节" in page, "section-programme" in page) == (edition >= "2026-05", edition >= "2026-06")
    assert leader.get(f"/reports/monthly/{month}.pdf").data == pdf
    with app.app_context(), in_language("en"):
        paper = report_document(figures_of(edition), IMPRINT)
    assert b64decode(paper.files[0].content).decode() == text_of(edition)
    assert dict(paper.proofs).popitem()[1] == CHECKSUMS[edition]
    key = figures_of(edition).departments[0].key
    for path in (f"departments/{key}", "city/city", "city/city/moves.accepted"):
        assert leader.get(f"/reports/monthly/{month}/{path}").status_code == 200, path
    verify_routes.PACE.forget()
    leader.get("/verify")
    assert "真实有效" in leader.post("/verify", {"file": (BytesIO(pdf), "report.pdf")}).text
    assert f"攀挂报〔2026〕{edition[-1]}号" in leader.get(f"/verify/{CHECKSUMS[edition][:16]}").text


def row_of(edition: str, month: str, pdf: bytes, number: int) -> dict[str, object]:
    figures = figures_of(edition)
    issued = {"state": "issued", "year": 2026, "number": number, "issued_at": NOW, "issued_by": "office1"}
    content = {"figures": text_of(edition), "figures_sha256": CHECKSUMS[edition], "chain_root": figures.chain_root}
    made = {"kind": "monthly", "period": month, "version": 2, "edition": "2026-01", "state_since": NOW}
    printed = {"pdf": pdf, "pdf_sha256": hashlib.sha256(pdf).hexdigest()}
    return issued | content | made | printed | {"compiled_at": NOW, "compiled_by": "office1"}
