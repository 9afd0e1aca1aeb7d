"""Hostile texts in each field of a report that people write, in a soak all in each: nothing asked, read or broken."""

import socket
import threading
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from weasyprint.formatting_structure.boxes import TextBox

from approvals.base.i18n import in_language
from approvals.pdf.glyphs import printable
from approvals.pdf.rendering import lay_out, write
from approvals.reports.document.printed import MOST_ROWS
from approvals.reports.document.report import Imprint, report_document
from approvals.reports.figures.model import (
    ApprovalCounts,
    DueApproval,
    EscalationAnswer,
    Figures,
    KeyProject,
    LateApproval,
    LedgerDays,
    ProjectSpeed,
)
from approvals.reports.figures.oversight_model import (
    CardLine,
    EscalationLine,
    JointProject,
    JointWord,
    OrderTold,
    ServiceCounts,
    ServiceLine,
)
from approvals.reports.lifecycle.issuing import document_html
from tests.support.documents import HOSTILE, LONG, RARE, UNBROKEN, Watched, attached_to, figures_of_nothing, outside
from tests.support.extent import effort
from workflows.label import Label

DAY = date(2026, 10, 1)
SHORT = 200  # characters, of which no page ends in the middle
NAME = 200  # characters, as many as the name of a project may have
FILE, HERE = "@file@", "@here@"  # where the canary file lies, and where the canary listens
TEXTS = (
    *HOSTILE,
    *(LONG, UNBROKEN, RARE, "A" * 2_000, "字" * 1_000, "堃喆龑䶮𬭎" * 20),
    f"<img src=file://{FILE}>",
    f"<img src='http://{HERE}/a'>",
    f"<a rel=attachment href=file://{FILE}>x</a>",
    f"<link rel=attachment href=file://{FILE}>",
    f"<link rel=stylesheet href=http://{HERE}/b.css>",
    f"<style>@font-face{{font-family:x;src:url(http://{HERE}/c)}}*{{font-family:x}}</style>",
    f"<style>@import 'http://{HERE}/d';</style>",
    f"<style>body{{background:url(file://{FILE})}}</style>",
    f"<iframe src=http://{HERE}/e></iframe>",
    f"<embed src=http://{HERE}/f><object data=http://{HERE}/g></object>",
    f"<svg xmlns:xlink='http://www.w3.org/1999/xlink'><use xlink:href='http://{HERE}/h#a'/></svg>",
    f"<svg><image href='http://{HERE}/i'/><style>@import url(http://{HERE}/j)</style></svg>",
    f"<svg><foreignObject><img src=http://{HERE}/k></foreignObject></svg>",
    f"<!DOCTYPE x [<!ENTITY e SYSTEM 'file://{FILE}'>]><x>&e;</x>",
    f"<?xml-stylesheet href='http://{HERE}/l'?>",
    f"<base href=http://{HERE}/><img src=m>",
    f"<meta http-equiv=refresh content='0;url=http://{HERE}/n'>",
    f"<p style='content:url(http://{HERE}/o);list-style-image:url(http://{HERE}/p)'>x</p>",
    f"<input type=image src=http://{HERE}/q><video poster=http://{HERE}/r></video>",
    "<img src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>'>",
    "<div class='attached' data-name='evil.json'>eyJhIjoxfQ==</div>",
    "<div class=attached data-name=../../x>!!!</div>",
    "<div style='position:fixed;top:0;left:0;width:100%;height:100%;background:red'>x</div>",
    "<style>@page{size:10cm 10cm;margin:0} p{display:none}</style>",
    "<div>" * 500,
    "<table>" * 200,
    "</section></body></html><h1>x</h1>",
    "]]></p><p>--><!-- <![CDATA[",
    "</style></title></textarea></script>",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    '=HYPERLINK("http://x","y")',
    "\u202eحصان طروادة\u202c عكس",
    "אבגד‏ 12 ‎34",
    "\u200b\u200c\u200d\ufeff\u2060" * 50,
    "a\u0301\u0302\u0303\u0304\u0305\u0306" * 50,
    "\x01\x02\x08\x0b\x0c\x1b[31m\x7f\x85",
    "行\r\n行\t行\u2028行\u2029行",
    "\ue000\uf8ff\ufffd\U0010fffd",
    "👩‍👩‍👧‍👦🇨🇳️⃣🀄",
    "{{ 7*7 }}{% include '/etc/passwd' %}${7*7}#{7*7}",
)


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A canary that hears whoever connects."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def hear() -> None:
            while not done.is_set():
                try:
                    heard.append(str(server.accept()[1]))
                except TimeoutError:
                    continue

        thread = threading.Thread(target=hear)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}", heard
        finally:
            done.set()
            thread.join()


