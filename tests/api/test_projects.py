"""Projects over JSON."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from approvals.moves import MOVES
from tests.support.api_clients import Api, Program
from tests.support.builders import A_SMALL_ROAD, EVERY_ITEM, GIVEN, PROJECT_PATHS, a_project, a_ref, finish, project_row
from workflows.config.catalogue import load_catalogue
from workflows.config.city import load_city

DRAFT = GIVEN["draft"]


def test_a_drafted_project_is_answered_with_its_address_and_the_moves_that_are_open(api: Api) -> None:
    answer = api.of("owner1").post("/projects", DRAFT | {"external_ref": "sys-7"})
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/projects/sys-7"
    assert {"ref": "sys-7", "state": "drafted", "version": 1}.items() <= answer.json.items()
    assert answer.json["planned_10k_yuan"] == 1200.5
    assert answer.json["moves"] == ["edit", "file", "withdraw"]
    assert api.of("owner1").get("/projects/sys-7").json == answer.json


def test_the_fields_of_a_draft_may_stand_under_with_as_in_other_moves(api: Api) -> None:
    answer = api.of("owner1").post("/projects", {"with": DRAFT})
    assert (answer.status_code, answer.json["name"]) == (201, DRAFT["name"])
    assert api.of("owner1").post("/projects", {"with": DRAFT, "name": "twice"}).json["fields"] == {
        "name": ["is unknown"]
    }


def test_a_project_answers_to_its_number_its_external_reference_and_its_id(api: Api) -> None:
    with api.writing() as tx:
        ref = a_project(tx, "registered")
        row = project_row(tx, ref)
    body = [api.of("owner1").get(f"/projects/{name}").json for name in (ref, row.number, row.uid)]
    assert body[0] == body[1] == body[2]
    assert body[0]["ref"] == body[0]["number"] == row.number
    assert body[0]["id"] == row.uid


def test_a_project_goes_down_the_street_over_json(api: Api) -> None:
    owner, office, centre = api.of("owner1"), api.of("office1"), api.of("centre1")
    ref = owner.post("/projects", DRAFT).json["ref"]
    steps: list[tuple[Program, str, Any, str]] = [
        (owner, "edit", {"name": "another name"}, "drafted"),
        (owner, "file", None, "filed"),
        (office, "return_filing", GIVEN["return_filing"], "returned"),
        (owner, "refile", {}, "filed"),
        (office, "classify", GIVEN["classify"] | {"key": True}, "classified"),
        (centre, "register", GIVEN["register"], "registered"),
        (office, "suspend", GIVEN["suspend"], "suspended"),
        (office, "resume", GIVEN["resume"], "registered"),
        (owner, "withdraw", GIVEN["withdraw"], "withdrawn"),
    ]
    for version, (program, move, content, state) in enumerate(steps, 1):
        answer = program.move(ref, move, content, version=version)
        assert (answer.status_code, answer.json["state"], answer.json["version"]) == (200, state, version + 1), move
        ref = answer.json["ref"]
    assert ref == answer.json["number"] == "510400-2026-00001"
    assert (answer.json["name"], answer.json["key"], answer.json["liaison"]) == ("another name", True, "liaison1")
    assert answer.json["moves"] == []


def test_an_edit_that_changes_the_reference_is_answered_under_the_new_one(api: Api) -> None:
    ref = api.project("drafted")
    answer = api.of("owner1").move(ref, "edit", {"external_ref": f"{ref}-b"})
    assert answer.json["ref"] == f"{ref}-b"
    assert api.of("owner1").get(f"/projects/{ref}").status_code == 404


def test_no_move_is_taken_that_was_not_told_as_open(api: Api) -> None:
    refs = {state: api.project(state) for state in PROJECT_PATHS}
    for state, ref in refs.items():
        for who in ("owner1", "owner2", "office1", "centre1", "liaison1"):
            view = api.of(who).get(f"/projects/{ref}")
            body = view.json["moves"] if view.status_code == 200 else []
            for move in set(MOVES["project"]) - set(body):
                answer = api.of(who).move(ref, move, GIVEN[move])
                assert answer.status_code in (403, 404, 409), f"{who} made {move} in {state}"


def test_every_move_that_was_told_as_open_is_taken(api: Api) -> None:
    for state in PROJECT_PATHS:
        for who in ("owner1", "office1", "centre1"):
            ref = api.project(state)
            for number, move in enumerate(api.of(who).get(f"/projects/{ref}").json["moves"]):
                ref = api.project(state) if number else ref
                answer = api.of(who).move(ref, move, GIVEN[move])
                assert answer.status_code == 200, f"{who} could not {move} in {state}: {answer.text}"


def test_what_another_owner_files_is_nowhere_to_be_found(api: Api) -> None:
    with api.writing() as tx:
        ref = a_project(tx, "registered")
        number = project_row(tx, ref).number
    for who in ("owner2", "window-a01"):
        stranger = api.of(who)
        for name in (ref, number):
            for path in ("", "/history", "/plan"):
                assert stranger.get(f"/projects/{name}{path}").status_code == 404
            assert stranger.move(name, "withdraw", GIVEN["withdraw"]).status_code == 404
            assert stranger.move(name, "classify", GIVEN["classify"]).status_code == 404
        assert stranger.get("/projects").json == {"items": [], "next_cursor": None}
    own = api.of("owner2").post("/projects", DRAFT | {"external_ref": ref})
    assert own.status_code == 201  # nobody learns that another unit uses it, and nobody is in the way
    taken = api.of("owner2").post("/projects", DRAFT | {"external_ref": ref.upper()})
    assert taken.json["fields"] == {"external_ref": ["is already in use by another project of your unit"]}


def test_a_list_walked_page_by_page_holds_each_project_once_the_newest_first(api: Api) -> None:
    refs = [api.project("filed") for _ in range(7)]
    for limit in (1, 2, 3, 7, 8):
        assert [entry["ref"] for entry in api.of("office1").pages("/projects", limit=limit)] == refs[::-1]


def test_a_list_is_narrowed_by_state_category_and_key(api: Api) -> None:
    categories = list(load_city().categories)
    drafted = api.project("drafted", category=categories[0])
    filed = api.project("filed", category=categories[1])
    classified = api.project("classified")
    office = api.of("office1")

    def refs_of(**query: Any) -> set[str]:
        return {entry["ref"] for entry in office.pages("/projects", **query)}

    assert refs_of(state="filed") == {filed}
    assert refs_of(state=["filed", "drafted"]) == {filed, drafted}
    assert refs_of(category=categories[0]) == {drafted}
    assert refs_of(key="false") == {drafted, filed, classified}
    assert refs_of(key="true") == set()
    office.move(filed, "classify", GIVEN["classify"] | {"key": True})
    assert refs_of(key="true") == {filed}
    assert refs_of(key="true", state="drafted") == set()


WRONG_FILTERS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"state": "lost"}, "state"),
    ({"state": ["filed", "lost"]}, "state"),
    ({"state": ""}, "state"),
    ({"category": "别的"}, "category"),
    ({"key": "perhaps"}, "key"),
    ({"limit": "0"}, "limit"),
    ({"limit": "201"}, "limit"),
    ({"limit": "many"}, "limit"),
    ({"limit": "1.5"}, "limit"),
    ({"cursor": "garbage"}, "cursor"),
    ({"cursor": "WyJ4Il0"}, "cursor"),  # ["x"]
    ({"cursor": "WzE4NDQ2NzQ0MDczNzA5NTUxNjE1XQ"}, "cursor"),  # [18446744073709551615]
    ({"cursor": "é"}, "cursor"),
    ({"nonsense": "1"}, "nonsense"),
    ({"cursor": "a\x00b"}, "cursor"),
    ({"category": "a\u202eb"}, "category"),
)


def test_an_unknown_filter_is_refused_with_its_name(api: Api) -> None:
    for query, field in WRONG_FILTERS:
        answer = api.of("office1").get("/projects", **query)
        assert (answer.status_code, list(answer.json["fields"])) == (422, [field]), query


def test_a_stale_version_is_answered_with_what_stands(api: Api) -> None:
    ref = api.project("filed")
    answer = api.of("owner1").move(ref, "withdraw", GIVEN["withdraw"], version=1)
    assert answer.status_code == 409
    standing = {"ref": ref, "state": "filed", "version": 2, "moves": ["withdraw"]}
    assert standing.items() <= answer.json.items()
    assert api.of("owner1").move(ref, "withdraw", GIVEN["withdraw"], version=2).status_code == 200


def test_a_move_that_the_state_does_not_allow_is_answered_with_what_stands(api: Api) -> None:
    ref = api.project("filed")
    answer = api.of("owner1").move(ref, "file")
    assert answer.status_code == 409
    assert {"state": "filed", "version": 2}.items() <= answer.json.items()


def test_a_move_of_another_role_is_forbidden(api: Api) -> None:
    ref = api.project("filed")
    assert api.of("owner1").move(ref, "classify", GIVEN["classify"]).status_code == 403
    assert api.of("integration1").move(ref, "withdraw", GIVEN["withdraw"]).status_code == 403
    assert api.of("centre1").post("/projects", DRAFT).status_code == 403


def test_what_is_no_move_that_people_make_is_refused(api: Api) -> None:
    ref = api.project("filed")
    for move in ("complete", "draft", "grant", "nonsense"):
        answer = api.of("owner1").move(ref, move, {})
        assert (answer.status_code, list(answer.json["fields"])) == (422, ["move"])


WRONG_FIELDS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"name": ""}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"name": "a\x00b"}, "name"),
    ({"name": "a\nb"}, "name"),
    ({"name": 7}, "name"),
    ({"category": "别的"}, "category"),
    ({"kind": "other"}, "kind"),
    ({"planned_10k_yuan": -1}, "planned_10k_yuan"),
    ({"planned_10k_yuan": "1.234"}, "planned_10k_yuan"),
    ({"planned_10k_yuan": 10**9}, "planned_10k_yuan"),
    ({"answers": {"unknown": True}}, "answers"),
    ({"answers": []}, "answers"),
    ({"external_ref": "a b"}, "external_ref"),
    ({"external_ref": "510400-2026-00001"}, "external_ref"),
    ({"surprise": 1}, "surprise"),
)


def test_a_wrong_field_is_named(api: Api) -> None:
    for change, field in WRONG_FIELDS:
        answer = api.of("owner1").post("/projects", DRAFT | change)
        assert (answer.status_code, list(answer.json["fields"])) == (422, [field]), change
    assert api.of("owner1").pages("/projects") == []


def test_everything_missing_is_named_at_once(api: Api) -> None:
    needed = {"name", "category", "kind", "county", "planned_10k_yuan", "answers"}
    assert set(api.of("owner1").post("/projects").json["fields"]) == needed
    assert set(api.of("owner1").post("/projects", {}).json["fields"]) == needed


WRONG_SHAPES: tuple[tuple[Any, str], ...] = (
    ({"version": "3"}, "version"),
    ({"version": 0}, "version"),
    ({"version": True}, "version"),
    ({"version": 1.5}, "version"),
    ({"with": []}, "with"),
    ({"with": None}, "with"),
    ({"extra": 1}, "extra"),
    ([], "body"),
    ("text", "body"),
)


def test_a_move_sent_in_a_wrong_shape_is_refused(api: Api) -> None:
    ref = api.project("drafted")
    for body, field in WRONG_SHAPES:
        answer = api.of("owner1").post(f"/projects/{ref}/moves/file", body)
        assert (answer.status_code, list(answer.json["fields"])) == (422, [field]), body
    assert api.of("owner1").get(f"/projects/{ref}").json["version"] == 1


def test_the_history_tells_every_move_in_order(api: Api) -> None:
    ref, _, code = api.approval("accepted").partition("/")
    body = api.of("owner1").get(f"/projects/{ref}/history").json
    assert [line["seq"] for line in body["items"]] == list(range(1, len(body["items"]) + 1))
    assert [line["move"] for line in body["items"]] == [
        *("draft", "file", "classify", "register", "open", "submit", "accept")
    ]
    assert [line["approval"] for line in body["items"]] == [None] * 4 + [code] * 3
    accept = body["items"][-1]
    assert (accept["from"], accept["to"], accept["actor"], accept["role"]) == (
        *("received", "accepted", "window-a01", "window"),
    )
    assert accept["at"] < accept["recorded_at"]
    assert accept["recorded_later"] is False  # nobody's: the builders have no interface


def test_the_plan_is_a_preview_until_the_registration(api: Api) -> None:
    ref = api.project("drafted", answers=EVERY_ITEM)
    body = api.of("owner1").get(f"/projects/{ref}/plan").json
    assert body["preview"]
    assert body["ready"] == []
    assert [entry["code"] for entry in body["approvals"]] == list(load_catalogue().items)
    assert {entry["state"] for entry in body["approvals"]} == {None}
    assert body["critical_path"]["days"] == 77


def test_the_plan_foresees_77_working_days_for_all_29_items(api: Api) -> None:
    today = dict.fromkeys(("planned_start_on", "planned_finish_on"), "2026-11-20")  # works that take no day
    ref = api.project("registered", answers=EVERY_ITEM, **today)
    body = api.of("owner1").get(f"/projects/{ref}/plan").json
    assert body["forecast"]["days"] == 77
    assert body["forecast"]["permit_days"] == 63
    assert body["forecast"]["chain"] == body["critical_path"]["codes"]
    assert body["forecast"]["complete_on"] == max(entry["expected"]["decide_on"] for entry in body["approvals"])
    assert body["forecast"]["on"] == body["approvals"][0]["expected"]["start_on"] < body["forecast"]["legal_on"]


def test_the_plan_of_a_service_project_is_empty(api: Api) -> None:
    ref = api.project("filed", kind="service")
    body = api.of("owner1").get(f"/projects/{ref}/plan").json
    assert (body["approvals"], body["critical_path"]) == ([], {"days": 0, "codes": []})
    assert body["forecast"] is None


def test_the_plan_tells_what_is_ready_and_how_long_the_rest_takes(api: Api) -> None:
    ref, _, _ = api.approval("accepted").partition("/")
    before = api.of("owner1").get(f"/projects/{ref}/plan").json
    assert (before["preview"], before["ready"]) == (False, [])
    assert {"code": "A01", "state": "accepted"}.items() <= before["approvals"][0].items()
    assert before["critical_path"] == {
        "days": 77,
        "codes": ["A01", "A02", "A07", "A08", "B01", "B02", "C02", "C03", "C05", "D02", "D06", "D07"],
    }
    assert api.of("window-a01").move(f"{ref}/A01", "grant", GIVEN["grant"]).status_code == 200
    after = api.of("owner1").get(f"/projects/{ref}/plan").json
    assert after["ready"] == ["A02", "A03", "A04", "A05", "A06"]
    assert (after["critical_path"]["days"], after["critical_path"]["codes"][0]) == (72, "A02")


def test_nothing_is_left_of_the_plan_of_a_completed_project(api: Api) -> None:
    with api.writing() as tx:
        ref = a_project(tx, "registered")
        finish(tx, ref)
    body = api.of("owner1").get(f"/projects/{ref}/plan").json
    assert (body["state"], body["ready"], body["critical_path"]["days"]) == ("completed", [], 0)


def test_two_programs_that_take_one_reference_at_once_get_one_project(api: Api) -> None:
    ref, owner = a_ref(), api.of("owner1")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: owner.post("/projects", DRAFT | {"external_ref": ref}), range(4)))
    assert sorted(answer.status_code for answer in answers)[0] == 201
    assert {answer.status_code for answer in answers} <= {201, 409, 422}
    assert len(owner.pages("/projects")) == 1


def test_answers_may_be_choices_and_numbers_and_wrong_ones_are_named(api: Api) -> None:
    answers = A_SMALL_ROAD | {"length": "300.50", "energy": 0}
    drafted = api.of("owner1").post("/projects", DRAFT | {"answers": answers})
    assert drafted.json["answers"] == answers | {"length": 300.5}
    codes = [entry["code"] for entry in api.of("owner1").get(f"/projects/{drafted.json['ref']}/plan").json["approvals"]]
    assert "B05" in codes and "A02" not in codes

    for name, value in (("works", "tunnel"), ("length", -1), ("energy", True), ("occupies_road", "perhaps")):
        refused = api.of("owner1").post("/projects", DRAFT | {"answers": {name: value}})
        assert (refused.status_code, list(refused.json["fields"])) == (422, [f"answers.{name}"])


def test_the_plan_contains_the_works_as_their_owner_planned_them(api: Api) -> None:
    plan = {"planned_start_on": "2027-06-01", "planned_finish_on": "2028-05-31"}
    ref = api.project("registered", **plan)
    body = api.of("owner1").get(f"/projects/{ref}/plan").json
    works = body["works"]
    assert plan.items() <= works.items()
    assert (works["requires"], works["after"]) == (["C05"], ["D01", "D02", "D03", "D04"])
    assert (works["expected_start_on"], works["expected_finish_on"]) == ("2027-06-01", "2028-05-31")
    assert body["critical_path"]["days"] == 63 + works["planned_days"] + 14
    assert body["forecast"]["complete_on"] > "2028-05-31" > body["forecast"]["permit_on"]
    assert [entry["code"] for entry in body["approvals"] if entry["after_works"]] == works["after"]


def test_the_plan_of_works_without_length_has_a_day_for_the_permit_and_none_for_the_end(api: Api) -> None:
    ref = api.project("registered")
    body = api.of("owner1").get(f"/projects/{ref}/plan").json
    assert (body["works"]["planned_days"], body["works"]["expected_finish_on"]) == (None, None)
    assert (body["forecast"]["complete_on"], body["forecast"]["days"], body["forecast"]["blocked"]) == (None, None, [])
    assert body["forecast"]["permit_days"] == 63


def test_an_owner_reports_the_works_and_the_liaison_confirms_them(api: Api) -> None:
    ref = api.project("registered")
    move = f"/projects/{ref}/moves/start_works"
    answer = api.of("owner1").post(move, {"with": {"day": "2026-03-02"}})
    assert (answer.status_code, answer.json["works_started_on"]) == (200, "2026-03-02")
    assert answer.json["works_start_confirmed"] is False
    assert api.of("liaison1").post(move, {"with": {"day": "2026-03-02"}}).json["works_start_confirmed"] is True
    assert api.of("owner1").post(move, {"with": {"day": "2026-03-01"}}).status_code == 409
    assert api.of("owner1").post(move.replace("start", "finish"), {"with": {"day": "2026-02-01"}}).status_code == 422
