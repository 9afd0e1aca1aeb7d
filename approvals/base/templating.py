"""Templates outside of requests: documents and messages, in the language in use."""

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from approvals import folder
from approvals.base.formatting import FILTERS
from approvals.base.i18n import gettext, html_gettext, label, own_name


def set_up_environment(environment: Environment) -> None:
    """What every template finds: figures in our form, and texts in the language in use."""
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(FILTERS, label=label, name=own_name, translated=gettext)
    environment.globals.update(_=html_gettext)


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(folder("templates")), autoescape=True)
    set_up_environment(environment)
    return environment


def render(template: str, **values: Any) -> str:
    """The template with these values, which it escapes."""
    return _environment().get_template(template).render(values)
