"""The chart of a supervision order: written, answered by the department, accepted or sent back by who keeps it."""

from collections.abc import Mapping

from workflows.charts.model import SYSTEM, Chart, Move, Need, State
from workflows.charts.office_moves import office_moves
from workflows.label import Label

WINDOWS = ("window", "window_head")
ISSUERS = ("service_centre", "supervision_office", "city_government")
# The level responsible for an order, by the issuing role: the office follows up what the city government instructs.
KEPT_AT: Mapping[str, int] = {"service_centre": 2, "supervision_office": 3, "city_government": 3}
KEEPERS: Mapping[int, str] = {2: "service_centre", 3: "supervision_office"}
LIFTS = (3, 4)  # the levels that an unanswered order is reported to, one after the other
DUE_ON = Need("due_on", "day", "反馈期限", "Answer by")

ORDER = Chart(
    name="order",
    edition="2026-01",
    zh="督办单",
    en="Supervision order",
    states=(
        State("issued", "待反馈", "Waiting for an answer"),
        State("answered", "已反馈，待审核", "Answered, to be looked at"),
        State("sent_back", "已退回，待重新反馈", "Sent back, to be answered again"),
        State("accepted", "已办结", "Accepted", is_final=True),
    ),
    moves=(
        Move(
            "issue",
            (),
            "issued",
            ISSUERS,
            "下达督办单",
            "Issue an order",
            needs=(
                Need("department", "department", "承办单位", "Department", required=False),
                Need("subject", "line", "督办事项", "Subject"),
                Need("demands", "text", "督办要求", "What is demanded"),
                DUE_ON,
            ),
            tells=("window",),
            message=Label("督办单已下达，已通知承办单位。", "The order is issued; the department is told."),
        ),
        Move(
            "answer",
            ("issued", "sent_back"),
            "answered",
            WINDOWS,
            "反馈办理情况",
            "Answer",
            needs=(
                Need("done", "text", "办理情况", "What was done"),
                Need("commitment_on", "day", "承诺完成日期", "Committed to finish on", required=False),
            ),
            tells=("level",),
            message=Label(
                "反馈已记录，待督办单位审核。", "The answer is recorded; the level that issued the order looks at it."
            ),
        ),
        Move(
            "accept_answer",
            ("answered",),
            "accepted",
            ("service_centre", "supervision_office"),
            "审核通过",
            "Accept the answer",
            tells=("window",),
            message=Label("审核通过，督办单已办结。", "The answer is accepted; the order is done."),
            consequences=Label(
                "督办单就此办结，不能再退回；内容仍未落实的须另行下达督办单。",
                "The order is closed and cannot be sent back; what is still not done takes another order.",
            ),
        ),
        Move(
            "send_back",
            ("answered",),
            "sent_back",
            ("service_centre", "supervision_office"),
            "退回重新办理",
            "Send back",
            needs=(Need("reason", "text", "退回原因", "Reason"), DUE_ON),
            tells=("window",),
            group="danger",
            message=Label("督办单已退回，已通知承办单位。", "The order is sent back; the department is told."),
        ),
        Move(
            "change_unit",
            ("issued", "answered", "sent_back"),
            None,
            (SYSTEM,),
            "部门承接",
            "Taken over by another department",
            tells=("window",),
        ),
        Move(
            "lift_order",
            ("issued", "sent_back"),
            None,
            (SYSTEM,),
            "逾期未反馈，上报",
            "Report as unanswered",
            tells=("level", "window"),
        ),
        *office_moves("answered"),
    ),
)
