"""What the charts promise, written down by hand: states, and per move where from, where to and by whom.

Nothing here is read from the product; the tests hold the product to it.
"""

OWNER, WINDOW, HEAD, LIAISON = "owner", "window", "window_head", "liaison"
CENTRE, OFFICE, CITY, FINANCE = "service_centre", "supervision_office", "city_government", "finance"
SYSTEM = "system"
ROLES = (
    *(OWNER, WINDOW, HEAD, LIAISON, CENTRE, OFFICE, CITY, FINANCE),
    *("integration", "sysadmin", "secadmin", "auditor"),
)
SAME = "same"  # the state is left as it is
NEW = "–"  # there is no case yet

PROJECT_STATES = (
    *("drafted", "filed", "returned", "classified", "diverted", "registered", "suspended", "completed"),
    *("declined", "withdrawn"),
)
PROJECT_FINAL = ("diverted", "completed", "declined", "withdrawn")
UNFINISHED = ("drafted", "filed", "returned", "classified", "registered", "suspended")
PROJECT_MOVES = {
    "draft": ((NEW,), "drafted", (OWNER,)),
    "edit": (("drafted", "returned"), SAME, (OWNER,)),
    "file": (("drafted",), "filed", (OWNER,)),
    "return_filing": (("filed",), "returned", (OFFICE,)),
    "refile": (("returned",), "filed", (OWNER,)),
    "decline": (("filed",), "declined", (OFFICE,)),
    "classify": (("filed",), "classified", (OFFICE,)),
    "divert": (("classified",), "diverted", (OFFICE,)),
    "register": (("classified",), "registered", (CENTRE,)),
    "reassign": (("registered", "suspended"), SAME, (CENTRE,)),
    "amend": (("registered", "suspended"), SAME, (OWNER,)),
    "confirm_amendment": (("registered", "suspended"), SAME, (CENTRE, OFFICE)),
    "decline_amendment": (("registered", "suspended"), SAME, (CENTRE, OFFICE)),
    "take_back_amendment": (("registered", "suspended"), SAME, (OWNER,)),
    "add_approval": (("registered",), SAME, (CENTRE,)),
    "strike_approval": (("registered",), SAME, (CENTRE,)),
    "mark": (UNFINISHED, SAME, (OFFICE,)),
    "suspend": (("registered",), "suspended", (OFFICE,)),
    "resume": (("suspended",), "registered", (OFFICE,)),
    "start_works": (("registered",), SAME, (OWNER, LIAISON)),
    "finish_works": (("registered",), SAME, (OWNER, LIAISON)),
    "manage_jointly": (("classified", "registered", "suspended"), SAME, (OFFICE,)),
    "end_joint": (("classified", "registered", "suspended"), SAME, (OFFICE,)),
    "change_unit": (("drafted", "filed", "returned", "classified", "registered", "suspended"), SAME, (SYSTEM,)),
    "hand_over": (("registered", "suspended"), SAME, (SYSTEM,)),
    "remind_office": (("filed", "classified"), SAME, (SYSTEM,)),
    "report_late": (("filed", "classified"), SAME, (SYSTEM,)),
    "complete": (("registered",), "completed", (SYSTEM,)),
    "withdraw": (UNFINISHED, "withdrawn", (OWNER,)),
}

