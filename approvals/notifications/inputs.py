"""What a person types about how they want to be told."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel

from approvals.base.fields import STRICT, Line, fault
from approvals.base.mail_settings import is_mail_address
from approvals.base.text_validation import N_
from approvals.notifications.tables import Robot, When


def _mail_address(value: str) -> str:
    if not is_mail_address(value):
        raise fault(N_("is not a mail address such as name@example.org"), {})
    return value


def _secret(value: str) -> str:
    if not value.isascii():
        raise fault(N_("has characters that are not allowed here"), {})
    return value


class NewMail(BaseModel):
    model_config = STRICT

    address: Annotated[Line, AfterValidator(_mail_address)]


class NewWebhook(BaseModel):
    model_config = STRICT

    robot: Robot
    address: Line
    secret: Annotated[Line, AfterValidator(_secret)] | Literal[""] = ""


class ChannelChoice(BaseModel):
    """How one channel is used: whether at all, and when for each kind of notice."""

    model_config = STRICT

    is_on: bool = False
    act: When
    cases: When
    escalations: When

    def modes(self) -> dict[str, Any]:
        return self.model_dump(exclude={"is_on"})
