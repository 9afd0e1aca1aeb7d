"""Cards over JSON: told with their approval, appealed against and decided."""

from approvals.supervision.sweep import sweep
from tests.support.api_clients import Api
from tests.support.builders import GIVEN, NOW, when


def an_overdue(api: Api, day: str) -> str:
    """The reference of an approval whose promise passed: it was accepted on this day, and a sweep has run."""
    ref = api.approval("accepted", at=when(day))
    sweep(api.database, NOW, lambda: NOW)
    return ref


def test_a_card_is_told_appealed_against_and_decided(api: Api) -> None:
    ref = an_overdue(api, "2026-11-11")
    [card] = api.of("head-a01").get(f"/approvals/{ref}/cards").json["items"]
    assert (card["card"], card["colour"], card["state"], card["version"]) == ("promised-1", "yellow", "shown", 1)

    appealed = api.of("head-a01").move(f"{ref}/cards/promised", "appeal", GIVEN["appeal"], version=1)
    assert (appealed.status_code, appealed.json["state"], appealed.json["moves"]) == (200, "appealed", [])
    again = api.of("head-a01").move(f"{ref}/cards/promised", "appeal", GIVEN["appeal"])
    assert (again.status_code, again.json["state"], again.json["version"]) == (409, "appealed", 2)
    decided = api.of("office1").move(f"{ref}/cards/promised-1", "uphold", GIVEN["uphold"])
    assert (decided.status_code, decided.json["state"]) == (200, "upheld")


def test_an_appeal_too_late_says_until_when_it_was_possible(api: Api) -> None:
    ref = an_overdue(api, "2026-10-12")
    refusal = api.of("head-a01").move(f"{ref}/cards/promised", "appeal", GIVEN["appeal"])
    assert refusal.status_code == 409
    assert refusal.json["state"] == "shown"
    assert "2026-10-2" in refusal.json["detail"]


def test_who_may_not_and_what_is_not_there(api: Api) -> None:
    ref = an_overdue(api, "2026-11-11")
    assert api.of("window-a01").move(f"{ref}/cards/promised", "appeal", GIVEN["appeal"]).status_code == 403
    assert api.of("head-a02").move(f"{ref}/cards/promised", "appeal", GIVEN["appeal"]).status_code == 404
    assert api.of("head-a01").move(f"{ref}/cards/legal", "appeal", GIVEN["appeal"]).status_code == 404
    assert api.of("office1").move(f"{ref}/cards/promised", "show_card", {}).status_code == 422
    assert api.of("head-a01").move(f"{ref}/cards/promised", "appeal", {}).status_code == 422
