"""The chart of the month's word on a joint project: one responsible unit writes it, and both sign it."""

from workflows.charts.model import Chart, Move, Need, State
from workflows.label import Label

TEXT = Need("text", "text", "本月情况", "Monthly statement")
BOTH = ("window_head",)  # of the two responsible units

WORD = Chart(
    name="word",
    edition="2026-01",
    zh="每月情况",
    en="Monthly statement",
    states=(State("written", "待会签", "Waits for the other unit"), State("signed", "已会签", "Signed by both")),
    moves=(
        Move(
            "write_word",
            (),
            "written",
            BOTH,
            "填写本月情况",
            "Write the monthly statement",
            (TEXT,),
            tells=("joint",),
            message=Label(
                "已填写并由本单位签署，已告知另一家单位会签。",
                "The statement is written and signed by your unit; the other unit is asked to sign.",
            ),
        ),
        Move(
            "rewrite_word",
            ("written", "signed"),
            "written",
            BOTH,
            "修改后重新会签",
            "Change it and have it signed again",
            (TEXT,),
            tells=("joint",),
            group="quiet",
            message=Label(
                "内容已修改，须由另一家单位重新会签。", "The text is changed; the other unit must sign it again."
            ),
        ),
        Move(
            "sign_word",
            ("written",),
            "signed",
            BOTH,
            "会签",
            "Sign",
            tells=("joint", "supervision_office"),
            message=Label("两家均已会签，可编入月报。", "Both units have signed; the report can print it."),
            second_to=("write_word", "rewrite_word"),
        ),
    ),
)
