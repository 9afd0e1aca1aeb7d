"""Plain builders: a city with its people, and cases that stand where a test needs them, moved there by real moves."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from approvals.accounts.actors import Actor
from approvals.accounts.appointments import BEGINNING, begin, grant
from approvals.accounts.identity import actor_by_username
from approvals.accounts.queries import PERSON
from approvals.base.database import Database
from approvals.base.moments import CITY_ZONE, day_of
from approvals.demo.load import load_people
from approvals.demo.people import head_of, window_of
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import kind_of_ref
from approvals.history.commands import Command
from approvals.history.record import ENTRY
from approvals.integrity.verification import verify
from approvals.moves import MoveResult, execute, read_reference
from approvals.registration.queries import APPROVALS
from approvals.supervision.queries import CARDS, ESCALATIONS
from workflows.config.catalogue import load_catalogue


def when(day: str, time: str = "09:00") -> datetime:
    """A moment in the city: when("2026-03-02", "10:30")."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=CITY_ZONE)


START = when("2026-03-02")  # a Monday; nothing but weekends until Qingming, 4 April
NOW = when("2026-11-20", "12:00")
BEFORE_ALL = date(2000, 1, 1)  # a day on which nobody is on leave
OWNERS = {"owner1": "市教育局", "owner2": "市住房城乡建设局"}

_refs = count(1)

# What the form of a filing asks for beyond what programs must say; the sources add up to the builders' investment.
FURTHER: dict[str, Any] = {
    "site": "炳草岗大街12号",
    "works_kind": "new_build",
    "scale": {"amount": "3200.00", "unit": "m2"},
    "funding": {"city": "1000.00", "own": "200.50"},
    "credit_code": "11510400008888888J",
    "contact_name": "周建国",
    "contact_phone": "0812-3332211",
}

# A school on new land: all that every building of some size needs, 24 approvals, and none that yes brings.
SCHOOL = {
    **{"works": "building", "floor_area": 3200, "land": "new", "disturbed_area": 8000, "earthwork": 2000},
    **{"energy": 1200, "eia": "form", "occupies_road": False, "affects_green_space": False},
    **{"in_heritage_zone": False, "lightning_sensitive": False},
}
# Yes to every yes/no question: with the choices and numbers left open, every item of the catalogue applies.
EVERY_ITEM = {name: True for name, question in load_catalogue().questions.items() if question.kind == "yes_no"}
A_SMALL_ROAD = {
    **{"works": "road", "length": 300, "land": "existing", "disturbed_area": 3000, "earthwork": 800, "energy": 50},
    **{"eia": "registration", "occupies_road": True, "affects_green_space": False, "in_heritage_zone": False},
}

