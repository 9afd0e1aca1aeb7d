"""All figures of one line of a report: of the city, a department, a stage, a category, an owner's unit or a liaison."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from approvals.base.errors import NotFound
from approvals.calendar.lights import LIGHT_LABELS
from approvals.reports.document.column_labels import HEADS
from approvals.reports.document.table_views import changed
from approvals.reports.figures.model import (
    ApprovalCounts,
    Decisions,
    DueApproval,
    FigureCell,
    FigureLine,
    Figures,
    LateApproval,
    LightCounts,
    ProjectCounts,
    ProjectLine,
)
from approvals.reports.figures.oversight_model import (
    CardCounts,
    OfficeLine,
    OrderCounts,
    OrderTold,
    OwedCounts,
    ServiceLine,
)
from approvals.reports.figures.serialization import has
from workflows.charts.roles import LEVELS
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES

MADE, STOOD, DECIDED = Label("本期办理", "In the period"), Label("期末状态", "At the end"), Label("本期办结", "Decided")
PARTS: Mapping[str, tuple[Label, type]] = {
    "projects": (Label("项目", "Projects"), ProjectCounts),
    "moves": (MADE, ApprovalCounts),
    "standing": (STOOD, LightCounts),
    "decisions": (DECIDED, Decisions),
}
BESIDE: Mapping[str, tuple[Label, Mapping[str, Label]]] = {  # what counts beside projects and approvals
    "orders": (
        Label("督办单", "Supervision orders"),
        {field.name: HEADS[f"order_{field.name}"] for field in fields(OrderCounts)},
    ),
    "cards": (
        Label("红黄牌", "Cards"),
        {
            **COLOUR_NAMES,
            "appealed": Label("申诉", "Appeals"),
            "upheld": Label("维持", "Upheld"),
            "withdrawn": Label("撤牌", "Withdrawn cards"),
        },
    ),
    "service": (
        Label("一对一服务", "One-to-one service"),
        {
            "asked": HEADS["asked"],
            "answered": HEADS["answers"],
            "in_time": HEADS["answered_in_time"],
            "climbed": HEADS["climbed"],
            "contacts": HEADS["contacts"],
        },
    ),
    "owed": (
        Label("容缺受理", "Accepted with materials owed"),
        {
            "left": Label("容缺受理", "Accepted with materials owed"),
            "supplied": Label("补交", "Handed in"),
            "settled": Label("核销", "Ticked off"),
            "late": Label("逾期未补", "Late"),
        },
    ),
    "offices": (
        Label("机关环节", "The offices' own steps"),
        {name: HEADS[f"office_{name}"] for name in ("done", "in_time", "late", "open", "open_late")},
    ),
}
OF_LEVELS = ("raised", "answered", "lifted", "open", "open_raised", "open_answered", "open_lifted")
OTHER_HEADS: Mapping[str, Label] = {
    "projects.withdrawn": HEADS["project_withdrawn"],
    "projects.open": HEADS["open"],
    "projects.resumed": Label("恢复", "Resumed"),
    "projects.open_suspended": Label("在办中已中止", "Open, suspended"),
    "projects.awaiting_triage": Label("待分类", "Awaiting triage"),
    "projects.awaiting_owner": Label("待业主补充", "Awaiting the owner"),
    "projects.awaiting_registration": Label("待挂号", "Awaiting registration"),
    "moves.notified_again": Label("再次告知", "Notified again"),
    "moves.paused": HEADS["special"],
    "moves.withdrawn": HEADS["project_withdrawn"],
    "standing.paused": HEADS["special"],
    **{f"standing.{light}": word for light, word in LIGHT_LABELS.items()},
}


def _head(part: str, name: str) -> Label:
    key = "not_closed" if part == "levels" and name == "open" else name
    return _in_one_line(OTHER_HEADS.get(f"{part}.{name}") or HEADS[key])


def _in_one_line(column_label: Label) -> Label:
    return Label(column_label.zh.replace("\n", ""), column_label.en.replace("-\n", "").replace("\n", " "))


def _figures() -> Iterator[tuple[str, tuple[Label, Label]]]:
    """The name of each figure in an address, as in `moves.accepted`, with its group and its word."""
    for part, (group, kind) in PARTS.items():
        for field in fields(kind):
            yield f"{part}.{field.name}", (group, _head(part, field.name))
    for level, words in LEVELS.items():
        for name in OF_LEVELS:
            yield f"levels.{level}.{name}", (Label(*words), _head("levels", name))
    for part, (group, labels) in BESIDE.items():
        for name, word in labels.items():
            yield f"{part}.{name}", (group, _in_one_line(word))


FIGURES: Mapping[str, tuple[Label, Label]] = dict(_figures())


# The figures at the head of a department's page.
HEADLINES = (
    *("moves.submitted", "moves.accepted", "moves.granted", "decisions.within_promised"),
    *("standing.open", "standing.yellow", "standing.red", "decisions.late"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a line beside the month before."""

    name: str
    group: Label
    word: Label
    now: int
    before: int

    @property
    def change(self) -> str:
        return changed(self.now, self.before).text


