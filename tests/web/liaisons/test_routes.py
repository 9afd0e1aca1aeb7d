"""The pages of liaisons as people meet them: asking, answering, noting, handing over, the roster."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask_openapi3 import OpenAPI
from sqlalchemy import select, update

from approvals.accounts.queries import PERSON
from approvals.liaisons.contacts import CONTACTS, recorded_within
from approvals.liaisons.on_call import SHIFTS
from approvals.liaisons.queries import REQUESTS
from approvals.liaisons.request_views import response_times
from tests.support.builders import a_project, an_actor, do, faults, when
from tests.support.desk import text_of, the_database
from tests.support.leaves import a_leave
from tests.support.pages import a_site, an_app, send, somebody

MORNING, NIGHT = when("2026-03-02", "10:00"), when("2026-03-02", "22:00")
SHIFT = {"person": "liaison2", "since": "2026-03-02T17:30", "until": "2026-03-03T09:00"}
CONTACT = {"channel": "phone", "with_whom": "基建科", "text": "提醒补正"}
LONG = "长" * 4001


@pytest.fixture
def app(page_url) -> Iterator[OpenAPI]:
    with a_site(page_url, now=MORNING) as app:
        yield app
        assert faults(the_database(app)) == []


@pytest.fixture(autouse=True)
def ref(database):
    with database.write() as tx:
        tx.execute(update(PERSON).values(language="en"))
        return a_project(tx, "registered", at=when("2026-03-02", "08:00"))


def save_shift(centre):
    preview = centre.post("/roster/preview", SHIFT)
    assert preview.status_code == 200
    lines = f"liaison2,{SHIFT['since']},{SHIFT['until']}"
    assert centre.post("/roster", {"lines": lines, "once": centre.once_key()}).status_code == 303


def test_while_the_liaison_is_away_their_deputy_has_the_day_and_is_named_to_the_owner(app, database, ref, owner):
    assert "新建小学教学楼" not in somebody(app, "liaison2").get("/day").text
    with database.write() as tx:
        a_leave(tx, "liaison1", "2026-03-02", "2026-03-06", "liaison2", now=MORNING)
        deputy = tx.execute(select(PERSON.c.name, PERSON.c.phone).where(PERSON.c.username == "liaison2")).one()
        on = do(tx, "owner1", "ask", f"{ref}/requests", at=MORNING).ref
    assert "新建小学教学楼" in somebody(app, "liaison2").get("/day").text
    for path in (f"/projects/{ref}", f"/projects/{ref}/requests"):
        page = owner.get(path).text
        assert deputy.name in page and deputy.phone in page and "who is absent" in page, path
    request_page = owner.get(f"/projects/{on}")
    assert f"deputy: {deputy.name}" in text_of(request_page.text)
    assert f"deputy: {deputy.name}" in text_of(somebody(app, "centre1").get("/requests").text)


def test_whoever_registers_sees_how_many_requests_wait_with_each_liaison(app, database, ref):
    with database.write() as tx:
        do(tx, "owner1", "ask", f"{ref}/requests", at=MORNING)
        waiting = a_project(tx, "classified", at=when("2026-03-02", "08:00"))
    page = somebody(app, "centre1").get(f"/registrations/{waiting}").text
    assert "1 requests that wait" in page.partition('value="liaison1"')[2].partition('value="liaison2"')[0]


def test_a_form_that_is_sent_twice_asks_once(database, ref, owner):
    owner.get(f"/projects/{ref}/requests")
    form = {"text": "一次", "once": owner.once_key()}
    first, second = (owner.post(f"/projects/{ref}/requests", form) for _ in range(2))
    assert first.location == second.location
    with database.read() as tx:
        assert len(tx.execute(select(REQUESTS)).all()) == 1


def test_what_was_typed_is_kept_when_it_is_too_long(app, ref, owner):
    keeper = somebody(app, "liaison1")
    for visitor, page in ((owner, "requests"), (keeper, "contacts")):
        values = {"text": LONG} | (CONTACT if page == "contacts" else {})
        response = send(visitor, f"/projects/{ref}/{page}", values | {"text": LONG})
        assert response.status_code == 422
        assert LONG in response.text


def test_what_is_private_is_for_officers_and_what_is_shared_for_the_owner_too(app, database, ref):
    keeper = somebody(app, "liaison1")
    for text, more in (("只给同事看", {}), ("业主也看", {"is_shared": "yes", "follow_up_on": "2026-03-02"})):
        assert send(keeper, f"/projects/{ref}/contacts", CONTACT | more | {"text": text}).status_code == 303
    officers, others = ("liaison2", "centre1"), ("owner1", "office1", "leader1")
    for username in (*officers, *others):
        page = somebody(app, username).get(f"/projects/{ref}/contacts").text
        assert "业主也看" in page
        assert ("只给同事看" in page) is (username in officers), username
    assert "只给同事看" not in somebody(app, "owner1").get(f"/projects/{ref}").text
    assert "业主也看" in keeper.get("/day").text
    with database.read() as tx:
        follow_up = tx.execute(select(CONTACTS.c.id).where(CONTACTS.c.follow_up_on.is_not(None))).scalar_one()
    assert keeper.post(f"/projects/{ref}/contacts/{follow_up}/done").status_code == 303
    assert "业主也看" not in keeper.get("/day").text


def test_a_line_is_corrected_by_another_once_and_stays(app, database, ref):
    keeper = somebody(app, "liaison1")
    send(keeper, f"/projects/{ref}/contacts", CONTACT)
    for text, status in (("更正后", 303), ("又更正", 409)):
        keeper.get(f"/projects/{ref}/contacts?strikes=1")
        values = CONTACT | {"text": text, "strikes": "1", "once": keeper.once_key()}
        assert keeper.post(f"/projects/{ref}/contacts", values).status_code == status
    page = keeper.get(f"/projects/{ref}/contacts").text
    assert "提醒补正" in page and "更正后" in page and "又更正" not in page
    with database.read() as tx:
        counted = select(CONTACTS.c.recorder_id).where(recorded_within(when("2026-03-01"), when("2026-04-01")))
        assert tx.execute(counted).scalars().all() == [an_actor(tx, "liaison1").id]


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "pigeon"},
        {"at": "tomorrow"},
        {"at": "2026-03-02T10:01"},  # in a minute
        {"follow_up_on": "2026-02-30"},
        {"with_whom": ""},
        {"with_whom": "a\0b"},
    ],
)
def test_a_contact_that_cannot_be_is_refused(app, ref, change):
    assert send(somebody(app, "liaison1"), f"/projects/{ref}/contacts", CONTACT | change).status_code == 422


def test_gaps_are_shown_before_a_roster_is_saved_and_saved_when_they_are_known(database, centre):
    assert "Times with nobody on duty within the next seven days" in centre.get("/roster").text
    lines = "liaison2,2026-03-02 17:30,2026-03-03 09:00\n何晓梅\t2026-03-03 17:30\t2026-03-04 09:00"
    preview = centre.post("/roster/preview", {"lines": lines})
    assert "with nobody on duty" in preview.text
    assert "2026-03-03 12:00" in preview.text
    with database.read() as tx:
        assert tx.execute(select(SHIFTS)).all() == []
    refused = centre.post("/roster", {"lines": lines, "once": centre.once_key()})
    assert refused.status_code == 422
    assert "must be confirmed" in refused.text
    saved = centre.post("/roster", {"lines": lines, "knows_gaps": "yes", "once": centre.once_key()})
    assert saved.status_code == 303
    assert "何晓梅" in centre.get("/roster?month=2026-03").text


def test_an_overlap_is_shown_and_cannot_be_saved(database, centre):
    save_shift(centre)
    overlapping = "liaison1,2026-03-03 08:00,2026-03-03 10:00"
    preview = centre.post("/roster/preview", {"lines": overlapping})
    assert "these cannot be saved" in preview.text and "2026-03-03 08:00" in preview.text
    refused = centre.post("/roster", {"lines": overlapping, "knows_gaps": "yes", "once": "12345678-abc"})
    assert refused.status_code == 409
    with database.read() as tx:
        assert len(tx.execute(select(SHIFTS)).all()) == 1


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "liaison1",
        "owner1,2026-03-03 08:00,2026-03-03 10:00",
        "liaison1,2026-03-03 10:00,2026-03-03 08:00",
        "liaison1,2026-03-03,2026-03-04",
        "liaison1,2026-03-03 08:00,2027-03-03 08:00",
        "liaison1,2026-02-30 08:00,2026-03-03 08:00",
        '"liaison1,2026-03-03 08:00',
        "a\0b,2026-03-03 08:00,2026-03-03 10:00",
        "\n".join(["liaison1,2026-03-03 08:00,2026-03-03 10:00"] * 401),
    ],
)
def test_shifts_that_cannot_be_read_are_kept_and_named(centre, lines):
    for path in ("/roster/preview", "/roster"):
        assert centre.post(path, {"lines": lines}).status_code == 422


def test_a_shift_that_has_not_begun_is_taken_off_and_one_that_runs_ends_now(database, centre, page_url):
    save_shift(centre)
    with an_app(page_url, now=NIGHT) as night:
        late = somebody(night, "centre1")
        assert late.post("/roster/1/off").status_code == 303
        assert late.post("/roster/99/off").status_code == 404
    with database.read() as tx:
        row = tx.execute(select(SHIFTS)).one()
        assert row.removed_at is None
        assert NIGHT <= row.until_at < NIGHT + timedelta(minutes=5)


def test_the_service_centre_hands_a_project_over_and_sees_the_load(app, ref, centre):
    page = centre.get(f"/casefiles/{ref}/liaison")
    assert "open projects" in page.text
    values = {"liaison": "liaison2", "note": "业主每周一来电", "once": centre.once_key()}
    assert centre.post(f"/casefiles/{ref}/liaison", values).status_code == 303
    assert "业主每周一来电" in somebody(app, "liaison2").get("/day").text
    assert "业主每周一来电" in centre.get("/liaisons/liaison2").text
    assert centre.get("/liaisons/owner1").status_code == 404
    assert centre.get("/liaisons").status_code == 200


def test_an_owner_who_has_not_heard_for_a_week_is_named(page_url):
    with an_app(page_url, now=when("2026-03-12", "10:00")) as app:
        assert "no contact since registration" in somebody(app, "liaison1").get("/day").text
        assert "No projects have a liaison yet." in somebody(app, "liaison2").get("/day").text


def test_answers_are_measured_by_month_and_by_who_was_to_answer(database, ref):
    with database.write() as tx:
        do(tx, "owner1", "ask", f"{ref}/requests", at=when("2026-03-02", "11:50"))
        do(tx, "liaison1", "answer", f"{ref}/requests/1", {"text": "好"}, at=when("2026-03-02", "13:40"))
        do(tx, "owner1", "ask_again", f"{ref}/requests/1", at=when("2026-03-02", "14:00"))
        do(tx, "liaison1", "answer", f"{ref}/requests/1", {"text": "好"}, at=when("2026-03-02", "15:30"))
        by_person = response_times(tx, when("2026-03-01", "00:00"), when("2026-04-01", "00:00"), when("2026-04-01"))
    speed = by_person["liaison1"]
    assert (speed.asked, speed.in_time, speed.late, speed.minutes) == (2, 1, 1, 55.0)
    assert speed.share == 0.5


def test_what_the_liaison_does_for_the_owner_is_said_in_words(app, database, ref):
    with database.write() as tx:
        do(tx, "liaison1", "submit", f"{ref}/A01", at=when("2026-03-02", "09:30"))
    assert "by the liaison 何晓梅 for the owner" in text_of(somebody(app, "owner1").get(f"/projects/{ref}").text)


def test_the_roster_names_people_and_their_units_and_no_user_names(database, centre):
    save_shift(centre)
    page = centre.get("/roster?month=2026-03").text
    assert ">邓志勇<" in page and "(Government Service Centre)" in page
    assert "liaison1" not in page and "liaison2" not in page
    preview = centre.post("/roster/preview", {"lines": "何晓梅,2026-03-03 17:30,2026-03-04 09:00"}).text
    assert "何晓梅 (Government Service Centre)" in preview and "liaison2" not in preview


def test_a_shift_is_chosen_by_name_and_unit(database, centre):
    label = centre.get("/roster").text.partition('<option value="何晓梅')[2].partition('"')[0]
    assert centre.post("/roster/preview", SHIFT | {"person": f"何晓梅{label}"}).status_code == 200
