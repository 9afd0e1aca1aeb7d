"""The chapters of the report in words: lights, departments, escalations, late and key cases, cards, service, dates."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from approvals.base.formatting import NOTHING, long_day
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.comparison_tables import in_time
from approvals.reports.document.oversight_tables import Ranked, ranked
from approvals.reports.document.table_views import Point, joined, listed, named, percent
from approvals.reports.figures.model import FigureLine, Figures, KeyProject, LateApproval, LevelCounts
from approvals.reports.figures.oversight_model import JointProject
from workflows.charts.roles import LEVELS
from workflows.label import Label

WORST = 5  # late approvals described one by one; the table has all of them
FEW = 3  # departments named at either end
MOST_NAMED = 8  # projects named in one sentence


def lights(figures: Figures) -> tuple[Point, ...]:
    """Whose approvals were red and yellow."""
    return (
        Point(_("Red"), _whose(figures.departments, "red")),
        Point(_("Yellow"), _whose(figures.departments, "yellow")),
        Point(_("Reminder"), _whose(figures.departments, "reminder")),
    )


def _whose(lines: Iterable[FigureLine], light: str) -> str:
    departments = [(line, getattr(line.now.standing, light), getattr(line.before.standing, light)) for line in lines]
    number, before = sum(now for _line, now, _before in departments), sum(before for _line, _now, before in departments)
    text = _("%(number)s at the end of the month, %(before)s a month before.", number=number, before=before)
    if not number:
        return text
    with_any = _with_numbers((label(line.label), now) for line, now, _before in departments if now)
    return joined(text, _("They are with: %(departments)s.", departments=named(with_any)))


def _with_numbers(departments: Iterable[tuple[str, int]]) -> list[str]:
    return [_("%(department)s %(number)s", department=name, number=number) for name, number in departments]


def departments(figures: Figures) -> tuple[Point, ...]:
    """Who decided most and least of it in time."""
    order = [entry for entry in ranked(figures) if entry.rank]
    if not order:
        return (Point("", _("Nothing was decided in the month.")),)
    leading = [entry for entry in order if entry.rank <= FEW][:MOST_NAMED]
    trailing = [entry for entry in order[-FEW:] if entry not in leading]
    points = [Point(_("First"), _("Within the promised limit: %(departments)s.", departments=_shares(leading)))]
    if trailing:
        points.append(Point(_("Last"), _("Within the promised limit: %(departments)s.", departments=_shares(trailing))))
    return tuple(points)


def _shares(entries: Iterable[Ranked]) -> str:
    shares = [(label(entry.line.label), percent(in_time(entry.line.now))) for entry in entries]
    return named([_("%(department)s %(share)s", department=name, share=text) for name, text in shares])


def escalations(figures: Figures) -> tuple[Point, ...]:
    """Each level's escalations and answers."""
    pairs = zip(figures.city.now.levels, figures.city.before.levels, strict=True)
    return tuple(_level(now, before, figures) for now, before in pairs)


def _level(now: LevelCounts, before: LevelCounts, figures: Figures) -> Point:
    text = _(
        "%(raised)s raised (%(before)s the month before), %(answered)s answered, %(lifted)s moved up a level; "
        "%(open)s open at the end of the month, of which %(unanswered)s without an answer.",
        **asdict(now),
        before=before.raised,
        unanswered=now.open_raised,
    )
    of_level = [line for line in figures.oversight.escalations if line.level == now.level]
    promised = sorted(line.commitment_on for line in of_level if line.is_open and line.commitment_on)
    last = _("The last commitment ends on %(day)s.", day=long_day(promised[-1])) if promised else ""
    return Point(label(Label(*LEVELS[now.level])), joined(text, last))


def late(figures: Figures) -> tuple[Point, ...]:
    """How many were late, and the worst of them with reason, person and days."""
    if not figures.late:
        return (Point("", _("No approval was late at the end of the month.")),)
    red = sum(approval.light == "red" for approval in figures.late)
    text = _(
        "%(number)s approvals were late at the end of the month, of which %(red)s beyond the legal limit.",
        number=len(figures.late),
        red=red,
    )
    return (Point("", text), *(_late(approval, figures.as_of_on) for approval in figures.late[:WORST]))


