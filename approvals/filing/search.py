"""Search among projects: by name, numbers, reference, national code and owner, however they are written."""

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from approvals.accounts.queries import UNIT
from approvals.base.text_folding import contains, fold, words_of
from approvals.filing.queries import TABLE
from approvals.filing.receipts import RECEIPTS
from workflows.config.city import load_city

# 510400-2026-00017, 攀挂〔2026〕17号, (2026)17, 2026-17, all folded; 2026年3月 is a month.
_NUMBER = re.compile(r"(?P<word>.*?)(?<!\d)(?P<year>20\d\d)\D{1,3}0{0,4}(?P<serial>\d{1,5})[^\d月]?")
_LOOSE_BLANKS = re.compile(r"(?<!\d) | (?!\d)")  # all but those between two figures
_SERIAL = re.compile(r"第?0{0,4}(\d{1,5})号")  # 17号


def number_in(search: str, number_format: str, *others: str) -> tuple[int | None, int] | None:
    """Year and serial where the search is a number of this format, or of `others`: what may stand before the year.

    The word before the year may be left out, in part or whole, and more may stand before it; the word of another kind
    of number is none. The year is None where only the serial is named, as in 17号.
    """
    key = _LOOSE_BLANKS.sub("", fold(search))
    if match := _SERIAL.fullmatch(key):
        return None, int(match[1])
    match = _NUMBER.fullmatch(key)
    if match is None:
        return None
    said = _word(match["word"])
    words = [_word(fold(number_format.partition("{year}")[0])), *others]
    if not any(said.endswith(word) or word.endswith(said) for word in words):
        return None
    return int(match["year"]), int(match["serial"])


def _word(text: str) -> str:
    return text.strip("-(第 ")


def columns_have(search: str, *columns: ColumnElement[str] | ColumnElement[str | None]) -> ColumnElement[bool]:
    """Whether each word of the search stands in one of these columns of folded texts (WHERE clause)."""
    keys = [func.replace(column, " ", "") for column in columns]
    return and_(*(or_(*(key.contains(word, autoescape=True) for key in keys)) for word in words_of(search)))


def is_numbered(
    year: ColumnElement[int], serial: ColumnElement[int], number: tuple[int | None, int] | None
) -> Iterable[ColumnElement[bool]]:
    """The clause for rows of this year and serial; none without a number."""
    if number is not None:
        yield serial == number[1] if number[0] is None else and_(year == number[0], serial == number[1])


def project_matches(search: str) -> ColumnElement[bool]:
    """Whether a project's name, reference or national code contains the words, or the search is a number of it."""
    city = load_city()
    number = number_in(search, city.number_format, city.division)
    texts = (TABLE.c.name_key, TABLE.c.reference_key, TABLE.c.number, TABLE.c.project_code)
    return or_(
        TABLE.c.uid == fold(search),
        columns_have(search, *texts),
        *is_numbered(TABLE.c.year, TABLE.c.serial, number),
        *_receipt_matches(search),
    )


def _receipt_matches(search: str) -> Iterable[ColumnElement[bool]]:
    """The clause for projects with the receipt of this number; a number without its word is none of a receipt."""
    number = number_in(search, load_city().receipt_format)
    word = _word(fold(load_city().receipt_format.partition("{year}")[0]))
    if number and number[0] is not None and word in fold(search).replace(" ", ""):
        filed = select(RECEIPTS.c.project_id).where(RECEIPTS.c.year == number[0], RECEIPTS.c.serial == number[1])
        yield TABLE.c.id.in_(filed)


def owner_matches(tx: Connection, search: str) -> ColumnElement[bool]:
    """Whether the name of a project's owner contains the words (WHERE clause)."""
    units = tx.execute(select(UNIT.c.id, UNIT.c.name, UNIT.c.name_en).order_by(UNIT.c.id))
    return TABLE.c.owner_unit_id.in_([unit.id for unit in units if contains(search, unit.name, unit.name_en)])
