"""Who reaches a case at each route that names one, written down by hand: endpoint -> (people, move that is tried).

The case is a project of owner1's unit, accompanied by liaison1, with its approval A01 at the window of window-a01.
"""

PEOPLE = (
    "owner1",  # own unit
    "owner2",  # foreign unit
    "window-a01",  # the approval's department
    "head-a01",
    "window-a02",  # another department
    "head-a02",
    "liaison1",  # accompanies the project
    "liaison2",
    "centre1",
    "office1",
    "leader1",
    "integration1",
    "sysadmin1",
)
OWN, DEPARTMENT, LIAISONS = {"owner1"}, {"window-a01", "head-a01"}, {"liaison1", "liaison2"}
OFFICES = {"centre1", "office1", "leader1"}
CITY = LIAISONS | OFFICES
PROGRAMS = {"integration1"}

REACHES: dict[str, tuple[set[str], str]] = {
    "filing.show": (OWN, ""),
    "filing.edit": (OWN, ""),
    "filing.mend": (OWN, ""),
    "filing.type_edit": (OWN, ""),
    "filing.discard_edit": (OWN, ""),
    "filing.review_edit": (OWN, ""),
    "filing.receipt": (OWN, ""),
    "filing.show_review_edit": (OWN, ""),
    "filing.add_document": (OWN, ""),
    "filing.change_own_document": (OWN, "rename"),
    "materials.upload": (OWN | {"liaison1"}, ""),
    "materials.change": (OWN | {"liaison1"}, "rename"),
    "amendments.amend": (OWN, ""),
    "amendments.propose": (OWN, ""),
    "filing.make": (OWN, "withdraw"),
    "filing.report_works": (OWN, "start_works"),
    "triage.show": ({"office1"}, ""),
    "triage.make": ({"office1"}, "classify"),
    "registration.show": ({"centre1"}, ""),
    "registration.make": ({"centre1"}, "register"),
    "liaisons.terms": (CITY, ""),
    "liaisons.reassign": ({"centre1"}, ""),
    "requests.of_project": (OWN | CITY, ""),
    "requests.ask": (OWN, ""),
    "requests.show": (OWN | CITY, ""),
    "requests.make": ({"liaison1", "centre1"}, "answer"),
    "contacts.index": (OWN | CITY, ""),
    "contacts.add": ({"liaison1", "centre1"}, ""),
    "contacts.done": ({"liaison1", "centre1"}, ""),
    "windows.show": (OWN | DEPARTMENT | CITY, ""),
    "windows.clock": (OWN | DEPARTMENT | CITY, ""),
    "papers.notice": (OWN | DEPARTMENT | CITY, ""),
    "papers.notice_pdf": (OWN | DEPARTMENT | CITY, ""),
    "papers.clock_pdf": (OWN | DEPARTMENT | CITY, ""),
    "windows.make": ({"window-a01"}, "notify_once"),
    "supervision.escalation": (DEPARTMENT | OFFICES, ""),
    "supervision.answer": (DEPARTMENT | OFFICES, ""),
    "supervision.instruct": ({"leader1"}, ""),
    "orders.show": (DEPARTMENT | CITY, ""),
    "orders.make": (DEPARTMENT, "answer"),
    "orders.pdf": (DEPARTMENT | CITY, ""),
    "api_orders.show_order": (DEPARTMENT | CITY | PROGRAMS, ""),
    "api_orders.move_order_on": (DEPARTMENT, "answer"),
    "corrections.show": (DEPARTMENT | CITY, ""),
    "corrections.make": (DEPARTMENT, "propose_correction"),
    "cards.show": (DEPARTMENT | OFFICES, ""),
    "cards.make": ({"office1"}, "withdraw_card"),
    "joint.show": (CITY, ""),
    "joint.make": ({"office1"}, "manage_jointly"),
    "joint.escalate": (set(), ""),  # only the heads of two units that are responsible together
    "joint.write": (set(), ""),
    "joint.word": (set(), "sign_word"),
    "casefile.show": (CITY, ""),
    "casefile.paper": (CITY, ""),
    "casefile.schedule": (OWN | CITY, ""),
    "casefile.make": ({"office1"}, "suspend"),
    "casefile.contact": (CITY, ""),
    "api_projects.show_project": (OWN | CITY | PROGRAMS, ""),
    "api_projects.show_history": (OWN | CITY | PROGRAMS, ""),
    "api_projects.show_plan": (OWN | CITY | PROGRAMS, ""),
    "api_projects.move_project_on": ({"office1"}, "suspend"),
    "api_approvals.show_approval": (OWN | DEPARTMENT | CITY | PROGRAMS, ""),
    "api_approvals.show_clock": (OWN | DEPARTMENT | CITY | PROGRAMS, ""),
    "api_cards.list_cards": (OWN | DEPARTMENT | CITY | PROGRAMS, ""),
    "api_cards.move_card_on": ({"office1"}, "withdraw_card"),
    "api_owner_requests.list_requests": (OWN | CITY | PROGRAMS, ""),
    "api_owner_requests.ask_about_project": (OWN, ""),
    "api_owner_requests.show_request": (OWN | CITY | PROGRAMS, ""),
    "api_owner_requests.move_request_on": ({"liaison1", "centre1"}, "answer"),
    "api_words.list_words": (OWN | CITY | PROGRAMS, ""),
    "api_words.move_word_on": (set(), "sign_word"),
    "api_approvals.move_approval_on": ({"window-a01"}, "notify_once"),
}

# Routes with a parameter that is no case: units, people, months, papers; documents have tests of their own.
NAMES_NO_CASE = {"static"} | {
    f"{blueprint}.{view}"
    for blueprint, views in {
        "accounts": "contact",
        "absences": "confirm decline deputy end name_deputy",
        "administration": "change_person create_person merge_preview merge_unit move_person person rename_unit "
        "remove_factor reset_password revoke_token set_active set_roles unit",
        "handbook": "show picture read_hint",
        "second": "confirm decline",
        "saved_views": "remove",
        "list_files": "download remove",
        "api_reports": "show_figures show_issued_pdf",
        "calendar_feed": "show",
        "calendars": "take_back take_back_now year",
        "catalogues": "show text",
        "docs": "file",
        "filing": "document preview",
        "liaisons": "person",
        "materials": "guide",
        "api_programme": "list_programme_items move_entry_on move_item_on move_programme_on show_changes show_course "
        "show_entry show_outlook show_programme show_programme_item",
        "api_problems": "begin_problem list_problems move_problem_on show_problem",
        "programme": "assign entry evidence item make_entry make_item make_problem make_year money_sheet month_sheet "
        "months new new_problem plan plan_sheet plan_sheets preview_plan_sheet problem propose raise_problem "
        "record_outcome return_plan_sheet take_plan_sheet year",
        "outbox": "confirm confirm_now remove trial",
        "reports": "issue make pdf sheet show",
        "report_lines": "show cases",
        "report_making": "issuing papers ask paper brief",
        "bulletin_orders": "show make",
        "deductions": "show make",
        "report_parts": "papers ask paper",
        "issued_papers": "pdf",
        "verifying": "by_code",
        "roster": "off",
        "bulk": "results",
        "triage": "sort_together sorted_together together",
    }.items()
    for view in views.split()
}
