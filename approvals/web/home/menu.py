"""The menu: the pages that it leads to, and the groups in which each role finds them."""

from dataclasses import replace

from approvals.base.i18n import N_
from approvals.web.home.duties import waiting
from approvals.web.navigation import Menu, MenuGroup, MenuPage
from workflows.label import Label

PAGES: tuple[MenuPage, ...] = (
    MenuPage("home.index", N_("To do"), badge=waiting),
    MenuPage("due_dates.index", N_("Due dates")),
    MenuPage("notices.index", N_("Messages"), stands_for=("outbox",)),
    MenuPage("board.index", N_("Board")),
    MenuPage("filing.index", N_("My projects"), stands_for=("windows", "papers", "materials", "owed", "requests")),
    MenuPage("triage.inbox", N_("Triage")),
    MenuPage("registration.inbox", N_("Registration")),
    MenuPage("amendments.index", N_("Changes to confirm")),
    MenuPage("liaisons.day", N_("My day")),
    MenuPage("requests.index", N_("Requests")),
    MenuPage("liaisons.index", N_("Liaisons")),
    MenuPage("vacancies.index", N_("Unassigned work")),
    MenuPage("roster.index", N_("Roster")),
    MenuPage("windows.queue", N_("Windows"), stands_for=("papers", "materials", "owed", "corrections")),
    MenuPage("handlers.index", N_("Handlers")),
    MenuPage("supervision.escalations", N_("Escalations")),
    MenuPage("offices.index", N_("Offices' deadlines")),
    MenuPage("cards.index", N_("Cards")),
    MenuPage("orders.index", N_("Orders")),
    MenuPage("deductions.index", N_("Deductions")),
    MenuPage("joint.index", N_("Joint projects")),
    MenuPage("trials.show", N_("Policy simulation")),
    MenuPage("supervision.sweep", N_("Scheduled check")),
    MenuPage(
        "reports.index",
        N_("Monthly reports"),
        stands_for=("report_lines", "issued_papers", "report_making", "bulletin_orders"),
    ),
    MenuPage("report_lines.own", N_("Our monthly report")),
    MenuPage("casefile.index", N_("Casefiles"), stands_for=("contacts", "windows", "papers", "materials", "owed")),
    MenuPage("whose_time.index", N_("Time accounts")),
    MenuPage("programme.month", N_("My month")),
    MenuPage("programme.ledger", N_("Ledger"), stands_for=("programme",)),
    MenuPage("programme.problem_list", N_("Problems")),
    MenuPage("calendars.index", N_("Working calendar")),
    MenuPage("catalogues.index", N_("Catalogue of items")),
    MenuPage("absences.away", N_("Absences")),
    MenuPage("administration.units", N_("Units")),
    MenuPage("administration.people", N_("People")),
    MenuPage("deliveries.index", N_("Deliveries")),
    MenuPage("jobs.index", N_("Jobs")),
    MenuPage("administration.events", N_("Account events")),
    MenuPage("second.index", N_("Requests for a second administrator")),
    MenuPage("locks.index", N_("Paused sign-ins")),
    MenuPage("docs.page", N_("API documentation")),
)

# Groups of several roles.
DESK = MenuGroup("desk", Label("待办", "To do"), "home.index due_dates.index notices.index")
HOME = MenuGroup("desk", Label("待办", "To do"), "home.index")
MESSAGES = MenuGroup("messages", Label("消息", "Messages"), "notices.index")
FEEDBACK = MenuGroup(
    "supervision",
    Label("督办反馈", "Supervision and feedback"),
    "supervision.escalations orders.index cards.index deductions.index programme.problem_list",
)
STATISTICS = MenuGroup("reports", Label("统计", "Statistics"), "report_lines.own whose_time.index")
PROGRAMME = MenuGroup(
    "programme", Label("民生工程", "Programme"), "programme.month programme.ledger programme.problem_list"
)

