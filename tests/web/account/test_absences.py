"""A liaison falls ill and the deputy goes on: the pages, without script."""

from approvals.http.application import KEY
from tests.support.builders import a_project, when
from tests.support.pages import a_site, somebody

NOW = when("2026-03-10", "09:00")


def test_a_liaison_falls_ill_and_the_deputy_goes_on(page_url):
    with a_site(page_url, now=NOW) as app:
        with app.extensions[KEY].database.write() as tx:
            ref = a_project(tx, "registered", at=when("2026-03-02"))
        ill, deputy, centre = (somebody(app, name) for name in ("liaison1", "liaison2", "centre1"))
        given = {"person": "liaison1", "from_on": "2026-03-10", "until_on": "2026-03-20", "deputy": "liaison2"}

        without_kind = ill.post("/absence/look", given)
        assert without_kind.status_code == 422 and 'value="2026-03-20"' in without_kind.text
        given["kind"] = "sick"
        looked = ill.post("/absence/look", given)
        assert "A01" in looked.text and "确认登记" in looked.text
        assert ill.post("/absence", given).status_code == 303

        assert "何晓梅 请假，无人代岗" in centre.get("/notices").text
        assert "待确认" in centre.get("/absences").text
        assert "有人请您代岗" in deputy.get("/").text
        page = deputy.get("/absence").text
        address = page.split('action="/absence/')[1].split("/confirm")[0]
        assert deputy.post(f"/absence/{address}/confirm").status_code == 303
        assert "您正在为 何晓梅 代岗，至 2026年3月20日" in deputy.get("/").text
        assert "无人代岗" not in centre.get("/notices").text

        owners = somebody(app, "owner1").get(f"/projects/{ref}").text
        assert "邓志勇" in owners and "代 何晓梅（请假）" in owners
        assert "在岗代办" in centre.get(f"/casefiles/{ref}").text
        assert ill.post(f"/absence/{address}/end").status_code == 303
        assert "您正在为" not in deputy.get("/").text