def _late(approval: LateApproval, on: date) -> Point:
    """How late it was on this day, with whose days, why, and until when it was promised since."""
    values: dict[str, object] = {
        "department": label(approval.department),
        "handler": approval.handler or NOTHING,
        "own": approval.days.department,
        "owner": approval.days.owner,
        "special": approval.days.special,
    }
    if approval.over_promised:
        what = _(
            "%(department)s, %(handler)s: %(days)s working days beyond the promised limit; so far %(own)s days of the "
            "department, %(owner)s of the owner, %(special)s of special procedures.",
            days=approval.over_promised,
            **values,
        )
    else:  # no working day has passed since
        what = _(
            "%(department)s, %(handler)s: the promised limit passed on %(day)s; so far %(own)s days of the "
            "department, %(owner)s of the owner, %(special)s of special procedures.",
            day=long_day(approval.promised_due_on),
            **values,
        )
    answer = approval.answer
    why = _("Reason: %(reason)s", reason=answer.reason) if answer else _("No answer yet.")
    until = _committed(answer.commitment_on, on) if answer else ""
    title = _(
        "%(project)s: %(item)s (%(ref)s)",
        project=approval.project,
        item=label(approval.item),
        ref=shown_ref(approval.ref),
    )
    return Point(title, joined(what, why, until))


def _committed(commitment_on: date, on: date) -> str:
    if commitment_on < on:
        return _("Committed to %(day)s, which passed without a decision.", day=long_day(commitment_on))
    return _("Committed to %(day)s.", day=long_day(commitment_on))


def key_projects(figures: Figures) -> tuple[Point, ...]:
    """How many moved in the month, and which did not."""
    projects = figures.key_projects
    if not projects:
        return (Point("", _("There was no key or urgent project in hand.")),)
    unmoved = [project for project in projects if not _moved(project)]
    overdue = [project for project in projects if project.late_items]
    counts = _(
        "%(number)s were in hand (%(key)s key, %(urgent)s urgent and hard); %(moved)s of them moved in the month.",
        number=len(projects),
        key=sum(project.is_key for project in projects),
        urgent=sum(project.is_urgent for project in projects),
        moved=len(projects) - len(unmoved),
    )
    return (
        Point(_("In progress"), counts),
        Point(_("No progress this month"), _projects(unmoved)),
        Point(_("With late approvals"), _projects(overdue)),
    )


def _moved(project: KeyProject) -> bool:
    moves = project.moves
    return bool(moves.submitted or moves.accepted or moves.granted or moves.refused or moves.notified or moves.paused)


def _projects(projects: list[KeyProject]) -> str:
    if not projects:
        return _("none.")
    names = named([project.name for project in projects[:MOST_NAMED]])
    if projects[MOST_NAMED:]:
        return _("%(projects)s and others, %(number)s in all.", projects=names, number=len(projects))
    return _("%(projects)s, %(number)s in all.", projects=names, number=len(projects))


def cards(figures: Figures) -> tuple[Point, ...]:
    """Cards shown, to whom, and what became of appeals."""
    now, before = figures.oversight.cards, figures.oversight.cards_before
    counts = _(
        "%(yellow)s yellow and %(red)s red cards were shown (%(yellow_before)s and %(red_before)s the month before).",
        **asdict(now),
        yellow_before=before.yellow,
        red_before=before.red,
    )
    appeals = _(
        "%(appealed)s appeals came in; %(upheld)s cards were upheld and %(withdrawn)s withdrawn.",
        **asdict(now),
    )
    return (Point(_("Cards issued"), joined(counts, _to_whom(figures))), Point(_("Appeals"), appeals))


def _to_whom(figures: Figures) -> str:
    counted = Counter(
        label(card.department) for card in figures.oversight.card_list if card.shown_on >= figures.first_on
    )
    whose = _with_numbers(counted.most_common())
    return _("They went to: %(departments)s.", departments=named(whose)) if whose else ""


