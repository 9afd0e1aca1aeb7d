"""What commands on the database have in common."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click
from flask.cli import with_appcontext

from approvals.base.migrations import current
from approvals.http.application import service

P = ParamSpec("P")


def with_database(command: Callable[P, None]) -> Callable[P, None]:
    """Run this within the application, on a database that answers and has tables."""

    @with_appcontext
    @wraps(command)
    def checked(*args: P.args, **kwargs: P.kwargs) -> None:
        if current(service().database) is None:
            raise click.ClickException("the database has no tables yet; run `guahao migrate`")
        command(*args, **kwargs)

    return checked