APPROVAL_STATES = (
    *("waiting", "ready", "received", "correcting", "accepted", "paused"),
    *("granted", "refused", "not_accepted", "withdrawn", "struck"),
)
AT_WINDOW = ("received", "correcting", "accepted", "paused", "granted", "refused")
APPROVAL_FINAL = ("granted", "refused", "not_accepted", "withdrawn", "struck")
APPROVAL_MOVES = {
    "open": (("waiting",), "ready", (SYSTEM,)),
    "change_unit": (tuple(state for state in APPROVAL_STATES if state != "struck"), SAME, (SYSTEM,)),
    "submit": (("ready",), "received", (OWNER, LIAISON)),
    "supplement": (("received",), SAME, (OWNER, LIAISON)),
    "notify_once": (("received",), "correcting", (WINDOW,)),
    "notify_again": (("received",), "correcting", (HEAD,)),
    "resubmit": (("correcting",), "received", (OWNER, LIAISON)),
    "accept": (("received",), "accepted", (WINDOW,)),
    "supply_owed": (("accepted", "paused", "granted"), SAME, (OWNER, LIAISON)),
    "settle_owed": (("accepted", "paused", "granted"), SAME, (WINDOW,)),
    "remind_owed": (("accepted", "paused", "granted"), SAME, (SYSTEM,)),
    "miss_owed": (("accepted", "paused", "granted"), SAME, (SYSTEM,)),
    "give_promise": (("received", "accepted", "paused"), SAME, (OWNER,)),
    "record_check": (("granted",), SAME, (WINDOW,)),
    "remind_check": (("granted",), SAME, (SYSTEM,)),
    "miss_check": (("granted",), SAME, (SYSTEM,)),
    "deem_accepted": (("received",), "accepted", (SYSTEM,)),
    "reject_intake": (("received",), "not_accepted", (WINDOW,)),
    "start_special": (("accepted",), "paused", (WINDOW, SYSTEM)),
    "end_special": (("paused",), "accepted", (WINDOW, SYSTEM)),
    "extend": (("accepted",), SAME, (HEAD,)),
    "agree": (("accepted",), SAME, (HEAD,)),
    "grant": (("accepted",), "granted", (WINDOW,)),
    "refuse": (("accepted",), "refused", (WINDOW,)),
    "deliver": (("granted", "refused"), SAME, (WINDOW,)),
    "redate": (("received", "accepted", "paused"), SAME, (SYSTEM,)),
    "warn_lapse": (("granted",), SAME, (SYSTEM,)),
    "reapply": (("refused", "not_accepted", "withdrawn"), "ready", (OWNER, LIAISON)),
    "withdraw_approval": (("ready", "received", "correcting", "accepted", "paused"), "withdrawn", (OWNER,)),
    "strike": (
        ("waiting", "ready", "received", "correcting", "accepted", "paused", "refused", "not_accepted", "withdrawn"),
        "struck",
        (SYSTEM,),
    ),
    "restore": (("struck",), "waiting", (SYSTEM,)),
    "assign": (AT_WINDOW, SAME, (HEAD,)),
    "take": (AT_WINDOW, SAME, (WINDOW,)),
    "give_back": (AT_WINDOW, SAME, (HEAD, WINDOW)),
    "unassign": (AT_WINDOW, SAME, (SYSTEM,)),
    "remind_owner": (("ready", "correcting"), SAME, (CENTRE, LIAISON)),
    "remind_window": (("received", "accepted", "paused", "granted", "refused"), SAME, (CENTRE, LIAISON)),
}
HANDLING = ("assign", "take", "give_back")  # open whatever became of the project, as long as the case is in hand
REMINDERS = ("remind_owner", "remind_window")  # leave no new version

# Refused where nothing is owed or promised, and where nobody handles the case.
OWED_MOVES = ("supply_owed", "settle_owed", "give_promise", "record_check", "give_back")

ESCALATION_STATES = ("raised", "answered", "lifted", "closed")
ESCALATION_FINAL = ("closed",)
ANSWERERS = (WINDOW, HEAD, CENTRE, OFFICE, CITY)
LEVEL_OF = {WINDOW: 1, HEAD: 1, CENTRE: 2, OFFICE: 3, CITY: 4}
ESCALATION_MOVES = {
    "raise": ((NEW,), "raised", (SYSTEM,)),
    "raise_jointly": ((NEW,), "raised", (HEAD,)),
    "answer": (("raised",), "answered", ANSWERERS),
    "instruct": (("raised",), "answered", (CITY,)),
    "lift": (("raised", "answered"), "lifted", (SYSTEM,)),
    "close": (("raised", "answered", "lifted"), "closed", (SYSTEM,)),
}

REQUEST_STATES = ("raised", "answered", "closed")
REQUEST_FINAL = ("closed",)
REQUEST_MOVES = {
    "ask": ((NEW,), "raised", (OWNER,)),
    "answer": (("raised",), "answered", (LIAISON, CENTRE)),
    "ask_again": (("answered",), "raised", (OWNER,)),
    "close": (("answered",), "closed", (OWNER, LIAISON)),
    "pass_on": (("raised",), SAME, (SYSTEM,)),
    "climb": (("raised",), SAME, (SYSTEM,)),
}

