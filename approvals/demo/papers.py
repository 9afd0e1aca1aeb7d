"""The example year's last reports: compiled, commented, issued, read and instructed on, each at its own time.

They are made while the year is lived through, by the same actions as anybody's, with the clock at that day. The last
two months and the last bulletin are printed and no others: printing takes seconds, and who tries the service waits.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

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
from approvals.reports.lifecycle.queries import IssuedReport, draft_of, frozen_figures, report_in_force
from approvals.reports.lifecycle.remarks import acknowledge, comment, instruct
from approvals.reports.lifecycle.signing import CannotSign
from approvals.reports.periods import BULLETIN, MONTHLY, bulletins_until, month_of, read_period
from workflows.clock.calendar import Calendar

OFFICE, CENTRE, LEADER = "office1", "centre1", "leader1"
DONE = "demo_papers"  # the fact that says how many of these steps were made
COMMENTS = (
    ("late", "超期清单中属业主补正原因的，请在说明中写清，并与责任单位核对一次。"),
    ("escalations", "已答复未办结的事项，请补充承诺办结日期。"),
)
MISTAKE = "末页抄送单位漏列市财政局，正文和数据不变。"
INSTRUCTION = "请责任单位说明超期原因，明确责任人，限期办结并书面回告。"
ANSWERED_WITHIN = 5  # working days


@dataclass(frozen=True, slots=True)
class DocumentStep:
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


def steps_until(ends_at: datetime, calendar: Calendar) -> list[DocumentStep]:
    """All that is done about the last reports by `ends_at`, in order of time."""
    today = day_of(ends_at)
    last = month_of(today).previous
    found = [
        *_month(str(last.previous), last.first_on, calendar),
        *_month(str(last), month_of(today).first_on, calendar),
        *_correction(str(last), month_of(today).first_on, calendar),
    ]
    for span in bulletins_until(today, 1):
        found += _bulletin(str(span), span.following.first_on, calendar)
    due_on = calendar.nth_working_day_after(today, ANSWERED_WITHIN)
    found.append(DocumentStep(ends_at, MONTHLY, str(last), "instruct", LEADER, text=INSTRUCTION, due_on=due_on))
    return sorted((one for one in found if one.at <= ends_at), key=lambda one: one.at)


# All afternoons: the orders of a day, which stand in the same chain, are dated before noon.


def _month(month: str, first: date, calendar: Calendar) -> Iterator[DocumentStep]:
    on = _moments(first, calendar)
    (late, said), (escalations, asked) = COMMENTS
    yield DocumentStep(start_of(first), MONTHLY, month, "compile")
    yield DocumentStep(on(1, time(15, 20)), MONTHLY, month, "comment", CENTRE, late, said)
    yield DocumentStep(on(2, time(14, 40)), MONTHLY, month, "comment", OFFICE, escalations, asked)
    yield DocumentStep(on(3, time(16, 10)), MONTHLY, month, "issue", OFFICE)
    yield DocumentStep(on(4, time(14, 5)), MONTHLY, month, "acknowledge", LEADER)
    yield DocumentStep(on(4, time(15, 30)), MONTHLY, month, "acknowledge", CENTRE)


def _correction(month: str, first: date, calendar: Calendar) -> Iterator[DocumentStep]:
    on = _moments(first, calendar)
    yield DocumentStep(on(5, time(14, 30)), MONTHLY, month, "correct", OFFICE, text=MISTAKE)
    yield DocumentStep(on(6, time(13, 50)), MONTHLY, month, "issue", OFFICE)
    yield DocumentStep(on(6, time(17, 35)), MONTHLY, month, "acknowledge", LEADER)


def _bulletin(period: str, first: date, calendar: Calendar) -> Iterator[DocumentStep]:
    on = _moments(first, calendar)
    yield DocumentStep(start_of(first), BULLETIN, period, "compile")
    yield DocumentStep(on(4, time(14, 45)), BULLETIN, period, "issue", OFFICE)
    yield DocumentStep(on(5, time(14, 10)), BULLETIN, period, "acknowledge", LEADER)


def _moments(first: date, calendar: Calendar) -> Callable[[int, time], datetime]:
    """The hour of the n-th working day of the month."""

    def moment(number: int, at: time) -> datetime:
        day = calendar.nth_working_day_after(first - timedelta(days=1), number)
        return datetime.combine(day, at, CITY_ZONE)

    return moment


@dataclass
class Papers:
    """Makes the steps of the last reports as the year goes on, each once, also when a load goes on after a break."""

    database: Database
    steps: list[DocumentStep]

    def live_until(self, moment: datetime) -> Iterator[DocumentStep]:
        """Make what was to be done by then, and hand out each step before it is made."""
        with self.database.read() as tx:
            done = int(fact(tx, DONE) or 0)
        for number, step in enumerate(self.steps[done:], start=done + 1):
            if step.at > moment:
                return
            yield step
            self._make(step)
            with self.database.write() as tx:
                if step.verb in _SAYING:
                    _SAYING[step.verb](tx, step, _by(tx, step))
                keep_fact(tx, DONE, number)

    def _make(self, step: DocumentStep) -> None:
        if step.verb in _MAKING:
            with self.database.read() as tx:
                by = _by(tx, step)
            _MAKING[step.verb](self.database, step, by)


def _by(tx: Connection, step: DocumentStep) -> Actor:
    found = actor_by_username(tx, step.by, day_of(step.at)) if step.by else SYSTEM_ACTOR
    if found is None:
        raise NotFound
    return found


def _in_force(tx: Connection, step: DocumentStep) -> IssuedReport | None:
    return report_in_force(tx, read_period(step.kind, step.period), step.kind)


# What is made outside of a transaction. All of it may have been made before a break already.


def _compile(database: Database, step: DocumentStep, by: Actor) -> None:
    with database.read() as tx:
        is_made = _in_force(tx, step) is not None
    if not is_made:
        compile_report(database, step.kind, step.period, by, lambda: step.at)


def _correct(database: Database, step: DocumentStep, by: Actor) -> None:
    with database.read() as tx:
        cited = _in_force(tx, step)
    if cited and not cited.cites:
        why = ReportCorrection(cited.ref, "words", step.text)
        compile_report(database, step.kind, step.period, by, lambda: step.at, why)


def _issue(database: Database, step: DocumentStep, by: Actor) -> None:
    with database.read() as tx:
        is_drafted = draft_of(tx, step.kind, read_period(step.kind, step.period)) is not None
    if is_drafted:
        with suppress(RenderingError, CannotSign):  # nothing prints or signs here; the draft stands
            issue_report(AtOnce(database), step.kind, step.period, by, lambda: step.at)


# What is said of them.


def _comment(tx: Connection, step: DocumentStep, by: Actor) -> None:
    given = {"section": step.about, "text": step.text}
    comment(tx, step.kind, read_period(step.kind, step.period), given, by, step.at)


def _acknowledge(tx: Connection, step: DocumentStep, by: Actor) -> None:
    if _in_force(tx, step):
        acknowledge(tx, step.kind, read_period(step.kind, step.period), by, step.at)


def _instruct(tx: Connection, step: DocumentStep, by: Actor) -> None:
    """On the first late approval of the report, if there is any."""
    issued = _in_force(tx, step)
    late = frozen_figures(tx, issued).late if issued else ()
    if late and step.due_on:
        given: dict[str, Any] = {"on": late[0].ref, "text": step.text, "due_on": step.due_on.isoformat()}
        instruct(tx, step.kind, read_period(step.kind, step.period), given, by, step.at)


_MAKING: dict[str, Callable[[Database, DocumentStep, Actor], None]] = {
    "compile": _compile,
    "correct": _correct,
    "issue": _issue,
}
_SAYING: dict[str, Callable[[Connection, DocumentStep, Actor], None]] = {
    "comment": _comment,
    "acknowledge": _acknowledge,
    "instruct": _instruct,
}
