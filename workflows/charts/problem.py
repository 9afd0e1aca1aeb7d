"""The chart of a problem of the programme: raised, asked of somebody, spoken of, closed with its result."""

from workflows.charts.model import SYSTEM, Chart, Move, Need, State
from workflows.charts.programme_terms import PROBLEM_KINDS
from workflows.label import Label

OFFICE, OWNER = "supervision_office", "owner"  # people of the lead unit and of the tasks' units are owners
BOTH = (OFFICE, OWNER)
ASKED = (OWNER, "window", "window_head", OFFICE, "city_government")  # who is asked, or says for them what they answered
TEXT = Need("text", "text", "问题", "What it is")
KIND = Need("kind", "choice", "类型", "Kind", options=tuple(PROBLEM_KINDS))
SINCE = Need("since", "day", "起始日期", "Since", required=False)
TASKS = Need("tasks", "names", "涉及任务", "Tasks", required=False)
PROJECTS = Need("projects", "names", "涉及项目", "Projects", required=False)
EXPECTED = Need("expected_on", "day", "预计解决日期", "Expected end", required=False)
UNIT = Need("asked_unit", "unit", "提请单位", "Unit asked", required=False)
PERSONS_OFFICE = Need("asked_office", "line", "提请领导或办公室", "Person's office asked", required=False)
DEMAND = Need("asked", "text", "提请事项", "What is asked", required=False)

PROBLEM = Chart(
    name="problem",
    edition="2026-01",
    zh="问题",
    en="Problem",
    states=(State("open", "未解决", "Unsolved"), State("closed", "已销号", "Settled")),
    moves=(
        Move(
            "raise_problem",
            (),
            "open",
            BOTH,
            "提出问题",
            "Raise a problem",
            needs=(TEXT, KIND, SINCE, TASKS, PROJECTS, UNIT, PERSONS_OFFICE, DEMAND, EXPECTED),
            tells=("lead_unit", "asked"),
            message=Label("问题已登记。", "The problem is on record."),
        ),
        Move(
            "add_word",
            ("open",),
            None,
            BOTH,
            "填写进展",
            "Give an update",
            needs=(
                Need("text", "text", "进展", "Progress so far", required=False),
                EXPECTED,
            ),
            message=Label("进展已记录。", "Your update is recorded."),
        ),
        Move(
            "ask_unit",
            ("open",),
            None,
            BOTH,
            "提请协调",
            "Ask somebody to help",
            needs=(UNIT, PERSONS_OFFICE, Need("asked", "text", "提请事项", "What is asked"), EXPECTED),
            tells=("asked",),
            message=Label("已提请，对方将收到通知。", "It is asked; they are told."),
        ),
        Move(
            "answer_problem",
            ("open",),
            None,
            ASKED,
            "答复",
            "Answer",
            needs=(Need("text", "text", "答复意见", "Answer"),),
            tells=("lead_unit", "task_units"),
            message=Label("答复已记录。", "The answer is recorded."),
        ),
        Move(
            "edit_problem",
            ("open",),
            None,
            BOTH,
            "修改登记内容",
            "Change the record",
            needs=(
                Need("kind", "choice", "类型", "Kind", required=False, options=tuple(PROBLEM_KINDS)),
                SINCE,
                TASKS,
                PROJECTS,
            ),
            group="quiet",
            message=Label("登记内容已修改。", "The record is changed."),
        ),
        Move(
            "close_problem",
            ("open",),
            "closed",
            BOTH,
            "销号",
            "Settle",
            needs=(Need("result", "text", "解决结果", "Result"),),
            tells=("lead_unit", "asked"),
            message=Label("问题已销号。", "The problem is settled."),
        ),
        Move(
            "reopen_problem",
            ("closed",),
            "open",
            BOTH,
            "重新打开",
            "Reopen",
            needs=(Need("reason", "text", "理由", "Reason"),),
            group="quiet",
            tells=("lead_unit", "task_units", "asked"),
            message=Label("问题已重新打开。", "The problem is open again."),
        ),
        Move(
            "turn_into_order",
            ("open",),
            None,
            (SYSTEM,),
            "转为督办单",
            "Turned into a supervision order",
        ),
        Move("close_with_item", ("open",), "closed", (SYSTEM,), "随分项办结销号", "Settled with its item"),
    ),
)
