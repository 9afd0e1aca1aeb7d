"""Chinese unless somebody chose English."""

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.i18n import known_language
from tests.support.pages import Visitor, somebody


@pytest.mark.parametrize(
    ("ours", "names"),
    [
        ("zh_Hans", ("zh", "zh_CN", "zh-CN", "zh_Hans_CN", "zh-Hans", "zh_TW", "ZH-cn")),
        ("en", ("en", "en-GB")),
        (None, ("fr", "", None)),
    ],
)
def test_known_language_takes_every_chinese_as_ours(ours: str | None, names: tuple[str | None, ...]) -> None:
    assert {known_language(name) for name in names} == {ours}


def test_a_page_is_chinese_whatever_the_browser_prefers(app: OpenAPI) -> None:
    page = Visitor(app).get("/sign-in", headers={"Accept-Language": "en-US,en"})

    assert '<html lang="zh-Hans">' in page.text
    assert "登录" in page.text


def test_english_is_remembered_before_signing_in(app: OpenAPI) -> None:
    visitor = Visitor(app)
    answer = visitor.post("/language", {"language": "en", "next": "/sign-in?next=/account/password"})

    assert answer.headers["Location"] == "/sign-in?next=/account/password"
    page = visitor.get("/sign-in")
    assert '<html lang="en">' in page.text
    assert "Sign in" in page.text
    assert "登录" not in page.text


def test_english_is_remembered_with_the_person(app: OpenAPI) -> None:
    visitor = somebody(app, "owner1")
    visitor.post("/language", {"language": "en"})

    elsewhere = somebody(app, "owner1")

    assert '<html lang="en">' in elsewhere.get("/").text
    assert '<html lang="en">' not in somebody(app, "owner2").get("/").text


def test_the_language_switch_refuses_other_languages_and_leads_nobody_elsewhere(app: OpenAPI) -> None:
    visitor = Visitor(app)

    assert visitor.post("/language", {"language": "tlh"}).status_code == 409
    assert visitor.post("/language", {}).status_code == 409
    assert visitor.post("/language", {"language": "en", "next": "//evil.example"}).headers["Location"] == "/"


def test_a_program_may_ask_for_a_language(app: OpenAPI) -> None:
    english = app.test_client().get("/api/v1/nothing", headers={"Accept-Language": "en"})
    chinese = app.test_client().get("/api/v1/nothing", headers={"Accept-Language": "zh-CN,en;q=0.5"})

    assert english.json["title"] == "Page not found"
    assert chinese.json["title"] == "没有找到"


def test_a_language_chosen_before_signing_in_holds_for_that_session_only(app: OpenAPI) -> None:
    visitor = Visitor(app)
    visitor.post("/language", {"language": "en"})
    visitor.sign_in("office1")
    assert "Welcome" in visitor.get("/").text
    visitor.post("/sign-out")
    visitor.sign_in("office1")
    assert "Welcome" not in visitor.get("/").text
