"""The chapters of the report in words: lights, departments, escalations, late and key cases, cards, service, dates."""

from collections import Counter
from collections.abc import Iterable

from approvals.base.formatting import NOTHING, long_day
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.comparison_tables import in_time
from approvals.reports.document.ranking import Ranked, ranked
from approvals.reports.document.table_views import Point, joined, listed, named, percent
from approvals.reports.figures.model import FigureLine, Figures, KeyProject, LateApproval, LevelCounts
from workflows.charts.roles import LEVELS
from workflows.label import Label

WORST = 5  # late approvals told one by one; all of them stand in the table
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
    found = [(line, getattr(line.now.standing, light), getattr(line.before.standing, light)) for line in lines]
    number, before = sum(now for _line, now, _before in found), sum(before for _line, _now, before in found)
    text = _("%(number)s at the end of the month, %(before)s a month before.", number=number, before=before)
    if not number:
        return text
    whose = [_("%(department)s %(number)s", department=label(line.label), number=now) for line, now, _b in found if now]
    return joined(text, _("They are with: %(departments)s.", departments=named(whose)))


def departments(figures: Figures) -> tuple[Point, ...]:
    """Who decided most and least of it in time."""
    order = [one for one in ranked(figures) if one.rank]
    if not order:
        return (Point("", _("Nothing was decided in the month.")),)
    first = [one for one in order if one.rank <= FEW][:MOST_NAMED]
    last = [one for one in order[-FEW:] if one not in first]
    points = [Point(_("First"), _("Within the promised limit: %(departments)s.", departments=_shares(first)))]
    if last:
        points.append(Point(_("Last"), _("Within the promised limit: %(departments)s.", departments=_shares(last))))
    return tuple(points)


def _shares(found: Iterable[Ranked]) -> str:
    shares = [(label(one.line.label), percent(in_time(one.line.now))) for one in found]
    return named([_("%(department)s %(share)s", department=name, share=text) for name, text in shares])


def escalations(figures: Figures) -> tuple[Point, ...]:
    """Each level's escalations and answers."""
    pairs = zip(figures.city.now.levels, figures.city.before.levels, strict=True)
    return tuple(_level(now, before, figures) for now, before in pairs)


def _level(now: LevelCounts, before: LevelCounts, figures: Figures) -> Point:
    text = _(
        "%(raised)s raised (%(before)s the month before), %(answered)s answered, %(lifted)s lifted a level; %(open)s "
        "open at the end of the month, of which %(unanswered)s without an answer.",
        raised=now.raised,
        before=before.raised,
        answered=now.answered,
        lifted=now.lifted,
        open=now.open,
        unanswered=now.open_raised,
    )
    open_now = [one for one in figures.oversight.escalations if one.level == now.level and one.is_open]
    promised = sorted(one.commitment_on for one in open_now if one.commitment_on)
    last = _("The last commitment ends on %(day)s.", day=long_day(promised[-1])) if promised else ""
    return Point(label(Label(*LEVELS[now.level])), joined(text, last))


def late(figures: Figures) -> tuple[Point, ...]:
    """How many were late, and the worst of them with reason, person and days."""
    if not figures.late:
        return (Point("", _("No approval was late at the end of the month.")),)
    red = sum(one.light == "red" for one in figures.late)
    text = _(
        "%(number)s approvals were late at the end of the month, of which %(red)s beyond the legal limit.",
        number=len(figures.late),
        red=red,
    )
    return (Point("", text), *(_late(one) for one in figures.late[:WORST]))


def _late(one: LateApproval) -> Point:
    what = _(
        "%(department)s, %(handler)s: %(days)s working days beyond the promised limit; so far %(own)s days of the "
        "department, %(owner)s of the owner, %(special)s of special procedures.",
        department=label(one.department),
        handler=one.handler or NOTHING,
        days=one.over_promised,
        own=one.days.department,
        owner=one.days.owner,
        special=one.days.special,
    )
    answer = one.answer
    why = _("Reason: %(reason)s", reason=answer.reason) if answer else _("No answer was given yet.")
    until = _("Committed to %(day)s.", day=long_day(answer.commitment_on)) if answer else ""
    case = _("%(project)s: %(item)s (%(ref)s)", project=one.project, item=label(one.item), ref=shown_ref(one.ref))
    return Point(case, joined(what, why, until))


