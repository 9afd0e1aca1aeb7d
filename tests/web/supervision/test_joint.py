"""The pages of double management: the office begins it, the two heads write, sign and escalate."""

import pytest

from approvals.http.application import KEY
from tests.support.builders import GIVEN, a_project, an_approval, when
from tests.support.pages import a_site, send, somebody


@pytest.fixture(scope="module")
def site(make_database):
    with a_site(make_database("sqlite"), now=when("2026-03-04")) as app:
        with app.extensions[KEY].database.write() as tx:
            ref = a_project(tx, "registered")
            an_approval(tx, "accepted", ref=ref)
        yield app, f"/joint/{ref}"


def test_a_joint_project_from_its_beginning_to_a_signed_word(site):
    app, page = site

    def sent(app, username, path, values):
        return send(somebody(app, username), page, values, path)

    assert somebody(app, "head-a02").get(page).status_code == 404
    begun = sent(app, "office1", "/moves/manage_jointly", GIVEN["manage_jointly"])
    assert begun.status_code == 303
    again = sent(app, "office1", "/moves/manage_jointly", GIVEN["manage_jointly"])
    assert again.status_code == 409
    assert "市水利局" in somebody(app, "head-a02").get("/joint").text
    assert somebody(app, "head-a05").get(page.replace("joint", "casefiles")).status_code == 200

    empty = sent(app, "head-a02", "/words", {"text": "本月完成评审。"})
    assert empty.status_code == 422 and "本月完成评审。" in empty.text
    assert sent(app, "head-a02", "/words", {"of": "2026-03", "text": "本月完成评审。"}).status_code == 303
    assert sent(app, "head-a02", "/words/2026-03/moves/sign_word", {}).status_code == 409
    assert sent(app, "head-a05", "/words/2026-03/moves/sign_word", {}).status_code == 303
    assert "已会签" in somebody(app, "office1").get(page).text

    assert sent(app, "head-a05", "/escalate", {"code": "A01", "reason": ""}).status_code == 422
    assert sent(app, "head-a05", "/escalate", {"code": "A01", "reason": "两家意见不一"}).status_code == 303
