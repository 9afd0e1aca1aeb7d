"""Which sentences a brief has: rules in the order of their rank, the first MOST that have something to say.

Each rule looks at the figures alone and names one department, approval or county with its numbers.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from approvals.base.formatting import long_day
from approvals.base.i18n import gettext as _
from approvals.base.i18n import label
from approvals.reports.document.brief.model import Finding
from approvals.reports.document.case_tables import shown_ref
from approvals.reports.document.comparison_tables import in_all, in_time
from approvals.reports.document.table_views import percent, point_change, points
from approvals.reports.figures.model import FigureLine, Figures, LateApproval

MOST = 5  # sentences of a brief
LEAST_DECIDED = 3  # decisions below which a department's rate says little
NOTABLE = 5.0  # percentage points by which a rate must have moved

Rule = Callable[[Figures], Finding | None]


def findings(figures: Figures) -> tuple[Finding, ...]:
    """At most five, no department twice for its rate; one that says so when there is nothing to say."""
    chosen: list[Finding] = []
    for rule in RULES:
        finding = rule(figures)
        if finding and not _is_said(finding, chosen):
            chosen.append(finding)
    return tuple(chosen[:MOST]) or (Finding("nothing", _("Nothing of note in this period.")),)


def _is_said(finding: Finding, chosen: Iterable[Finding]) -> bool:
    """Whether the rate of the same department is told already."""
    return finding.rule in OF_RATES and any(other.rule in OF_RATES and other.line == finding.line for other in chosen)


def broken_promises(figures: Figures) -> Finding | None:
    """Approvals still open after the day to which their department committed itself, the oldest promise first."""
    broken = [late for late in figures.late if is_broken(late, figures)]
    if not broken:
        return None
    first = min(broken, key=lambda late: (_promised_on(late), late.ref))
    text = _(
        "Promises broken: %(count)s. The oldest is that of %(day)s for “%(item)s” of %(project)s (%(department)s).",
        count=len(broken),
        day=long_day(_promised_on(first)),
        **_about(first),
    )
    return Finding("broken_promises", text, chapter="late", table="late")


def is_broken(late: LateApproval, figures: Figures) -> bool:
    return late.answer is not None and late.answer.commitment_on < figures.as_of_on


def _promised_on(late: LateApproval) -> date:
    return late.answer.commitment_on if late.answer else late.legal_due_on


def worst(figures: Figures) -> Finding | None:
    """The department with the lowest share in time, of those that decided enough; none when all were in time."""
    rated = _rated(figures)
    if not rated:
        return None
    line = min(rated, key=lambda line: (in_time(line.now), -line.now.decisions.decided))
    if in_time(line.now) == 1:
        return None
    text = _(
        "%(department)s decided the smallest share within the promised limit: %(share)s of %(decided)s%(change)s.",
        **_rate(line),
    )
    return Finding("worst", text, ("departments", line.key))


def largest_fall(figures: Figures) -> Finding | None:
    """The department whose share in time fell most, by NOTABLE or more."""
    line = min(_compared(figures), key=_change, default=None)
    if line is None or _change(line) > -NOTABLE:
        return None
    text = _("%(department)s fell most: %(share)s of %(decided)s within the promised limit%(change)s.", **_rate(line))
    return Finding("largest_fall", text, ("departments", line.key))


def longest_wait(figures: Figures) -> Finding | None:
    """The approval that is furthest beyond its promised limit."""
    if not figures.late:
        return None
    late = max(figures.late, key=lambda late: (late.over_promised, late.over_legal))
    if not late.over_promised:
        return None
    text = _(
        "The longest wait is that for “%(item)s” of %(project)s (%(ref)s, %(department)s): %(days)s working days "
        "beyond the promised limit.",
        days=late.over_promised,
        ref=shown_ref(late.ref),
        **_about(late),
    )
    return Finding("longest_wait", text, chapter="late", table="late")


def silent_department(figures: Figures) -> Finding | None:
    """The department with the most escalations without an answer."""
    line = max(figures.departments, key=_unanswered, default=None)
    if line is None or not _unanswered(line):
        return None
    text = _(
        "Escalations that %(department)s left without an answer: %(count)s, the most of all.",
        department=label(line.label),
        count=_unanswered(line),
    )
    return Finding("silent_department", text, ("departments", line.key))


def _unanswered(line: FigureLine) -> int:
    return in_all(line.now.levels, "open_raised")


def county_behind(figures: Figures) -> Finding | None:
    """The county with the most items behind their plan, of those the one that has spent least."""
    chapter = figures.programme
    behind = [county for county in chapter.named_counties if county.items.behind] if chapter else []
    if not chapter or not behind:
        return None
    county = min(behind, key=lambda county: (-county.items.behind, Decimal(county.money.execution_rate or 0)))
    text = _(
        "%(county)s is furthest behind in the year's programme: %(behind)s of %(all)s items behind their plan, "
        "%(rate)s of the money paid with %(time)s of the year over.",
        county=label(county.label),
        behind=county.items.behind,
        all=county.items.all,
        rate=percent(float(county.money.execution_rate or 0)),
        time=percent(float(chapter.time_share)),
    )
    return Finding("county_behind", text, chapter="programme", table="programme-counties")


def best(figures: Figures) -> Finding | None:
    """The department with the highest share in time, of equal ones the one that decided most."""
    rated = _rated(figures)
    if not rated:
        return None
    line = max(rated, key=lambda line: (in_time(line.now), line.now.decisions.decided))
    text = _(
        "%(department)s decided the largest share within the promised limit: %(share)s of %(decided)s%(change)s.",
        **_rate(line),
    )
    return Finding("best", text, ("departments", line.key))


RULES: tuple[Rule, ...] = (
    broken_promises,
    worst,
    largest_fall,
    longest_wait,
    silent_department,
    county_behind,
    best,
)
OF_RATES = ("worst", "largest_fall", "best")


def _rated(figures: Figures) -> list[FigureLine]:
    return [line for line in figures.departments if line.now.decisions.decided >= LEAST_DECIDED]


def _compared(figures: Figures) -> list[FigureLine]:
    return [line for line in _rated(figures) if line.before.decisions.decided >= LEAST_DECIDED]


def _change(line: FigureLine) -> float:
    """In percentage points."""
    return point_change(in_time(line.now), in_time(line.before)) or 0


def _rate(line: FigureLine) -> dict[str, object]:
    now, before = in_time(line.now), in_time(line.before)
    change = ""
    if before is not None:
        change = _(" (%(before)s before, %(change)s points)", before=percent(before), change=points(now, before).text)
    return {
        "department": label(line.label),
        "share": percent(now),
        "decided": line.now.decisions.decided,
        "change": change,
    }


def _about(late: LateApproval) -> dict[str, object]:
    return {"item": label(late.item), "project": late.project, "department": label(late.department)}
