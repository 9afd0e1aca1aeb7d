"""Evidence over JSON: a file is sent, its reference goes into a report."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.api_clients import Api, Program, an_api
from tests.support.files import docx, pdf
from tests.support.pictures import heic, photo
from tests.support.programme_items import EAST, REPORT, REPORTER, an_item

ENTRY = f"/programme/2026/901/{EAST}/2026-11"


def sent(program: Program, name: str, content: bytes) -> Any:
    return program.send("POST", "/evidence", data={"file": (io.BytesIO(content), name)})


@pytest.fixture
def api(page_url: str, tmp_path: Path) -> Iterator[Api]:
    with an_api(page_url, data_dir=tmp_path) as api:
        yield api


def test_a_file_is_sent_and_its_reference_goes_into_a_report(api: Api) -> None:
    with api.writing() as tx:
        an_item(tx)
    reporter = api.of(REPORTER)
    answer = sent(reporter, "现场.jpg", photo())
    assert (answer.status_code, answer.json["kind"], answer.json["taken_on"]) == (201, "image/jpeg", "2026-05-04")
    assert sent(reporter, "现场.jpg", photo()).json == answer.json
    reported = reporter.post(f"{ENTRY}/moves/report", {"with": REPORT | {"evidence": [answer.json["ref"]]}})
    assert reported.json["reported"]["evidence"] == [answer.json]
    other = sent(api.of("integration1"), "验收单.pdf", pdf()).json["ref"]
    unknown = reporter.post(f"{ENTRY}/moves/report", {"with": REPORT | {"evidence": [other, "e-0000"]}})
    assert (unknown.status_code, list(unknown.json["fields"])) == (422, ["evidence.1"])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("IMG_1.heic", heic(), "Most Compatible"), ("a.docx", docx(), "jpg, jpeg"), ("a.jpg", b"text", "not that")],
)
def test_what_is_not_taken_is_told_at_the_file(api: Api, name: str, content: bytes, reason: str) -> None:
    answer = sent(api.of(REPORTER), name, content)
    assert answer.status_code == 422 and reason in answer.json["fields"]["file"][0]


def test_only_a_form_with_a_file_is_taken_and_only_of_those_who_report(api: Api) -> None:
    reporter = api.of(REPORTER)
    assert reporter.post("/evidence", {"file": "x"}).status_code == 415
    empty = reporter.send("POST", "/evidence", data={}, content_type="multipart/form-data; boundary=x")
    assert empty.status_code == 422
    assert sent(api.of("finance1"), "a.pdf", pdf()).status_code == 403
