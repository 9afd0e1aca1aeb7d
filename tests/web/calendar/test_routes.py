"""The working calendar's pages: its years; a notice shown before it is loaded, or taken back the same way."""

import io
import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from approvals.base.database import Database
from approvals.calendar.queries import EDITION, calendar_in_force
from approvals.history.record import ENTRY
from approvals.recalculation.actions import finish, is_pending
from approvals.recalculation.views import STALLED_AFTER
from tests.support.builders import NOW, a_database, an_approval, approval_row, faults, project_row, walk, when
from tests.support.desk import text_of, the_database
from tests.support.extent import PAGE_ENGINES
from tests.support.holiday_notices import NEXT_YEAR, TWO_DAYS_OFF
from tests.support.pages import an_app, give_password, somebody
from tests.support.servers import PYTHON, a_process, eventually

PEOPLE = ("sysadmin1", "office1", "centre1", "leader1", "owner1", "window-a01", "auditor1")
STALLED = "后台任务可能未在运行"
PATIENCE = 120  # seconds, on a machine that runs other tests at the same time
TYPED = {
    "year": "2027",
    "source": "国办发明电〔2026〕9号",
    "days_off.0.first": "2027-01-01",
    "days_off.0.last": "2027-01-03",
    "days_off.0.name": "元旦",
    "makeup_workdays.0.day": "2027-01-09",
}
_TEXT = re.compile(r'<textarea name="text" hidden>\n(.*?)</textarea>', re.DOTALL)
_EDITION = re.compile(r'name="edition" value="(\d+)"')


@pytest.fixture(params=PAGE_ENGINES)
def city(request, make_database):
    """A city on 20 November with an accepted, a received and a granted approval, and its people at browsers."""
    url = make_database(request.param)
    database = a_database(url)
    give_password(database, *PEOPLE)
    with database.write() as tx:
        refs = [an_approval(tx, state, at=when("2026-11-19")) for state in ("accepted", "received", "granted")]
    database.close()
    with an_app(url, now=NOW) as app:
        people = {name: somebody(app, name, f"192.0.2.{n}") for n, name in enumerate(PEOPLE, 10)}
        yield the_database(app), people, refs
        assert faults(the_database(app)) == []


@pytest.fixture
def database(city):
    return city[0]


@pytest.fixture
def admin(city):
    return city[1]["sysadmin1"]


def carried(page):
    """What the form of a preview sends on."""
    return {"text": unescape(_TEXT.search(page.text).group(1)), "edition": _EDITION.search(page.text).group(1)}


def upload(visitor, content):
    data = {"notice": (io.BytesIO(content), "calendar-2027.yaml")}
    return visitor.post("/calendars/preview", data, content_type="multipart/form-data")


def loaded(database):
    with database.read() as tx:
        return list(tx.execute(select(EDITION.c.year).order_by(EDITION.c.id)).scalars())


def recalculated(database):
    with database.read() as tx:
        return tx.execute(select(ENTRY.c.approval_id).where(ENTRY.c.move == "redate").order_by(ENTRY.c.id)).all()


def let_the_worker_work(database):
    return list(finish(database, lambda: NOW))


def test_a_notice_is_shown_loaded_and_made_as_it_was_shown(city, database, admin):
    _, _, refs = city
    page = upload(admin, TWO_DAYS_OFF.encode())
    assert page.status_code == 200
    text = text_of(page.text)
    assert "2026-11-26 → 2026-11-30" in text
    assert "2026-12-17 → 2026-12-21" in text
    assert "期限变动的审批事项 2" in text
    assert loaded(database) == [], "nothing is changed by looking"

    assert admin.post("/calendars/load", carried(page)).headers["Location"] == "/calendars/redating"
    assert loaded(database) == [2026]
    assert "已重新计算0个，共2个审批事项" in text_of(admin.get("/calendars/redating").text)
    assert 'http-equiv="refresh"' in admin.page.text
    let_the_worker_work(database)
    done = admin.get("/calendars/redating").text
    assert "重新计算了2个审批事项的期限" in done
    assert 'http-equiv="refresh"' not in done
    with database.read() as tx:
        row = approval_row(tx, *refs[0].split("/"))
    assert row.promised_due_on.isoformat() == "2026-11-30"


