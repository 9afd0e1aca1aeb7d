"""Forecasts of a project in words: what holds its end today, for owners and offices alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from approvals.base.formatting import day
from approvals.base.i18n import N_, Labelled, gettext, label
from approvals.casefile.forecast import ProjectForecasts, Readings
from approvals.casefile.queries import PlannedView, PlanView
from approvals.casefile.works import WorksView, works_view
from approvals.windows.clocks import LimitView, dues
from approvals.windows.messages import Sentence, item_names
from workflows.charts.model import State
from workflows.clock.plan import Expected, Forecast, forecast_shifts
from workflows.clock.reading import Reading
from workflows.clock.works import WORKS, WorksDays
from workflows.config.catalogue import Item
from workflows.label import Label
from workflows.rules.item_words import state_of

FIRST_LINKS = 4  # links of the chain that are visible at first
Named = Callable[[str], Labelled]

_DONE = N_("All approvals are granted, the last one on %(day)s.")
_BLOCKED = N_("No completion date can be estimated: %(names)s must wait for an approval that was withdrawn.")
_ALL_WITHDRAWN = N_("No completion date can be estimated: all applications were withdrawn.")
_PREVIEW = N_("The dates below assume registration today.")
_SUSPENDED = N_("The project is suspended. The dates below assume that it resumes today.")
_LATE = N_("Waiting for %(name)s at %(department)s: %(left)s. Expected on %(day)s at the earliest.")
_AT_WINDOW: Mapping[str, str] = {
    "received": N_("Waiting for %(department)s to respond to the application for %(name)s: %(left)s."),
    "accepted": N_("Waiting for %(name)s at %(department)s: %(left)s."),
    "paused": N_("Waiting for %(name)s at %(department)s, in a special procedure. After it: %(left)s."),
}
_YOURS: Mapping[str, str] = {
    "ready": N_("The next step is yours: apply for %(name)s."),
    "correcting": N_("The next step is yours: correct %(name)s and resubmit it."),
    "refused": N_("The next step is yours: apply for %(name)s again."),
    "not_accepted": N_("The next step is yours: apply for %(name)s again."),
}
_THE_OWNERS: Mapping[str, str] = {
    "ready": N_("Waiting for the owner to apply for %(name)s."),
    "correcting": N_("Waiting for the owner to correct %(name)s."),
    "refused": N_("Waiting for the owner, who may apply for %(name)s again."),
    "not_accepted": N_("Waiting for the owner, who may apply for %(name)s again."),
}
_SOON = N_("The project is waiting for %(name)s.")
WORKS_NAME = Label("施工", "The works")
_WORKS_PLANNED = N_("Waiting for the works to begin, as planned on %(start)s.")
_WORKS_TO_BEGIN = N_("All permits for the works are granted. Waiting for the works to begin.")
_WORKS_UNDER_WAY = N_("The works have been under way since %(start)s. Completion is expected on %(day)s.")
_WORKS_OPEN_ENDED = N_("The works have been under way since %(start)s. Their planned completion is not known.")
_WORKS_LATE = N_(
    "The works have been under way since %(start)s, longer than planned. Their completion has not been reported yet."
)


@dataclass(frozen=True, slots=True)
class ForecastLink:
    """One approval of the live critical path, or the works, and the day to expect it; None where nobody can say."""

    code: str
    name: Labelled
    department: Labelled | None
    state: State | None
    decide_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """An approval that comes later with another one."""

    item: Item
    department: Labelled
    before_on: date
    after_on: date


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The effect if an approval came `days` working days later; `more` is the delay of the whole project."""

    item: Item
    days: int
    before_on: date
    after_on: date
    complete_on: date | None
    more: int
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class ForecastView:
    """What everything waits for, and the expected dates of the whole project.

    `permit_on` is when the works may begin; `complete_on` is None, too, while nobody gave the length of the works.
    """

    words: Sentence
    chain: tuple[ForecastLink, ...]
    complete_on: date | None
    days: int | None
    fast_on: date | None
    slow_on: date | None
    legal_on: date | None
    permit_on: date | None
    permit_days: int | None
    works: WorksView | None
    is_done: bool
    is_open_ended: bool
    is_provisional: bool
    choices: tuple[Item, ...]
    what_if: WhatIf | None

    @property
    def first(self) -> tuple[ForecastLink, ...]:
        return self.chain[:FIRST_LINKS]

    @property
    def further(self) -> tuple[ForecastLink, ...]:
        return self.chain[FIRST_LINKS:]

    @property
    def further_from(self) -> int:
        """The number of the first of the further links."""
        return FIRST_LINKS + 1


@dataclass(frozen=True, slots=True)
class _Source:
    """What a view is made of: the plan with its items by code, the forecasts, and who reads it."""

    plan: PlanView
    by_code: Mapping[str, PlannedView]
    prospects: ProjectForecasts
    readings: Readings
    named: Named
    is_owner: bool

    @property
    def promised(self) -> Forecast:
        return self.prospects.promised

    def department(self, code: str) -> Labelled:
        return self.named(self.by_code[code].department)


