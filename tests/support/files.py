"""Files of every kind that is taken, small and whole, and files that only pretend."""

import io
import struct
import zipfile

import pikepdf

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def pdf(text: str = "") -> bytes:
    return f"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% {text}\ntrailer << /Root 1 0 R >>\n%%EOF\n".encode()


def locked_pdf(to_open: str, to_change: str = "owner") -> bytes:
    """An encrypted document; `to_open` is empty for one that everybody opens and few may change."""
    written = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(written, encryption=pikepdf.Encryption(owner=to_change, user=to_open))
    return written.getvalue()


def archive(*names: str, content: bytes = b"<x/>", **parts: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content)
        for name, part in parts.items():
            made.writestr(name, part)
    return written.getvalue()


_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_TEXT = f"{_OFFICE}.wordprocessingml.document.main+xml"


def office(main: str, kind: str, *more: str, target: str = "", types: str = "") -> bytes:
    """A package whose relations name `main`, and whose list of types says that it is of this kind."""
    types = types or f'<Types><Override PartName="/{main}" ContentType="{kind}"/></Types>'
    relations = f'<Relationships><Relationship Type="{_RELATION}" Target="{target or main}"/></Relationships>'
    named = {"[Content_Types].xml": types.encode(), "_rels/.rels": relations.encode()}
    return archive(main, *more, **named)


def docx(*more: str, main: str = "word/document.xml", target: str = "") -> bytes:
    return office(main, _TEXT, *more, target=target)


def xlsx(*more: str) -> bytes:
    return office("xl/workbook.xml", f"{_OFFICE}.spreadsheetml.sheet.main+xml", *more)


def ofd(*more: str) -> bytes:
    entry = (
        '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>'
    )
    return archive("Doc_0/Document.xml", *more, **{"OFD.xml": f"{entry}</ofd:DocBody></ofd:OFD>".encode()})


def encrypted(package: bytes) -> bytes:
    """This archive with its parts marked as encrypted, as in a ZIP that asks for a password."""
    at = package.find(b"PK\1\2")
    while at >= 0:
        package = package[: at + 8] + b"\1" + package[at + 9 :]
        at = package.find(b"PK\1\2", at + 4)
    return package


def ole(*streams: str) -> bytes:
    """An OLE file whose directory lists these streams after its root."""
    entries = _entry("Root Entry", 5) + b"".join(_entry(name, 2) for name in streams)
    return (OLE + b"\0" * 504 + b"\0" * 512 + entries).ljust(4096, b"\0")


def _entry(name: str, kind: int) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    return written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1) + b"\0" * 60


def old_text(flags: int = 0) -> bytes:
    """A Word document of the older format, which begins where its directory says; `flags` say how it is written."""
    return _with_stream("WordDocument", (b"\xec\xa5" + b"\0" * 8 + struct.pack("<H", flags)).ljust(4096, b"\0"))


def old_table(*password: bytes) -> bytes:
    """A workbook of the older format, with the record of its encryption if one is given."""
    begin = struct.pack("<HH", 0x0809, 16) + b"\0" * 16
    locked = b"".join(struct.pack("<HH", 0x002F, len(record)) + record for record in password)
    return _with_stream("Workbook", (begin + locked + struct.pack("<HH", 0x000A, 0)).ljust(4096, b"\0"))


def _with_stream(name: str, content: bytes) -> bytes:
    entry = _entry(name, 2)[:116] + struct.pack("<III", 2, len(content), 0)
    head = (OLE + b"\0" * 22 + struct.pack("<H", 9)).ljust(512, b"\0")
    return head + b"\0" * 512 + (_entry("Root Entry", 5) + entry).ljust(512, b"\0") + content


def png() -> bytes:
    chunks = (b"IHDR", b"\0" * 13), (b"IDAT", b"\0" * 10), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + b"\0" * 4 for kind, data in chunks
    )


def jpg(trailer: bytes = b"") -> bytes:
    """A frame, a scan with a marker that stands for itself, the end, and what a camera appends."""
    note = b"\xff\xe0\x00\x10JFIF\0".ljust(18, b"\0")
    frame = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34\xff\xd0\x56" * 20
    return b"\xff\xd8" + note + frame + scan + b"\xff\xd9" + trailer


def tif(order: str = "II") -> bytes:
    sign, mark = ("<", b"II*\0") if order == "II" else (">", b"MM\0*")
    return mark + struct.pack(f"{sign}IH", 8, 1) + b"\0" * 64


def bigtif() -> bytes:
    return b"II+\0" + struct.pack("<HHQQ", 8, 0, 16, 1) + b"\0" * 64


def dwg(edition: bytes = b"AC1032", security: int = 0) -> bytes:
    return edition + b"\0" * 18 + bytes([security]) + b"\0" * 2000


