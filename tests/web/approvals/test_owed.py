"""The list of what acceptances left owed, and how an acceptance leaves it."""

import re

from flask_openapi3 import OpenAPI

from tests.support.builders import NOW, an_owing, do
from tests.support.desk import form_of, path_of, text_of, the_database
from tests.support.pages import bearer, somebody

AT = NOW.replace(day=18)


def test_owner_window_and_liaison_find_what_is_owed_and_nobody_else_does(app: OpenAPI) -> None:
    with the_database(app).write() as tx:
        late, coming = an_owing(tx, until="2026-11-19", at=AT), an_owing(tx, until="2026-11-30", at=AT)
        do(tx, "owner1", "supply_owed", coming)
    for who, start in (("owner1", "/projects"), ("window-a03", "/windows"), ("liaison1", "/day")):
        visitor = somebody(app, who)
        assert 'href="/owed"' in visitor.get(start).text, who
        page = visitor.get("/owed").text
        assert re.findall(r'class="head-cell"><a href="/approvals/[^"]+/A03"', page) and page.index(
            "11-19"
        ) < page.index("11-30")
        assert "2026-11-19 逾期" in text_of(page) and "公众参与说明" in page

    for who in ("owner2", "window-a05"):
        assert "目前没有待补的容缺材料" in somebody(app, who).get("/owed").text
    whole = app.test_client().get(f"/api/v1/approvals/{late}", headers=bearer(app, "owner1")).json
    assert (whole["owed"], whole["may_follow"], whole["owed_until"]) == (
        ["公众参与说明"],
        ["公众参与说明"],
        "2026-11-19",
    )


def test_a_window_accepts_with_a_material_owed_on_the_page(app: OpenAPI) -> None:
    with the_database(app).write() as tx:
        ref = an_owing(tx, until="2026-11-30", at=AT).partition("/")[0]
        do(tx, "owner1", "submit", f"{ref}/A04", {"materials": ["节能报告"]})
        do(tx, "owner1", "withdraw_approval", f"{ref}/A03")
        do(tx, "owner1", "reapply", f"{ref}/A03")
        do(tx, "owner1", "submit", f"{ref}/A03", {"materials": ["环评文件"]})
    window, path = somebody(app, "window-a03"), f"/approvals/{ref}/A03"
    page = window.get(path).text
    form = form_of(page, f"{path_of(page, path)}/moves/accept")

    refused = window.post(f"{path}/moves/accept", form | {"owed": "公众参与说明"})

    assert refused.status_code == 422 and "必填" in refused.text
    assert re.search(r'value="公众参与说明" checked', refused.text)
    assert (
        window.post(f"{path}/moves/accept", form | {"owed": "公众参与说明", "owed_until": "2026-11-27"}).status_code
        == 303
    )
    assert "容缺受理：下列材料可于 2026-11-27 前补齐" in text_of(window.get(path).text)
    other = somebody(app, "window-a01").get(f"/approvals/{ref}/A04").text
    assert 'name="owed_until"' not in other and "moves/accept" in other
