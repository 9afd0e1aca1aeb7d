"""A city with something in every list, in many states: made by real moves, the same on both engines."""

from datetime import timedelta

from sqlalchemy import Connection, insert, select

from approvals.accounts.queries import PERSON
from approvals.base.jobs import JOB, enqueue, take
from approvals.handover.actions import CENTRE, deactivate
from approvals.notifications.queries import DELIVERY
from tests.support.builders import APPROVAL_PATHS, GIVEN, a_project, an_actor, an_approval, an_owing, do, walk, when
from tests.support.programme import an_item, program

PEOPLE = (
    *("owner1", "office1", "centre1", "liaison1", "leader1", "window-a01", "head-a01", "finance1"),
    *("sysadmin1", "secadmin1", "auditor1"),
)
# Names whose order by code point is that of no dictionary: Latin in both cases, digits, rare characters beyond U+FFFF.
NAMES = ("炳草岗小学", "Zoo road", "apple school", "123 clinic", "𠮷田幼儿园", "阿署达桥", "一号桥", "清香坪卫生院")
COUNTIES = ("东区", "西区", "仁和区", "米易县", "盐边县")
CATEGORIES = ("教育助学", "医疗卫生", "就业促进")


def prepare(tx: Connection) -> dict[str, str]:
    _approvals(tx)
    _projects(tx)
    _supervision(tx)
    _programme(tx)
    _office_work(tx)
    _administration(tx)
    return {}


def _approvals(tx: Connection) -> None:
    """An approval of A01 in each state, some along the lights, and one of another department."""
    for state in APPROVAL_PATHS:
        an_approval(tx, state)
    for day in ("2026-01-05", "2026-02-27", "2026-03-04"):
        an_approval(tx, "accepted", at=when(day))
    an_approval(tx, "received", at=when("2026-03-09"))
    for day, handler in (("2026-03-03", "window-a01"), ("2026-03-05", "head-a01"), ("2026-03-06", "window-a01")):
        do(tx, "head-a01", "assign", an_approval(tx, "received", at=when(day)), {"handler": handler})
    ref = a_project(tx, "registered", at=when("2026-02-24"), name="火箭路小学")
    walk(tx, ref, "A01", (*APPROVAL_PATHS["granted"], "deliver"))
    walk(tx, ref, "A02", APPROVAL_PATHS["accepted"])
    suspended = an_approval(tx, "accepted", at=when("2026-03-05"))
    do(tx, "office1", "suspend", suspended.partition("/")[0], at=when("2026-03-06"))


def _projects(tx: Connection) -> None:
    states = ("filed", "classified", "registered", "returned", "drafted", "diverted", "withdrawn", "filed")
    for number, (name, state) in enumerate(zip(NAMES, states, strict=True)):
        values = {"county": COUNTIES[number % len(COUNTIES)], "planned_10k_yuan": f"{(number * 37) % 90 + 1}.50"}
        category = CATEGORIES[number % len(CATEGORIES)]
        a_project(tx, state, name=name, at=when(f"2026-03-0{number + 1}"), category=category, **values)


def _programme(tx: Connection) -> None:
    """Items of the year in two states, and approvals that owe materials."""
    for number, name in enumerate(NAMES[:4]):
        state = ("adopted", "proposed")[number % 2]
        an_item(tx, state, f"programme/2026/90{number}", name=name)
    for day in ("2026-03-20", "2026-03-18", "2026-03-20"):
        an_owing(tx, until=day)


def _supervision(tx: Connection) -> None:
    """Orders of two departments, requests that wait and that were answered, and what a sweep raises and shows."""
    for number, (unit, day) in enumerate((("市发展改革委", "2026-03-13"), ("市自然资源局", "2026-03-12")) * 2):
        values = GIVEN["issue"] | {"department": unit, "due_on": day, "subject": NAMES[number]}
        ref = a_project(tx, "registered", name=f"督办{number}号", at=when("2026-03-04"))
        do(tx, "centre1", "issue", f"{ref}/orders", values, at=when("2026-03-09", f"09:0{number}"))
    for number in range(5):
        ref = a_project(tx, "registered", name=f"诉求{number}号", at=when("2026-03-04"))
        do(tx, "owner1", "ask", f"{ref}/requests", GIVEN["ask"], at=when("2026-03-09", f"10:0{number}"))


def _office_work(tx: Connection) -> None:
    """Changes to confirm, joint projects and projects without a liaison, and problems of a year."""
    for number, name in enumerate(NAMES[4:7]):
        at = when(f"2026-03-0{number + 3}")
        changed = a_project(tx, "registered", name=f"变更{name}", at=at)
        do(tx, "owner1", "amend", changed, {"name": f"{name}(二期)", "reason": "立项批复的名称已变"})
        joint = a_project(tx, "registered", name=f"共管{name}", at=when(f"2026-01-0{number + 5}"))
        do(tx, "office1", "manage_jointly", joint, at=when("2026-01-12", f"10:0{number}"))
    for number, name in enumerate(NAMES[:3]):
        orphan = a_project(tx, "classified", name=f"无人{name}", at=when("2026-02-03", f"09:0{number}"))
        do(tx, "centre1", "register", orphan, {"liaison": "liaison2"})
        do(tx, "owner1", "ask", f"{orphan}/requests", GIVEN["ask"])
    deactivate(tx, "liaison2", CENTRE, by=an_actor(tx, "sysadmin1"), now=when("2026-03-05"))
    problems = (("land", "2026-02-10"), ("funds", "2026-01-20"), ("land", "2026-03-02"), ("funds", "2026-02-10"))
    for number, (kind, since) in enumerate(problems):
        given = {"text": f"第{number}个困难", "kind": kind, "since": since}
        problem = program(tx, "office1", "raise_problem", "programme/2026/900/problems", given, "2026-03-05").ref
    program(tx, "office1", "close_problem", problem, {"result": "已解决"}, "2026-03-06")


def _administration(tx: Connection) -> None:
    """Jobs in three states, some of them deliveries that were given up."""
    people = tx.execute(select(PERSON.c.id).where(PERSON.c.username.in_(PEOPLE[:3])).order_by(PERSON.c.id)).scalars()
    for number, person_id in enumerate(people):
        at, key = when("2026-03-05", f"08:0{number}"), f"delivery-{number}"
        digest = {"key": key, "person_id": person_id, "channel": "mail", "digest_on": at.date(), "state": "waiting"}
        tx.execute(insert(DELIVERY).values(digest | {"told_at": at, "made_at": at}))
        _failed(tx, enqueue(tx, "deliver_mail", key, {}, at), "No mail server.", tries=3 - number)
    for number, month in enumerate(("2026-01", "2026-02", "2025-12", "2025-11")):
        job_id = enqueue(tx, "compile_month", month, {}, when("2026-03-06", f"09:0{number}"))
        if number % 2:
            take(tx, JOB.c.id == job_id, f"machine-{number}", when("2026-03-06", f"10:1{number}"))
            _failed(tx, job_id, "The report cannot be compiled.", tries=number)


def _failed(tx: Connection, job_id: int, why: str, tries: int) -> None:
    ended = when("2026-03-06", "12:00") - timedelta(minutes=tries)
    values = {"state": "failed", "error": why, "tries": tries, "ended_at": ended, "lease_until": None}
    tx.execute(JOB.update().where(JOB.c.id == job_id).values(values))
