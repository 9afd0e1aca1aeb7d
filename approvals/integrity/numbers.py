"""Numbers of one series follow one another without gaps; keys of texts are those of the texts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, select

from approvals.base.tables import NumberSeries, table_of
from approvals.base.text_folding import fold
from approvals.filing.queries import TABLE as PROJECTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.integrity.restored import lost_numbers
from approvals.reports.lifecycle.queries import TABLE as REPORTS
from workflows.config.city import load_city

SERIES = table_of(NumberSeries)


class DocumentNumber(NamedTuple):
    """The number of a document within its year."""

    year: int
    serial: int


def numbers_are_gap_free(tx: Connection) -> Iterator[Violation]:
    """One registration number for each registered project: 1, 2, 3 … within its year, and none twice."""
    columns = (PROJECTS.c.year, PROJECTS.c.serial, PROJECTS.c.number)
    numbered = select(*columns).where(PROJECTS.c.number.is_not(None))
    rows = tx.execute(numbered.order_by(PROJECTS.c.year, PROJECTS.c.serial)).all()
    for row in rows:
        if row.number != load_city().number(row.year, row.serial):
            yield Violation("numbers", row.number, "is not the number of its year and serial")
    yield from series_gaps(tx, "numbers", f"registration/{load_city().division}", rows)


def numbers_of_documents_are_gap_free(tx: Connection) -> Iterator[Violation]:
    """One-time notices and issued reports are numbered 1, 2, 3 … within their year, up to the last number given."""
    notices = select(ENTRY.c.facts).where(ENTRY.c.facts.contains('"notice_no":')).order_by(ENTRY.c.id)
    given = [orjson.loads(facts) for facts in tx.execute(notices).scalars()]
    rows = sorted(DocumentNumber(facts["notice_year"], facts["notice_no"]) for facts in given)
    yield from series_gaps(tx, "numbers", f"notice/{load_city().division}", rows)
    issued = select(REPORTS.c.kind, REPORTS.c.year, REPORTS.c.number.label("serial")).where(REPORTS.c.state == "issued")
    reports = tx.execute(issued.order_by(REPORTS.c.year, REPORTS.c.number)).all()
    for kind in sorted({report.kind for report in reports}):
        yield from series_gaps(tx, "numbers", f"report/{kind}", [row for row in reports if row.kind == kind])


def text_keys_follow_from_texts(tx: Connection) -> Iterator[Violation]:
    """Each project is searched by the folding of its name, and found by that of its reference, one of its unit's."""
    columns = ("id", "owner_unit_id", "name", "name_key", "external_ref", "reference_key")
    taken = set()
    for row in tx.execute(select(*(PROJECTS.c[name] for name in columns)).order_by(PROJECTS.c.id)):
        reference = fold(row.external_ref or "") or None
        if row.name_key != fold(row.name):
            yield Violation("text_keys", str(row.id), "is not searched by its name")
        if row.reference_key != reference and (row.owner_unit_id, reference) not in taken:
            yield Violation("text_keys", str(row.id), "is not found by its reference")
        taken.add((row.owner_unit_id, row.reference_key))


def series_gaps(tx: Connection, rule: str, series: str, rows: Iterable[Any]) -> Iterator[Violation]:
    """The years in which the `serial` of these rows, which come in order, is not 1, 2, 3 … up to the series' last."""
    serials = defaultdict(list)
    for row in rows:
        serials[row.year].append(row.serial)
    for year, numbers in serials.items():
        lost = lost_numbers(tx, f"{series}/{year}")  # with the rows after a backup
        if sorted([*numbers, *lost]) != list(range(1, len(numbers) + len(lost) + 1)):
            yield Violation(rule, str(year), "numbers have a gap or a double")
        last = tx.execute(select(SERIES.c.last).where(SERIES.c.series == f"{series}/{year}")).scalar_one_or_none()
        if last != len(numbers) + len(lost):
            yield Violation(rule, str(year), f"the series stands at {last}, {len(numbers)} numbers are given")
