"""The five numbers of the brief, each beside the period before and the city's target."""

from datetime import timedelta
from decimal import Decimal

from approvals.base.i18n import gettext as _
from approvals.reports.document.brief.model import BriefNumber
from approvals.reports.document.column_labels import head
from approvals.reports.document.comparison_tables import in_time, late_of
from approvals.reports.document.table_views import changed, percent, point_change, points
from approvals.reports.figures.model import Figures
from workflows.config.policy import load_policy

BETTER, WORSE = "better", "worse"


def numbers(figures: Figures) -> tuple[BriefNumber, ...]:
    """Open, in time, late, speed-up, and the execution of the programme's budget where there is a programme."""
    now, before, targets = figures.city.now, figures.city.before, load_policy().targets
    return (
        _count(_("Open"), now.standing.open, before.standing.open, is_good_to_fall=None),
        _share(_("Within the promised limit"), in_time(now), in_time(before), targets.get("in_time")),
        _count(_("Late approvals"), late_of(now), late_of(before), is_good_to_fall=True),
        _share(head("speed"), now.speed.value, before.speed.value, targets.get("speed_up")),
        *_execution(figures),
    )


def _count(name: str, now: int, before: int, *, is_good_to_fall: bool | None) -> BriefNumber:
    trend = "" if is_good_to_fall is None else _trend(before - now)
    target = "0" if is_good_to_fall else ""
    meets = now == 0 if is_good_to_fall else None
    return BriefNumber(name, f"{now:,}", f"{before:,}", changed(now, before).text, target, trend, meets)


def _share(name: str, now: float | None, before: float | None, target: int | None) -> BriefNumber:
    """`target` is in per cent."""
    rise = point_change(now, before)
    change = "" if rise is None else _in_points(now, before)
    meets = None if now is None or target is None else now * 100 >= target
    wanted = "" if target is None else f"{target}%"
    return BriefNumber(name, percent(now), percent(before), change, wanted, _trend(rise or 0), meets)


def _trend(rise: float) -> str:
    return "" if not rise else BETTER if rise > 0 else WORSE


def _execution(figures: Figures) -> tuple[BriefNumber, ...]:
    """Beside what of the year is over, and the month before it, of which January has none."""
    chapter = figures.programme
    if chapter is None or chapter.money.execution_rate is None:
        return ()
    rate, share = Decimal(chapter.money.execution_rate), Decimal(chapter.time_share)
    before = _execution_before(figures)
    then = "" if before is None else percent(before)
    change = "" if before is None else _in_points(float(rate), before)
    target = percent(float(share))
    return (
        BriefNumber(_("Budget execution"), percent(float(rate)), then, change, target, "", meets_target=rate >= share),
    )


def _execution_before(figures: Figures) -> float | None:
    """At the end of the period before, which is in the same year."""
    before = f"{figures.first_on - timedelta(days=1):%Y-%m}"
    rates = (month.execution_rate for month in figures.programme_months if month.month == before)
    rate = next(rates, None)
    return None if rate is None else float(rate)


def _in_points(now: float | None, before: float | None) -> str:
    return _("%(change)s points", change=points(now, before).text)
