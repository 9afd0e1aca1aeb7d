"""Files of every kind that is taken, small and whole, and files that only pretend."""

import io
import struct
import zipfile

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def pdf(text: str = "") -> bytes:
    return f"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% {text}\ntrailer << >>\n%%EOF\n".encode()


def archive(*names: str, content: bytes = b"<x/>") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content)
    return written.getvalue()


def docx(*more: str) -> bytes:
    return archive("[Content_Types].xml", "_rels/.rels", "word/document.xml", *more)


def xlsx(*more: str) -> bytes:
    return archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", *more)


def ofd() -> bytes:
    return archive("OFD.xml", "Doc_0/Document.xml")


def ole(*streams: str) -> bytes:
    """An OLE file whose directory lists these streams after its root."""
    entries = _entry("Root Entry", 5) + b"".join(_entry(name, 2) for name in streams)
    return (OLE + b"\0" * 504 + b"\0" * 512 + entries).ljust(4096, b"\0")


def _entry(name: str, kind: int) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    return written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1) + b"\0" * 60


def png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + b"\0" * 17 + b"\0\0\0\0IEND\xaeB`\x82"


def jpg() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\0" * 100 + b"\xff\xd9"


def tif(order: str = "II") -> bytes:
    sign, mark = ("<", b"II*\0") if order == "II" else (">", b"MM\0*")
    return mark + struct.pack(f"{sign}I", 8) + b"\0" * 64


def dwg(edition: bytes = b"AC1032") -> bytes:
    return edition + b"\0" * 2000


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
    "a document called a picture": ("a.png", pdf()),
    "a picture called a document": ("a.pdf", png()),
    "a picture called another": ("a.jpg", png()),
    "the sign of a picture alone": ("a.png", b"\x89PNG\r\n\x1a\n"),
    "a picture cut off": ("a.png", png()[:-12]),
    "a photo cut off": ("a.jpg", jpg()[:-2]),
    "the sign of a scan alone": ("a.tif", b"II*\0"),
    "a scan that points beyond itself": ("a.tif", b"II*\0" + struct.pack("<I", 4_000_000_000)),
    "a page called a scan": ("a.tiff", SCRIPT),
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
    "a locked new file": ("a.docx", ole("EncryptedPackage", "EncryptionInfo")),
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
}  # fmt: skip
