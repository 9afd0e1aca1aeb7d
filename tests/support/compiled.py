"""What every application compiles alike, compiled once for all applications of a test process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

_builders: dict[tuple[Any, ...], Any] = {}


class Templates(BytecodeCache):
    """Compiled templates in memory; one whose text has changed is compiled anew."""

    def __init__(self) -> None:
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self.code.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key] = bucket.bytecode_to_string()


_TEMPLATES = Templates()


@contextmanager
def compile_once() -> Iterator[Templates]:
    """Addresses whose rules read alike share the code that builds them while an application is made within.

    Nothing of an application is in that code but its converters, which have no state. Werkzeug compiles 400 functions
    for our 200 addresses, three quarters of what it takes to make an application.
    """
    compile_builder = Rule._compile_builder

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        kinds = sorted((name, type(kind).__name__, repr(kind.regex)) for name, kind in rule._converters.items())
        key = (rule.rule, rule.endpoint, repr(rule.defaults), append_unknown, repr(rule._trace), tuple(kinds))
        if key not in _builders:
            _builders[key] = compile_builder(rule, append_unknown)
        return _builders[key]

    Rule._compile_builder = compiled  # type: ignore[method-assign]
    try:
        yield _TEMPLATES
    finally:
        Rule._compile_builder = compile_builder  # type: ignore[method-assign]
