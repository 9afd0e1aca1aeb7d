"""Has a report printed by a press of its own, and waits for it."""

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from flask import current_app
from flask_babel import force_locale

from approvals.reports.paper import Imprint, Paper, report_paper
from approvals.reports.values import Figures

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds for one report
AT_ONCE = 2  # presses that one web process keeps busy
_presses = threading.BoundedSemaphore(AT_ONCE)


class PrintError(RuntimeError):
    """The press failed; the message has its last words."""


@dataclass(frozen=True, slots=True)
class Printed:
    pdf: bytes
    pages: int
    made_with: dict[str, Any]


def print_report(figures: Figures, spoken: str, imprint: Imprint | None = None) -> Printed:
    """The report in this language; with no imprint a preview."""
    with force_locale(spoken):
        html = paper_html(report_paper(figures, imprint))
    return press(html)


def paper_html(paper: Paper) -> str:
    """The document, within the application and in the language of the moment."""
    return str(current_app.jinja_env.get_template("reports/paper.html").render(paper=paper))


def press(html: str) -> Printed:
    """The PDF of this document; PrintError when none comes out."""
    with _presses:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "approvals.reports.press"],
                input=html.encode("utf-8"),
                capture_output=True,
                cwd=ROOT,
                env={name: value for name, value in os.environ.items() if not name.startswith("GUAHAO_")},
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PrintError(f"the press took longer than {PATIENCE} seconds") from None
    if done.returncode:
        raise PrintError(f"the press failed: {done.stderr.decode('utf-8', 'replace')[-500:]}")
    return _printed(done.stdout)


def _printed(output: bytes) -> Printed:
    line, _, pdf = output.partition(b"\n")
    about = orjson.loads(line)
    if len(pdf) != about["size"] or not pdf.startswith(b"%PDF-"):
        raise PrintError("the press was cut off")
    return Printed(pdf, about["pages"], about["made_with"])
