"""The policy as groups of fields: what each value is called, in which unit, and what it does.

Every value of the policy has a field here; its text (policy.yaml) has nothing more but comments.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from approvals.calendar.lights import LIGHT_LABELS
from workflows.charts.roles import LEVELS
from workflows.clock.lights import LIGHTS
from workflows.config.policy import CARD_RULES, LAST_REPORT_DAY, MOST_MEGABYTES, OFFICE_STEPS
from workflows.config.policy_text import Path
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES, RULES
from workflows.rules.office_tasks import OFFICE_TASKS

Kind = Literal["number", "light", "card", "months", "hours", "day"]
NONE = "none"  # the choice of no light, no card
WORKING_DAYS = Label("个工作日", "working days")
DAYS = Label("天", "days")
MINUTES = Label("分钟", "minutes")
PER_CENT = Label("%", "%")
CHOICES: Mapping[Kind, Mapping[str, Label]] = {
    "light": {
        **{light: LIGHT_LABELS[light] for light in LIGHTS[1:]},
        NONE: Label("不亮灯，逐级上升", "None: by lifting"),
    },
    "card": {**COLOUR_NAMES, NONE: Label("不亮牌", "No card")},
    "months": {str(month): Label(f"{month}月", str(month)) for month in range(1, 13)},
}


@dataclass(frozen=True, slots=True)
class PolicyField:
    """One value: a number within bounds, a choice, months, hours or a day. An optional one may be left empty."""

    path: Path
    label: Label
    hint: Label | None = None
    unit: Label | None = None
    kind: Kind = "number"
    least: int = 1
    most: int | None = None
    is_optional: bool = False

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """Fields that stand together; the simulation shows what those of a group that is tried would have done."""

    name: str
    title: Label
    hint: Label
    fields: tuple[PolicyField, ...]
    is_tried: bool = False


def _level(level: int) -> PolicyField:
    zh, en = LEVELS[level]
    hint = (
        Label("这一级须有一盏灯：没有哪一级会上升到它。", "It needs a light: nothing lifts to it.")
        if level == 1
        else None
    )
    return PolicyField(("levels", str(level)), Label(f"第{level}级：{zh}", f"Level {level}: {en}"), hint, kind="light")


def _answer(kind: str, zh: str, en: str) -> PolicyField:
    label = Label(f"{zh}的升级答复期限", f"Answer to an escalation, {en}")
    return PolicyField(("answer_within", kind), label, unit=WORKING_DAYS)


def _office(step: str) -> PolicyField:
    task = OFFICE_TASKS[step]
    return PolicyField(("offices", step), Label(task.zh, task.en), unit=WORKING_DAYS, is_optional=True)


def _programme(
    name: str, zh: str, en: str, unit: Label, hint: Label | None = None, least: int = 0, most: int | None = None
) -> PolicyField:
    return PolicyField(("programme", name), Label(zh, en), hint, unit, least=least, most=most)


def _upload(name: str, zh: str, en: str, unit: Label, hint: Label | None = None) -> PolicyField:
    return PolicyField(("uploads", name), Label(zh, en), hint, unit)


MEGABYTES = Label("MB", "MB")
GROUPS: tuple[PolicyGroup, ...] = (
    PolicyGroup(
        "escalation",
        Label("亮灯与逐级上升", "Lights and escalation"),
        Label(
            "哪盏灯把事项升到哪一级；升级后逾期不答复的，再上升一级。",
            "Which light raises an approval to which level; what is not answered in time lifts to the next.",
        ),
        (
            PolicyField(
                ("reminder_at",),
                Label("承诺时限剩余多少日时提示", "Promised days left at which the light turns to reminder"),
                unit=WORKING_DAYS,
                least=0,
            ),
            *(_level(level) for level in LEVELS),
            _answer("normal", "一般项目", "other projects"),
            _answer("key", "重点项目", "key projects"),
            _answer("urgent", "急难项目", "urgent and hard projects"),
        ),
        is_tried=True,
    ),
    PolicyGroup(
        "cards",
        Label("亮牌", "Cards"),
        Label("出现下列情形时亮什么牌。", "The colour of the card that is shown when this happens."),
        tuple(PolicyField(("cards", rule), Label(RULES[rule].zh, RULES[rule].en), kind="card") for rule in CARD_RULES),
        is_tried=True,
    ),
    PolicyGroup(
        "answers",
        Label("办公时间与答复", "Office hours and answers"),
        Label("业主何时得到答复，窗口何时可以申诉。", "When owners are answered, and when windows may appeal."),
        (
            PolicyField(
                ("office_hours",),
                Label("办公时间", "Office hours"),
                Label("如 09:00-12:00, 13:30-17:30，按先后排列。", "In order: 09:00-12:00, 13:30-17:30."),
                kind="hours",
            ),
            PolicyField(
                ("first_answer", "in_office"),
                Label("办公时间内首次答复", "First answer in office hours"),
                Label("按办公时间计。", "Counted in office hours."),
                MINUTES,
            ),
            PolicyField(
                ("first_answer", "otherwise"),
                Label("办公时间外首次答复", "First answer at other times"),
                Label("按钟点计。", "Counted by the clock."),
                MINUTES,
            ),
            PolicyField(
                ("contact_every",),
                Label("联系人至少多久联系业主一次", "An owner hears from the liaison at least every"),
                unit=DAYS,
            ),
            PolicyField(("appeal_within",), Label("红黄牌申诉期限", "Appeal against a card"), unit=WORKING_DAYS),
        ),
    ),
    PolicyGroup(
        "record",
        Label("办理记录", "The record"),
        Label("迟于办理时间的录入，以及自办项目的许可。", "Late entries, and decisions on a unit's own projects."),
        (
            PolicyField(
                ("recorded_later",),
                Label("迟多久录入即标注补录", "Marked as recorded later after"),
                Label("本人办理的事项不得倒填更早。", "Nobody dates a move of their own further back."),
                MINUTES,
            ),
            PolicyField(
                ("head_agrees_from",),
                Label("自办项目须经负责人同意，自", "A unit's own project needs its head's consent from"),
                Label("留空为不要求。", "Empty: never."),
                kind="day",
                is_optional=True,
            ),
        ),
    ),
    PolicyGroup(
        "offices",
        Label("机关自身的步骤", "The offices' own steps"),
        Label("各机关完成自身步骤的期限；留空不设。", "Within what offices owe their own steps; empty: no limit."),
        tuple(_office(step) for step in OFFICE_STEPS),
    ),
    PolicyGroup(
        "pauses",
        Label("特别程序", "Special procedures"),
        Label("哪些特别程序要由督查关注。", "Which special procedures supervision looks at."),
        (
            PolicyField(
                ("pauses", "long_days"), Label("超过多少日为时间长", "Long when it takes more than"), unit=WORKING_DAYS
            ),
            PolicyField(
                ("pauses", "frequent"),
                Label("同一事项多少次为次数多", "Paused often from so many within the period"),
                unit=Label("次", "times"),
                least=2,
            ),
            PolicyField(
                ("pauses", "near_cap"),
                Label("距上限多少日时标出", "Marked when so few days are left to its cap"),
                unit=WORKING_DAYS,
                least=0,
            ),
        ),
    ),
    PolicyGroup(
        "programme",
        Label("年度民生工程", "The year's programme"),
        Label("月报、重新计划与问题的期限和尺度。", "Monthly entries, new plans and problems."),
        (
            _programme(
                "report_day",
                "每月报送日",
                "Day of the month on which entries are due",
                Label("日", "of the month"),
                least=1,
                most=LAST_REPORT_DAY,
            ),
            _programme("remind_ahead", "报送日前提醒", "Reminder before that day", DAYS),
            _programme(
                "tolerance", "低于计划多少才算滞后", "Behind the plan from more than", Label("个百分点", "points")
            ),
            _programme("replan_ahead", "重新计划须提前", "A new plan is asked for ahead by", WORKING_DAYS),
            _programme("problem_stale", "问题多久没有进展即提醒", "An open problem is stale without a word for", DAYS),
            _programme(
                "problem_unanswered",
                "问题多久未答复可转督办单",
                "A problem may become an order when unanswered for",
                DAYS,
            ),
            _programme(
                "evidence_mb",
                "佐证文件上限",
                "Largest file of evidence",
                MEGABYTES,
                least=1,
                most=MOST_MEGABYTES,
            ),
        ),
    ),
    PolicyGroup(
        "reports",
        Label("通报与目标", "Bulletins and targets"),
        Label("何时出通报、要求什么，以及全市目标。", "When bulletins come, what they ask, what the city aims at."),
        (
            PolicyField(
                ("bulletins",),
                Label("出通报的月份", "Months at whose end a bulletin comes out"),
                Label("12月必出。每期含上一期之后的各月。", "December always. Each covers the months since the last."),
                kind="months",
            ),
            PolicyField(("reports", "rectify_days"), Label("整改期限", "To be rectified within"), unit=WORKING_DAYS),
            PolicyField(
                ("reports", "late_from"),
                Label("超过承诺时限多少日须整改", "Late by the promised limit from"),
                Label("超过法定时限的一律须整改。", "What is late by law is always to be rectified."),
                WORKING_DAYS,
            ),
            PolicyField(
                ("targets", "in_time"),
                Label("按承诺办结率目标", "Decided within the promised limit"),
                Label("留空为不设目标。", "Empty: no target."),
                PER_CENT,
                least=0,
                most=100,
                is_optional=True,
            ),
            PolicyField(
                ("targets", "speed_up"),
                Label("提速目标", "Speed-up"),
                Label("留空为不设目标。", "Empty: no target."),
                PER_CENT,
                least=0,
                most=100,
                is_optional=True,
            ),
        ),
    ),
    PolicyGroup(
        "uploads",
        Label("上传文件", "Uploaded files"),
        Label(
            "文件所占空间的上限，以及无主文件的清理。", "How much space files take, and when what is left over goes."
        ),
        (
            _upload("project_mb", "每个项目的文件上限", "Documents of one project, at most", MEGABYTES),
            _upload(
                "unit_mb",
                "每个单位的文件上限",
                "Files of one unit, at most",
                MEGABYTES,
                Label("含其全部项目的文件和佐证。", "Those of all its projects, and its evidence."),
            ),
            _upload("orphan_days", "无主文件保留", "Files that belong to nothing are kept for", DAYS),
        ),
    ),
)


def policy_fields() -> Iterator[PolicyField]:
    """All fields in their order."""
    return (field for group in GROUPS for field in group.fields)
