"""Made-up figures for bulletins: a quiet period, and what may be put into it."""

from dataclasses import replace
from datetime import date

from approvals.reports.figures.bulletin_model import RectificationRules
from approvals.reports.figures.model import (
    Decisions,
    EscalationAnswer,
    Figures,
    LateApproval,
    LedgerDays,
    LevelCounts,
    LightCounts,
)
from approvals.reports.figures.oversight_model import CardLine, OrderFigures, OrderTold, Oversight
from approvals.reports.figures.programme_model import (
    LaggingItem,
    ProgrammeChapter,
    ProgrammeCounty,
    ProgrammeCoverage,
    ProgrammeEntries,
    ProgrammeItems,
    ProgrammeMoney,
    ProgrammeNodes,
)
from workflows.label import Label

DAY = date(2026, 9, 30)
ITEM = Label("用地预审与选址意见书", "Site selection")
NODES, ENTRIES = ProgrammeNodes(0, 0, 0, 0), ProgrammeEntries(0, 0, 0)


def a_quiet(figures: Figures) -> Figures:
    """The same city in a period in which nothing happened."""
    levels = tuple(map(LevelCounts, (1, 2, 3, 4)))
    idle = replace(figures.city.now, decisions=Decisions(), standing=LightCounts(), levels=levels)
    lines = tuple(replace(line, now=idle, before=idle) for line in figures.departments)
    nothing = {"late": (), "due": (), "key_projects": (), "programme": None, "objections": (), "owed_answers": ()}
    return replace(
        figures,
        city=replace(figures.city, now=idle, before=idle),
        departments=lines,
        oversight=Oversight(),
        orders=OrderFigures(),
        rectification=RectificationRules(10, 3),
        **nothing,
    )


def a_late_approval(
    unit: Label,
    *,
    ref: str = "510400-2026-00001/A02",
    over: int = 5,
    light: str = "yellow",
    answer: EscalationAnswer | None = None,
) -> LateApproval:
    return LateApproval(
        ref=ref,
        project="城市公共停车场建设",
        code=ref[-3:],
        item=ITEM,
        department=unit,
        handler="王芳",
        state="accepted",
        procedure="",
        is_key=False,
        is_urgent=False,
        accepted_on=DAY,
        promised_due_on=DAY,
        legal_due_on=DAY,
        over_promised=over,
        over_legal=1 if light == "red" else 0,
        legal_unit="working_days",
        light=light,
        days=LedgerDays(9, 0, 0),
        level=2,
        answer=answer,
    )


def a_card(unit: Label, colour: str, shown_on: date, *, state: str = "shown") -> CardLine:
    return CardLine("510400-2026-00001/A02", "城市公共停车场建设", ITEM, unit, colour, "promised", shown_on, state, ())


def an_order(ref: str, unit: Label, *, is_overdue: bool, about: str = "", state: str = "issued") -> OrderTold:
    return OrderTold(
        ref=ref,
        subject="积压件清零",
        demands="限期清零。",
        about=about,
        project="",
        item=None,
        department=unit,
        level=3,
        source_kind="",
        source_ref="",
        issued_on=DAY,
        due_on=DAY,
        state=state,
        is_overdue=is_overdue,
        lifted_to=None,
        answer="",
        answered_on=None,
        commitment_on=None,
        returned="",
    )


def a_chapter(
    counties: tuple[tuple[str, int, int, str], ...] = (),
    time_share: str = "0.7500",
    behind: tuple[LaggingItem, ...] = (),
) -> ProgrammeChapter:
    """A programme with these counties (name, items, behind, share paid) and items behind their plan."""
    return ProgrammeChapter(
        year=2026,
        on=DAY,
        items=_items(100, len(behind)),
        practical_matters=0,
        practical_matters_done=0,
        nodes=NODES,
        money=_money("0.7500"),
        time_share=time_share,
        entries=ENTRIES,
        coverage=ProgrammeCoverage(0, 0, 0, 0),
        counties=tuple(
            ProgrammeCounty(f"51040{number}", Label(name, name), _items(count, late), NODES, _money(paid), ENTRIES)
            for number, (name, count, late, paid) in enumerate(counties)
        ),
        behind=behind,
    )


def _items(count: int, behind: int) -> ProgrammeItems:
    return ProgrammeItems(count, 0, count, 0, 0, 0, behind, 0)


def _money(paid: str) -> ProgrammeMoney:
    return ProgrammeMoney("100.00", "100.00", "100.00", "50.00", paid)


def lagging(number: int, lead: Label, *, gap: str = "0.2000", node: str = "开工", days: int = 12) -> LaggingItem:
    return LaggingItem(f"{number:03}", f"分项{number}", lead, "0.6000", "0.4000", gap, node, days)
