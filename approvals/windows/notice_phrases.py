"""Sentences that one-time notices often need: those that this department used last, then some that every city needs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select

from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from workflows.charts.approval import APPROVAL
from workflows.label import Label

NOTICES = 50  # that are looked at
MOST = 12  # sentences offered
NOT_HANDED_IN = Label("未提交", "Not handed in")
HAND_IN = Label("请补充提交", "Please hand it in")
COMMON_PROBLEMS = (
    NOT_HANDED_IN,
    Label("未加盖公章", "Not stamped with the official seal"),
    Label("未签字", "Not signed"),
    Label("已超过有效期", "No longer valid"),
    Label("内容与申请表不一致", "Does not agree with the application form"),
    Label("扫描件不清晰", "The scan cannot be read"),
    Label("缺少附图", "The drawings are missing"),
)
COMMON_REMEDIES = (
    HAND_IN,
    Label("加盖公章后重新提交", "Stamp it and hand it in again"),
    Label("签字后重新提交", "Sign it and hand it in again"),
    Label("更新后重新提交", "Renew it and hand it in again"),
    Label("核对更正后重新提交", "Correct it and hand it in again"),
    Label("重新扫描后提交", "Scan it again and hand it in"),
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is offered while a notice is written; `own` are the department's words, `common` has two languages."""

    own_problems: tuple[str, ...]
    own_remedies: tuple[str, ...]
    common_problems: tuple[Label, ...] = COMMON_PROBLEMS
    common_remedies: tuple[Label, ...] = COMMON_REMEDIES


def often_used(tx: Connection, department_id: int) -> Sentences:
    """The sentences of the department's last notices, the most frequent first."""
    rows = tx.execute(
        select(ENTRY.c.facts)
        .join(APPROVALS, APPROVALS.c.id == ENTRY.c.approval_id)
        .where(APPROVALS.c.department_id == department_id, ENTRY.c.subject == APPROVAL.name)
        .where(ENTRY.c.move.in_(("notify_once", "notify_again")))
        .order_by(ENTRY.c.at.desc(), ENTRY.c.id.desc())
        .limit(NOTICES)
    )
    items = [item for row in rows for item in orjson.loads(row.facts)["items"]]
    return Sentences(_frequent(item["problem"] for item in items), _frequent(item["remedy"] for item in items))


def _frequent(sentences: Iterable[str]) -> tuple[str, ...]:
    counted = Counter(one for one in sentences if "\n" not in one)
    return tuple(one for one, _ in counted.most_common(MOST))