DEDUCTION_STATES = ("proposed", "notified", "objected", "upheld", "appealed", "confirmed", "revoked")
DEDUCTION_FINAL = ("confirmed", "revoked")
DEDUCTION_MOVES = {
    "propose_deduction": ((NEW,), "proposed", (SYSTEM,)),
    "notify_deduction": (("proposed",), "notified", (OFFICE,)),
    "object": (("notified",), "objected", (HEAD, OWNER)),
    "uphold_deduction": (("objected",), "upheld", (OFFICE,)),
    "revoke_deduction": (("proposed", "objected"), "revoked", (OFFICE,)),
    "appeal_deduction": (("upheld",), "appealed", (HEAD, OWNER)),
    "confirm_deduction": (("appealed",), "confirmed", (CITY,)),
    "waive_deduction": (("appealed",), "revoked", (CITY,)),
    "void_deduction": (DEDUCTION_STATES[:-1], "revoked", (SYSTEM,)),
}
CARD_STATES = ("shown", "appealed", "upheld", "withdrawn")
CARD_FINAL = ("upheld", "withdrawn")
CARD_MOVES = {
    "show_card": ((NEW,), "shown", (SYSTEM,)),
    "appeal": (("shown",), "appealed", (HEAD,)),
    "withdraw_card": (("shown", "appealed"), "withdrawn", (OFFICE, SYSTEM)),
    "void_card": (("shown", "appealed", "upheld"), "withdrawn", (SYSTEM,)),
    "uphold": (("appealed",), "upheld", (OFFICE,)),
    "remind_office": (("appealed",), SAME, (SYSTEM,)),
    "report_late": (("appealed",), SAME, (SYSTEM,)),
}

ORDER_STATES = ("issued", "answered", "sent_back", "accepted")
ORDER_FINAL = ("accepted",)
ORDER_MOVES = {
    "issue": ((NEW,), "issued", (CENTRE, OFFICE, CITY)),
    "answer": (("issued", "sent_back"), "answered", (WINDOW, HEAD)),
    "accept_answer": (("answered",), "accepted", (CENTRE, OFFICE)),
    "send_back": (("answered",), "sent_back", (CENTRE, OFFICE)),
    "lift_order": (("issued", "sent_back"), SAME, (SYSTEM,)),
    "change_unit": (("issued", "answered", "sent_back"), SAME, (SYSTEM,)),
    "remind_office": (("answered",), SAME, (SYSTEM,)),
    "report_late": (("answered",), SAME, (SYSTEM,)),
}

REPORT_STATES = ("compiled", "issued")
REPORT_FINAL = ("issued",)
REPORT_MOVES = {
    "compile": ((NEW,), "compiled", (OFFICE, SYSTEM)),
    "correct": ((NEW,), "compiled", (OFFICE,)),
    "compile_again": (("compiled",), SAME, (OFFICE, SYSTEM)),
    "comment": (("compiled",), SAME, (CENTRE, OFFICE)),
    "issue": (("compiled",), "issued", (OFFICE,)),
    "acknowledge": (("issued",), SAME, (CITY, CENTRE, OFFICE)),
    "instruct": (("issued",), SAME, (CITY,)),
    "confirm_order": (("issued",), SAME, (OFFICE,)),
    "decline_order": (("issued",), SAME, (OFFICE,)),
}

WORD_STATES = ("written", "signed")
WORD_FINAL = ()
WORD_MOVES = {
    "write_word": ((NEW,), "written", (HEAD,)),
    "rewrite_word": (("written", "signed"), "written", (HEAD,)),
    "sign_word": (("written",), "signed", (HEAD,)),
}

CORRECTION_STATES = ("proposed", "confirmed", "declined")
CORRECTION_FINAL = ("confirmed", "declined")
CORRECTION_MOVES = {
    "propose_correction": ((NEW,), "proposed", (HEAD, WINDOW)),
    "confirm_correction": (("proposed",), "confirmed", (HEAD, CENTRE)),
    "decline_correction": (("proposed",), "declined", (HEAD, CENTRE)),
    "remind_office": (("proposed",), SAME, (SYSTEM,)),
    "report_late": (("proposed",), SAME, (SYSTEM,)),
}

