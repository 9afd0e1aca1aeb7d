"""The chart of a monthly entry: reported by the task's unit, confirmed by the lead unit and by finance, closed."""

from workflows.charts.model import SYSTEM, Chart, Move, Need, State
from workflows.label import Label

REPORTER = LEAD = "owner"  # people of the task's unit; those of the item's lead unit
OFFICE, FINANCE = "supervision_office", "finance"
REPORTED = (
    Need("quantities", "quantities", "完成数量（累计）", "Quantities (cumulative)", required=False),
    Need("nodes", "reached_nodes", "已达到的节点", "Nodes reached", required=False),
    Need("funds", "spent_funds", "资金（累计，万元）", "Money (cumulative, 10,000 yuan)", required=False),
    Need("no_figure", "reasons_by_name", "无数据的原因", "No figure, and why", required=False),
    Need("forecast", "forecast", "预计", "Forecast", required=False),
    Need("problems", "texts", "存在问题", "Problems", required=False),
    Need("next", "text", "下月安排", "What comes next", required=False),
    Need("evidence", "evidence", "佐证材料", "Evidence", required=False),
)
PROBLEM_WORDS = Need("problem_words", "problem_words", "未解决问题的进展", "Updates on open problems", required=False)
REASON = Need("reason", "text", "理由", "Reason")

ENTRY = Chart(
    name="entry",
    edition="2026-01",
    zh="月报",
    en="Monthly entry",
    states=(
        State("due", "未报", "Not reported"),
        State("reported", "已报", "Reported"),
        State("sent_back", "已退回", "Sent back"),
        State("confirmed", "已确认", "Confirmed"),
        State("closed", "已关账", "Closed"),
    ),
    moves=(
        Move(
            "report",
            ("due", "reported", "sent_back"),
            "reported",
            (REPORTER,),
            "报送",
            "Report",
            needs=(
                *REPORTED,
                PROBLEM_WORDS,
                Need("reason", "text", "数据减少的原因", "Why a figure falls", required=False),
            ),
            tells=("lead_unit",),
            message=Label("月报已报送牵头单位。", "The entry is with the lead unit."),
        ),
        Move(
            "send_back",
            ("reported",),
            "sent_back",
            (LEAD,),
            "退回",
            "Send back",
            needs=(Need("reasons", "text", "退回原因", "Reasons"),),
            group="quiet",
            tells=("task_units",),
            message=Label("月报已退回。", "The entry is sent back."),
        ),
        Move(
            "confirm",
            ("reported",),
            "confirmed",
            (LEAD,),
            "确认",
            "Confirm",
            tells=("finance",),
            message=Label("月报已确认，数量和节点自此计入。", "The entry is confirmed; its figures count from now on."),
        ),
        Move(
            "confirm_money",
            ("reported", "confirmed", "closed"),
            None,
            (FINANCE,),
            "确认资金",
            "Confirm the money",
            message=Label("资金已确认，自此计入。", "The money is confirmed and counts from now on."),
        ),
        Move(
            "close",
            ("confirmed",),
            "closed",
            (OFFICE, SYSTEM),
            "关账",
            "Close",
            message=Label("本月已关账。", "The month is closed."),
        ),
        Move(
            "amend_entry",
            ("closed",),
            None,
            (REPORTER,),
            "更正已关账月报",
            "Amend a closed entry",
            needs=(*REPORTED, REASON),
            group="quiet",
            tells=("lead_unit",),
            message=Label("更正待另一人确认。", "The amendment waits for a second person."),
        ),
        Move(
            "confirm_amendment",
            ("closed",),
            None,
            (LEAD, OFFICE),
            "确认更正",
            "Confirm the amendment",
            tells=("task_units",),
            message=Label(
                "更正自此计入，已关账的月份照旧。", "The amendment counts from now on; the closed month stays."
            ),
            second_to=("amend_entry",),
        ),
        Move(
            "decline_amendment",
            ("closed",),
            None,
            (LEAD, OFFICE),
            "不同意更正",
            "Decline the amendment",
            needs=(REASON,),
            group="quiet",
            tells=("task_units",),
            message=Label("更正未予同意。", "The amendment is declined."),
            second_to=("amend_entry",),
        ),
        Move(
            "take_over_entry",
            ("due",),
            "closed",
            (SYSTEM,),
            "转入原台账数据",
            "Take over the figures of the old ledger",
        ),
    ),
)
