"""The page and the command on which a changed policy is tried."""

from io import BytesIO

import pytest

from approvals.http.application import KEY
from approvals.supervision.sweep import sweep
from tests.support.builders import NOW, an_approval, when
from tests.support.pages import a_site, somebody
from workflows.config import DATA

TEXT = (DATA / "policy.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(make_database):
    with a_site(make_database("sqlite"), now=when("2026-04-10")) as app:
        database = app.extensions[KEY].database
        with database.write() as tx:
            an_approval(tx, "accepted", at=when("2026-03-02"))
        sweep(database, when("2026-03-31", "20:00"), lambda: NOW)
        yield app


def tried(site, text, month="2026-03", **more):
    office = somebody(site, "office1")
    return office.post("/policy-trial", {"text": text, "month": month, **more})


def test_the_policy_in_force_stands_in_the_form_and_changes_nothing(site):
    office = somebody(site, "office1")
    assert "answer_within: {normal: 3" in office.get("/policy-trial").text
    assert "与实际完全一致" in tried(site, TEXT).text


def test_what_a_changed_policy_would_have_done_stands_beside_what_happened(site):
    page = tried(site, TEXT.replace("legal: red", "legal: null"))
    assert page.status_code == 200
    assert "不会发生" in page.text and "超过法定时限" in page.text
    assert "legal: null" in page.text, "what was typed is kept"


def test_an_error_names_its_line_and_what_was_typed_is_kept(site):
    page = tried(site, TEXT.replace("3: red", "3: purple"))
    line = TEXT.splitlines().index("levels:                           # the light that raises each level; a level "
                                   "without one is reached by lifting only") + 1  # fmt: skip
    assert page.status_code == 422
    assert f"line {line}:" in page.text and "3: purple" in page.text
    assert tried(site, TEXT, month="2026-13").status_code == 422


def test_a_file_is_taken_instead_of_the_text(site):
    page = tried(site, "", file=(BytesIO(TEXT.replace("legal: red", "legal: null").encode()), "policy.yaml"))
    assert "不会发生" in page.text


def test_the_command_says_the_same(site, tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(TEXT.replace("legal: red", "legal: null"), encoding="utf-8")
    run = site.test_cli_runner().invoke(args=["policy", "trial", str(path), "--month", "2026-03"])
    assert run.exit_code == 0, run.output
    assert "show_card legal" in run.output
    path.write_text("reminder_at: 1\n", encoding="utf-8")
    assert "line 1:" in site.test_cli_runner().invoke(args=["policy", "trial", str(path)]).output
