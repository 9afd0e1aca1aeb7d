"""The summaries of reports and bulletins, and how the figures are defined."""

from dataclasses import asdict

from approvals.base.formatting import NOTHING, long_day
from approvals.base.i18n import gettext as _
from approvals.reports.document.programme_tables import programme_definitions, programme_summary
from approvals.reports.document.table_views import Point, joined, percent
from approvals.reports.figures.model import Figures, SpeedUp
from approvals.reports.figures.serialization import has


def summary(figures: Figures) -> tuple[Point, ...]:
    """The month in a few sentences with their numbers."""
    return (
        Point(_("Projects"), _projects(figures)),
        Point(_("Approvals"), _approvals(figures)),
        Point(_("In time"), _in_time(figures)),
        Point(_("Lights"), _standing(figures)),
        Point(_("Escalations"), _escalations(figures)),
        Point(_("Speed-up"), _speed(figures)),
        *_programme(figures),
    )


def _programme(figures: Figures) -> tuple[Point, ...]:
    return (programme_summary(figures.programme),) if figures.programme else ()


def _projects(figures: Figures) -> str:
    now = figures.projects.now
    return _(
        "%(filed)s filed, %(classified)s classified, %(diverted)s diverted to the ledger, %(registered)s "
        "registered and %(completed)s completed in the month; %(open)s open at its end, of which %(suspended)s "
        "suspended.",
        **(asdict(now) | {"suspended": now.open_suspended}),
    )


def _approvals(figures: Figures) -> str:
    return _(
        "%(submitted)s applications submitted, %(notified)s notices of missing materials, %(accepted)s "
        "accepted (%(deemed)s of them deemed accepted by silence), %(granted)s granted, %(refused)s refused, "
        "%(delivered)s delivered.",
        **asdict(figures.city.now.moves),
    )


def _in_time(figures: Figures) -> str:
    decisions = figures.city.now.decisions
    if not decisions.decided:
        return _("Nothing was decided in the month.")
    return _(
        "Of %(decided)s decisions %(promised)s came within the promised limit (%(promised_rate)s), %(legal)s "
        "within the legal limit (%(legal_rate)s), and %(late)s after it.",
        decided=decisions.decided,
        promised=decisions.within_promised,
        promised_rate=percent(decisions.within_promised / decisions.decided),
        legal=decisions.within_legal,
        legal_rate=percent(decisions.within_legal / decisions.decided),
        late=decisions.late,
    )


def _standing(figures: Figures) -> str:
    return _(
        "%(open)s approvals were open at the end of the month, %(green)s green, %(reminder)s at the reminder, "
        "%(yellow)s yellow and %(red)s red; %(received)s more had been received and not yet accepted.",
        **asdict(figures.city.now.standing),
    )


def _escalations(figures: Figures) -> str:
    levels = figures.city.now.levels
    return _(
        "%(raised)s raised, %(answered)s answered and %(lifted)s moved up a level; %(open)s open at the end of the "
        "month, of which %(top)s with the city government.",
        raised=sum(level.raised for level in levels),
        answered=sum(level.answered for level in levels),
        lifted=sum(level.lifted for level in levels),
        open=sum(level.open for level in levels),
        top=levels[-1].open,
    )


def _speed(figures: Figures) -> str:
    speed, permits = figures.city.now.speed, figures.permits
    if not speed.count:
        return _("Nothing was decided in the month.")
    first = _(
        "The approvals decided took %(value)s less time than the law allows (median %(median)s).",
        value=percent(speed.value),
        median=percent(speed.median_value),
    )
    if not permits.count:
        return first
    second = _(
        "Up to the construction permit it was %(value)s (projects: %(count)s).",
        value=percent(permits.value),
        count=permits.count,
    )
    third = _(
        "Up to the completion, the works left out, it was %(value)s (projects: %(count)s).",
        value=percent(figures.completions.value),
        count=figures.completions.count,
    )
    return joined(first, second, *([third] if figures.completions.count else []))


def bulletin_summary(figures: Figures) -> tuple[Point, ...]:
    """The period of a bulletin in a few sentences with their numbers."""
    projects, now = figures.projects.now, figures.city.now
    first = _(
        "From %(first)s to %(last)s %(filed)s projects were filed, %(registered)s registered and %(completed)s "
        "completed; %(open)s were open at the end.",
        first=long_day(figures.first_on),
        last=long_day(figures.as_of_on),
        filed=projects.filed,
        registered=projects.registered,
        completed=projects.completed,
        open=projects.open,
    )
    second = _(
        "%(accepted)s approvals were accepted and %(decided)s decided, %(late)s of them after the legal limit; "
        "%(yellow)s were yellow and %(red)s red at the end.",
        accepted=now.moves.accepted,
        decided=now.decisions.decided,
        late=now.decisions.late,
        yellow=now.standing.yellow,
        red=now.standing.red,
    )
    third = _(
        "%(raised)s escalations were raised and %(answered)s answered; the approvals decided took %(speed)s less time "
        "than the law allows.",
        raised=sum(level.raised for level in now.levels),
        answered=sum(level.answered for level in now.levels),
        speed=percent(now.speed.value),
    )
    points = Point(_("Projects"), first), Point(_("Approvals"), second), Point(_("Escalations"), third)
    return (*points, *_programme(figures))


