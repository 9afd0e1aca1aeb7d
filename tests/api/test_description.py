"""The description of the API is whole, true to the charts, and the copy in docs is the one that is served."""

import re

import orjson
import pytest
from flask_openapi3 import OpenAPI

from approvals.history.commands import Kind
from approvals.moves import MOVES
from tests.support.expected_charts import NEEDS
from tests.support.pages import an_app
from tests.support.servers import ROOT
from workflows.charts.registry import CHARTS

ALL = {"401", "403", "422", "429", "503"}
WRITING = ALL | {"400", "413", "415"}
HIDDEN = ("/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs/<name>")  # the description itself


@pytest.fixture(scope="module")
def app(make_database) -> OpenAPI:  # type: ignore[no-untyped-def]
    with an_app(make_database("sqlite")) as app:
        return app


def test_the_copy_in_docs_is_the_one_that_is_served(app: OpenAPI) -> None:
    served = app.test_client().get("/api/v1/openapi.json").json
    is_current = served == orjson.loads((ROOT / "docs/openapi.json").read_bytes())
    assert is_current, "make openapi writes it anew"


def test_every_address_of_the_api_is_described(app: OpenAPI) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.rule not in HIDDEN:
            described = app.api_doc["paths"][re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)]
            assert {method.lower() for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}} <= set(described)


def test_every_described_address_is_one_of_the_applications(app: OpenAPI) -> None:
    matcher = app.url_map.bind("localhost")
    for path, methods in app.api_doc["paths"].items():
        for method in methods:
            matcher.match(re.sub(r"{\w+}", "x", path), method=method.upper())


def test_every_answer_that_may_be_met_is_described(app: OpenAPI) -> None:
    for path, methods in app.api_doc["paths"].items():
        for method, operation in methods.items():
            statuses = set(operation["responses"])
            assert statuses >= (WRITING if method == "post" else ALL), path
            assert ("404" in statuses) == ("{" in path), path
            assert operation["security"] == [{"bearer": []}]
            assert operation["summary"]
            for status, answer in operation["responses"].items():
                done = "application/pdf" if path.endswith("/pdf") else "application/json"
                assert set(answer["content"]) == {"application/problem+json" if int(status) >= 400 else done}


def test_every_move_that_people_make_is_described_with_what_it_needs(app: OpenAPI) -> None:
    paths, schemas = app.api_doc["paths"], app.api_doc["components"]["schemas"]
    moves = _addresses_of_moves()
    assert {path for path in paths if re.search(r"/moves/\w+$", path)} == set(moves)
    for path, (chart, name) in moves.items():
        body = paths[path]["post"]["requestBody"]
        envelope = schemas[body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]]
        fields = schemas[envelope["properties"]["with"]["$ref"].rpartition("/")[2]]
        needs = NEEDS[chart, name]
        needed = {field for field, kind in needs.items() if not kind.endswith("?")}
        assert set(fields.get("properties", {})) == set(needs) | ({"level"} if chart == "escalation" else set())
        assert set(fields.get("required", ())) == needed
        assert body["required"] == bool(needed) == ("with" in envelope.get("required", ()))
        assert not fields["additionalProperties"]
        assert CHARTS[chart].move(name).zh in paths[path]["post"]["summary"] or name == "grant"


def _addresses_of_moves() -> dict[str, tuple[str, str]]:
    """The address of each move with its chart and its name there."""
    of_approvals = {name: ("escalation", name) for name in ("answer", "instruct", "raise_jointly")}
    of_approvals |= {name: ("correction", name) for name in ("propose_correction", "confirm_correction")}
    of_approvals |= {"decline_correction": ("correction", "decline_correction"), "grant_at_once": ("approval", "grant")}
    places: tuple[tuple[Kind, str, str], ...] = (
        ("project", "project", "projects/{ref}"),
        ("approval", "approval", "approvals/{project}/{code}"),
        ("card", "card", "approvals/{project}/{code}/cards/{card}"),
        ("request", "request", "projects/{ref}/requests/{no}"),
        ("word", "word", "projects/{ref}/words/{month}"),
        ("order", "order", "orders/{order}"),
        ("programme", "programme", "programme/{year}"),
        ("items", "item", "programme/{year}/{item}"),
        ("item", "item", "programme/{year}/{item}"),
        ("entry", "entry", "programme/{year}/{item}/{task}/{month}"),
        ("problem", "problem", "programme/{year}/{item}/problems/{number}"),
    )
    return {
        f"/api/v1/{place}/moves/{name}": of_approvals.get(name, (chart, name)) if kind == "approval" else (chart, name)
        for kind, chart, place in places
        for name in MOVES[kind]
    }


def test_every_schema_that_is_named_is_there(app: OpenAPI) -> None:
    text = orjson.dumps(app.api_doc).decode()
    named = set(re.findall(r"#/components/schemas/([\w.\-]+)", text))
    assert named == set(app.api_doc["components"]["schemas"])
    assert "<br" not in text
