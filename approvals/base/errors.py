"""The few errors that speak to people. A message is an English msgid with named parameters; the door translates it."""

from approvals.base.text_validation import N_

_NOTHING = N_("There is nothing here that you may see.")
_SIGN_IN = N_("Sign in to see this.")


class Problem(Exception):
    """Something a person can mend; `status` is the HTTP answer, `field` the input it belongs to."""

    status = 400

    def __init__(self, message: str, *, field: str | None = None, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class Unreadable(Problem):
    """What came in cannot be read at all."""

    status = 400


class SignInNeeded(Problem):
    """Nobody has signed in, or the session or token has ended."""

    status = 401

    def __init__(self, message: str = _SIGN_IN, **params: object) -> None:
        super().__init__(message, **params)


class Forbidden(Problem):
    """The role may not do this here."""

    status = 403


class NotFound(Problem):
    """There is nothing of that name, or nothing that this person may see."""

    status = 404

    def __init__(self, message: str = _NOTHING, **params: object) -> None:
        super().__init__(message, **params)


class Refused(Problem):
    """The rules do not allow it now."""

    status = 409


class Stale(Refused):
    """Somebody else was faster."""


class Invalid(Problem):
    """Fields are wrong; `fields` maps each to its reasons (msgid, params)."""

    status = 422

    def __init__(self, fields: dict[str, list[tuple[str, dict[str, object]]]]) -> None:
        super().__init__(N_("Some fields need your attention."))
        self.fields = fields

    def __str__(self) -> str:
        return "; ".join(f"{name}: {text % params}" for name, faults in self.fields.items() for text, params in faults)


class TooMany(Problem):
    """Too often in too short a time; `wait` is in seconds."""

    status = 429

    def __init__(self, message: str, *, wait: int, **params: object) -> None:
        super().__init__(message, **params)
        self.wait = wait


class Unavailable(Problem):
    """Something that the answer needs is not there now; it may be after `wait` seconds."""

    status = 503

    def __init__(self, message: str, *, wait: int, **params: object) -> None:
        super().__init__(message, **params)
        self.wait = wait


def invalid(field: str, message: str, **params: object) -> Invalid:
    """One wrong field."""
    return Invalid({field: [(message, params)]})
