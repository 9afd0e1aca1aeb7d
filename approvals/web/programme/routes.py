"""All pages of the programme."""

from approvals.web.programme import (
    evidence,
    items,
    ledger,
    money_sheets,
    month_sheets,
    months,
    plan_sheets,
    problems,
    year,
)
from approvals.web.programme.blueprint import programme

# Each declares its routes on the one blueprint.
MODULES = (ledger, year, items, months, month_sheets, money_sheets, plan_sheets, evidence, problems)

__all__ = ["MODULES", "programme"]
