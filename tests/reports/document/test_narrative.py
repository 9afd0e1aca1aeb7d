"""The chapters in words: what they say of a limit that passed on a day off, and of a promise that was broken."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from approvals.base.i18n import in_language
from approvals.reports.document.case_tables import late_table
from approvals.reports.document.narrative import late
from approvals.reports.figures.model import EscalationAnswer, LateApproval, LedgerDays
from workflows.label import Label

FRIDAY, SATURDAY = date(2026, 10, 30), date(2026, 10, 31)
ITEM, UNIT = Label("项目建议书审批", "Project proposal"), Label("市发展改革委", "Development and reform")
CASE = LateApproval(
    *("510400-2026-00001/A01", "新建小学", "A01", ITEM, UNIT, "张伟", "accepted", "", False, False),
    *(date(2026, 10, 23), FRIDAY, date(2026, 11, 20), 0, 0, "working_days", "yellow", LedgerDays(5, 0, 0), 2, None),
)


def figures_of(case: LateApproval) -> Any:
    return SimpleNamespace(late=(case,), as_of_on=SATURDAY)


def told(case: LateApproval) -> str:
    with in_language("en"):
        rows = late_table(figures_of(case)).rows
        cells = [line for cell in rows[0].cells for line in (str(cell.text), *cell.more)]
        return "\n".join((*(point.text for point in late(figures_of(case))), *cells))


def test_a_limit_that_ended_on_friday_is_passed_on_saturday_not_zero_days_beyond() -> None:
    text = told(CASE)
    assert "the promised limit passed on 30 October 2026" in text
    assert "promised limit passed" in text.splitlines()
    assert "0 working days beyond" not in text
    assert "0 beyond promised" not in text
    assert "1 working days beyond the promised limit" in told(replace(CASE, over_promised=1))
    assert "legal limit passed" in told(replace(CASE, light="red", legal_due_on=FRIDAY))


def test_a_promise_that_was_broken_is_told() -> None:
    answer = EscalationAnswer(2, "专家出差", date(2026, 10, 28))
    text = told(replace(CASE, answer=answer))
    assert "Committed to 28 October 2026, which passed without a decision." in text
    assert "Committed to 2026-10-28, missed" in text
    kept = told(replace(CASE, answer=replace(answer, commitment_on=date(2026, 11, 3))))
    assert "Committed to 3 November 2026." in kept
    assert "missed" not in kept
