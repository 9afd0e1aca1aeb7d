"""Every table there is, so that migrations and checks see them all."""

from approvals.accounts import tables as accounts
from approvals.appraisal import tables as appraisal
from approvals.base import tables as base
from approvals.base.columns import METADATA
from approvals.calendar import tables as calendar
from approvals.catalogue import tables as catalogue
from approvals.evidence import tables as evidence
from approvals.filing import tables as filing
from approvals.history import tables as history
from approvals.imports import tables as imports
from approvals.liaisons import tables as liaisons
from approvals.notifications import tables as notifications
from approvals.programme import tables as programme
from approvals.programme.entries import tables as entries
from approvals.programme.items import tables as plan_changes
from approvals.programme.problems import tables as problems
from approvals.programme.years import tables as years
from approvals.registration import tables as registration
from approvals.reports import tables as reports
from approvals.supervision import tables as supervision
from approvals.windows import tables as windows

MODULES = (
    *(
        base,
        accounts,
        history,
        calendar,
        catalogue,
        evidence,
        programme,
        plan_changes,
        entries,
        problems,
        years,
        filing,
        registration,
        windows,
    ),
    *(liaisons, supervision, appraisal, reports, notifications, imports),
)
ALL_TABLES = tuple(METADATA.sorted_tables)
