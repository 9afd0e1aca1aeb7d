"""The page and the command on which a changed policy is tried."""

import re
from html import unescape
from io import BytesIO

import pytest
from werkzeug.datastructures import MultiDict

from approvals.http.application import KEY
from approvals.supervision.policy_form import policy_fields
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


# The fields of the policy.


def fields_of(page):
    """What the form of the page would send, as a browser reads it."""
    form = re.search(r'<form id="trial".*?</form>', page.text, re.DOTALL)[0]
    sent = MultiDict()
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        is_ticked = attributes.get("type") != "checkbox" or " checked" in tag
        if attributes.get("type") != "file" and is_ticked and attributes.get("name") not in ("csrf_token", "once"):
            sent.add(attributes["name"], unescape(attributes.get("value", "")))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        sent[name] = re.search(r'value="([^"]*)" selected', options)[1]
    sent["text"] = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)[1]).replace("\n", "\r\n")
    sent["base"] = sent["base"].replace("\n", "\r\n")
    return sent


def with_changes(sent, **changes):
    sent = MultiDict(sent)
    for name, value in changes.items():
        sent[name.replace("__", ".")] = value
    return sent.to_dict(flat=False)


def test_the_form_as_it_is_opened_is_the_policy_in_force(site):
    office = somebody(site, "office1")
    sent = fields_of(office.get("/policy-trial"))
    assert {field.name for field in policy_fields()} <= set(sent)
    page = office.post("/policy-trial", with_changes(sent, month="2026-03"))
    assert page.status_code == 200 and "与实际完全一致" in page.text and "改动的规则" not in page.text
    file = office.post("/policy-trial/file", with_changes(sent))
    assert file.data.decode() == TEXT and "policy.yaml" in file.headers["Content-Disposition"]


def results(page):
    """The tables of the result."""
    return re.findall(r"<table.*?</table>", page.text.partition('id="trial"')[0], re.DOTALL)


def test_fields_and_text_give_the_same_result_and_the_same_file(site):
    office = somebody(site, "office1")
    sent = fields_of(office.get("/policy-trial"))
    by_fields = office.post("/policy-trial", with_changes(sent, month="2026-03", cards__legal="none", reminder_at="3"))
    text = TEXT.replace("legal: red", "legal: null").replace("reminder_at: 1", "reminder_at: 3")
    by_text = office.post("/policy-trial", with_changes(sent, month="2026-03", text=text))
    assert results(by_fields) == results(by_text) != []
    assert "3 个工作日" in by_fields.text and "不会发生" in by_fields.text
    assert fields_of(by_fields) == fields_of(by_text)
    for page in (by_fields, by_text):
        assert office.post("/policy-trial/file", with_changes(fields_of(page))).data.decode() == text


def test_a_second_change_stands_on_the_first_with_its_comments(site):
    office = somebody(site, "office1")
    text = TEXT.replace("legal: red ", "legal: null # 暂停 ")
    first = office.post("/policy-trial", with_changes(fields_of(office.get("/policy-trial")), text=text))
    second = office.post("/policy-trial/file", with_changes(fields_of(first), contact_every="9"))
    assert second.data.decode() == text.replace("contact_every: 7", "contact_every: 9")


@pytest.mark.parametrize("path", ["/policy-trial", "/policy-trial/file"])
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(site, path):
    office = somebody(site, "office1")
    sent = fields_of(office.get("/policy-trial"))
    changes = {"reminder_at": "bald", "levels__3": "reminder", "contact_every": "9", "bulletins": "3"}
    page = office.post(path, with_changes(sent, month="2026-02", **changes))
    assert page.status_code == 422
    for name in ("reminder_at", "levels.3", "bulletins"):
        assert f'id="f-{name}-faults"' in page.text
    kept = fields_of(page)
    assert kept["contact_every"] == "9" and kept["reminder_at"] == "bald" and kept["levels.3"] == "reminder"
    assert kept.getlist("bulletins") == ["3"] and kept["month"] == "2026-02"
    assert kept["text"] == kept["base"] == sent["text"]


def test_text_and_fields_changed_at_once_are_asked_back(site):
    office = somebody(site, "office1")
    sent = fields_of(office.get("/policy-trial"))
    text = TEXT.replace("contact_every: 7", "contact_every: 8")
    page = office.post("/policy-trial", with_changes(sent, text=text, reminder_at="3"))
    assert page.status_code == 422 and "栏目和文本都有改动" in page.text and "<details" in page.text
    kept = fields_of(page)
    assert kept["reminder_at"] == "3" and "contact_every: 8" in kept["text"]
    broken = office.post("/policy-trial", with_changes(sent, text="reminder_at: 1"))
    assert broken.status_code == 422 and 'policy-advanced" open' in broken.text
    assert fields_of(broken)["text"] == "reminder_at: 1"


def test_the_form_offers_no_apply_and_writes_nothing(site):
    before = (DATA / "policy.yaml").read_bytes()
    office = somebody(site, "office1")
    page = office.post("/policy-trial", with_changes(fields_of(office.get("/policy-trial")), reminder_at="3"))
    assert "此处的改动都不生效" in page.text and "workflows/data/policy.yaml" in page.text
    assert (DATA / "policy.yaml").read_bytes() == before
