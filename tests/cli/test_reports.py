"""`report monthly` on both engines."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from click.testing import Result
from flask_openapi3 import OpenAPI

from approvals.cli.reports import report
from tests.support.builders import NOW, a_database, an_approval, when
from tests.support.pages import an_app


@pytest.fixture
def app(page_url: str) -> Iterator[OpenAPI]:
    database = a_database(page_url)
    with database.write() as tx:
        an_approval(tx, "granted", at=when("2026-03-02"))
    database.close()
    with an_app(page_url, now=NOW) as app:
        yield app


def run(app: OpenAPI, *words: str) -> Result:
    return app.test_cli_runner().invoke(report, ["monthly", *words])


def test_it_says_the_month_in_words_of_either_language(app: OpenAPI) -> None:
    assert "本月申报1个" in run(app, "2026-03").output
    assert "Projects: 1 filed" in run(app, "2026-03", "--language", "en").output


def test_it_writes_the_figures_as_json(app: OpenAPI) -> None:
    figures = orjson.loads(run(app, "2026-03", "--json").output)
    assert (figures["month"], figures["city"]["now"]["moves"]["granted"]) == ("2026-03", 1)
    assert figures["last_on"] == "2026-03-31"


def test_it_issues_a_month_once_and_hands_out_what_was_issued(app: OpenAPI, tmp_path: Path) -> None:
    first, second = tmp_path / "first.pdf", tmp_path / "second.pdf"
    issued = run(app, "2026-03", "--issue", "--pdf", str(first))
    assert issued.exit_code == 0, issued.output
    assert "2026-03 is issued as 2026-1" in issued.output
    assert run(app, "2026-03", "--pdf", str(second)).exit_code == 0
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(b"%PDF-")
    again = run(app, "2026-03", "--issue")
    assert again.exit_code == 1
    assert "already issued" in again.output


def test_it_refuses_what_it_cannot_do_and_says_why(app: OpenAPI, tmp_path: Path) -> None:
    for words, sentence in {
        ("2026-13",): "Write a month as 2026-03",
        ("march",): "Write a month as 2026-03",
        ("2026-12",): "has not begun",
        ("2026-11", "--issue"): "not over yet",
        ("2026-03", "--issue", "--corrects", "2026-9", "--reason", "x"): "not the current report of this month",
        ("2026-03", "--issue", "--corrects", "2026-9"): "is needed with --corrects",
        ("2026-03", "--language", "fr"): "zh or en",
    }.items():
        refused = run(app, *words)
        assert refused.exit_code != 0
        assert sentence in refused.output, refused.output
    assert not list(tmp_path.iterdir())
