"""What each role is to do, told a second time: plain SQL on the tables, a kind of duty each."""

# ruff: noqa: S608 (our own texts)

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from approvals.accounts.actors import Actor
from workflows.config.policy import load_policy

_AT_UNIT = "SELECT a.id FROM approvals a JOIN projects p ON p.id = a.project_id WHERE a.department_id = :unit AND "
_OF_OWNER = "SELECT a.id FROM approvals a JOIN projects p ON p.id = a.project_id WHERE p.owner_unit_id = :unit AND "
_MINE = "p.liaison_id = :person AND p.state IN ('registered', 'suspended')"
_ENTRIES = (
    "SELECT e.id FROM programme_entries e JOIN programme_tasks t ON t.id = e.task_id"
    " JOIN programme_items i ON i.id = t.item_id WHERE "
)
_RAISED = (
    "SELECT e.id FROM escalations e JOIN approvals a ON a.id = e.approval_id WHERE e.state = 'raised' AND"
    " a.round = e.round AND a.state NOT IN ('granted', 'refused', 'not_accepted', 'withdrawn', 'struck') AND "
)
_ASKED = "SELECT id FROM programme_problems WHERE state = 'open' AND asked_at IS NOT NULL AND answered_at IS NULL AND "
_SAID_BEFORE = "SELECT id FROM programme_problems WHERE state = 'open' AND said_at < :stale"

CITY = ZoneInfo("Asia/Shanghai")

# A project of the unit that decides, to whose decision no head agreed yet.
_UNAGREED = (
    "p.owner_unit_id = a.department_id AND a.id NOT IN (SELECT h.approval_id FROM history_entries h"
    " WHERE h.move = 'agree' AND h.round = a.round AND h.approval_id IS NOT NULL)"
)

