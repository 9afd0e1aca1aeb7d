"""The tasks of the worker for reports: issue a report, print a rendition.

Each may be killed at any moment and is repeated by the next worker; only the last transaction has an effect.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from approvals.accounts.actors import JOB, Actor
from approvals.accounts.identity import actor_by_username
from approvals.base.errors import Forbidden, NotFound, Problem, Refused
from approvals.base.jobs import Running
from approvals.base.moments import day_of
from approvals.reports.lifecycle.issuing import MAY_NOT, issue_report, render_request
from approvals.reports.lifecycle.renditions import (
    RenditionRequest,
    current_rendition,
    rendition_request,
    store_rendition,
)
from approvals.reports.periods import read_period

REFUSALS = (Refused, NotFound)  # results for the requester; any other error is retried


def issue_requested(job: Running) -> Mapping[str, Any]:
    """Issue the report in the name of the requester, with the rights that they have now."""
    kind, text, *_ = job.period.split("/")
    try:
        issued = issue_report(job, kind, text, _person(job), job.now)
    except Forbidden:
        return refusal(Forbidden(MAY_NOT))
    except REFUSALS as problem:
        return refusal(problem)
    return {"issued": issued.ref}


def _person(job: Running) -> Actor:
    with job.read() as tx:
        person = actor_by_username(tx, job.args["by"], day_of(job.now()))
    if person is None:
        raise Forbidden(MAY_NOT)
    return replace(person, via=JOB)


def refusal(problem: Problem) -> dict[str, Any]:
    """The problem as the result of a job; the page translates it."""
    return {"refused": problem.message, "with": {name: str(value) for name, value in problem.params.items()}}


def print_requested(job: Running) -> Mapping[str, Any]:
    """Print the rendition, unless the same one is stored already."""
    job.tell("figures")
    with job.read() as tx:
        request = _request(tx, job)
        if current_rendition(tx, request):
            return {}
    try:
        return _print(job, request)
    except NotFound as problem:  # the figures say nothing of this department any more
        return refusal(problem)


def _request(tx: Connection, job: Running) -> RenditionRequest:
    kind, text, language, *part = job.period.split("/")
    period, today = read_period(kind, text), day_of(job.now())
    return rendition_request(tx, kind, period, language, today, "".join(part))


def _print(job: Running, request: RenditionRequest) -> Mapping[str, Any]:
    job.tell("printing")
    printed = render_request(request)
    job.tell("keeping")
    result = {"pages": printed.pages}
    with job.finishing(result) as tx:
        store_rendition(tx, request, printed.pdf, printed.pages, job.now())
    return result
