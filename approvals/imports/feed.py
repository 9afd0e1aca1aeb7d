"""The feed: one JSON object a line, each one move in a transaction of its own."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Table, bindparam, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from approvals.accounts.actors import CLI, Actor
from approvals.accounts.appointments import actor_at, days_of_change
from approvals.accounts.queries import PERSON
from approvals.base.database import Transactions
from approvals.base.encoding import parse_json
from approvals.base.errors import Forbidden, Invalid, Problem, Refused, Unreadable, invalid
from approvals.base.hashing import canonical, sha256
from approvals.base.i18n import N_
from approvals.base.moments import day_of, read_moment
from approvals.base.prepared import Prepared
from approvals.base.tables import table_of
from approvals.base.text_validation import NAME_LIMIT, text_fault
from approvals.filing.queries import id_of, locked_project_by_id, record_of
from approvals.history.commands import Command, MoveWarning
from approvals.history.record import recording
from approvals.imports.tables import ANYBODY, FeedLine
from approvals.moves import execute, read_reference
from approvals.supervision.escalations.actions import catch_up, sweep_project
from approvals.supervision.queries import due_acceptances
from approvals.windows.actions import deem_accepted
from workflows.config.policy import load_policy

LINES: Table = table_of(FeedLine)
LONGEST = 1_000_000  # bytes of one line
HALTS = ("suspend", "resume", "withdraw", "strike_approval")  # moves of a project that its approvals follow
NEEDED = ("id", "at", "by", "move", "on")
COMMAND_LINE = ""  # who speaks there
_SAME_ID = LINES.c.id == bindparam("id")
_DIGEST = Prepared(
    select(LINES.c.digest)
    .where(_SAME_ID, LINES.c.speaker.in_([bindparam("speaker"), ANYBODY]))
    .order_by(LINES.c.speaker)
)
_NEW_LINE = select(*(bindparam(column.name, type_=column.type) for column in LINES.c)).where(
    ~exists().where(_SAME_ID, LINES.c.speaker == ANYBODY)
)
_ADD = {
    name: Prepared(dialect.insert(LINES).from_select(list(LINES.c), _NEW_LINE).on_conflict_do_nothing())
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one line: done, known (it was done before) or refused with the reason."""

    line: int
    id: str | None
    outcome: str
    ref: str | None = None
    state: str | None = None
    warnings: tuple[MoveWarning, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """A line that could be read."""

    id: str
    at: datetime
    by: str
    move: str
    on: str
    input: dict[str, Any]
    digest: str
    digest_as_written: str  # of the text itself, by which lines were known up to version 0.2


@dataclass
class Feed:
    """A run of the feed. `speaker` is who sends it, None for the command line; people are cached by
    day, on a day within which somebody's roles changed by moment."""

    database: Transactions
    now: Callable[[], datetime]
    speaker: Actor | None = None
    people: dict[tuple[str, date | datetime], Actor] = field(default_factory=dict)
    change_days: frozenset[date] | None = None
    last_at: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, lines: Iterable[bytes | dict[str, Any]]) -> Iterator[Outcome]:
        """Execute the lines one after another; a refused one says why and does not stop the rest.

        In the end the system makes its own moves that are due by the time of the last line.
        """
        for number, line in enumerate(lines, 1):
            if isinstance(line, bytes) and not line.strip():
                continue
            outcome = self._outcome(number, line)
            self.counts[outcome.outcome] += 1
            yield outcome
        if self.last_at is not None:
            make_deemed(self.database, self.last_at, self.now())

    def _outcome(self, number: int, raw: bytes | dict[str, Any]) -> Outcome:
        line_id = None
        try:
            line = read_line(raw)
            line_id = line.id
            return self._do(number, line)
        except Problem as problem:
            return Outcome(number, line_id, "refused", problem=problem)

    def _do(self, number: int, line: ParsedLine) -> Outcome:
        now = self.now()
        try:
            with self.database.write() as tx:
                if not _is_new(tx, line, self.speaker.username if self.speaker else COMMAND_LINE, now):
                    return Outcome(number, line.id, "known")
                command = Command(
                    line.move,
                    read_reference(line.on, line.move),
                    line.input,
                    self._actor(tx, line),
                    now,
                    at=line.at,
                )
                self._check_date(line, now)
                _catch_up(tx, command, line.at)
                result = execute(tx, command)
        except IntegrityError:  # another sender was faster with this reference
            raise Refused(N_("Someone else changed this at the same time. Review the changes and try again.")) from None
        self.last_at = line.at if self.last_at is None else max(self.last_at, line.at)
        return Outcome(number, line.id, "done", result.ref, result.state, result.warnings)

    def _actor(self, tx: Connection, line: ParsedLine) -> Actor:
        """The person named in the line, as at its time; only integration and the command line may speak for others."""
        if self.speaker is not None and self.speaker.username != line.by and not self.speaker.has("integration"):
            raise Forbidden(N_("Only the integration role may act on behalf of others."))
        if self.change_days is None:
            self.change_days = days_of_change(tx)
        day = day_of(line.at)
        key = line.by, line.at if day in self.change_days else day
        if key not in self.people:
            self.people[key] = _holder(tx, line)
        if self.speaker is None:
            return replace(self.people[key], via=CLI)
        return replace(self.people[key], via=self.speaker.via, bounds=self.speaker.bounds)

    def _check_date(self, line: ParsedLine, now: datetime) -> None:
        """Refused for somebody who dates a move of their own back; records of before come in by a program."""
        most = load_policy().recorded_later
        if self.speaker is None or self.speaker.has("integration") or now - line.at <= timedelta(minutes=most):
            return
        text = N_(
            "You may date your own moves back by at most %(minutes)s minutes. Leave records of before to a program."
        )
        raise Refused(text, field="at", minutes=most)


