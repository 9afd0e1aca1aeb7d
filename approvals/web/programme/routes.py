"""All pages of the programme."""

from approvals.web.programme import items, ledger, month_sheets, months, year
from approvals.web.programme.blueprint import programme

MODULES = (ledger, year, items, months, month_sheets)  # each declares its routes on the one blueprint

__all__ = ["MODULES", "programme"]
