"""Rare characters in names: none comes out as an empty box, and each can be found again by search."""

import io
import unicodedata
from collections.abc import Iterator
from html import escape

import pikepdf
import pytest

from approvals.pdf.glyphs import GETA, is_covered, printable
from approvals.pdf.rendering import render
from tests.support.documents import RARE, a_document, words

LEVEL_3 = (  # of the table of standard characters (2013): those of extension A, and most of those of B to E
    "㑇㘎㙍㛃㟃㠇㤘㧑㧟㬎㬚㭎㮾㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼"
    "䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌"
    "𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆"
    "𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡"
    "𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭"
    "𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
)
NAMES = (
    RARE,
    LEVEL_3,
    "𠮷野 𠀋 𡈽 𪚥 𫝀 𬺰",
    "Zażółć gęślą jaźń, Ünïcödé, naïve Ångström a\u0301\u0302\u0303",
    "Ελληνικά Русский Қазақша O‘zbek",
    "حصان طروادة 12 אבגד",
    "བཀྲ་ཤིས་བདེ་ལེགས། ꆈꌠꉙ ᠮᠣᠩᠭᠣᠯ ئۇيغۇرچە",  # Tibetan, Yi, Mongolian, Uyghur
    "👩\u200d👩\u200d👧🇨🇳🀄",
    "\u200b\u200c\u200d\ufeff\u2060甲\u00ad乙",
    "\x01\x08\x1b[31m\x7f\x85丙\u202e丁\u2066",
    "\ue000\U0010fffd\U000e0001",
    "行\u2028行\u2029行",
)


def document(*texts: str) -> str:
    lines = "".join(f"<p>{escape(text)}</p><h1>{escape(text)}</h1>" for text in texts)
    return a_document(lines, '<link rel="stylesheet" href="asset:paper.css"/>')


@pytest.fixture(scope="module")
def printed() -> bytes:
    return render(document(*NAMES)).pdf


@pytest.fixture
def fonts(printed: bytes) -> Iterator[list[pikepdf.Object]]:
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        yield list(pdf.pages[0].obj.Resources.Font.values())


def shown(printed: bytes) -> set[str]:
    """The codes of glyphs that any page draws, each with the name of its font."""
    glyphs = set()
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        for page in pdf.pages:
            font = ""
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    font = str(operands[0])
                if str(operator) == "TJ":
                    codes = [bytes(part).hex() for part in operands[0] if isinstance(part, pikepdf.String)]
                    glyphs |= {f"{font} {code[at : at + 4]}" for code in codes for at in range(0, len(code), 4)}
    return glyphs


def test_no_character_is_drawn_as_the_empty_box(printed: bytes, fonts: list[pikepdf.Object]) -> None:
    drawn = shown(printed)
    assert len(drawn) > 300
    assert not [
        item for item in drawn if item.endswith((" 0000", " ffff"))
    ]  # what a font has not, WeasyPrint calls ffff
    assert all("/FontFile3" in item or "/FontFile2" in item for item in map(descriptor, fonts))


def descriptor(font: pikepdf.Object) -> pikepdf.Object:
    return font.DescendantFonts[0].FontDescriptor


def test_what_is_printed_is_found_by_search(printed: bytes) -> None:
    text = words(printed)
    for name in (*NAMES[:2], "𠮷野", "甲乙", "丙丁", "[31m"):
        assert "".join(printable(name).split()) in text, name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((name, name) for name in NAMES[:2]),  # of the standard table
        ("甲\ue000乙", f"甲{GETA}乙"),  # no font has it
        ("甲\x07\x9b乙\u202e丙\u2069\ufeff丁\n戊\t己", "甲乙丙丁\n戊\t己"),  # control characters
        ("क\u200dष", "क\u200dष" if is_covered("क") else f"{GETA}\u200d{GETA}"),  # letters that join
        ("a\u0301\u0330", "a\u0301"),  # no font has the second mark
    ],
)
def test_printable_keeps_what_fonts_have_and_replaces_the_rest(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_coverage_knows_marks_and_the_printers_mark() -> None:
    assert [is_covered(character) for character in (GETA, "\u0301", "\ue000", "\u0330")] == [True, True, False, False]
    assert unicodedata.category("\u0330") == "Mn"
