"""What the worker does for reports: issues what somebody asked to be issued, and prints the papers beside them.

Each may be killed at any moment and is done again by the next worker; only the last transaction has an effect.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.actors import Actor
from approvals.accounts.identity import actor_by_username
from approvals.base.errors import Forbidden, NotFound, Problem, Refused
from approvals.base.i18n import N_
from approvals.base.jobs import Running
from approvals.base.moments import day_of
from approvals.reports.lifecycle.issuing import issue_report
from approvals.reports.lifecycle.rendering import print_wanted
from approvals.reports.lifecycle.renditions import (
    RenditionRequest,
    keep_print,
    part_wanted_now,
    print_made_of,
    wanted_now,
)
from approvals.reports.periods import read_period

REFUSALS = (Refused, NotFound)  # answers to whoever asked; anything else is a fault, and tried again
MAY_NOT = N_("Whoever asked for it may no longer issue reports.")


def issue_asked(job: Running) -> Mapping[str, Any]:
    """Issue the report in the name of whoever asked, with the rights that they have now."""
    kind, text, *_ = job.period.split("/")
    try:
        found = issue_report(job, kind, text, _person(job), job.now)
    except Forbidden:
        return refusal(Forbidden(MAY_NOT))
    except REFUSALS as problem:
        return refusal(problem)
    return {"issued": found.ref}


def _person(job: Running) -> Actor:
    with job.read() as tx:
        found = actor_by_username(tx, job.args["by"], day_of(job.now()))
    if found is None:
        raise Forbidden(MAY_NOT)
    return found


def refusal(problem: Problem) -> dict[str, Any]:
    """The problem as the result of a job, which the page tells in its reader's language."""
    return {"refused": problem.message, "with": {name: str(value) for name, value in problem.params.items()}}


def print_asked(job: Running) -> Mapping[str, Any]:
    """Print the paper as it would come out now, unless it was printed like that already."""
    job.tell("figures")
    with job.read() as tx:
        wanted = _wanted(tx, job)
        if print_made_of(tx, wanted):
            return {}
    try:
        return _print(job, wanted)
    except NotFound as problem:  # the figures say nothing of this department any more
        return refusal(problem)


def _wanted(tx: Connection, job: Running) -> RenditionRequest:
    kind, text, language, *part = job.period.split("/")
    period, today = read_period(kind, text), day_of(job.now())
    if part:
        return part_wanted_now(tx, kind, period, part[0], language, today)
    return wanted_now(tx, kind, period, language, today)


def _print(job: Running, wanted: RenditionRequest) -> Mapping[str, Any]:
    job.tell("printing")
    printed = print_wanted(wanted)
    job.tell("keeping")
    result = {"pages": printed.pages}
    with job.finishing(result) as tx:
        keep_print(tx, wanted, printed.pdf, printed.pages, job.now())
    return result
