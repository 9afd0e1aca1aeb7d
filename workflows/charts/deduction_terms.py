"""What points are taken off for, and in which regimes: the vocabulary of rule books."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.label import Label

REGIMES: Mapping[str, Label] = {
    "livelihood": Label("民生工程", "Livelihood programme"),
    "urgent": Label("急难险重", "Urgent and hard tasks"),
}
WHOM: Mapping[str, Label] = {
    "department": Label("审批部门", "Approval department"),
    "task_unit": Label("责任单位", "Unit responsible for the task"),
    "responsible": Label("分清天数后的责任单位", "Units whose days they are"),
}


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event; `counts_days` of one whose points grow with its days."""

    name: str
    whom: str
    zh: str
    en: str
    counts_days: bool = False

    def __str__(self) -> str:
        return self.name


EVENT_KINDS: Mapping[str, EventKind] = {
    kind.name: kind
    for kind in (
        EventKind("yellow_card", "department", "黄牌", "Yellow card"),
        EventKind("red_card", "department", "红牌", "Red card"),
        EventKind("late_delivery", "department", "逾期送达", "Delivered late"),
        EventKind("second_notice", "department", "同一轮再次告知", "Second notice in one round"),
        EventKind("order_overdue", "department", "督办单逾期未反馈", "Supervision order overdue"),
        EventKind("escalation_unanswered", "department", "升级反馈逾期未答复", "Escalation unanswered"),
        EventKind("entry_missing", "task_unit", "月报未报", "Monthly entry not reported"),
        EventKind("node_late", "responsible", "时间节点滞后", "Node late", counts_days=True),
    )
}