# What each move may be given, valid in itself.
MATERIALS = {"materials": ["申请表", "项目建议书"]}
ITEMS = {"items": [{"material": "坐标表", "problem": "没有盖章", "remedy": "盖章后重新提交"}]}
GIVEN: dict[str, dict[str, Any]] = {
    "draft": {
        "name": "新建小学教学楼",
        "category": "教育助学",
        "kind": "construction",
        "county": "东区",
        "planned_10k_yuan": "1200.50",
        "answers": SCHOOL,
    },
    "edit": {"name": "新建小学教学楼(一期)"},
    "file": {},
    "return_filing": {"reasons": ["投资来源没有写明"]},
    "refile": {},
    "decline": {"reason": "不属于民生工程"},
    "classify": {"category": "教育助学", "key": False, "urgent": False, "practical_matter": True},
    "divert": {"reason": "无需审批"},
    "register": {"liaison": "liaison1"},
    "amend": {"name": "新建小学教学楼及操场", "reason": "立项批复的名称已变"},
    "confirm_amendment": {},
    "decline_amendment": {"reason": "与立项批复不符"},
    "take_back_amendment": {},
    "add_approval": {"code": "B07", "ground": "文物部门来函，须先行考古调查勘探"},
    "strike_approval": {"code": "A06", "ground": "按川府发〔2026〕3号，免于办理"},
    "mark": {"key": True, "urgent": True, "practical_matter": False, "reason": "列入市级重点项目"},
    "suspend": {"cause": "用地未落实", "restart_steps": "落实用地", "review_on": "2026-12-01"},
    "resume": {"reason": "用地已落实"},
    "start_works": {"day": "2026-03-02"},
    "finish_works": {"day": "2026-03-02"},
    "withdraw": {"reason": "项目取消"},
    "submit": MATERIALS,
    "supplement": {"materials": ["资金来源说明"]},
    "notify_once": ITEMS,
    "notify_again": ITEMS | {"justification": "又发现一处"},
    "resubmit": MATERIALS,
    "accept": {},
    "supply_owed": {"materials": ["公众参与说明"]},
    "settle_owed": {"owed": ["公众参与说明"]},
    "give_promise": {"promise": "按水土保持方案施工，竣工前完成自主验收。"},
    "record_check": {"result": "kept", "findings": "现场与承诺一致"},
    "reject_intake": {"reason": "不属于本机关"},
    "start_special": {"procedure": "咨询评估", "expected_days": 10, "notice": "已书面告知"},
    "end_special": {},
    "extend": {"days": 5, "reason": "情况复杂"},
    "agree": {"decision": "grant", "opinion": "材料齐全，同意准予。"},
    "grant": {"document_no": "攀发改〔2026〕1号"},
    "refuse": {"reason": "不符合规划"},
    "deliver": {"way": "counter", "receiver": "王明"},
    "reapply": {},
    "assign": {"handler": "window-a01"},
    "take": {},
    "give_back": {"reason": "本周外出培训"},
    "remind_owner": {},
    "remind_window": {},
    "withdraw_approval": {"reason": "不再需要"},
    "appeal": {"reasons": ["补正日期录入有误"]},
    "withdraw_card": {"reason": "经查系录入错误"},
    "uphold": {"reason": "超期属实"},
    "notify_deduction": {},
    "object": {"reasons": ["当日系统停机"]},
    "uphold_deduction": {"reason": "停机不足一小时"},
    "revoke_deduction": {"reason": "非该单位责任"},
    "appeal_deduction": {"reasons": ["停机记录附后"]},
    "confirm_deduction": {"reason": "事实清楚"},
    "waive_deduction": {"reason": "停机属实"},
    "propose_correction": {"entry": 7, "right_on": "2026-03-02", "reason": "窗口录入日期有误"},
    "confirm_correction": {},
    "decline_correction": {"reason": "收件单日期无误"},
    "answer": {"reason": "专家出差", "commitment_on": "2026-11-30"},
    "manage_jointly": {"first_unit": "市自然资源局", "second_unit": "市水利局", "reason": "急难险重，两家共管"},
    "end_joint": {"reason": "已步入正常办理"},
    "raise_jointly": {"reason": "用地指标两家协调不下"},
    "write_word": {"text": "本月完成初步设计评审。"},
    "rewrite_word": {"text": "本月完成初步设计评审，下月开工。"},
    "sign_word": {},
    "reassign": {"liaison": "liaison2", "note": "用地预审正在办理，业主每周一来电。"},
    "ask": {"text": "施工图审查需要哪些材料？"},
    "ask_again": {"text": "电子版可以吗？"},
    "close": {},
    "issue": {
        "subject": "核实积压件",
        "demands": "逐件说明原因，明确办结时间。",
        "due_on": "2026-03-13",
        "department": "市发展改革委",
    },
    "instruct": {"reason": "已要求限期办结", "commitment_on": "2026-11-30", "words": "请限期办结，逐日报告。"},
    "accept_answer": {},
    "send_back": {"reason": "没有说明责任人", "due_on": "2026-03-20"},
}


