"""The works of a project as pages and programs show them: planned, reported, and what to expect."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from sqlalchemy import Connection, bindparam, select

from approvals.base.formatting import day
from approvals.base.i18n import N_, gettext
from approvals.casefile.forecast import ProjectForecasts
from approvals.casefile.queries import PlanView
from approvals.history.record import ENTRY
from approvals.projects.works import LIAISON
from approvals.registration.views import planned_title
from workflows.charts.model import Move
from workflows.clock.works import FINISH, START, WorksDays

GRANTED = "granted"
_REPORTS = (
    select(ENTRY.c.move, ENTRY.c.role, ENTRY.c.at, ENTRY.c.facts)
    .where(ENTRY.c.project_id == bindparam("project_id"), ENTRY.c.subject == "project")
    .where(ENTRY.c.move.in_((START, FINISH)))
    .order_by(ENTRY.c.seq)
)
# The words of a form by its move and what stands: nothing reported, reported by the owner, confirmed by the liaison.
_OWNER_WORDS = {
    START: (N_("Report the start of the works"), N_("Correct the start of the works"), ""),
    FINISH: (N_("Report the completion of the works"), N_("Correct the completion of the works"), ""),
}
_LIAISON_WORDS = {
    START: (
        N_("Record the start of the works"),
        N_("Confirm the start of the works"),
        N_("Correct the start of the works"),
    ),
    FINISH: (
        N_("Record the completion of the works"),
        N_("Confirm the completion of the works"),
        N_("Correct the completion of the works"),
    ),
}


@dataclass(frozen=True, slots=True)
class WorksView:
    """The works of a plan with their planned length in working days, None where nobody gave it.

    `requires` are the items before them and `after` those that wait for them; `is_*_confirmed` says whether the liaison
    has confirmed what the owner reported, `is_permitted` whether all items before them are granted, `is_early` whether
    they began before that. The expected days are None once they were reported, or cannot be foreseen.
    """

    days: WorksDays
    planned_days: int | None
    spent_days: int | None
    is_start_confirmed: bool
    is_finish_confirmed: bool
    requires: tuple[str, ...]
    after: tuple[str, ...]
    is_permitted: bool
    is_early: bool
    expected_start_on: date | None
    expected_finish_on: date | None
    is_late: bool


def works_view(plan: PlanView, forecasts: ProjectForecasts | None) -> WorksView | None:
    """The works of this plan; None where no item waits for them."""
    if plan.works is None:
        return None
    project, expected = plan.project, forecasts.promised.works if forecasts else None
    days, permitted_on = project.works, _granted_on(plan, plan.works.requires)
    is_permitted = len(permitted_on) == len(plan.works.requires)
    is_early = days.started_on is not None and (
        not is_permitted or days.started_on < max(permitted_on, default=date.min)
    )
    return WorksView(
        days=days,
        planned_days=plan.works_days,
        spent_days=days.spent(forecasts.calendar, forecasts.promised.today) if forecasts else None,
        is_start_confirmed=project.is_works_start_confirmed,
        is_finish_confirmed=project.is_works_finish_confirmed,
        requires=plan.works.requires,
        after=plan.works.after,
        is_permitted=is_permitted,
        is_early=is_early,
        expected_start_on=expected.start_on if expected and not days.started_on else None,
        expected_finish_on=expected.decide_on if expected and not days.finished_on else None,
        is_late=bool(expected and expected.is_late),
    )


def works_title(view: WorksView) -> str:
    """What a drawing of the plan says of the works."""
    if view.days.finished_on:
        return gettext("completed on %(day)s", day=day(view.days.finished_on))
    if view.days.started_on:
        return gettext("under way since %(day)s", day=day(view.days.started_on))
    return planned_title(view.planned_days)


def _granted_on(plan: PlanView, codes: Collection[str]) -> list[date]:
    """The days on which those of these items were granted that are."""
    approvals = [planned.approval for planned in plan.items if planned.approval and planned.item.code in codes]
    return [row.decided_on for row in approvals if row.state == GRANTED and row.decided_on]


@dataclass(frozen=True, slots=True)
class WorksReport:
    """The last report of a start or a completion; `evidence` is the id of the document attached, empty for none."""

    day: date
    at: datetime
    is_confirmed: bool
    evidence: str
    evidence_name: str


@dataclass(frozen=True, slots=True)
class WorksForm:
    """The form of a report: `words` for its button, the day that stands, and whether it is the next thing to do."""

    move: Move
    words: str
    day: date | None
    is_next: bool


@dataclass(frozen=True, slots=True)
class WorksSection:
    """The works on the page of a project, with the forms that are open to the reader."""

    view: WorksView
    start: WorksReport | None
    finish: WorksReport | None
    forms: tuple[WorksForm, ...]


def works_section(
    tx: Connection,
    plan: PlanView,
    forecasts: ProjectForecasts | None,
    moves: Collection[Move],
    *,
    is_liaison: bool = False,
) -> WorksSection | None:
    """The works of a registered plan with their reports; `moves` are open to its owner or its liaison who reads."""
    view = None if plan.is_preview else works_view(plan, forecasts)
    if view is None:
        return None
    days = view.days
    reports = _reports(tx, plan.project.id) if days.started_on or days.finished_on else {}
    start, finish = reports.get(START), reports.get(FINISH)
    forms = [
        form
        for move in moves
        if move.name in (START, FINISH) and (form := _form(move, view, reports, is_liaison=is_liaison))
    ]
    return WorksSection(view, start, finish, tuple(forms))


def _form(move: Move, view: WorksView, reports: Mapping[str, WorksReport], *, is_liaison: bool) -> WorksForm | None:
    """A completion is asked for once a start was reported, and nothing of the owner that the liaison has confirmed."""
    report = reports.get(move.name)
    status = 0 if report is None else 2 if report.is_confirmed else 1
    words = (_LIAISON_WORDS if is_liaison else _OWNER_WORDS)[move.name][status]
    if not words or (move.name == FINISH and not reports):
        return None
    may_begin = view.is_permitted or move.name == FINISH
    is_next = (status == 1) if is_liaison and report else report is None and may_begin
    return WorksForm(move, words, report.day if report else None, is_next)


def _reports(tx: Connection, project_id: int) -> dict[str, WorksReport]:
    """The last report of each move."""
    reports = {}
    for row in tx.execute(_REPORTS, {"project_id": project_id}):
        facts = orjson.loads(row.facts)
        evidence = facts.get("evidence") or "", facts.get("evidence_name", "")
        reports[row.move] = WorksReport(date.fromisoformat(facts["day"]), row.at, row.role == LIAISON, *evidence)
    return reports
