"""Posts that somebody must hold while work is open there: windows, owners, heads, the three offices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from approvals.accounts.queries import GRANT, PERSON, UNIT, UnitName
from approvals.filing.queries import TABLE as PROJECTS
from approvals.registration.queries import APPROVALS, OPEN_PROJECTS
from approvals.supervision.orders.queries import ORDERS, TO_ANSWER
from approvals.supervision.queries import CARDS, ESCALATIONS, still_open, with_approvals
from approvals.windows.actions import LIVE
from workflows.charts.approval import DECIDED, IN_HAND
from workflows.label import Label

OF_OWNERS = ("filed", "returned", "classified", *OPEN_PROJECTS)
OFFICES = {"service_centre": 2, "supervision_office": 3, "city_government": 4}  # with the level that they answer for
POSTS: Mapping[str, tuple[str, ...]] = {  # the roles of which any holds the post
    "window": ("window", "window_head"),
    "head": ("window_head",),
    "owner": ("owner",),
    **{office: (office,) for office in OFFICES},
}
POST_LABELS = {
    "window": Label("办理窗口", "Window"),
    "head": Label("窗口负责人", "Head of window"),
    "owner": Label("业主", "Owner"),
    "service_centre": Label("政务服务中心", "Service centre"),
    "supervision_office": Label("督查办", "Supervision office"),
    "city_government": Label("市政府", "City government"),
}
OF_UNITS = ("window", "head", "owner")  # posts that each unit has for itself
APPROVALS_OPEN = Label("在办审批事项", "approvals in hand")
ESCALATIONS_OPEN = Label("待答复升级事项", "escalations to answer")


@dataclass(frozen=True, slots=True)
class Post:
    """A post; `unit_id` is None for the offices, which the city has once."""

    kind: str
    unit_id: int | None = None

    @property
    def label(self) -> Label:
        return POST_LABELS[self.kind]

    @property
    def roles(self) -> tuple[str, ...]:
        return POSTS[self.kind]


@dataclass(frozen=True, slots=True)
class PostWork:
    """What is open at a post: how much of each kind, none of it zero."""

    post: Post
    unit: UnitName | None
    counts: tuple[tuple[Label, int], ...]


def is_held(kind: str, unit_id: ColumnElement[int] | int | None = None) -> ColumnElement[bool]:
    """Whether anybody who is active holds this post, in this unit where it is one of units."""
    here = [PERSON.c.unit_id == unit_id] if unit_id is not None else []
    holds = GRANT.c.person_id == PERSON.c.id, GRANT.c.role.in_(POSTS[kind]), PERSON.c.is_active
    return exists().where(*holds, *here)


def work_at(tx: Connection, post: Post) -> PostWork:
    """What is open at this post."""
    counts = [(label, int(tx.execute(query).scalar_one())) for label, query in _counts(post)]
    row = tx.execute(select(UNIT.c.name, UNIT.c.name_en).where(UNIT.c.id == post.unit_id)).one_or_none()
    unit = UnitName(row.name, row.name_en) if row else None
    return PostWork(post, unit, tuple((label, number) for label, number in counts if number))


def _counts(post: Post) -> Iterator[tuple[Label, Select[int]]]:
    number = func.count()
    if post.kind == "window":
        approvals = APPROVALS.join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
        yield APPROVALS_OPEN, select(number).select_from(approvals).where(_in_hand(post.unit_id))
        yield Label("待答复督办单", "orders to answer"), select(number).select_from(ORDERS).where(_owed(post.unit_id))
        yield ESCALATIONS_OPEN, _escalations(1).where(APPROVALS.c.department_id == post.unit_id)
    elif post.kind in OFFICES:
        yield from _of_office(post.kind)
        yield ESCALATIONS_OPEN, _escalations(OFFICES[post.kind])
    else:
        label = Label("双重管理项目", "joint projects") if post.kind == "head" else Label("在办项目", "open projects")
        yield label, select(number).select_from(PROJECTS).where(_projects(post.kind, post.unit_id))


def _of_office(kind: str) -> Iterator[tuple[Label, Select[int]]]:
    projects = select(func.count()).select_from(PROJECTS)
    if kind == "service_centre":
        yield Label("待挂号项目", "projects to register"), projects.where(PROJECTS.c.state == "classified")
    if kind == "supervision_office":
        yield Label("待分类申报", "filings to sort"), projects.where(PROJECTS.c.state == "filed")
        appealed = select(func.count()).select_from(CARDS).where(CARDS.c.state == "appealed")
        yield Label("待裁定申诉", "appeals to decide"), appealed


def _in_hand(department_id: ColumnElement[int] | int | None) -> ColumnElement[bool]:
    """Approvals whose clock runs or will run again, and decisions that are not delivered yet."""
    runs = and_(PROJECTS.c.state.in_(OPEN_PROJECTS), APPROVALS.c.state.in_(IN_HAND))
    undelivered = and_(APPROVALS.c.state.in_(DECIDED), APPROVALS.c.delivered_on.is_(None))
    return and_(APPROVALS.c.department_id == department_id, or_(runs, undelivered & PROJECTS.c.state.in_(LIVE)))


def _owed(department_id: ColumnElement[int] | int | None) -> ColumnElement[bool]:
    return and_(ORDERS.c.department_id == department_id, ORDERS.c.state.in_(TO_ANSWER))


def _projects(kind: str, unit_id: ColumnElement[int] | int | None) -> ColumnElement[bool]:
    if kind == "owner":
        return and_(PROJECTS.c.owner_unit_id == unit_id, PROJECTS.c.state.in_(OF_OWNERS))
    joint = or_(PROJECTS.c.joint_first_id == unit_id, PROJECTS.c.joint_second_id == unit_id)
    return and_(joint, PROJECTS.c.state.in_(("classified", *OPEN_PROJECTS)))


def _escalations(level: int) -> Select[int]:
    waits = ESCALATIONS.c.level == level, ESCALATIONS.c.state == "raised", still_open()
    return select(func.count()).select_from(with_approvals(ESCALATIONS)).where(*waits)


def needs_holder(kind: str) -> ColumnElement[bool]:
    """Whether anything is open at this post of a unit, of a row of `units`; it is asked of vacant ones alone."""
    if kind != "window":
        return exists(select(PROJECTS.c.id).where(_projects(kind, UNIT.c.id)))
    approvals = APPROVALS.join(PROJECTS, PROJECTS.c.id == APPROVALS.c.project_id)
    in_hand = exists(select(APPROVALS.c.id).select_from(approvals).where(_in_hand(UNIT.c.id)))
    return or_(in_hand, exists(select(ORDERS.c.id).where(_owed(UNIT.c.id))))
