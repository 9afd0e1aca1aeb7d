"""The machine and the versions that a page was measured on."""

import os
import platform
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg
import pysqlite3.dbapi2 as sqlite

from tests.bench.peering import peer_versions
from tests.support.servers import postgres_program

OURS = ("flask", "granian", "sqlalchemy", "sqlmodel", "transitions", "weasyprint", "chinesecalendar")
SYNCS = 200  # that are timed


@dataclass(frozen=True, slots=True)
class Machine:
    facts: dict[str, str]


def this_machine(rounds: int) -> Machine:
    """What the figures depend on."""
    return Machine(
        {
            "Machine": f"{_processor()}, {len(os.sched_getaffinity(0))} cores, {_memory()} GB",
            "System": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
            "Load before": f"{os.getloadavg()[0]:.2f}",
            "Disk": _syncing(),
            "Databases": f"SQLite {sqlite.sqlite_version} (synchronous=FULL), {_postgres()} (fsync on)",
            "This product": _listed({name: _version(name) for name in OURS} | {"psycopg": psycopg.__version__}),
            "Rounds": f"up to {rounds}",
        }
    )


def with_peers(machine: Machine) -> Machine:
    """With the versions of those that stood beside the product, which the first row that needs them installs."""
    return Machine(machine.facts | {"Peers": _listed(peer_versions())})


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _syncing() -> str:
    """How long the disk of the temporary folder takes to keep 4 KB: no program that does so at each move is faster."""
    with tempfile.NamedTemporaryFile(prefix="guahao-bench-") as file:
        took = sorted(_synced(file.fileno(), n) for n in range(SYNCS))
    median, slow = (1000 * took[int(share * SYNCS)] for share in (0.5, 0.9))
    return f"4 KB are kept (fdatasync) in {median:.2f} ms, the slowest tenth in {slow:.2f} ms and more"


def _synced(file: int, number: int) -> float:
    os.pwrite(file, b"a move".ljust(4096), 4096 * number)
    begun = time.perf_counter()
    os.fdatasync(file)
    return time.perf_counter() - begun


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _postgres() -> str:
    return f"PostgreSQL {Path(postgres_program('postgres')).parts[4]}"


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
