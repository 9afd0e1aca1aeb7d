"""The lists of the report, one case a row: late approvals, key projects, what falls due."""

from datetime import date

from approvals.base.formatting import NOTHING
from approvals.base.i18n import N_, label
from approvals.base.i18n import gettext as _
from approvals.calendar.lights import light_label
from approvals.reports.document.column_labels import labelled_columns
from approvals.reports.document.comparison_tables import level_name
from approvals.reports.document.table_views import (
    Table,
    TableCell,
    TableRow,
    count,
    day,
    listed,
    lit,
    named,
    words,
)
from approvals.reports.figures.model import (
    ApprovalCounts,
    DueApproval,
    Figures,
    ItemNote,
    KeyProject,
    LateApproval,
)
from workflows.charts.approval import APPROVAL
from workflows.charts.project import PROJECT
from workflows.clock.timeline import CALENDAR_DAYS
from workflows.config.city import load_city

ITEMS_SHOWN = 6  # items named in one cell


def shown_ref(ref: str) -> str:
    """攀挂〔2026〕17号, and /A07 for an approval; what has no number yet has nothing to show."""
    project, slash, code = ref.partition("/")
    if project.startswith("p-"):
        return _("not registered yet")
    return f"{load_city().shown_number(project)}{slash}{code}"


def late_table(figures: Figures) -> Table:
    """What was late at the end, the worst first."""
    columns = labelled_columns(
        row=4, project_item=23, department_handler=13, due_dates=11, over=10, light=7, ledgers=11, escalation=21
    )
    rows = tuple(_late(number, late, figures.as_of_on) for number, late in enumerate(figures.late, start=1))
    return Table(
        "late",
        _("Late approvals at the end of the month"),
        columns,
        rows,
        note=_("Days overdue are counted by the clock of the approval; days on which it was paused do not count."),
        empty=_("No approval was late at the end of the month."),
    )


def _late(number: int, late: LateApproval, on: date) -> TableRow:
    return TableRow(
        (
            count(number),
            words(late.project, shown_ref(late.ref), label(late.item), _marks(late)),
            words(label(late.department), late.handler),
            TableCell(late.promised_due_on.isoformat(), (late.legal_due_on.isoformat(),)),
            words(_over_promised(late), _over_legal(late)),
            lit(late.light, light_label(late.light)),
            _days_by_party(late),
            _escalation(late, on),
        )
    )


def _marks(case: LateApproval | KeyProject) -> str:
    marks = [_("Key project")] * case.is_key + [_("Urgent and hard")] * case.is_urgent
    return listed(marks)


def _over_promised(late: LateApproval) -> str:
    """Late from the calendar day after the limit on, even before a working day has passed."""
    if not late.over_promised:
        return _("promised limit passed")
    return _("%(days)s beyond promised", days=late.over_promised)


def _over_legal(late: LateApproval) -> str:
    if not late.over_legal:
        return _("legal limit passed") if late.light == "red" else ""
    if late.legal_unit == CALENDAR_DAYS:
        return _("%(days)s calendar days beyond legal", days=late.over_legal)
    return _("%(days)s beyond legal", days=late.over_legal)


def _days_by_party(late: LateApproval) -> TableCell:
    days = late.days
    lines = (
        _("Dept. %(days)s", days=days.department),
        _("Owner %(days)s", days=days.owner),
        _("Special %(days)s", days=days.special),
    )
    return words(*lines, late.procedure)


def _escalation(late: LateApproval, on: date) -> TableCell:
    if not late.level:
        return words(_("not escalated"))
    if late.answer is None:
        return words(level_name(late.level), _("not answered yet"))
    day = late.answer.commitment_on
    told = N_("Committed to %(day)s, missed") if day < on else N_("Committed to %(day)s")
    committed = _(told, day=day.isoformat())
    return words(level_name(late.level), committed, late.answer.reason)


