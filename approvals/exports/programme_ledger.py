"""Writes the ledger of a year as a worksheet: the items that the page lists, and their sums."""

from decimal import ROUND_HALF_UP, Decimal

from approvals.base.formatting import long_day
from approvals.base.i18n import N_, label, own_name, series
from approvals.base.i18n import gettext as _
from approvals.base.sheets import Column
from approvals.casefile.programme.ledger import ItemRow, LedgerView
from approvals.exports.sheets import Row, write_sheet
from workflows.label import Label
from workflows.rules.programme_figures import Money

TOTAL = N_("Total")
MONEY = ("planned", "replanned", "allocated", "received", "paid")
COLUMNS: tuple[Column, ...] = (
    Column("item_no", Label("编号", "Number")),
    Column("name", Label("分项", "Item")),
    Column("category", Label("类别", "Category")),
    Column("kind", Label("性质", "Kind")),
    Column("lead", Label("牵头单位", "Lead unit")),
    Column("places", Label("任务所在", "Tasks in")),
    Column("state", Label("状态", "State")),
    Column("planned_share", Label("计划进度（%）", "Planned progress (%)"), "quantity"),
    Column("actual_share", Label("实际进度（%）", "Actual progress (%)"), "quantity"),
    Column("is_behind", Label("滞后", "Behind the plan"), "yes_no"),
    Column("planned", Label("年初计划", "Planned"), "amount"),
    Column("replanned", Label("调整后计划", "Replanned"), "amount"),
    Column("allocated", Label("下达", "Allocated"), "amount"),
    Column("received", Label("到位", "Received"), "amount"),
    Column("paid", Label("支付", "Paid"), "amount"),
    Column("execution_rate", Label("执行率（%）", "Execution rate (%)"), "quantity"),
    Column("is_key", Label("重点项目", "Key project"), "yes_no"),
    Column("is_urgent", Label("急难险重", "Urgent and hard"), "yes_no"),
    Column("is_practical_matter", Label("民生实事", "Practical matter"), "yes_no"),
)


def write_ledger(view: LedgerView) -> bytes:
    """The items in the order of the page; the last line has the sums of those that are adopted."""
    total: Row = {"item_no": _(TOTAL), "name": _counted(view), **_money(view.listed)}
    return write_sheet(
        COLUMNS,
        [*(_row(row) for row in view.rows), total],
        title=_("Ledger of the programme of %(year)s", year=view.wanted.year),
        notes=(_("State of %(day)s.", day=long_day(view.sight.on)),),
    )


def _counted(view: LedgerView) -> str:
    return _("Listed: %(count)s items, %(counted)s of them adopted", count=len(view.rows), counted=view.counted)


def _row(row: ItemRow) -> Row:
    shares = row.shares or (None, None)
    return {
        "item_no": row.item_no,
        "name": row.name,
        "category": label(row.category),
        "kind": label(row.kind),
        "lead": own_name(row.lead),
        "places": series(row.places),
        "state": label(row.state),
        "planned_share": _percent(shares[0]),
        "actual_share": _percent(shares[1]),
        **_money(row.money),
        **{name: getattr(row, name) for name in ("is_behind", "is_key", "is_urgent", "is_practical_matter")},
    }


def _money(money: Money) -> Row:
    return {**{kind: getattr(money, kind) for kind in MONEY}, "execution_rate": _percent(money.execution_rate)}


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else (share * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