def test_owner_and_window_read_of_it_and_the_auditor_who_did_it(city, database, admin):
    _, people, refs = city
    page = upload(admin, TWO_DAYS_OFF.encode())
    admin.post("/calendars/load", carried(page))
    let_the_worker_work(database)
    with database.read() as tx:
        number = f"{project_row(tx, refs[0].partition('/')[0]).number}/A01"
    for name in ("owner1", "window-a01"):
        assert number in people[name].get("/notices").text, name
    assert "载入放假通知" in people["auditor1"].get("/administration/events").text


def test_a_form_becomes_the_same_notice_as_a_file(database, admin):
    admin.get("/calendars/new?year=2027")
    page = admin.post("/calendars/preview", TYPED)
    assert "没有在办审批事项的期限会变动" in page.text
    admin.post("/calendars/load", carried(page))
    with database.read() as tx:
        (notice,) = [loaded_notice for loaded_notice in calendar_in_force(tx).notices if loaded_notice.year == 2027]
    assert notice.source == TYPED["source"]
    assert notice.days_off[0].name == "元旦"
    let_the_worker_work(database)
    year = text_of(admin.get("/calendars/2027").text)
    assert "1–3 元旦" in year
    assert "9 调休上班" in year


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"days_off.1.first": "2027-01-02"}, "2027-01-02重复出现"),
        ({"days_off.1.first": "2026-10-01"}, "2026-10-01不在2027年内"),
        ({"makeup_workdays.1.day": "2027-01-02"}, "2027-01-02既是放假日又是调休上班日"),
        ({"makeup_workdays.1.day": "2027-01-11"}, "2027-01-11是周一至周五，不能作为调休上班日"),
        ({"year": "明年"}, "“明年”不是2000至2100之间的年份"),
    ],
)
def test_a_form_that_cannot_be_right_stays_as_it_was_typed(database, admin, changes, fault):
    page = admin.post("/calendars/preview", TYPED | changes)
    assert page.status_code == 422
    assert fault in page.text
    for value in (TYPED | changes).values():
        assert f'value="{value}"' in page.text
    assert loaded(database) == []


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (NEXT_YEAR.replace("2027-01-09", "2027-01-11").encode(), "第5行：2027-01-11是周一至周五"),
        (NEXT_YEAR.replace("2027-01-09", "2028-01-09").encode(), "第5行：2028-01-09不在2027年内"),
        (b"years: {}", "没有写明任何年份"),
        ("years: 中文".encode("gbk"), "文本不是UTF-8编码，看似GBK编码"),
        (b"#" * 70_000, "超过64KB"),
        (b"", "请选择放假通知文件"),
        (b"years: [", "日历无法读取：此处不符合YAML格式"),
        (b"years: {2027: {days_off: [], makeup_workdays: []}}", "2027年的通知没有写明任何放假日和调休上班日"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_with_its_line(database, admin, content, fault):
    page = upload(admin, content)
    assert page.status_code == 422
    assert fault in page.text
    assert loaded(database) == []


def test_more_rows_come_without_script_and_what_was_typed_stays(admin):
    page = admin.post("/calendars/new", TYPED)
    assert 'name="days_off.12.first"' in page.text
    assert 'value="元旦"' in page.text


def test_from_the_preview_one_gets_back_to_the_form(admin):
    page = upload(admin, TWO_DAYS_OFF.encode())
    back = admin.post("/calendars/new", carried(page))
    assert 'value="2026-11-24"' in back.text
    assert 'value="试行通知"' in back.text


def test_who_looked_before_another_notice_came_looks_again(database, admin):
    page = upload(admin, TWO_DAYS_OFF.encode())
    second = upload(admin, NEXT_YEAR.encode())
    admin.post("/calendars/load", carried(second))
    again = admin.post("/calendars/load", carried(page))
    assert again.status_code == 409
    assert "其间已有另一份放假通知载入或撤回" in again.text
    assert loaded(database) == [2027]
    assert admin.post("/calendars/load", carried(again)).status_code == 303
    assert loaded(database) == [2027, 2026]
    let_the_worker_work(database)


def test_a_form_that_is_sent_twice_loads_once(database, admin):
    page = upload(admin, TWO_DAYS_OFF.encode())
    form = carried(page) | {"once": admin.once_key()}
    assert [admin.post("/calendars/load", form).status_code for _ in range(2)] == [303, 303]
    assert loaded(database) == [2026]
    let_the_worker_work(database)


def test_a_wrong_notice_is_taken_back_as_it_was_shown(city, database, admin):
    _, _, refs = city
    assert admin.get("/calendars/2026/take-back").status_code == 404, "nothing was loaded"
    admin.post("/calendars/load", carried(upload(admin, TWO_DAYS_OFF.encode())))
    let_the_worker_work(database)
    page = admin.get("/calendars/2026/take-back")
    assert "2026-11-30 → 2026-11-26" in text_of(page.text)
    response = admin.post("/calendars/2026/take-back", {"edition": _EDITION.search(page.text).group(1)})
    assert response.status_code == 303
    let_the_worker_work(database)
    assert len(recalculated(database)) == 4, "two approvals, there and back"
    with database.read() as tx:
        assert approval_row(tx, *refs[0].split("/")).promised_due_on.isoformat() == "2026-11-26"
        assert not is_pending(tx)


def test_managers_read_the_calendar_and_change_nothing(city, admin):
    _, people, _ = city
    for name in ("office1", "centre1", "leader1"):
        assert "2026" in people[name].get("/calendars").text
        assert "/calendars/new" not in people[name].page.text
    assert admin.get("/calendars/nonsense").status_code == 404
    assert admin.get("/calendars/1999").status_code == 404


def test_managers_are_warned_at_home_of_a_year_without_a_notice(city, database, admin):
    _, people, refs = city
    with database.write() as tx:  # sixty calendar days from November
        walk(tx, refs[2].partition("/")[0], "A03", ("submit", "accept"))
    for name in ("office1", "centre1", "leader1", "sysadmin1"):
        assert "2027年放假通知尚未载入，有1个在办审批事项" in people[name].get("/").text
    assert "放假通知" not in people["owner1"].get("/").text
    assert "2027年放假通知尚未载入，有1个在办审批事项" in admin.get("/calendars").text


@pytest.fixture
def waiting_city(database_url):
    """The address of a city with three accepted approvals, and their references."""
    database = a_database(database_url)
    give_password(database, "sysadmin1")
    with database.write() as tx:
        refs = [an_approval(tx, "accepted", at=when("2026-11-19")) for _ in range(3)]
    yield database_url, refs
    assert faults(database) == []
    database.close()


def load(visitor):
    assert visitor.post("/calendars/load", carried(upload(visitor, TWO_DAYS_OFF.encode()))).status_code == 303


def seen(url, later=timedelta(0)):
    """What the page of progress says some time after NOW."""
    with an_app(url, now=NOW + later) as app:
        return text_of(somebody(app, "sysadmin1").get("/calendars/redating").text)


def test_a_loaded_notice_waits_for_the_worker_who_dates_everything_anew(waiting_city):
    url, refs = waiting_city
    with an_app(url, now=NOW) as app:
        visitor, database = somebody(app, "sysadmin1"), the_database(app)
        load(visitor)

        def is_done():
            with database.read() as tx:
                return not is_pending(tx)

        assert not is_done()
        env = {"GUAHAO_DATABASE_URL": url, "GUAHAO_NOW": NOW.isoformat()}
        with a_process([PYTHON, "-m", "approvals", "worker"], env=env) as worker:
            eventually(is_done, seconds=PATIENCE, what="the dating anew")
            assert worker.popen.poll() is None, "it goes on working"
        assert "重新计算了3个审批事项的期限" in text_of(visitor.get("/calendars/redating").text)
        with database.read() as tx:
            rows = [approval_row(tx, *ref.split("/")) for ref in refs]
        assert {row.promised_due_on.isoformat() for row in rows} == {"2026-11-30"}


def test_the_page_says_so_when_no_worker_runs(waiting_city):
    url, _ = waiting_city
    with an_app(url, now=NOW) as app:
        load(somebody(app, "sysadmin1"))
    assert STALLED not in seen(url, STALLED_AFTER / 2), "a worker may just be beginning"
    text = seen(url, STALLED_AFTER + timedelta(minutes=1))  # of the clock, which goes on meanwhile
    assert STALLED in text
    assert "已重新计算0个，共3个审批事项" in text
    database = Database(url)
    assert len(let_the_worker_work(database)) == 3
    database.close()
    assert STALLED not in seen(url, STALLED_AFTER * 2)
