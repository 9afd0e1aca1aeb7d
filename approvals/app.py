"""The application: registers web, API and commands; the only file that knows them all."""

from flask_openapi3 import Info, OpenAPI

from approvals import PACKAGE, __version__, folder
from approvals.accounts.absence.queries import uncovered_count
from approvals.api.public import docs, health
from approvals.api.v1.exchange import refuse_parameters
from approvals.api.v1.registry import ABOUT, APIS
from approvals.api.v1.schemas import ProblemSchema
from approvals.base.i18n import N_
from approvals.base.settings import Settings, read_settings
from approvals.casefile.amendments import amendments_waiting
from approvals.casefile.owner.list import waiting_count
from approvals.casefile.programme.problem_list import problems_waiting
from approvals.casefile.project_list import late_approvals
from approvals.cli.main import register as register_commands
from approvals.handover.vacancies import vacancy_count
from approvals.http.access import check_declared, set_up_access
from approvals.http.application import csrf, set_up_languages, set_up_web
from approvals.http.errors import set_up_problems
from approvals.http.headers import set_up_headers
from approvals.http.request_log import set_up_logs
from approvals.jobs.queries import failed_count
from approvals.liaisons.worklist import waiting as liaison_waiting
from approvals.notifications.inbox import bell_count
from approvals.notifications.queries import dead_count
from approvals.programme.worklist import waiting_for
from approvals.recalculation.calendar_views import missing_notices
from approvals.registration.views import waiting as registrations_waiting
from approvals.supervision.cards.views import waiting as cards_waiting
from approvals.supervision.escalations.views import waiting as escalations_waiting
from approvals.supervision.joint.views import missing_count
from approvals.supervision.office_tasks import late_count as late_office_steps
from approvals.supervision.orders.views import waiting as orders_waiting
from approvals.triage.queries import waiting as filings_waiting
from approvals.web.account.absences import absences
from approvals.web.account.routes import accounts
from approvals.web.admin.accounts import administration
from approvals.web.admin.deliveries import deliveries
from approvals.web.admin.jobs import jobs
from approvals.web.approvals.corrections import corrections
from approvals.web.approvals.documents import papers
from approvals.web.approvals.materials import materials
from approvals.web.approvals.owed import owed
from approvals.web.approvals.routes import windows
from approvals.web.calendar.routes import calendars
from approvals.web.catalogue.routes import catalogues
from approvals.web.filing.amendments import amendments
from approvals.web.filing.routes import filing
from approvals.web.home.menu import MENU
from approvals.web.home.routes import home
from approvals.web.liaisons.contacts import contact_log
from approvals.web.liaisons.requests import requests
from approvals.web.liaisons.roster import duty_roster
from approvals.web.liaisons.routes import liaisons
from approvals.web.liaisons.vacancies import vacancy_list
from approvals.web.navigation import BellEntry, HomeCard, HomeWarning, set_up_navigation
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
from approvals.web.reports.routes import reports
from approvals.web.supervision.board import board
from approvals.web.supervision.cards import cards
from approvals.web.supervision.escalations import supervision
from approvals.web.supervision.joint import joint
from approvals.web.supervision.offices import offices
from approvals.web.supervision.orders import orders
from approvals.web.supervision.simulation import trials
from approvals.web.triage.routes import triage
from approvals.windows.queue import in_hand

