"""All pages of the programme."""

from approvals.web.programme import items, ledger, months
from approvals.web.programme.blueprint import programme

MODULES = (ledger, items, months)  # each declares its routes on the one blueprint

__all__ = ["MODULES", "programme"]
