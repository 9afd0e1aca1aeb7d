"""The chart of the month's word on a joint project: one responsible unit writes it, and both sign it."""

from workflows.charts.model import Chart, Move, Need, State

TEXT = Need("text", "text", "本月情况", "The month's word")
BOTH = ("window_head",)  # of the two responsible units

WORD = Chart(
    name="word",
    edition="2026-01",
    zh="每月情况",
    en="Month's word",
    states=(
        State("written", "待会签", "Waits for the other unit"),
        State("signed", "已会签", "Signed by both"),
    ),
    moves=(
        Move("write_word", (), "written", BOTH, "填写本月情况", "Write the month's word", (TEXT,), tells=("joint",)),
        Move(
            "rewrite_word",
            ("written", "signed"),
            "written",
            BOTH,
            "修改后重新会签",
            "Change it and have it signed anew",
            (TEXT,),
            tells=("joint",),
            group="quiet",
        ),
        Move("sign_word", ("written",), "signed", BOTH, "会签", "Sign", tells=("joint", "supervision_office")),
    ),
)
