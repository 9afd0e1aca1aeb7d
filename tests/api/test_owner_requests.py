"""Requests over JSON: asked by the owner, answered by whoever is responsible, read by both."""

from tests.support.api_clients import Api
from tests.support.builders import when

QUESTION = {"text": "施工图审查需要哪些材料？"}
ANSWER = {"text": "施工图、计算书各一份。"}


def a_registered(api: Api) -> str:
    return api.project("registered", at=when("2026-11-19"))


def test_a_request_is_asked_answered_asked_again_and_closed(api: Api) -> None:
    ref = a_registered(api)
    owner, liaison = api.of("owner1"), api.of("liaison1")

    question = owner.post(f"/projects/{ref}/requests", QUESTION)
    number = owner.get(f"/projects/{ref}").json["number"]
    assert (question.status_code, question.json["ref"], question.json["state"]) == (
        201,
        f"{number}/requests/1",
        "raised",
    )
    assert question.headers["Location"] == f"/api/v1/projects/{number}/requests/1"
    on = f"/projects/{ref}/requests/1"
    assert owner.get(on).json["moves"] == []
    assert liaison.get(on).json["moves"] == ["answer"]

    answered = liaison.post(f"{on}/moves/answer", {"with": ANSWER, "version": 1})
    assert (answered.status_code, answered.json["state"], answered.json["version"]) == (200, "answered", 2)
    assert [(row["move"], row["text"]) for row in answered.json["said"]] == [
        ("ask", QUESTION["text"]),
        ("answer", ANSWER["text"]),
    ]
    assert owner.post(f"{on}/moves/ask_again", {"with": {"text": "几份？"}}).json["text"] == "几份？"
    assert liaison.post(f"{on}/moves/answer", {"with": ANSWER}).json["state"] == "answered"
    assert owner.post(f"{on}/moves/close").json["state"] == "closed"
    refused = owner.post(f"{on}/moves/ask_again", {"with": QUESTION})
    assert (refused.status_code, refused.json["state"], refused.json["moves"]) == (409, "closed", [])


def test_the_requests_of_a_project_are_listed_page_by_page(api: Api) -> None:
    ref = a_registered(api)
    owner = api.of("owner1")
    for number in range(3):
        assert owner.post(f"/projects/{ref}/requests", {"with": {"text": f"问题{number}"}}).status_code == 201
    first = owner.get(f"/projects/{ref}/requests", limit=2).json
    rest = owner.get(f"/projects/{ref}/requests", limit=2, cursor=first["next_cursor"]).json
    assert [row["no"] for row in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None


def test_what_cannot_be_asked_or_answered_is_told_by_field_and_by_right(api: Api) -> None:
    ref = a_registered(api)
    assert list(api.of("owner1").post(f"/projects/{ref}/requests", {"text": " "}).json["fields"]) == ["text"]
    assert api.of("owner2").post(f"/projects/{ref}/requests", QUESTION).status_code == 404
    assert api.of("liaison1").post(f"/projects/{ref}/requests", QUESTION).status_code == 403
    api.of("owner1").post(f"/projects/{ref}/requests", QUESTION)
    on = f"/projects/{ref}/requests/1"
    assert api.of("owner1").post(f"{on}/moves/answer", {"with": ANSWER}).status_code == 403
    assert api.of("office1").post(f"{on}/moves/climb").status_code == 422
    assert api.of("liaison1").post(f"{on}/moves/answer", {"with": ANSWER, "version": 7}).status_code == 409
    for number in ("2", "0", "x", "9" * 40):
        assert api.of("owner1").get(f"/projects/{ref}/requests/{number}").status_code == 404
    assert api.of("owner2").get(on).status_code == 404