# The pages, in the order in which a project passes them.
BLUEPRINTS = (
    home,
    accounts,
    filing,
    amendments,
    triage,
    registration,
    windows,
    owed,
    corrections,
    calendars,
    catalogues,
    liaisons,
    requests,
    contact_log,
    duty_roster,
    vacancy_list,
    supervision,
    cards,
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
    casefile,
    papers,
    materials,
    whose_time,
    board,
    programme,
    news,
    absences,
    outbox,
    calendar_feed,
    deliveries,
    jobs,
    administration,
    health,
    docs,
)
# The cards of the home page; each shows to those whose roles open it.
LINKS: tuple[HomeCard, ...] = (
    HomeCard(
        "board.index",
        N_("Board"),
        N_("Late and soon-due approvals by department, project and liaison, with the trend of the month."),
        late_approvals,
    ),
    HomeCard(
        "filing.index",
        N_("My projects"),
        N_("Your unit's projects: next steps, responsible units and deadlines."),
        waiting_count,
    ),
    HomeCard(
        "triage.inbox", N_("Triage"), N_("Filings to be returned, declined, classified or diverted."), filings_waiting
    ),
    HomeCard(
        "registration.inbox",
        N_("Registration"),
        N_("Classified projects awaiting number, plan and liaison."),
        registrations_waiting,
    ),
    HomeCard(
        "amendments.index",
        N_("Changes to confirm"),
        N_("Owners' changes of registered projects awaiting confirmation."),
        amendments_waiting,
    ),
    HomeCard(
        "liaisons.day",
        N_("My day"),
        N_("Your projects by urgency, open requests, follow-ups and owners without recent contact."),
        liaison_waiting,
    ),
    HomeCard("requests.index", N_("Requests"), N_("Requests from owners and their response deadlines.")),
    HomeCard("liaisons.index", N_("Liaisons"), N_("Workload and response times of the liaisons.")),
    HomeCard(
        "vacancies.index",
        N_("Unassigned work"),
        N_("Open work that nobody holds since somebody left: projects, questions, windows."),
        vacancy_count,
    ),
    HomeCard("roster.index", N_("Roster"), N_("On-call duty outside office hours.")),
    HomeCard("windows.queue", N_("Windows"), N_("Approvals at the window, ordered by statutory deadline."), in_hand),
    HomeCard(
        "supervision.escalations",
        N_("Escalations"),
        N_("Late approvals awaiting an answer at your level."),
        escalations_waiting,
    ),
    HomeCard(
        "offices.index",
        N_("Offices' deadlines"),
        N_("Steps that the offices themselves owe. The number counts those of your office that are late."),
        late_office_steps,
    ),
    HomeCard(
        "cards.index",
        N_("Cards"),
        N_("Yellow and red cards: open appeal periods and pending appeals."),
        cards_waiting,
    ),
    HomeCard(
        "orders.index",
        N_("Orders"),
        N_("Supervision orders to departments: deadlines and answers awaiting review."),
        orders_waiting,
    ),
    HomeCard(
        "joint.index",
        N_("Joint projects"),
        N_("Projects with two responsible units. The number counts those with a missing monthly statement."),
        missing_count,
    ),
    HomeCard(
        "trials.show",
        N_("Policy simulation"),
        N_("Simulates a changed policy over one month, without any effect."),
    ),
    HomeCard("supervision.sweep", N_("Scheduled check"), N_("Scheduled check for escalations: last run and results.")),
    HomeCard("reports.index", N_("Monthly reports"), N_("Monthly figures and the issued reports.")),
    HomeCard("report_lines.own", N_("Our monthly report"), N_("The department's page in the last monthly report.")),
    HomeCard(
        "casefile.index",
        N_("Casefiles"),
        N_("All projects: progress, responsible units and delays."),
        late_approvals,
    ),
    HomeCard(
        "whose_time.index",
        N_("Time accounts"),
        N_("Time by department, owner and special procedure, by month."),
    ),
    HomeCard(
        "programme.month",
        N_("My month"),
        N_("Monthly entries of the programme: to be reported, to be confirmed, money to be confirmed."),
        waiting_for,
    ),
    HomeCard("programme.ledger", N_("Ledger"), N_("The annual programme: items with investment, status and project.")),
    HomeCard(
        "programme.problem_list",
        N_("Problems"),
        N_("What holds up the programme, and who is asked. The number counts what waits for you."),
        problems_waiting,
    ),
    HomeCard(
        "calendars.index",
        N_("Working calendar"),
        N_("Holidays and make-up working days of each year, as announced by the State Council."),
    ),
    HomeCard(
        "catalogues.index",
        N_("Catalogue of items"),
        N_("Items with limits, materials and prerequisites: the edition in force and earlier ones."),
    ),
    HomeCard(
        "absences.away",
        N_("Absences"),
        N_("Absences and deputies. The number counts absences without a deputy."),
        uncovered_count,
    ),
    HomeCard("administration.units", N_("Units"), N_("Units of the city and their staff.")),
    HomeCard("administration.people", N_("People"), N_("Accounts: passwords, roles and sign-in permission.")),
    HomeCard(
        "deliveries.index",
        N_("Deliveries"),
        N_("Undelivered notices with recipient and reason."),
        dead_count,
    ),
    HomeCard(
        "jobs.index",
        N_("Jobs"),
        N_("Background jobs: status, failures and their reasons."),
        failed_count,
    ),
    HomeCard("administration.events", N_("Account events"), N_("Log of sign-ins, role changes and password changes.")),
)
WARNINGS = (HomeWarning("calendars.index", missing_notices),)
# The bell beside the name; `count` says how much there is to look at.
BELL = BellEntry("notices.index", N_("Notices"), bell_count)


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
    csrf.init_app(app)  # after the access check: a refused request has no form read
    set_up_headers(app, is_production=settings.is_production)
    set_up_pages(app)
    set_up_navigation(app, MENU, BELL, WARNINGS, LINKS)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for api in APIS:  # programs sign in with a token of their own, which no other site can borrow
        csrf.exempt(api)
        app.register_api(api)
    register_commands(app)
    check_declared(app)
    return app
