"""The record for pages: each entry described, with the names of people, units and items."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from approvals.accounts.actors import token_of
from approvals.accounts.queries import PERSON, UnitName, unit_names
from approvals.base.formatting import quantity
from approvals.catalogue.queries import known_questions
from approvals.history.queries import EntryView
from approvals.history.record import FOR, FORMER
from workflows.charts.approval import APPROVAL, HANDLER, REMINDERS
from workflows.charts.filing_fields import FILING, FUNDING_SOURCES, SCALE_UNITS
from workflows.charts.model import SYSTEM, Move, Need, State
from workflows.charts.office_moves import REPORT, STATEMENTS
from workflows.charts.options import OPTION_LABELS
from workflows.charts.programme_terms import PARTIES
from workflows.charts.registry import CHARTS
from workflows.charts.roles import LEVELS, ROLES, Role
from workflows.clock.timeline import CORRECT
from workflows.config.catalogue import Item
from workflows.config.city import load_city
from workflows.config.conditions import NO, YES, Question
from workflows.label import Label
from workflows.rules.cards import COLOUR_NAMES, RULES
from workflows.rules.item_words import move_of, state_of
from workflows.rules.office_tasks import office_label

OWNER, LIAISON, ANSWERS = "owner", "liaison", "answers"
NAMED = ("liaison", "handler", "item")  # kinds of facts that the caller knows the names of
PEOPLE_NAMED = ("liaison", "handler", "former", FOR)  # facts that are user names
SYSTEM_ROLE = Label("系统", "System")
WITHOUT_A_CHANGE = (*STATEMENTS, *REMINDERS)  # moves that leave the row and its version as they are
OTHER_FACTS = (
    Need("liaison", "liaison", "现联系人", "Next liaison"),
    Need("former", "liaison", "原负责人", "Formerly responsible"),
    HANDLER,
    Need("number", "number", "挂号编号", "Registration number"),
    Need("item_no", "item_no", "民生工程编号", "Programme item"),
    Need("office_task", "office_task", "待办环节", "Step"),
    Need("office_due_on", "day", "应办结日期", "Due on"),
    Need("level", "level", "级别", "Level"),
    Need("rule", "card_rule", "亮牌规则", "Rule"),
    Need("colour", "card_colour", "颜色", "Colour"),
    Need("month", "month", "月份", "Month"),
    Need("appeal_by", "day", "申诉截止日期", "Appeal by"),
    Need("object_by", "day", "异议截止日期", "Object by"),
    Need("order", "order_no", "督办单编号", "Order"),
    Need("ground", "text", "依据", "Ground"),
    Need("was", "approval_state", "当时状态", "State then"),
    Need("freed", "codes", "不再等待该事项", "No longer waiting for it"),
    Need("required_by", "codes", "须待该事项办结", "Now waiting for it"),
    Need("moved", "approval_move", "更正事项", "Step corrected"),
    Need("was_on", "day", "原记日期", "Day recorded"),
    Need("right_on", "day", "正确日期", "Right day"),
    Need("reason", "text", "理由", "Reason"),
    Need("evidence_name", "line", "佐证材料", "Evidence"),
    Need("no_change", "flag", "无变化", "Unchanged"),
    Need("owed", "names", "容缺材料", "Owed"),
    Need("owed_until", "day", "补齐期限", "To be handed in by"),
    Need("check_on", "day", "承诺核查日期", "Promise to be checked by"),
    Need("same_as", "texts", "文号相同的事项", "Approvals with the same number"),
    Need("months", "line", "核验通过后满（月）", "Months since it was verified"),
    Need("alike", "texts", "名称和投资相同的备案", "Filings with the same name and amount"),
)  # what the system adds to what a move needs
# Beside those that the chart calls dangerous.
RED = frozenset(
    {
        *("miss_check", "miss_owed", "show_card", "raise", "raise_jointly", "lift", "lift_order", "deem_accepted"),
        *("refuse", REPORT),
    }
)
STRONG = frozenset({"registered", "completed", "granted"})


@dataclass(frozen=True, slots=True)
class FactView:
    """One thing given for a move. `kind` is line, text, lines, names, label or money, as pages show it.

    When `is_changed`, `before` is what stood there until then; None on either side is an empty field.
    """

    word: Need
    kind: str
    value: Any
    before: Any = None
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class EntryDescription:
    """One entry in words. `tone` is strong for what was reached, red for what went wrong, else empty.

    `away` is who was away, when a deputy acted for them.
    """

    seq: int
    at: datetime
    subject: str
    approval_id: int | None
    code: str | None
    item: Item | None
    move: Move
    state: State
    who: str
    role: Role | Label
    unit: UnitName
    facts: tuple[FactView, ...]
    tone: str
    away: str = ""
    is_for_owner: bool = False  # whether the liaison did what the owner may do as well
    right_on: date | None = None  # the day that a later correction gave it
    program: str = ""  # the label of the token through which it came
    recorded_at: datetime | None = None  # where that was later than it happened


@dataclass(frozen=True, slots=True)
class Names:
    """What entries are told by: names of people by user name and of units, items of approvals by their id, screening
    questions, and the right days of entries by their number."""

    people: Mapping[str, str]
    units: Mapping[str, UnitName]
    items: Mapping[int, Item]
    questions: Mapping[str, Question]
    right_days: Mapping[int, date]


def describe(
    tx: Connection,
    entries: Sequence[EntryView],
    items: Mapping[int, Item] | None = None,
    units: Mapping[str, UnitName] | None = None,
) -> list[EntryDescription]:
    """The entries in words and in their order; `items` are those of approvals by their id.

    `units` are names that the caller has read already, those of all entries among them.
    """
    if not entries:
        return []
    people, units = _people(tx, entries), units or unit_names(tx, {entry.unit for entry in entries})
    questions = known_questions(tx) if any(ANSWERS in entry.facts.get(FORMER, {}) for entry in entries) else {}
    names = Names(people, units, items or {}, questions, _right_days(entries))
    return [_describe(entry, names) for entry in entries]


def _right_days(entries: Iterable[EntryView]) -> dict[int, date]:
    """The right day of each entry of this project that was corrected, by its number."""
    corrections = (entry.facts for entry in entries if entry.move == CORRECT)
    return {facts["entry"]: date.fromisoformat(facts["right_on"]) for facts in corrections}


def since(
    entries: Iterable[EntryDescription], version: int | None, approval_id: int | None = None
) -> tuple[EntryDescription, ...]:
    """What happened to a project (or one of its approvals) after this version of it; nothing when there is none."""
    if version is None:
        return ()
    subject = "approval" if approval_id else "project"
    own = [
        entry
        for entry in entries
        if entry.subject == subject and entry.approval_id == approval_id and entry.move.name not in WITHOUT_A_CHANGE
    ]
    # A project is drafted by an entry and is then version 1; an approval is planned without one.
    return tuple(own[version - 1 if approval_id else version :])


def _describe(entry: EntryView, names: Names) -> EntryDescription:
    chart = CHARTS[entry.subject]
    item = names.items.get(entry.approval_id) if entry.approval_id else None
    move = move_of(item, chart.move(entry.move))
    return EntryDescription(
        seq=entry.seq,
        at=entry.at,
        subject=entry.subject,
        approval_id=entry.approval_id,
        code=item.code if item else None,
        item=item,
        move=move,
        state=state_of(item, entry.to_state) if item and chart is APPROVAL else chart.state(entry.to_state),
        who="" if entry.role == SYSTEM else names.people.get(entry.actor, entry.actor),
        role=SYSTEM_ROLE if entry.role == SYSTEM else ROLES[entry.role],
        unit=names.units[entry.unit],
        facts=tuple(_facts(move, entry.facts, names)),
        tone=_tone(entry, move),
        away=names.people.get(entry.facts.get(FOR, ""), ""),
        is_for_owner=entry.role == LIAISON and OWNER in move.by and entry.subject == "approval",
        right_on=names.right_days.get(entry.seq),
        program=_program(entry.via or ""),
        recorded_at=entry.recorded_at if entry.is_recorded_later else None,
    )


def _program(via: str) -> str:
    """The label of the token in this interface, its number without one; empty for a person's own work."""
    number, name = token_of(via) or ("", "")
    return name or number