def _holder(tx: Connection, line: ParsedLine) -> Actor:
    """The person named in the line with the unit and the roles of its moment, whatever became of them since."""
    actor = actor_at(tx, line.by, line.at)
    if actor is None:
        known = tx.execute(select(PERSON.c.id).where(PERSON.c.username == line.by)).first()
        raise invalid("by", N_("held no role at that time") if known else N_("is not a known person"))
    return actor


def _catch_up(tx: Connection, command: Command, at: datetime) -> None:
    """Make the escalations that are due by the line's time, as if the sweep had run every day up to then."""
    ref = command.ref
    if ref.code:
        catch_up(tx, ref.project, ref.code, command.actor, at, command.now)
    elif ref.project and command.move in HALTS:
        sweep_project(tx, id_of(tx, ref.project, command.actor), at, command.now)


def make_deemed(database: Transactions, to: datetime, now: datetime) -> int:
    """Make the acceptances that are deemed by `to`, in all projects; how many."""
    with database.read() as tx:
        due = due_acceptances(tx, day_of(to))
    done = 0
    for project_id in due:
        with database.write() as tx:
            project = locked_project_by_id(tx, project_id)
            with recording(tx, *record_of(project), at=None, now=now) as record:
                done += deem_accepted(record, day_of(to))
    return done


def _is_new(tx: Connection, line: ParsedLine, speaker: str, now: datetime) -> bool:
    """Take the line's id, one of this speaker's, for this transaction; False when the line was done before."""
    key = {"speaker": speaker, "id": line.id}
    if _ADD[tx.dialect.name].run(tx, key | {"digest": line.digest, "received_at": now}):
        return True
    if _DIGEST.rows(tx, key)[0].digest not in (line.digest, line.digest_as_written):
        raise Refused(N_("This ID was already used for another line."), field="id")
    return False


def read_line(raw: bytes | dict[str, Any]) -> ParsedLine:
    """A line as a checked value; Unreadable or Invalid says what is wrong with it."""
    value = _parsed(raw) if isinstance(raw, bytes) else raw
    if not isinstance(value, dict):
        raise Unreadable(N_("A line is one JSON object."))
    faults: dict[str, list[tuple[str, dict[str, object]]]] = {
        str(name)[:NAME_LIMIT]: [(N_("is unknown"), {})] for name in value if name not in (*NEEDED, "with")
    }
    for name in NEEDED:
        fault = _name_fault(value.get(name))
        if fault:
            faults[name] = [fault]
    fields = value.get("with", {})
    if not isinstance(fields, dict):
        faults["with"] = [(N_("must be an object of named fields"), {})]
    if faults:
        raise Invalid(faults)
    try:
        at = read_moment(value["at"])
    except (ValueError, OverflowError):
        raise invalid("at", N_("must be a time with a time zone, such as 2026-03-02T09:15:00+08:00")) from None
    meaning = {name: value[name] for name in NEEDED} | {"at": at.isoformat(), "with": _same_numbers(fields)}
    digests = {"digest": sha256(_canonical(meaning)), "digest_as_written": sha256(_canonical(value))}
    return ParsedLine(value["id"], at, value["by"], value["move"], value["on"], fields, **digests)


def _same_numbers(value: object) -> object:
    """The value with 10.0 as 10: other programs write the same number either way."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _same_numbers(part) for name, part in value.items()}
    return [_same_numbers(part) for part in value] if isinstance(value, list) else value


def _parsed(raw: bytes) -> object:
    if len(raw) > LONGEST:
        raise Unreadable(N_("A line has at most %(limit)s bytes."), limit=LONGEST)
    try:
        return parse_json(raw)
    except orjson.JSONDecodeError as error:
        raise Unreadable(N_("This is not JSON: %(reason)s"), reason=str(error)) from None


def _canonical(value: dict[str, Any]) -> str:
    try:
        return canonical(value)
    except (TypeError, UnicodeEncodeError):
        raise Unreadable(N_("A line is one JSON object.")) from None


def _name_fault(value: object) -> tuple[str, dict[str, object]] | None:
    if value is None or value == "":
        return N_("is required"), {}
    if not isinstance(value, str):
        return N_("must be text"), {}
    return text_fault(value, limit=NAME_LIMIT, lines=False)
