"""Reads and validates the State Council's yearly notices of days off."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import yaml

FIRST_DAY = date(2000, 1, 1)  # the days that the product knows
LAST_DAY = date(2100, 12, 31)
LONGEST_NAME = 100  # characters of a holiday's name
LONGEST_SOURCE = 400

PROBLEMS = {
    "unknown_day": {"en": "{day} is not a day from 2000 to 2100", "zh": "{day}不在2000年至2100年之间"},
    "unreadable": {
        "en": "The calendar cannot be read: {detail}",
        "zh": "日历无法读取：此处不符合YAML格式，请检查括号、引号、冒号和缩进",  # YAML's own words are English
    },
    "too_deep": {"en": "The calendar cannot be read: it is nested too deeply", "zh": "日历无法读取：嵌套层次过多"},
    "no_mapping": {"en": "“name: value” is expected here", "zh": "此处格式不对，应为“名称: 值”"},
    "no_text": {"en": "a single value is expected here", "zh": "此处格式不对，应为单个值"},
    "no_list": {"en": "a list in […] is expected here", "zh": "此处格式不对，应为用[…]括起的列表"},
    "long_text": {"en": "the text is longer than {most} characters", "zh": "文字超过{most}个字符"},
    "unprintable": {"en": "the text contains a control character", "zh": "文字中含有控制字符"},
    "empty_year": {
        "en": "the notice of {year} names no day off and no make-up day",
        "zh": "{year}年的通知没有写明任何放假日和调休上班日",
    },
    "missing": {"en": "“{key}” is missing", "zh": "缺少“{key}”"},
    "unknown_key": {"en": "“{key}” is not known here", "zh": "不认识的项“{key}”"},
    "repeated_key": {"en": "“{key}” stands here twice", "zh": "“{key}”重复出现"},
    "bad_year": {"en": "“{text}” is not a year from 2000 to 2100", "zh": "“{text}”不是2000至2100之间的年份"},
    "bad_day": {"en": "“{text}” is not a day written as 2026-01-31", "zh": "“{text}”不是形如2026-01-31的日期"},
    "reversed": {"en": "{first}..{last} runs backwards", "zh": "{first}..{last}起止颠倒"},
    "foreign_year": {
        "en": "{day} lies neither in {year} nor in the December before it",
        "zh": "{day}不在{year}年内，也不在上一年12月内",
    },
    "overlap": {"en": "{day} is given twice", "zh": "{day}重复出现"},
    "contradiction": {"en": "{day} is both a day off and a make-up day", "zh": "{day}既是放假日又是调休上班日"},
    "weekday": {
        "en": "{day} is a Monday to Friday and cannot be a make-up day",
        "zh": "{day}是周一至周五，不能作为调休上班日",
    },
}


class CalendarError(ValueError):
    """An invalid calendar: `problem` is a key of PROBLEMS, `facts` fill it, `line` is where, if known."""

    def __init__(self, problem: str, line: int | None = None, **facts: object) -> None:
        super().__init__(problem)
        self.problem, self.line, self.facts = problem, line, facts

    def text(self, language: str = "en") -> str:
        """The message in `en` or `zh`, with the line in front."""
        message = PROBLEMS[self.problem][language].format(**self.facts)
        if self.line is None:
            return message
        return f"line {self.line}: {message}" if language == "en" else f"第{self.line}行：{message}"

    @property
    def zh(self) -> str:
        return self.text("zh")

    @property
    def en(self) -> str:
        return self.text("en")

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days off from `first_on` to `last_on`, both included; the name is empty where the notice was entered without."""

    first_on: date
    last_on: date
    name: str = ""
    name_en: str = ""

    def days(self) -> list[date]:
        return [self.first_on + timedelta(days=n) for n in range((self.last_on - self.first_on).days + 1)]


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """What the notice of one year fixes, in the order of the days; it may begin in the December before (rule 20)."""

    year: int
    days_off: tuple[Holiday, ...] = ()
    makeup_workdays: tuple[date, ...] = ()
    source: str = ""

    @property
    def begins_on(self) -> date:
        """1 January, or the first day in the December before that it fixes."""
        fixed = (*(holiday.first_on for holiday in self.days_off[:1]), *self.makeup_workdays[:1])
        return min((date(self.year, 1, 1), *fixed))


def parse_notices(source: str | Mapping) -> tuple[HolidayNotice, ...]:
    """Read YAML text, or the same thing as a mapping, into notices by year; refuse with CalendarError and its line."""
    try:
        years = _keys(_compose(source), required={"years"})["years"]
        return tuple(sorted((_notice(key, node) for key, node in _pairs(years)), key=lambda notice: notice.year))
    except CalendarError as error:
        if not isinstance(source, str):  # a mapping has no lines
            error.line = None
        raise


