"""Materials that are in the system already: nobody hands in twice what was granted or uploaded here."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask_openapi3 import OpenAPI

from approvals.windows.materials import MaterialSource, granted_documents, sources
from approvals.windows.queries import approvals_of_project
from tests.support.builders import NOW, a_project, do, project_row, walk
from tests.support.desk import text_of, the_database
from tests.support.files import docx
from tests.support.pages import somebody
from workflows.config.catalogue import load_catalogue

NUMBER = "攀发改〔2026〕7号"
GRANTED = ("submit", "accept", "grant")


@pytest.fixture
def ref(app: OpenAPI) -> str:
    """A registered project whose A01 is granted."""
    with the_database(app).write() as tx:
        ref = a_project(tx, "registered")
        walk(tx, ref, "A01", GRANTED, given={"document_no": NUMBER})
    return ref


def test_what_an_approval_granted_is_ticked_with_its_number_in_the_form_of_what_needs_it(
    app: OpenAPI, ref: str
) -> None:
    page = somebody(app, "owner1").get(f"/approvals/{ref}/A02").text

    assert re.findall(r'name="materials.\d.name" value="([^"]+)"[^>]* checked', page) == ["项目立项依据"]
    assert f"已在系统中：A01 {NUMBER}" in text_of(page)


def test_its_window_is_told_which_document_it_is(app: OpenAPI, ref: str) -> None:
    with the_database(app).write() as tx:
        do(tx, "owner1", "submit", f"{ref}/A02", {"materials": ["申请表", "项目立项依据"]})

    page = text_of(somebody(app, "window-a02").get(f"/approvals/{ref}/A02").text)

    assert f"项目立项依据 系统内：A01 {NUMBER}" in page
    assert "申请表 纸质" in page


def test_files_uploaded_earlier_are_ticked_with_their_names(app: OpenAPI, ref: str) -> None:
    owner = somebody(app, "owner1")
    owner.get(f"/projects/{ref}")
    for name in ("旧坐标.docx", "新坐标.docx"):
        data = {"file": (io.BytesIO(docx()), name), "material": "坐标表"}
        assert owner.post(f"/projects/{ref}/documents", data, content_type="multipart/form-data").status_code == 303

    page = owner.get(f"/approvals/{ref}/A02").text

    ticked = re.findall(r'value="坐标表" data-line="d-[0-9a-f]{16}" checked>\s*<span[^>]*>([^<]+)<', page)
    assert ticked == ["旧坐标.docx", "新坐标.docx"]


def test_only_a_valid_grant_of_the_same_project_satisfies(app: OpenAPI, ref: str) -> None:
    with the_database(app).read() as tx:
        [first, *_] = approvals_of_project(tx, project_row(tx, ref).id, NOW.date())
    assert first.lapses_on

    assert granted_documents([first], first.lapses_on) == {"A01": MaterialSource(NUMBER, code="A01")}
    assert granted_documents([first], first.lapses_on + timedelta(days=1)) == {}
    assert granted_documents([replace(first, state="refused", document_no=None)], date(2026, 3, 2)) == {}


def test_a_granted_document_goes_before_an_uploaded_one_and_a_prerequisite_that_was_not_granted_gives_none() -> None:
    item = load_catalogue().items["A07"]
    granted = {code: MaterialSource("资〔2026〕1号", code=code, document="d-1") for code in ("A02", "B01")}
    in_system = sources(item, item.materials, granted, ())
    assert in_system == {"用地预审与选址意见书": granted["A02"]}
    assert sources(item, item.materials, {}, ()) == {}
