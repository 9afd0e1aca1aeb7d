"""Worksheets of cases, one a row: what is late, falls due, was escalated, ordered, shown a card, or completed."""

from collections.abc import Iterator
from datetime import date

from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.calendar.lights import light_label
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.comparison_tables import level_name
from approvals.reports.document.order_tables import order_source
from approvals.reports.document.oversight_tables import card_ground
from approvals.reports.document.worksheets.columns import columns
from approvals.reports.document.worksheets.model import Value, Worksheet
from approvals.reports.figures.model import (
    CompletedProject,
    DueApproval,
    Figures,
    ItemNote,
    KeyProject,
    LateApproval,
    ProjectSpeed,
)
from approvals.reports.figures.oversight_model import CardLine, EscalationLine, JointProject, OrderTold
from workflows.charts.approval import APPROVAL
from workflows.charts.card import CARD
from workflows.charts.order import ORDER
from workflows.charts.project import PROJECT
from workflows.clock.timeline import CALENDAR_DAYS
from workflows.config.city import load_city
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES

Row = tuple[Value, ...]
GRANTED, LATE, OPEN = Label("准予", "granted"), Label("超期", "late"), Label("在办", "open")
APPROVAL_COLUMNS = "project_ref project code item department"


def late_sheet(figures: Figures) -> Worksheet:
    return Worksheet(
        _("Late approvals"),
        _("Approvals that were yellow or red at the end, the worst first. Days overdue are those of the clock."),
        columns(
            f"row {APPROVAL_COLUMNS} handler key urgent state procedure accepted_on promised_due_on legal_due_on "
            "over_promised over_legal legal_unit light department_days owner_days special_days "
            "level answer commitment_on commitment_missed"
        ),
        tuple(_late(number, late, figures.as_of_on) for number, late in enumerate(figures.late, start=1)),
    )


def _late(number: int, late: LateApproval, on: date) -> Row:
    days, answer = late.days, late.answer
    unit = _("calendar days") if late.legal_unit == CALENDAR_DAYS else _("working days")
    return (
        number,
        *_approval(late),
        late.handler,
        _yes(late.is_key),
        _yes(late.is_urgent),
        label(APPROVAL.state(late.state)),
        late.procedure,
        late.accepted_on,
        late.promised_due_on,
        late.legal_due_on,
        late.over_promised,
        late.over_legal,
        unit,
        light_label(late.light),
        days.department,
        days.owner,
        days.special,
        level_name(late.level) if late.level else None,
        answer.reason if answer else None,
        answer.commitment_on if answer else None,
        _yes(answer is not None and answer.commitment_on < on),
    )


def due_sheet(figures: Figures) -> Worksheet:
    return Worksheet(
        _("Due next"),
        _("Open approvals with a limit that ends in the month after; paused clocks count as resumed on the last day."),
        columns(f"{APPROVAL_COLUMNS} state first_due_on notice_due_on promised_due_on legal_due_on light"),
        tuple(map(_due, figures.due)),
    )


def _due(due: DueApproval) -> Row:
    return (
        *_approval(due),
        label(APPROVAL.state(due.state)),
        due.first_due_on,
        due.notice_due_on,
        due.promised_due_on,
        due.legal_due_on,
        light_label(due.light) if due.light else None,
    )


def key_project_sheets(figures: Figures) -> Iterator[Worksheet]:
    """The key and urgent projects, and what was granted, is open or late of each."""
    yield Worksheet(
        _("Key projects"),
        _("Key and urgent projects that were in hand in the period."),
        columns("project_ref project owner liaison key urgent state registered_on granted planned"),
        tuple(map(_key_project, figures.key_projects)),
    )
    yield Worksheet(
        _("Key projects, items"),
        _("Approvals of key and urgent projects: granted in the period, open, or late."),
        columns("project_ref project code item in_month light"),
        tuple(row for project in figures.key_projects for row in _key_items(project)),
    )


def _key_project(project: KeyProject) -> Row:
    return (
        shown_ref(project.ref),
        project.name,
        label(project.owner),
        project.liaison,
        _yes(project.is_key),
        _yes(project.is_urgent),
        label(PROJECT.state(project.state)),
        project.registered_on,
        project.granted,
        project.planned,
    )


def _key_items(project: KeyProject) -> Iterator[Row]:
    late = {item.code for item in project.late_items}
    is_open = tuple(item for item in project.open_items if item.code not in late)
    for word, items in (
        (GRANTED, project.granted_items),
        (LATE, project.late_items),
        (OPEN, is_open),
    ):
        for item in items:
            yield _key_item(project, item, label(word))


def _key_item(project: KeyProject, item: ItemNote, word: str) -> Row:
    light = light_label(item.light) if item.light else None
    return (shown_ref(project.ref), project.name, item.code, label(item.item), word, light)