def speed_words(figures: Figures) -> tuple[Point, ...]:
    """How the two speed-ups were calculated, with their numbers."""
    return (
        Point(_("All decisions"), _speed_of_decisions(figures)),
        Point(_("Up to the construction permit"), _speed_of_permits(figures)),
        *([Point(_("Up to the completion"), _speed_of_completions(figures))] if has(figures, "completions") else []),
        Point(_("Median"), _medians(figures)),
    )


def _speed_of_decisions(figures: Figures) -> str:
    return _(
        "Of the approvals decided in the month: 1 − working days used / legal limits = %(sum)s. Used is what the "
        "clock counted from acceptance to decision, special procedures left out; legal limits are those of the "
        "catalogue without extensions, calendar days turned into the working days between acceptance and their "
        "end.",
        sum=_sum(figures.city.now.speed),
    )


def _speed_of_permits(figures: Figures) -> str:
    return _(
        "Of the projects whose construction permit (C05) was granted in the month: 1 − working days from "
        "registration to the permit / legal limits of the permit and of all that it needs in the plan, directly "
        "or not = %(sum)s.",
        sum=_sum(figures.permits),
    )


def _speed_of_completions(figures: Figures) -> str:
    return _(
        "Of the projects completed in the month whose works were reported: 1 − working days from registration to the "
        "last grant, without those of the works / legal limits of all approvals granted = %(sum)s.",
        sum=_sum(figures.completions),
    )


def _medians(figures: Figures) -> str:
    return _(
        "Median days used for an approval: %(used)s, its median legal limit: %(legal)s working days.",
        used=_number(figures.city.now.speed.median_used),
        legal=_number(figures.city.now.speed.median_legal),
    )


def _sum(speed: SpeedUp) -> str:
    if not speed.count:
        return _("nothing to count")
    return _(
        "1 − %(used)s / %(legal)s = %(value)s (count %(count)s, median %(median)s)",
        used=f"{speed.used:,}",
        legal=f"{speed.legal:,}",
        value=percent(speed.value),
        count=speed.count,
        median=percent(speed.median_value),
    )


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:g}"


def definitions(figures: Figures) -> tuple[str, ...]:
    """How the figures are defined."""
    of_offices = _defined_of_offices() if has(figures, "offices") else ()
    of_programme = programme_definitions() if figures.programme else ()
    of_orders = _defined_of_orders() if has(figures, "orders") else ()
    return (*_defined(figures), *of_orders, *of_offices, *of_programme)


def _defined_of_offices() -> tuple[str, ...]:
    return (
        _(
            "A step of an office counts in the month in which the office did it, and is in time up to the last day of "
            "its limit; it waits from the day on which it came in. The limits are those of the policy when the figures "
            "were compiled."
        ),
    )


def _defined_of_orders() -> tuple[str, ...]:
    return (
        _(
            "A supervision order counts with the department that it went to, each of its moves in the month in which "
            "it happened; it is open until its answer is accepted, and overdue when an answer is owed and its day has "
            "passed. “Reported” counts each level to which an unanswered order was reported."
        ),
        _(
            "The statement on a project under double management is that of the month, or of the month before, which "
            "both responsible units had signed by the end of the month."
        ),
        _(
            "Decisions are measured by the calendar that was known when they were made, open approvals by the "
            "calendar that was known at the end of the month. A wrong date that was corrected by then counts as the "
            "correct one; a move stays in the month in which it was recorded."
        ),
    )


def _defined(figures: Figures) -> tuple[str, ...]:
    return (
        _(
            "The report is based on the record of all moves up to the last moment of the month (city time, UTC+8) "
            "and nothing later; compiled again at any time, it gives the same figures."
        ),
        _(
            "Each move counts in the month in which it happened, whenever it was recorded; an approval counts with its "
            "department, its stage and the category that its project had at the end of the month."
        ),
        _(
            "Projects are open while registered or suspended. “Filed” is the first filing; one that is filed again "
            "after a return does not count twice."
        ),
        _(
            "Approvals are open, with a light, from acceptance to decision. Red: after the legal due date; yellow: "
            "after the promised one; reminder: at most %(days)s promised working days left; else green.",
            days=figures.reminder_at,
        ),
        _(
            "“Notified” counts one-time and repeated notices, “paused” the special procedures begun (suspensions of "
            "the project among them), “delivered” the decisions handed over."
        ),
        _(
            "“Within promised” and “within legal” go by the due dates in force at the decision, extensions included; "
            "the first are among the second. Days are working days by the State Council's calendar of %(years)s.",
            years=", ".join(map(str, figures.calendars)),
        ),
        _(
            "An escalation stays open until the decision closes it. After moving up, it also stays open at "
            "its own level."
        ),
        _(
            "Cards count in the month in which they were shown, appealed against or decided on. A first answer is "
            "reckoned from the question to the answer, in minutes by the clock; contacts count in the month in which "
            "they were recorded."
        ),
    )
