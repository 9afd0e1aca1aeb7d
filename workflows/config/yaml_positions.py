"""YAML as people write it, with the line of every mapping and list, so that a refusal can name it."""

from collections.abc import Hashable
from typing import Any

import yaml


class UnreadableYaml(ValueError):
    """The text is no YAML, or says one thing twice; the message names the line."""


class LinedDict(dict[Any, Any]):
    """A mapping and the line that it begins on."""

    line = 1


class LinedList(list[Any]):
    """A list and the lines that its entries begin on."""

    lines: tuple[int, ...] = ()


def load(text: str) -> Any:
    """What the text says, in lined mappings and lists; Unreadable when it is no YAML or repeats a name."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader that knows its lines
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise UnreadableYaml(f"{where}not readable as YAML: {getattr(error, 'problem', None) or error}") from None
    except RecursionError:
        raise UnreadableYaml("not readable as YAML: it is nested too deeply") from None


class _Loader(yaml.SafeLoader):
    """The safe loader; YAML itself would silently keep the last of two equal names."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> LinedDict:
    found = LinedDict()
    found.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key, line = loader.construct_object(key_node, deep=True), key_node.start_mark.line + 1
        if not isinstance(key, Hashable):
            raise UnreadableYaml(f"line {line}: a name is a single value")
        if key in found:
            raise UnreadableYaml(f"line {line}: “{key}” stands here twice")
        found[key] = loader.construct_object(value_node, deep=True)
    return found


def _list(loader: _Loader, node: yaml.SequenceNode) -> LinedList:
    found = LinedList(loader.construct_object(one, deep=True) for one in node.value)
    found.lines = tuple(one.start_mark.line + 1 for one in node.value)
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:seq", _list)