def _tone(entry: EntryView, move: Move) -> str:
    if move.name in RED or move.group == "danger":
        return "red"
    return "strong" if entry.to_state in STRONG and entry.from_state != entry.to_state else ""


def _facts(move: Move, facts: Mapping[str, Any], known: Names) -> Iterable[FactView]:
    former, names = facts.get(FORMER, {}), {**known.people, **_item_names(known.items.values())}
    for need in _needs(move, former):
        value = facts.get(need.name)
        if need.name in former:
            yield from changed(need, former[need.name], value, known.questions)
        elif not _is_empty(value) and need.kind in FORMATS:
            kind, show = FORMATS[need.kind]
            yield FactView(need, kind, names.get(str(value), show(value)) if need.kind in NAMED else show(value))


def _needs(move: Move, former: Mapping[str, Any]) -> Iterable[Need]:
    """What the facts of this move may hold: what it needs, the fields of a filing that it changed, and the rest."""
    needs: dict[str, Need] = {}
    for need in (*move.needs, *(need for need in FILING if need.name in former), *OTHER_FACTS):
        needs.setdefault(need.name, need)
    return needs.values()


def changed(need: Need, before: Any, after: Any, questions: Mapping[str, Question]) -> Iterable[FactView]:
    """What stood there and what stands there now, where they differ; of screening answers each by itself."""
    if need.kind == ANSWERS:
        before, after = before or {}, after or {}
        for name in dict.fromkeys([*questions, *before, *after]):
            question = questions.get(name, Question(name, name, name))
            yield from _changed_answer(question, before.get(name), after.get(name))
    elif before != after and need.kind in FORMATS:
        kind, show = FORMATS[need.kind]
        now, then = (None if _is_empty(side) else show(side) for side in (after, before))
        yield FactView(need, kind, now, then, is_changed=True)