def service(figures: Figures) -> tuple[Point, ...]:
    """Owners' questions and how fast they were answered."""
    now, before = figures.oversight.service, figures.oversight.service_before
    questions = _(
        "Owners asked %(asked)s questions (%(before)s the month before); %(answered)s were answered, %(in_time)s of "
        "them in time, and %(climbed)s passed on to the service centre.",
        **asdict(now),
        before=before.asked,
    )
    contacts = _(
        "%(contacts)s contacts were recorded (%(before)s the month before).",
        contacts=now.contacts,
        before=before.contacts,
    )
    return (Point(_("Questions"), joined(questions, _first_answers(figures))), Point(_("Contacts"), contacts))


def _first_answers(figures: Figures) -> str:
    now, before = figures.oversight.service, figures.oversight.service_before
    if now.median_minutes is None:
        return ""
    return _(
        "The first answer took %(median)s minutes in the median (%(before)s the month before), %(longest)s at the "
        "most.",
        median=f"{now.median_minutes:,.0f}",
        before=NOTHING if before.median_minutes is None else f"{before.median_minutes:,.0f}",
        longest=f"{now.longest_minutes:,}",
    )


def due(figures: Figures) -> tuple[Point, ...]:
    """What falls due next month, by the kind of limit."""
    if not figures.due:
        return (Point("", _("No limit of an open approval ends next month.")),)
    counted = Counter(label(approval.department) for approval in figures.due)
    whose = _with_numbers(counted.most_common())
    text = _("Limits of %(number)s open approvals end next month.", number=len(figures.due))
    first = figures.due[0]
    soonest = _(
        "The first is that of %(item)s for %(project)s, on %(day)s.",
        item=label(first.item),
        project=first.project,
        day=long_day(first.first_due_on),
    )
    return (Point("", joined(text, _("They are with: %(departments)s.", departments=listed(whose)), soonest)),)


def orders(figures: Figures) -> tuple[Point, ...]:
    """What was ordered and answered, and what is overdue."""
    now, before = figures.orders.city, figures.orders.city_before
    issued = _(
        "%(issued)s were issued (%(before)s the month before), %(instructed)s of them on an instruction of the city "
        "government; %(answered)s answers came in, %(accepted)s were accepted and %(sent_back)s sent back.",
        **asdict(now),
        before=before.issued,
    )
    standing = _(
        "%(open)s were open at the end of the month (%(before)s a month before), of which %(overdue)s overdue; "
        "%(lifted)s were reported upwards for want of an answer.",
        **asdict(now),
        before=before.open,
    )
    return (Point(_("Supervision orders"), joined(issued, standing, _overdue(figures))),)


def _overdue(figures: Figures) -> str:
    lines = figures.orders.departments
    whose = _with_numbers((label(line.label), line.now.overdue) for line in lines if line.now.overdue)
    return _("Overdue: %(departments)s.", departments=named(whose)) if whose else ""


def months_word(figures: Figures) -> Point:
    """On how many joint projects both units have signed the monthly statement, and on which they have not."""
    projects = figures.joint
    if not projects:
        return Point(_("Monthly statement"), _("No project was under double management at the end of the month."))
    counts = _(
        "%(number)s projects were under double management at the end of the month; on %(signed)s of them both units "
        "have signed a statement.",
        number=len(projects),
        signed=sum(project.word is not None for project in projects),
    )
    waiting = [project for project in projects if project.waits_for]
    silent = [project for project in projects if project.word is None and not project.waits_for]
    return Point(
        _("Monthly statement"),
        joined(
            counts,
            _("A signature is missing on: %(projects)s.", projects=_joint_projects(waiting)) if waiting else "",
            _("No statement was written on: %(projects)s.", projects=_joint_projects(silent)) if silent else "",
        ),
    )


def _joint_projects(projects: list[JointProject]) -> str:
    names = named([project.name for project in projects[:MOST_NAMED]])
    if projects[MOST_NAMED:]:
        return _("%(projects)s and others, %(number)s in all", projects=names, number=len(projects))
    return names
