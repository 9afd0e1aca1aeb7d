"""Every route that names a case × everybody in some relation to it: who reaches the case and who does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from approvals.base.files.store import Stored
from approvals.filing.documents import DOCUMENTS, insert_document
from approvals.filing.views import project
from approvals.http.application import KEY
from approvals.liaisons.contacts import note
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, a_project, an_actor, do, walk, when
from tests.support.extent import effort
from tests.support.pages import Visitor, a_site, bearer, somebody
from tests.support.relations_table import NAMES_NO_CASE, PEOPLE, REACHES

REFUSED = (403, 404)  # the role may not, or there is nothing here for this person
CARE = {
    "level": "1",
    "number": "1",
    "no": "1",
    "contact_id": "1",
    "uid": "d-0123456789abcdef",
    "filed": "2",
}  # of what there is
PAPERS = {"papers.notice_pdf", "papers.clock_pdf", "orders.pdf", "filing.receipt"}
PRINTING = effort({"window-a01"}, set(PEOPLE))  # of those who reach a paper, who has it printed
CASE_ARGUMENTS = {"ref", "project", "order"}
# The entry after draft, file, classify, register, open and submit; the card of the promise that was not kept.
NOTICE = {"month": "2026-03", "seq": 7, "key": "promised", "card": "promised", "order": "2026-1"}
FILING = {"seq": 2}  # the entry of the receipt


@pytest.fixture(scope="module")
def site(make_database) -> Iterator[tuple[OpenAPI, str]]:
    """A site with one registered project of owner1, accompanied by liaison1; its A01 had a notice and is late."""
    with a_site(make_database("sqlite")) as app:
        database = app.extensions[KEY].database
        with database.write() as tx:
            ref = a_project(tx, "registered", at=when("2026-03-02"))
            walk(tx, ref, "A01", ("submit", "notify_once", "resubmit", "accept"), at=when("2026-03-03"))
            do(tx, "owner1", "ask", f"{ref}/requests")
            do(tx, "liaison1", "answer", f"{ref}/requests/1", {"text": "一份"})
            do(tx, "owner1", "ask_again", f"{ref}/requests/1")
            do(tx, "office1", "issue", f"{ref}/orders")
            keeper, contact = an_actor(tx, "liaison1"), {"channel": "phone", "with_whom": "经办人", "text": "已提醒"}
            stored = Stored("a.pdf", "application/pdf", 1, "0" * 64)
            insert_document(tx, project(tx, ref, keeper).id, stored, by=keeper, now=NOW)
            tx.execute(update(DOCUMENTS).values(uid=CARE["uid"]))
            note(tx, project(tx, ref, keeper), contact | {"follow_up_on": "2026-03-09"}, keeper, NOW)
        sweep(database, when("2026-03-20"), lambda: datetime.now(UTC))
        yield app, ref


def rules(app: OpenAPI) -> list[Rule]:
    """The routes that name a case."""
    return [rule for rule in app.url_map.iter_rules() if rule.arguments & CASE_ARGUMENTS]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a browser and with a program."""

    visitor: Visitor
    headers: dict[str, str]
    form: TestResponse  # a page with the token of their session

    def answer(self, rule: Rule, path: str) -> int:
        """What they get at this route; forms carry their token and nothing that could be done."""
        is_post = "POST" in (rule.methods or ())
        if path.startswith("/api/"):
            method, given = ("POST", {"with": {"nonsense": 1}}) if is_post else ("GET", None)
            client = self.visitor.app.test_client()
            return client.open(path, method=method, json=given, headers=self.headers).status_code
        if not is_post:
            return self.visitor.get(path).status_code
        self.visitor.page = self.form
        return self.visitor.post(path, {"nonsense": "1", "once": str(uuid4())}).status_code


def person(app: OpenAPI, username: str) -> Person:
    visitor = somebody(app, username)
    return Person(visitor, bearer(app, username), visitor.get("/"))


def path_of(app: OpenAPI, rule: Rule, ref: str) -> str:
    """The address of this route for the case."""
    given = {"ref": ref, "project": ref, "code": "A01", "move": REACHES[rule.endpoint][1], **NOTICE, **CARE}
    given |= FILING if rule.endpoint == "filing.receipt" else {}
    with app.test_request_context():
        wanted = {name: given[name] for name in rule.arguments}
        return str(app.url_map.bind("localhost").build(rule.endpoint, wanted))


def test_every_route_that_names_a_case_is_in_the_table(site: tuple[OpenAPI, str]) -> None:
    app, _ = site
    assert {rule.endpoint for rule in rules(app)} == set(REACHES)
    others = {rule.endpoint for rule in app.url_map.iter_rules() if rule.arguments} - set(REACHES)
    assert others == NAMES_NO_CASE, "a route with a parameter either names a case or is listed as naming none"


@pytest.mark.parametrize("username", PEOPLE)
def test_who_reaches_the_case_and_who_learns_nothing_of_it(site: tuple[OpenAPI, str], username: str) -> None:
    app, ref = site
    who, wrong = person(app, username), []
    for rule in rules(app):
        reached, _ = REACHES[rule.endpoint]
        if rule.endpoint in PAPERS and username in reached - PRINTING:
            continue
        status = who.answer(rule, path_of(app, rule, ref))
        if (status not in REFUSED) != (username in reached) or status >= 500:
            wrong.append((rule.endpoint, status))
    assert wrong == []


def test_a_case_of_somebody_else_answers_as_one_that_does_not_exist(site: tuple[OpenAPI, str]) -> None:
    app, ref = site
    stranger = somebody(app, "owner2")
    theirs, nobodys = stranger.get(f"/projects/{ref}"), stranger.get("/projects/ext-of-nobody")
    assert theirs.status_code == nobodys.status_code == 404
    assert ref not in theirs.text.replace(f"/projects/{ref}", "")
