"""Forms: what was sent, what was wrong with it, and one effect however often it is sent."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from inspect import signature
from typing import Any
from urllib.parse import unquote

from flask import flash, g, make_response, redirect, request
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from approvals.base.errors import NotFound, Problem, TooMany
from approvals.base.i18n import label
from approvals.base.stores import answer_of, reserve, settle
from approvals.base.text_validation import whole_number
from approvals.http.application import database, now
from approvals.http.errors import faults, told
from workflows.charts.model import Chart, Move, Need, NotInChart

OWN_FIELDS = frozenset({"csrf_token", "version", "once"})  # of every form, none of its content
KEPT = frozenset({409, 422, 429})  # answers after which the same form is shown again with what was typed
MOST_ROWS = 100  # rows that are read of any list
_KEY = re.compile(r"[0-9A-Za-z-]{8,64}")
_LISTS = frozenset({"texts"})
_ROWS = frozenset({"materials", "notice_items"})


@dataclass(frozen=True, slots=True)
class Form:
    """A form as the page shows it: what was typed, and what was wrong. `name` says which one of a page's forms."""

    name: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    message: str = ""
    version: int | None = None  # that the person looked at when the form was sent

    def value(self, path: str) -> Any:
        """What stands in the field, empty text when nothing does; `items.0.problem` is a row's."""
        found: Any = self.values
        for part in path.split("."):
            found = _part(found, part)
            if found is None:
                return ""
        return found

    def faults(self, path: str) -> tuple[str, ...]:
        return self.errors.get(path, ())

    def faults_under(self, path: str) -> tuple[str, ...]:
        """The faults of a list or set and of everything in it, each once."""
        within = [found for name, found in self.errors.items() if name == path or name.startswith(f"{path}.")]
        return tuple(dict.fromkeys(fault for found in within for fault in found))

    def rows(self, path: str, least: int = 2) -> range:
        """The rows to show of a list: those that were typed, and an empty one."""
        typed = self.value(path) or ()
        return range(max(least, len(typed) + 1))

    def row(self, path: str, key: str, value: str) -> Mapping[str, Any] | None:
        """The typed row of a list whose `key` is `value`."""
        return next((row for row in self.value(path) or () if _part(row, key) == value), None)

    def called(self, name: str) -> "Form":
        """This form if it is the one of that name, else an untouched one."""
        return self if self.name == name else EMPTY

    def over(self, values: Mapping[str, Any]) -> "Form":
        """This form with `values` where nothing was typed."""
        return replace(self, values={**values, **self.values})


EMPTY = Form()


def _part(thing: Any, part: str) -> Any:
    if isinstance(thing, Mapping):
        return thing.get(part)
    if isinstance(thing, list | tuple):
        return thing[int(part)] if part.isdigit() and int(part) < len(thing) else None
    return None


# Reading.


def sent(needs: Iterable[Need]) -> dict[str, Any]:
    """What was sent for these needs, as plain values for `check_input`: fields left empty are left out."""
    found = {}
    for need in needs:
        value = _value(request.form, need)
        if value is not None:
            found[need.name] = value
    return found


def sent_fields(*names: str) -> dict[str, str]:
    """What was sent for these single fields; fields left empty are left out."""
    return {name: value for name in names if (value := request.form.get(name, "").strip())}


def sent_rows(name: str) -> list[dict[str, str]]:
    """The rows that were sent of this list, `name.0.part`, `name.1.part` …, those left empty dropped."""
    return _rows(request.form, name)


def known_move(chart: Chart, name: str) -> Move:
    """The chart's move of this name that people make; NotFound when there is none."""
    try:
        move = chart.move(name)
    except NotInChart:
        raise NotFound from None
    if move.is_systems:
        raise NotFound
    return move


def sent_version(name: str = "version") -> int | None:
    """The version that the person looked at."""
    return whole_number(request.form.get(name, ""), digits=9)


