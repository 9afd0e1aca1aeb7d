"""The chart of a card: shown by rule to a window, which may appeal; the supervision office decides."""

from workflows.charts.model import SYSTEM, Chart, Move, Need, State
from workflows.charts.office_moves import office_moves
from workflows.label import Label

REASON = Need("reason", "text", "理由", "Reason")

CARD = Chart(
    name="card",
    edition="2026-01",
    zh="红黄牌",
    en="Card",
    states=(
        State("shown", "已亮牌", "Shown"),
        State("appealed", "申诉中", "Appealed"),
        State("upheld", "维持", "Upheld", is_final=True),
        State("withdrawn", "已撤牌", "Withdrawn", is_final=True),
    ),
    moves=(
        Move("show_card", (), "shown", (SYSTEM,), "亮牌", "Show card", tells=("window", "supervision_office")),
        Move(
            "appeal",
            ("shown",),
            "appealed",
            ("window_head",),
            "申诉",
            "Appeal",
            needs=(Need("reasons", "texts", "申诉理由", "Reasons"),),
            tells=("supervision_office",),
            message=Label("申诉已记录，并已告知督查办。", "The appeal is recorded; the supervision office is told."),
        ),
        Move(
            "withdraw_card",
            ("shown", "appealed"),
            "withdrawn",
            ("supervision_office", SYSTEM),
            "撤牌",
            "Withdraw the card",
            needs=(REASON,),
            tells=("window", "supervision_office"),
            message=Label("已撤牌，并已告知窗口。", "The card is withdrawn; the window is told."),
            consequences=Label(
                "撤牌后不能恢复。",
                "A withdrawn card is not reinstated.",
            ),
        ),
        Move(
            "void_card",
            ("shown", "appealed", "upheld"),
            "withdrawn",
            (SYSTEM,),
            "日期更正撤牌",
            "Withdraw by a correction",
            tells=("window", "supervision_office"),
        ),
        Move(
            "uphold",
            ("appealed",),
            "upheld",
            ("supervision_office",),
            "维持亮牌",
            "Uphold",
            needs=(REASON,),
            tells=("window", "supervision_office"),
            group="danger",
            message=Label("已维持亮牌，并已告知窗口。", "The card stands; the window is told."),
            consequences=Label("维持后申诉终结，不能再次申诉。", "The appeal ends; there is no second one."),
        ),
        *office_moves("appealed"),
    ),
)