def key_projects(figures: Figures) -> tuple[Point, ...]:
    """How many moved in the month, and which did not."""
    found = figures.key_projects
    if not found:
        return (Point("", _("There was no key or urgent project in hand.")),)
    still = [one for one in found if not _moved(one)]
    behind = [one for one in found if one.late_items]
    counts = _(
        "%(number)s were in hand (%(key)s key, %(urgent)s urgent and hard); %(moved)s of them moved in the month.",
        number=len(found),
        key=sum(one.is_key for one in found),
        urgent=sum(one.is_urgent for one in found),
        moved=len(found) - len(still),
    )
    return (
        Point(_("In hand"), counts),
        Point(_("Without a move"), _projects(still)),
        Point(_("With late approvals"), _projects(behind)),
    )


def _moved(project: KeyProject) -> bool:
    moves = project.moves
    return bool(moves.submitted or moves.accepted or moves.granted or moves.refused or moves.notified or moves.paused)


def _projects(found: list[KeyProject]) -> str:
    if not found:
        return _("none.")
    names = named([one.name for one in found[:MOST_NAMED]])
    if found[MOST_NAMED:]:
        return _("%(projects)s and others, %(number)s in all.", projects=names, number=len(found))
    return _("%(projects)s, %(number)s in all.", projects=names, number=len(found))


def cards(figures: Figures) -> tuple[Point, ...]:
    """Cards shown, to whom, and what became of appeals."""
    now, before = figures.oversight.cards, figures.oversight.cards_before
    shown = _(
        "%(yellow)s yellow and %(red)s red cards were shown (%(yellow_before)s and %(red_before)s the month before).",
        yellow=now.yellow,
        red=now.red,
        yellow_before=before.yellow,
        red_before=before.red,
    )
    appeals = _(
        "%(appealed)s appeals came in; %(upheld)s cards were upheld and %(withdrawn)s withdrawn.",
        appealed=now.appealed,
        upheld=now.upheld,
        withdrawn=now.withdrawn,
    )
    return (Point(_("Cards shown"), joined(shown, _to_whom(figures))), Point(_("Appeals"), appeals))


def _to_whom(figures: Figures) -> str:
    counted = Counter(
        label(card.department) for card in figures.oversight.card_list if card.shown_on >= figures.first_on
    )
    whose = [_("%(department)s %(number)s", department=name, number=n) for name, n in counted.most_common()]
    return _("They went to: %(departments)s.", departments=named(whose)) if whose else ""


def service(figures: Figures) -> tuple[Point, ...]:
    """What owners asked and how fast they were answered."""
    now, before = figures.oversight.service, figures.oversight.service_before
    asked = _(
        "Owners asked %(asked)s questions (%(before)s the month before); %(answered)s were answered, %(in_time)s of "
        "them in time, and %(climbed)s passed on to the service centre.",
        asked=now.asked,
        before=before.asked,
        answered=now.answered,
        in_time=now.in_time,
        climbed=now.climbed,
    )
    contacts = _(
        "%(contacts)s contacts were recorded (%(before)s the month before).",
        contacts=now.contacts,
        before=before.contacts,
    )
    return (Point(_("Questions"), joined(asked, _first_answers(figures))), Point(_("Contacts"), contacts))


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
    counted = Counter(label(one.department) for one in figures.due)
    whose = [_("%(department)s %(number)s", department=name, number=n) for name, n in counted.most_common()]
    text = _("Limits of %(number)s open approvals end next month.", number=len(figures.due))
    first = figures.due[0]
    soonest = _(
        "The first is that of %(item)s for %(project)s, on %(day)s.",
        item=label(first.item),
        project=first.project,
        day=long_day(first.first_due_on),
    )
    return (Point("", joined(text, _("They are with: %(departments)s.", departments=listed(whose)), soonest)),)
