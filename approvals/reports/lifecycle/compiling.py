"""From a month to the draft of its report; what was due is made first."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from approvals.accounts.actors import Actor, acting_role
from approvals.base.database import Transactions
from approvals.base.errors import Refused
from approvals.base.i18n import N_
from approvals.history.record import CITY
from approvals.reports.figures.compilation import compile_period
from approvals.reports.figures.serialization import checksum
from approvals.reports.lifecycle.actions import (
    Compiled,
    ReportCorrection,
    check_compile,
    compile_draft,
    grew,
    newest_entry,
)
from approvals.reports.lifecycle.queries import IssuedReport, ReportDraft, frozen_figures, report_in_force
from approvals.reports.periods import Period, read_period
from approvals.supervision.sweep import sweep
from workflows.charts.report import REPORT

Now = Callable[[], datetime]


def compile_report(
    database: Transactions, kind: str, text: str, by: Actor, now: Now, correction: ReportCorrection | None = None
) -> ReportDraft:
    """Compile the draft of this period, or hand out the one that stands; however many try at once, one is compiled.

    What was due in the period is made first. Refused when the period is not over, or was issued and `correction` does
    not cite its report in force on grounds that hold.
    """
    acting_role(by, REPORT.move("correct" if correction else "compile"), CITY)
    period = read_period(kind, text)
    with database.read() as tx:
        check_compile(tx, kind, period, correction.cites if correction else "", now())
        cited = report_in_force(tx, period, kind)
    sweep(database, period.ends_at, now, keep=False)
    with database.read() as tx:
        grounds = correction.grounds if correction else ""
        compiled = _corrected(tx, period, cited, grounds) if cited else compiled_now(tx, period)
    with database.write() as tx:
        return compile_draft(tx, kind, period, compiled, by, now(), correction)


def compiled_now(tx: Connection, period: Period) -> Compiled:
    """The figures of this period as the record tells them now."""
    last = newest_entry(tx)  # first, so that what comes meanwhile is noticed
    return Compiled(compile_period(tx, period), last)


def _corrected(tx: Connection, period: Period, cited: IssuedReport, grounds: str) -> Compiled:
    """The figures of a correction, as its grounds allow; Refused when they do not hold."""
    if grounds == "words":
        return Compiled(frozen_figures(tx, cited), newest_entry(tx))
    if grounds == "record" and not grew(tx, cited):
        raise Refused(N_("Nothing was added to the record of this period since the report was compiled."))
    compiled = compiled_now(tx, period)
    if checksum(compiled.figures) == cited.figures_sha256:
        raise Refused(N_("Compiled again, the figures are the same; only the words can be corrected."))
    return compiled