def _changed_answer(question: Question, before: Any, after: Any) -> Iterable[FactView]:
    if before != after:
        now, then = (None if side is None else question.in_words(side) for side in (after, before))
        yield FactView(Need(question.name, "answer", question.zh, question.en), "label", now, then, is_changed=True)


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], {})


def _yes_or_no(value: object) -> Label:
    return YES if value else NO


def _category(value: str) -> Label:
    return load_city().categories.get(value, Label(value, value))


def _item_names(items: Iterable[Item]) -> dict[str, Label]:
    return {item.code: Label(f"{item.code} {item.zh}", f"{item.code} {item.en}") for item in items}


def _level(value: int) -> Label:
    return Label(*LEVELS[value])


def _materials(value: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(row["name"] for row in value)


def _notice_items(value: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(f"{row['material']} · {row['problem']} → {row['remedy']}" for row in value)


def _evidence(value: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(piece["name"] for piece in value)


def _scale(value: Mapping[str, Any]) -> Label:
    amount, unit = quantity(Decimal(value["amount"])), SCALE_UNITS[value["unit"]]
    return Label(f"{amount}{unit.zh}", f"{amount} {unit.en}")


def _funding(value: Mapping[str, Any]) -> Label:
    parts = [(FUNDING_SOURCES[name], Decimal(amount)) for name, amount in value.items()]
    zh = "，".join(f"{source.zh}{amount:,.2f}万元" for source, amount in parts)
    return Label(zh, ", ".join(f"{source.en} ¥{amount * 10_000:,.0f}" for source, amount in parts))


def _node_days(value: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(f"{row['task']} · {row['name']} → {row['planned_on']}" for row in value)


def _party_days(value: Iterable[Mapping[str, Any]]) -> Label:
    rows = [(row["name"], PARTIES[row["party"]], row["days"]) for row in value]
    zh = "；".join(f"{name}：{party.zh}{days}天" for name, party, days in rows)
    return Label(zh, "; ".join(f"{name}: {party.en} {days} days" for name, party, days in rows))


# How each kind of need is shown, and what makes it so; screening answers stand in the filing itself, and so does
# whom to call.
LINES = (
    "line",
    "county",
    "project_code",
    "credit_code",
    "item_no",
    "external_ref",
    "procedure",
    "liaison",
    "handler",
    "department",
    "unit",
    "month",
    "day",
    "days",
)
FORMATS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(LINES, ("line", str)),
    "order_no": ("line", load_city().shown_order),
    "number": ("line", load_city().shown_number),
    "text": ("text", str),
    "texts": ("lines", tuple),
    "materials": ("names", _materials),
    "names": ("names", tuple),
    "evidence": ("names", _evidence),
    "notice_items": ("lines", _notice_items),
    "category": ("label", _category),
    "flag": ("label", _yes_or_no),
    "level": ("label", _level),
    "approval_state": ("label", lambda value: Label(APPROVAL.state(value).zh, APPROVAL.state(value).en)),
    "codes": ("names", tuple),
    "item": ("label", lambda code: Label(code, code)),
    "approval_move": ("label", lambda value: Label(APPROVAL.move(value).zh, APPROVAL.move(value).en)),
    "office_task": ("label", office_label),
    "card_rule": ("label", lambda value: Label(RULES[value].zh, RULES[value].en)),
    "card_colour": ("label", lambda value: COLOUR_NAMES[value]),
    "choice": ("label", lambda value: OPTION_LABELS.get(value, Label(value, value))),
    "money": ("money", Decimal),
    "node_days": ("lines", _node_days),
    "party_days": ("label", _party_days),
    "scale": ("label", _scale),
    "funding": ("label", _funding),
}


def _people(tx: Connection, entries: Iterable[EntryView]) -> dict[str, str]:
    """The names of who acted, for whom, and of liaisons and handlers that were chosen, by user name."""
    usernames = {entry.actor for entry in entries}
    usernames |= {str(entry.facts.get(name, "")) for entry in entries for name in PEOPLE_NAMED}
    rows = tx.execute(
        select(PERSON.c.username, PERSON.c.name).where(PERSON.c.username.in_(usernames)).order_by(PERSON.c.id)
    )
    return {row.username: row.name for row in rows}
