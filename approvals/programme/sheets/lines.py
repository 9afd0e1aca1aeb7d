"""The tasks that the rows of the programme's sheets name, as they are compared."""

from approvals.base.sheet_lines import SentLine, plain


def name_of_task(item_no: str, code: str) -> tuple[str, str]:
    """A task as it is compared: a spreadsheet program may have made 30 of 030."""
    return number_of(item_no), plain(code)


def is_called(item_no: str, code: str, line: SentLine) -> bool:
    """Whether a line is of this task."""
    return name_of_task(item_no, code) == name_of_task(line.text("item_no"), line.text("code"))


def number_of(text: str) -> str:
    """The number of an item as it is compared, without its leading noughts."""
    number = plain(text)
    return number.lstrip("0") if number.isascii() and number.isdigit() else number
