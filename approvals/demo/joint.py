"""Double management in the example year: which urgent projects two units answer for, and what they say each month."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from approvals.base.moments import CITY_ZONE
from approvals.demo.people import head_of
from workflows.clock.calendar import Calendar
from workflows.config.catalogue import Catalogue

Line = dict[str, Any]
OFFICE = "office1"
UNITS = (("市自然资源局", "市水利局"), ("市住房城乡建设局", "市生态环境局"), ("市发展改革委", "市人防办"))
AFTER_HOURS = time(17, 25)  # no other line of a project is dated between this and the evening
BEGUN_AFTER = timedelta(days=7)  # days after the registration
ENDED_AFTER = timedelta(days=60)  # the last of them is joint for two months only
LONGEST_AGO = timedelta(days=270)  # before the end of the year: a project that is still under way
WRITTEN_ON = 22  # day of the month, or the first working day after it
SIGNED_AFTER = 2  # working days
REASON = "急难险重项目，两家单位共同负责、共同推进。"
WORDS = (
    "本月审批按计划推进，用地与设计两项并联办理；主要困难是地下管线资料不全，下月由两家联合踏勘。",
    "本月完成初步设计评审，意见已修改到位；资金已到位六成，下月重点督促招标准备。",
    "本月受雨季影响进度略慢，已与施工单位商定赶工安排；需协调的事项有一件，已报督查办。",
)


def joint_lines(lines: list[Line], calendar: Calendar, catalogue: Catalogue, ends_at: datetime) -> Iterator[Line]:
    """What is said of these projects beside their own lines; some of it lies after the end of the year."""
    for number, (ref, registered_at) in enumerate(_chosen(lines, ends_at)):
        units = UNITS[number]
        heads = tuple(head_of(catalogue, unit) for unit in units)
        begun = _evening(calendar.next_working_day(registered_at.date() + BEGUN_AFTER))
        given = {"first_unit": units[0], "second_unit": units[1], "reason": REASON}
        yield _line(begun, OFFICE, "manage_jointly", ref, given)
        ends = begun + ENDED_AFTER if number == len(UNITS) - 1 else ends_at
        yield from _said(ref, heads, begun, ends, calendar, is_slow=number == 1)
        if ends < ends_at:
            over = _evening(calendar.next_working_day(ends.date()))
            yield _line(over, OFFICE, "end_joint", ref, {"reason": "难点已解决，转入正常办理。"})
    yield from _by_hand(lines, catalogue, ends_at)


def _chosen(lines: list[Line], ends_at: datetime) -> list[tuple[str, datetime]]:
    """The first urgent projects that were registered within the last months and never withdrawn."""
    urgent = {line["on"] for line in lines if line["move"] == "classify" and line["with"]["urgent"]}
    over = {line["on"] for line in lines if line["move"] == "withdraw"}
    found = [
        (line["on"], line["at"])
        for line in sorted(lines, key=lambda line: (line["at"], line["on"]))
        if line["move"] == "register" and line["on"] in urgent - over and line["at"] > ends_at - LONGEST_AGO
    ]
    return found[: len(UNITS)]


def _said(
    ref: str, heads: tuple[str, ...], begun: datetime, ends: datetime, calendar: Calendar, *, is_slow: bool
) -> Iterator[Line]:
    """The word of each month, written by the heads in turn; of the slow ones the last is not signed."""
    for number, month in enumerate(_months(begun.date(), ends.date())):
        on = calendar.next_working_day(month.replace(day=WRITTEN_ON))
        signed_on = calendar.nth_working_day_after(on, SIGNED_AFTER)
        if _evening(signed_on) >= ends or on <= begun.date():
            continue
        writer, signer = heads[number % 2], heads[1 - number % 2]
        word = f"{ref}/words/{month:%Y-%m}"
        yield _line(_evening(on), writer, "write_word", word, {"text": WORDS[number % len(WORDS)]})
        if is_slow and number % 3 == 2:
            continue
        if number == 1:
            text = {"text": WORDS[number] + "另：消防意见已回复。"}
            yield _line(_evening(on, 5), signer, "rewrite_word", word, text)
            writer, signer = signer, writer
        yield _line(_evening(signed_on), signer, "sign_word", word, {})


def _by_hand(lines: list[Line], catalogue: Catalogue, ends_at: datetime) -> Iterator[Line]:
    """Of each joint project the first approval that was accepted later and not decided for a day is escalated."""
    for number, (ref, registered_at) in enumerate(_chosen(lines, ends_at)[:2]):
        moves: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            if line["on"].startswith(f"{ref}/") and line["at"] > registered_at + 3 * BEGUN_AFTER:
                moves[line["on"]].append(line)
        found = [at for on, those in sorted(moves.items()) if (at := _raised_at(on, those))]
        for at, on in found[:1]:
            head = head_of(catalogue, UNITS[number][0])
            yield _line(at, head, "raise_jointly", on, {"reason": "两家意见不一，需上一级协调。"})


def _raised_at(on: str, lines: list[Line]) -> tuple[datetime, str] | None:
    """The evening of the acceptance, where the decision comes later and nobody answers for it besides."""
    lines = sorted(lines, key=lambda line: line["at"])
    if any(line["move"] == "answer" for line in lines):
        return None
    for one, following in pairwise(lines):
        if one["move"] == "accept" and following["at"].date() > one["at"].date():
            return _evening(one["at"].date(), 10), on
    return None


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _evening(day: date, minutes: int = 0) -> datetime:
    return datetime.combine(day, AFTER_HOURS, CITY_ZONE) + timedelta(minutes=minutes)


def _line(at: datetime, by: str, move: str, on: str, given: Line) -> Line:
    return {"id": "", "at": at, "by": by, "move": move, "on": on, "with": dict(given)}
