"""Values of a policy's text, and the text with others: all that is not changed, comments too, stays as it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

import yaml

from workflows.config.policy import PolicyError, read_policy
from workflows.config.yaml_positions import load

Path = tuple[str, ...]  # of a leaf: ("reminder_at",), ("levels", "1")
Scalar = int | str | date | None
Value = Scalar | tuple[Scalar, ...]


class Absence(Enum):
    """In place of a value: the key is left out."""

    LEFT_OUT = "left out"


LEFT_OUT = Absence.LEFT_OUT
Changes = Mapping[Path, Value | Absence]


@dataclass(frozen=True, slots=True)
class TextEdit:
    """A piece of the text that is replaced, from `start` up to `end`."""

    start: int
    end: int
    text: str


def policy_leaves(text: str) -> dict[Path, Value]:
    """The values of a policy by their place; PolicyError for a text that is none."""
    read_policy(text)
    return dict(_leaves(load(text)))


def _leaves(raw: Mapping[Any, Any]) -> Iterator[tuple[Path, Value]]:
    for key, value in raw.items():
        if isinstance(value, dict):
            yield from (((str(key), str(name)), inner) for name, inner in value.items())
        else:
            yield (str(key),), tuple(value) if isinstance(value, list) else value


def with_values(text: str, changes: Changes) -> str:
    """The text with these values in their places; PolicyError for what is no policy or cannot be changed so."""
    leaves = policy_leaves(text)
    wanted = {path: value for path, value in changes.items() if leaves.get(path, LEFT_OUT) != value}
    if not wanted:
        return text
    expected = {path: value for path, value in {**leaves, **wanted}.items() if value is not LEFT_OUT}
    edited = _edited(text, wanted)
    if policy_leaves(edited) != expected:  # a value that stands in two places by an alias
        raise PolicyError("line 1: this text can be changed as text alone")
    return edited


def _edited(text: str, changes: Changes) -> str:
    sections = {key.value: value for key, value in yaml.compose(text, Loader=yaml.SafeLoader).value}
    names = dict.fromkeys(path[0] for path in changes)
    edits, appended = [], ""
    for name in names:
        own = {path[-1]: value for path, value in changes.items() if path[0] == name}
        if name not in sections:
            is_section = (name,) not in changes
            appended += f"{name}: {_flow(own) if is_section else _written(own[name])}\n"
        elif isinstance(sections[name], yaml.MappingNode):
            edits += _of_mapping(text, sections[name], own)
        else:
            edits.append(_replaced(sections[name], own[name]))
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text + "\n" * bool(appended and not text.endswith("\n")) + appended


def _of_mapping(text: str, node: yaml.MappingNode, changes: Mapping[str, Value | Absence]) -> list[TextEdit]:
    """Values in their places; where keys come or go, lines of a block, or a mapping in one line written anew."""
    entries = {key.value: (key, value) for key, value in node.value}
    kept = [name for name in entries if changes.get(name) is not LEFT_OUT]
    new = {name: value for name, value in changes.items() if name not in entries}
    gone = [name for name in entries if name not in kept]
    replaced = [_replaced(entries[name][1], changes[name]) for name in kept if name in changes]
    if not new and not gone:
        return replaced
    if node.flow_style or not kept:
        values = {name: text[entries[name][1].start_mark.index : entries[name][1].end_mark.index] for name in kept}
        written = values | {name: _written(value) for name, value in changes.items() if value is not LEFT_OUT}
        return [TextEdit(node.start_mark.index, _end(node), _braced(written))]
    dropped = [_line(text, *entries[name]) for name in gone]
    key, value = node.value[-1]
    at, indent = _end_of_line(text, _end(value)), " " * key.start_mark.column
    lines = "".join(f"\n{indent}{name}: {_written(value)}" for name, value in new.items())
    return [*replaced, *dropped, *([TextEdit(at, at, lines)] if lines else [])]


def _line(text: str, key: yaml.Node, value: yaml.Node) -> TextEdit:
    """The lines of an entry of a block, gone."""
    start = text.rfind("\n", 0, key.start_mark.index)
    return TextEdit(start, _end_of_line(text, _end(value)), "")


def _end(node: yaml.Node) -> int:
    """The end of a value itself; a block's own mark stands before what follows it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _replaced(node: yaml.Node, value: Value | Absence) -> TextEdit:
    if value is LEFT_OUT:
        raise PolicyError(f"line {node.start_mark.line + 1}: this value is needed")
    return TextEdit(node.start_mark.index, _end(node), _written(value))


def _flow(values: Mapping[str, Value | Absence]) -> str:
    return _braced({name: _written(value) for name, value in values.items() if value is not LEFT_OUT})


def _braced(written: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in written.items()) + "}"


def _written(value: Value | Absence) -> str:
    """The value as YAML, texts that are no plain word in quotation marks."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    if value is None:
        return "null"
    return f'"{value}"' if isinstance(value, str) and not value.isalpha() else str(value)
