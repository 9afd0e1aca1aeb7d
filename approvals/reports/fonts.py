"""Which fonts the paper is set in, as the machine's fontconfig finds them."""

import hashlib
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Sans Mono CJK SC")  # those of paper.css
WEIGHTS = ("regular", "bold")


@dataclass(frozen=True, slots=True)
class Face:
    """A face that is asked for, the family that is used for it, and its file with version and checksum."""

    asked: str
    used: str
    version: str
    sha256: str

    @property
    def is_as_asked(self) -> bool:
        """False when another font silently stands in."""
        return self.asked.rpartition(" ")[0] in self.used.split(",")


def faces() -> tuple[Face, ...]:
    """The faces of the paper."""
    return tuple(_face(family, weight) for family in FAMILIES for weight in WEIGHTS)


def _face(family: str, weight: str) -> Face:
    found = subprocess.run(
        ["fc-match", "--format", "%{family}\t%{fontversion}\t%{file}", f"{family}:{weight}"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    used, version, path = found.stdout.split("\t")
    return Face(f"{family} {weight}", used, version, _checksum(path))


@cache
def _checksum(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
