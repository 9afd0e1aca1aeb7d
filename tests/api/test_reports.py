"""The monthly report over JSON."""

from approvals.base.moments import CITY_ZONE
from approvals.reports.lifecycle.issuing import AtOnce, issue_report
from tests.support.api_clients import Api
from tests.support.builders import NOW, an_actor, when


def test_a_months_figures_are_told_to_managers(api: Api) -> None:
    api.approval("granted", at=when("2026-10-12"))
    for who in ("office1", "centre1", "leader1", "integration1"):
        figures = api.of(who).get("/reports/monthly/2026-10").json
        assert (figures["month"], figures["as_of_on"]) == ("2026-10", "2026-10-31")
        assert figures["city"]["now"]["moves"]["granted"] == 1
        assert figures["projects"]["now"]["registered"] == 1


def test_the_month_that_runs_is_told_up_to_today(api: Api) -> None:
    figures = api.of("office1").get("/reports/monthly/2026-11").json
    assert figures["as_of_on"] == NOW.astimezone(CITY_ZONE).date().isoformat()


def test_what_is_no_month_or_lies_ahead_is_not_found(api: Api) -> None:
    for month in ("2026-12", "2026-13", "2026-1", "1999-01", "nonsense"):
        assert api.of("office1").get(f"/reports/monthly/{month}").status_code == 404
        assert api.of("office1").get(f"/reports/monthly/{month}/pdf").status_code == 404


def test_the_issued_report_is_had_as_its_pdf(api: Api) -> None:
    assert api.of("office1").get("/reports/monthly/2026-10/pdf").status_code == 404
    with api.database.read() as tx:
        office = an_actor(tx, "office1")
    with api.app.test_request_context():
        issue_report(AtOnce(api.database), "monthly", "2026-10", office, lambda: NOW)
    answer = api.of("leader1").get("/reports/monthly/2026-10/pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
