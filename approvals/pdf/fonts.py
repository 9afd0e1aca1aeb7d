"""The fonts of documents: the product's own fontconfig file admits these alone, so that bytes are the same anywhere."""

import hashlib
import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from approvals import PACKAGE
from workflows.config.city import load_city

SERIF, SANS, MONO = FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Sans Mono CJK SC")  # of paper.css
RARE = ("HanaMinA", "HanaMinB")  # characters of names that the others have not; of fonts-hanazono, where installed
WEIGHTS = ("regular", "bold")
FANGSONG, KAI = FREE = ("FandolFang", "AR PL KaitiM GB")  # 仿宋 of the product, 楷体 of fonts-arphic-gkai00mp
# The faces of a text by role (GB/T 9704-2012), each before what stands in for it.
ROLES = {"title": (SERIF,), "chapter": (SANS,), "section": (KAI, SERIF), "body": (FANGSONG, SERIF)}
VENDOR = PACKAGE / "pdf" / "vendor"
GENERIC = {"serif": SERIF, "sans-serif": SANS, "monospace": MONO}
# Where Debian and its users install fonts; hinting as Debian sets it, on which widths depend.
_FILE = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir>{vendor}</dir>
<dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir><dir prefix="xdg">fonts</dir><dir>~/.fonts</dir>
<cachedir>{folder}</cachedir>
<selectfont><rejectfont><pattern/></rejectfont>{admitted}</selectfont>
{generic}
{left_out}
<match target="pattern">
<edit name="hinting" mode="append"><bool>true</bool></edit>
<edit name="hintstyle" mode="append"><const>hintslight</const></edit>
</match>
</fontconfig>
"""
_ADMITTED = '<acceptfont><pattern><patelt name="family"><string>{}</string></patelt></pattern></acceptfont>'
_GENERIC = '<alias binding="same"><family>{}</family><prefer><family>{}</family></prefer></alias>'
# Letters, digits and signs that are taken from the serif instead: the faces of these families do not go with Chinese.
_LEFT_OUT = """<match target="scan"><test name="family"><string>{family}</string></test>
<edit name="charset" mode="assign"><minus><name>charset</name><charset>{ranges}</charset></minus></edit></match>
"""
_RANGE = "<range><int>{}</int><int>{}</int></range>"
_LATIN = ((0x20, 0x24F), (0x2000, 0x206F))  # with quotation marks and dashes
_SIGNS = ((0x3000, 0x303F), (0xFF00, 0xFFEF))  # those of this 楷体 stand in the middle, as in traditional Chinese
LEFT_OUT = {FANGSONG: _LATIN, KAI: (*_LATIN, *_SIGNS)}
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
        return self.is_of(self.asked.rpartition(" ")[0])

    def is_of(self, family: str) -> bool:
        """Whether this family is the one that is used."""
        return family in self.used.split(",")


def font_faces() -> tuple[FontFace, ...]:
    """The fonts of documents: those of the city first, those for rare characters where they are installed."""
    rare = [_face(family, "regular") for family in RARE]
    return (
        *(_face(family, "regular") for family in (*_families_of_city(), *FREE)),
        *(_face(family, weight) for family in FAMILIES for weight in WEIGHTS),
        *(face for face in rare if face.is_as_asked),
    )


def fonts_in_use() -> dict[str, FontFace]:
    """For each role of a text the font that was asked for, and the one that is used."""
    return {role: _in_use(families) for role, families in families_of_roles().items()}


def _in_use(families: tuple[str, ...]) -> FontFace:
    """The first of these families that is installed, which stands in for the first of all."""
    faces = [_face(family, "regular") for family in families]
    return replace(next((face for face in faces if face.is_as_asked), faces[-1]), asked=faces[0].asked)


def families_of_roles() -> dict[str, tuple[str, ...]]:
    """The families for each role of a text: the city's, then the product's own; ValueError for no family's name."""
    named = load_city().faces
    wrong = [family for family in named.values() if not _FAMILY.fullmatch(family)]
    if wrong or not named.keys() <= ROLES.keys():
        raise ValueError(f"faces of city.yaml are families for {', '.join(ROLES)}, not {dict(named)}")
    return {role: (named[role], *own) if role in named else own for role, own in ROLES.items()}


def _families_of_city() -> tuple[str, ...]:
    named = (families[0] for families in families_of_roles().values())
    return tuple(dict.fromkeys(family for family in named if family not in (*FAMILIES, *FREE)))


def faces_css() -> str:
    """The families as variables of the style sheet; headings of the second level are bold where no 楷体 sets them."""
    names = {role: ", ".join(f'"{family}"' for family in families) for role, families in families_of_roles().items()}
    lines = [f"--{role}-face: {families}, serif;" for role, families in names.items()]
    weight = 700 if fonts_in_use()["section"].is_of(SERIF) else 400
    return f"html {{ {' '.join(lines)} --section-weight: {weight}; }}"


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
    content = fontconfig_file(folder.name, (*_families_of_city(), *FREE, *FAMILIES, *RARE))
    (Path(folder.name) / "fonts.conf").write_text(content, encoding="utf-8")
    return folder


def fontconfig_file(folder: str, families: Iterable[str]) -> str:
    """What fontconfig reads, with its cache in this folder; it knows these families alone."""
    admitted = "".join(map(_ADMITTED.format, families))
    generic = "".join(_GENERIC.format(name, family) for name, family in GENERIC.items())
    left_out = "".join(map(_left_out, LEFT_OUT))
    return _FILE.format(folder=folder, vendor=VENDOR, admitted=admitted, generic=generic, left_out=left_out)


def _left_out(family: str) -> str:
    ranges = "".join(_RANGE.format(first, last) for first, last in LEFT_OUT[family])
    return _LEFT_OUT.format(family=family, ranges=ranges)


def _face(family: str, weight: str) -> FontFace:
    matched = ask_fontconfig("fc-match", "--format", "%{family}\t%{fontversion}\t%{file}", f"{family}:{weight}")
    used, version, path = matched.split("\t")
    return FontFace(f"{family} {weight}", used, version, _checksum(path))


@cache
def _checksum(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