PROGRAMME_STATES = ("open",)
PROGRAMME_FINAL = ()
PROGRAMME_MOVES = {
    "open_year": ((NEW,), "open", (SYSTEM,)),
    "close_month": (("open",), SAME, (OFFICE,)),
    "remind": (("open",), SAME, (OFFICE,)),
    "open_exception": (("open",), SAME, (OFFICE,)),
    "record_last_year": (("open",), SAME, (OFFICE,)),
    "record_outcome": (("open",), SAME, (OFFICE,)),
}

ITEM_STATES = ("proposed", "adopted", "under_way", "suspended", "claimed", "done", "dropped")
ITEM_FINAL = ("dropped",)
IN_HAND = ("adopted", "under_way")
DIVIDED = (*IN_HAND, "suspended", "claimed", "done")
ITEM_MOVES = {
    "propose": ((NEW,), "proposed", (OFFICE, OWNER)),
    "assign": (("proposed",), SAME, (OFFICE, OWNER)),
    "adopt": (("proposed",), "adopted", (OFFICE,)),
    "begin": (("adopted",), "under_way", (OWNER, SYSTEM)),
    "replan": (IN_HAND, SAME, (OWNER,)),
    "confirm_replan": (IN_HAND, SAME, (OFFICE,)),
    "refuse_replan": (IN_HAND, SAME, (OFFICE,)),
    **dict.fromkeys(("confirm_days", "decline_days"), (DIVIDED, SAME, (OFFICE,))),
    "divide_days": (DIVIDED, SAME, (OWNER,)),
    "hand_over": (IN_HAND, SAME, (OWNER,)),
    "suspend": (IN_HAND, "suspended", (OFFICE,)),
    "resume": (("suspended",), "under_way", (OFFICE,)),
    "claim_done": (("under_way",), "claimed", (OWNER,)),
    "verify_done": (("claimed",), "done", (OFFICE,)),
    "reject_done": (("claimed",), "under_way", (OFFICE,)),
    "ask_in_use": (("done",), SAME, (SYSTEM,)),
    "state_in_use": (("done",), SAME, (OWNER,)),
    "reopen": (("done",), "under_way", (OFFICE,)),
    "drop": (("proposed", "adopted", "under_way", "suspended", "claimed"), "dropped", (OFFICE,)),
    "change_unit": (("proposed", "adopted", "under_way", "suspended", "claimed", "done"), SAME, (SYSTEM,)),
    "take_over": ((NEW,), "under_way", (SYSTEM,)),
    "take_over_done": ((NEW,), "done", (SYSTEM,)),
    "take_over_suspended": ((NEW,), "suspended", (SYSTEM,)),
}

ENTRY_STATES = ("due", "reported", "sent_back", "confirmed", "closed")
ENTRY_FINAL = ()
ENTRY_MOVES = {
    "report": (("due", "reported", "sent_back"), "reported", (OWNER,)),
    "send_back": (("reported",), "sent_back", (OWNER,)),
    "confirm": (("reported",), "confirmed", (OWNER,)),
    "confirm_money": (("reported", "confirmed", "closed"), SAME, (FINANCE,)),
    "close": (("confirmed",), "closed", (OFFICE, SYSTEM)),
    "amend_entry": (("closed",), SAME, (OWNER,)),
    "confirm_amendment": (("closed",), SAME, (OWNER, OFFICE)),
    "decline_amendment": (("closed",), SAME, (OWNER, OFFICE)),
    "take_over_entry": (("due",), "closed", (SYSTEM,)),
}

PROBLEM_STATES = ("open", "closed")
PROBLEM_FINAL = ()
PROBLEM_MOVES = {
    "raise_problem": ((NEW,), "open", (OFFICE, OWNER)),
    "add_word": (("open",), SAME, (OFFICE, OWNER)),
    "ask_unit": (("open",), SAME, (OFFICE, OWNER)),
    "answer_problem": (("open",), SAME, (OWNER, WINDOW, HEAD, OFFICE, CITY)),
    "edit_problem": (("open",), SAME, (OFFICE, OWNER)),
    "close_problem": (("open",), "closed", (OFFICE, OWNER)),
    "reopen_problem": (("closed",), "open", (OFFICE, OWNER)),
    "turn_into_order": (("open",), SAME, (SYSTEM,)),
    "close_with_item": (("open",), "closed", (SYSTEM,)),
}

