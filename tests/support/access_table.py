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
FINANCE = {"finance"}  # confirms the money of the programme, and sees no project
PROGRAMS = BUSINESS | FINANCE | {"integration"}
PROGRAMME = MANAGERS | OWNER | FINANCE | {"liaison"}
PEOPLE = BUSINESS | FINANCE | {"sysadmin", "secadmin", "auditor"}  # all but programs

# Whose each route is: blueprint, who opens them, and its routes.
ROUTES: tuple[tuple[str, str | set[str], str], ...] = (
    ("", PUBLIC, "static"),
    ("accounts", SIGNED_IN, "home sign_out password password_now"),
    ("accounts", PUBLIC, "sign_in sign_in_now language"),
    ("accounts", MANAGERS | {"liaison"} | SYSADMIN | SECADMIN, "contact"),
    ("administration", SYSADMIN, "units create_unit unit rename_unit merge_preview merge_unit"),
    ("administration", SYSADMIN, "create_person reset_password set_active move_person revoke_token"),
    ("administration", SYSADMIN | SECADMIN, "people person"),
    ("administration", SECADMIN, "set_roles"),
    ("administration", AUDITOR, "events"),
    ("health", PUBLIC, "healthz readyz"),
    ("docs", PUBLIC, "description page file"),
    ("amendments", OWNER, "amend propose"),
    ("amendments", OFFICE | CENTRE, "index"),
    ("filing", OWNER, "index new create type_new discard_new show make edit mend type_edit discard_edit add_document"),
    ("filing", OWNER, "change_own_document"),
    ("materials", OWNER | {"liaison"}, "upload change"),
    ("materials", BUSINESS, "guide"),
    ("filing", OWNER, "screen review_new show_review_new review_edit show_review_edit receipt"),
    ("filing", OWNER, "report_works"),
    ("filing", BUSINESS, "document"),
    ("notices", BUSINESS | FINANCE, "index seen"),
    ("absences", PEOPLE, "index new look enter confirm decline end deputy name_deputy"),
    ("absences", MANAGERS | {"window_head", "sysadmin"}, "away"),
    (
        "outbox",
        BUSINESS | FINANCE,
        "show ask_mail confirm confirm_now set_webhook trial remove choose make_feed revoke_feed",
    ),
    ("calendar_feed", PUBLIC, "show"),
    ("deliveries", SYSADMIN, "index again"),
    ("jobs", SYSADMIN, "index again"),
    ("triage", OFFICE, "inbox show make together sort_together sorted_together"),
    ("registration", CENTRE, "inbox show make"),
    ("liaisons", {"liaison"}, "day"),
    ("liaisons", CENTRE | OFFICE, "index"),
    ("liaisons", CENTRE, "person reassign"),
    ("liaisons", MANAGERS | {"liaison"}, "terms"),
    ("requests", MANAGERS | {"liaison"}, "index"),
    ("requests", MANAGERS | {"liaison"} | OWNER, "of_project show"),
    ("requests", OWNER, "ask"),
    ("requests", CENTRE | {"liaison"} | OWNER, "make"),
    ("contacts", MANAGERS | {"liaison"} | OWNER, "index"),
    ("contacts", CENTRE | {"liaison"}, "add done"),
    ("roster", CENTRE, "index preview save off"),
    ("windows", QUEUES, "queue"),
    ("windows", BUSINESS, "show make clock"),
    ("owed", BUSINESS, "index"),
    ("corrections", QUEUES | {"city_government"}, "show"),
    ("corrections", WINDOWS | CENTRE, "make"),
    ("papers", BUSINESS, "notice notice_pdf clock_pdf"),
    ("calendars", SYSADMIN | MANAGERS, "index year redated"),
    ("catalogues", SYSADMIN | MANAGERS, "index show text"),
    ("catalogues", SYSADMIN, "new look load take_back take_back_now"),
    ("calendars", SYSADMIN, "new type_on look load take_back take_back_now"),
    ("supervision", WINDOWS | MANAGERS, "escalations escalation answer"),
    ("supervision", {"city_government"}, "instruct"),
    ("vacancies", CENTRE | OFFICE | SYSADMIN | SECADMIN, "index"),
    ("orders", WINDOWS | MANAGERS | {"liaison"}, "index show pdf"),
    ("orders", CENTRE | OFFICE, "new issue"),
    ("orders", WINDOWS | CENTRE | OFFICE, "make"),
    ("offices", MANAGERS, "index"),
    ("cards", WINDOWS | MANAGERS, "index show"),
    ("cards", {"window_head"} | OFFICE, "make"),
    ("joint", MANAGERS | {"liaison", "window_head"}, "index show"),
    ("joint", OFFICE, "make"),
    ("joint", {"window_head"}, "escalate write word"),
    ("trials", OFFICE | SYSADMIN, "show run"),
    ("supervision", MANAGERS | SYSADMIN, "sweep"),
    ("board", MANAGERS, "index approvals"),
    ("reports", MANAGERS, "index show pdf sheet make"),
    ("verifying", PUBLIC, "index by_code by_file"),
    ("report_making", MANAGERS, "issuing papers ask paper"),
    ("issued_papers", MANAGERS, "pdf"),
    ("report_lines", MANAGERS | WINDOWS, "show cases"),
    ("report_lines", WINDOWS, "own"),
    ("report_parts", MANAGERS | WINDOWS, "papers ask paper"),
    ("reports", OFFICE, "issue"),
    ("casefile", MANAGERS | {"liaison", "window_head"}, "index show make"),
    ("casefile", MANAGERS | {"liaison"}, "contact"),
    ("whose_time", MANAGERS | WINDOWS | {"liaison"}, "index approvals"),
    ("whose_time", OFFICE | CENTRE, "pauses"),
    ("programme", PROGRAMME, "ledger ledger_sheet year item entry evidence"),
    ("programme", OWNER | OFFICE, "new propose plan assign make_item"),
    ("programme", OWNER | OFFICE | FINANCE, "make_entry"),
    ("programme", OWNER | FINANCE, "month"),
    ("programme", OWNER, "month_sheet preview_month_sheet take_month_sheet return_month_sheet"),
    ("programme", OWNER | OFFICE, "plan_sheets plan_sheet preview_plan_sheet take_plan_sheet return_plan_sheet"),
    ("programme", FINANCE, "money_sheet preview_money_sheet take_money_sheet return_money_sheet"),
    ("programme", OFFICE, "months make_year"),
    ("api_projects", PROGRAMS, "draft_project list_projects show_project show_history show_plan move_project_on"),
    ("api_approvals", PROGRAMS, "list_approvals show_approval show_clock move_approval_on"),
    ("api_orders", PROGRAMS, "list_orders begin show_order move_order_on"),
    ("api_cards", PROGRAMS, "list_cards move_card_on"),
    ("api_owner_requests", PROGRAMS, "list_requests ask_about_project show_request move_request_on"),
    ("api_words", PROGRAMS, "list_words move_word_on"),
    ("api_programme", PROGRAMME | {"integration"}, "show_programme list_programme_items show_programme_item"),
    ("api_programme", PROGRAMME | {"integration"}, "show_entry show_course show_changes show_outlook"),
    ("api_programme", PROGRAMS, "move_programme_on move_item_on move_entry_on"),
    ("api_evidence", PROGRAMS, "send_evidence"),
    ("api_reports", MANAGERS | {"integration"}, "show_figures show_issued_pdf"),
    ("api_feed", PROGRAMS, "feed"),
)
TABLE = {f"{blueprint}.{name}".lstrip("."): who for blueprint, who, names in ROUTES for name in names.split()}
assert len(TABLE) == sum(len(names.split()) for _, _, names in ROUTES), "a route stands twice"
