"""The search over JSON: as described, within the scope of the token's person, with problems in words."""

import pytest

from tests.support.api_clients import Api
from tests.support.searched_city import build


@pytest.fixture
def searched(api: Api) -> Api:
    with api.writing() as tx:
        build(tx)
    return api


def test_a_search_is_answered_by_kind(searched: Api) -> None:
    kinds = searched.of("office1").get("/search", q="攀挂（２０２６）１号").json["kinds"]
    project = next(kind for kind in kinds if kind["kind"] == "project")
    assert (project["total"], len(project["items"])) == (1, 1)
    assert project["items"][0] == {
        "ref": "510400-2026-00001",
        "title": "第二小学（扩建） ２期",
        "about": ["攀挂〔2026〕1号", "Education Bureau", "Registered"],
        "path": "/casefiles/510400-2026-00001",
        "exact": True,
    }


def test_kind_and_limit_narrow_the_answer(searched: Api) -> None:
    [units] = searched.of("office1").get("/search", q="局", kind="unit", limit=2).json["kinds"]
    assert (units["kind"], len(units["items"])) == ("unit", 2)
    assert units["total"] > 2
    assert searched.of("owner1").get("/search", q="局", kind="unit").json == {"kinds": []}


def test_a_program_finds_what_its_person_may_see(searched: Api) -> None:
    def refs(username: str) -> set[str]:
        kinds = searched.of(username).get("/search", q="污水处理", kind="project").json["kinds"]
        return {item["ref"] for kind in kinds for item in kind["items"]}

    assert refs("owner2") == refs("integration1") == refs("liaison1") == {"510400-2026-00002"}
    assert refs("owner1") == refs("window-a01") == refs("finance1") == set()


def test_what_cannot_be_searched_is_a_problem_of_its_field(searched: Api) -> None:
    program = searched.of("office1")
    for query in ({}, {"q": ""}, {"q": " "}, {"q": "x" * 101}, {"q": "a", "kind": "x"}, {"q": "a", "limit": 51}):
        answer = program.get("/search", **query)
        assert answer.status_code == 422, query
        assert answer.mimetype == "application/problem+json"
        assert set(answer.json["fields"]) <= {"q", "kind", "limit"}
    assert searched.of("sysadmin1").get("/search", q="a").status_code == 403
    assert searched.stranger().get("/search", q="a").status_code == 401
