"""Rows as an office lays them out and types them: columns in any order, either language and unit, titles and blanks."""

import csv
import io

from hypothesis import strategies as st

from approvals.base.i18n import in_language, label
from approvals.exports.sheets import head_of
from tests.support.workbooks import Raw, stored

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}  # full-width characters


def typings(column, value, in_yuan):
    """The ways in which an office may type this value."""
    if value is None:
        return [None, "", "\u3000"]
    if column.kind == "amount":
        value = value * 10_000 if in_yuan else value
    if column.kind in ("amount", "quantity", "whole"):
        return [value, f"{value:,}", f" {value}", f"{value:,}".translate(WIDE), stored(f"{float(value):.17g}")]
    return {
        "code": lambda: [value, value.lstrip("0") or "0", int(value)],
        "day": lambda: [value, f"{value:%Y-%m-%d}", f"{value.year}年{value.month}月{value.day}日", f"{value:%Y.%m.%d}"],
        "yes_no": lambda: [value, "是" if value else "否", "Y" if value else "N"],
        "text": lambda: [value, f" {value} "],
    }[column.kind]()


def disordered(draw, columns, rows, numbers=()):
    """A sheet with these rows: order, language, unit, titles, blanks and typing as they come.

    `numbers` are the columns of texts that a program may have made numbers of.
    """
    columns, in_yuan, margin = draw(st.permutations(columns)), draw(st.booleans()), [None] * draw(st.integers(0, 2))
    with in_language(draw(st.sampled_from(["zh_Hans", "en"]))):
        heads = [f"{label(column.group) if column.group else ''}{head_of(column)}" for column in columns]
    if in_yuan:
        heads = [head.replace("万元", "元").replace("10,000 yuan", "yuan") for head in heads]
    lines = [[*margin, *heads]]
    for row in rows:
        lines += [[]] * draw(st.integers(0, 1))
        lines.append([*margin, *(draw(st.sampled_from(_typed(c, row.get(c.key), in_yuan, numbers))) for c in columns)])
    return [["资金表"]] * draw(st.integers(0, 2)) + lines


def _typed(column, value, in_yuan, numbers):
    if column.key in numbers and value is not None and value.isdigit():
        return [value, int(value), value.translate(WIDE)]
    return typings(column, value, in_yuan)


def as_csv(lines, encoding, delimiter=","):
    output = io.StringIO()
    csv.writer(output, delimiter=delimiter).writerows([[as_text(value) for value in line] for line in lines])
    return output.getvalue().encode(encoding)


def as_text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Raw):
        return str(float(value.content.removeprefix("<v>").removesuffix("</v>")))
    return str(value)
