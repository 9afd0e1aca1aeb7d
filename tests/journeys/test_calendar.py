"""The administrator corrects the year's notice: uploads it, sees what would move, loads it, and sees it done."""

from pathlib import Path

from approvals.base.database import Database
from tests.journeys.conftest import PATIENCE, PHONE, At, a_worker, fits
from tests.support.browser.people import Somebody
from tests.support.builders import an_approval, approval_row, faults, when
from tests.support.holiday_notices import TWO_DAYS_OFF


def test_a_corrected_notice_is_looked_at_loaded_and_done(
    address: str, database: Database, sqlite_url: str, at_browser: At, tmp_path: Path
) -> None:
    with database.write() as tx:
        refs = [an_approval(tx, "accepted", at=when("2026-11-19")) for _ in range(12)]
    file = tmp_path / "calendar-2026.yaml"
    file.write_text(TWO_DAYS_OFF, encoding="utf-8")
    administrator = at_browser(address, viewport=PHONE).sign_in("sysadmin1")
    look(administrator, file)
    administrator.press("载入通知")
    administrator.sees("放假通知已生效", "已重新计算0个，共12个审批事项")
    fits(administrator)
    with a_worker(sqlite_url):
        administrator.page.get_by_text("重新计算了12个审批事项的期限").wait_for(timeout=6 * PATIENCE)
    fits(administrator)
    administrator.follow("查看工作日历")
    administrator.sees("试行通知")
    with database.read() as tx:
        days = {str(approval_row(tx, *ref.split("/")).promised_due_on) for ref in refs}
    assert days == {"2026-11-30"}
    assert faults(database) == []


def look(administrator: Somebody, file: Path) -> None:
    """From the calendar's page to what would move, by a file."""
    administrator.go("/calendars")
    administrator.follow("载入放假通知")
    administrator.main.locator("input[type=file]").set_input_files(file)
    administrator.main.locator("form:has(input[type=file]) button").click()
    administrator.sees("2026-11-26 → 2026-11-30", "2026-12-17 → 2026-12-21")
    fits(administrator)
