"""Two filings alike in owner, name and amount: a warning, confirmed on the page and recorded elsewhere."""

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.database import Database
from tests.support.builders import a_project, do, entries
from tests.support.desk import form_of, moves_of, text_of, the_database
from tests.support.pages import bearer, somebody


def test_a_filing_like_another_is_recorded_with_a_warning(town: Database) -> None:
    with town.write() as tx:
        first = a_project(tx, "filed", name="扩建 中心小学（一期）", planned_10k_yuan="321")
        second = a_project(tx, "drafted", name="扩建 中心小学(一期)", planned_10k_yuan="321.00")
        result = do(tx, "owner1", "file", second)
        recorded = entries(tx, second)[-1]

    assert [warning.params["refs"] for warning in result.warnings] == [first]
    assert f'"alike":["{first}"]' in recorded.facts


@pytest.mark.parametrize(
    ("state", "owner", "fields"),
    [
        ("filed", "owner1", {"name": "另一所小学"}),
        ("filed", "owner1", {"planned_10k_yuan": "99"}),
        ("filed", "owner2", {}),
        ("drafted", "owner1", {}),
        ("declined", "owner1", {}),
    ],
)
def test_only_the_owners_own_filings_of_name_and_amount_are_alike(town, state, owner, fields):
    mine = {"name": f"新建 {state} {owner} {fields}", "planned_10k_yuan": "12"}
    with town.write() as tx:
        a_project(tx, state, owner=owner, **mine | fields)
        draft = a_project(tx, "drafted", **mine)

        assert do(tx, "owner1", "file", draft).warnings == ()


def test_a_page_asks_before_it_files_what_was_filed_already(app: OpenAPI) -> None:
    with the_database(app).write() as tx:
        first, second = a_project(tx, "filed"), a_project(tx, "drafted")
    owner = somebody(app, "owner1")
    form = form_of(owner.get(f"/projects/{second}").text, f"/projects/{second}/moves/file")

    asked = owner.post(f"/projects/{second}/moves/file", form)

    assert asked.status_code == 409
    assert f"贵单位已申报过名称和投资相同的项目：{first}" in text_of(asked.text)
    assert moves_of(the_database(app), second) == ["draft"]
    again = form_of(asked.text, f"/projects/{second}/moves/file") | {"confirmed": "yes"}
    assert owner.post(f"/projects/{second}/moves/file", again).status_code == 303
    assert moves_of(the_database(app), second) == ["draft", "file"]


def test_json_and_feed_make_the_move_and_answer_with_the_warning(app: OpenAPI) -> None:
    with the_database(app).write() as tx:
        first, second, third = a_project(tx, "filed"), a_project(tx, "drafted"), a_project(tx, "drafted")
    client, headers = app.test_client(), bearer(app, "owner1")

    answer = client.post(f"/api/v1/projects/{second}/moves/file", headers=headers).json
    line = {"id": "e-1", "at": "2026-11-20T11:55:00+08:00", "by": "owner1", "move": "file", "on": third}
    fed = client.post("/api/v1/feed", headers=headers, json=line).json["results"][0]

    assert answer["state"] == "filed" and first in answer["warnings"][0]
    assert fed["outcome"] == "done" and second in fed["warnings"][0]
    assert client.get(f"/api/v1/projects/{second}", headers=headers).json["warnings"] == []