def escalation_sheet(figures: Figures) -> Worksheet:
    return Worksheet(
        _("Escalations"),
        _("Escalations that were answered in the period or open at its end."),
        columns(f"{APPROVAL_COLUMNS} level state raised_on answered_on answer commitment_on"),
        tuple(map(_escalation, figures.oversight.escalations)),
    )


def _escalation(escalation: EscalationLine) -> Row:
    return (
        *_approval(escalation),
        level_name(escalation.level),
        _("still open") if escalation.is_open else _("closed by the decision"),
        escalation.raised_on,
        escalation.answered_on,
        escalation.reason or None,
        escalation.commitment_on,
    )


def card_sheet(figures: Figures) -> Worksheet:
    return Worksheet(
        _("Cards"),
        _("Cards that were shown or moved in the period, as they stood at its end."),
        columns(f"{APPROVAL_COLUMNS} colour rule shown_on state reasons"),
        tuple(map(_card, figures.oversight.card_list)),
    )


def _card(card: CardLine) -> Row:
    return (
        *_approval(card),
        label(COLOUR_NAMES[card.colour]),
        card_ground(card),
        card.shown_on,
        label(CARD.state(card.state)),
        "\n".join(card.words),
    )


def order_sheet(figures: Figures) -> Worksheet:
    return Worksheet(
        _("Supervision orders"),
        _("Supervision orders that moved in the period or were open at its end."),
        columns(
            "order_ref subject demands source about project item department issued_on due_on state overdue reported_to "
            "answered_on answer commitment_on returned"
        ),
        tuple(map(_order, figures.orders.told)),
    )


def _order(order: OrderTold) -> Row:
    return (
        load_city().shown_order(order.ref),
        order.subject,
        order.demands,
        order_source(order.source_kind) or None,
        shown_ref(order.about) if order.about else None,
        order.project,
        label(order.item) if order.item else None,
        label(order.department),
        order.issued_on,
        order.due_on,
        label(ORDER.state(order.state)),
        _yes(order.is_overdue),
        level_name(order.lifted_to) if order.lifted_to else None,
        order.answered_on,
        order.answer,
        order.commitment_on,
        order.returned,
    )


def statement_sheet(figures: Figures) -> Worksheet:
    return Worksheet(
        _("Double management"),
        _("Projects under double management at the end, with the newest statement that both units had signed."),
        columns("project_ref project first_unit second_unit begun_on statement_month statement signed_on waits_for"),
        tuple(map(_joint_project, figures.joint)),
    )


def _joint_project(project: JointProject) -> Row:
    word = project.word
    told = (word.month, word.text, word.signed_on) if word else (None, None, None)
    return (shown_ref(project.ref), project.name, *project.units, project.begun_on, *told, project.waits_for)


def permit_sheets(figures: Figures) -> Iterator[Worksheet]:
    """The projects of the speed-up up to the permit, and the items whose limits it is measured by."""
    yield Worksheet(
        _("Construction permits"),
        _("Projects whose construction permit was granted; days after the registration up to the permit."),
        columns("project_ref project registered_on granted_on items days legal_days speed"),
        tuple(map(_permit, figures.permit_projects)),
    )
    yield Worksheet(
        _("Construction permits, items"),
        _("The permit and all its prerequisites, with legal limits."),
        columns("project_ref project code legal_days"),
        tuple(
            (shown_ref(project.ref), project.name, item.code, item.legal)
            for project in figures.permit_projects
            for item in project.needed
        ),
    )


def _permit(project: ProjectSpeed) -> Row:
    days = (project.registered_on, project.granted_on, project.items, project.days, project.legal)
    return (shown_ref(project.ref), project.name, *days, project.value)


def completion_sheet(figures: Figures) -> Worksheet:
    return Worksheet(
        _("Completed projects"),
        _("Days from the registration to the last grant; those of the works are left out of the speed-up."),
        columns("project_ref project registered_on completed_on items days works_days legal_days speed"),
        tuple(map(_completed, figures.completed_projects)),
    )


def _completed(project: CompletedProject) -> Row:
    days = (project.registered_on, project.completed_on, project.items, project.days, project.works, project.legal)
    return (shown_ref(project.ref), project.name, *days, project.value)


def decision_days_sheet(figures: Figures) -> Worksheet:
    return Worksheet(
        _("Days taken to decide"),
        _("How many approvals with this legal limit were decided after how many working days."),
        columns("legal_days days count"),
        tuple((row.legal, row.used, row.count) for row in figures.decision_days),
    )


# Cells.


def _approval(case: LateApproval | DueApproval | EscalationLine | CardLine) -> Row:
    """The values below APPROVAL_COLUMNS."""
    number, _slash, code = case.ref.partition("/")
    return shown_ref(number), case.project, code, label(case.item), label(case.department)


def _yes(value: bool) -> str | None:
    return _("yes") if value else None
