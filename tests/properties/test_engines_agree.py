"""The same city on SQLite and on PostgreSQL: every page of every role says the same."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest
from flask_openapi3 import OpenAPI
from werkzeug.routing import Rule

from approvals.http.application import KEY
from approvals.supervision.sweep import sweep
from tests.support import builders
from tests.support.builders import APPROVAL_PATHS, NOW, PROJECT_PATHS, a_project, an_approval, do, when
from tests.support.extent import ENGINES
from tests.support.pages import a_site, somebody
from tests.support.relations_table import PEOPLE

# What is drawn by lot (tokens, ids, checksums over salted entries), and the minutes that go by meanwhile.
OWN = re.compile(
    r'name="(?:csrf_token|once)" value="[^"]+"|nonce="[^"]+"|<code>(?:[0-9a-f]{16}|[0-9a-f]{64})</code>'
    r"|\bp-[0-9a-f]{16}\b|\d+ 分"
)


@pytest.fixture(scope="module")
def sites(make_database) -> Iterator[tuple[OpenAPI, ...]]:  # type: ignore[no-untyped-def]
    """The same cases, with the same references, on each engine."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        apps = []
        for engine in ENGINES:
            patch.setattr(builders, "_refs", count(1))
            app = stack.enter_context(a_site(make_database(engine), now=NOW))
            fill(app)
            apps.append(app)
        yield tuple(apps)


def fill(app: OpenAPI) -> None:
    """A project and an approval in each state, one of them late, with an order, a question and cards."""
    database = app.extensions[KEY].database
    with database.write() as tx:
        for number, state in enumerate(PROJECT_PATHS):
            a_project(tx, state, at=when("2026-03-02", f"09:{number:02}"), name=f"项目{number}")
        approvals = [an_approval(tx, state, at=when("2026-03-03")) for state in APPROVAL_PATHS]
        ref = approvals[0].partition("/")[0]
        do(tx, "owner1", "ask", f"{ref}/requests")
        do(tx, "office1", "issue", f"{ref}/orders")
    sweep(database, when("2026-03-20"), lambda: NOW)


def addresses(app: OpenAPI) -> list[str]:
    """The pages without a parameter, and those of a project and of an approval."""
    rules: list[Rule] = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    plain = [rule.rule for rule in rules if "GET" in (rule.methods or ()) and not rule.arguments]
    left_out = ("/api", "/docs", "/static", "/healthz", "/readyz", "/sign-in", "/administration/events")
    left_out += ("/account/sessions", "/account/second-factor/new")  # moments and keys of their own
    pages = [path for path in plain if not path.startswith(left_out) and "." not in path]
    cases = [f"/{what}/ext-{number:05}" for what in ("projects", "casefiles") for number in (1, 7, 14)]
    return pages + cases + [f"/approvals/ext-{number:05}/A01" for number in range(11, 20)] + [
        "/windows?state=decided", "/casefiles?late=yes", "/board/approvals?light=red", "/reports/monthly/2026-03",
    ]  # fmt: skip


@pytest.mark.parametrize("username", PEOPLE)
def test_each_page_says_the_same_on_both_engines(sites: tuple[OpenAPI, ...], username: str) -> None:
    visitors = [somebody(app, username) for app in sites]
    opened = 0
    for path in addresses(sites[0]):
        answers = [visitor.get(path) for visitor in visitors]
        opened += answers[0].status_code == 200
        texts = [(answer.status_code, OWN.sub("", answer.data.decode(errors="replace"))) for answer in answers]
        assert texts[1:] == texts[:-1], path
    assert opened >= 3
