"""The application: registers web, API and commands; the only file that knows them all."""

from functools import partial

from flask_openapi3 import Info, OpenAPI

from approvals import PACKAGE, __version__, folder
from approvals.accounts.list_files import LIST_FILE
from approvals.api.public import docs, health
from approvals.api.v1.exchange import refuse_parameters
from approvals.api.v1.registry import ABOUT, APIS
from approvals.api.v1.schemas import ProblemSchema
from approvals.base.i18n import N_
from approvals.base.settings import Settings, read_settings
from approvals.casefile.worklist.bell import bell_count
from approvals.cli.main import register as register_commands
from approvals.http.access import check_declared, set_up_access
from approvals.http.application import PAGE_JOBS, csrf, set_up_languages, set_up_web
from approvals.http.errors import set_up_problems
from approvals.http.headers import set_up_headers
from approvals.http.program_calls import set_up_program_calls
from approvals.http.request_ids import set_up_request_ids
from approvals.http.request_log import set_up_logs
from approvals.http.slow_bodies import set_up_slow_bodies
from approvals.recalculation.calendar_views import missing_notices
from approvals.web.account.absences import absences
from approvals.web.account.list_files import files, make_list_file
from approvals.web.account.routes import accounts
from approvals.web.account.saved_views import views
from approvals.web.account.second_factor import second_factor
from approvals.web.account.sessions import sessions
from approvals.web.admin.deliveries import deliveries
from approvals.web.admin.jobs import jobs
from approvals.web.admin.locks import locks
from approvals.web.admin.routes import administration
from approvals.web.admin.second import second
from approvals.web.appraisal.deductions import deductions
from approvals.web.approvals.corrections import corrections
from approvals.web.approvals.documents import papers
from approvals.web.approvals.handlers import handlers
from approvals.web.approvals.materials import materials
from approvals.web.approvals.owed import owed
from approvals.web.approvals.routes import windows
from approvals.web.bulk import bulk
from approvals.web.calendar.due_dates import due
from approvals.web.calendar.routes import calendars
from approvals.web.catalogue.routes import catalogues
from approvals.web.filing.amendments import amendments
from approvals.web.filing.routes import filing
from approvals.web.handbook.routes import handbook, set_up_help
from approvals.web.home.menu import MENU
from approvals.web.home.routes import home
from approvals.web.liaisons.contacts import contact_log
from approvals.web.liaisons.requests import requests
from approvals.web.liaisons.roster import duty_roster
from approvals.web.liaisons.routes import liaisons
from approvals.web.liaisons.vacancies import vacancy_list
from approvals.web.navigation import BellEntry, HomeWarning, set_up_navigation
from approvals.web.notifications.inbox import news
from approvals.web.notifications.preferences import calendar_feed, outbox
from approvals.web.pages import set_up_pages
from approvals.web.programme.routes import programme
from approvals.web.projects.routes import casefile
from approvals.web.projects.time_accounting import whose_time
from approvals.web.public.verification import verifying
from approvals.web.registration.routes import registration
from approvals.web.reports.documents import issued_papers, report_making, report_parts
from approvals.web.reports.figures import report_lines
from approvals.web.reports.proposed_orders import bulletin_orders
from approvals.web.reports.routes import reports
from approvals.web.search.routes import searching
from approvals.web.supervision.board import board
from approvals.web.supervision.cards import cards
from approvals.web.supervision.escalations import supervision
from approvals.web.supervision.joint import joint
from approvals.web.supervision.offices import offices
from approvals.web.supervision.orders import orders
from approvals.web.supervision.simulation import trials
from approvals.web.triage.routes import triage
from approvals.web.way_back import set_up_way_back

# The pages, in the order in which a project passes them.
BLUEPRINTS = (
    home,
    searching,
    accounts,
    filing,
    amendments,
    triage,
    registration,
    windows,
    owed,
    corrections,
    calendars,
    due,
    catalogues,
    liaisons,
    requests,
    contact_log,
    duty_roster,
    handlers,
    bulk,
    vacancy_list,
    supervision,
    cards,
    deductions,
    offices,
    orders,
    joint,
    trials,
    reports,
    verifying,
    issued_papers,
    report_lines,
    report_making,
    report_parts,
    bulletin_orders,
    casefile,
    papers,
    materials,
    whose_time,
    board,
    programme,
    news,
    absences,
    views,
    files,
    outbox,
    calendar_feed,
    deliveries,
    jobs,
    administration,
    second,
    locks,
    sessions,
    second_factor,
    handbook,
    health,
    docs,
)
WARNINGS = (HomeWarning("calendars.index", missing_notices),)
# The bell beside the name; `count` says how much there is to look at.
BELL = BellEntry(
    "notices.index",
    N_("Messages"),
    bell_count,
    frozenset(
        {
            *("windows.show", "supervision.escalation", "papers.notice", "filing.show", "casefile.show"),
            *("requests.show", "orders.show", "deductions.show"),
            *("programme.item", "programme.entry", "programme.problem"),
            *("programme.month", "reports.show", "offices.index", "triage.show", "registration.show"),
        }
    ),
)


def create_app(settings: Settings | None = None) -> OpenAPI:
    """The application with these settings, or those of the environment."""
    settings = settings or read_settings()
    app = OpenAPI(
        "approvals",
        info=Info(title="Guahao 挂号", version=__version__, description=ABOUT),
        security_schemes={"bearer": {"type": "http", "scheme": "bearer"}},
        validation_error_model=ProblemSchema,
        validation_error_callback=refuse_parameters,
        doc_ui=False,
        template_folder=str(folder("templates")),
        static_folder=str(PACKAGE / "static"),
    )
    # No view and no hook is a coroutine; Flask would look for one at each of them in every request.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    set_up_logs(app, is_production=settings.is_production)
    set_up_web(app, settings)
    set_up_languages(app)
    set_up_problems(app)
    set_up_access(app)
    set_up_program_calls(app)
    csrf.init_app(app)  # after the access check: a refused request has no form read
    set_up_slow_bodies(app)
    set_up_headers(app, is_production=settings.is_production)
    set_up_request_ids(app)
    set_up_pages(app)
    set_up_way_back(app)
    set_up_navigation(app, MENU, BELL, WARNINGS)
    set_up_help(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for api in APIS:  # programs sign in with a token of their own, which no other site can borrow
        csrf.exempt(api)
        app.register_api(api)
    app.extensions[PAGE_JOBS] = {LIST_FILE: partial(make_list_file, app)}
    register_commands(app)
    check_declared(app)
    return app
