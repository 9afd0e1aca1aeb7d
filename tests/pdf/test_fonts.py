"""Fonts of papers: those that the product names, whatever else the machine has."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from approvals.integrity import doctor
from approvals.pdf import fonts, process
from approvals.pdf.fonts import (
    FAMILIES,
    FREE,
    RARE,
    VENDOR,
    ask_fontconfig,
    faces_css,
    font_faces,
    fontconfig_file,
    fonts_in_use,
    installed_families,
)
from approvals.pdf.glyphs import GETA
from approvals.pdf.process import render_apart
from tests.support.documents import OUR_FONTS, a_document, fonts_of, words
from workflows.config.city import load_city

APPLE = "\uf8ff"  # for private use: a logo in some fonts, in others an empty box
GB_2312 = [bytes([row, cell]).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)]  # level 1
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
    assert {*FAMILIES, *FREE} <= set(installed_families()) <= {*FAMILIES, *FREE, *RARE}
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


@pytest.mark.parametrize(
    ("role", "text", "font"),
    [
        ("body", "攀枝花市重点项目，审批挂号。（一）《通报》", "FandolFang"),
        ("body", "2026 A01 90.3 % “—”", "Noto-Serif-CJK-SC"),
        ("section", "督办单和亮牌", "AR-PL-KaitiM-GB"),
        ("section", "（）。，2026", "Noto-Serif-CJK-SC"),
        ("chapter", "超期事项", "Noto-Sans-CJK-SC"),
    ],
)
def test_chinese_is_set_in_the_face_of_its_role_and_letters_in_the_serif(role: str, text: str, font: str) -> None:
    style = f'<link rel="stylesheet" href="asset:faces.css"/><style>p {{ font-family: var(--{role}-face) }}</style>'
    assert fonts_of(render_apart(a_document(f"<p>{text}</p>", style)).pdf) == {font}


def test_the_products_own_face_has_the_common_characters() -> None:
    (path,) = VENDOR.rglob("*.otf")
    characters = TTFont(path, lazy=True).getBestCmap()
    assert [character for character in GB_2312 if character.isprintable() and ord(character) not in characters] == []


@pytest.fixture
def city_faces(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The faces that the city names, none of which this machine has."""
    named: dict[str, str] = {}
    monkeypatch.setattr(fonts, "load_city", lambda: replace(load_city(), faces=named))
    return named


def test_a_licensed_face_comes_first_and_a_free_one_stands_in(city_faces: dict[str, str]) -> None:
    city_faces["body"] = "FangSong_GB2312"
    assert '--body-face: "FangSong_GB2312", "FandolFang", "Noto Serif CJK SC", serif;' in faces_css()
    body = fonts_in_use()["body"]
    assert not body.is_as_asked and body.asked == "FangSong_GB2312 regular" and body.is_of("FandolFang")
    check = doctor._faces.__wrapped__()
    assert "body FandolFang instead of FangSong_GB2312" in check.told and not check.is_fine and check.is_warning


def test_without_any_kai_its_headings_are_bold(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--section-weight: 400;" in faces_css()
    monkeypatch.setitem(fonts.ROLES, "section", ("No Kai", fonts.SERIF))
    assert "--section-weight: 700;" in faces_css()


@pytest.mark.parametrize("named", [{"body": 'x"; } * { display: none'}, {"heading": "SimHei"}])
def test_what_is_no_face_is_refused(city_faces: dict[str, str], named: dict[str, str]) -> None:
    city_faces |= named
    with pytest.raises(ValueError, match=r"faces of city\.yaml"):
        faces_css()
