"""Sixty hostile texts in some twenty fields of a report: nothing is asked for, nothing is read, nothing breaks."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask_babel import force_locale
from flask_openapi3 import OpenAPI
from weasyprint.formatting_structure.boxes import TextBox

from approvals.reports.figures import compile_month
from approvals.reports.order_values import JointProject, JointWord, OrderTold
from approvals.reports.oversight_values import CardLine, EscalationLine, ServiceCounts, ServiceLine
from approvals.reports.paper import Imprint, report_paper
from approvals.reports.pdf import VARIANT, lay_out
from approvals.reports.printing import paper_html
from approvals.reports.values import (
    Answer,
    ApprovalCounts,
    DueApproval,
    Figures,
    KeyProject,
    LateApproval,
    LedgerDays,
    ProjectSpeed,
)
from tests.builders import a_database
from tests.pages import an_app
from tests.papers import HOSTILE, LONG, RARE, UNBROKEN, Watched, attached_to, outside
from workflows.city import Label

DAY = date(2026, 10, 1)
SHORT = 120  # characters
FILE, HERE = "@file@", "@here@"  # where the canary file lies, and where the canary listens
TEXTS = (
    *HOSTILE,
    *(LONG, UNBROKEN, RARE, "A" * 10_000, "字" * 1_000, "堃喆龑䶮𬭎" * 20),
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
def empty(make_database) -> Iterator[tuple[OpenAPI, Figures]]:  # type: ignore[no-untyped-def]
    url = make_database("sqlite")
    database = a_database(url)
    with database.read() as tx:
        figures = compile_month(tx, "2026-09")
    database.close()
    with an_app(url) as app, app.app_context():
        yield app, figures


def filled(figures: Figures, texts: tuple[str, ...]) -> Figures:
    """Each text in each of the fields that people write; the very long ones whole in the widest alone."""
    whole, texts = texts, tuple(text[:SHORT] for text in texts)
    unit = {text: Label(text, text) for text in texts}
    ref, item = "510400-2026-00001/A01", Label("项目建议书审批", "Project proposal")
    days, none = LedgerDays(1, 2, 3), ServiceCounts(contacts=1)
    late = (
        *(ref, "", "A01", item, item, "", "accepted", "", True, False, DAY, DAY, DAY),
        *(3, 0, "working_days", "yellow", days, 2, None),
    )
    key = (ref[:17], "", item, "", True, False, "registered", DAY, 1, 2, ApprovalCounts(), (), (), ())
    due = (ref, "", "A01", item, item, "accepted", DAY, None, DAY, DAY, "green")
    oversight = replace(
        figures.oversight,
        escalations=tuple(EscalationLine(ref, t, item, unit[t], 2, DAY, True, DAY, t, DAY) for t in texts),  # 1 2 3
        card_list=tuple(CardLine(ref, t, item, unit[t], "yellow", "legal", DAY, "shown", (t, t)) for t in texts),  # 4-6
        liaisons=tuple(ServiceLine(t, t, none, none) for t in texts),  # 7
    )
    return replace(
        figures,
        oversight=oversight,
        late=tuple(  # 8 9 10 11
            replace(LateApproval(*late), project=t, handler=t, procedure=t, answer=Answer(1, t, DAY)) for t in texts
        ),
        key_projects=tuple(replace(KeyProject(*key), name=t, liaison=t, owner=unit[t]) for t in texts),  # 12 13 14
        due=tuple(replace(DueApproval(*due), project=t) for t in whole),  # 15
        permit_projects=tuple(ProjectSpeed(ref[:17], t, DAY, DAY, 3, 4, 5, 0.2) for t in texts),
        orders=replace(figures.orders, told=tuple(an_order(t) for t in texts)),  # 16 to 20
        joint=tuple(
            JointProject(ref[:17], t, (t, t), DAY, JointWord("2026-09", t, (t, t), DAY)) for t in texts
        ),  # 21 22
    )


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


def test_sixty_hostile_texts_in_some_twenty_fields_reach_nothing(
    empty: tuple[OpenAPI, Figures], tmp_path: Path
) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY-7f3a")
    watched = Watched()
    with listening() as (here, heard):
        texts = tuple(text.replace(FILE, str(canary)).replace(HERE, here) for text in TEXTS)
        assert len(texts) >= 60
        with force_locale("zh_Hans"):
            html = paper_html(report_paper(filled(empty[1], texts), Imprint("攀挂报〔2026〕1号", DAY)))
        document, attachments = lay_out(html, watched)
        pdf = document.write_pdf(pdf_variant=VARIANT, attachments=attachments)
    assert heard == []
    assert watched.asked == []  # the style sheets are read once, before any document
    assert set(attached_to(pdf)) == {"figures-2026-09.json", "annexes-2026-09.xlsx"}
    boxes = (box for page in document.pages for box in page._page_box.descendants())
    said = "".join(box.text for box in boxes if isinstance(box, TextBox))
    assert "CANARY-7f3a" not in said
    assert b"CANARY-7f3a" not in pdf
    assert outside(document) == []
    assert RARE in said
    missing = {character for font in document.fonts.values() for character in font.missing}
    assert not missing & set(RARE)