def ending(entries: int, length: int, start: int) -> bytes:
    """The end of an archive, which says how long its list of parts is and where it begins."""
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, entries, entries, length, start, 0)


WHOLE = {
    "可行性研究报告.pdf": pdf(),
    "批复.ofd": ofd(),
    "申请报告.docx": docx(),
    "概算.xlsx": xlsx(),
    "旧公文.doc": ole("WordDocument", "1Table"),
    "旧报表.xls": ole("Workbook"),
    "更旧的报表.xls": ole("Book"),
    "公文.wps": ole("WordDocument"),
    "表格.et": ole("Workbook"),
    "现场.jpg": jpg(),
    "现场.jpeg": jpg(),
    "截图.png": png(),
    "扫描件.tif": tif(),
    "扫描件.tiff": tif("MM"),
    "总平面图.dwg": dwg(),
}
# What other producers write, as their formats allow.
WHOLE_BY_THEIR_RULES: dict[str, tuple[str, bytes]] = {
    "a text of Word Online": ("a.docx", docx(main="word/document2.xml")),
    "a text whose main part is addressed from the root": ("a.docx", docx(target="/word/document.xml")),
    "a text whose type is that of its ending": (
        "a.docx",
        office(
            *("word/document.xml", ""),
            types=f'<Types><Default Extension="xml" ContentType="{_TEXT}"/></Types>',
        ),
    ),
    "a document behind a letter's head": ("a.pdf", b"Content-Type: application/pdf\r\n\r\n" + pdf()),
    "a document behind 1,000 bytes": ("a.pdf", b"\n" * 1000 + pdf()),
    "a document that few may change": ("a.pdf", locked_pdf("")),
    "a photo with a film behind it": ("a.jpg", jpg(b"\0" * 300_000)),
    "a scan of more than four gigabytes' format": ("a.tif", bigtif()),
    "an old text in its place": ("a.doc", old_text()),
    "an old table in its place": ("a.xls", old_table()),
    "an old drawing": ("a.dwg", dwg(b"AC1015", 1)),  # the byte means something else there
}
# What needs a password to open, in every format that knows one.
LOCKED: dict[str, tuple[str, bytes]] = {
    "a document": ("a.pdf", locked_pdf("secret")),
    "a new text": ("a.docx", ole("EncryptedPackage", "EncryptionInfo")),
    "a new table": ("a.xlsx", ole("EncryptedPackage", "EncryptionInfo")),
    "an archive of a text": ("a.docx", encrypted(docx())),
    "a final text": ("a.ofd", ofd("Encryptions.xml")),
    "an old text": ("a.doc", old_text(0x0100)),
    "an old text of WPS": ("a.wps", old_text(0x0100)),
    "an old table": ("a.xls", old_table(struct.pack("<HHH", 1, 1, 1) + b"\x5a" * 48)),
    "an old table of WPS": ("a.et", old_table(struct.pack("<HHH", 0, 1, 2))),
    "a drawing": ("a.dwg", dwg(security=1)),
}
SCRIPT = b"<!doctype html><script>alert(1)</script>"
PROGRAM = b"MZ\x90\0" + b"\0" * 2000

