"""Forms: reading their input, and showing them again with it when they are refused."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from inspect import signature
from typing import Any

from flask import g, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from approvals.base.errors import Invalid, NotFound, Problem, TooMany, Unconfirmed
from approvals.base.i18n import N_
from approvals.base.text_validation import whole_number
from approvals.history.inputs import FAULTS
from approvals.http.errors import field_messages, message_of
from workflows.charts.model import Chart, Move, Need, NotInChart

View = Callable[..., ResponseReturnValue]
Values = Mapping[str, Any]  # by field name: texts, flags, lists and rows
FormInput = dict[str, Any]
REDISPLAYED = frozenset({409, 422, 429})  # statuses after which the form is shown again with its input
MOST_ROWS = 100  # rows that are read of any list
_LISTS = frozenset({"texts", "names", "evidence"})
_ROWS = frozenset(
    {"materials", "notice_items", "tasks", "nodes", "node_days", "party_days", "fund_lines", "planned_funds"}
)
_CELLS = {"node": "name", "line": "source"}  # choices among the cells of a plan, by what they are in a row
_YES_NO: Mapping[str, Any] = {"yes": True, "no": False}  # in answers; others are choices and numbers
_PARTS = frozenset({"scale", "funding", "quantities", "reasons_by_name"})  # of several named fields: `scale.amount`


@dataclass(frozen=True, slots=True)
class Form:
    """A form as the page shows it: its input and its errors. `name` tells the forms of one page apart."""

    name: str = ""
    values: Values = field(default_factory=dict)
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    message: str = ""
    version: int | None = None  # that the person looked at when the form was sent
    is_to_confirm: bool = False  # whether `message` is a warning that the person may confirm

    def value(self, path: str) -> Any:
        """The value of the field, empty text when there is none; `items.0.problem` is a field of a row."""
        node: Any = self.values
        for part in path.split("."):
            node = _part(node, part)
            if node is None:
                return ""
        return node

    @property
    def looked_at(self) -> int | None:
        """The version that the person looked at when the form was refused; None for an untouched form."""
        return self.version if self.message else None

    def errors_of(self, path: str) -> tuple[str, ...]:
        return self.errors.get(path, ())

    def errors_under(self, path: str) -> tuple[str, ...]:
        """The errors of a list or set and of everything in it, each once."""
        within = [messages for name, messages in self.errors.items() if name == path or name.startswith(f"{path}.")]
        return tuple(dict.fromkeys(message for messages in within for message in messages))

    def rows(self, path: str, least: int = 2) -> range:
        """The rows to show of a list: those that were typed, and an empty one."""
        typed = self.value(path) or ()
        return range(max(least, len(typed) + 1))

    def called(self, name: str) -> "Form":
        """This form if it has that name, else an empty one."""
        return self if self.name == name else EMPTY

    def over(self, values: Values) -> "Form":
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


def form_input(needs: Iterable[Need]) -> FormInput:
    """The input for these needs, as plain values for `check_input`, without empty fields."""
    values = {}
    for need in needs:
        value = _value(request.form, need)
        if value is not None:
            values[need.name] = value
    return values


def check_asked(needs: Iterable[Need], values: Values) -> None:
    """Invalid when something is left out that only JSON and feed may leave out."""
    missing = [need.name for need in needs if need.on_page and values.get(need.name) in (None, "", [])]
    if missing:
        raise Invalid({name: [(FAULTS["missing"], {})] for name in missing})


def check_understood(move: Move) -> None:
    """Invalid when the move has consequences for good and the form does not say that they are meant."""
    if move.is_irrevocable and request.form.get("understood") != "yes":
        raise Invalid({"understood": [(N_("tick this to confirm"), {})]})


def form_fields(*names: str) -> dict[str, str]:
    """The values of these single fields, without empty ones."""
    return {name: value for name in names if (value := request.form.get(name, "").strip())}


def form_rows(name: str) -> list[dict[str, str]]:
    """The rows of this list, `name.0.part`, `name.1.part` …, without empty ones."""
    return _rows(request.form, name)


def known_move(chart: Chart, name: str) -> Move:
    """The chart's move of this name; NotFound when there is none, or when only the system makes it."""
    try:
        move = chart.move(name)
    except NotInChart:
        raise NotFound from None
    if move.is_systems:
        raise NotFound
    return move