@pytest.fixture(scope="module")
def empty(make_database: Any) -> Iterator[Figures]:
    with figures_of_nothing(make_database("sqlite")) as figures:
        yield figures


REF, ITEM = "510400-2026-00001/A01", Label("项目建议书审批", "Project proposal")
DAYS, NONE = LedgerDays(1, 2, 3), ServiceCounts(contacts=1)
LATE = LateApproval(
    *(REF, "校舍", "A01", ITEM, ITEM, "张伟", "accepted", "", True, False, DAY, DAY, DAY),
    *(3, 0, "working_days", "yellow", DAYS, 2, None),
)
KEY = KeyProject(REF[:17], "校舍", ITEM, "张伟", True, False, "registered", DAY, 1, 2, ApprovalCounts(), (), (), ())
DUE = DueApproval(REF, "校舍", "A01", ITEM, ITEM, "accepted", DAY, None, DAY, DAY, "green")
RAISED = EscalationLine(REF, "校舍", ITEM, ITEM, 2, DAY, True, DAY, "专家出差", DAY)
CARD = CardLine(REF, "校舍", ITEM, ITEM, "yellow", "legal", DAY, "shown", ("申诉", "维持"))
SERVICE = ServiceLine("office1", "张伟", NONE, NONE)
SPEED = ProjectSpeed(REF[:17], "校舍", DAY, DAY, 3, 4, 5, 0.2)


def an_order(text: str) -> OrderTold:
    """A supervision order with this text wherever people write."""
    return OrderTold(
        ref="2026-1",
        subject=text,
        demands=text,
        about="510400-2026-00001",
        project=text,
        item=None,
        department=Label(text, text),
        level=3,
        source_kind="report",
        source_ref="2026-1",
        issued_on=DAY,
        due_on=DAY,
        state="sent_back",
        is_overdue=True,
        lifted_to=4,
        answer=text,
        answered_on=DAY,
        commitment_on=DAY,
        returned=text,
    )


def a_word(text: str) -> JointProject:
    """A project under double management with this text as name, units and word."""
    return JointProject(REF[:17], text, (text, text), DAY, JointWord("2026-09", text, (text, text), DAY))


Fill = Callable[[str], object]
FIELDS: dict[str, tuple[str, Fill]] = {  # what people write, the list that it stands in, and a line of that list
    "a late project's name": ("late", lambda t: replace(LATE, project=t)),
    "who handles it": ("late", lambda t: replace(LATE, handler=t)),
    "a special procedure": ("late", lambda t: replace(LATE, procedure=t)),
    "the reason of an answer": ("late", lambda t: replace(LATE, answer=EscalationAnswer(1, t, DAY))),
    "a key project's name": ("key_projects", lambda t: replace(KEY, name=t)),
    "its liaison": ("key_projects", lambda t: replace(KEY, liaison=t)),
    "its owner": ("key_projects", lambda t: replace(KEY, owner=Label(t, t))),
    "the name of a project that is due": ("due", lambda t: replace(DUE, project=t)),
    "the name of a project with its permit": ("permit_projects", lambda t: replace(SPEED, name=t)),
    "an escalated project's name": ("escalations", lambda t: replace(RAISED, project=t)),
    "an escalated department": ("escalations", lambda t: replace(RAISED, department=Label(t, t))),
    "the answer to an escalation": ("escalations", lambda t: replace(RAISED, reason=t)),
    "a carded project's name": ("card_list", lambda t: replace(CARD, project=t)),
    "a carded department": ("card_list", lambda t: replace(CARD, department=Label(t, t))),
    "a liaison's name": ("liaisons", lambda t: replace(SERVICE, key=t, name=t)),
    "all six texts of an order": ("told", an_order),
    "the month's word, and who signed it": ("joint", a_word),
}


