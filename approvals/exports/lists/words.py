"""What cells of lists say: words in the language in use, empty where there is nothing."""

from approvals.accounts.queries import UnitName
from approvals.base.i18n import Labelled, label, own_name
from approvals.calendar.lights import light_label


def word(thing: Labelled | None) -> str:
    return label(thing) if thing else ""


def light(name: str | None) -> str:
    return light_label(name) if name else ""


def unit(name: UnitName | None) -> str:
    return own_name(name) if name else ""
