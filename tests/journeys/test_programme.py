"""The programme from its plan to the manager: adopted, reported on a phone with a photograph, confirmed, closed."""

import io
import os
from datetime import date, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from approvals.base.database import Database
from approvals.base.files.store import path_of
from approvals.evidence.queries import EVIDENCE
from tests.journeys.conftest import PHONE, At, a_server, fits
from tests.support.browser.people import Somebody
from tests.support.builders import faults
from tests.support.example_city import OPENING
from tests.support.pictures import GPS, ORIENTATION, exif_of
from tests.support.programme import FINANCE, LEADER, PLAN, REPORTER, ROAD, program
from tests.support.programme import ITEM as FIELDS

ITEM = "/programme/2026/items/901"
MONTH = f"{OPENING:%Y-%m}"
ENTRY = f"{ITEM}/510402/{MONTH}"
NODES = [{"name": "开工", "task": "510402", "planned_on": f"{MONTH}-28", "needs_evidence": True}]


def test_a_month_goes_from_the_plan_over_a_phone_to_the_manager(
    address: str, database: Database, sqlite_url: str, at_browser: At, tmp_path: Path
) -> None:
    with database.write() as tx:
        day = f"{MONTH}-01"
        program(tx, "office1", "propose", ROAD, FIELDS, day)
        program(tx, LEADER, "assign", ROAD, PLAN | {"nodes": NODES}, day)
    office = at_browser(address).sign_in("office1")
    office.go(ITEM)
    office.press("列入年度计划")
    office.sees("分项已列入年度计划")
    report_on_a_phone(at_browser(address, viewport=PHONE, has_touch=True).sign_in(REPORTER), tmp_path)
    for person, move in ((LEADER, "确认"), (FINANCE, "确认资金")):
        somebody = at_browser(address).sign_in(person)
        somebody.go(ENTRY)
        somebody.press(move)
    with a_server(sqlite_url, OPENING + timedelta(days=14)) as in_december:
        closing = at_browser(in_december).sign_in("office1")
        closing.go("/programme/2026/months")
        closing.press("关账", closing.main.locator("tr", has_text="2026年11月"))
        closing.sees("已关账")
        look_as_manager(at_browser(in_december, viewport=PHONE).sign_in("leader1"))
    folder = Path(os.environ["GUAHAO_DATA_DIR"]) / "files"
    assert faults(database, folder) == []
    with database.read() as tx:
        piece = tx.execute(select(EVIDENCE)).one()
    assert piece.taken_on == date(2026, 5, 4) and piece.size < (tmp_path / "现场.jpg").stat().st_size
    with Image.open(path_of(folder, piece.sha256)) as image:
        assert image.size == (1365, 2048)  # smaller, and upright
        assert (image.getexif()[ORIENTATION], bool(image.getexif().get_ifd(GPS))) == (1, True)


def report_on_a_phone(reporter: Somebody, folder: Path) -> None:
    """A photograph held sideways, of some megabytes, goes smaller; without one the start is not reported."""
    written = io.BytesIO()
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(written, "JPEG", exif=exif_of(turned=6))
    (folder / "现场.jpg").write_bytes(written.getvalue())
    reporter.go("/programme/month")
    reporter.follow("901 新建农村公路")
    for name, value in (("quantities.里程", "3.5"), ("nodes.0.reached_on", f"{OPENING:%Y-%m-%d}")):
        reporter.main.locator(f'[name="{name}"]').fill(value)
    for kind in ("allocated", "received", "paid"):
        reporter.main.locator(f'[name="funds.0.{kind}"]').fill("50")
    reporter.press("报送")
    reporter.sees("须附佐证（照片或文件）")
    fits(reporter)
    reporter.main.get_by_label("拍照").set_input_files(folder / "现场.jpg")
    reporter.press("报送")  # at once: the form waits until the photograph has become smaller
    reporter.sees("月报已报送牵头单位")


def look_as_manager(leader: Somebody) -> None:
    """In English; the photograph is shown as a copy, the original is not the manager's."""
    leader.go("/programme/2026")
    leader.page.locator(".user-menu summary").click()
    leader.page.get_by_text("English").first.click()
    leader.go(ITEM)
    leader.sees("Evidence", "taken 2026-05-04", "received")
    picture = leader.main.locator(".evidence-look img")
    expect(picture).to_be_visible()
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") == 213
    expect(leader.main).not_to_contain_text("Original")
    fits(leader)
