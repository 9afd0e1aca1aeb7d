"""The three administrators, who watch each other."""

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select

from approvals.accounts.audit import EVENT
from approvals.accounts.queries import PERSON
from approvals.accounts.units import unit_ids
from approvals.http.application import KEY
from tests.support.builders import an_actor
from tests.support.pages import Visitor, somebody


def roles_of(app: OpenAPI, username: str) -> frozenset[str]:
    with app.extensions[KEY].database.read() as tx:
        found = an_actor(tx, username)
    return found.roles


def events(app: OpenAPI) -> list[tuple[str, str, str, str]]:
    with app.extensions[KEY].database.read() as tx:
        columns = (EVENT.c.actor, EVENT.c.event, EVENT.c.subject, EVENT.c.detail)
        return [tuple(row) for row in tx.execute(select(*columns).order_by(EVENT.c.id))]


def give(app: OpenAPI, by: str, username: str, *roles: str):  # type: ignore[no-untyped-def]
    visitor = somebody(app, by)
    return visitor.post(f"/administration/people/{username}/roles", {"roles": list(roles)})


def test_the_security_administrator_gives_and_takes_roles(app: OpenAPI) -> None:
    assert give(app, "secadmin1", "owner1", "liaison").status_code == 303

    assert roles_of(app, "owner1") == {"liaison"}
    assert events(app)[-1] == ("secadmin1", "roles_changed", "owner1", "+liaison -owner")


def test_an_administrator_gets_no_other_role_and_what_was_ticked_stays(app: OpenAPI) -> None:
    page = give(app, "secadmin1", "owner1", "owner", "auditor")

    assert page.status_code == 422
    assert "管理员不得兼任其他角色" in page.text
    assert 'value="auditor" checked' in page.text
    assert roles_of(app, "owner1") == {"owner"}


@pytest.mark.parametrize(("username", "role", "status"), [("secadmin1", "auditor", 403), ("owner1", "emperor", 422)])
def test_own_roles_and_unknown_roles_are_refused(app: OpenAPI, username: str, role: str, status: int) -> None:
    before = roles_of(app, username)

    assert give(app, "secadmin1", username, role).status_code == status

    assert roles_of(app, username) == before


def test_nobody_keeps_themselves_out(sysadmin: Visitor) -> None:
    assert sysadmin.post("/administration/people/sysadmin1/active", {"active": "no"}).status_code == 403
    assert sysadmin.post("/administration/people/sysadmin1/password").status_code == 403


def test_a_new_unit_and_a_new_person_in_it(app: OpenAPI, sysadmin: Visitor) -> None:
    made = sysadmin.post("/administration/units", {"name": "市审计局", "name_en": "Audit Bureau", "kind": "owner"})

    page = sysadmin.post(f"{made.headers['Location']}/people", {"username": "owner99", "name": "钟离"})

    assert page.status_code == 200
    password = page.text.split('class="secret">')[1].split("<")[0]
    assert Visitor(app).sign_in("owner99", password).headers["Location"] == "/"
    assert [event[1:3] for event in events(app)][-3:-1] == [("unit_created", "市审计局"), ("person_created", "owner99")]


def test_a_person_made_twice_by_an_impatient_click_is_one_and_the_password_is_shown_once(sysadmin: Visitor) -> None:
    page = sysadmin.get("/administration/units/1")
    form = {"username": "owner99", "name": "钟离", "once": sysadmin.once_key()}

    first = sysadmin.post("/administration/units/1/people", form)
    second = sysadmin.post("/administration/units/1/people", form)

    assert page.status_code == first.status_code == 200
    assert (second.status_code, second.headers["Location"]) == (303, "/administration/people/owner99")


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"name": "钟离"}, "username", "必填"),
        ({"username": "Owner 99", "name": "钟离"}, "username", "含有此处不允许的字符"),
        ({"username": "owner1", "name": "钟离"}, "username", "已被使用"),
        ({"username": "owner99", "name": "钟\x00离"}, "name", "含有控制字符"),
        ({"username": "owner99", "name": "离" * 201}, "name", "超过 200 个字符"),
    ],
)
def test_a_wrong_field_is_named_and_the_rest_is_kept(
    app: OpenAPI, sysadmin: Visitor, given: dict[str, str], field: str, why: str
) -> None:
    page = sysadmin.post("/administration/units/1/people", {**given, "phone": "0812-1234567"})

    assert page.status_code == 422
    assert f'id="f-{field}-faults"' in page.text
    assert why in page.text
    assert 'value="0812-1234567"' in page.text
    with app.extensions[KEY].database.read() as tx:
        assert tx.execute(select(PERSON.c.id).where(PERSON.c.username == "owner99")).all() == []


def test_a_unit_cannot_have_the_name_of_another(sysadmin: Visitor) -> None:
    page = sysadmin.post("/administration/units", {"name": "市教育局", "kind": "owner"})

    assert page.status_code == 422
    assert "已被使用" in page.text


@pytest.mark.parametrize("path", ["/administration/units/999", "/administration/people/nobody"])
def test_what_is_not_there_is_not_found(app: OpenAPI, path: str) -> None:
    assert somebody(app, "sysadmin1").get(path).status_code == 404


def test_the_events_are_read_page_by_page_without_gap_or_repetition(app: OpenAPI) -> None:
    auditor = somebody(app, "auditor1")
    for _ in range(60):
        auditor.post("/sign-out")
        auditor.sign_in("auditor1")

    seen = [page.count('<td data-label="时间"') for page in auditor.pages("/administration/events")]

    assert sum(seen) == len(events(app))


def test_a_cursor_that_is_none_is_refused(app: OpenAPI) -> None:
    assert somebody(app, "auditor1").get("/administration/events?cursor=nonsense").status_code == 422


def unit_of(app: OpenAPI, name: str) -> int:
    with app.extensions[KEY].database.read() as tx:
        return unit_ids(tx)[name]


def test_a_unit_is_renamed_from_a_day_on_and_its_names_are_listed(app: OpenAPI, sysadmin: Visitor) -> None:
    path = f"/administration/units/{unit_of(app, '市发展改革委')}"
    refused = sysadmin.post(f"{path}/name", {"name": "市水利局", "from_on": "2026-11-01"})
    assert refused.status_code == 422
    assert "已被使用" in refused.text and 'value="2026-11-01"' in refused.text

    assert sysadmin.post(f"{path}/name", {"name": "市发展和改革局", "from_on": "2026-11-01"}).status_code == 303
    page = sysadmin.get(path).text
    assert "<h1>市发展和改革局</h1>" in page and "市发展改革委" in page
    assert unit_of(app, "市发展改革委") == unit_of(app, "市发展和改革局")


def test_a_unit_is_merged_after_a_preview(app: OpenAPI, sysadmin: Visitor) -> None:
    old, new = unit_of(app, "市发展改革委"), unit_of(app, "市水利局")
    path = f"/administration/units/{old}"
    assert sysadmin.post(f"{path}/merge/preview", {"successor": str(old)}).status_code == 422
    preview = sysadmin.post(f"{path}/merge/preview", {"successor": str(new)})
    assert preview.status_code == 200
    assert "市发展改革委并入市水利局" in preview.text
    assert unit_of(app, "市发展改革委") == old

    assert sysadmin.post(f"{path}/merge", {"successor": str(new)}).status_code == 303
    assert "已并入市水利局" in sysadmin.get(path).text
    assert unit_of(app, "市发展改革委") == new
    assert sysadmin.post(f"{path}/people", {"username": "new1", "name": "钟离"}).status_code == 409
