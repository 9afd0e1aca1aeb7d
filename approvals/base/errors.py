"""The errors that speak to people. A message is an English msgid with named parameters; the interface translates it."""

from approvals.base.i18n import N_


class Problem(Exception):
    """Something a person can mend; `status` is the HTTP answer, `field` the input it belongs to."""

    status = 400
    default = ""  # the message when none is given

    def __init__(self, message: str = "", *, field: str | None = None, **params: object) -> None:
        self.message = message or self.default
        super().__init__(self.message)
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class Unreadable(Problem):
    """The input cannot be read at all."""


class SignInNeeded(Problem):
    """Nobody has signed in, or the session or token has ended."""

    status = 401
    default = N_("Sign in to view this page.")


class Forbidden(Problem):
    """The role may not do this here."""

    status = 403
    default = N_("Your role does not permit this here.")


class NotFound(Problem):
    """There is nothing of that name, or nothing that this person may see."""

    status = 404
    default = N_("Not found, or you do not have access.")


class Refused(Problem):
    """The rules do not allow it now."""

    status = 409


class AmbiguousReference(Refused):
    """Several units have a project of this external reference; `choices` are the internal id and name of each."""

    def __init__(self, choices: tuple[tuple[str, str], ...]) -> None:
        super().__init__(
            N_("Several units use this reference. Use the number or the internal ID of the project: %(ids)s."),
            ids=", ".join(uid for uid, _name in choices),
        )
        self.choices = choices


class Unconfirmed(Refused):
    """It may be right, but it looks like a mistake: the person is asked to confirm it."""


class Stale(Refused):
    """The row was changed by someone else meanwhile."""


class Invalid(Problem):
    """Fields are wrong; `fields` maps each to its reasons (msgid, params)."""

    status = 422
    default = N_("Some fields need your attention.")

    def __init__(self, fields: dict[str, list[tuple[str, dict[str, object]]]]) -> None:
        super().__init__()
        self.fields = fields

    def __str__(self) -> str:
        return "; ".join(f"{name}: {text % params}" for name, faults in self.fields.items() for text, params in faults)


class Postponed(Problem):
    """The same may succeed after `wait` seconds."""

    def __init__(self, message: str, *, wait: int, **params: object) -> None:
        super().__init__(message, field=None, **params)
        self.wait = wait


class TooMany(Postponed):
    """Too many requests in too short a time."""

    status = 429


class Unavailable(Postponed):
    """Something that the answer needs is not there now."""

    status = 503


def invalid(field: str, message: str, **params: object) -> Invalid:
    """One wrong field."""
    return Invalid({field: [(message, params)]})
