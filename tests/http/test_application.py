"""Chinese unless somebody chose English."""

from collections.abc import Iterator

import pytest
from flask_openapi3 import OpenAPI

from approvals.base.i18n import known_language
from tests.support.pages import Visitor, a_site, somebody


@pytest.fixture
def app(sqlite_url: str) -> Iterator[OpenAPI]:
    with a_site(sqlite_url) as app:
        yield app


@pytest.mark.parametrize("name", ["zh", "zh_CN", "zh-CN", "zh_Hans_CN", "zh-Hans", "zh_TW", "ZH-cn"])
def test_every_chinese_is_ours(name: str) -> None:
    assert known_language(name) == "zh_Hans"


@pytest.mark.parametrize(("name", "ours"), [("en", "en"), ("en-GB", "en"), ("fr", None), ("", None), (None, None)])
def test_other_names_are_english_or_none_of_ours(name: str | None, ours: str | None) -> None:
    assert known_language(name) == ours


def test_a_page_is_chinese_whatever_the_browser_prefers(app: OpenAPI) -> None:
    page = Visitor(app).get("/sign-in", headers={"Accept-Language": "en-US,en"})

    assert '<html lang="zh-Hans">' in page.text
    assert "登录" in page.text


def test_english_is_remembered_before_signing_in(app: OpenAPI) -> None:
    visitor = Visitor(app)
    visitor.get("/sign-in")
    answer = visitor.post("/language", {"language": "en", "next": "/sign-in?next=/account/password"})

    assert answer.headers["Location"] == "/sign-in?next=/account/password"
    page = visitor.get("/sign-in")
    assert '<html lang="en">' in page.text
    assert "Sign in" in page.text
    assert "登录" not in page.text


def test_english_is_remembered_with_the_person(app: OpenAPI) -> None:
    visitor = somebody(app, "owner1")
    visitor.get("/")
    visitor.post("/language", {"language": "en"})

    elsewhere = somebody(app, "owner1")

    assert '<html lang="en">' in elsewhere.get("/").text
    assert '<html lang="en">' not in somebody(app, "owner2").get("/").text


def test_a_language_that_nobody_speaks_is_refused(app: OpenAPI) -> None:
    visitor = Visitor(app)
    visitor.get("/sign-in")

    assert visitor.post("/language", {"language": "tlh"}).status_code == 409
    assert visitor.post("/language", {}).status_code == 409


def test_nobody_is_led_elsewhere_by_the_language_switch(app: OpenAPI) -> None:
    visitor = Visitor(app)
    visitor.get("/sign-in")

    assert visitor.post("/language", {"language": "en", "next": "//evil.example"}).headers["Location"] == "/"


def test_a_program_may_ask_for_a_language(app: OpenAPI) -> None:
    english = app.test_client().get("/api/v1/nothing", headers={"Accept-Language": "en"})
    chinese = app.test_client().get("/api/v1/nothing", headers={"Accept-Language": "zh-CN,en;q=0.5"})

    assert english.json["title"] == "Nothing is here"
    assert chinese.json["title"] == "没有找到"