def forecast_view(
    plan: PlanView,
    prospects: ProjectForecasts,
    readings: Readings,
    named: Named,
    *,
    is_owner: bool,
    later: tuple[str, int] | None = None,
) -> ForecastView:
    """The forecasts in words; `later` is the code of an approval and its hypothetical delay in working days."""
    by_code, promised = {planned.item.code: planned for planned in plan.items}, prospects.promised
    source = _Source(plan, by_code, prospects, readings, named, is_owner)
    return ForecastView(
        words=_words(source),
        chain=tuple(_link(source, code) for code in promised.chain),
        complete_on=promised.complete_on,
        days=prospects.days,
        fast_on=prospects.fast.complete_on,
        slow_on=prospects.slow.complete_on,
        legal_on=prospects.legal.complete_on,
        permit_on=promised.permit_on,
        permit_days=prospects.permit_days,
        works=works_view(plan, prospects),
        is_done=bool(promised.expected) and not promised.chain and not promised.blocked,
        is_open_ended=promised.is_open_ended,
        is_provisional=prospects.is_provisional,
        choices=tuple(by_code[code].item for code in promised.left),
        what_if=_what_if(source, *later) if later and prospects.what_if else None,
    )


def _link(source: _Source, code: str) -> ForecastLink:
    if code == WORKS and (works := source.promised.works):
        return ForecastLink("", WORKS_NAME, None, None, works.decide_on, works.is_late)
    planned, expected = source.by_code[code], source.promised.expected[code]
    state = state_of(planned.item, planned.approval.state) if planned.approval else None
    decide_on = expected.decide_on or source.promised.today
    return ForecastLink(code, planned.item, source.department(code), state, decide_on, expected.is_late)


def _words(source: _Source) -> Sentence:
    promised = source.promised
    if promised.blocked:
        names = item_names(source.by_code[code].item for code in promised.blocked[:1])
        return Sentence(_BLOCKED, {"names": names}, is_late=True)
    if not promised.expected:
        return Sentence(_ALL_WITHDRAWN, is_late=True)
    if not promised.chain:
        return Sentence(_DONE, {"day": day(promised.complete_on)})
    if source.plan.is_preview:
        return Sentence(_PREVIEW)
    if source.plan.project.state == "suspended":
        return Sentence(_SUSPENDED)
    if promised.chain[0] == WORKS and promised.works:
        return _of_works(source.plan.project.works, promised.works)
    return _of_head(source, promised.chain[0])


def _of_works(days: WorksDays, expected: Expected) -> Sentence:
    """The sentence about the works that everything waits for."""
    values = {"start": day(expected.start_on), "day": day(expected.decide_on)}
    if days.started_on:
        under_way = _WORKS_OPEN_ENDED if expected.decide_on is None else _WORKS_UNDER_WAY
        return Sentence(_WORKS_LATE if expected.is_late else under_way, values, is_late=expected.is_late)
    return Sentence(_WORKS_PLANNED if expected.start_on == days.planned_start_on else _WORKS_TO_BEGIN, values)


def _of_head(source: _Source, code: str) -> Sentence:
    """The sentence about the approval that everything waits for."""
    item, approval, expected = source.by_code[code].item, source.by_code[code].approval, source.promised.expected[code]
    state, limit = approval.state if approval else "", _limit(source.readings.get(approval.id)) if approval else None
    values = {
        "name": item_names([item]),
        "department": label(source.department(code)),
        "day": day(expected.decide_on),
        "left": gettext(limit.told, days=limit.days) if limit else "",
    }
    if limit and state in _AT_WINDOW:
        return Sentence(_LATE if expected.is_late else _AT_WINDOW[state], values, is_late=expected.is_late)
    return Sentence((_YOURS if source.is_owner else _THE_OWNERS).get(state, _SOON), values)


def _limit(reading: Reading | None) -> LimitView | None:
    """The promised limit, or that of the answer before the acceptance."""
    limits = dues(reading) if reading else {}
    return limits.get("promised") or limits.get("notice")


def _what_if(source: _Source, code: str, days: int) -> WhatIf | None:
    prospects, promised = source.prospects, source.promised
    if not prospects.what_if or code not in promised.left:
        return None
    changes = {change.code: change for change in forecast_shifts(promised, prospects.what_if)}
    own = changes.pop(code, None)
    if not own:
        return None
    before, after = promised.complete_on, prospects.what_if.complete_on
    return WhatIf(
        item=source.by_code[code].item,
        days=days,
        before_on=own.before_on,
        after_on=own.after_on,
        complete_on=after,
        more=prospects.calendar.working_days_between(before, after) if before and after else 0,
        moved=tuple(
            Moved(source.by_code[key].item, source.department(key), change.before_on, change.after_on)
            for key, change in changes.items()
        ),
    )
