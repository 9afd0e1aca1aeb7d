"""`guahao openapi` and `guahao charts`: documents made from the code."""

import click
from flask_openapi3.commands import openapi_command

from approvals.cli.faults import ServiceCommand
from approvals.cli.handbook import write

openapi = ServiceCommand(
    "openapi",
    callback=openapi_command.callback,
    params=openapi_command.params,
    help="Write the description of the JSON API, to the terminal or a file.",
)


@click.command(cls=ServiceCommand)
def charts() -> None:
    """Write the charts' pages of the handbook under docs/charts."""
    for path in write():
        click.echo(path.name)
