"""The receipt of a filing on its owner's page, and its code where anybody verifies it."""

from io import BytesIO

from flask_openapi3 import OpenAPI
from pypdf import PdfReader

from approvals.filing.receipts import receipts_of
from tests.support.builders import FURTHER, project_row
from tests.support.desk import a_filing, the_database
from tests.support.documents import words
from tests.support.pages import Visitor, somebody


def test_the_owner_downloads_it_and_anybody_verifies_its_code(app: OpenAPI, owner: Visitor) -> None:
    ref = a_filing(
        app, "filed", name="东区小学", planned_start_on="2026-06-01", planned_finish_on="2027-05-31", **FURTHER
    )
    with the_database(app).read() as tx:
        receipt = receipts_of(tx, project_row(tx, ref).id)[0]
    path = f"/projects/{ref}/receipts/{receipt.seq}.pdf"

    assert path in owner.get(f"/projects/{ref}").text
    answer = owner.get(path)
    assert answer.mimetype == "application/pdf" and receipt.number in words(answer.data)
    assert len(PdfReader(BytesIO(answer.data)).pages) == 1, "the code stands with what was filed"
    assert owner.get(f"/projects/{ref}/receipts/99.pdf").status_code == 404
    assert somebody(app, "owner2").get(path).status_code == 404
    stranger = Visitor(app, "192.0.2.99")
    page = stranger.get(f"/verify/{receipt.code}").text
    assert receipt.number in page and "东区小学" in page
    assert "东区小学" not in stranger.get(f"/verify/{'0' * 16}").text
