"""All pages of the programme."""

from approvals.web.programme import items, ledger, money_sheets, month_sheets, months, year
from approvals.web.programme.blueprint import programme

MODULES = (ledger, year, items, months, month_sheets, money_sheets)  # each declares its routes on the one blueprint

__all__ = ["MODULES", "programme"]