# The kinds of each person of the example city, with the SQL that finds what they are about.
_WINDOW = {
    "intake": _AT_UNIT + "a.state = 'received'",
    "decide": _AT_UNIT + "a.state = 'accepted' AND NOT (" + _UNAGREED + ")",
    "special": _AT_UNIT + "a.state = 'paused'",
    "deliver": _AT_UNIT + "a.state IN ('granted', 'refused') AND a.delivered_on IS NULL",
    "check": _AT_UNIT + "a.check_on IS NOT NULL AND p.state NOT IN ('withdrawn', 'declined')",
    "escalation": _RAISED + "e.level = 1 AND a.department_id = :unit",
    "order": "SELECT id FROM orders WHERE department_id = :unit AND state IN ('issued', 'sent_back')",
    "problem": _ASKED + "asked_unit_id = :unit",
}
_OWN = " AND (a.handler_id IS NULL OR a.handler_id = :person)"  # a window person's cases, and those that nobody has
_OF_CASES = ("intake", "decide", "special", "deliver", "check", "escalation")
KINDS: Mapping[str, Mapping[str, str]] = {
    "owner1": {
        "draft": "SELECT id FROM projects WHERE owner_unit_id = :unit AND state = 'drafted'",
        "returned": "SELECT id FROM projects WHERE owner_unit_id = :unit AND state = 'returned'",
        "submit": _OF_OWNER + "p.state = 'registered' AND a.state = 'ready'",
        "resubmit": _OF_OWNER + "p.state = 'registered' AND a.state = 'correcting'",
        "reapply": _OF_OWNER
        + "p.state = 'registered' AND (a.state IN ('refused', 'not_accepted') OR a.state = 'withdrawn' AND EXISTS"
        " (SELECT 1 FROM approvals w WHERE w.project_id = a.project_id AND w.state = 'waiting'"
        " AND w.requires LIKE '%\"' || a.code || '\"%'))",
        "collect": _OF_OWNER + "a.state IN ('granted', 'refused') AND a.delivered_on IS NULL",
        "owed": _OF_OWNER + "a.owed_until IS NOT NULL AND p.state NOT IN ('withdrawn', 'declined')",
        "entry_review": _ENTRIES + "e.state = 'reported' AND i.lead_unit_id = :unit",
        "problem": _ASKED + "asked_unit_id = :unit",
    },
    "window-a01": {kind: sql + (_OWN if kind in _OF_CASES else "") for kind, sql in _WINDOW.items()},
    "head-a02": _WINDOW
    | {
        "agree": _AT_UNIT + "a.state = 'accepted' AND " + _UNAGREED,
        "appeal": "SELECT c.id FROM cards c JOIN approvals a ON a.id = c.approval_id"
        " WHERE c.state = 'shown' AND c.appeal_by >= :today AND a.department_id = :unit",
        "correction": "SELECT c.id FROM corrections c JOIN approvals a ON a.id = c.approval_id"
        " WHERE c.state = 'proposed' AND c.proposed_as = 'window' AND c.proposed_by <> :username"
        " AND a.department_id = :unit",
    },
    "liaison1": {
        "request": "SELECT r.id FROM requests r JOIN projects p ON p.id = r.project_id"
        " WHERE r.state = 'raised' AND (r.responsible_id = :person OR p.liaison_id = :person)",
        "late": "SELECT a.id FROM approvals a JOIN projects p ON p.id = a.project_id"
        f" WHERE a.state IN ('accepted', 'paused') AND a.yellow_from <= :today AND {_MINE}",
        "follow_up": "SELECT c.id FROM contacts c JOIN projects p ON p.id = c.project_id WHERE c.follow_up_on <= :today"
        " AND c.done_at IS NULL AND p.liaison_id = :person AND c.strikes_id IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM contacts s WHERE s.strikes_id = c.id)",
        "works": "SELECT p.id FROM projects p WHERE (p.works_started_on IS NOT NULL AND NOT p.is_works_start_confirmed"
        f" OR p.works_finished_on IS NOT NULL AND NOT p.is_works_finish_confirmed) AND {_MINE}",
        "silent": f"SELECT p.id FROM projects p WHERE {_MINE} AND p.registered_at <= :silent"
        " AND NOT EXISTS (SELECT 1 FROM requests r WHERE r.project_id = p.id AND r.answered_at > :silent)"
        " AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.project_id = p.id AND c.at > :silent"
        " AND c.strikes_id IS NULL AND NOT EXISTS (SELECT 1 FROM contacts s WHERE s.strikes_id = c.id))",
    },
    "centre1": {
        "register": "SELECT id FROM projects WHERE state = 'classified' AND kind = 'construction'",
        "escalation": _RAISED + "e.level = 2",
        "amendment": "SELECT id FROM projects WHERE amendment_seq IS NOT NULL AND state IN ('registered', 'suspended')",
        "order_review": "SELECT id FROM orders WHERE state = 'answered' AND level = 2",
        "correction": "SELECT id FROM corrections WHERE state = 'proposed' AND proposed_as = 'window_head'",
        "request": "SELECT id FROM requests WHERE state = 'raised'"
        " AND (responsible_id = :person OR climbed_at IS NOT NULL)",
    },
    "office1": {
        "sort": "SELECT id FROM projects WHERE state = 'filed'",
        "divert": "SELECT id FROM projects WHERE state = 'classified' AND kind <> 'construction'",
        "escalation": _RAISED + "e.level = 3",
        "amendment": "SELECT id FROM projects WHERE amendment_seq IS NOT NULL AND state IN ('registered', 'suspended')",
        "order_review": "SELECT id FROM orders WHERE state = 'answered' AND level = 3",
        "appeal_review": "SELECT id FROM cards WHERE state = 'appealed'",
        "suspension": "SELECT id FROM projects WHERE state = 'suspended' AND review_on <= :today",
        "claim": "SELECT id FROM programme_items WHERE state = 'claimed'",
        "replan": "SELECT id FROM programme_replans WHERE state = 'asked'",
        "division": "SELECT id FROM programme_day_divisions WHERE state = 'asked'",
        "month": "SELECT min(e.id) FROM programme_entries e WHERE e.state <> 'due' AND e.month < :month"
        " AND e.month NOT IN (SELECT month FROM programme_closed_months) GROUP BY e.month",
        "problem": _ASKED + "asked_unit_id = :unit",
        "problem_order": _ASKED + "asked_at < :unanswered AND order_ref = '' AND coalesce(asked_unit_id, 0) <> :unit",
        "problem_word": _SAID_BEFORE + " AND NOT (asked_at IS NOT NULL AND answered_at IS NULL"
        " AND (coalesce(asked_unit_id, 0) = :unit OR asked_at < :unanswered AND order_ref = ''))",
    },
    "leader1": {"escalation": _RAISED + "e.level = 4", "problem": _ASKED + "asked_office <> ''"},
    "finance1": {
        "money": _ENTRIES + "e.state IN ('reported', 'confirmed') AND e.money_confirmed_at IS NULL",
    },
    "sysadmin1": {},
    "secadmin1": {},
    "auditor1": {},
}


def expected_duties(tx: Connection, actor: Actor, now: datetime, today: date) -> list[tuple[str, int]]:
    """Kind and id of each duty that a SELECT finds; moments are compared as SQLite keeps them."""
    policy = load_policy()
    stale, unanswered = policy.programme.problem_stale, policy.programme.problem_unanswered
    values = {
        "unit": actor.unit_id,
        "person": actor.id,
        "username": actor.username,
        "today": today.isoformat(),
        "month": f"{today:%Y-%m}",
        "silent": _kept(now - timedelta(days=policy.answering.contact_every)),
        "stale": _kept(_midnight(today - timedelta(stale - 1))),
        "unanswered": _kept(_midnight(today - timedelta(unanswered - 1))),
    }
    return sorted(
        (kind, row[0])
        for kind, sql in KINDS[actor.username].items()
        for row in tx.execute(text(sql), {name: value for name, value in values.items() if f":{name}" in sql})
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY)


def _kept(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[: -len("+00:00")]
