"""The chart of a programme year: its months are closed, and opened again for one task where the office says so."""

from workflows.charts.model import SYSTEM, Chart, Move, Need, State
from workflows.label import Label

OFFICE = "supervision_office"
MONTH = Need("month", "month", "月份", "Month")

PROGRAMME = Chart(
    name="programme",
    edition="2026-01",
    zh="年度民生工程",
    en="Programme year",
    states=(State("open", "进行中", "Open"),),
    moves=(
        Move("open_year", (), "open", (SYSTEM,), "建立年度", "Open the year"),
        Move(
            "close_month",
            ("open",),
            None,
            (OFFICE,),
            "月份关账",
            "Close a month",
            needs=(MONTH,),
            message=Label("本月已关账。", "The month is closed."),
        ),
        Move(
            "remind",
            ("open",),
            None,
            (OFFICE,),
            "催报",
            "Remind who has not reported",
            needs=(MONTH,),
            group="quiet",
            tells=("task_units",),
            message=Label("已向未报单位发出催报通知。", "The units that have not reported are reminded."),
        ),
        Move(
            "open_exception",
            ("open",),
            None,
            (OFFICE,),
            "开放补报",
            "Open an exception",
            needs=(
                Need("task", "line", "任务", "Task"),
                MONTH,
                Need("until", "day", "截止日期", "Until"),
                Need("reason", "text", "理由", "Reason"),
            ),
            group="quiet",
            message=Label("已开放补报，到期自动关闭。", "The month is open for this task until that day."),
        ),
        Move(
            "record_last_year",
            ("open",),
            None,
            (OFFICE,),
            "录入上年数",
            "Record last year's totals",
            needs=(
                Need("planned", "money", "上年计划投资（万元）", "Planned last year (10,000 yuan)"),
                Need("fiscal", "money", "上年财政投入（万元）", "Fiscal input last year (10,000 yuan)"),
                Need("executed", "money", "上年完成投资（万元）", "Paid last year (10,000 yuan)", required=False),
                Need("source", "line", "数据来源", "Source"),
            ),
            group="quiet",
            message=Label("上年数已录入。", "Last year's totals are recorded."),
        ),
        Move(
            "record_outcome",
            ("open",),
            None,
            (OFFICE,),
            "录入成效指标",
            "Record an outcome",
            needs=(
                Need("category", "category", "类别", "Category"),
                Need("name", "line", "指标名称", "Outcome"),
                Need("unit", "line", "计量单位", "Unit of measure"),
                Need("period", "line", "统计期间", "Period"),
                Need("value", "quantity", "数值", "Value"),
                Need("change", "change", "比上年增减（%）", "Change on the year before (%)", required=False),
                Need("source", "line", "数据来源", "Source"),
                Need("reason", "text", "更正原因", "Why it is corrected", required=False),
            ),
            group="quiet",
            message=Label("成效指标已录入。", "The outcome is recorded."),
        ),
    ),
)
