"""The chart of an escalation: a late approval climbing the four levels."""

from workflows.charts.model import SYSTEM, Chart, Move, Need, State
from workflows.label import Label

ANSWERERS = ("window", "window_head", "service_centre", "supervision_office", "city_government")

ESCALATION = Chart(
    name="escalation",
    edition="2026-01",
    zh="升级反馈",
    en="Escalation",
    states=(
        State("raised", "待反馈", "Raised"),
        State("answered", "已反馈", "Answered"),
        State("lifted", "已上升", "Lifted"),
        State("closed", "已关闭", "Closed", is_final=True),
    ),
    moves=(
        Move("raise", (), "raised", (SYSTEM,), "升级", "Raise", tells=("level", "joint")),
        Move(
            "raise_jointly",
            (),
            "raised",
            ("window_head",),
            "责任单位提请升级",
            "Escalate by hand",
            needs=(Need("reason", "text", "提请理由", "Reason"),),
            tells=("level", "joint", "liaison"),
            group="quiet",
            message=Label("已提请升级，并告知该级。", "The escalation is raised; its level is told."),
        ),
        Move(
            "answer",
            ("raised",),
            "answered",
            ANSWERERS,
            "反馈",
            "Answer",
            needs=(
                Need("reason", "text", "原因", "Reason"),
                Need("commitment_on", "day", "承诺办结日期", "Committed to decide on"),
            ),
            tells=("owner", "liaison"),
            message=Label(
                "反馈已登记，并告知业主和一对一联系人。", "The answer is recorded; owner and liaison are told."
            ),
        ),
        Move(
            "instruct",
            ("raised",),
            "answered",
            ("city_government",),
            "批示",
            "Instruct",
            needs=(
                Need("reason", "text", "答复业主", "Answer to the owner"),
                Need("commitment_on", "day", "承诺办结日期", "Committed to decide on"),
                Need("words", "text", "批示内容", "Instruction"),
                Need("order_due_on", "day", "督办单反馈期限", "Order to be answered by", required=False),
            ),
            tells=("owner", "liaison", "window", "service_centre", "supervision_office"),
            message=Label(
                "批示已记录，已通知各级；业主将看到答复。",
                "The instruction is recorded; all levels are told, and the owner reads the answer.",
            ),
        ),
        Move("lift", ("raised", "answered"), "lifted", (SYSTEM,), "上升一级", "Lift", tells=("level",)),
        Move("close", ("raised", "answered", "lifted"), "closed", (SYSTEM,), "升级反馈关闭", "Close the escalation"),
    ),
)
