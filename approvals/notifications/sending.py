"""What a channel's sender says: it went out when it returns, or why it did not."""

from dataclasses import dataclass

from approvals.base.mail_settings import MailServer

LONGEST_REASON = 300  # characters


class Undelivered(Exception):
    """It was not taken. `is_final` when another try would end the same."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(reason(why))
        self.is_final = is_final


def reason(text: str) -> str:
    """What a server answered, as one short line."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:LONGEST_REASON]


@dataclass(frozen=True, slots=True)
class Posting:
    """What the installation sends with: its mail server, its public address, and whether any webhook may be reached."""

    mail: MailServer | None
    url: str
    any_webhook: bool
