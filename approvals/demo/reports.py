"""The example year's last reports: compiled, commented, issued, read and instructed on, each at its own time.

They are made while the year is lived through, by the same actions as anybody's, with the clock at that day. The last
two months and the last bulletin are printed and no others: printing takes seconds, and who tries the service waits.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from approvals.accounts.actors import SYSTEM_ACTOR, Actor
from approvals.accounts.identity import actor_by_username
from approvals.base.database import Database
from approvals.base.errors import NotFound
from approvals.base.moments import CITY_ZONE, day_of, start_of
from approvals.base.stores import fact, keep_fact
from approvals.pdf.process import RenderingError
from approvals.reports.lifecycle.actions import ReportCorrection, compile_report
from approvals.reports.lifecycle.issuing import AtOnce, issue_report
from approvals.reports.lifecycle.proposed_orders import confirm_order, decline_order, proposed_orders
from approvals.reports.lifecycle.queries import IssuedReport, draft_of, frozen_figures, report_in_force
from approvals.reports.lifecycle.remarks import acknowledge, comment, instruct
from approvals.reports.lifecycle.signing import CannotSign
from approvals.reports.periods import BULLETIN, MONTHLY, bulletins_until, month_of, read_period
from workflows.clock.calendar import Calendar

OFFICE, CENTRE, LEADER = "office1", "centre1", "leader1"
DONE = "demo_papers"  # the fact that says how many of these steps were made
INSTRUCTION = "请责任单位说明超期原因，明确责任人，限期办结并书面回告。"
INSTRUCTED_INSTEAD = "该事项已由市政府领导批示，按批示督办，不重复下达。"
ANSWERED_WITHIN = 5  # working days
# Working day of the month, time, verb, person, then section and text of a remark. All are dated in the afternoon: the
# orders of a day, which stand in the same chain, are dated before noon.
Row = tuple[int, time, str, str, *tuple[str, ...]]
MONTHLY_STEPS: tuple[Row, ...] = (
    (1, time(15, 20), "comment", CENTRE, "late", "超期清单中属业主补正原因的，请在说明中写清，并与责任单位核对一次。"),
    (2, time(14, 40), "comment", OFFICE, "escalations", "已答复未办结的事项，请补充承诺办结日期。"),
    (3, time(16, 10), "issue", OFFICE),
    (4, time(14, 5), "acknowledge", LEADER),
    (4, time(15, 30), "acknowledge", CENTRE),
)
CORRECTION_STEPS: tuple[Row, ...] = (
    (5, time(14, 30), "correct", OFFICE, "", "末页抄送单位漏列市财政局，正文和数据不变。"),
    (6, time(13, 50), "issue", OFFICE),
    (6, time(17, 35), "acknowledge", LEADER),
)
BULLETIN_STEPS: tuple[Row, ...] = ((4, time(14, 45), "issue", OFFICE), (5, time(14, 10), "acknowledge", LEADER))


@dataclass(frozen=True, slots=True)
class ReportStep:
    """What somebody does about the report of a period, and when."""

    at: datetime
    kind: str
    period: str
    verb: str
    by: str = ""
    about: str = ""
    text: str = ""
    due_on: date | None = None

    @property
    def is_printed(self) -> bool:
        return self.verb == "issue"


def steps_until(ends_at: datetime, calendar: Calendar) -> list[ReportStep]:
    """All that is done about the last reports by `ends_at`, in order of time."""
    today = day_of(ends_at)
    last = month_of(today).previous
    first = month_of(today).first_on
    steps = [ReportStep(start_of(last.first_on), MONTHLY, str(last.previous), "compile")]
    steps += _steps(MONTHLY, str(last.previous), last.first_on, calendar, MONTHLY_STEPS)
    steps.append(ReportStep(start_of(first), MONTHLY, str(last), "compile"))
    steps += _steps(MONTHLY, str(last), first, calendar, (*MONTHLY_STEPS, *CORRECTION_STEPS))
    for span in bulletins_until(today, 1):
        steps.append(ReportStep(start_of(span.following.first_on), BULLETIN, str(span), "compile"))
        steps += _steps(BULLETIN, str(span), span.following.first_on, calendar, BULLETIN_STEPS)
        steps.append(ReportStep(ends_at, BULLETIN, str(span), "decline_order", OFFICE, text=INSTRUCTED_INSTEAD))
        steps.append(ReportStep(ends_at, BULLETIN, str(span), "confirm_order", OFFICE))
    due_on = calendar.nth_working_day_after(today, ANSWERED_WITHIN)
    steps.append(ReportStep(ends_at, MONTHLY, str(last), "instruct", LEADER, text=INSTRUCTION, due_on=due_on))
    return sorted((step for step in steps if step.at <= ends_at), key=lambda step: step.at)


def _steps(kind: str, period: str, first: date, calendar: Calendar, rows: Iterable[Row]) -> Iterator[ReportStep]:
    """The steps of these rows in the month that begins with `first`."""
    for number, at, verb, by, *remark in rows:
        about, text = remark or ("", "")
        day = calendar.nth_working_day_after(first - timedelta(days=1), number)
        yield ReportStep(datetime.combine(day, at, CITY_ZONE), kind, period, verb, by, about, text)


@dataclass
class Reports:
    """Makes the steps of the last reports as the year goes on, each once, also when a load goes on after a break."""

    database: Database
    steps: list[ReportStep]

    def live_until(self, moment: datetime) -> Iterator[ReportStep]:
        """Make what was to be done by then, and hand out each step before it is made."""
        with self.database.read() as tx:
            done = int(fact(tx, DONE) or 0)
        for number, step in enumerate(self.steps[done:], start=done + 1):
            if step.at > moment:
                return
            yield step
            if step.verb in _EDITIONS:
                with self.database.read() as tx:
                    by = _by(tx, step)
                _EDITIONS[step.verb](self.database, step, by)
            with self.database.write() as tx:
                if step.verb in _REMARKS:
                    _REMARKS[step.verb](tx, step, _by(tx, step))
                keep_fact(tx, DONE, number)


def _by(tx: Connection, step: ReportStep) -> Actor:
    actor = actor_by_username(tx, step.by, day_of(step.at)) if step.by else SYSTEM_ACTOR
    if actor is None:
        raise NotFound
    return actor


def _in_force(tx: Connection, step: ReportStep) -> IssuedReport | None:
    return report_in_force(tx, read_period(step.kind, step.period), step.kind)


# Editions are produced outside of a transaction; a load that goes on may find them there.


def _compile(database: Database, step: ReportStep, by: Actor) -> None:
    with database.read() as tx:
        is_issued = _in_force(tx, step) is not None
    if not is_issued:
        compile_report(database, step.kind, step.period, by, lambda: step.at)


def _correct(database: Database, step: ReportStep, by: Actor) -> None:
    with database.read() as tx:
        cited = _in_force(tx, step)
    if cited and not cited.cites:
        correction = ReportCorrection(cited.ref, "words", step.text)
        compile_report(database, step.kind, step.period, by, lambda: step.at, correction)


def _issue(database: Database, step: ReportStep, by: Actor) -> None:
    with database.read() as tx:
        is_drafted = draft_of(tx, step.kind, read_period(step.kind, step.period)) is not None
    if is_drafted:
        with suppress(RenderingError, CannotSign):  # no printing or signing here: the draft remains
            issue_report(AtOnce(database), step.kind, step.period, by, lambda: step.at)


# Remarks.


def _comment(tx: Connection, step: ReportStep, by: Actor) -> None:
    remark = {"section": step.about, "text": step.text}
    comment(tx, step.kind, read_period(step.kind, step.period), remark, by, step.at)


def _acknowledge(tx: Connection, step: ReportStep, by: Actor) -> None:
    if _in_force(tx, step):
        acknowledge(tx, step.kind, read_period(step.kind, step.period), by, step.at)


def _instruct(tx: Connection, step: ReportStep, by: Actor) -> None:
    """On the first late approval of the report, if there is any."""
    issued = _in_force(tx, step)
    late = frozen_figures(tx, issued).late if issued else ()
    if late and step.due_on:
        remark: dict[str, object] = {"on": late[0].ref, "text": step.text, "due_on": step.due_on.isoformat()}
        instruct(tx, step.kind, read_period(step.kind, step.period), remark, by, step.at)


def _decline_order(tx: Connection, step: ReportStep, by: Actor) -> None:
    """The first that the bulletin proposes, on which the leader instructs."""
    period = read_period(step.kind, step.period)
    for proposed in [order for order in proposed_orders(tx, period) if order.status == "open"][:1]:
        decline_order(tx, period, {"on": proposed.demand.key, "reason": step.text}, by, step.at)


def _confirm_order(tx: Connection, step: ReportStep, by: Actor) -> None:
    """The last that is still open."""
    period = read_period(step.kind, step.period)
    for proposed in [order for order in proposed_orders(tx, period) if order.status == "open"][-1:]:
        confirm_order(tx, period, {"on": proposed.demand.key, **proposed.words}, by, step.at)


_EDITIONS: dict[str, Callable[[Database, ReportStep, Actor], None]] = {
    "compile": _compile,
    "correct": _correct,
    "issue": _issue,
}
_REMARKS: dict[str, Callable[[Connection, ReportStep, Actor], None]] = {
    "comment": _comment,
    "acknowledge": _acknowledge,
    "instruct": _instruct,
    "decline_order": _decline_order,
    "confirm_order": _confirm_order,
}
