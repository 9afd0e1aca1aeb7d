"""The light of an approval on a day: green, reminder, yellow or red. It never looks at the time of day."""

from datetime import date
from typing import Protocol

LIGHTS = ("green", "reminder", "yellow", "red")
REMINDER_AT = 1  # promised working days left, policy.yaml


def light(
    on: date, promised_due_on: date, legal_due_on: date, promised_left: int, reminder_at: int = REMINDER_AT
) -> str:
    """Late by law is red, late by promise is yellow; the due date itself is in time."""
    if on > legal_due_on:
        return "red"
    if on > promised_due_on:
        return "yellow"
    return "reminder" if promised_left <= reminder_at else "green"


class Colours(Protocol):
    """The first day of each colour if nothing more happens; None is never."""

    accepted_on: date | None
    reminder_from: date | None
    yellow_from: date | None
    red_from: date | None


def light_of(deadlines: Colours, on: date) -> str | None:
    """The light on a day not before the last step; None before acceptance."""
    if deadlines.accepted_on is None:
        return None
    for colour, since in (
        ("red", deadlines.red_from),
        ("yellow", deadlines.yellow_from),
        ("reminder", deadlines.reminder_from),
    ):
        if since is not None and since <= on:
            return colour
    return "green"
