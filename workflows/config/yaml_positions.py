"""Reads YAML with the line of every mapping, key and list, so that an error can name it."""

from collections.abc import Hashable
from typing import Any

import yaml


class UnreadableYaml(ValueError):
    """The text is no YAML, or repeats a name; the message gives the line."""


class LinedDict(dict[Any, Any]):
    """A mapping, the line that it begins on, and the lines of its keys."""

    line = 1

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[Any, int] = {}


class LinedList(list[Any]):
    """A list and the lines that its entries begin on."""

    lines: tuple[int, ...] = ()


def load(text: str) -> Any:
    """The text as lined mappings and lists; UnreadableYaml when it is no YAML or repeats a name."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader that knows its lines
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise UnreadableYaml(f"{where}not readable as YAML: {getattr(error, 'problem', None) or error}") from None
    except UnreadableYaml:
        raise
    except ValueError as error:  # a date such as 2026-13-45
        raise UnreadableYaml(f"not readable as YAML: {error}") from None
    except RecursionError:
        raise UnreadableYaml("not readable as YAML: it is nested too deeply") from None


class _Loader(yaml.SafeLoader):
    """The safe loader; YAML itself would silently keep the last of two equal names."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> LinedDict:
    mapping = LinedDict()
    mapping.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key, line = loader.construct_object(key_node, deep=True), key_node.start_mark.line + 1
        if not isinstance(key, Hashable):
            raise UnreadableYaml(f"line {line}: a name is a single value")
        if key in mapping:
            raise UnreadableYaml(f"line {line}: “{key}” stands here twice")
        mapping.lines[key] = line
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


def _list(loader: _Loader, node: yaml.SequenceNode) -> LinedList:
    entries = LinedList(loader.construct_object(entry, deep=True) for entry in node.value)
    entries.lines = tuple(entry.start_mark.line + 1 for entry in node.value)
    return entries


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:seq", _list)
