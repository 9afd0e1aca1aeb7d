"""Rows 13 and 14: a list of cases as a PDF, beside WeasyPrint as anybody would use it and beside reportlab."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flask_openapi3 import OpenAPI

from approvals.base.i18n import in_language
from approvals.base.migrations import upgrade
from approvals.http.application import KEY
from approvals.reports.document.report import Annex, Imprint, Paper, report_paper
from approvals.reports.document.table_views import Cell, Column, Row, Table
from approvals.reports.figures.compilation import compile_month
from approvals.reports.printing import paper_html, press, stay_warm
from tests.bench.measuring import Bench, CannotBeHad, Finding, Side, at_most, interleaved, seconds
from tests.bench.peering import PEERS, peer_python
from tests.pages import an_app
from tests.servers import PYTHON, ROOT

FEW, MANY = 300, 3000
KINDS = ("number", "text", "text", "text", "text", "lit", "text", "text")
WIDTHS = (5, 28, 13, 13, 10, 5, 7, 19)
WORK = f"a PDF of {FEW} rows"


def texts(number: int) -> list[list[str]]:
    """Late approvals as the report lists them, eight cells a row."""
    return [
        [
            str(one),
            f"攀枝花市东区第{one}小学教学楼新建工程 攀挂〔2026〕{one}号/A07 建设工程规划许可",
            "市自然资源和规划局 张伟",
            "2026-10-28 2026-11-04",
            f"超承诺时限 {one % 17} 个工作日",
            "红灯",
            "35/20",
            "第三级 督查办 专家出差，承诺 2026-11-30 前办结",
        ]
        for one in range(1, number + 1)
    ]


@dataclass(slots=True)
class Printer:
    """A process of its own that prints tables; `peak` is the most memory it had, in KB."""

    process: subprocess.Popen[str]
    peak: float = 0

    def print(self, rows: list[list[str]]) -> float:
        assert self.process.stdin and self.process.stdout
        print(json.dumps(rows), file=self.process.stdin, flush=True)
        took, peak = self.process.stdout.readline().split()
        self.peak = float(peak)
        return float(took)


@contextmanager
def a_printer(python: str, program: str) -> Iterator[Printer]:
    process = subprocess.Popen([python, program], cwd=PEERS, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    with process.stdin, process.stdout:
        yield Printer(process)
    process.wait(60)


@contextmanager
def a_press_room(folder: Path) -> Iterator[OpenAPI]:
    """The application, whose report is nothing but the table."""
    url = f"sqlite:///{folder / 'city.db'}"
    upgrade(url)
    with an_app(url) as app, app.app_context(), in_language("zh_Hans"):
        yield app


def document(app: OpenAPI, rows: list[list[str]]) -> str:
    """The report's own document around this table."""
    with app.extensions[KEY].database.read() as tx:
        paper: Paper = report_paper(compile_month(tx, "2026-03"), Imprint("攀挂报〔2026〕3号", date(2026, 4, 1)))
    columns = tuple(Column(f"第{n}栏", kind, width) for n, (kind, width) in enumerate(zip(KINDS, WIDTHS, strict=True)))
    lines = tuple(Row(tuple(Cell(text) for text in row)) for row in rows)
    only = Annex("附件", "超期审批事项", (), (Table("late", "月末超期审批事项", columns, lines),))
    return paper_html(replace(paper, chapters=(), annexes=(only,), files=()))


def _warm(bench: Bench) -> None:
    """As the worker does; a trial leaves no press behind."""
    if bench.scale == 1:
        stay_warm()


def few_rows(bench: Bench) -> Iterator[Finding]:
    """Row 13."""
    rows = texts(bench.many(FEW))
    with a_press_room(bench.new_folder("paper")) as app:
        html = document(app, rows)
        ours: Side = lambda: seconds(lambda: press(html))  # noqa: E731
        _warm(bench)
        with a_printer(PYTHON, "weasy_table.py") as naive:
            found = interleaved({"ours": ours, "theirs": lambda: naive.print(rows)}, bench)
        note = "ours is tagged, set in the report's own type and in two processes; those of both sides are warm"
        yield Finding(13, WORK, "naive WeasyPrint", at_most(0.5), "s", found["ours"], found["theirs"], note)
        try:
            python = peer_python(bench)
        except CannotBeHad as reason:
            yield Finding(13, WORK, "reportlab", at_most(4), note=f"cannot be had: {reason}")
            return
        with a_printer(python, "reportlab_table.py") as reportlab:
            found = interleaved({"ours": ours, "theirs": lambda: reportlab.print(rows)}, bench)
        yield Finding(13, WORK, "reportlab", at_most(4), "s", found["ours"], found["theirs"])


def many_rows(bench: Bench) -> Iterator[Finding]:
    """Row 14: once each, since it takes a minute; and the memory of the process that prints."""
    few, many = texts(bench.many(FEW)), texts(bench.many(MANY))
    once = replace(bench, rounds=1)
    with a_press_room(bench.new_folder("long-paper")) as app, a_printer(PYTHON, "weasy_table.py") as naive:
        _warm(bench)
        short, long = document(app, few), document(app, many)
        naive.print(few[:1])
        press(document(app, few[:1]))
        found = interleaved(
            {
                "few": lambda: seconds(lambda: press(short)),
                "many": lambda: seconds(lambda: press(long)),
                "naive": lambda: naive.print(many),
            },
            once,
            warm=False,
        )
        peak = _peak_of_press(long)
    work = f"a PDF of {MANY:,} rows"
    yield Finding(14, work, f"of {FEW} rows", at_most(10.5), "s", found["many"], found["few"])
    note = "the table is set in portions, side by side in two processes, and bound"
    yield Finding(14, work, "naive WeasyPrint", at_most(0.4), "s", found["many"], found["naive"], note)
    peaks = (peak / 1024,), (naive.peak / 1024,)
    yield Finding(14, f"{work}, memory of the press", "naive WeasyPrint", at_most(0.35), "MB", *peaks)


def _peak_of_press(html: str) -> float:
    """The most memory in KB that a press or its mate has while it prints this."""
    command = [PYTHON, "-m", "approvals.reports.press"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin
    with process.stdin as pipe:
        pipe.write(b"%d\n" % len(html.encode()) + html.encode())
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "the press failed"
    return float(used.ru_maxrss)
