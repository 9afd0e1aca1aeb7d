"""What a channel's sender says: it went out when it returns, or why it did not."""

from approvals.base.jobs import LONGEST_ERROR, JobFailed


class Undelivered(JobFailed):
    """It was not taken. `is_final` when another try would end the same."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(reason(why), is_final=is_final)


def reason(text: str) -> str:
    """What a server answered, as one short line."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:LONGEST_ERROR]
