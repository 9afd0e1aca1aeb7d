"""Evidence on pages: sent with a report, kept when something is refused, shown to those who see the entry."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask_openapi3 import OpenAPI
from PIL import Image
from werkzeug.test import TestResponse

from approvals.base.database import Database
from tests.support.builders import faults
from tests.support.files import pdf
from tests.support.pages import Visitor, somebody
from tests.support.pictures import GPS, heic, photo
from tests.support.programme import PLAN, ROAD, program
from tests.web.programme.test_months import CELLS, MAY

NEEDING = [PLAN["nodes"][0] | {"needs_evidence": True}, PLAN["nodes"][1]]
LARGE = photo() + b"\0" * 40 * 1024 * 1024
HINT = "报送达到“开工”须附佐证（照片或文件）"


@pytest.fixture
def item(database: Database, item: str) -> str:
    """Beside the item there is one whose start needs evidence."""
    ref = f"{ROAD[:-1]}2"
    with database.write() as tx:
        fields: dict[str, Any] = {"name": "农村公路养护", "category": "道路通畅", "level": "city", "kind": "works"}
        program(tx, "office1", "propose", ref, fields | {"lead_unit": "市教育局"}, "2026-03-02")
        program(tx, "office1", "assign", ref, PLAN | {"nodes": NEEDING}, "2026-03-03")
        program(tx, "office1", "adopt", ref, at="2026-03-04")
    return ref


PAGE = MAY.replace("/901/", "/902/")


def send(visitor: Visitor, *files: tuple[str, bytes], page: str = PAGE, **fields: Any) -> TestResponse:
    sent = {"evidence_file": [(io.BytesIO(content), name) for name, content in files]} if files else {}
    data = {**CELLS, "problems": "两户未签约", **fields, **sent}
    return visitor.post(f"{page}/moves/report", data, content_type="multipart/form-data")


def test_a_photograph_that_is_not_taken_loses_nothing_else_of_the_form(reporter: Visitor) -> None:
    """A HEIC, one of 40 MB, a text called a JPEG, beside one that is taken: each told, the good one kept."""
    assert "，须附佐证" in reporter.get(PAGE).text
    assert HINT in send(reporter).text
    reporter.get(PAGE)
    files = ("IMG_1.HEIC", heic()), ("大.jpg", LARGE), ("假.jpg", b"text"), ("现场.jpg", photo())
    refused = send(reporter, *files)
    assert refused.status_code == 422
    for told in ("“IMG_1.HEIC”：HEIC", "兼容性最佳", "“大.jpg”：文件超过 20 MB", "“假.jpg”：", "现场.jpg · "):
        assert told in refused.text
    assert 'value="50.50"' in refused.text and "两户未签约" in refused.text and 'value="2026-05-04"' in refused.text
    kept = refused.text.partition('name="evidence" value="')[2].partition('"')[0]
    assert send(reporter, evidence=kept).status_code == 303
    page = reporter.get(PAGE).text
    assert f'value="{kept}" checked' in page and f"evidence/{kept}/thumbnail" in page and "拍摄" in page


def test_a_form_that_is_sent_twice_has_one_effect(reporter: Visitor, database: Database, tmp_path: Path) -> None:
    reporter.get(PAGE)
    once = reporter.once_key()
    answers = [send(reporter, ("现场.jpg", photo()), once=once) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == ["/programme/month"] * 2
    assert reporter.get(PAGE).text.count("/thumbnail") == 1
    assert faults(database, tmp_path / "files") == []


def test_what_was_typed_beside_a_photograph_outlives_the_session(reporter: Visitor) -> None:
    reporter.get(PAGE)
    reporter.client.delete_cookie("guahao")
    data = {**CELLS, "problems": "两户未签约", "evidence_file": (io.BytesIO(photo()), "现场.jpg")}
    answer = reporter.client.post(
        f"{PAGE}/moves/report", data=data, headers={"Origin": "http://localhost"}, content_type="multipart/form-data"
    )
    assert answer.status_code == 401 and "两户未签约" in answer.text


def test_what_is_handed_out_is_the_copy_and_the_original_only_to_those_concerned(
    app: OpenAPI, reporter: Visitor, lead: Visitor, finance: Visitor
) -> None:
    reporter.get(PAGE)
    send(reporter, ("现场.jpg", photo()), ("凭证.pdf", pdf()))
    base = PAGE.partition("/510402")[0]
    refs = re.findall(r"/evidence/(e-[0-9a-f]+)/copy", lead.get(PAGE).text)
    photo_at, paper_at = (f"{base}/evidence/{ref}" for ref in dict.fromkeys(refs))
    answers = {
        at: lead.client.get(at, buffered=True)
        for at in (f"{photo_at}/copy", f"{paper_at}/copy", f"{photo_at}/original")
    }
    copy, paper, original = answers.values()

    assert not exif_in(copy) and exif_in(original).get_ifd(GPS)
    assert (copy.mimetype, paper.mimetype) == ("image/jpeg", "application/pdf")
    for answer, how in ((copy, "inline"), (paper, "attachment"), (original, "attachment")):
        assert answer.headers["Content-Disposition"].startswith(how)
        assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for visitor, statuses in ((somebody(app, "leader1"), [200, 200, 404]), (finance, [404, 200, 404])):
        assert [visitor.client.get(at, buffered=True).status_code for at in answers] == statuses
    assert lead.client.get(f"{photo_at}/other").status_code == 404


def exif_in(answer: TestResponse) -> Image.Exif:
    with Image.open(io.BytesIO(answer.data)) as image:
        return image.getexif()


def test_a_claim_goes_with_evidence(reporter: Visitor, lead: Visitor) -> None:
    reporter.get(PAGE)
    send(reporter, ("现场.jpg", photo()))
    at = "/programme/2026/items/902"
    given = {"finished_on": "2026-06-30", "note": "已完工", "confirmed": "yes"}
    given |= {"day_reason": "提前完工", "scope_reason": "竣工待下月报", "final_10k_yuan": "300", "scope": "全线"}
    lead.get(at)
    assert lead.post(f"{at}/moves/claim_done", given).status_code == 422
    files = {"evidence_file": [(io.BytesIO(pdf()), "验收单.pdf")]}
    claimed = lead.post(f"{at}/moves/claim_done", {**given, **files}, content_type="multipart/form-data")
    assert claimed.status_code == 303, claimed.text
    page = lead.get(at).text
    assert "验收单.pdf" in page and "随完成申报" in page and "东区 · 2026-05" in page