def _value(form: MultiDict[str, str], need: Need) -> Any:
    if need.kind == "flag":
        return form.get(need.name, "") == "yes"
    if need.kind == "answers":
        start = f"{need.name}."
        return {name.removeprefix(start): value == "yes" for name, value in form.items() if name.startswith(start)}
    if need.kind in _LISTS:
        return [text for text in form.getlist(need.name)[:MOST_ROWS] if text.strip()]
    if need.kind in _ROWS:
        return _rows(form, need.name)
    return form.get(need.name, "").strip() or None


def _rows(form: MultiDict[str, str], name: str) -> list[dict[str, str]]:
    """The rows `name.0.part`, `name.1.part` … in their order, those left empty dropped."""
    rows: dict[int, dict[str, str]] = {}
    for key, value in form.items():
        start, _dot, rest = key.partition(".")
        index, _dot, part = rest.partition(".")
        if start == name and index.isascii() and index.isdigit() and len(index) < 4 and part and value.strip():
            rows.setdefault(int(index), {})[part] = value
    return [rows[index] for index in sorted(rows)][:MOST_ROWS]


# Keeping what was typed.


def kept(show: Callable[..., Any], name: str | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What the decorated view refuses is shown by `show(…, form=…)` again, with the problem and all that was typed.

    `show` gets those of the view's arguments that it takes. The form is called `name`, or as the view's argument
    `move`. `keep()` inside the view says what was typed.
    """
    taken = set(signature(show).parameters) - {"form"}  # a view that is shown again itself has one

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def kept_view(**given: Any) -> Any:
            g.kept = {}
            try:
                return view(**given)
            except Problem as problem:
                if problem.status not in KEPT:
                    raise
                refusal = problem
            form = _refused(refusal, name or given.get("move", ""))
            response = make_response(show(**{key: given[key] for key in given if key in taken}, form=form))
            response.status_code = refusal.status
            if isinstance(refusal, TooMany):
                response.headers["Retry-After"] = str(refusal.wait)
            return response

        return kept_view

    return decorate


def keep(values: Mapping[str, Any]) -> dict[str, Any]:
    """Remember what was typed, for the page that is shown when it is refused."""
    g.kept = dict(values)
    return dict(values)


def _refused(problem: Problem, name: str) -> Form:
    return Form(name, g.get("kept", {}), faults(problem), told(problem), sent_version())


# One effect.


@dataclass(slots=True)
class Once:
    """A form at work in its write transaction. `is_new` is False when the same form was carried out before."""

    tx: Connection
    is_new: bool
    leads_to: str  # where the result is to be seen

    def answer(self) -> AnyResponse:
        return redirect(self.leads_to, 303)


@contextmanager
def writing_once(leads_to: str) -> Iterator[Once]:
    """The write transaction of a form. Sent twice, it is carried out once, and both times leads to the same place."""
    key = _sent_key()
    with database().write() as tx:
        before = reserve(tx, key, now()) if key else None
        once = Once(tx, before is None, leads_to if before is None else before)
        yield once
        if key and once.is_new:
            settle(tx, key, once.leads_to)


def was_sent(tx: Connection, address: str) -> bool:
    """Whether this form has been carried out at `address` already; what comes later is a late word of the same form."""
    key = _sent_key(unquote(address))
    return key is not None and answer_of(tx, key) is not None


def _sent_key(path: str | None = None) -> str | None:
    """The form's key, which counts for one person and one address only; a form without one is always new."""
    key = request.form.get("once", "")
    actor = g.get("actor")
    return f"form:{actor.id if actor else 0}:{(path or request.path)[:200]}:{key}" if _KEY.fullmatch(key) else None


def say(message: str, kind: str = "success") -> None:
    """Tell the person on the next page; `kind` is success, info, warning or danger."""
    flash(message, kind)


def announce(move: Move) -> None:
    """Say on the next page, in the words of its chart, that this move is made."""
    say(label(move.message))
