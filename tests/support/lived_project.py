"""A project that lived through all that makes time somebody's."""

from typing import Any

from sqlalchemy import Connection

from tests.support.builders import a_project, do, walk, when


def a_lived_project(tx: Connection, **fields: Any) -> str:
    """From March to June 2026: corrections, a special procedure, a refusal that is applied for again, a suspension."""
    ref = a_project(tx, "registered", at=when("2026-03-02"), **fields)
    walk(tx, ref, "A01", ("submit", "notify_once"), at=when("2026-03-05"))
    walk(tx, ref, "A01", ("resubmit", "accept"), at=when("2026-03-11"))
    do(tx, "window-a01", "start_special", f"{ref}/A01", at=when("2026-03-13"))
    do(tx, "window-a01", "end_special", f"{ref}/A01", at=when("2026-03-31"))
    do(tx, "window-a01", "grant", f"{ref}/A01", at=when("2026-04-02"))
    walk(tx, ref, "A02", ("submit", "accept"), at=when("2026-04-07"))
    walk(tx, ref, "A03", ("submit", "accept", "refuse"), at=when("2026-04-20"))
    walk(tx, ref, "A03", ("reapply",), at=when("2026-05-20"))
    do(tx, "office1", "suspend", ref, at=when("2026-05-26"))
    do(tx, "office1", "resume", ref, at=when("2026-06-05"))
    return ref
