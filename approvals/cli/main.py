"""The commands of `guahao`, and those that `flask --app wsgi` answers to as well."""

import click
from flask import Flask

from approvals.cli.accounts import token
from approvals.cli.calendars import calendar
from approvals.cli.demo import demo
from approvals.cli.docs import charts, openapi
from approvals.cli.faults import ServiceGroup
from approvals.cli.policy import policy
from approvals.cli.records import clock, doctor, feed, sweep, verify
from approvals.cli.reports import report
from approvals.cli.serve import serve
from approvals.cli.service import migrate, version, worker

SHARED = (calendar, charts, clock, demo, doctor, feed, openapi, policy, report, sweep, token, verify, worker)
OWN = (migrate, serve, version)


@click.group(cls=ServiceGroup)
def guahao() -> None:
    """Central registration (挂号) of a city's construction projects, from filing to the last approval.

    Settings are read from the environment (GUAHAO_DATABASE_URL, GUAHAO_DATA_DIR and more).
    """


for command in (*SHARED, *OWN):
    guahao.add_command(command)


def register(app: Flask) -> None:
    """Give the application the commands of `flask --app wsgi`."""
    for command in SHARED:
        app.cli.add_command(command)