# What must be refused, by what is wrong with it: the name, and the content.
HOSTILE: dict[str, tuple[str, bytes]] = {
    "no name": ("", pdf()),
    "only a folder": ("材料/", pdf()),
    "only dots": ("...", pdf()),
    "only an ending": (".pdf", pdf()),
    "spaces and an ending": ("   .pdf", pdf()),
    "no ending": ("可研报告", pdf()),
    "an empty ending": ("可研报告.", pdf()),
    "a program": ("setup.exe", PROGRAM),
    "a page": ("说明.html", SCRIPT),
    "a short page": ("说明.htm", SCRIPT),
    "a picture that can hold scripts": ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
    "a script": ("a.js", b"alert(1)"),
    "an archive": ("全部材料.zip", archive("a.pdf")),
    "another archive": ("全部材料.rar", b"Rar!\x1a\x07\0" + b"\0" * 100),
    "a disk image": ("a.iso", b"\0" * 40000),
    "a shortcut": ("a.pdf.lnk", b"L\0\0\0" + b"\0" * 100),
    "a text": ("说明.txt", "说明".encode()),
    "a document with macros": ("申请.docm", docx("word/vbaProject.bin")),
    "a program behind a document": ("通知.pdf.exe", pdf()),
    "a document behind a program": ("通知.exe.pdf", pdf()),
    "a document behind a page": ("通知.HTML.pdf", pdf()),
    "a document behind a script and a space": ("通知.js .pdf", pdf()),
    "a name with a NUL": ("a\0.pdf", pdf()),
    "a name cut by a NUL": ("a.exe\0.pdf", PROGRAM),
    "a name with a bell": ("a\x07.pdf", pdf()),
    "a name over two lines": ("a\nb.pdf", pdf()),
    "a name that returns": ("a\rb.pdf", pdf()),
    "a name with a tab": ("a\tb.pdf", pdf()),
    "a name that turns its direction": ("gpj.\u202efdp.pdf", pdf()),
    "a name of 300 characters": ("长" * 296 + ".pdf", pdf()),
    "a very long ending": ("a." + "p" * 400, pdf()),
    "an empty file": ("空.pdf", b""),
    "a page called a document": ("a.pdf", SCRIPT),
    "a program called a document": ("a.pdf", PROGRAM),
    "a program with the sign further on": ("a.pdf", PROGRAM + pdf()),
    "a document cut off": ("a.pdf", pdf()[:40]),
    "a document behind a program's sign": ("a.pdf", b"MZ" + pdf()),
    "a document behind a page's beginning": ("a.pdf", SCRIPT + pdf()),
    "a document behind 1,100 bytes": ("a.pdf", b" " * 1100 + pdf()),
    "a document without a trailer": ("a.pdf", pdf().replace(b"/Root", b"/Rout")),
    "a document called a picture": ("a.png", pdf()),
    "a picture called a document": ("a.pdf", png()),
    "a picture called another": ("a.jpg", png()),
    "the sign of a picture alone": ("a.png", b"\x89PNG\r\n\x1a\n"),
    "a picture cut off": ("a.png", png()[:-12]),
    "a photo cut off": ("a.jpg", jpg()[:-2]),
    "the sign of a scan alone": ("a.tif", b"II*\0"),
    "a scan that points beyond itself": ("a.tif", b"II*\0" + struct.pack("<I", 4_000_000_000)),
    "a page called a scan": ("a.tiff", SCRIPT),
    "a photo without a frame": ("a.jpg", jpg().replace(b"\xff\xc0", b"\xff\xc4")),
    "a picture without data": ("a.png", png().replace(b"IDAT", b"tEXt")),
    "a scan without entries": ("a.tif", b"II*\0" + struct.pack("<IH", 8, 0) + b"\0" * 64),
    "a text whose main part is not there": ("a.docx", docx(target="word/other.xml")),
    "a text whose list of types is no list": (
        *("a.docx",),
        office("word/document.xml", "", types="<!DOCTYPE x [<!ENTITY a 'b'>]><Types>&a;</Types>"),
    ),
    "a text of a kind with macros": (
        *("a.docx",),
        office("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
    ),
    "a final text without its first page": ("a.ofd", archive("OFD.xml")),
    "an archive called a text": ("a.docx", archive("a.exe")),
    "a table called a text": ("a.docx", xlsx()),
    "a text called a table": ("a.xlsx", docx()),
    "a text with macros called none": ("a.docx", docx("word/vbaProject.bin")),
    "a table with macros called none": ("a.xlsx", xlsx("xl/vbaProject.bin")),
    "an archive behind a page": ("a.docx", SCRIPT + docx()),
    "an archive cut off": ("a.docx", docx()[:-30]),
    "an archive whose list lies": ("a.docx", docx()[:-22] + ending(9, 2**31, 0)),
    "an archive with a huge list": ("a.docx", docx()[:-22] + ending(1, 2**32 - 1, 9)),
    "an archive called a final text": ("a.ofd", archive("Doc_0/Document.xml")),
    "an old file called a new one": ("a.docx", ole("WordDocument")),
    "a new file called an old one": ("a.doc", docx()),
    "an old table called a text": ("a.doc", ole("Workbook")),
    "an old text with macros": ("a.doc", ole("WordDocument", "_VBA_PROJECT")),
    "an installer called a text": ("a.doc", ole("Binary.setup")),
    "the name of a stream in the text alone": ("a.doc", ole("Other") + b"x" + "WordDocument".encode("utf-16-le")),
    "the sign of an old file alone": ("a.xls", OLE),
    "a program called a WPS text": ("a.wps", PROGRAM),
    "a page called a WPS table": ("a.et", SCRIPT),
    "a text called a drawing": ("a.dwg", b"AC10 is no drawing" * 100),
    "the sign of a drawing alone": ("a.dwg", b"AC1032"),
    "a drawing of an unknown edition": ("a.dwg", b"AC9999" + b"\0" * 2000),
    **{f"{kind} that is locked": file for kind, file in LOCKED.items()},
}  # fmt: skip


def a_page(width: int = 300, height: int = 600) -> bytes:
    """One page with a black upper half."""
    document, content = pikepdf.new(), f"0 g 0 {height // 2} {width} {height // 2} re f".encode()
    document.add_blank_page(page_size=(width, height))
    document.pages[0].Contents = document.make_stream(content)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
