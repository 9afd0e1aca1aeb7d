"""Time accounting of a month or a year by department, owner and procedure, and long or frequent pauses."""

from flask import Blueprint, render_template

from approvals.accounts import permissions
from approvals.accounts.queries import unit_names
from approvals.base.formatting import month
from approvals.base.i18n import gettext as _
from approvals.base.i18n import own_name
from approvals.casefile.office_time import office_times
from approvals.casefile.pauses import KINDS, pauses_view
from approvals.casefile.time_accounting import AccountingPeriod, approvals_by_time, known_periods, read_period
from approvals.casefile.time_accounting import city_time as whose_time_of
from approvals.http.access import access, actor, may_open
from approvals.http.application import database, today
from approvals.registration.departments import department_names, departments_on_file
from approvals.web.charts import ledger_chart
from approvals.web.query_parameters import query_choice, query_cursor, query_text
from workflows.charts.roles import sees
from workflows.config.policy import load_policy

whose_time = Blueprint("whose_time", __name__, url_prefix="/whose-time")


@whose_time.get("")
@access(roles=permissions.SEE_TIME_ACCOUNTING)
def index() -> str:
    period = _period()
    with database().read() as tx:
        view = whose_time_of(tx, actor(), period)
        offices = office_times(tx, period) if may_open(actor(), "offices.index") else ()
        periods = _choices(known_periods(tx, today()))
    return render_template(
        "projects/time_accounting.html",
        view=view,
        chart=ledger_chart(view.departments),
        offices=offices,
        title=_period_title(period),
        periods=periods,
        sees_city="city" in sees(actor().roles),
        may_see_pauses=may_open(actor(), "whose_time.pauses"),
    )


@whose_time.get("/approvals")
@access(roles=permissions.SEE_TIME_ACCOUNTING)
def approvals() -> str:
    period, cursor = _period(), query_cursor()
    with database().read() as tx:
        department = query_choice("department", department_names(tx))
        page = approvals_by_time(tx, actor(), period, department, today=today(), cursor=cursor)
        name = unit_names(tx, [department])[department] if department else None
    return render_template(
        "projects/time_accounting_approvals.html",
        page=page,
        period=period,
        title=_period_title(period),
        department=name,
        filters={"period": period.name} | ({"department": department} if department else {}),
        cursor=cursor,
    )


@whose_time.get("/pauses")
@access(roles=permissions.SEE_PAUSES)
def pauses() -> str:
    period, cursor = _period(), query_cursor()
    kind = query_choice("kind", KINDS) or "all"
    with database().read() as tx:
        departments = departments_on_file(tx, today())
        department = query_choice("department", department_names(tx))
        view = pauses_view(tx, actor(), period, kind, department, today=today(), cursor=cursor)
        periods = _choices(known_periods(tx, today()))
        name = unit_names(tx, [department])[department] if department else None
    filters = {"period": period.name, "kind": kind, "department": department}
    return render_template(
        "projects/pauses.html",
        view=view,
        title=_period_title(period),
        periods=periods,
        departments=[(unit.name, own_name(unit)) for unit in departments],
        department=name,
        kinds={name: kind.title for name, kind in KINDS.items()},
        limits=load_policy().pauses,
        filters={name: value for name, value in filters.items() if value},
        cursor=cursor,
    )


def _period() -> AccountingPeriod:
    return read_period(query_text("period"), today())


def _choices(periods: tuple[AccountingPeriod, ...]) -> list[tuple[str, str]]:
    return [(period.name, _period_title(period)) for period in periods]


def _period_title(period: AccountingPeriod) -> str:
    return _("The year %(year)s", year=period.name) if period.is_year else month(period.first_on)
