"""The fonts of documents: the product's own fontconfig file admits these alone, so that bytes are the same anywhere."""

import hashlib
import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from workflows.config.city import load_city

SERIF, SANS, MONO = FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Sans Mono CJK SC")  # of paper.css
RARE = ("HanaMinA", "HanaMinB")  # characters of names that the others have not; of fonts-hanazono, where installed
WEIGHTS = ("regular", "bold")
ROLES = {"body": SERIF, "section": SERIF, "chapter": SANS}  # and fallbacks
GENERIC = {"serif": SERIF, "sans-serif": SANS, "monospace": MONO}
# Where Debian and its users install fonts; hinting as Debian sets it, on which widths depend.
_FILE = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir><dir prefix="xdg">fonts</dir><dir>~/.fonts</dir>
<cachedir>{folder}</cachedir>
<selectfont><rejectfont><pattern/></rejectfont>{admitted}</selectfont>
{generic}
<match target="pattern">
<edit name="hinting" mode="append"><bool>true</bool></edit>
<edit name="hintstyle" mode="append"><const>hintslight</const></edit>
</match>
</fontconfig>
"""
_ADMITTED = '<acceptfont><pattern><patelt name="family"><string>{}</string></patelt></pattern></acceptfont>'
_GENERIC = '<alias binding="same"><family>{}</family><prefer><family>{}</family></prefer></alias>'
_FAMILY = re.compile(r"[\w\- ]{1,60}")


@dataclass(frozen=True, slots=True)
class FontFace:
    """A requested font, the family used for it, and its file with version and checksum."""

    asked: str
    used: str
    version: str
    sha256: str

    @property
    def is_as_asked(self) -> bool:
        """False when another font silently stands in."""
        return self.asked.rpartition(" ")[0] in self.used.split(",")


def font_faces() -> tuple[FontFace, ...]:
    """The fonts of documents: those of the city first, those for rare characters where they are installed."""
    rare = [_face(family, "regular") for family in RARE]
    return (
        *(_face(family, "regular") for family in _families_of_city()),
        *(_face(family, weight) for family in FAMILIES for weight in WEIGHTS),
        *(face for face in rare if face.is_as_asked),
    )


def fonts_in_use() -> dict[str, FontFace]:
    """The font of each role of a text."""
    return {role: _face(family, "regular") for role, family in city_faces().items()}


def city_faces() -> dict[str, str]:
    """The family for each role of a text; ValueError for one that is no family's name."""
    named = load_city().faces
    wrong = [family for family in named.values() if not _FAMILY.fullmatch(family)]
    if wrong or not named.keys() <= ROLES.keys():
        raise ValueError(f"faces of city.yaml are families for {', '.join(ROLES)}, not {dict(named)}")
    return {**ROLES, **named}


def _families_of_city() -> tuple[str, ...]:
    return tuple(dict.fromkeys(family for family in city_faces().values() if family not in FAMILIES))


def faces_css() -> str:
    """The families as variables of the style sheet, each with its fallback."""
    lines = [f'--{role}-face: "{family}", "{ROLES[role]}", serif;' for role, family in city_faces().items()]
    return f"html {{ {' '.join(lines)} }}"


def installed_families() -> list[str]:
    """The installed families of documents."""
    listed = ask_fontconfig("fc-list", "--format", "%{family[0]}\n")
    return sorted(set(listed.splitlines()))


def ask_fontconfig(*command: str) -> str:
    """The output of a fontconfig program for the fonts of documents; OSError or SubprocessError when it fails."""
    environment = os.environ | fontconfig()
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=True).stdout


def fontconfig() -> dict[str, str]:
    """The environment in which fontconfig knows the fonts of documents alone."""
    return {"FONTCONFIG_FILE": str(Path(_folder().name) / "fonts.conf")}


@cache
def _folder() -> TemporaryDirectory[str]:
    """This process's own fontconfig file and cache; it takes a tenth of a second, and goes when the process ends."""
    folder = TemporaryDirectory(prefix="guahao-fonts-")
    content = fontconfig_file(folder.name, (*_families_of_city(), *FAMILIES, *RARE))
    (Path(folder.name) / "fonts.conf").write_text(content, encoding="utf-8")
    return folder


def fontconfig_file(folder: str, families: Iterable[str]) -> str:
    """What fontconfig reads, with its cache in this folder; it knows these families alone."""
    admitted = "".join(map(_ADMITTED.format, families))
    generic = "".join(_GENERIC.format(name, family) for name, family in GENERIC.items())
    return _FILE.format(folder=folder, admitted=admitted, generic=generic)


def _face(family: str, weight: str) -> FontFace:
    matched = ask_fontconfig("fc-match", "--format", "%{family}\t%{fontversion}\t%{file}", f"{family}:{weight}")
    used, version, path = matched.split("\t")
    return FontFace(f"{family} {weight}", used, version, _checksum(path))


@cache
def _checksum(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