@dataclass(frozen=True, slots=True)
class LinePage:
    """A line with all its figures, and of a department its late approvals, what falls due, and its orders."""

    label: Label
    figures: tuple[Figure, ...]
    late: tuple[LateApproval, ...] = ()
    due: tuple[DueApproval, ...] = ()
    orders: tuple[OrderTold, ...] = ()

    @property
    def headlines(self) -> tuple[Figure, ...]:
        """The eight figures at the head of a department's page."""
        return tuple(figure for name in HEADLINES for figure in self.figures if figure.name == name)

    def lights(self, *, before: bool = False) -> dict[str, int]:
        """The running approvals by light at the end of the period, or of the one before."""
        by_name = {figure.name: figure.before if before else figure.now for figure in self.figures}
        return {light: by_name.get(f"standing.{light}", 0) for light in LIGHT_LABELS}


AnyLine = FigureLine | ProjectLine | ServiceLine | OfficeLine


def lines_by_split(figures: Figures) -> dict[str, tuple[AnyLine, ...]]:
    """The lines of each split of approvals; owners' units have projects alone, officers what they did for owners."""
    return {
        "city": (figures.city,),
        "departments": figures.departments,
        "stages": figures.stages,
        "categories": figures.categories,
        "liaisons": figures.liaisons,
        "owners": figures.project_owners,
        "officers": figures.oversight.liaisons,
        "offices": figures.offices.lines,
    }


def projects_by_split(figures: Figures) -> dict[str, tuple[ProjectLine, ...]]:
    return {
        "city": (figures.projects,),
        "categories": figures.project_categories,
        "liaisons": figures.project_liaisons,
        "owners": figures.project_owners,
    }


def line_page(figures: Figures, split: str, key: str) -> LinePage:
    """The line of this split and key; NotFound when there is none."""
    line = _of(lines_by_split(figures), split, key)
    if line is None:
        raise NotFound
    line_figures = (
        *_project_figures(_of(projects_by_split(figures), split, key)),
        *(_approval_figures(line) if isinstance(line, FigureLine) else ()),
        *_other_figures(figures, split, key),
    )
    name = office_name(line) if isinstance(line, OfficeLine) else line.label
    if split != "departments":
        return LinePage(name, line_figures)
    return LinePage(
        name,
        line_figures,
        tuple(approval for approval in figures.late if approval.department == name),
        tuple(approval for approval in figures.due if approval.department == name),
        tuple(approval for approval in figures.orders.told if approval.department == name),
    )


def office_name(line: OfficeLine) -> Label:
    """A kind of step with the office that owes it."""
    return Label(f"{line.office.zh}：{line.label.zh}", f"{line.office.en}: {line.label.en}")


def _of(lines: Mapping[str, tuple[AnyLine, ...]], split: str, key: str) -> AnyLine | None:
    return next((line for line in lines.get(split, ()) if (line.key or "-") == key), None)


def _project_figures(line: AnyLine | None) -> Iterator[Figure]:
    if isinstance(line, ProjectLine):
        for field in fields(ProjectCounts):
            yield _figure(f"projects.{field.name}", getattr(line.now, field.name), getattr(line.before, field.name))


def _approval_figures(line: FigureLine) -> Iterator[Figure]:
    for name in FIGURES:
        if name.partition(".")[0] not in ("projects", *BESIDE):
            yield _figure(name, number_of(line.now, name), number_of(line.before, name))


def _other_figures(figures: Figures, split: str, key: str) -> Iterator[Figure]:
    """Orders, cards and service of this line, as far as its edition of the figures has them."""
    for part, (now, before) in _beside(figures, split, key).items():
        for name in BESIDE[part][1]:
            yield _figure(f"{part}.{name}", getattr(now, name), getattr(before, name))


def _beside(figures: Figures, split: str, key: str) -> dict[str, tuple[object, object]]:
    oversight, orders = figures.oversight, figures.orders
    if split == "officers":
        officer = _of({split: oversight.liaisons}, split, key)
        return {"service": (officer.now, officer.before)} if officer else {}
    offices = figures.offices
    if split == "offices":
        line = _of({split: offices.lines}, split, key)
        return {"offices": (line.now, line.before)} if line else {}
    if not has(figures, "orders") or split not in ("city", "departments"):
        return {}
    owed = {"owed": (figures.owed.city, figures.owed.city_before)} if has(figures, "owed") else {}
    if split == "city":
        both = {"orders": (orders.city, orders.city_before), "cards": (oversight.cards, oversight.cards_before)}
        both |= {"offices": (offices.city, offices.city_before)} if has(figures, "offices") else {}
        return both | {"service": (oversight.service, oversight.service_before)} | owed
    own_orders = {line.key: (line.now, line.before) for line in orders.departments}
    own_cards = {line.key: (line.now, line.before) for line in figures.card_departments}
    own_owed = {line.key: (line.now, line.before) for line in figures.owed.departments}
    nothing_owed = (OwedCounts(), OwedCounts())
    of_owed = {"owed": own_owed.get(key, nothing_owed)} if owed else {}
    return of_owed | {
        "orders": own_orders.get(key, (OrderCounts(), OrderCounts())),
        "cards": own_cards.get(key, (CardCounts(), CardCounts())),
    }


def number_of(cell: FigureCell, name: str) -> int:
    """The figure of this name in a cell."""
    part, *path = name.split(".")
    if part == "levels":
        return int(getattr(cell.levels[int(path[0]) - 1], path[1]))
    return int(getattr(getattr(cell, part), path[0]))


def _figure(name: str, now: int, before: int) -> Figure:
    return Figure(name, *FIGURES[name], now, before)
