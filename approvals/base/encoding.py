"""Text from files and other programs: UTF-8, with or without a byte order mark."""

import orjson

from approvals.base.errors import Unreadable
from approvals.base.i18n import N_

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
NOT_UTF8 = {
    "GBK": N_("The text is not encoded in UTF-8; it seems to be GBK. Save it as UTF-8 and send it again."),
    "UTF-16": N_("The text is not encoded in UTF-8; it seems to be UTF-16. Save it as UTF-8 and send it again."),
    "": N_("The text is not encoded in UTF-8. Save it as UTF-8 and send it again."),
}


def decoded(raw: bytes) -> str:
    """The text, without its byte order mark and with plain line ends; Unreadable says how it is encoded instead."""
    return plain_utf8(raw).decode().replace("\r\n", "\n")


def parse_json(raw: bytes) -> object:
    """The value in this JSON text; Unreadable for another encoding, JSONDecodeError of orjson for what is no JSON."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:  # the usual text costs no second look
        return orjson.loads(plain_utf8(raw))


def plain_utf8(raw: bytes) -> bytes:
    """The same bytes without a byte order mark; Unreadable when they are not UTF-8."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise Unreadable(NOT_UTF8[_seems(raw)]) from None
    return raw.removeprefix(b"\xef\xbb\xbf")


def _seems(raw: bytes) -> str:
    if raw.startswith(UTF16_MARKS):
        return "UTF-16"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "GBK"