def form_version(name: str = "version") -> int | None:
    """The version that the person looked at."""
    return whole_number(request.form.get(name, ""), digits=9)


def _value(form: MultiDict[str, str], need: Need) -> Any:
    if need.kind == "flag":
        return form.get(need.name, "") == "yes"
    if need.kind == "answers":
        start = f"{need.name}."
        answers = {name.removeprefix(start): value.strip() for name, value in form.items() if name.startswith(start)}
        return {name: _YES_NO.get(value, value) for name, value in answers.items() if value}
    if need.kind in _PARTS:
        start = f"{need.name}."
        parts = {name.removeprefix(start): value.strip() for name, value in form.items() if name.startswith(start)}
        return {name: value for name, value in parts.items() if value} or None
    if need.kind in _LISTS:
        texts = [text for text in form.getlist(need.name)[:MOST_ROWS] if text.strip()]
        return texts if texts or need.required else None
    if need.kind in _ROWS:
        return [_with_cell(row) for row in _rows(form, need.name)]
    return form.get(need.name, "").strip() or None


def _with_cell(row: dict[str, str]) -> dict[str, str]:
    """A row in which a node or fund line was chosen: `510402/竣工` is the node 竣工 of the task 510402."""
    for name, column in _CELLS.items():
        if name in row:
            task, _slash, own = row.pop(name).partition("/")
            row |= {"task": task, column: own}
    return row


def _rows(form: MultiDict[str, str], name: str) -> list[dict[str, str]]:
    """The rows `name.0.part`, `name.1.part` … in their order, without empty ones."""
    rows: dict[int, dict[str, str]] = {}
    for key, value in form.items():
        start, _dot, rest = key.partition(".")
        index, _dot, part = rest.partition(".")
        if start == name and index.isascii() and index.isdigit() and len(index) < 4 and part and value.strip():
            rows.setdefault(int(index), {})[part] = value
    return [rows[index] for index in sorted(rows)][:MOST_ROWS]


# Showing a refused form again.


def redisplay(show: View, name: str | None = None) -> Callable[[View], View]:
    """Show the form again by `show(…, form=…)`, with the problem and its input, when the decorated view refuses it.

    `show` gets those of the view's arguments that it takes. The form is called `name`, or as the view's argument
    `move`. `remember_input()` inside the view says what the input was.
    """
    parameters = set(signature(show).parameters) - {"form"}

    def decorate(view: View) -> View:
        @wraps(view)
        def redisplaying_view(**arguments: Any) -> ResponseReturnValue:
            g.form_input = {}
            try:
                return view(**arguments)
            except Problem as problem:
                if problem.status not in REDISPLAYED:
                    raise
                refusal = problem
            form = _refused(refusal, name or arguments.get("move", ""))
            response = make_response(show(**{key: arguments[key] for key in arguments if key in parameters}, form=form))
            response.status_code = refusal.status
            if isinstance(refusal, TooMany):
                response.headers["Retry-After"] = str(refusal.wait)
            return response

        return redisplaying_view

    return decorate


def remember_input(values: Values) -> FormInput:
    """Remember the input for the page that is shown when the form is refused."""
    g.form_input = dict(values)
    return dict(values)


def _refused(problem: Problem, name: str) -> Form:
    is_to_confirm = isinstance(problem, Unconfirmed)
    values, errors = g.get("form_input", {}), field_messages(problem)
    return Form(name, values, errors, message_of(problem), form_version(), is_to_confirm)
