"""What people type on the pages about accounts."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from approvals.accounts.tables import ABSENCE_KINDS, UNIT_KINDS
from approvals.base.i18n import N_
from approvals.base.moments import FIRST_DAY, LAST_DAY
from approvals.base.text_validation import STRICT, Line, field_error
from workflows.charts.roles import ROLE_NAMES

LONGEST_VIEW = 60  # characters of the name of a saved view
Username = Annotated[Line, Field(pattern=r"^[a-z][a-z0-9._-]{1,49}$")]


def _known(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise field_error(N_("is outside the supported years"), {})
    return day


Day = Annotated[date, AfterValidator(_known)]


class NewUnit(BaseModel):
    model_config = STRICT

    name: Line
    name_en: Line = ""
    kind: Literal[UNIT_KINDS]  # type: ignore[valid-type]


class NewName(BaseModel):
    """Another name of a unit, from a day on."""

    model_config = STRICT

    name: Line
    name_en: Line = ""
    from_on: Day


class PersonDetails(BaseModel):
    """What can change of a person without touching their rights."""

    model_config = STRICT

    name: Line
    phone: Line = ""
    email: Line = ""


class NewPerson(PersonDetails):
    username: Username


class Roles(BaseModel):
    model_config = STRICT

    roles: frozenset[Literal[ROLE_NAMES]]  # type: ignore[valid-type]
    since: Day | None = None


class NewAbsence(BaseModel):
    """A leave; without `until_on` until further notice, without `deputy` not covered yet."""

    model_config = STRICT

    person: Line
    from_on: Day
    until_on: Day | None = None
    kind: Literal[ABSENCE_KINDS]  # type: ignore[valid-type]
    note: Line = ""
    deputy: str = ""


class ReasonInput(BaseModel):
    model_config = STRICT

    reason: Line


def _short(name: str) -> str:
    if len(name) > LONGEST_VIEW:
        raise field_error(N_("must have at most %(limit)s characters"), {"limit": LONGEST_VIEW})
    return name


class NewView(BaseModel):
    """The name of a saved view of a list."""

    model_config = STRICT

    name: Annotated[Line, AfterValidator(_short)]