REMINDER_MOVES = {
    "remind_ahead": ((NEW,), "sent", (SYSTEM,)),
    "remind_missing": ((NEW,), "sent", (SYSTEM,)),
    "remind_stale": ((NEW,), "sent", (SYSTEM,)),
}

STREET = {
    "project": (PROJECT_STATES, PROJECT_FINAL, PROJECT_MOVES),
    "approval": (APPROVAL_STATES, APPROVAL_FINAL, APPROVAL_MOVES),
    "escalation": (ESCALATION_STATES, ESCALATION_FINAL, ESCALATION_MOVES),
    "card": (CARD_STATES, CARD_FINAL, CARD_MOVES),
    "deduction": (DEDUCTION_STATES, DEDUCTION_FINAL, DEDUCTION_MOVES),
    "order": (ORDER_STATES, ORDER_FINAL, ORDER_MOVES),
    "word": (WORD_STATES, WORD_FINAL, WORD_MOVES),
    "correction": (CORRECTION_STATES, CORRECTION_FINAL, CORRECTION_MOVES),
    "request": (REQUEST_STATES, REQUEST_FINAL, REQUEST_MOVES),
    "report": (REPORT_STATES, REPORT_FINAL, REPORT_MOVES),
    "programme": (PROGRAMME_STATES, PROGRAMME_FINAL, PROGRAMME_MOVES),
    "item": (ITEM_STATES, ITEM_FINAL, ITEM_MOVES),
    "entry": (ENTRY_STATES, ENTRY_FINAL, ENTRY_MOVES),
    "problem": (PROBLEM_STATES, PROBLEM_FINAL, PROBLEM_MOVES),
    "reminder": (("sent",), (), REMINDER_MOVES),
}
BEGINS_IN = {"approval": "waiting", "entry": "due"}  # charts whose rows stand before their first move

