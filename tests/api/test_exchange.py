"""What every request to the JSON API meets: tokens, languages, limits, faults, and sending again."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import update

from approvals.accounts.queries import PERSON, TOKEN
from approvals.api.v1.exchange import ONCE
from tests.support.api_clients import Api
from tests.support.builders import GIVEN, NOW, entries
from tests.support.pages import PASSWORD, Visitor, a_site, an_app

DRAFT = GIVEN["draft"]
CHALLENGE = 'Bearer realm="guahao"'


def test_a_program_without_a_valid_token_is_told_to_send_one(api: Api) -> None:
    token = api.of("owner1").headers["Authorization"].partition(" ")[2]
    wrong = ("", token, "Bearer", "Bearer ", "Bearer nonsense", f"Basic {token}", "Bearer \xe9", f"Bearer {token}x")
    for value in (None, *wrong):
        headers = {} if value is None else {"Authorization": value}
        for answer in (
            api.stranger().send("GET", "/projects", headers=headers),
            api.stranger().send("POST", "/projects", headers=headers, json=DRAFT),
        ):
            assert answer.status_code == 401, value
            assert answer.headers["WWW-Authenticate"] == CHALLENGE
            assert "Authorization: Bearer" in answer.json["detail"]


def test_a_revoked_token_and_one_of_somebody_who_left_are_worth_nothing(api: Api) -> None:
    revoked, left = api.of("owner1"), api.of("office1")
    assert revoked.get("/projects").status_code == left.get("/projects").status_code == 200
    with api.writing() as tx:
        tx.execute(update(PERSON).where(PERSON.c.username == "office1").values(is_active=False))
    assert (revoked.get("/projects").status_code, left.get("/projects").status_code) == (200, 401)
    with api.writing() as tx:
        tx.execute(update(TOKEN).values(revoked_at=NOW))
    assert revoked.get("/projects").status_code == 401


def test_a_browsers_session_is_no_token(page_url: str) -> None:
    with a_site(page_url) as app:
        visitor = Visitor(app)
        visitor.sign_in("owner1", PASSWORD)
        assert visitor.client.get("/api/v1/projects").status_code == 401
        assert visitor.client.post("/api/v1/projects", json=DRAFT).status_code == 401


def test_problems_are_told_in_the_language_that_was_asked_for(api: Api) -> None:
    problems = {
        language: api.of("owner1", language).get("/projects/none").json for language in ("en", "zh-CN", "fr", "")
    }
    assert problems["en"]["title"] == "Page not found"
    assert problems["zh-CN"] == problems["fr"] == problems[""] != problems["en"]
    assert {"type", "title", "status", "detail"} == set(problems["en"])


def test_unreadable_content_is_told_apart_from_wrong_content(api: Api) -> None:
    program = api.of("owner1")
    for raw in (b"{", b'{"name": NaN}', b"\xff\xfe{}", b'{"name": "\xed\xa0\x80"}', b"[" * 5000):
        answer = program.post_raw("/projects", raw)
        assert answer.status_code == 400, raw[:20]
        assert answer.content_type == "application/problem+json"
    assert program.post_raw("/projects", b"\xef\xbb\xbf{}").status_code == 422  # a byte order mark may be ignored
    assert program.post_raw("/projects", b"[]").json["fields"] == {"body": ["must be an object of named fields"]}
    assert program.post_raw("/projects", b"name=x", "application/x-www-form-urlencoded").status_code == 415
    assert program.post_raw("/projects", b"{}", None).status_code == 415
    assert program.post_raw("/projects", b"{}", "application/vnd.city+json").status_code == 422


def test_more_than_is_taken_at_once_is_refused(api: Api) -> None:
    answer = api.of("owner1").post_raw("/projects", b" " * (2 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "2048 KB" in answer.json["detail"]


def test_half_a_character_is_refused_with_its_field(api: Api) -> None:
    ref = api.project("drafted")
    for path, raw, fields in (
        ("/projects", b'{"name": "\\ud800"}', ["name"]),
        ("/projects", b'{"answers": {"\\udfff": true}}', ["answers.?"]),
        (f"/projects/{ref}/moves/withdraw", b'{"with": {"reason": "a\\ud83d"}}', ["reason"]),
        (f"/projects/{ref}/moves/return_filing", b'{"with": {"reasons": ["a", "\\ud83d"]}}', ["reasons.1"]),
    ):
        answer = api.of("owner1").post_raw(path, raw)
        assert (answer.status_code, list(answer.json["fields"])) == (422, fields)


def test_control_characters_lead_nowhere(api: Api) -> None:
    program = api.of("owner1")
    assert program.get("/projects/a%00b").status_code == 404
    assert program.get("/projects/a%0ab/plan").status_code == 404
    assert program.get("/approvals/a%7fb/A01").status_code == 404
    answer = program.get("/projects/x?unknown=%00")
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["unknown"])


def test_addresses_and_kinds_of_request_that_do_not_exist_are_told_as_problems(api: Api) -> None:
    program = api.of("owner1")
    unknown = program.get("/nothing")
    assert (unknown.status_code, unknown.content_type) == (404, "application/problem+json")
    wrong = program.send("DELETE", "/projects/x")
    assert (wrong.status_code, wrong.content_type) == (405, "application/problem+json")
    assert "GET" in wrong.headers["Allow"]


def test_a_database_that_does_not_answer_is_told_with_when_to_come_again() -> None:
    with an_app("postgresql://nobody@127.0.0.1:1/none", now=NOW) as app:
        answer = app.test_client().get("/api/v1/projects", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_request_sent_again_with_its_key_has_one_effect_and_one_answer(api: Api) -> None:
    owner, key = api.of("owner1"), {ONCE: "k-1"}
    first = owner.send("POST", "/projects", headers=key, json=DRAFT)
    again = owner.send("POST", "/projects", headers=key, json=DRAFT)
    assert (first.status_code, first.json, first.headers["Location"]) == (
        *(again.status_code, again.json, again.headers["Location"]),
    )
    assert len(owner.get("/projects").json["items"]) == 1
    assert owner.post("/projects", DRAFT).json["ref"] != first.json["ref"]


def test_a_move_sent_again_with_its_key_is_answered_as_it_was(api: Api) -> None:
    on = api.approval("accepted")
    body = {"with": GIVEN["grant"]}
    answers = [api.of("window-a01").post(f"/approvals/{on}/moves/grant", body, Idempotency_Key="g") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json == answers[1].json == answers[2].json
    with api.database.read() as tx:
        assert [entry.move for entry in entries(tx, on.partition("/")[0])].count("grant") == 1
    assert api.of("window-a01").post(f"/approvals/{on}/moves/grant", body, Idempotency_Key="h").status_code == 409


def test_a_key_counts_for_one_person_one_address_and_one_content(api: Api) -> None:
    key = {"Idempotency_Key": "k-1"}
    first = api.of("owner1").post("/projects", DRAFT, **key).json["ref"]
    assert api.of("owner2").post("/projects", DRAFT, **key).json["ref"] != first
    assert api.of("owner1").post(f"/projects/{first}/moves/file", **key).json["state"] == "filed"
    changed = api.of("owner1").post("/projects", DRAFT | {"name": "another"}, **key)
    assert (changed.status_code, list(changed.json["fields"])) == (422, [ONCE])


def test_what_was_refused_may_be_sent_again_with_the_same_key(api: Api) -> None:
    key = {"Idempotency_Key": "k-1"}
    assert api.of("owner1").post("/projects", DRAFT | {"name": ""}, **key).status_code == 422
    assert api.of("owner1").post("/projects", DRAFT, **key).status_code == 201


def test_a_key_is_short_and_printable(api: Api) -> None:
    for key in ("", "x" * 101, "a b", "é"):
        answer = api.of("owner1").send("POST", "/projects", headers={ONCE: key}, json=DRAFT)
        assert (answer.status_code, list(answer.json["fields"])) == (422, [ONCE]), key


def test_the_same_request_sent_four_times_at_once_has_one_effect(api: Api) -> None:
    def send(_: int) -> Any:
        return api.of("owner1").post("/projects", DRAFT, Idempotency_Key="k-1")

    api.of("owner1")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["ref"] for answer in answers}) == 1
    assert len(api.of("owner1").get("/projects").json["items"]) == 1


def test_two_who_decide_at_once_are_told_apart(api: Api) -> None:
    on = api.approval("accepted")
    window = api.of("window-a01")

    def decide(move: str) -> int:
        return int(window.move(on, move, GIVEN[move]).status_code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(decide, ["grant", "refuse"] * 4)) == [200] + [409] * 7
