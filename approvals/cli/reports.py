"""`guahao report`: the figures, the paper, and the issue of a month's report."""

from datetime import date
from typing import BinaryIO

import click
import orjson

from approvals.accounts.actors import COMMAND_LINE
from approvals.base.i18n import in_language, known_language
from approvals.base.moments import day_of
from approvals.cli.database import with_database
from approvals.cli.faults import ServiceGroup
from approvals.http.application import database, now, service, settings, today
from approvals.reports.document.report import report_page
from approvals.reports.figures.model import Figures
from approvals.reports.figures.serialization import to_json
from approvals.reports.lifecycle.actions import ReportCorrection, compile_report
from approvals.reports.lifecycle.issuing import AtOnce, issue_report, report_pdf
from approvals.reports.lifecycle.queries import IssuedReport, figures_of
from approvals.reports.lifecycle.signing import certificate_in_use
from approvals.reports.periods import MONTHLY, check_begun, read_month
from workflows.charts.report import GROUNDS


@click.group(cls=ServiceGroup)
def report() -> None:
    """Reports to managers."""


@report.command("monthly")
@click.argument("month")
@click.option("--json", "as_json", is_flag=True, help="Write the figures as JSON.")
@click.option("--pdf", "pdf_to", type=click.File("wb", lazy=True), help="Write the PDF to this file (- is the output).")
@click.option("--issue", "is_issue", is_flag=True, help="Number and freeze the report of a month that is over.")
@click.option("--corrects", default="", help="With --issue: the report that this one corrects, such as 2026-3.")
@click.option("--grounds", type=click.Choice(GROUNDS), default="fault", help="With --corrects: what was wrong.")
@click.option("--reason", default="", help="With --corrects: why, in words.")
@click.option("--language", "spoken", default="zh", help="zh or en.")
@with_database
def monthly(
    month: str,
    as_json: bool,
    pdf_to: BinaryIO | None,
    is_issue: bool,
    corrects: str,
    grounds: str,
    reason: str,
    spoken: str,
) -> None:
    """The escalation report of MONTH (2026-03): what was issued, else a preview of what the record says now."""
    with in_language(_language(spoken)):
        if is_issue:
            click.echo(_describe(_issue(month, corrects, grounds, reason)), err=True)
        figures = _figures(month, today())
        if as_json:
            click.echo(orjson.dumps(to_json(figures), option=orjson.OPT_INDENT_2).decode())
        if pdf_to is not None:
            pdf_to.write(report_pdf(service().database, month, _language(spoken), today()))
        if not (as_json or pdf_to or is_issue):
            _print(figures)


@report.command("signer")
def signer() -> None:
    """Who signs the issued papers on this machine; exit 1 when the key is of no use."""
    certificate = certificate_in_use(settings())
    if certificate is None:
        click.echo("papers are not signed")
        return
    until = day_of(certificate.until_at)
    click.echo(f"papers are signed by {certificate.name}, until {until}, certificate {certificate.sha256}")


def _issue(month: str, corrects: str, grounds: str, reason: str) -> IssuedReport:
    if corrects and not reason.strip():
        raise click.BadParameter("is needed with --corrects", param_hint="--reason")
    if corrects:
        why = ReportCorrection(corrects, grounds, reason.strip())
        compile_report(database(), MONTHLY, month, COMMAND_LINE, now, why)
    return issue_report(AtOnce(database()), MONTHLY, month, COMMAND_LINE, now)


def _language(text: str) -> str:
    language = known_language(text)
    if language is None:
        raise click.BadParameter("is zh or en", param_hint="--language")
    return language


def _figures(month: str, day: date) -> Figures:
    check_begun(read_month(month), day)
    with database().read() as tx:
        return figures_of(tx, month, today=day)


def _describe(issued: IssuedReport) -> str:
    return f"{issued.period} is issued as {issued.ref} ({issued.shown_number}), PDF SHA-256 {issued.pdf_sha256}"


def _print(figures: Figures) -> None:
    """The month in words."""
    page = report_page(figures)
    click.echo(f"{page.title}\n{page.as_of}\n")
    for point in page.sections[0].points:
        click.echo(f"{point.title}: {point.text}")
