"""What people type on the pages about accounts."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from approvals.accounts.tables import UNIT_KINDS
from approvals.base.fields import STRICT, Line
from workflows.roles import ROLE_NAMES

Username = Annotated[Line, Field(pattern=r"^[a-z][a-z0-9._-]{1,49}$")]


class NewUnit(BaseModel):
    model_config = STRICT

    name: Line
    name_en: Line = ""
    kind: Literal[UNIT_KINDS]  # type: ignore[valid-type]


class NewPerson(BaseModel):
    model_config = STRICT

    username: Username
    name: Line
    phone: Line = ""
    email: Line = ""


class Roles(BaseModel):
    model_config = STRICT

    roles: frozenset[Literal[ROLE_NAMES]]  # type: ignore[valid-type]
