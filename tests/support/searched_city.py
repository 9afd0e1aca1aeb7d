"""A small city for searches: names and numbers written in many ways, and something of every kind that is searched."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from approvals.base.files.store import Stored
from approvals.filing.documents import insert_document
from approvals.filing.views import project
from approvals.reports.lifecycle.queries import TABLE as REPORTS
from tests.support.builders import GIVEN, NOW, a_project, an_actor, do, project_row, walk, when
from tests.support.programme_items import an_item

PROJECTS = (  # state, owner, reference, what its owner filed
    ("registered", "owner1", "CB-001", {"name": "第二小学（扩建） ２期", "project_code": "2604-510400-04-01-123456"}),
    ("registered", "owner2", "ＣＢ—００２", {"name": "东区污水处理厂管网"}),
    ("registered", "owner1", "jy-17", {"name": "City Library Extension"}),
    ("registered", "owner3", "CB-0011", {"name": "第二小学（扩建） 周边道路", "county": "西区"}),
    ("filed", "owner2", "zj-3", {"name": "经济适用房小区〔一期〕"}),
    ("drafted", "owner1", "draft-1", {"name": "实验小学教学楼"}),
    ("drafted", "owner2", "draft-2", {"name": "实验小学 操场"}),
    ("withdrawn", "owner4", "wd-1", {"name": "100%_全民健身中心"}),
)
GRANTS = {"CB-001": "攀发改〔2026〕11号", "ＣＢ—００２": "攀发改（２０２６）12 号", "jy-17": "FGW-2026-3"}
DOCUMENTS = (  # project, name, the approval with which it was handed in
    ("CB-001", "项目建议书（定稿）.pdf", "A01"),
    ("CB-001", "地形图 V２.DWG", ""),
    ("ＣＢ—００２", "项目建议书(初稿).pdf", "A01"),
    ("ＣＢ—００２", "会议纪要〔2026〕3号.docx", ""),
    ("draft-2", "项目建议书.pdf", ""),
)
ORDERS = (  # project, department, subject
    ("CB-001", "市发展改革委", "核实积压件（第一批）"),
    ("ＣＢ—００２", "市自然资源局", "核实用地"),
    ("", "市水利局", "Report on 水土保持"),
)
ITEMS = (
    ("901", {"name": "新建农村公路（三期）"}),
    ("902", {"name": "改造老旧小区", "lead_unit": "市住房城乡建设局", "category": "百姓安居"}),
    ("903", {"name": "新建小学", "lead_unit": "市住房城乡建设局"}),
)
REPORTED = (("monthly", "2026-02", 1), ("monthly", "2026-03", 2), ("monthly", "2026-03", 3), ("bulletin", "2026-06", 1))


def build(tx: Connection) -> None:
    """All of it."""
    refs = {}
    for day, (state, owner, ref, fields) in enumerate(PROJECTS, 2):
        a_project(tx, state, owner=owner, ref=ref, at=when(f"2026-03-{day:02}"), **fields)
        refs.setdefault(ref, (_uid(tx, ref, owner), owner))
    for ref, (uid, owner) in refs.items():
        handed_in = _documents(tx, ref, uid, owner)
        if ref in GRANTS:
            grant: dict[str, Any] = {"document_no": GRANTS[ref]}
            do(tx, owner, "submit", f"{uid}/A01", {"materials": handed_in or ["申请表"]})
            walk(tx, uid, "A01", ("accept", "grant"), owner=owner, given=grant)
    do(tx, "owner1", "submit", f"{refs['CB-001'][0]}/A02")
    do(tx, "office1", "manage_jointly", refs["ＣＢ—００２"][0])
    for ref, department, subject in ORDERS:
        place = f"{refs[ref][0]}/orders" if ref else "orders"
        do(tx, "office1", "issue", place, GIVEN["issue"] | {"department": department, "subject": subject})
    for number, fields in ITEMS:
        an_item(tx, f"programme/2026/{number}", fields=fields)
    for kind, period, number in REPORTED:
        tx.execute(insert(REPORTS), _report(kind, period, number))


def _uid(tx: Connection, ref: str, owner: str) -> str:
    return project(tx, ref, an_actor(tx, owner)).uid


def _documents(tx: Connection, ref: str, uid: str, owner: str) -> list[Mapping[str, str]]:
    """The documents of a project; those of A01 as its application names them."""
    handed_in = []
    for number, (of, name, code) in enumerate(DOCUMENTS):
        if of == ref:
            stored = Stored(name, "application/pdf", 1, f"{number:064}")
            keeper = an_actor(tx, owner)
            document = insert_document(tx, project_row(tx, uid).id, stored, by=keeper, now=NOW)  # type: ignore[arg-type]
            if code:
                handed_in.append({"name": "项目建议书", "document": document})
    return handed_in


def _report(kind: str, period: str, number: int) -> dict[str, Any]:
    """An issued report without contents."""
    return {
        **{"kind": kind, "period": period, "year": 2026, "number": number, "state": "issued", "state_since": NOW},
        **{"version": 1, "edition": "1", "figures": "{}", "figures_sha256": "", "pdf": b"-", "pdf_sha256": ""},
        **{"chain_root": "", "compiled_at": NOW, "compiled_by": "office1", "issued_at": NOW, "issued_by": "office1"},
        "cites": f"2026-{number - 1}" if (kind, number) == ("monthly", 3) else "",
    }
