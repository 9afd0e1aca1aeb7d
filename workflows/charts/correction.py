"""The chart of a correction: a wrong day of an approval's move is put right by two people."""

from workflows.charts.model import Chart, ClockEffect, Move, Need, State
from workflows.charts.office_moves import office_moves
from workflows.label import Label

CORRECTION = Chart(
    name="correction",
    edition="2026-01",
    zh="日期更正",
    en="Correction of a day",
    states=(
        State("proposed", "待确认", "Proposed"),
        State("confirmed", "已更正", "Corrected", is_final=True),
        State("declined", "未予更正", "Not corrected", is_final=True),
    ),
    moves=(
        Move(
            "propose_correction",
            (),
            "proposed",
            ("window_head", "window"),
            "提出日期更正",
            "Propose a correction",
            needs=(
                Need("entry", "entry", "办理记录序号", "Number of the entry in the history"),
                Need("right_on", "day", "正确日期", "Right day"),
                Need("reason", "text", "更正理由", "Reason"),
            ),
            tells=("window", "service_centre"),
            group="quiet",
            message=Label(
                "日期更正已提出，须由另一人确认。", "The correction is proposed; a second person confirms it."
            ),
        ),
        Move(
            "confirm_correction",
            ("proposed",),
            "confirmed",
            ("window_head", "service_centre"),
            "确认日期更正",
            "Confirm the correction",
            clock=(ClockEffect.CORRECT_DAY,),
            tells=("owner", "liaison", "window"),
            message=Label("日期已更正，已告知业主和窗口。", "The day is corrected; the owner and the window are told."),
            consequences=Label(
                "确认后各期限按更正后的日期重新计算，不能撤回；再有差错须另行提出更正。",
                "All dates are recalculated from the corrected day; undoing it takes another correction.",
            ),
            second_to=("propose_correction",),
        ),
        Move(
            "decline_correction",
            ("proposed",),
            "declined",
            ("window_head", "service_centre"),
            "不予更正",
            "Decline the correction",
            needs=(Need("reason", "text", "不予更正的理由", "Reason"),),
            tells=("window",),
            group="danger",
            message=Label("未予更正，日期不变。", "The correction is declined; the day stays as it was."),
            consequences=Label(
                "本次更正到此结束，要更正须重新提出。", "This correction ends here; it would have to be proposed again."
            ),
            second_to=("propose_correction",),
        ),
        *office_moves("proposed"),
    ),
)
