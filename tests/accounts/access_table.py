"""Who opens which route, written down a second time so that a change is never an accident.

`public` is anybody, `signed_in` whoever has signed in; else the roles. A route that is missing here fails the tests.
"""

PUBLIC, SIGNED_IN = "public", "signed_in"
SYSADMIN, SECADMIN, AUDITOR = {"sysadmin"}, {"secadmin"}, {"auditor"}

OWNER, OFFICE, CENTRE = {"owner"}, {"supervision_office"}, {"service_centre"}
WINDOWS = {"window", "window_head"}
QUEUES = WINDOWS | CENTRE | OFFICE | {"liaison"}
MANAGERS = OFFICE | CENTRE | {"city_government"}
BUSINESS = QUEUES | {"owner", "city_government"}  # all but programs and the three administrators
PROGRAMS = BUSINESS | {"integration"}

TABLE: dict[str, str | set[str]] = {
    "static": PUBLIC,
    "accounts.home": SIGNED_IN,
    "accounts.sign_in": PUBLIC,
    "accounts.sign_in_now": PUBLIC,
    "accounts.sign_out": SIGNED_IN,
    "accounts.password": SIGNED_IN,
    "accounts.password_now": SIGNED_IN,
    "accounts.language": PUBLIC,
    "administration.units": SYSADMIN,
    "administration.create_unit": SYSADMIN,
    "administration.unit": SYSADMIN,
    "administration.create_person": SYSADMIN,
    "administration.people": SYSADMIN | SECADMIN,
    "administration.person": SYSADMIN | SECADMIN,
    "administration.reset_password": SYSADMIN,
    "administration.set_active": SYSADMIN,
    "administration.revoke_token": SYSADMIN,
    "administration.set_roles": SECADMIN,
    "administration.events": AUDITOR,
    "health.healthz": PUBLIC,
    "health.readyz": PUBLIC,
    "docs.description": PUBLIC,
    "docs.page": PUBLIC,
    "docs.file": PUBLIC,
    "filing.index": OWNER,
    "filing.new": OWNER,
    "filing.create": OWNER,
    "filing.type_new": OWNER,
    "filing.discard_new": OWNER,
    "filing.show": OWNER,
    "filing.make": OWNER,
    "filing.edit": OWNER,
    "filing.mend": OWNER,
    "filing.type_edit": OWNER,
    "filing.discard_edit": OWNER,
    "filing.add_document": OWNER,
    "filing.document": BUSINESS,
    "notices.index": BUSINESS,
    "notices.seen": BUSINESS,
    "triage.inbox": OFFICE,
    "triage.show": OFFICE,
    "triage.make": OFFICE,
    "triage.together": OFFICE,
    "triage.sort_together": OFFICE,
    "triage.sorted_together": OFFICE,
    "registration.inbox": CENTRE,
    "registration.show": CENTRE,
    "registration.make": CENTRE,
    "windows.queue": QUEUES,
    "windows.show": BUSINESS,
    "windows.make": BUSINESS,
    "windows.clock": BUSINESS,
    "supervision.escalations": WINDOWS | MANAGERS,
    "supervision.escalation": WINDOWS | MANAGERS,
    "supervision.answer": WINDOWS | MANAGERS,
    "supervision.sweep": MANAGERS | SYSADMIN,
    "reports.index": MANAGERS,
    "reports.show": MANAGERS,
    "reports.pdf": MANAGERS,
    "reports.issue": OFFICE,
    "api_projects.draft_project": PROGRAMS,
    "api_projects.list_projects": PROGRAMS,
    "api_projects.show_project": PROGRAMS,
    "api_projects.show_history": PROGRAMS,
    "api_projects.show_plan": PROGRAMS,
    "api_projects.move_project_on": PROGRAMS,
    "api_approvals.list_approvals": PROGRAMS,
    "api_approvals.show_approval": PROGRAMS,
    "api_approvals.show_clock": PROGRAMS,
    "api_approvals.move_approval_on": PROGRAMS,
    "api_feed.feed": PROGRAMS,
}