def key_table(figures: Figures) -> Table:
    """Key and urgent projects one by one."""
    columns = labelled_columns(row=5, project=22, owner_liaison=14, state=12, progress=9, month_moves=25, open_late=13)
    rows = tuple(
        _key(number, project, _statement_note(figures, project.ref))
        for number, project in enumerate(figures.key_projects, start=1)
    )
    return Table(
        "key-projects",
        _("Key and urgent projects one by one"),
        columns,
        rows,
        empty=_("There was no key or urgent project in hand."),
    )


def _statement_note(figures: Figures, ref: str) -> str:
    """The monthly statement of a key project; empty for a project that two units do not answer for."""
    project = next((project for project in figures.joint if project.ref == ref), None)
    if project is None:
        return ""
    if project.word:
        return _("Monthly statement: signed on %(day)s, see below", day=project.word.signed_on.isoformat())
    return (
        _("Monthly statement: not signed by both units") if project.waits_for else _("Monthly statement: not written")
    )


def _key(number: int, project: KeyProject, statement: str) -> TableRow:
    done = project.granted * 100 // max(1, project.planned)
    return TableRow(
        (
            count(number),
            words(project.name, shown_ref(project.ref), _marks(project)),
            words(label(project.owner), project.liaison),
            words(
                label(PROJECT.state(project.state)), project.registered_on.isoformat() if project.registered_on else ""
            ),
            TableCell(f"{project.granted} / {project.planned}", done=done) if project.planned else words(NOTHING),
            words(_month_of(project), statement),
            _open_and_late(project),
        )
    )


def _month_of(project: KeyProject) -> str:
    lines = _counted(project.moves)
    if project.granted_items:
        lines.insert(0, _("Granted: %(items)s", items=_items(project.granted_items)))
    return listed(lines) or _("no move")


def _counted(moves: ApprovalCounts) -> list[str]:
    return [
        text
        for number, text in (
            (moves.submitted, _("submitted %(number)s", number=moves.submitted)),
            (moves.notified, _("notified %(number)s", number=moves.notified)),
            (moves.accepted, _("accepted %(number)s", number=moves.accepted)),
            (moves.paused, _("paused %(number)s", number=moves.paused)),
            (moves.extended, _("extended %(number)s", number=moves.extended)),
            (moves.refused, _("refused %(number)s", number=moves.refused)),
        )
        if number
    ]


def _items(items: tuple[ItemNote, ...]) -> str:
    """The first of these items by name, and how many they are when there are more."""
    names = named([label(item.item) for item in items[:ITEMS_SHOWN]])
    if items[ITEMS_SHOWN:]:
        return _("%(items)s and others, %(number)s in all", items=names, number=len(items))
    return names


def late_items(project: KeyProject) -> tuple[list[str], str]:
    """The late approvals of a project with their lights in words, and the worst of these lights, empty without any."""
    late = [f"{label(item.item)} {light_label(item.light)}" for item in project.late_items if item.light]
    return late, next((item.light for item in project.late_items if item.light == "red"), "yellow" if late else "")


def _open_and_late(project: KeyProject) -> TableCell:
    late, worst = late_items(project)
    names = {item.code for item in project.late_items}
    calm = tuple(item for item in project.open_items if item.code not in names)
    lines = [*late, *([_("Open: %(items)s", items=_items(calm))] if calm else [])]
    first, *rest = lines or [_("nothing open")]
    return TableCell(first, tuple(rest), light=worst)


def due_table(figures: Figures) -> Table:
    """What falls due in the month after, in order of the days."""
    columns = labelled_columns(due=11, project_item=33, department=14, state=9, promised=11, legal=11, light=11)
    return Table(
        "due",
        _("Due dates of next month"),
        columns,
        tuple(map(_due, figures.due)),
        note=_("While an approval is paused, its dates assume that its clock resumes on the last day."),
        empty=_("No limit of an open approval ends next month."),
    )


def _due(due: DueApproval) -> TableRow:
    light = lit(due.light, light_label(due.light)) if due.light else words(_("notice"))
    return TableRow(
        (
            day(due.first_due_on),
            words(due.project, f"{shown_ref(due.ref)} {label(due.item)}"),
            words(label(due.department)),
            words(label(APPROVAL.state(due.state))),
            day(due.promised_due_on),
            day(due.legal_due_on),
            light,
        )
    )
