"""The form of a filing: what is typed is kept until it is sent, and lost to no error, conflict or sign-out."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import orjson
import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select, update

from approvals.accounts.identity import SIGN_IN
from approvals.filing.forms import TYPED
from tests.support.builders import FURTHER, SCHOOL, as_form, do, entries
from tests.support.desk import a_filing, moves_of, row_of, the_database
from tests.support.pages import PASSWORD, Visitor, somebody

FIELDS = {
    "name": "东区第三小学教学楼",
    "category": "教育助学",
    "kind": "construction",
    "county": "东区",
    "planned_10k_yuan": "1,860.50",
    **as_form(FURTHER | {"funding": {"city": "1,860.5"}, "answers": SCHOOL | {"occupies_road": True}}),
}
ALL_NO = as_form({"answers": SCHOOL})
HALF = {"name": "还没写完的项目", "planned_10k_yuan": "一千万", "answers.occupies_road": "yes"}
AUTOSAVE = {"HX-Request": "true"}
FROM_HERE = {"Origin": "http://localhost"}


def typed_rows(app: OpenAPI) -> list[Any]:
    with the_database(app).read() as tx:
        return list(tx.execute(select(TYPED).order_by(TYPED.c.form)))


def value_of(page: Any, name: str) -> str:
    match = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', page.text)
    return html.unescape(match.group(1)) if match else ""


def new(owner: Visitor, fields: dict[str, str], **options: Any) -> Any:
    owner.get("/projects/new")
    return owner.post("/projects/new", {"once": owner.once_key()} | fields, **options)


@pytest.fixture
def owner(app: OpenAPI) -> Visitor:
    """An owner who has opened the form of a new filing."""
    visitor = somebody(app, "owner1")
    visitor.get("/projects/new")
    return visitor


def test_a_filing_is_drafted_with_all_that_was_typed(app: OpenAPI, owner: Visitor) -> None:
    answer = new(owner, FIELDS | {"external_ref": "教-2026-7", "item_no": "032"})

    assert answer.status_code == 303
    row = row_of(the_database(app), "教-2026-7")
    assert (row.name, row.county, row.planned_10k_yuan, row.item_no) == (
        "东区第三小学教学楼", "东区", 1860.5, "032",
    )  # fmt: skip
    assert orjson.loads(row.answers) == SCHOOL | {"occupies_road": True}
    assert owner.get(answer.headers["Location"]).status_code == 200


def test_what_is_missing_or_wrong_is_told_at_its_field_and_all_at_once(owner: Visitor) -> None:
    page = new(owner, HALF)

    assert page.status_code == 422
    for name in ("category", "kind", "county", "planned_10k_yuan", "site", "scale", "funding", "contact_phone"):
        assert f'<a href="#f-{name}">' in page.text
        assert f'id="f-{name}-faults"' in page.text
    assert value_of(page, "name") == HALF["name"]
    assert value_of(page, "planned_10k_yuan") == "一千万"
    assert re.search(r'name="answers.occupies_road" value="yes" checked', page.text)


def test_a_question_passed_over_is_asked_back_with_the_rest(app: OpenAPI, owner: Visitor) -> None:
    page = new(
        owner, {name: value for name, value in FIELDS.items() if name != "answers.in_heritage_zone"} | {"name": ""}
    )

    assert page.status_code == 422
    assert 'id="f-name-faults"' in page.text
    assert re.search(r"是否位于地下文物埋藏区？\s*<div class=\"field-faults\"", page.text)
    assert page.text.count("field-faults") == 2
    assert re.search(r'name="answers.occupies_road" value="yes" checked', page.text)


def test_services_are_asked_no_questions(owner: Visitor) -> None:
    service = {name: value for name, value in FIELDS.items() if name not in ALL_NO} | {"kind": "service"}

    assert new(owner, service).status_code == 303


@pytest.mark.parametrize(("state", "move"), [("drafted", "file"), ("returned", "refile")])
def test_a_page_files_no_project_with_open_questions_though_a_program_may(app: OpenAPI, state: str, move: str) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, state, answers={"occupies_road": True})
    owner.get(f"/projects/{ref}")

    refused = owner.post(f"/projects/{ref}/moves/{move}", {"once": owner.once_key()})

    assert refused.status_code == 409 and "情况选项尚未答全" in refused.text
    assert row_of(the_database(app), ref).state == state
    with the_database(app).write() as tx:
        do(tx, "owner1", move, ref)
    assert row_of(the_database(app), ref).state == "filed"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "名" * 201),
        ("name", "甲\0乙"),
        ("name", "甲\u202e乙"),
        ("name", "甲\n乙"),
        ("category", "别的类别"),
        ("kind", "castle"),
        ("county", "县" * 201),
        ("planned_10k_yuan", "-1"),
        ("planned_10k_yuan", "1000000000"),
        ("planned_10k_yuan", "1.234"),
        ("planned_10k_yuan", "NaN"),
        ("planned_10k_yuan", "1e400"),
        ("external_ref", "a/b"),
        ("external_ref", "510400-2026-00001"),
        ("external_ref", "new"),
        ("external_ref", ".."),
        ("answers.nonsense", "yes"),
    ],
)
def test_a_bad_field_is_named_and_nothing_else_is_lost(owner: Visitor, name: str, value: str) -> None:
    page = new(owner, FIELDS | {name: value})

    field = name.partition(".")[0]
    assert page.status_code == 422
    assert f'id="f-{field}-faults"' in page.text
    unharmed = "contact_name" if field == "name" else "name"
    assert value_of(page, unharmed) == FIELDS[unharmed]


def test_a_field_nobody_knows_changes_nothing(app: OpenAPI) -> None:
    assert new(somebody(app, "owner1"), FIELDS | {"state": "registered", "owner_unit_id": "1"}).status_code == 303


def test_a_reference_that_is_taken_is_told_at_its_field(app: OpenAPI, owner: Visitor) -> None:
    a_filing(app, ref="ext-taken", owner="owner1")

    page = new(somebody(app, "owner1"), FIELDS | {"external_ref": "EXT-taken"})

    assert page.status_code == 422
    assert "已被本单位其他项目使用" in page.text


def test_of_two_who_take_one_reference_at_the_same_moment_one_is_told_so(app: OpenAPI) -> None:
    owners = [somebody(app, "owner1", address=f"192.0.2.{n}") for n in (1, 2)]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda owner: new(owner, FIELDS | {"external_ref": "ext-both"}), owners))

    assert sorted(answer.status_code for answer in answers) == [303, 422]


def test_a_filing_sent_twice_is_drafted_once(owner: Visitor) -> None:
    fields = FIELDS | {"once": owner.once_key()}

    places = {owner.post("/projects/new", fields).headers["Location"] for _ in range(3)}

    assert len(places) == 1


def test_what_is_typed_is_kept_while_typing_and_shown_again_at_return(owner: Visitor) -> None:

    answer = owner.post("/projects/new/typed", HALF, headers=AUTOSAVE)

    assert re.fullmatch(r"\s*已保存 \d\d:\d\d\s*", answer.text)
    page = owner.get("/projects/new")
    assert "尚未提交" in page.text
    assert value_of(page, "name") == HALF["name"]
    assert value_of(page, "planned_10k_yuan") == "一千万"
    assert re.search(r'name="answers.occupies_road" value="yes" checked', page.text)
    assert "继续填写" in owner.get("/projects").text


def test_without_script_a_button_keeps_what_is_not_complete_yet(owner: Visitor) -> None:

    answer = owner.post("/projects/new/typed", HALF)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/projects")
    assert "填写的内容已保存" in owner.get("/projects").text
    assert value_of(owner.get("/projects/new"), "name") == HALF["name"]


def test_what_is_kept_outlives_the_session_and_is_the_persons_own(app: OpenAPI, owner: Visitor) -> None:
    owner.post("/projects/new/typed", HALF)
    owner.post("/sign-out")

    assert value_of(somebody(app, "owner1").get("/projects/new"), "name") == HALF["name"]
    assert value_of(somebody(app, "owner2").get("/projects/new"), "name") == ""


def test_what_is_kept_is_forgotten_when_the_filing_is_drafted(app: OpenAPI, owner: Visitor) -> None:
    fields = FIELDS | {"once": owner.once_key()}
    owner.post("/projects/new/typed", fields, headers=AUTOSAVE)

    assert owner.post("/projects/new", fields).status_code == 303
    assert typed_rows(app) == []
    owner.post("/projects/new/typed", fields, headers=AUTOSAVE)  # a late word of the form that was sent
    assert typed_rows(app) == []


def test_a_form_emptied_or_thrown_away_is_not_kept(app: OpenAPI, owner: Visitor) -> None:
    for end in (
        lambda: owner.post("/projects/new/typed", {}, headers=AUTOSAVE),
        lambda: owner.post("/projects/new/discard"),
    ):
        owner.post("/projects/new/typed", HALF, headers=AUTOSAVE)
        assert len(typed_rows(app)) == 1
        end()
        assert typed_rows(app) == []


def test_what_is_kept_once_more_takes_the_place_of_what_was_kept(app: OpenAPI, owner: Visitor) -> None:
    for name in ("一稿", "二稿", "三稿"):
        owner.post("/projects/new/typed", {"name": name}, headers=AUTOSAVE)

    assert len(typed_rows(app)) == 1
    assert value_of(owner.get("/projects/new"), "name") == "三稿"


def test_odd_characters_are_kept_as_they_were_typed(owner: Visitor) -> None:
    odd = "甲\0\x07\u202e<script>alert(1)</script>\"'&😀"

    owner.post("/projects/new/typed", {"name": odd}, headers=AUTOSAVE)

    page = owner.get("/projects/new")
    assert value_of(page, "name") == odd
    assert "<script>alert(1)" not in page.text


def test_too_much_to_keep_is_said_and_not_kept(app: OpenAPI, owner: Visitor) -> None:
    much = {"name": "长" * 60_000}

    assert "内容过长" in owner.post("/projects/new/typed", much, headers=AUTOSAVE).text
    page = owner.post("/projects/new/typed", much)
    assert page.status_code == 409
    assert value_of(page, "name") == much["name"]
    assert typed_rows(app) == []


def test_a_filing_is_changed_where_it_was_changed_and_the_record_says_only_that(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, name="旧名称", item_no="032", **FURTHER)
    page = owner.get(f"/projects/{ref}/edit")
    assert value_of(page, "name") == "旧名称"
    assert value_of(page, "planned_10k_yuan") == "1200.5"

    fields = FIELDS | {
        "external_ref": ref,
        "version": value_of(page, "version"),
        "name": "新名称",
        "planned_10k_yuan": "1200.50",
        **as_form({"funding": FURTHER["funding"]}),
    }
    answer = owner.post(f"/projects/{ref}/edit", fields | ALL_NO)

    assert answer.headers["Location"] == f"/projects/{ref}"
    row = row_of(the_database(app), ref)
    assert (row.name, row.item_no) == ("新名称", None)
    with the_database(app).read() as tx:
        assert entries(tx, ref)[-1].facts == '{"item_no":null,"name":"新名称"}'


def test_saving_without_a_change_makes_no_move(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, **FURTHER)
    page = owner.get(f"/projects/{ref}/edit")
    names = ("name", "planned_10k_yuan", "external_ref", "version", "site", "scale.amount", "funding.city")
    more = ("funding.own", "credit_code", "contact_name", "contact_phone")
    fields = {name: value_of(page, name) for name in (*names, *more)}
    chosen = {"category": "教育助学", "kind": "construction", "county": "东区", "works_kind": "new_build"}
    fields |= chosen | {"scale.unit": "m2"}

    assert owner.post(f"/projects/{ref}/edit", fields | ALL_NO).status_code == 303

    assert moves_of(the_database(app), ref) == ["draft"]


def test_a_field_that_is_needed_cannot_be_emptied(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, name="旧名称")

    page = owner.post(f"/projects/{ref}/edit", FIELDS | {"external_ref": ref, "name": " "})

    assert page.status_code == 422
    assert 'id="f-name-faults"' in page.text
    assert value_of(page, "name") == ""
    assert row_of(the_database(app), ref).name == "旧名称"


def test_a_reference_may_be_changed_but_not_removed(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app)

    assert owner.post(f"/projects/{ref}/edit", FIELDS).status_code == 422
    answer = owner.post(f"/projects/{ref}/edit", FIELDS | {"external_ref": f"{ref}-neu"})

    assert answer.headers["Location"] == f"/projects/{ref}-neu"
    assert owner.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("state", ["filed", "classified", "registered", "withdrawn", "declined"])
def test_a_filing_that_is_on_its_way_cannot_be_changed(app: OpenAPI, state: str) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, state)

    assert owner.get(f"/projects/{ref}/edit").status_code == 409
    page = owner.post(f"/projects/{ref}/edit", FIELDS | {"external_ref": ref})
    assert page.status_code == 409
    assert value_of(page, "name") == FIELDS["name"]
    assert row_of(the_database(app), ref).name != FIELDS["name"]


def test_who_edits_an_older_version_is_shown_what_changed_and_keeps_what_they_typed(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app, "returned")
    version = value_of(owner.get(f"/projects/{ref}/edit"), "version")
    with the_database(app).write() as tx:
        do(tx, "owner1", "edit", ref, {"county": "仁和区"})
    fields = FIELDS | {"external_ref": ref, "version": version}

    page = owner.post(f"/projects/{ref}/edit", fields)

    assert page.status_code == 409
    assert "仁和区" in page.text
    assert "王丽华" in page.text
    assert value_of(page, "name") == FIELDS["name"]
    assert owner.post(f"/projects/{ref}/edit", fields | {"version": value_of(page, "version")}).status_code == 303
    assert row_of(the_database(app), ref).county == "东区"


def test_what_is_typed_into_an_edit_is_kept_with_the_version_it_was_typed_over(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app)
    page = owner.get(f"/projects/{ref}/edit")
    owner.post(
        f"/projects/{ref}/edit/typed", {"name": "改到一半", "version": value_of(page, "version")}, headers=AUTOSAVE
    )
    with the_database(app).write() as tx:
        do(tx, "owner1", "edit", ref, {"county": "盐边县"})

    page = owner.get(f"/projects/{ref}/edit")

    assert value_of(page, "name") == "改到一半"
    assert value_of(page, "county") == ""
    assert "盐边县" in page.text  # told as what changed meanwhile
    assert "您曾开始修改申报" in owner.get(f"/projects/{ref}").text
    owner.post(f"/projects/{ref}/edit/discard")
    assert typed_rows(app) == []


def test_what_is_kept_of_an_edit_is_forgotten_when_it_is_sent(app: OpenAPI) -> None:
    owner, ref = somebody(app, "owner1"), a_filing(app)
    page = owner.get(f"/projects/{ref}/edit")
    fields = FIELDS | {"external_ref": ref, "version": value_of(page, "version"), "once": owner.once_key()}
    owner.post(f"/projects/{ref}/edit/typed", fields, headers=AUTOSAVE)

    owner.post(f"/projects/{ref}/edit", fields)
    owner.post(f"/projects/{ref}/edit/typed", fields, headers=AUTOSAVE)

    assert typed_rows(app) == []


def end_session(app: OpenAPI) -> None:
    """All sessions ended an hour ago, as after a night."""
    with the_database(app).write() as tx:
        for row in tx.execute(select(SIGN_IN)).all():
            values = {"ends_at": row.begun_at - timedelta(hours=1)}
            tx.execute(update(SIGN_IN).where(SIGN_IN.c.digest == row.digest).values(values))


def hidden_fields(page: Any) -> dict[str, str]:
    form = page.text.partition("<main")[2]
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in inputs}


def test_what_is_sent_after_the_session_ended_is_carried_through_the_sign_in(app: OpenAPI, owner: Visitor) -> None:
    end_session(app)

    refused = owner.post("/projects/new", FIELDS | {"external_ref": "ext-night"}, headers=FROM_HERE)
    assert refused.status_code == 401
    assert "登录已失效" in refused.text
    wrong = owner.post("/sign-in", hidden_fields(refused) | {"username": "owner1", "password": "wrong password"})
    assert wrong.status_code == 422
    back = owner.post("/sign-in", hidden_fields(wrong) | {"username": "owner1", "password": PASSWORD})
    assert back.status_code == 200
    assert 'action="/projects/new"' in back.text
    answer = owner.post("/projects/new", hidden_fields(back))

    assert answer.headers["Location"] == "/projects/ext-night"
    row = row_of(the_database(app), "ext-night")
    assert (row.name, row.planned_10k_yuan) == (FIELDS["name"], 1860.5)


def test_what_was_not_right_comes_back_into_the_form_after_the_sign_in(app: OpenAPI, owner: Visitor) -> None:
    end_session(app)
    refused = owner.post("/projects/new", HALF, headers=FROM_HERE)
    back = owner.post("/sign-in", hidden_fields(refused) | {"username": "owner1", "password": PASSWORD})

    page = owner.post("/projects/new", hidden_fields(back))

    assert page.status_code == 422
    assert value_of(page, "name") == HALF["name"]
    assert value_of(page, "planned_10k_yuan") == "一千万"


def test_a_form_opened_before_a_sign_in_elsewhere_can_still_be_sent(app: OpenAPI) -> None:
    owner = somebody(app, "owner1")
    old = value_of(owner.get("/projects/new"), "csrf_token")
    owner.sign_in("owner1")  # in another window

    refused = owner.post("/projects/new", FIELDS | {"csrf_token": old}, headers=FROM_HERE)
    assert refused.status_code == 400
    assert "重新发送" in refused.text
    answer = owner.post("/projects/new", hidden_fields(refused))

    assert answer.status_code == 303


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_what_another_site_sends_is_not_carried(app: OpenAPI, owner: Visitor, headers: dict[str, str]) -> None:
    end_session(app)

    answer = owner.post("/projects/new", FIELDS, headers=headers)

    assert answer.status_code == 401
    assert FIELDS["name"] not in answer.text


@pytest.mark.parametrize(
    "carried",
    ["x", "[]", "[1]", "{}", '["https://evil.example/",[]]', '["//evil.example",[]]', '["/a",[["n"]]]', "null"],
)
def test_a_made_up_carried_form_leads_nowhere(app: OpenAPI, carried: str) -> None:
    visitor = Visitor(app)

    answer = visitor.sign_in("owner1", carried=carried)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_an_autosave_after_the_session_ended_leaves_the_page_where_it_is(app: OpenAPI, owner: Visitor) -> None:
    end_session(app)

    answer = owner.post("/projects/new/typed", HALF, headers=AUTOSAVE | FROM_HERE)

    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
    assert HALF["name"] not in answer.text
