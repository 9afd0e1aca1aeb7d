"""Why approvals are late, by what the record knows without anybody's words: ledgers, and answers with their days."""

from collections.abc import Iterable, Mapping
from datetime import date

from approvals.reports.figures.causes_model import CauseCounts, CauseLine, LateCauses
from approvals.reports.figures.model import LateApproval
from workflows.label import Label

BY_TIME = {  # whose working days are most since the approval could be applied for; of equal ones the first
    "department": Label("审批部门用时最多", "Mostly the department's time"),
    "owner": Label("业主申报和补正用时最多", "Mostly the owner's time"),
    "special": Label("特别程序和中止用时最多", "Mostly special procedures and suspensions"),
}
BY_ANSWER = {
    "broken": Label("承诺日期已过仍未办结", "The day committed to has passed"),
    "committed": Label("承诺日期未到", "The day committed to lies ahead"),
    "unanswered": Label("尚无反馈", "No answer"),
}
Late = Iterable[LateApproval]


def late_causes(now: Late, before: Late, on: date, before_on: date) -> LateCauses:
    """The late approvals of two closings, on these days, by their causes."""
    return LateCauses(
        _lines(BY_TIME, [(_by_time(late), late) for late in now], [(_by_time(late), late) for late in before]),
        _lines(
            BY_ANSWER,
            [(_by_answer(late, on), late) for late in now],
            [(_by_answer(late, before_on), late) for late in before],
        ),
    )


def _by_time(late: LateApproval) -> str:
    return max(BY_TIME, key=lambda name: int(getattr(late.days, name)))


def _by_answer(late: LateApproval, on: date) -> str:
    if late.answer is None:
        return "unanswered"
    return "broken" if late.answer.commitment_on < on else "committed"


def _lines(
    labels: Mapping[str, Label], now: list[tuple[str, LateApproval]], before: list[tuple[str, LateApproval]]
) -> tuple[CauseLine, ...]:
    return tuple(CauseLine(key, words, _counts(key, now), _counts(key, before)) for key, words in labels.items())


def _counts(key: str, classed: list[tuple[str, LateApproval]]) -> CauseCounts:
    of_cause = [late for cause, late in classed if cause == key]
    over = [late.over_promised for late in of_cause]
    return CauseCounts(len(of_cause), sum(late.light == "red" for late in of_cause), sum(over), max(over, default=0))
