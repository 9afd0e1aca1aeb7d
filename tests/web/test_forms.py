"""Forms: their input, showing them again, and one effect however often they are sent."""

from functools import partial

import pytest
from flask import Blueprint
from flask_openapi3 import OpenAPI
from sqlalchemy import select
from werkzeug.wrappers import Response

from approvals.base.errors import Refused
from approvals.base.stores import next_number
from approvals.base.tables import NumberSeries, OnceKey, table_of
from approvals.http.access import access, check_declared
from approvals.http.application import KEY
from approvals.web.forms import EMPTY, Form, form_input, form_version, redisplay
from approvals.web.submissions import writing_once
from tests.support.concurrency import at_once
from tests.support.pages import somebody
from workflows.charts.model import Need

NEEDS = (
    Need("name", "line", "名称", "Name"),
    Need("key", "flag", "重点", "Key"),
    Need("reasons", "texts", "原因", "Reasons"),
    Need("answers", "answers", "情况", "Answers"),
    Need("items", "notice_items", "材料", "Items"),
)
trial = Blueprint("trial", __name__, url_prefix="/trial")


@trial.get("/<place>")
@access("signed_in")
def show(place: str, form: Form = EMPTY) -> str:
    return f"{place}|{form.name}|{form.message}|{form.version}|{sorted(form.values.items())}"


@trial.post("/<place>/<move>")
@access("signed_in")
@redisplay(show)
def make(place: str, move: str) -> Response:
    with writing_once(f"/trial/{place}") as once:
        if once.is_new:
            number = next_number(once.tx, place)
            if move == "refuse":
                raise Refused("This language is not available.")
            once.leads_to = f"/trial/{place}-{number}"
    return once.answer()


@pytest.fixture
def app(app: OpenAPI) -> OpenAPI:
    app.register_blueprint(trial)
    check_declared(app)
    return app


def numbers(app: OpenAPI) -> list[int]:
    with app.extensions[KEY].database.read() as tx:
        series = table_of(NumberSeries)
        own = select(series.c.last).where(series.c.series.not_like("seal/%"))  # a sign-in seals its event
        return list(tx.execute(own).scalars())


def test_a_form_sent_twice_has_one_effect_and_leads_to_the_same_place(app: OpenAPI) -> None:
    visitor = somebody(app, "owner1")

    places = [visitor.post("/trial/a/do", {"once": "0123456789abcdef"}).headers["Location"] for _ in range(3)]

    assert places == ["/trial/a-1"] * 3
    assert numbers(app) == [1]


def test_a_form_sent_twice_at_the_same_time_has_one_effect(app: OpenAPI) -> None:
    visitors = [somebody(app, "owner1") for _ in range(4)]
    for visitor in visitors:
        visitor.get("/")

    answers = at_once(*(partial(visitor.post, "/trial/a/do", {"once": "0123456789abcdef"}) for visitor in visitors))

    assert [answer.headers["Location"] for answer in answers] == ["/trial/a-1"] * 4
    assert numbers(app) == [1]


def test_another_form_person_or_page_is_processed_anew(app: OpenAPI) -> None:
    first, second = somebody(app, "owner1"), somebody(app, "owner2")
    for visitor in (first, second):
        visitor.get("/")
    key = {"once": "0123456789abcdef"}

    assert first.post("/trial/a/do", key).headers["Location"] == "/trial/a-1"
    assert second.post("/trial/a/do", key).headers["Location"] == "/trial/a-2"
    assert first.post("/trial/b/do", key).headers["Location"] == "/trial/b-1"
    assert first.post("/trial/a/do", {"once": "another-key-1"}).headers["Location"] == "/trial/a-3"
    assert first.post("/trial/a/do", {}).headers["Location"] == "/trial/a-4"


def test_a_refused_form_leaves_nothing_and_may_be_sent_again(app: OpenAPI) -> None:
    visitor = somebody(app, "owner1")
    key = {"once": "0123456789abcdef", "version": "7"}

    refused = visitor.post("/trial/a/refuse", key)

    assert (refused.status_code, refused.text) == (409, "a|refuse|不支持该语言。|7|[]")
    assert numbers(app) == []
    with app.extensions[KEY].database.read() as tx:
        assert tx.execute(select(table_of(OnceKey))).all() == []


def test_fields_are_read_as_the_chart_needs_them(app: OpenAPI) -> None:
    form = {
        "name": "  新建小学 ",
        "key": "yes",
        "reasons": ["投资来源", "", "用地"],
        "answers.occupies_road": "yes",
        "answers.in_heritage_zone": "no",
        "items.0.material": "",
        "items.2.material": "坐标表",
        "items.2.problem": "没有盖章",
        "items.10.material": "规划图",
        "items.x.material": "?",
        "version": "12",
        "unknown": "!",
    }
    with app.test_request_context("/", method="POST", data=form):
        values, version = form_input(NEEDS), form_version()

    assert version == 12
    assert values == {
        "name": "新建小学",
        "key": True,
        "reasons": ["投资来源", "用地"],
        "answers": {"occupies_road": True, "in_heritage_zone": False},
        "items": [{"material": "坐标表", "problem": "没有盖章"}, {"material": "规划图"}],
    }


def test_fields_left_empty_are_left_out(app: OpenAPI) -> None:
    with app.test_request_context("/", method="POST", data={"name": " ", "version": "x"}):
        assert form_input(NEEDS) == {"key": False, "reasons": [], "answers": {}, "items": []}
        assert form_version() is None


def test_a_form_knows_its_values_and_errors_by_path() -> None:
    form = Form("notify", {"items": [{"problem": "旧"}], "name": "甲"}, {"items.0.problem": ("错",), "items": ("少",)})

    assert form.value("items.0.problem") == "旧"
    assert form.value("items.1.problem") == form.value("nothing.at.all") == ""
    assert form.errors_of("items.0.problem") == ("错",)
    assert form.errors_under("items") == ("错", "少")
    assert list(form.rows("items")) == [0, 1]
    assert form.called("other") is EMPTY
    assert form.over({"name": "乙", "county": "东区"}).values["name"] == "甲"
