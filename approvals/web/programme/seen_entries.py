"""What stood at the preview of a sheet, as the form of its confirmation carries it."""

import orjson
from flask import request

from approvals.programme.sheets.previews import Seen, SheetPreview


def seen_text(preview: SheetPreview) -> str:
    seen = {entry.key: [entry.version, entry.cells] for entry in preview.entries if entry.is_to_take}
    return orjson.dumps(seen).decode()


def sent_seen() -> dict[str, Seen]:
    """What the form carries; nothing for what no preview has written."""
    try:
        sent = orjson.loads(request.form.get("seen", ""))
        return {str(key): Seen(int(version), _cells(cells)) for key, (version, cells) in sent.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _cells(cells: dict[object, object]) -> dict[str, str]:
    return {str(path): str(text) for path, text in cells.items()}