def as_form(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as a form sends them: `scale.amount`, `scale.unit` for what has parts."""
    fields: dict[str, str] = {}
    for name, value in values.items():
        parts = value.items() if isinstance(value, Mapping) else [("", value)]
        fields |= {f"{name}.{part}" if part else name: _as_typed(text) for part, text in parts}
    return fields


def _as_typed(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def a_city(tx: Connection) -> None:
    """The units and people of the example city, all without a password."""
    load_people(tx, "")


def a_database(url: str) -> Database:
    """The database at this address with a city in it."""
    database = Database(url)
    with database.write() as tx:
        a_city(tx)
    return database


def an_actor(tx: Connection, username: str, on: date | None = None) -> Actor:
    """Somebody of the city, as they are on this day; by themselves if none is named."""
    actor = actor_by_username(tx, username, on or BEFORE_ALL)
    assert actor is not None, username
    return actor


def a_role(tx: Connection, username: str, *roles: str, since: datetime = BEGINNING) -> None:
    """Give somebody these roles beside their own, from a moment on."""
    person_id, unit_id = tx.execute(select(PERSON.c.id, PERSON.c.unit_id).where(PERSON.c.username == username)).one()
    grant(tx, person_id, roles)
    begin(tx, person_id, unit_id, roles, since)


def window(code: str) -> str:
    """Who sits at the window of this item."""
    return window_of(load_catalogue(), load_catalogue().items[code].department)


def head(code: str) -> str:
    """Who heads the window of this item."""
    return head_of(load_catalogue(), load_catalogue().items[code].department)


def do(
    tx: Connection,
    by: str | Actor,
    move: str,
    on: str,
    given: Mapping[str, Any] | None = None,
    *,
    at: datetime | None = None,
    now: datetime = NOW,
    version: int | None = None,
    confirmed: bool | None = None,
) -> MoveResult:
    """One move through the table that all doors use; with no `given`, what GIVEN holds for it.

    With no `at` it happens a minute after the last move of the project, or at START.
    """
    at = at or _next_minute(tx, on.partition("/")[0])
    actor = an_actor(tx, by, day_of(at)) if isinstance(by, str) else by
    values = GIVEN[move] if given is None else given
    reference = read_reference(on, move)
    return execute(tx, Command(move, reference, values, actor, now, at=at, version=version, confirmed=confirmed))


def _next_minute(tx: Connection, ref: str) -> datetime:
    last = tx.execute(
        select(ENTRY.c.at)
        .join(PROJECTS, PROJECTS.c.id == ENTRY.c.project_id)
        .where(PROJECTS.c[kind_of_ref(ref)] == ref)
        .order_by(ENTRY.c.at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return last + timedelta(minutes=1) if last else START


def project_row(tx: Connection, ref: str) -> Row[Any]:
    return tx.execute(select(PROJECTS).where(PROJECTS.c[kind_of_ref(ref)] == ref)).one()


def approval_row(tx: Connection, ref: str, code: str) -> Row[Any]:
    project = project_row(tx, ref)
    return tx.execute(select(APPROVALS).where(APPROVALS.c.project_id == project.id, APPROVALS.c.code == code)).one()


def escalation_rows(tx: Connection, ref: str, code: str) -> list[Row[Any]]:
    """The escalations of an approval, by round and level."""
    approval = approval_row(tx, ref, code)
    return list(
        tx.execute(
            select(ESCALATIONS)
            .where(ESCALATIONS.c.approval_id == approval.id)
            .order_by(ESCALATIONS.c.round, ESCALATIONS.c.level)
        )
    )


def card_rows(tx: Connection, ref: str, code: str) -> list[Row[Any]]:
    """The cards of an approval, in the order in which they were shown."""
    approval = approval_row(tx, ref, code)
    of_approval = select(CARDS).where(CARDS.c.approval_id == approval.id)
    return list(tx.execute(of_approval.order_by(CARDS.c.shown_on, CARDS.c.id)))


def entries(tx: Connection, ref: str) -> list[Row[Any]]:
    """The whole record of a project, in order."""
    project = project_row(tx, ref)
    return list(tx.execute(select(ENTRY).where(ENTRY.c.project_id == project.id).order_by(ENTRY.c.seq)))


def a_ref() -> str:
    """An external reference that no other project of this test run has."""
    return f"ext-{next(_refs):05}"


# How a project gets into each state from nothing: who makes which moves.
TO_FILED = (("owner1", "draft"), ("owner1", "file"))
TO_CLASSIFIED = (*TO_FILED, ("office1", "classify"))
TO_REGISTERED = (*TO_CLASSIFIED, ("centre1", "register"))
PROJECT_PATHS = {
    "drafted": TO_FILED[:1],
    "filed": TO_FILED,
    "returned": (*TO_FILED, ("office1", "return_filing")),
    "declined": (*TO_FILED, ("office1", "decline")),
    "classified": TO_CLASSIFIED,
    "diverted": (*TO_CLASSIFIED, ("office1", "divert")),
    "registered": TO_REGISTERED,
    "suspended": (*TO_REGISTERED, ("office1", "suspend")),
    "withdrawn": (*TO_REGISTERED, ("owner1", "withdraw")),
    "completed": TO_REGISTERED,
}


def a_project(
    tx: Connection, state: str = "filed", *, owner: str = "owner1", at: datetime = START, ref: str = "", **fields: Any
) -> str:
    """A project in this state, its moves a minute apart from `at` on; its external reference."""
    ref = ref or a_ref()
    for number, (by, move) in enumerate(PROJECT_PATHS[state]):
        given = GIVEN[move] | fields if move == "draft" else GIVEN[move]
        do(tx, owner if by == "owner1" else by, move, ref, given, at=at + timedelta(minutes=number))
    if state == "completed":
        finish(tx, ref, owner=owner)
    return ref


def finish(tx: Connection, ref: str, *, owner: str = "owner1", without: tuple[str, ...] = ()) -> None:
    """Take every approval of a registered project to its grant but those `without`, and the works to completion."""
    project = project_row(tx, ref)
    of_project = APPROVALS.c.project_id == project.id, APPROVALS.c.state != "granted", APPROVALS.c.code.not_in(without)
    todo = tx.execute(select(APPROVALS.c.code).where(*of_project)).scalars().all()
    while todo:
        for code in sorted(todo):
            if approval_row(tx, ref, code).state == "ready":
                walk(tx, ref, code, APPROVAL_PATHS["granted"], owner=owner)
        left = [code for code in todo if approval_row(tx, ref, code).state != "granted"]
        if left == todo and project_row(tx, ref).works_finished_on is None:
            do(tx, owner, "finish_works", ref, {"day": day_of(_next_minute(tx, ref)).isoformat()})
            continue
        assert left != todo, f"stuck with {left}"
        todo = left


def permit_works(tx: Connection, ref: str, *, owner: str = "owner1") -> None:
    """Grant all approvals of a registered project that do not wait for the works."""
    project = project_row(tx, ref)
    early = APPROVALS.c.project_id == project.id, APPROVALS.c.after_works.is_(False)
    codes = tx.execute(select(APPROVALS.c.code).where(*early).order_by(APPROVALS.c.code)).scalars().all()
    while ready := [code for code in codes if approval_row(tx, ref, code).state == "ready"]:
        for code in ready:
            walk(tx, ref, code, APPROVAL_PATHS["granted"], owner=owner)


# How an approval that is ready gets into each state.
TO_RECEIVED = ("submit",)
TO_ACCEPTED = ("submit", "accept")
APPROVAL_PATHS = {
    "ready": (),
    "received": TO_RECEIVED,
    "correcting": (*TO_RECEIVED, "notify_once"),
    "accepted": TO_ACCEPTED,
    "paused": (*TO_ACCEPTED, "start_special"),
    "granted": (*TO_ACCEPTED, "grant"),
    "refused": (*TO_ACCEPTED, "refuse"),
    "not_accepted": (*TO_RECEIVED, "reject_intake"),
    "withdrawn": ("withdraw_approval",),
}
OWNERS_MOVES = ("give_promise", "supply_owed", "submit", "supplement", "resubmit", "reapply", "withdraw_approval")
HEADS_MOVES = ("extend", "notify_again", "assign", "agree")
CENTRES_MOVES = ("remind_owner", "remind_window")


def maker(move: str, code: str, owner: str = "owner1") -> str:
    """Who makes this move of this item."""
    if move in OWNERS_MOVES:
        return owner
    if move in CENTRES_MOVES:
        return "centre1"
    return head(code) if move in HEADS_MOVES else window(code)


def walk(
    tx: Connection,
    ref: str,
    code: str,
    moves: tuple[str, ...],
    *,
    owner: str = "owner1",
    at: datetime | None = None,
    given: Mapping[str, Any] | None = None,
) -> None:
    """These moves of an approval one after another, a minute apart; `given` is for the last of them.

    Before a unit decides on a project of its own its head agrees.
    """
    for number, move in enumerate(moves):
        is_last = number == len(moves) - 1
        moment = at + timedelta(minutes=number) if at else None
        if move in ("grant", "refuse") and _is_own(tx, ref, code):
            do(tx, maker("agree", code), "agree", f"{ref}/{code}", {"decision": move}, at=moment)
        do(tx, maker(move, code, owner), move, f"{ref}/{code}", given if is_last else None, at=moment)


def _is_own(tx: Connection, ref: str, code: str) -> bool:
    return bool(project_row(tx, ref).owner_unit_id == approval_row(tx, ref, code).department_id)


def an_approval(
    tx: Connection, state: str = "accepted", *, ref: str = "", at: datetime = START, owner: str = "owner1"
) -> str:
    """An approval in this state, of a project of its own if none is named: `<ref>/A01`, waiting ones `<ref>/A02`."""
    ref = ref or a_project(tx, "registered", at=at, owner=owner)
    if state == "waiting":
        return f"{ref}/A02"
    if state == "struck":
        do(tx, "centre1", "strike_approval", ref, GIVEN["strike_approval"] | {"code": "A01"})
        return f"{ref}/A01"
    walk(tx, ref, "A01", APPROVAL_PATHS[state], owner=owner)
    return f"{ref}/A01"


def an_owing(tx: Connection, *, until: str = "2026-03-20", at: datetime = START) -> str:
    """An approval that was accepted with one of its materials owed until this day: `<ref>/A03`."""
    ref = a_project(tx, "registered", at=at)
    walk(tx, ref, "A01", APPROVAL_PATHS["granted"])
    walk(tx, ref, "A03", TO_ACCEPTED, given={"owed": ["公众参与说明"], "owed_until": until})
    return f"{ref}/A03"


def a_promised(tx: Connection, *, check_on: str = "2026-04-20", at: datetime = START) -> str:
    """An approval that was granted on its owner's promise, to be checked by this day: `<ref>/A05`."""
    ref = a_project(tx, "registered", at=at)
    walk(tx, ref, "A01", APPROVAL_PATHS["granted"])
    walk(tx, ref, "A05", (*TO_ACCEPTED, "give_promise"))
    do(tx, window("A05"), "grant", f"{ref}/A05", {"document_no": f"攀水许可〔2026〕{ref}号", "check_on": check_on})
    return f"{ref}/A05"


def faults(database: Database, files: Path | None = None) -> list[str]:
    """What `flask verify` would name."""
    with database.read() as tx:
        return [f"{verdict.name}: {f.where}: {f.found}" for verdict in verify(tx, files) for f in verdict.faults]
