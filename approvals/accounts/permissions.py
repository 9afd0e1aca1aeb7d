"""Who may open what: a set of roles for each kind of page or route. Whose rows somebody sees there is scope.

A page declares one of these (`@access(roles=permissions.ISSUE_REPORTS)`); nothing else in pages names a role. What a
person may do with a case is the chart's to say, not this table's.
"""

from workflows.charts.roles import ADMINISTRATORS, DEPUTIES, LEVEL_ROLES, ROLES

Roles = frozenset[str]

# The groups that the lines below are put together from.
OWNERS: Roles = frozenset({"owner"})
WINDOWS: Roles = frozenset({"window", "window_head"})
WINDOW_HEADS: Roles = frozenset({"window_head"})
LIAISONS: Roles = frozenset({"liaison"})
CENTRE: Roles = frozenset({"service_centre"})
OFFICE: Roles = frozenset({"supervision_office"})
GOVERNMENT: Roles = frozenset({"city_government"})
SUPERVISORS: Roles = CENTRE | OFFICE
MANAGERS: Roles = SUPERVISORS | GOVERNMENT
OFFICERS: Roles = LIAISONS | MANAGERS
ANSWERING_LEVELS: Roles = frozenset(role for roles in LEVEL_ROLES.values() for role in roles)
SYSADMIN: Roles = frozenset({"sysadmin"})
SECADMIN: Roles = frozenset({"secadmin"})
AUDITOR: Roles = frozenset({"auditor"})
PROGRAMS: Roles = frozenset({"integration"})

# Filing, triage, registration.
FILE_PROJECTS = OWNERS
SEE_OWN_PROJECTS = OWNERS | WINDOWS | OFFICERS
SORT_FILINGS = OFFICE
REGISTER_PROJECTS = CENTRE
SEE_PROJECTS = OFFICERS | WINDOW_HEADS  # heads: of a unit that is jointly responsible for a project

# Windows.
SEE_QUEUE = WINDOWS | LIAISONS | SUPERVISORS
SEE_APPROVALS = OWNERS | WINDOWS | OFFICERS
SEE_CORRECTIONS = WINDOWS | OFFICERS
CORRECT_DAYS = WINDOWS | CENTRE

# Liaisons.
SEE_OWN_DAY = LIAISONS
SEE_LIAISONS = SUPERVISORS
HAND_OVER_PROJECTS = CENTRE
SEE_ASSIGNMENTS = OFFICERS
ASK_REQUESTS = OWNERS
SEE_REQUESTS = OFFICERS
MOVE_REQUESTS = OWNERS | LIAISONS | CENTRE
SEE_REQUEST = OWNERS | OFFICERS
KEEP_CONTACTS = LIAISONS | CENTRE
SEE_CONTACTS = OWNERS | OFFICERS
KEEP_ROSTER = CENTRE

# Supervision.
SEE_BOARD = MANAGERS
ANSWER_ESCALATIONS = ANSWERING_LEVELS
INSTRUCT = GOVERNMENT
SEE_SWEEP = MANAGERS | SYSADMIN
SEE_CARDS = WINDOWS | MANAGERS
DECIDE_CARDS = WINDOW_HEADS | OFFICE
SEE_ORDERS = WINDOWS | OFFICERS
ISSUE_ORDERS = SUPERVISORS
MOVE_ORDERS = WINDOWS | SUPERVISORS
SEE_JOINT_PROJECTS = WINDOW_HEADS | OFFICERS
MANAGE_JOINT_PROJECTS = OFFICE
ANSWER_FOR_JOINT_PROJECTS = WINDOW_HEADS
SIMULATE_POLICY = OFFICE | SYSADMIN

# Programme, reports, time.
SEE_PROGRAMME = OWNERS | OFFICERS
SEE_REPORTS = MANAGERS
ISSUE_REPORTS = OFFICE
SEE_REPORT_FIGURES = MANAGERS | WINDOWS
SEE_OWN_REPORT = WINDOWS
READ_REPORTS_BY_PROGRAM = MANAGERS | PROGRAMS
SEE_TIME_ACCOUNTING = OFFICERS | WINDOWS
SEE_PAUSES = SUPERVISORS

# Calendar, absences, notifications.
SEE_CALENDAR = MANAGERS | SYSADMIN
CHANGE_CALENDAR = SYSADMIN
HAVE_ABSENCES: Roles = frozenset(DEPUTIES)  # all roles but that of programs
SEE_ABSENCES = WINDOW_HEADS | MANAGERS | SYSADMIN
HAVE_NOTICES = OWNERS | WINDOWS | OFFICERS

# Administration.
SEE_ACCOUNTS = SYSADMIN | SECADMIN
KEEP_ACCOUNTS = SYSADMIN
GIVE_ROLES = SECADMIN
READ_ACCOUNT_EVENTS = AUDITOR
OPERATE = SYSADMIN
ASK_FOR_CONTACTS = OFFICERS | SYSADMIN | SECADMIN

# Programs.
CALL_API: Roles = frozenset(ROLES) - ADMINISTRATORS
