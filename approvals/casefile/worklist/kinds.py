"""The kinds of duty, in the order in which those of one day stand: what each is called, and what is done."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.label import Label


@dataclass(frozen=True, slots=True)
class DutyKind:
    """`action` is what the button says; `task` names the office's limit that counts from when the duty came."""

    name: str
    title: Label
    action: Label
    task: str = ""
    order: int = 0


_OPEN = Label("查看", "Open")
_ANSWER = Label("反馈", "Answer")
_REVIEW = Label("审核", "Review")
_RECORD = Label("登记", "Record")

_KINDS = (
    # Supervision first: who is asked here was late already.
    DutyKind("escalation", Label("升级反馈", "Escalation"), _ANSWER),
    DutyKind("order", Label("督办单", "Supervision order"), _ANSWER),
    DutyKind("order_review", Label("督办反馈审核", "Answer to an order"), _REVIEW, "order_answer"),
    DutyKind("appeal", Label("红黄牌可申诉", "Card open to appeal"), Label("申诉", "Appeal")),
    DutyKind("appeal_review", Label("红黄牌申诉", "Appeal against a card"), _REVIEW, "appeal"),
    DutyKind("correction", Label("日期更正", "Correction of a day"), Label("确认", "Confirm"), "correction"),
    DutyKind("joint_word", Label("双责任项目月报", "Joint statement"), Label("填报", "Write")),
    # At the window.
    DutyKind("agree", Label("本单位项目签批", "Decision on an own project"), Label("签批", "Agree")),
    DutyKind("decide", Label("审批决定", "Decision"), Label("办理", "Decide")),
    DutyKind("intake", Label("受理审查", "New application"), Label("受理", "Accept")),
    DutyKind("deliver", Label("决定送达", "Delivery"), Label("送达", "Deliver")),
    DutyKind("special", Label("特别程序", "Special procedure"), Label("结束程序", "End")),
    DutyKind("check", Label("承诺核查", "Check of a promise"), Label("核查", "Check")),
    # Of owners.
    DutyKind("resubmit", Label("补正材料", "Correction of materials"), Label("补正", "Correct")),
    DutyKind("owed", Label("容缺补交", "Materials owed"), Label("补交", "Hand in")),
    DutyKind("returned", Label("申报退回修改", "Filing returned"), Label("修改", "Correct")),
    DutyKind("submit", Label("可申报", "Can be submitted"), Label("准备材料", "Prepare materials")),
    DutyKind("reapply", Label("可重新申请", "May be applied for again"), Label("重新申请", "Apply again")),
    DutyKind("collect", Label("领取决定", "Decision to collect"), Label("查看领取", "See how")),
    DutyKind("draft", Label("未提交的申报", "Filing not submitted"), Label("继续填写", "Continue")),
    # Of liaisons.
    DutyKind("request", Label("业主诉求", "Request"), Label("答复", "Reply")),
    DutyKind("late", Label("办理超期", "Late approval"), Label("催办", "Follow")),
    DutyKind("follow_up", Label("回访", "Follow-up"), Label("回访", "Follow up")),
    DutyKind("works", Label("开竣工待确认", "Works to confirm"), Label("确认", "Confirm")),
    DutyKind("silent", Label("久未联系", "No recent contact"), Label("联系登记", "Record a contact")),
    # Of the offices.
    DutyKind("sort", Label("申报分类", "Filing"), Label("分类", "Classify"), "sort"),
    DutyKind("divert", Label("项目分流", "To be diverted"), Label("分流", "Divert")),
    DutyKind("register", Label("项目挂号", "Registration"), Label("挂号", "Register"), "register"),
    DutyKind("amendment", Label("变更确认", "Change to confirm"), Label("确认", "Confirm")),
    DutyKind("suspension", Label("中止复核", "Suspension to review"), Label("复核", "Review")),
    # Of the programme.
    DutyKind("problem", Label("问题待答复", "Problem"), Label("答复", "Answer")),
    DutyKind("problem_order", Label("问题逾期未答复", "Problem not answered"), Label("下发督办", "Issue an order")),
    DutyKind("problem_word", Label("问题久无进展", "Problem without news"), _RECORD),
    DutyKind("entry", Label("民生工程月报", "Monthly entry"), Label("填报", "Report")),
    DutyKind("entry_review", Label("月报审核", "Monthly entry to confirm"), _REVIEW),
    DutyKind("money", Label("资金确认", "Money to confirm"), Label("确认", "Confirm")),
    DutyKind("claim", Label("完成申报", "Claim of completion"), Label("核实", "Verify")),
    DutyKind("replan", Label("计划调整", "New plan"), _REVIEW),
    DutyKind("division", Label("超期天数划分", "Division of days"), _REVIEW),
    DutyKind("month", Label("月度封账", "Month to close"), Label("封账", "Close")),
    # Of who runs the service.
    DutyKind("second", Label("第二管理员确认", "Request for a second administrator"), Label("确认", "Confirm")),
    DutyKind("vacancy", Label("待落实责任", "Unassigned work"), Label("落实", "Assign")),
    DutyKind("uncovered", Label("离岗无人代岗", "Absence without deputy"), Label("指定代岗", "Name a deputy")),
    DutyKind("jobs", Label("后台任务", "Background jobs"), _OPEN),
    DutyKind("deliveries", Label("通知投递", "Deliveries"), _OPEN),
    DutyKind("calendar", Label("放假通知", "Holiday notice"), Label("录入", "Load")),
)
KINDS: Mapping[str, DutyKind] = {
    kind.name: DutyKind(kind.name, kind.title, kind.action, kind.task, order) for order, kind in enumerate(_KINDS)
}
