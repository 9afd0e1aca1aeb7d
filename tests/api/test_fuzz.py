"""Requests made up from the API's own description: no fault of ours, and no answer that it does not tell."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.api_clients import Api, an_api
from tests.support.builders import (
    APPROVAL_PATHS,
    GIVEN,
    PROJECT_PATHS,
    a_project,
    an_approval,
    do,
    faults,
    project_row,
    when,
)
from tests.support.extent import PAGE_ENGINES, SOAK, effort
from tests.support.programme_items import EAST, an_entry, an_item

EACH = effort(1, 200)  # requests of each operation, right and wrong ones
PEOPLE = (
    *("owner1", "owner2", "office1", "centre1", "leader1", "liaison1", "window-a01", "head-a01", "window-a02"),
    *("owner1", "office1", "window-a01", "integration1", "sysadmin1", "finance1", None),
)
CHECKS = [
    *(not_a_server_error, status_code_conformance, content_type_conformance),
    *(response_headers_conformance, response_schema_conformance),
]
LATELY = when("2026-11-19")
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
CODES = ["A01", "A01", "A01", "A02"]
MONTHS = ["2026-10", "2026-11"]
MOVES = ["file", "withdraw", "accept", "grant", "answer", "close"]
NUMBERS = ["1", "1", "2", "99"]
ITEMS = ["901", "902"]
CARDS = ["promised", "legal-1", "silence", "appeal"]


@dataclass
class Fuzzed:
    """An API with cases in every state, and the operations to try on them."""

    api: Api
    projects: list[str]
    registered: list[str]
    operations: list[Any]
    dice: random.Random
    statuses: Counter[int]

    def lead_somewhere(self, case: Any) -> None:
        """Let most addresses be those of cases that exist."""
        values = {"ref": self.projects, "project": self.registered, "code": CODES, "month": MONTHS, "move": MOVES}
        values |= {"card": CARDS, "no": NUMBERS, "order": ["2026-1", "2026-2"]}
        values |= {"year": [2026, 2026, 2025], "item": ITEMS, "task": [EAST, "city"], "number": [1, 1, 2]}
        for name in case.path_parameters:
            if self.dice.random() < 0.9:
                case.path_parameters[name] = self.dice.choice(values[name])

    def try_one(self, case: Any) -> None:
        self.lead_somewhere(case)
        self.send(case, self.dice.choice(PEOPLE))

    def send(self, case: Any, who: str | None) -> None:
        headers = dict(self.api.of(who).headers) if who else {}
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS, headers=headers)
        self.statuses[answer.status_code] += 1


@pytest.fixture(params=PAGE_ENGINES)
def fuzzed(request: pytest.FixtureRequest, make_database: Any) -> Iterator[Fuzzed]:
    with an_api(make_database(request.param)) as api:
        with api.writing() as tx:
            projects = [a_project(tx, state, at=LATELY) for state in PROJECT_PATHS for _ in range(3)]
            approvals = [an_approval(tx, state, at=LATELY) for state in APPROVAL_PATHS for _ in range(4)]
            registered = [on.partition("/")[0] for on in approvals]
            an_entry(tx, f"{an_item(tx, f'programme/2026/{ITEMS[0]}')}/{EAST}/{MONTHS[0]}", "2026-10-27")
            problem = {"text": "两户未签约", "kind": "land"}
            do(tx, "owner1", "raise_problem", f"programme/2026/{ITEMS[0]}/problems", problem, at=when("2026-10-28"))
            registered += [project_row(tx, ref).number for ref in registered[::2]]
        described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", api.app)
        operations = [result.ok() for result in described.get_all_operations()]
        yield Fuzzed(api, projects, registered, operations, random.Random(1), Counter())


def modes_of(number: int) -> list[GenerationMode]:
    """Right and wrong requests in turn: to find out how a request is made costs more than to make it."""
    return MODES if SOAK else [MODES[number % 2]]


def test_no_request_meets_a_fault_or_an_answer_that_is_not_described(fuzzed: Fuzzed) -> None:
    kinds = [(operation, mode) for number, operation in enumerate(fuzzed.operations) for mode in modes_of(number)]
    made_up = settings(
        max_examples=EACH,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    for operation, mode in kinds:
        made_up(given(operation.as_strategy(generation_mode=mode))(fuzzed.try_one))()
    (filing,) = [each for each in fuzzed.operations if (each.method, each.path) == ("post", "/api/v1/projects")]
    fuzzed.send(filing.Case(body=GIVEN["draft"]), "owner1")  # hardly ever made up
    assert {200, 201, 403, 404, 409, 422} <= set(fuzzed.statuses), fuzzed.statuses
    assert faults(fuzzed.api.database) == []
