"""All pages about units, people and account events."""

from approvals.web.admin import accounts, people, people_sheets
from approvals.web.admin.blueprint import administration

# Each declares its routes on the one blueprint.
MODULES = (accounts, people, people_sheets)

__all__ = ["MODULES", "administration"]