def refuse_empty(notices: Iterable[HolidayNotice]) -> None:
    """CalendarError when a year has neither a day off nor a make-up day: no State Council notice is like that."""
    for notice in notices:
        if not notice.days_off and not notice.makeup_workdays:
            raise CalendarError("empty_year", year=notice.year)


def _compose(source: str | Mapping) -> yaml.Node:
    text = source if isinstance(source, str) else yaml.safe_dump(dict(source), allow_unicode=True)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark, detail = getattr(error, "problem_mark", None), getattr(error, "problem", "") or error
        raise CalendarError("unreadable", mark and mark.line + 1, detail=detail) from error
    except RecursionError as error:
        raise CalendarError("too_deep") from error
    if root is None:
        raise CalendarError("missing", key="years")
    return root


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


def _pairs(node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise CalendarError("no_mapping", _line(node))
    names = set()
    for key, _ in node.value:
        name = _text(key)
        if name in names:  # YAML itself would silently keep the last one
            raise CalendarError("repeated_key", _line(key), key=name)
        names.add(name)
    return node.value


def _keys(node: yaml.Node, required: set[str], optional: frozenset[str] = frozenset()) -> dict[str, yaml.Node]:
    pairs = _pairs(node)
    for key, _ in pairs:
        if _text(key) not in required | optional:
            raise CalendarError("unknown_key", _line(key), key=_text(key))
    nodes = {key.value: value for key, value in pairs}
    for name in sorted(required - set(nodes)):
        raise CalendarError("missing", _line(node), key=name)
    return nodes


def _text(node: yaml.Node, longest: int = 200) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise CalendarError("no_text", _line(node))
    if len(node.value) > longest:
        raise CalendarError("long_text", _line(node), most=longest)
    if not node.value.isprintable():
        raise CalendarError("unprintable", _line(node))
    return node.value


def _list(node: yaml.Node) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        raise CalendarError("no_list", _line(node))
    return node.value


def _notice(key: yaml.Node, node: yaml.Node) -> HolidayNotice:
    year = _year(key)
    nodes = _keys(node, required={"days_off"}, optional=frozenset({"makeup_workdays", "source"}))
    off: dict[date, yaml.Node] = {}
    holidays = [_holiday(entry, year, off) for entry in _list(nodes["days_off"])]
    makeup: dict[date, yaml.Node] = {}
    for entry in _list(nodes["makeup_workdays"]) if "makeup_workdays" in nodes else []:
        _makeup_day(entry, year, off, makeup)
    source = _text(nodes["source"], LONGEST_SOURCE) if "source" in nodes else ""
    return HolidayNotice(
        year, tuple(sorted(holidays, key=lambda holiday: holiday.first_on)), tuple(sorted(makeup)), source
    )


def _year(node: yaml.Node) -> int:
    text = _text(node)
    if not re.fullmatch(r"[0-9]{4}", text) or not FIRST_DAY.year <= int(text) <= LAST_DAY.year:
        raise CalendarError("bad_year", _line(node), text=text)
    return int(text)


def _holiday(node: yaml.Node, year: int, off: dict[date, yaml.Node]) -> Holiday:
    name = name_en = ""
    days = node
    if isinstance(node, yaml.MappingNode):
        nodes = _keys(node, required={"days"}, optional=frozenset({"name", "en"}))
        days = nodes["days"]
        name, name_en = (_text(nodes[key], LONGEST_NAME) if key in nodes else "" for key in ("name", "en"))
    first, last = _range(days, year)
    holiday = Holiday(first, last, name, name_en)
    for day in holiday.days():
        if day in off:
            raise CalendarError("overlap", _line(days), day=day)
        off[day] = days
    return holiday


def _makeup_day(node: yaml.Node, year: int, off: dict[date, yaml.Node], makeup: dict[date, yaml.Node]) -> None:
    day = _day(node, _text(node), year)
    if day in makeup:
        raise CalendarError("overlap", _line(node), day=day)
    if day in off:
        raise CalendarError("contradiction", _line(node), day=day)
    if day.weekday() < 5:
        raise CalendarError("weekday", _line(node), day=day)
    makeup[day] = node


def _range(node: yaml.Node, year: int) -> tuple[date, date]:
    first_text, dots, last_text = _text(node).partition("..")
    first = _day(node, first_text.strip(), year)
    last = _day(node, last_text.strip(), year) if dots else first
    if last < first:
        raise CalendarError("reversed", _line(node), first=first, last=last)
    return first, last


def _day(node: yaml.Node, text: str, year: int) -> date:
    try:
        # The pattern comes first: fromisoformat also takes 20260131 and 2026-W05-6.
        day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        day = None
    if day is None:
        raise CalendarError("bad_day", _line(node), text=text)
    if day.year != year and (day.year, day.month) != (year - 1, 12):
        raise CalendarError("foreign_year", _line(node), day=day, year=year)
    return day