# What each move needs: field -> kind, a question mark for what may be left out.
FILING = {
    "name": "line",
    "category": "category",
    "kind": "choice",
    "county": "county",
    "planned_10k_yuan": "money",
    "answers": "answers",
    "item_no": "line?",
    "item_reason": "text?",
    "external_ref": "reference?",
    "site": "line?",
    "works_kind": "choice?",
    "scale": "scale?",
    "funding": "funding?",
    "project_code": "project_code?",
    "credit_code": "credit_code?",
    "contact_name": "line?",
    "contact_phone": "phone?",
    "planned_start_on": "day?",
    "planned_finish_on": "day?",
}
CELLS = {
    **{"quantities": "quantities?", "nodes": "reached_nodes?", "funds": "spent_funds?"},
    **{
        "no_figure": "reasons_by_name?",
        "forecast": "forecast?",
        "problems": "texts?",
        "next": "text?",
        "evidence": "evidence?",
    },
}
NEEDS = {
    ("project", "draft"): FILING,
    ("project", "edit"): {name: kind.rstrip("?") + "?" for name, kind in FILING.items()},
    ("project", "file"): {},
    ("project", "return_filing"): {"reasons": "texts"},
    ("project", "refile"): {},
    ("project", "decline"): {"reason": "text"},
    ("project", "classify"): {
        **{"category": "category", "key": "flag", "urgent": "flag", "practical_matter": "flag"},
        **{"item_no": "line?", "item_reason": "text?"},
    },
    ("project", "divert"): {"reason": "text"},
    ("project", "manage_jointly"): {"first_unit": "line", "second_unit": "line", "reason": "text"},
    ("project", "end_joint"): {"reason": "text"},
    ("escalation", "raise_jointly"): {"reason": "text"},
    ("word", "write_word"): {"text": "text"},
    ("word", "rewrite_word"): {"text": "text"},
    ("word", "sign_word"): {},
    ("project", "register"): {"liaison": "line"},
    ("project", "reassign"): {"liaison": "line", "note": "text"},
    ("project", "amend"): {name: kind.rstrip("?") + "?" for name, kind in FILING.items()} | {"reason": "text"},
    ("project", "confirm_amendment"): {},
    ("project", "decline_amendment"): {"reason": "text"},
    ("project", "take_back_amendment"): {},
    ("project", "add_approval"): {"code": "line", "ground": "text"},
    ("project", "strike_approval"): {"code": "line", "ground": "text"},
    ("project", "mark"): {"key": "flag", "urgent": "flag", "practical_matter": "flag", "reason": "text"},
    ("project", "suspend"): {"cause": "text", "restart_steps": "text", "review_on": "day"},
    ("project", "resume"): {"reason": "text"},
    ("project", "start_works"): {"day": "day", "evidence": "document?"},
    ("project", "finish_works"): {"day": "day", "evidence": "document?"},
    ("project", "withdraw"): {"reason": "text"},
    ("approval", "submit"): {"materials": "materials"},
    ("approval", "supplement"): {"materials": "materials"},
    ("approval", "notify_once"): {"items": "items"},
    ("approval", "notify_again"): {"items": "items", "justification": "text"},
    ("approval", "resubmit"): {"materials": "materials"},
    ("approval", "accept"): {"owed": "names?", "owed_until": "day?"},
    ("approval", "give_promise"): {"promise": "text"},
    ("approval", "assign"): {"handler": "line", "note": "text?"},
    ("approval", "take"): {},
    ("approval", "give_back"): {"reason": "text"},
    ("approval", "remind_owner"): {"note": "text?"},
    ("approval", "remind_window"): {"note": "text?"},
    ("approval", "record_check"): {"result": "choice", "findings": "text", "correct_by": "day?"},
    ("approval", "supply_owed"): {"materials": "materials"},
    ("approval", "settle_owed"): {"owed": "names"},
    ("approval", "reject_intake"): {"reason": "text"},
    ("approval", "start_special"): {"procedure": "line", "expected_days": "days", "notice": "text"},
    ("approval", "end_special"): {},
    ("approval", "extend"): {"days": "days", "reason": "text"},
    ("approval", "agree"): {"decision": "choice", "opinion": "text?"},
    ("approval", "grant"): {
        "document_no": "line",
        "document": "document?",
        "document_on": "day?",
        "valid_until": "day?",
        "check_on": "day?",
    },
    ("approval", "refuse"): {"reason": "text"},
    ("approval", "deliver"): {"way": "choice?", "receiver": "line?"},
    ("approval", "reapply"): {},
    ("approval", "withdraw_approval"): {"reason": "text"},
    ("card", "appeal"): {"reasons": "texts"},
    ("deduction", "notify_deduction"): {},
    ("deduction", "object"): {"reasons": "texts"},
    ("deduction", "uphold_deduction"): {"reason": "text"},
    ("deduction", "revoke_deduction"): {"reason": "text"},
    ("deduction", "appeal_deduction"): {"reasons": "texts"},
    ("deduction", "confirm_deduction"): {"reason": "text"},
    ("deduction", "waive_deduction"): {"reason": "text"},
    ("card", "withdraw_card"): {"reason": "text"},
    ("card", "uphold"): {"reason": "text"},
    ("correction", "propose_correction"): {"entry": "entry", "right_on": "day", "reason": "text"},
    ("correction", "confirm_correction"): {},
    ("correction", "decline_correction"): {"reason": "text"},
    ("escalation", "answer"): {"reason": "text", "commitment_on": "day"},
    ("escalation", "instruct"): {"reason": "text", "commitment_on": "day", "words": "text", "order_due_on": "day?"},
    ("order", "issue"): {"department": "line?", "subject": "line", "demands": "text", "due_on": "day"},
    ("order", "answer"): {"done": "text", "commitment_on": "day?"},
    ("order", "accept_answer"): {},
    ("order", "send_back"): {"reason": "text", "due_on": "day"},
    ("report", "compile"): {},
    ("report", "correct"): {"grounds": "choice", "reason": "text"},
    ("report", "compile_again"): {},
    ("report", "comment"): {"section": "line", "text": "text"},
    ("report", "issue"): {},
    ("report", "acknowledge"): {},
    ("report", "instruct"): {"on": "line", "department": "line?", "text": "text", "due_on": "day"},
    ("report", "confirm_order"): {"on": "line", "subject": "line", "demands": "text", "due_on": "day"},
    ("report", "decline_order"): {"on": "line", "reason": "text"},
    ("request", "ask"): {"text": "text"},
    ("request", "answer"): {"text": "text"},
    ("request", "ask_again"): {"text": "text"},
    ("request", "close"): {},
    ("programme", "close_month"): {"month": "month"},
    ("programme", "remind"): {"month": "month"},
    ("programme", "open_exception"): {"task": "line", "month": "month", "until": "day", "reason": "text"},
    ("programme", "record_last_year"): {
        **{"planned": "money", "fiscal": "money", "executed": "money?", "source": "line"},
    },
    ("programme", "record_outcome"): {
        **{"category": "category", "name": "line", "unit": "line", "period": "line", "value": "quantity"},
        **{"change": "change?", "source": "line", "reason": "text?"},
    },
    ("item", "propose"): {
        **{"name": "line", "category": "category", "level": "choice", "kind": "choice", "lead_unit": "line"},
        **{"leader": "line?", "origin": "line?", "practical_matter": "flag?", "key": "flag?", "urgent": "flag?"},
        **{"starts_on": "day?", "finishes_on": "day?", "planned_10k_yuan": "money?"},
    },
    ("item", "assign"): {"tasks": "tasks", "indicators": "indicators?", "nodes": "nodes?", "funds": "fund_lines?"},
    ("item", "adopt"): {},
    ("item", "begin"): {},
    ("item", "replan"): {
        **{"nodes": "node_days?", "funds": "planned_funds?", "cause": "choice", "reason": "text"},
        "days": "party_days?",
    },
    ("item", "divide_days"): {"days": "party_days", "note": "text"},
    ("item", "confirm_days"): {},
    ("item", "decline_days"): {"reason": "text"},
    ("item", "confirm_replan"): {},
    ("item", "refuse_replan"): {"reason": "text"},
    ("item", "hand_over"): {"task": "line", "person": "line", "note": "text"},
    ("item", "suspend"): {"cause": "choice", "restart_steps": "text", "review_on": "day"},
    ("item", "resume"): {"reason": "text"},
    ("item", "claim_done"): {
        **{"finished_on": "day", "day_reason": "text?", "final_10k_yuan": "money?", "money_reason": "text?"},
        **{"scope": "text?", "scope_reason": "text?", "note": "text", "handed_over_to": "line?", "paper": "line?"},
        "evidence": "evidence?",
    },
    ("item", "state_in_use"): {"in_use": "choice", "note": "text"},
    ("item", "verify_done"): {"note": "text"},
    ("item", "reject_done"): {"note": "text"},
    ("item", "reopen"): {"reason": "text"},
    ("item", "drop"): {"reason": "text"},
    ("entry", "report"): CELLS | {"reason": "text?", "problem_words": "problem_words?"},
    ("entry", "send_back"): {"reasons": "text"},
    ("entry", "confirm"): {},
    ("entry", "confirm_money"): {},
    ("entry", "close"): {},
    ("entry", "amend_entry"): CELLS | {"reason": "text"},
    ("entry", "confirm_amendment"): {},
    ("entry", "decline_amendment"): {"reason": "text"},
    ("problem", "raise_problem"): {
        **{"text": "text", "kind": "choice", "since": "day?", "tasks": "names?", "projects": "names?"},
        **{"asked_unit": "line?", "asked_office": "line?", "asked": "text?", "expected_on": "day?"},
    },
    ("problem", "add_word"): {"text": "text?", "expected_on": "day?"},
    ("problem", "ask_unit"): {"asked_unit": "line?", "asked_office": "line?", "asked": "text", "expected_on": "day?"},
    ("problem", "answer_problem"): {"text": "text"},
    ("problem", "edit_problem"): {"kind": "choice?", "since": "day?", "tasks": "names?", "projects": "names?"},
    ("problem", "close_problem"): {"result": "text"},
    ("problem", "reopen_problem"): {"reason": "text"},
}

# Somebody of each role who has to do with a project of owner1 and its item A01.
PEOPLE = {
    OWNER: "owner1",
    WINDOW: "window-a01",
    HEAD: "head-a01",
    LIAISON: "liaison1",
    CENTRE: "centre1",
    OFFICE: "office1",
    CITY: "leader1",
    FINANCE: "finance1",
    "integration": "integration1",
    "sysadmin": "sysadmin1",
    "secadmin": "secadmin1",
    "auditor": "auditor1",
}
ADMINISTRATORS = ("sysadmin", "secadmin", "auditor")
SEE_NO_PROJECT = (*ADMINISTRATORS, FINANCE)
BLIND_TO_PROJECTS = (WINDOW, HEAD, *SEE_NO_PROJECT)  # a window sees its department's approvals only
