"""The commands of `guahao`, and those that `flask --app wsgi` answers to as well."""

import click
from flask import Flask
from werkzeug.utils import import_string

from approvals.cli.faults import ServiceGroup

SHARED = {
    "backup": "approvals.cli.backups:backup",
    "calendar": "approvals.cli.calendars:calendar",
    "catalogue": "approvals.cli.catalogues:catalogue",
    "charts": "approvals.cli.docs:charts",
    "clock": "approvals.cli.records:clock",
    "demo": "approvals.cli.demo:demo",
    "doctor": "approvals.cli.records:doctor",
    "export-record": "approvals.cli.records:export_record",
    "feed": "approvals.cli.records:feed",
    "init": "approvals.cli.start:init",
    "openapi": "approvals.cli.docs:openapi",
    "person": "approvals.cli.staff:person_group",
    "policy": "approvals.cli.policy:policy",
    "programme": "approvals.cli.programme:programme",
    "report": "approvals.cli.reports:report",
    "sweep": "approvals.cli.records:sweep",
    "token": "approvals.cli.accounts:token",
    "unit": "approvals.cli.staff:unit_group",
    "verify": "approvals.cli.records:verify",
    "worker": "approvals.cli.work:worker",
}
OWN = {
    "migrate": "approvals.cli.service:migrate",
    "restore": "approvals.cli.backups:restore",
    "serve": "approvals.cli.serve:serve",
    "version": "approvals.cli.service:version",
}


class CommandTable(ServiceGroup):
    """Imports a command when it is called: `serve` and `migrate` start without the whole application."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(SHARED | OWN)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = (SHARED | OWN).get(cmd_name)
        return command_at(place) if place else None


def command_at(place: str) -> click.Command:
    """The command in this module under this name."""
    command: click.Command = import_string(place)
    return command


@click.group(cls=CommandTable)
def guahao() -> None:
    """Central registration (挂号) of a city's construction projects, from filing to the last approval.

    Settings are read from the environment (GUAHAO_DATABASE_URL, GUAHAO_DATA_DIR and more).
    """


def register(app: Flask) -> None:
    """Give the application the commands of `flask --app wsgi`."""
    for place in SHARED.values():
        app.cli.add_command(command_at(place))