# A group has its name (by which the groups of somebody with several roles are merged), its title and its pages.
GROUPS: dict[str, tuple[MenuGroup, ...]] = {
    "owner": (
        MenuGroup("desk", Label("待办", "To do"), "home.index due_dates.index"),
        MenuGroup("projects", Label("我的项目", "My projects"), "filing.index"),
        MESSAGES,
        replace(PROGRAMME, endpoints=f"{PROGRAMME.endpoints} deductions.index"),
    ),
    "window": (
        DESK,
        MenuGroup("cases", Label("办件", "Cases"), "windows.queue"),
        FEEDBACK,
        STATISTICS,
    ),
    "window_head": (
        DESK,
        MenuGroup("cases", Label("办件", "Cases"), "windows.queue casefile.index joint.index"),
        FEEDBACK,
        STATISTICS,
        MenuGroup("staff", Label("人员", "Staff"), "handlers.index absences.away"),
    ),
    "liaison": (
        MenuGroup("desk", Label("今日工作", "My day"), "home.index liaisons.day due_dates.index notices.index"),
        MenuGroup("projects", Label("我的项目", "My projects"), "casefile.index windows.queue"),
        MenuGroup("requests", Label("业主诉求", "Requests"), "requests.index"),
        MenuGroup("duty", Label("值班", "On duty"), "roster.index"),
        MenuGroup(
            "more",
            Label("更多", "More"),
            "orders.index joint.index whose_time.index programme.ledger programme.problem_list",
        ),
    ),
    "service_centre": (
        DESK,
        MenuGroup("registration", Label("挂号", "Registration"), "registration.inbox amendments.index"),
        MenuGroup("cases", Label("办件", "Cases"), "windows.queue casefile.index catalogues.index calendars.index"),
        MenuGroup(
            "requests",
            Label("联系服务", "Liaison service"),
            "liaisons.index requests.index roster.index vacancies.index absences.away",
        ),
        MenuGroup(
            "supervision",
            Label("督办", "Supervision"),
            "board.index supervision.escalations offices.index orders.index cards.index deductions.index joint.index",
        ),
        MenuGroup(
            "reports",
            Label("统计报告", "Statistics and reports"),
            "reports.index whose_time.index programme.ledger programme.problem_list",
        ),
    ),
    "supervision_office": (
        DESK,
        MenuGroup("triage", Label("分类分流", "Triage"), "triage.inbox amendments.index"),
        MenuGroup(
            "projects",
            Label("项目", "Projects"),
            "casefile.index windows.queue joint.index requests.index liaisons.index vacancies.index",
        ),
        MenuGroup(
            "supervision",
            Label("督查督办", "Supervision and inspection"),
            "board.index supervision.escalations offices.index orders.index cards.index deductions.index",
        ),
        MenuGroup(
            "reports",
            Label("台账报告", "Ledger and reports"),
            "programme.ledger programme.problem_list reports.index whose_time.index",
        ),
        MenuGroup(
            "settings",
            Label("设置", "Settings"),
            "catalogues.index calendars.index absences.away trials.show supervision.sweep",
        ),
    ),
    "city_government": (
        MenuGroup("desk", Label("今日要情", "Today in brief"), "home.index board.index notices.index"),
        MenuGroup(
            "supervision",
            Label("督办事项", "Matters under supervision"),
            "supervision.escalations orders.index cards.index deductions.index offices.index programme.problem_list",
        ),
        MenuGroup(
            "projects",
            Label("项目", "Projects"),
            "casefile.index programme.ledger joint.index requests.index",
        ),
        MenuGroup("reports", Label("报告", "Reports"), "reports.index whose_time.index catalogues.index"),
    ),
    "finance": (
        HOME,
        PROGRAMME,
        MESSAGES,
    ),
    "integration": (MenuGroup("operation", Label("接口", "Interfaces"), "home.index docs.page"),),
    "sysadmin": (
        MenuGroup(
            "staff",
            Label("人员", "Staff"),
            "administration.people administration.units second.index locks.index absences.away vacancies.index",
        ),
        MenuGroup("settings", Label("日历规则", "Calendar and rules"), "calendars.index catalogues.index trials.show"),
        MenuGroup("operation", Label("运行", "Operation"), "home.index jobs.index deliveries.index supervision.sweep"),
    ),
    "secadmin": (
        HOME,
        MenuGroup("staff", Label("人员", "Staff"), "administration.people second.index vacancies.index"),
    ),
    "auditor": (
        HOME,
        MenuGroup("audit", Label("审计", "Audit"), "administration.events second.index"),
    ),
}
MENU = Menu(PAGES, GROUPS)
