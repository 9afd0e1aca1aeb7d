"""Which fonts the paper is set in, as the machine's fontconfig finds them."""

import hashlib
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workflows.config.city import load_city

FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Sans Mono CJK SC")  # those of paper.css
WEIGHTS = ("regular", "bold")
ROLES = {"body": "Noto Serif CJK SC", "section": "Noto Serif CJK SC", "chapter": "Noto Sans CJK SC"}  # and stand-ins
_FAMILY = re.compile(r"[\w\- ]{1,60}")


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
    """The faces of the paper: those that the city names first."""
    named = tuple(dict.fromkeys(family for family in city_faces().values() if family not in FAMILIES))
    return (
        *(_face(family, "regular") for family in named),
        *(_face(family, weight) for family in FAMILIES for weight in WEIGHTS),
    )


def faces_in_use() -> dict[str, Face]:
    """The face that each role of a text is set in."""
    return {role: _face(family, "regular") for role, family in city_faces().items()}


def city_faces() -> dict[str, str]:
    """The family for each role of a text; ValueError for one that is no family's name."""
    named = load_city().faces
    wrong = [family for family in named.values() if not _FAMILY.fullmatch(family)]
    if wrong or not named.keys() <= ROLES.keys():
        raise ValueError(f"faces of city.yaml are families for {', '.join(ROLES)}, not {dict(named)}")
    return {**ROLES, **named}


def faces_css() -> str:
    """The families as variables of the style sheet, each with its stand-in behind."""
    lines = [f'--{role}-face: "{family}", "{ROLES[role]}", serif;' for role, family in city_faces().items()]
    return f"html {{ {' '.join(lines)} }}"


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
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
