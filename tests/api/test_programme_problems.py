"""Problems of the programme over JSON: raised, listed, asked, answered and settled."""

from tests.support.api_clients import Api
from tests.support.programme_moves import EAST, LEAD, OFFICE, REPORTER, an_item

ALL = "/programme/2026/901/problems"


def test_a_problem_is_raised_asked_answered_and_settled(api: Api) -> None:
    with api.writing() as tx:
        an_item(tx)
    lead, office = api.of(LEAD), api.of(OFFICE)
    refused = lead.post(ALL, {"text": "两户未签约"})
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["kind"])
    raised = lead.post(ALL, {"text": "两户未签约", "kind": "land", "tasks": [EAST]}, Idempotency_Key="one")
    again = lead.post(ALL, {"text": "两户未签约", "kind": "land", "tasks": [EAST]}, Idempotency_Key="one")
    assert (raised.status_code, raised.json["ref"]) == (201, f"{ALL[1:]}/1") and again.json == raised.json
    asked = {"asked_unit": "市发展改革委", "asked": "协调"}
    told = lead.post(f"{ALL}/1/moves/ask_unit", {"with": asked, "version": 1}).json
    assert (told["asked_unit"], told["version"], told["tasks"]) == ("市发展改革委", 2, [f"901/{EAST}"])
    window = api.of("window-a01")
    assert window.get(f"{ALL}/1").json["moves"] == ["answer_problem"]
    assert window.post(f"{ALL}/1/moves/answer_problem", {"with": {"text": "已协调"}}).json["answered_on"]
    listed = office.get("/programme/2026/problems", kind="land", county=EAST, state="open", item="901").json
    assert [row["ref"] for row in listed["items"]] == [f"{ALL[1:]}/1"]
    assert office.get("/programme/2026/problems", stale=True).json["items"] == []
    assert api.of("owner3").get(f"{ALL}/1").status_code == 404
    settled = api.of(REPORTER).post(f"{ALL}/1/moves/close_problem", {"with": {"result": "已签约"}}).json
    assert (settled["state"], [word["text"] for word in settled["said"]][-2:]) == ("closed", ["已协调", "已签约"])
    assert lead.post(f"{ALL}/1/moves/close_problem", {"with": {"result": "再次"}}).status_code == 409
