"""The file of a granted document: sent with the form of the grant, and opened by whoever it concerns."""

import io
import re

import pytest
from flask_openapi3 import OpenAPI

from tests.support.builders import NOW, an_approval, approval_row
from tests.support.desk import form_of, path_of, text_of, the_database
from tests.support.files import pdf
from tests.support.pages import Visitor, somebody

GRANT = "moves/grant"


def an_accepted(app: OpenAPI) -> str:
    """The page of an approval that waits for its decision."""
    with the_database(app).write() as tx:
        return f"/approvals/{an_approval(tx, 'accepted', at=NOW.replace(day=19))}"


def form_at(window: Visitor, path: str) -> dict[str, str]:
    page = window.get(path).text
    return form_of(page, f"{path_of(page, path)}/{GRANT}")


def state_of(app: OpenAPI, path: str) -> tuple[str, str | None]:
    with the_database(app).read() as tx:
        row = approval_row(tx, *path.split("/")[2:4])
    return row.state, row.document_uid


def test_a_grant_takes_the_file_of_its_document_and_keeps_it_through_a_refusal(app: OpenAPI) -> None:
    path, window = an_accepted(app), somebody(app, "window-a01")
    file = {"document": (io.BytesIO(pdf()), "批复.pdf")}

    refused = window.post(f"{path}/{GRANT}", form_at(window, path) | file | {"document_no": " "})

    assert refused.status_code == 422
    assert "已保留“批复.pdf”" in text_of(refused.text)
    again = form_of(refused.text, f"{path_of(refused.text, path)}/{GRANT}") | {"document_no": "攀发改〔2026〕3号"}
    assert window.post(f"{path}/{GRANT}", again).status_code == 303
    link = re.search(r'攀发改〔2026〕3号 · <a href="(/documents/[^"]+)">批复.pdf</a>', window.get(path).text)
    assert link
    for who in (window, somebody(app, "owner1"), somebody(app, "window-a02"), somebody(app, "centre1")):
        assert who.get(link.group(1)).data == pdf()
    assert somebody(app, "window-a03").get(link.group(1)).status_code == 404
    project = path.split("/")[2]
    for who, page in (("owner1", f"/projects/{project}"), ("centre1", f"/casefiles/{project}")):
        assert f'<a href="{link.group(1)}">攀发改〔2026〕3号</a>' in somebody(app, who).get(page).text
    assert f'href="{link.group(1)}">查看证照' in somebody(app, "owner1").get(f"/approvals/{project}/A02").text


def test_a_note_of_a_file_that_was_not_written_for_this_person_counts_for_nothing(app: OpenAPI) -> None:
    path, window = an_accepted(app), somebody(app, "window-a01")
    file = {"document": (io.BytesIO(pdf()), "批复.pdf"), "document_no": " "}
    refused = window.post(f"{path}/{GRANT}", form_at(window, path) | file)
    note = form_of(refused.text, f"{path_of(refused.text, path)}/{GRANT}")["kept_document"]

    for number, kept in enumerate((note[1:], note.replace("批复", "假冒"), "x")):
        other = an_accepted(app)
        sent = form_at(window, other) | {"document_no": f"{number}号", "kept_document": kept}
        assert window.post(f"{other}/{GRANT}", sent).status_code == 303
        assert state_of(app, other) == ("granted", None)


@pytest.mark.parametrize(("who", "status"), [("owner1", 403), ("window-a02", 404)])
def test_who_may_not_grant_sends_no_file(app: OpenAPI, who: str, status: int) -> None:
    path = an_accepted(app)
    sent = {"document": (io.BytesIO(b"no file at all"), "批复.pdf"), "document_no": "1号"}

    assert somebody(app, who).post(f"{path}/{GRANT}", sent).status_code == status


def test_a_file_that_is_none_is_refused_at_its_field(app: OpenAPI) -> None:
    path, window = an_accepted(app), somebody(app, "window-a01")
    sent = {"document": (io.BytesIO(b"no file at all"), "批复.pdf"), "document_no": "攀发改〔2026〕4号"}

    refused = window.post(f"{path}/{GRANT}", form_at(window, path) | sent)

    assert refused.status_code == 422
    assert 'id="grant-f-document-faults"' in refused.text and 'value="攀发改〔2026〕4号"' in refused.text
    assert state_of(app, path) == ("accepted", None)
