"""Fonts of papers: those that the product names, whatever else the machine has."""

import os
import subprocess
from pathlib import Path
from threading import Event

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from approvals.pdf import process
from approvals.pdf.fonts import FAMILIES, RARE, ask_fontconfig, font_faces, fontconfig_file, installed_families
from approvals.pdf.glyphs import GETA
from approvals.pdf.process import render_apart
from tests.support.documents import OUR_FONTS, a_document, fonts_of, words

APPLE = "\uf8ff"  # for private use: a logo in some fonts, in others an empty box
TEXTS = f"甲{APPLE}乙 abc Ελληνικά Ў ʞ ހ 〓"
STYLE = '<link rel="stylesheet" href="asset:paper.css"/><style>h1 { font-family: serif } h2 { font-family: x }</style>'
DOCUMENT = a_document(f"<p>{TEXTS}</p><h1>{TEXTS}</h1><h2>{TEXTS}</h2>", STYLE)


def an_extra_font(folder: Path, family: str) -> None:
    """A font of this family with a square for each character of the texts."""
    names = [".notdef", *(f"u{ord(character):04x}" for character in sorted(set(TEXTS)))]
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for point in ((0, 700), (700, 700), (700, 0)):
        pen.lineTo(point)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({int(name[1:], 16): name for name in names[1:]})
    builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (800, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    folder.mkdir(exist_ok=True)
    builder.save(folder / f"{family}.ttf")


@pytest.fixture
def extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which somebody has installed two more fonts; each document has a fresh renderer."""
    for family in ("Squares", f"{FAMILIES[1]} Squares"):
        an_extra_font(tmp_path / "fonts", family)
    monkeypatch.setattr(process, "_idle", [])
    monkeypatch.setattr(process, "_is_warm", Event())
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


def test_a_font_that_nobody_named_sets_nothing(extra: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = render_apart(DOCUMENT)
    without_ours = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    command = ["fc-list", f":charset={ord(APPLE):x}"]
    machine = subprocess.run(command, capture_output=True, text=True, check=True, env=without_ours)
    assert machine.stdout.count("Squares.ttf") == 2, "the machine itself would take them"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert render_apart(DOCUMENT) == with_it
    assert APPLE not in words(with_it.pdf)
    assert words(with_it.pdf).count(f"甲{GETA}乙") == 3
    assert fonts_of(with_it.pdf) <= OUR_FONTS


def test_the_families_of_papers_are_all_that_fontconfig_knows(extra: Path) -> None:
    assert set(FAMILIES) <= set(installed_families()) <= {*FAMILIES, *RARE}
    assert "Squares" not in ask_fontconfig("fc-list")
    assert ask_fontconfig("fc-match", "--format", "%{family}", "Squares") in FAMILIES


def test_a_family_that_the_city_names_is_admitted(extra: Path) -> None:
    file = extra / "fonts.conf"
    file.write_text(fontconfig_file(str(extra / "cache"), ("Squares",)), encoding="utf-8")
    env = os.environ | {"FONTCONFIG_FILE": str(file)}
    listed = subprocess.run(["fc-list", ":", "family"], env=env, capture_output=True, text=True, check=True)
    assert listed.stdout.split("\n") == ["Squares", ""]


def test_the_fonts_of_papers_are_installed() -> None:
    assert all(face.is_as_asked for face in font_faces())
