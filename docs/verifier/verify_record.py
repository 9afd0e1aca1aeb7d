#!/usr/bin/env python3
"""Verifies an exported record (`guahao export-record FILE`) against roots that were printed or mailed earlier.

    python3 verify_record.py FILE [--root HEX]...

Needs Python 3.11 or later and nothing else, of the product least of all. Each line of FILE is one JSON object:

entry       one move; hash = SHA-256(hash before it in its chain + JSON of the parts below), first after 64 noughts
seal        one writing of a row outside the chains; hashed in the same way within its stream
daily_root  SHA-256(JSON of [root of the day before, [[chain, head], ...], {stream: head}]), up to `last_entry`, `seals`
report      the root in an issued report: SHA-256 of a line "chain head" for each chain, up to `until` and `last_entry`

JSON has sorted keys, no spaces and no escapes beyond the necessary ones. Exit status 0 when all holds and the record
leads to each root given, 1 when something was changed, 2 when FILE cannot be read.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

FIRST = "0" * 64
PARTS = ("project_id", "seq", "subject", "subject_id", "approval_id", "round", "move", "from_state", "to_state", "role")
LATER_PARTS = ("unit", "at", "recorded_at", "digest")
FURTHER = ("told", "via")


def canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def entry_hash(previous: str, entry: dict[str, Any]) -> str:
    further = {name: entry[name] for name in FURTHER if entry[name] is not None}
    parts = [entry[name] for name in (*PARTS, *LATER_PARTS)] + ([further] if further else [])
    return sha256(previous + canonical(parts))


def seal_hash(previous: str, seal: dict[str, Any]) -> str:
    return sha256(previous + canonical([seal[name] for name in ("stream", "seq", "key", "at", "digest")]))


def chain_faults(lines: list[dict[str, Any]], chain: str, hash_of: Any) -> Iterator[str]:
    """Lines that do not follow the one before them in their chain."""
    ends: dict[Any, tuple[int, str]] = {}
    for line in lines:
        seq, head = ends.get(line[chain], (0, FIRST))
        where = f"{line['kind']} {line['seq']} of {line[chain]}"
        if line["seq"] != seq + 1:
            yield f"{where} follows {seq}: one was removed"
        if line["hash"] != hash_of(head, line):
            yield f"{where} was changed, swapped or follows a changed one"
        ends[line[chain]] = line["seq"], line["hash"]


def heads(entries: list[dict[str, Any]], last_entry: int, until: str | None = None) -> dict[int, str]:
    """The head of each chain up to this entry, of what happened until then."""
    known = (entry for entry in entries if entry["id"] <= last_entry and (until is None or entry["at"] <= until))
    return {entry["project_id"]: entry["hash"] for entry in known}


def report_root(entries: list[dict[str, Any]], report: dict[str, Any]) -> str:
    ends = heads(entries, report["last_entry"], report["until"])
    return sha256("\n".join(f"{chain} {ends[chain]}" for chain in sorted(ends)))


def daily_root(entries: list[dict[str, Any]], seals: list[dict[str, Any]], before: str, daily: dict[str, Any]) -> str:
    ends = heads(entries, daily["last_entry"])
    hashes = {(seal["stream"], seal["seq"]): seal["hash"] for seal in seals}
    streams = {stream: hashes.get((stream, seq), "") for stream, seq in json.loads(daily["seals"]).items()}
    return sha256(canonical([before, [[chain, ends[chain]] for chain in sorted(ends)], streams]))


def verify(lines: list[dict[str, Any]], roots: list[str]) -> Iterator[str]:
    """What is wrong with these lines, and which of the roots the record does not lead to."""
    by_kind: dict[str, list[dict[str, Any]]] = {"entry": [], "seal": [], "daily_root": [], "report": []}
    for line in lines:
        by_kind[line["kind"]].append(line)
    entries, seals = by_kind["entry"], by_kind["seal"]
    yield from chain_faults(entries, "project_id", entry_hash)
    yield from chain_faults(seals, "stream", seal_hash)
    found, before = set(), ""
    for daily in by_kind["daily_root"]:
        root = daily_root(entries, seals, before, daily)
        if root != daily["root"]:
            yield f"root of {daily['day']}: the record up to then is not the one that gave it"
        found.add(root)
        before = daily["root"]
    last: dict[str, str] = {}
    for report in by_kind["report"]:
        root = (
            last[report["period"]]
            if report["same_figures"] and report["period"] in last
            else report_root(entries, report)
        )
        if root != report["root"]:
            yield f"report {report['report']}: the record of its period is not the one that it was compiled from"
        found.add(root)
        last[report["period"]] = root
    for root in roots:
        if root.strip().lower() not in found:
            yield f"root {root}: the record leads to it nowhere"


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify an exported record against roots.")
    parser.add_argument("file")
    parser.add_argument("--root", action="append", default=[], metavar="HEX", help="a root on paper or in a mail")
    given = parser.parse_args()
    try:
        with open(given.file, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file if line.strip()]
        faults = list(verify(lines, given.root))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{given.file} is no exported record: {error!r}", file=sys.stderr)
        return 2
    for fault in faults:
        print(fault)
    if not faults:
        print(f"holds: {len(lines)} lines, {len(given.root)} roots given")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