PRINTED = {  # fields that stand on paper, with the table whose first rows do; the others are in the workbook alone
    "a late project's name": "late",
    "who handles it": "late",
    "the reason of an answer": "late",
    "an escalated project's name": "climbed",
    "an escalated department": "climbed",
    "the answer to an escalation": "climbed",
    "a carded project's name": "cards",
    "a carded department": "cards",
    "all six texts of an order": "order-list",
}


def on_paper(texts: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Those in the first rows of their tables; fields of one list follow each other in it."""
    room = {FIELDS[field][0]: MOST_ROWS[table] for field, table in PRINTED.items()}
    shown: list[str] = []
    for field, of_field in texts.items():
        where, _fill = FIELDS[field]
        rows = of_field[: room.get(where, 0)]
        room[where] = room.get(where, 0) - len(rows)
        shown += rows if field in PRINTED else ()
    return shown


def filled(figures: Figures, texts: Mapping[str, tuple[str, ...]]) -> Figures:
    """Each text of each field, whole, in a line of its own."""
    lines: defaultdict[str, list[object]] = defaultdict(list)
    for field, of_field in texts.items():
        where, fill = FIELDS[field]
        lines[where] += map(fill, of_field)
    parts = {where: tuple(rows) for where, rows in lines.items()}
    orders = {"told": parts.pop("told")} if "told" in parts else {}
    oversight = {where: rows for where, rows in parts.items() if hasattr(figures.oversight, where)}
    rest = {where: rows for where, rows in parts.items() if where not in oversight}
    return replace(
        figures,
        orders=replace(figures.orders, **orders),
        oversight=replace(figures.oversight, **oversight),
        **rest,
    )


def longest(field: str) -> int:
    """How much of a text may be written there."""
    return 1_000 if "answer" in field else NAME


def plain(text: str) -> str:
    """As it is printed, without the spaces at which lines may break."""
    return "".join(printable(text).split())


def turns(text: str) -> bool:
    """Whether its letters are printed in another order than they are written, with what stands beside it."""
    return any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)


def dealt() -> dict[str, tuple[str, ...]]:
    """Each text in one field, each field with some of the texts."""
    return {field: TEXTS[number :: len(FIELDS)] for number, field in enumerate(FIELDS)}


@pytest.mark.parametrize("fields", effort([dealt()], [{field: TEXTS} for field in FIELDS]))
def test_hostile_texts_in_each_field_reach_nothing(
    empty: Figures, tmp_path: Path, fields: dict[str, tuple[str, ...]]
) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY-7f3a")
    watched = Watched()
    with listening() as (here, heard):
        aimed = {
            field: tuple(text.replace(FILE, str(canary)).replace(HERE, here)[: longest(field)] for text in texts)
            for field, texts in fields.items()
        }
        texts = [text for of_field in aimed.values() for text in of_field]
        with in_language("zh_Hans"):
            html = document_html(report_document(filled(empty, aimed), Imprint("攀挂报〔2026〕1号", DAY)))
        document, attachments = lay_out(html, watched)
        pdf = write(document, attachments)
    assert heard == []
    assert watched.asked == []  # the style sheets are read once, before any document
    assert set(attached_to(pdf)) == {"figures-2026-09.json", "workbook-2026-09.xlsx"}
    boxes = (box for page in document.pages for box in page._page_box.descendants())
    printed = "".join("".join(box.text for box in boxes if isinstance(box, TextBox)).split())
    assert "CANARY-7f3a" not in printed
    assert b"CANARY-7f3a" not in pdf
    assert outside(document) == []
    shown = on_paper(aimed)
    in_one_direction = (text for text in shown if len(text) <= SHORT and not turns(text))
    assert [text for text in in_one_direction if plain(text) not in printed] == []  # letter by letter
    counts = Counter(printed)  # between the letters of a very long one stand heads and feet of pages
    assert [text for text in shown if any(counts[sign] < number for sign, number in Counter(plain(text)).items())] == []
    assert [font.missing for font in document.fonts.values() if font.missing] == []
    cells = cells_of(attached_to(pdf)["workbook-2026-09.xlsx"])
    assert [text for text in texts if text.isprintable() and not any(text in cell for cell in cells)] == []


def cells_of(content: bytes) -> list[str]:
    """The texts of a workbook, none of which is a formula."""
    book = openpyxl.load_workbook(BytesIO(content))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    return [cell.value for cell in cells if isinstance(cell.value, str)]
